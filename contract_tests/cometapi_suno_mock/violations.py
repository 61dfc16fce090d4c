"""What breaks the contract, and where; schema errors told for the variant that was meant."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import attrs
from cometapi_suno_mock.pointers import field_name, pointer

try:
    from jsonschema_rs import ValidationError, ValidationErrorKind
except ModuleNotFoundError as error:  # the first of the extra's packages that is imported
    raise ModuleNotFoundError(
        "cometapi_suno_mock needs further packages: pip install 'cometapi-suno[mock]'", name=error.name
    ) from None

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
