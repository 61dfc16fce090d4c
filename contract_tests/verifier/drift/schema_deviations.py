"""Deviations of a JSON value from its schema: validation errors against the alternative that was meant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve
from jsonschema_rs import ValidationError, ValidationErrorKind

from contract_tests.verifier.drift.findings import Deviation, DriftKind, format_value
from contract_tests.verifier.exchange.exchange import Side
from contract_tests.verifier.spec_index import SpecIndex
from scripts.openapi_document import OPEN_ENUM, is_object, join_pointer, json_type, parse_reference, schema_types

_CHOICE = (ValidationErrorKind.OneOfNotValid, ValidationErrorKind.AnyOf)
_EXTRA = (ValidationErrorKind.AdditionalProperties, ValidationErrorKind.UnevaluatedProperties)

# Distance of a value from an alternative: a sum over its errors, at the alternative's own level and below it.
_OTHER_TYPE: Final = 1000
_FORBIDDEN: Final = 80
_OTHER_CONSTANT: Final = 60
_MISSING: Final = 40
_BELOW: Final = 10
_KNOWN_FIELD: Final = 30
_EXTRA_FIELD: Final = 3
_OTHER_VALUE: Final = 1


def find_deviations(
    index: SpecIndex, pointer: str, value: Any, prefix: str = "", side: Side = "response"
) -> list[Deviation]:
    """Return the deviations of a value from the closed schema at a pointer.

    Args:
        index: The description.
        pointer: Pointer of the schema.
        value: The JSON value.
        prefix: Place of the value in its body.
        side: Whether the body is of the request or of the response.
    """
    validator = index.closed(pointer)
    try:
        if validator.is_valid(value):
            return []
        errors = list(_flatten(index, validator.iter_errors(value)))
    except ValueError as too_deep:  # the validator limits the depth
        actual = f"cannot be checked: {too_deep}"
        return [Deviation(DriftKind.UNREADABLE_BODY, pointer, prefix, "depth", "JSON", actual, pointer, side)]
    found: dict[tuple[str, str], Deviation] = {}
    for error in _drop_implied(errors):
        for each in _explain(index, pointer, error, (value, prefix, side)):
            found.setdefault((each.id, each.instance_pointer), each)
    return list(found.values())


def describe_type(value: Any) -> str:
    """Return the JSON type of a value; a number without a fraction is an integer."""
    return "integer" if isinstance(value, float) and value.is_integer() else json_type(value)


def _flatten(index: SpecIndex, errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Replace each error of a choice by the errors of the closest alternative."""
    for error in errors:
        branch = _find_closest(index, error) if isinstance(error.kind, _CHOICE) else None
        if branch is None:
            yield error
        else:
            yield from _flatten(index, branch)


def _find_closest(index: SpecIndex, error: ValidationError) -> Sequence[ValidationError] | None:
    """Return the errors of the closest alternative; `None` when the value has the type of none."""
    assert isinstance(error.kind, _CHOICE)
    branches: list[list[ValidationError]] = error.kind.context
    where = index.to_source(join_pointer("", *error.schema_path))
    level = len(error.instance_path)
    known = [_count_known(branch, error.instance, level) for branch in branches]
    # Valid against the open schema: it only has more fields.
    fitting = [
        number for number, count in enumerate(known) if count and index.fits(f"{where}/{number}", error.instance)
    ]
    if fitting:
        return branches[max(fitting, key=known.__getitem__)]
    costs = [_cost(branch, level) - _KNOWN_FIELD * count for branch, count in zip(branches, known, strict=True)]
    best = branches[min(range(len(branches)), key=costs.__getitem__)]
    return None if _cost(best, level) >= _OTHER_TYPE else best


