"""Members that a value has and its schema has no word for. Objects are open, so no validator tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import pointer
from cometapi_suno_mock.schemas import Schema

from contract_tests.suite.support.schema_walk import places


def undescribed(schema: Schema, value: Any) -> list[str]:
    """JSON pointers to the members of a value that its schema, by the alternative that fits, does not name."""
    known = {place.pointer for place in places(schema, value)}
    return [member for member in _members(value) if member not in known]


def _members(value: Any, at: str = "") -> Iterator[str]:
    if is_object(value):
        for name, item in value.items():
            where = at + pointer((name,))
            yield where
            yield from _members(item, where)
    elif is_array(value):
        for index, item in enumerate(value):
            yield from _members(item, f"{at}/{index}")
