"""Finds members that the schema does not name. Objects are open, so a validator accepts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cometapi_suno_mock.compiled_schemas import CompiledSchema
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer

from contract_tests.suite.support.schema_walk import member_places

_SHAPES = frozenset({"type", "properties", "additionalProperties", "items", "prefixItems", "oneOf", "anyOf", "allOf"})


def find_undescribed(schema: CompiledSchema, value: Any) -> list[str]:
    """Return JSON pointers of the members that the matching alternative of the schema does not name.

    Below a value that may be anything, every member is described.
    """
    places = list(member_places(schema, value))
    known = {place.pointer for place in places}
    free = tuple(f"{place.pointer}/" for place in places if _is_free(place.schema))
    if _is_free(schema):
        return []
    return [member for member in _members(value) if member not in known and not member.startswith(free)]


def _is_free(schema: CompiledSchema) -> bool:
    """Return whether the members of a value may be called anything: of a map, or without a description."""
    items = schema.source.get("items")
    return (
        schema.source.get("additionalProperties") is True
        or (is_object(items) and items.get("additionalProperties") is True)
        or not (schema.source.keys() & _SHAPES)
        or (schema.source.get("type") == "object" and not schema.source.keys() & (_SHAPES - {"type"}))
    )


def _members(value: Any, at: str = "") -> Iterator[str]:
    if is_object(value):
        for name, item in value.items():
            where = join_pointer(at, name)
            yield where
            yield from _members(item, where)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _members(item, f"{at}/{index}")
