"""JSON values: their types, and when two of them are the same."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from scripts.openapi_document import is_array, is_object

# An integer is a number without a fraction: a constraint on a number, not a type of its own.
TYPES: Final = ("null", "boolean", "number", "string", "array", "object")

_POINT: Final = re.compile(r"\d[.e]")


def kind(value: Any) -> str:
    """The JSON type of a value, one of `TYPES`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def text(value: Any) -> str:
    """A value as canonical JSON: equal for equal values, however they are written."""
    written = json.dumps(value, sort_keys=True, ensure_ascii=False)
    # Only a number with a point can be written in two ways; most values have none, and this is asked often.
    return json.dumps(_leveled(value), sort_keys=True, ensure_ascii=False) if _POINT.search(written) else written


def is_integer(value: float) -> bool:
    """Whether a number has no fraction; 1.0 has none."""
    return isinstance(value, int) or value.is_integer()


def _leveled(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if is_array(value):
        return [_leveled(item) for item in value]
    if is_object(value):
        return {name: _leveled(item) for name, item in value.items()}
    return value
