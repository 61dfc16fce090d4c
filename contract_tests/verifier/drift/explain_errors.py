"""From what the validator says to differences: of alternatives, the one that the value comes closest to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from attrs import evolve
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import pointer
from jsonschema_rs import ValidationError, ValidationErrorKind

from contract_tests.verifier.drift.closed_schemas import OPEN_ENUM, ClosedSchemas
from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Difference, Kind, Side, brief

_CHOICE = (ValidationErrorKind.OneOfNotValid, ValidationErrorKind.AnyOf)
_EXTRA = (ValidationErrorKind.AdditionalProperties, ValidationErrorKind.UnevaluatedProperties)

# How far a value is from an alternative, by what is wrong with it at the alternative's own level, and below it.
_OF_ANOTHER_TYPE = 1000
_FORBIDDEN = 80
_OTHER_CONSTANT = 60
_MISSING = 40
_BELOW = 10
_KNOWN_FIELD = 30
_EXTRA_FIELD = 3
_OTHER_VALUE = 1


class Attribution:
    """Tells differences of a value that the closed description refuses.

    Args:
        tree: The bundled description.
        closed: Its closed copy.
    """

    def __init__(self, tree: Tree, closed: ClosedSchemas) -> None:
        self._tree = tree
        self._closed = closed

    def differences(self, where: str, value: Any, prefix: str = "", side: Side = "response") -> list[Difference]:
        """What a value has other than the schema at a pointer; none when the closed schema takes it.

        Args:
            where: Pointer of the schema.
            value: The JSON value.
            prefix: Where in its body the value stands.
            side: Which body that is.
        """
        validator = self._closed.at(where)
        try:
            if validator.is_valid(value):
                return []
            errors = list(self._flat(validator.iter_errors(value)))
        except ValueError as beyond:  # nested beyond the validator's limit
            told = f"cannot be checked: {beyond}"
            return [Difference(Kind.UNREADABLE_BODY, where, prefix, "depth", "JSON", told, where, side)]
        found: dict[tuple[str, str], Difference] = {}
        for error in _telling(errors):
            for each in self._read(where, error, value, prefix, side):
                found.setdefault((each.id, each.instance_pointer), each)
        return list(found.values())

    def _flat(self, errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
        for error in errors:
            branch = self._closest(error) if isinstance(error.kind, _CHOICE) else None
            if branch is None:
                yield error
            else:
                yield from self._flat(branch)

    def _closest(self, error: ValidationError) -> Sequence[ValidationError] | None:
        """What is wrong with the alternative that was meant; `None` when the value is of no alternative's type."""
        assert isinstance(error.kind, _CHOICE)
        branches: list[list[ValidationError]] = error.kind.context
        where = self._closed.written(pointer(error.schema_path))
        level = len(error.instance_path)
        known = [_known(branch, error.instance, level) for branch in branches]
        for index, branch in enumerate(branches):
            if known[index] and self._tree.fits(f"{where}/{index}", error.instance):
                return branch  # open, it fits: what is wrong is only that it has more
        costs = [_cost(branch, level) - _KNOWN_FIELD * count for branch, count in zip(branches, known, strict=True)]
        best = min(range(len(branches)), key=costs.__getitem__)
        return None if _is_of_another_type(branches[best], level) else branches[best]

    def _read(self, root: str, error: ValidationError, value: Any, prefix: str, side: Side) -> Iterator[Difference]:
        kind, where = error.kind, self._closed.written(pointer(error.schema_path))
        if isinstance(kind, ValidationErrorKind.Type):
            where = self._site(self._tree.resolve(root), error)
        owner, actual = where.rpartition("/")[0], _at(value, error.instance_path)
        seen = Difference(
            kind=Kind.FORMAT,  # a bound, a pattern, a format: the value has the type, and not the form
            spec_pointer=where,
            instance_pointer=prefix + pointer(error.instance_path),
            subject=where.rpartition("/")[2],
            actual=actual,
            schema=owner,
            side=side,
        )
        match kind:
            case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties():
                yield from self._extra(seen, kind.unexpected)
            case ValidationErrorKind.Required():
                yield evolve(
                    seen,
                    kind=Kind.MISSING_REQUIRED,
                    instance_pointer=seen.instance_pointer + pointer([kind.property]),
                    subject=kind.property,
                    expected=f"the field {kind.property}",
                    actual=None,
                    schema=f"{owner}/properties{pointer([kind.property])}",
                )
            case ValidationErrorKind.Enum() | ValidationErrorKind.Constant():
                what = Kind.OTHER_ENVELOPE if self._marks(owner, error, prefix, side) else Kind.NEW_ENUM_VALUE
                yield evolve(seen, kind=what, subject=brief(actual), expected=_values(self._tree.at(owner)))
            case ValidationErrorKind.Type() | ValidationErrorKind.OneOfNotValid() | ValidationErrorKind.AnyOf():
                types = _listed(kind.types) if isinstance(kind, ValidationErrorKind.Type) else self._types(where)
                what = Kind.UNEXPECTED_NULL if actual is None else Kind.WRONG_TYPE
                what = Kind.OTHER_ENVELOPE if self._marks(owner, error, prefix, side) else what
                expected = " or ".join(dict.fromkeys(types))
                yield evolve(seen, kind=what, subject=type_of(actual), expected=expected)
            case ValidationErrorKind.Not():
                forbidden = brief(kind.schema)
                yield evolve(seen, kind=Kind.UNDOCUMENTED_FIELD, subject=forbidden, expected=f"not {forbidden}")
            case ValidationErrorKind.OneOfMultipleValid():
                told = "exactly one of the alternatives"
                yield evolve(seen, kind=Kind.OTHER_ENVELOPE, subject="several", expected=told)
            case _:
                yield evolve(seen, expected=f"{seen.subject} {brief(self._tree.source(owner).get(seen.subject))}")

    def _extra(self, seen: Difference, names: Sequence[str]) -> Iterator[Difference]:
        """A difference for each field that no `properties` names."""
        shape = seen.schema if seen.spec_pointer.endswith("/properties") else seen.spec_pointer
        described = ", ".join(self._tree.source(shape).get("properties", {})) or "none"
        for name in names:
            yield evolve(
                seen,
                kind=Kind.UNDOCUMENTED_FIELD,
                instance_pointer=seen.instance_pointer + pointer([name]),
                subject=name,
                expected=f"one of the fields {brief(described, 160)}",
                actual=seen.actual[name],
                schema=shape,
            )

    def _marks(self, owner: str, error: ValidationError, prefix: str, side: Side) -> bool:
        """Whether a value is the constant by which the envelope of a response is known."""
        at_top = side == "response" and not prefix and len(error.instance_path) == 1
        return at_top and "const" in self._tree.source(self._tree.resolve(owner))

    def _site(self, root: str, error: ValidationError) -> str:
        """The keyword that gives a value its type: `type`, or the `$ref` by which a member is of a component.

        A member that is null, or of another type, is a matter of the member and not of what else refers there.
        """
        current, site = root, ""
        for step in error.evaluation_path[1:-1]:
            if step == "$ref":
                site = site or f"{current}/$ref"
                current = self._tree.at(current)["$ref"].removeprefix("#")
            else:
                current, site = current + pointer([step]), ""
        return site or f"{current}/{error.evaluation_path[-1]}"

    def _types(self, where: str) -> Iterator[str]:
        """The JSON types of the alternatives at a pointer."""
        for index in range(len(self._tree.at(where))):
            target = self._tree.resolve(f"{where}/{index}")
            source = self._tree.at(target)
            for keyword in ("oneOf", "anyOf"):
                if keyword in source:
                    yield from self._types(f"{target}/{keyword}")
            yield from _listed(source.get("type", []))


