"""Rules of dates: every source says when it was read, and quotes are short."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from scripts.lint.description_index import DescriptionIndex
from scripts.lint.lint_finding import Problem
from scripts.openapi_document import is_object, join_pointer

LONGEST_QUOTE: Final = 120


def check_reading(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a source has the day on which it was read; an entry may have a later one, and a short quote."""
    sources: dict[str, Any] = index.data.get("x-sources", {})
    for name, source in sources.items():
        if is_object(source) and not is_day(source.get("read")):
            at = join_pointer("/x-sources", name)
            yield Problem(at, "no day on which it was read", "Add `read: 'YYYY-MM-DD'`")
    for pointer, entry, _ in index.evidence:
        if "read" in entry and not is_day(entry["read"]):
            yield Problem(join_pointer(pointer, "read"), f"{entry['read']} is not a day", "Write 'YYYY-MM-DD'")
        quote = entry.get("quote", "-")
        if not isinstance(quote, str) or not 0 < len(quote.strip()) <= LONGEST_QUOTE:
            fix = f"Quote at most {LONGEST_QUOTE} characters"
            yield Problem(join_pointer(pointer, "quote"), "not a short quote", fix)


def is_day(value: object) -> bool:
    """Check that a value is a day of the calendar, as YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
