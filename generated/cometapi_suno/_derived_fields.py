"""Fields of models that are read from another field: the items of one class, the object of one class, a percentage."""

from __future__ import annotations

import re
from typing import TypeVar, cast

T = TypeVar("T")

_PERCENTAGE = re.compile(r"\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*%?\s*")


def read_items(value: object, kind: type[T]) -> list[T]:
    """Return the items of a class in a list; none for any other value."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    return [item for item in items if isinstance(item, kind)]


def read_object(value: object, kind: type[T]) -> T | None:
    """Return the value if it is of a class."""
    return value if isinstance(value, kind) else None


def read_percentage(value: object) -> float | None:
    """Return a number from 0 to 100 that is given as text, such as `50%`, or as a number; None for any other value."""
    found = _PERCENTAGE.fullmatch(value) if isinstance(value, str) else None
    number = float(found[1]) if found else value
    if not isinstance(number, int | float) or isinstance(number, bool) or not 0 <= number <= 100:
        return None
    return float(number)
