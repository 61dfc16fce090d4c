"""Coverage in figures: how far an operation, and the whole description, is exercised."""

from __future__ import annotations

from typing import Final

from contract_tests.verifier.coverage.coverage import Count, Coverage
from contract_tests.verifier.coverage.coverage_points import What
from contract_tests.verifier.drift.findings import Side

_ASPECTS: Final[tuple[tuple[str, tuple[What, ...], Side | None, bool | None], ...]] = (
    ("statuses", (What.STATUS,), "response", None),
    ("media types", (What.MEDIA,), None, None),
    ("parameters", (What.PARAMETER, What.HEADER), None, None),
    ("request fields", (What.FIELD,), "request", None),
    ("keywords", (What.KEYWORD,), "request", None),
    ("answer fields", (What.FIELD,), "response", True),
    ("keywords", (What.KEYWORD,), "response", True),
    ("error fields", (What.FIELD,), "response", False),
    ("keywords", (What.KEYWORD,), "response", False),
)


def titles() -> list[str]:
    """What is counted."""
    return [title for title, *_ in _ASPECTS]


def counts(coverage: Coverage, operation: str) -> tuple[Count, ...]:
    """How far one operation is exercised, in the order of `titles()`."""
    return tuple(coverage.count(operation, *what, side=side, success=success) for _, what, side, success in _ASPECTS)


def total(coverage: Coverage) -> Count:
    """How far the whole description is exercised."""
    return Count(len(coverage.cells) - sum(1 for _ in coverage.missing()), len(coverage.cells))
