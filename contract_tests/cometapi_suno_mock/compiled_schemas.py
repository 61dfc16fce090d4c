"""The schemas of a description, compiled once, asked by JSON pointer; and what breaks the contract, and where."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.pointers import field_name, fragment, look, pointer, resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


try:
    from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError, ValidationErrorKind
except ModuleNotFoundError as error:  # the first of the extra's packages that is imported
    raise ModuleNotFoundError(
        "cometapi_suno_mock needs further packages: pip install 'cometapi-suno[mock]'", name=error.name
    ) from None


VARIANT_FIELD = "task"
"""The constant that tells request variants apart."""

_ANOTHER_VARIANT = 100
_LONGEST = 240
_MOST = 100


@attrs.frozen
class Violation:
    """One way in which a message is outside the description."""

    kind: str
    """`parameter`, `content-type`, `body-missing`, `json`, `schema`, `status` or `empty-body`."""
    pointer: str
    """JSON pointer into the description."""
    instance: str
    """JSON pointer into the body; empty for the body itself and for what is not in it."""
    message: str

    def __str__(self) -> str:
        return f"{self.message} (at {self.instance or 'the body'}; {self.pointer})"


def explain(errors: Iterable[ValidationError]) -> list[Violation]:
    """Schema errors as violations, a hundred at most; of alternatives, only the one that the body comes closest to."""
    found: dict[Violation, None] = {}
    for error in islice(errors, _MOST):
        for violation in _explain_one(error):
            found[violation] = None
    return list(found)


def _explain_one(error: ValidationError) -> list[Violation]:
    if not isinstance(error.kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid):
        return [_violation(error, error.instance_path, _message(error))]
    branches = error.kind.context
    closest = min(branches, key=lambda branch: (_distance(error, branch), len(branch), _missing(branch)))
    known = _known_variants(error, branches)
    if known and _distance(error, closest) >= _ANOTHER_VARIANT:
        where = [*error.instance_path, VARIANT_FIELD]
        return [_violation(error, where, f"{field_name(where)}: none of the described values: {', '.join(known)}")]
    return explain(closest)


def _violation(error: ValidationError, where: Sequence[str | int], message: str) -> Violation:
    if len(message) > _LONGEST:
        message = message[: _LONGEST - 3] + "..."
    return Violation("schema", pointer(error.schema_path), pointer(where), message)


def _message(error: ValidationError) -> str:
    kind = error.kind
    name = field_name(error.instance_path)
    if isinstance(kind, ValidationErrorKind.Required):
        return f"{field_name([*error.instance_path, kind.property])}: required field is missing"
    if isinstance(kind, ValidationErrorKind.OneOfMultipleValid):
        return f"{name or 'body'}: fits more than one of the described alternatives"
    if isinstance(kind, ValidationErrorKind.Not) and isinstance(kind.schema, dict):
        banned = kind.schema.get("required")
        if isinstance(banned, list):
            fields = ", ".join(field_name([*error.instance_path, str(item)]) for item in banned)
            return f"{fields}: not allowed here"
    return f"{name or 'body'}: {error.message}"


def _distance(parent: ValidationError, branch: Sequence[ValidationError]) -> int:
    """How far the body is from meaning this branch, told by its JSON type and its constants."""
    return sum(_step(error, len(error.instance_path) - len(parent.instance_path)) for error in branch)


def _step(error: ValidationError, depth: int) -> int:
    kind = error.kind
    if depth == 0 and isinstance(kind, ValidationErrorKind.Type | ValidationErrorKind.Not):
        return _ANOTHER_VARIANT
    if depth == 0 and isinstance(kind, ValidationErrorKind.Required):
        return _ANOTHER_VARIANT if kind.property == VARIANT_FIELD else 0
    if depth == 1 and isinstance(kind, ValidationErrorKind.Constant):
        return _ANOTHER_VARIANT if error.instance_path[-1] == VARIANT_FIELD else 1
    return 0


def _missing(branch: Sequence[ValidationError]) -> int:
    return sum(isinstance(error.kind, ValidationErrorKind.Required) for error in branch)


def _known_variants(parent: ValidationError, branches: Sequence[Sequence[ValidationError]]) -> list[str]:
    """The values that the body's variant field could have had and has not."""
    where = [*parent.instance_path, VARIANT_FIELD]
    constants = [error for branch in branches for error in branch if error.instance_path == where]
    return sorted(
        {str(error.kind.expected_value) for error in constants if isinstance(error.kind, ValidationErrorKind.Constant)}
    )


_URI = "urn:cometapi-suno"


class DescriptionError(Exception):
    """The description cannot be used: not found, not readable, or not sound."""


class Schemas:
    """Compiles each schema the first time it is asked for; references reach the whole document.

    Formats are hints and are not asserted.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry = Registry([(_URI, dict(document))], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, where: str) -> Schema:
        """The schema at a pointer.

        Raises:
            DescriptionError: It is missing, or refers to something that is.
        """
        try:
            where = resolve(self._document, where)
        except KeyError as error:
            raise DescriptionError(f"{where}: nothing there: {error}") from None
        if where not in self._validators:
            reference = {"$ref": _URI + fragment(where)}
            try:
                validator = Draft202012Validator(reference, registry=self._registry, validate_formats=False)
            except ValidationError as error:
                raise DescriptionError(f"{where}: {error.message}") from None
            self._validators[where] = validator
        return Schema(where, look(self._document, where), self._validators[where])


class Schema:
    """One compiled schema."""

    def __init__(self, where: str, source: Mapping[str, Any], validator: Draft202012Validator) -> None:
        self.pointer = where
        self.source = source
        self._validator = validator

    def check(self, value: Any, *, thorough: bool = True) -> list[Violation]:
        """What is wrong with a JSON value, or else the first thing that is; empty when nothing is.

        Of alternatives, the first thing is that the value fits none.
        """
        try:
            if self._validator.is_valid(value):
                return []
            if thorough:
                return explain(self._validator.iter_errors(value))
            if "anyOf" in self.source:  # each error of each alternative would bring a copy of the value
                message = "body: fits none of the described alternatives"
                return [Violation("schema", f"{self.pointer}/anyOf", "", message)]
            self._validator.validate(value)
        except ValidationError as error:
            return explain([error])
        except ValueError as error:  # raised for values nested beyond the validator's limit
            return [Violation("schema", self.pointer, "", f"cannot be checked: {error}")]
        return []
