"""Coverage as text and as Markdown: operations by what can be exercised, a column for each target.

`·` is what was not exercised. It is not good and not bad: nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from contract_tests.drift.cells import What
from contract_tests.drift.coverage import Count, Coverage
from contract_tests.drift.findings import Side

NOT_RUN: Final = "not run"

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


class Row(NamedTuple):
    """How far one operation is exercised by one target."""

    operation: str
    target: str
    counts: tuple[Count, ...] | None
    """In the order of `titles()`; `None` when the target did not run."""


def titles() -> list[str]:
    """What is counted."""
    return [title for title, *_ in _ASPECTS]


def rows(coverages: Mapping[str, Coverage | None], operations: Iterable[str]) -> Iterator[Row]:
    """A row for each operation and target."""
    for operation in operations:
        for target, coverage in coverages.items():
            yield Row(operation, target, None if coverage is None else counts(coverage, operation))


def counts(coverage: Coverage, operation: str) -> tuple[Count, ...]:
    """How far one operation is exercised, in the order of `titles()`."""
    return tuple(coverage.count(operation, *what, side=side, success=success) for _, what, side, success in _ASPECTS)


def total(coverage: Coverage) -> Count:
    """How far the whole description is exercised."""
    return Count(len(coverage.cells) - sum(1 for _ in coverage.missing()), len(coverage.cells))


def text(coverages: Mapping[str, Coverage | None], operations: Iterable[str]) -> str:
    """For the terminal."""
    table = _table(coverages, list(operations))
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in table]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join([*lines, "", *_totals(coverages), *_undescribed(coverages)])


def markdown(coverages: Mapping[str, Coverage | None], operations: Iterable[str]) -> str:
    """For a report or a step summary."""
    head, *body = [f"| {' | '.join(row)} |" for row in _table(coverages, list(operations))]
    rule = f"|{' --- |' * (len(titles()) + 2)}"
    notes = [f"- {line}" for line in (*_totals(coverages), *_undescribed(coverages))]
    return "\n".join([head, rule, *body, "", *notes, "", "`·` was not exercised: nothing is known of it.", ""])


def _table(coverages: Mapping[str, Coverage | None], operations: list[str]) -> list[list[str]]:
    table = [["operation", "target", *titles()]]
    for row in rows(coverages, operations):
        told = [NOT_RUN, *[""] * (len(titles()) - 1)] if row.counts is None else [str(count) for count in row.counts]
        table.append([row.operation, row.target, *told])
    return table


def _totals(coverages: Mapping[str, Coverage | None]) -> Iterator[str]:
    for target, coverage in coverages.items():
        if coverage is None:
            yield f"{target}: {NOT_RUN}"
            continue
        count = total(coverage)
        share = 100 * count.exercised // max(1, count.described)
        yield f"{target}: {count.exercised} of {count.described} exercised ({share} %), {coverage.exchanges} exchanges"


def _undescribed(coverages: Mapping[str, Coverage | None]) -> Iterator[str]:
    for target, coverage in coverages.items():
        for what, times in sorted(coverage.undescribed.items()) if coverage is not None else ():
            yield f"{target}: seen but not described: {what} (x{times})"
