"""`make`: run the contract suite and print who keeps what, operation by question.

Exit status: 0 when everything holds, 1 when something does not or was not asked, 2 when the suite could not run.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field

from scripts.generator.document import METHODS

ROOT = Path(__file__).resolve().parent.parent
REPORT = ROOT / "build" / "verdict.md"
WHOLE = "(the whole)"
# Test file -> question, column title, and whether it must be asked of every operation.
QUESTIONS = {
    "test_description": ("Is the description sound?", "description", False),
    "test_client_sends": ("Does the client send only what the contract allows?", "sends", True),
    "test_client_reads": ("Does the client read everything the contract allows?", "reads", True),
    "test_client_outside": ("What does the client do outside the contract?", "outside", True),
    "test_server_keeps": ("Does a server keep the contract?", "server", True),
    "test_workflow": ("Does the workflow work end to end?", "workflow", True),
    "test_checks_can_fail": ("Can the checks fail?", "self-test", False),
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

    def __str__(self) -> str:
        return f"✘ {self.failed} of {self.tests}" if self.failed else f"✔ {self.checks}"


@define
class Recorder:
    """A pytest plugin that sorts every outcome by operation and question."""

    cells: dict[tuple[str, str], Cell] = field(factory=lambda: defaultdict(Cell))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when != "call" and not report.failed:
            return
        question = Path(report.location[0]).stem
        said = list(report.user_properties)
        operations = [str(value) for name, value in said if name == "operation"] or [WHOLE]
        checks = sum(int(str(value)) for name, value in said if name == "checks") or 1
        for operation in operations:
            cell = self.cells[operation, question]
            cell.tests += report.when == "call"
            cell.failed += report.failed
            cell.checks += checks


@define
class Verdict:
    """The table and the line under it."""

    operations: dict[str, str]
    cells: dict[tuple[str, str], Cell]

    @property
    def failed(self) -> int:
        return sum(cell.failed for cell in self.cells.values())

    @property
    def not_asked(self) -> list[str]:
        """Every operation and question that must be asked and was not."""
        required = [(name, title) for name, (_, title, each) in QUESTIONS.items() if each]
        missing = [
            f"{sdk}: {title}"
            for operation, sdk in self.operations.items()
            for name, title in required
            if (operation, name) not in self.cells
        ]
        asked = {name for _, name in self.cells}
        return missing + [title for name, (_, title, _) in QUESTIONS.items() if name not in asked]

    @property
    def holds(self) -> bool:
        return not self.failed and not self.not_asked

    @property
    def line(self) -> str:
        checks = sum(cell.checks for cell in self.cells.values())
        if self.holds:
            return f"The contract holds: {checks} checks on {len(self.operations)} operations against the mock."
        told = [f"{self.failed} failed tests"] if self.failed else []
        told += [f"not asked: {', '.join(self.not_asked)}"] if self.not_asked else []
        return f"The contract does not hold: {'; '.join(told)}."

    def rows(self) -> Iterator[list[str]]:
        """The table, its head first."""
        yield ["operation", *(title for _, title, _ in QUESTIONS.values())]
        for operation, name in (*self.operations.items(), (WHOLE, WHOLE)):
            yield [name, *(self._shown(operation, question) for question in QUESTIONS)]

    def _shown(self, operation: str, question: str) -> str:
        cell = self.cells.get((operation, question))
        return str(cell) if cell else "·"

    def text(self) -> str:
        """For the terminal."""
        rows = list(self.rows())
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        lines.insert(1, "  ".join("─" * width for width in widths))
        return "\n".join([*lines, "", self.line])

    def markdown(self) -> str:
        """For a report or a step summary."""
        head, *rows = self.rows()
        lines = [f"# {self.line}", "", _row(head), _row("---" for _ in head), *map(_row, rows), ""]
        lines += [f"- **{title}**: {question}" for question, title, _ in QUESTIONS.values()]
        return "\n".join([*lines, "", "✔ with the number of checks, ✘ with the failed tests, · not asked.", ""])


def main() -> int:
    """Run the verb."""
    operations = named_operations(json.loads((ROOT / "generated" / "openapi.json").read_text("utf-8")))
    recorder = Recorder()
    files = [str(ROOT / "contract_tests" / f"{name}.py") for name in QUESTIONS]
    parallel = ["-n", "auto", "--dist", "worksteal"]
    status = pytest.main(["--no-header", "--tb=short", *parallel, *files], plugins=[recorder])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        print("verdict: the suite could not run; see above.", file=sys.stderr)
        return 2
    verdict = Verdict(operations, dict(recorder.cells))
    print(f"\n{verdict.text()}")
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(verdict.markdown(), encoding="utf-8")
    return 0 if verdict.holds else 1


def named_operations(description: dict[str, Any]) -> dict[str, str]:
    """operationId -> the name that users type. The mock is not imported: pytest rewrites what it imports."""
    items: Iterable[dict[str, dict[str, Any]]] = description["paths"].values()
    operations = (item[method] for item in items for method in item if method in METHODS)
    return {each["operationId"]: f"{each['x-sdk']['resource']}.{each['x-sdk']['method']}" for each in operations}


def _row(words: Iterable[str]) -> str:
    return f"| {' | '.join(words)} |"


if __name__ == "__main__":
    sys.exit(main())