def _explain(
    index: SpecIndex, root: str, error: ValidationError, checked: tuple[Any, str, Side]
) -> Iterator[Deviation]:
    """Yield the deviations behind an error of a value (with its prefix and side) against the schema at `root`."""
    value, prefix, side = checked
    kind, where = error.kind, index.to_source(join_pointer("", *error.schema_path))
    if isinstance(kind, ValidationErrorKind.Type):
        where = _find_type_site(index, index.resolve(root), error)
    owner, _, keyword = where.rpartition("/")
    for step in error.instance_path:
        value = value[step]
    at_top = side == "response" and not prefix and len(error.instance_path) == 1
    seen = Deviation(
        kind=DriftKind.FORMAT,  # a bound, a pattern or a format
        spec_pointer=where,
        instance_pointer=prefix + join_pointer("", *error.instance_path),
        subject=keyword,
        actual=value,
        schema=owner,
        side=side,
    )
    match kind:
        case ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties():
            schema = owner if keyword == "properties" else where
            described = ", ".join(index.at(schema).get("properties", {})) or "none"
            for name in kind.unexpected:
                yield evolve(
                    seen,
                    kind=DriftKind.UNDOCUMENTED_FIELD,
                    instance_pointer=join_pointer(seen.instance_pointer, name),
                    subject=name,
                    expected=f"one of the fields {format_value(described, 160)}",
                    actual=value[name],
                    schema=schema,
                )
        case ValidationErrorKind.Required():
            yield evolve(
                seen,
                kind=DriftKind.MISSING_REQUIRED,
                instance_pointer=join_pointer(seen.instance_pointer, kind.property),
                subject=kind.property,
                expected=f"the field {kind.property}",
                actual=None,
                schema=join_pointer(owner, "properties", kind.property),
            )
        case ValidationErrorKind.Enum() | ValidationErrorKind.Constant():
            source = index.at(owner)
            listed = [source["const"]] if "const" in source else source.get(OPEN_ENUM, source.get("enum", []))
            expected = format_value(", ".join(map(str, listed)), 160)
            is_mark = at_top and _is_constant(index, owner)
            what = DriftKind.OTHER_ENVELOPE if is_mark else DriftKind.NEW_ENUM_VALUE
            yield evolve(seen, kind=what, subject=format_value(value), expected=expected)
        case ValidationErrorKind.Type() | ValidationErrorKind.OneOfNotValid() | ValidationErrorKind.AnyOf():
            types = kind.types if isinstance(kind, ValidationErrorKind.Type) else _list_types(index, owner)
            what = DriftKind.UNEXPECTED_NULL if value is None else DriftKind.WRONG_TYPE
            what = DriftKind.OTHER_ENVELOPE if at_top and _is_constant(index, owner) else what
            expected = " or ".join(dict.fromkeys([types] if isinstance(types, str) else types))
            yield evolve(seen, kind=what, subject=describe_type(value), expected=expected)
        case ValidationErrorKind.Not():
            forbidden = format_value(kind.schema)
            yield evolve(seen, kind=DriftKind.UNDOCUMENTED_FIELD, subject=forbidden, expected=f"not {forbidden}")
        case ValidationErrorKind.OneOfMultipleValid():
            expected = "exactly one of the alternatives"
            yield evolve(seen, kind=DriftKind.OTHER_ENVELOPE, subject="several", expected=expected)
        case _:
            yield evolve(seen, expected=f"{keyword} {format_value(index.at(owner).get(keyword))}")


def _is_constant(index: SpecIndex, schema: str) -> bool:
    """Return whether a schema is the constant that marks an envelope."""
    return "const" in index.at(index.resolve(schema))


def _find_type_site(index: SpecIndex, root: str, error: ValidationError) -> str:
    """Return the keyword that gives a value its type: `type`, or the `$ref` of a member to a component.

    A member of another type concerns the member, not everything else that refers to the component.
    """
    current, site = root, ""
    for step in error.evaluation_path[1:-1]:
        if step == "$ref":
            site = site or f"{current}/$ref"
            current = parse_reference(index.at(current)["$ref"])
        else:
            current, site = join_pointer(current, step), ""
    return site or f"{current}/{error.evaluation_path[-1]}"


def _list_types(index: SpecIndex, pointer: str) -> list[str]:
    """Return the JSON types of the alternatives of a schema."""
    leaves = (leaf for choice in index.choices(pointer) for leaf in index.leaves(choice))
    return [name for leaf in leaves for name in schema_types(index.at(leaf))]


def _drop_implied(errors: Sequence[ValidationError]) -> Iterator[ValidationError]:
    """Yield the errors without those that follow from a wrong type or from an extra field at the same place."""
    typed = {_place(error) for error in errors if isinstance(error.kind, ValidationErrorKind.Type)}
    extra = {_place(error) for error in errors if isinstance(error.kind, _EXTRA)}
    for error in errors:
        if isinstance(error.kind, ValidationErrorKind.Type) or not (
            _place(error) in typed or (isinstance(error.kind, ValidationErrorKind.Not) and _place(error) in extra)
        ):
            yield error


def _place(error: ValidationError) -> tuple[str, str]:
    """Return the pointers of the schema and of the value of an error."""
    return join_pointer("", *error.schema_path[:-1]), join_pointer("", *error.instance_path)


def _count_known(branch: Sequence[ValidationError], value: Any, level: int) -> int:
    """Return how many fields of an object an alternative describes; 1 for other values."""
    if not is_object(value):
        return 1
    own = [error for error in branch if len(error.instance_path) == level]
    extra = {name for error in own if isinstance(error.kind, _EXTRA) for name in error.kind.unexpected}
    return 0 if _cost(branch, level) >= _OTHER_TYPE else len(value.keys() - extra)


def _cost(branch: Sequence[ValidationError], level: int) -> int:
    return sum(_error_cost(error, level) for error in branch)


def _error_cost(error: ValidationError, level: int) -> int:
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
        return _OTHER_TYPE
    if isinstance(kind, ValidationErrorKind.Not):
        return _FORBIDDEN
    return _MISSING if isinstance(kind, ValidationErrorKind.Required) else _BELOW
