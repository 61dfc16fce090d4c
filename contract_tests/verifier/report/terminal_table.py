"""A run on the terminal: operation by question and target, and a line for each finding."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from contract_tests.verifier.drift.detector import Report
from contract_tests.verifier.drift.findings import Severity
from contract_tests.verifier.report import WHOLE, Run, terminal

KEPT, BROKEN, NOTED, UNKNOWN = "✔", "✘", "+", "·"
_COLOURS: Final = {KEPT: "32", BROKEN: "31;1", NOTED: "33", UNKNOWN: "90"}
"""ANSI colours beside the sign and the number; never instead of them."""
NOT_RUN: Final = "not run"


class Cell(NamedTuple):
    """A sign and what it counts."""

    sign: str
    number: str = ""

    @property
    def text(self) -> str:
        return f"{self.sign} {self.number}".rstrip()


def text(run: Run, *, coloured: bool | None = None) -> str:
    """The whole of it.

    Args:
        run: What is told.
        coloured: Whether signs have colours; by default when somebody looks at a terminal and `NO_COLOR` is not set.
    """
    watched = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    shown = watched if coloured is None else coloured
    found = list(terminal.findings(run, coloured=shown))
    lines = [*_table(run, coloured=shown), "", *found, *([""] if found else []), run.sentence]
    return "\n".join([*lines, *terminal.next_step(run)])


def rows(run: Run) -> Iterator[tuple[str, list[Cell]]]:
    """Each operation with its cells, in the order of `titles()`; the last one is the whole."""
    for operation, name in {**run.operations, WHOLE: WHOLE}.items():
        suite = [_of_suite(run, operation, question.name) for question in run.suite.questions] if run.suite else []
        yield name, suite + [_of_target(target.report, operation) for target in run.targets]


def titles(run: Run) -> list[str]:
    """What the columns are about."""
    questions = [question.title for question in run.suite.questions] if run.suite else []
    return questions + [target.name for target in run.targets]


def _of_suite(run: Run, operation: str, question: str) -> Cell:
    cell = run.suite.cells.get((operation, question)) if run.suite else None
    if cell is None:
        return Cell(UNKNOWN)
    return Cell(BROKEN, f"{cell.failed} of {cell.tests}") if cell.failed else Cell(KEPT, str(cell.checks))


def _of_target(report: Report | None, operation: str) -> Cell:
    """What a target was found to do; a dot where it was not seen to do anything."""
    if report is None:
        return Cell(UNKNOWN, NOT_RUN if operation == WHOLE else "")
    if operation == WHOLE:
        found, seen = list(report.findings), report.exchanges
    else:
        found = [each for each in report.findings if any(at.operation == operation for at in each.sightings)]
        seen = report.coverage.asked(operation)
    bad = sum(each.severity is not Severity.NOTE for each in found)
    if bad:
        return Cell(BROKEN, f"{bad} of {seen}")
    if not seen:
        return Cell(UNKNOWN)
    return Cell(NOTED, f"{len(found)} of {seen}") if found else Cell(KEPT, str(seen))


def _table(run: Run, *, coloured: bool) -> Iterator[str]:
    table = list(rows(run))
    first = max(len(name) for name, _ in table)
    widths = [
        max([len(title), *(len(cells[index].text) for _, cells in table)]) for index, title in enumerate(titles(run))
    ]
    yield "  ".join(["operation".ljust(first), *map(str.ljust, titles(run), widths)]).rstrip()
    yield "  ".join("─" * width for width in (first, *widths))
    for name, cells in table:
        shown = [_padded(cell, width, coloured=coloured) for cell, width in zip(cells, widths, strict=True)]
        yield "  ".join([name.ljust(first), *shown]).rstrip()


def _padded(cell: Cell, width: int, *, coloured: bool) -> str:
    told = cell.text.ljust(width)
    return f"\033[{_COLOURS[cell.sign]}m{told}\033[0m" if coloured else told
