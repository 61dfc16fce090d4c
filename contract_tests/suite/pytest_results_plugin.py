"""The questions of the contract suite, and a pytest plugin that sorts every outcome by operation and question.

The mock is not imported here: pytest rewrites what it imports.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from attrs import define, field

WHOLE: Final = "(the whole)"
"""Stands for the operation where a question is asked of the description as a whole."""


class Asked(NamedTuple):
    """A question, by the test file that asks it.

    Attributes:
        text: The question in full.
        title: A word for a column.
        each: Whether it must be asked of every operation.
    """

    text: str
    title: str
    each: bool


QUESTIONS: Final = {
    "test_description": Asked("Is the description sound?", "description", each=False),
    "test_client_sends": Asked("Does the client send only what the contract allows?", "sends", each=True),
    "test_client_reads": Asked("Does the client read everything the contract allows?", "reads", each=True),
    "test_client_outside": Asked("What does the client do outside the contract?", "outside", each=True),
    "test_server_keeps": Asked("Does a server keep the contract?", "server", each=True),
    "test_workflow": Asked("Does the workflow work end to end?", "workflow", each=True),
    "test_drift": Asked("Has the service drifted?", "drift", each=True),
    "test_checks_can_fail": Asked("Can the checks fail?", "self-test", each=False),
}


@define
class Cell:
    """What one question gave for one operation.

    Attributes:
        tests: Tests that ran.
        failed: Those among them that failed.
        checks: Exchanges or values that were judged; a test that does not say counts for one.
    """

    tests: int = 0
    failed: int = 0
    checks: int = 0


@define
class Failure:
    """A test that failed: its id, its question, the operations that it speaks of, what pytest says, and where it is."""

    test: str
    question: str
    operations: tuple[str, ...]
    message: str
    file: str
    line: int


@define
class Recorder:
    """A pytest plugin that sorts every outcome by operation and question."""

    cells: dict[tuple[str, str], Cell] = field(factory=lambda: defaultdict(Cell))
    failures: list[Failure] = field(factory=list[Failure])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and not report.failed:
            return
        file, line, _ = report.location
        question = Path(file).stem
        said = list(report.user_properties)
        named = [str(value) for name, value in said if name == "operation"]
        checks = sum(int(str(value)) for name, value in said if name == "checks") or 1
        for operation in named or [WHOLE]:
            cell = self.cells[operation, question]
            cell.tests += report.when == "call"
            cell.failed += report.failed
            cell.checks += checks
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = str(getattr(crash, "message", "") or report.longreprtext)
            self.failures.append(Failure(report.nodeid, question, tuple(named), message, file, (line or 0) + 1))
