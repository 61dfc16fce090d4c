"""Compiled schemas, found by JSON pointer, and the violations of a value that does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any

import attrs
from cometapi_suno_mock.pointers import format_field, format_reference, join_pointer, look_up, resolve

try:
    from jsonschema_rs import Draft202012, Draft202012Validator, Registry, ValidationError, ValidationErrorKind
except ModuleNotFoundError as error:  # the first of the extra's packages that is imported
    raise ModuleNotFoundError(
        "cometapi_suno_mock needs further packages: pip install 'cometapi-suno[mock]'", name=error.name
    ) from None

VARIANT_FIELD = "task"
"""The field whose constant discriminates the variants of a request."""

_URI = "urn:cometapi-suno"
_ANOTHER_VARIANT = 100
_LONGEST = 240
_MOST = 100


class DescriptionError(Exception):
    """The description cannot be used: it is missing, not readable, or not valid."""


@attrs.frozen
class Violation:
    """One way in which a message breaks the contract."""

    kind: str
    """`parameter`, `content-type`, `body-missing`, `json`, `schema`, `status` or `empty-body`."""
    pointer: str
    """JSON pointer into the description."""
    instance: str
    """JSON pointer into the body; empty for the whole body and for what is outside it."""
    message: str

    def __str__(self) -> str:
        return f"{self.message} (at {self.instance or 'the body'}; {self.pointer})"


class CompiledSchema:
    """One compiled schema."""

    def __init__(self, where: str, source: Mapping[str, Any], validator: Draft202012Validator) -> None:
        self.pointer = where
        self.source = source
        self._validator = validator

    def check(self, value: Any, *, thorough: bool = True) -> list[Violation]:
        """Return what is wrong with a JSON value: everything when `thorough`, else the first error.

        When none of several alternatives fits, that is the first error.
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


class SchemaCompiler:
    """Compiles the schemas of a description, each when it is first used."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._registry = Registry([(_URI, dict(document))], draft=Draft202012)
        self._validators: dict[str, Draft202012Validator] = {}

    def at(self, where: str) -> CompiledSchema:
        """Return the schema at a pointer. References may point anywhere in the document.

        Raises:
            DescriptionError: The schema or one that it refers to is missing or not valid.
        """
        where, source = self.resolve(where)
        if where not in self._validators:
            reference = {"$ref": _URI + format_reference(where)}
            try:
                validator = Draft202012Validator(reference, registry=self._registry, validate_formats=True)
            except ValidationError as error:
                raise DescriptionError(f"{where}: {error.message}") from None
            self._validators[where] = validator
        return CompiledSchema(where, source, self._validators[where])

    def resolve(self, where: str) -> tuple[str, Mapping[str, Any]]:
        """Return the node at a pointer after following every `$ref`, with its own pointer.

        Raises:
            DescriptionError: A reference does not resolve.
        """
        try:
            where = resolve(self._document, where)
        except KeyError as error:
            raise DescriptionError(f"{where}: the reference does not resolve: {error}") from None
        return where, look_up(self._document, where)


def explain(errors: Iterable[ValidationError]) -> list[Violation]:
    """Return schema errors as violations, at most a hundred; of several alternatives, those of the closest one."""
    found: dict[Violation, None] = {}
    for error in islice(errors, _MOST):
        for violation in _explain_one(error):
            found[violation] = None
    return list(found)


def _explain_one(error: ValidationError) -> list[Violation]:
    if not isinstance(error.kind, ValidationErrorKind.AnyOf | ValidationErrorKind.OneOfNotValid):
        return [_make_violation(error, error.instance_path, _format_message(error))]
    branches = error.kind.context
    closest = min(branches, key=lambda branch: (_measure_distance(error, branch), len(branch), _count_missing(branch)))
    known = _find_variants(error, branches)
    if known and _measure_distance(error, closest) >= _ANOTHER_VARIANT:
        where = [*error.instance_path, VARIANT_FIELD]
        message = f"{format_field(where)}: none of the described values: {', '.join(known)}"
        return [_make_violation(error, where, message)]
    return explain(closest)


def _make_violation(error: ValidationError, where: Sequence[str | int], message: str) -> Violation:
    if len(message) > _LONGEST:
        message = message[: _LONGEST - 3] + "..."
    return Violation("schema", join_pointer("", *error.schema_path), join_pointer("", *where), message)


def _format_message(error: ValidationError) -> str:
    kind = error.kind
    name = format_field(error.instance_path)
    if isinstance(kind, ValidationErrorKind.Required):
        return f"{format_field([*error.instance_path, kind.property])}: required field is missing"
    if isinstance(kind, ValidationErrorKind.OneOfMultipleValid):
        return f"{name or 'body'}: fits more than one of the described alternatives"
    if isinstance(kind, ValidationErrorKind.Not) and isinstance(kind.schema, dict):
        banned = kind.schema.get("required")
        if isinstance(banned, list):
            fields = ", ".join(format_field([*error.instance_path, str(item)]) for item in banned)
            return f"{fields}: not allowed here"
    return f"{name or 'body'}: {error.message}"


def _measure_distance(parent: ValidationError, branch: Sequence[ValidationError]) -> int:
    """Return how far the body is from this alternative, judged by its JSON type and its constants."""
    return sum(_weigh(error, len(error.instance_path) - len(parent.instance_path)) for error in branch)


def _weigh(error: ValidationError, depth: int) -> int:
    kind = error.kind
    if depth == 0 and isinstance(kind, ValidationErrorKind.Type | ValidationErrorKind.Not):
        return _ANOTHER_VARIANT
    if depth == 0 and isinstance(kind, ValidationErrorKind.Required):
        return _ANOTHER_VARIANT if kind.property == VARIANT_FIELD else 0
    if depth == 1 and isinstance(kind, ValidationErrorKind.Constant):
        return _ANOTHER_VARIANT if error.instance_path[-1] == VARIANT_FIELD else 1
    return 0


def _count_missing(branch: Sequence[ValidationError]) -> int:
    return sum(isinstance(error.kind, ValidationErrorKind.Required) for error in branch)


def _find_variants(parent: ValidationError, branches: Sequence[Sequence[ValidationError]]) -> list[str]:
    """Return the described values of the variant field that the body does not have."""
    where = [*parent.instance_path, VARIANT_FIELD]
    constants = [error for branch in branches for error in branch if error.instance_path == where]
    return sorted(
        {str(error.kind.expected_value) for error in constants if isinstance(error.kind, ValidationErrorKind.Constant)}
    )
