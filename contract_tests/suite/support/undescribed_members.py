"""Finds members that the schema does not name. Objects are open, so a validator accepts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cometapi_suno_mock.compiled_schemas import CompiledSchema
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import join_pointer

from contract_tests.suite.support.schema_walk import member_places


def find_undescribed(schema: CompiledSchema, value: Any) -> list[str]:
    """Return JSON pointers of the members that the matching alternative of the schema does not name."""
    known = {place.pointer for place in member_places(schema, value)}
    return [member for member in _members(value) if member not in known]


def _members(value: Any, at: str = "") -> Iterator[str]:
    if is_object(value):
        for name, item in value.items():
            where = join_pointer(at, name)
            yield where
            yield from _members(item, where)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _members(item, f"{at}/{index}")