def type_of(value: Any) -> str:
    """What JSON calls the type of a value; a number without a fraction is an integer."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float):
        return "integer" if value.is_integer() else "number"
    names = {str: "string", int: "integer", dict: "object", list: "array", type(None): "null"}
    return names[type(value)]


def _telling(errors: Sequence[ValidationError]) -> Iterator[ValidationError]:
    """The errors without those that another one at the same place says better."""
    typed = {_place(error) for error in errors if isinstance(error.kind, ValidationErrorKind.Type)}
    extra = {_place(error) for error in errors if isinstance(error.kind, _EXTRA)}
    for error in errors:
        if isinstance(error.kind, ValidationErrorKind.Type) or not (
            _place(error) in typed or (isinstance(error.kind, ValidationErrorKind.Not) and _place(error) in extra)
        ):
            yield error


def _at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        value = value[step]
    return value


def _place(error: ValidationError) -> tuple[str, str]:
    """The schema and the value that an error is about."""
    return pointer(error.schema_path[:-1]), pointer(error.instance_path)


def _known(branch: Sequence[ValidationError], value: Any, level: int) -> int:
    """How many fields of an object an alternative describes; 1 for what is no object."""
    if not is_object(value):
        return 1
    own = [error for error in branch if len(error.instance_path) == level]
    extra = {name for error in own if isinstance(error.kind, _EXTRA) for name in error.kind.unexpected}
    return 0 if _is_of_another_type(branch, level) else len(value.keys() - extra)


def _is_of_another_type(branch: Sequence[ValidationError], level: int) -> bool:
    return _cost(branch, level) >= _OF_ANOTHER_TYPE


def _cost(branch: Sequence[ValidationError], level: int) -> int:
    return sum(_step(error, level) for error in branch)


def _step(error: ValidationError, level: int) -> int:
    kind, depth = error.kind, len(error.instance_path) - level
    if isinstance(kind, _CHOICE):
        return min(_cost(branch, level) for branch in kind.context)
    if isinstance(kind, _EXTRA):
        return _EXTRA_FIELD * len(kind.unexpected) if depth == 0 else _OTHER_VALUE
    if isinstance(kind, ValidationErrorKind.Constant):
        return _OTHER_CONSTANT if depth <= 1 else _BELOW
    if isinstance(kind, ValidationErrorKind.Enum | ValidationErrorKind.Format):
        return _OTHER_VALUE
    if depth > 0:
        return _BELOW
    if isinstance(kind, ValidationErrorKind.Type):
        return _OF_ANOTHER_TYPE
    if isinstance(kind, ValidationErrorKind.Not):
        return _FORBIDDEN
    return _MISSING if isinstance(kind, ValidationErrorKind.Required) else _BELOW


def _values(source: Mapping[str, Any]) -> str:
    """The values that a schema lists."""
    listed = [source["const"]] if "const" in source else source.get(OPEN_ENUM, source.get("enum", []))
    return brief(", ".join(map(str, listed)), 160)


def _listed(types: Any) -> list[str]:
    return [types] if isinstance(types, str) else list(types)
