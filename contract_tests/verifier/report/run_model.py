"""A whole run: who was asked what, and what came of it. Every rendering reads this and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from attrs import frozen

from contract_tests.verifier.drift.detector import Report
from contract_tests.verifier.drift.findings import Finding
from contract_tests.verifier.live.run_summary import Account
from contract_tests.verifier.report.text_escaping import plural
from scripts.openapi_document import Description, is_object

_ROOT: Final = Path(__file__).resolve().parents[3]
WHOLE: Final = "(the whole)"
"""Stands for the operation where a question is asked of the description as a whole."""
LIVE: Final = "live"
"""The target that may be charged."""


@frozen
class Question:
    """A question of the contract suite.

    Attributes:
        name: Stem of the test file, as `test_client_sends`.
        title: A word for a column.
        text: The question in full.
        each: Whether it must be asked of every operation; else of the whole.
    """

    name: str
    title: str
    text: str
    each: bool


@frozen
class SuiteCell:
    """What one question gave for one operation.

    Attributes:
        tests: Tests that ran.
        failed: Those among them that failed.
        checks: Exchanges or values that were judged.
    """

    tests: int
    failed: int
    checks: int


@frozen
class SuiteFailure:
    """A test of the suite that failed.

    Attributes:
        test: Its id, as pytest writes it.
        question: Name of the question.
        operations: The operationIds that it speaks of; none for the whole.
        message: What pytest says of it.
        file: The file that it stands in, relative to the project.
        line: The line in it, from 1.
    """

    test: str
    question: str
    operations: tuple[str, ...]
    message: str
    file: str = ""
    line: int = 1


@frozen
class Suite:
    """What the contract suite gave.

    Attributes:
        questions: In the order of their columns.
        cells: By operationId, or `WHOLE`, and name of the question. What was not asked is not in it.
        failures: The tests that failed.
    """

    questions: tuple[Question, ...]
    cells: Mapping[tuple[str, str], SuiteCell]
    failures: tuple[SuiteFailure, ...] = ()

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return len(self.failures) or sum(cell.failed for cell in self.cells.values())

    @property
    def checks(self) -> int:
        """How many exchanges or values were judged."""
        return sum(cell.checks for cell in self.cells.values())

    def not_asked(self, operations: Mapping[str, str]) -> list[str]:
        """Every question that must be asked and was not, of each operation or of the whole."""
        asked = {name for _, name in self.cells}
        return [
            *(
                f"{name}: {question.title}"
                for operation, name in operations.items()
                for question in self.questions
                if question.each and (operation, question.name) not in self.cells
            ),
            *(question.title for question in self.questions if question.name not in asked),
        ]


@frozen
class TargetRun:
    """What came of one target.

    Attributes:
        name: `mock`, `recorded` or `live`.
        report: What the drift engine found; `None` when the target was not run.
        reason: Why it was not run, or how to run it.
        account: What a live run sent and spent.
    """

    name: str
    report: Report | None = None
    reason: str = ""
    account: Account | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against it. A target that was not run does not."""
        kept = self.report is None or self.report.holds
        return kept and (self.account is None or self.account.clean)


@frozen(kw_only=True)
class Run:
    """Everything that a report tells.

    Attributes:
        description: The description as written, with its lines.
        date: The day of the run.
        targets: In the order of their columns.
        suite: What the contract suite gave; `None` when it was not run.
        overlay: Where the proposals are written to, as one would type it.
    """

    description: Description
    date: date
    targets: tuple[TargetRun, ...]
    suite: Suite | None = None
    overlay: str = "build/report/overlay.yaml"

    @property
    def file(self) -> str:
        """The description's file, relative to the project."""
        path = self.description.path
        return path.relative_to(_ROOT).as_posix() if path.is_relative_to(_ROOT) else path.name

    @property
    def version(self) -> str:
        """The version of the description."""
        return str(self.description.data["info"]["version"])

    @property
    def operations(self) -> Mapping[str, str]:
        """operationId -> the name that users type, in the order of the description."""
        found: dict[str, str] = {}
        for item in self.description.data["paths"].values():
            for operation in item.values():
                if is_object(operation) and "operationId" in operation:
                    sdk = operation["x-sdk"]
                    found[operation["operationId"]] = f"{sdk['resource']}.{sdk['method']}"
        return found

    @property
    def judged(self) -> tuple[tuple[TargetRun, Report], ...]:
        """The targets that were run."""
        return tuple((target, target.report) for target in self.targets if target.report is not None)

    def findings(self) -> Iterator[tuple[TargetRun, Finding]]:
        """Everything that was found and is not tolerated, target by target."""
        return ((target, finding) for target, report in self.judged for finding in report.findings)

    @property
    def holds(self) -> bool:
        """Whether something was asked, all of what must be asked was, and nothing speaks against the contract."""
        asked = self.suite is not None or any(report.exchanges for _, report in self.judged)
        suite = self.suite is None or not (self.suite.failed or self.suite.not_asked(self.operations))
        return asked and suite and all(target.holds for target in self.targets)

    @property
    def sentence(self) -> str:
        """The verdict."""
        judged = [f"{plural(report.exchanges, 'exchange')} of {target.name}" for target, report in self.judged]
        checks = [f"{self.suite.checks} checks of the suite"] if self.suite is not None else []
        asked = " and ".join(filter(None, [", ".join([*checks, *judged[:-1]]), *judged[-1:]]))
        if self.holds:
            return f"The contract holds: {asked} on {len(self.operations)} operations."
        if not asked:
            return "Nothing is known: nothing was asked."
        return f"The contract does not hold: {'; '.join(self._against())}."

    def _against(self) -> Iterator[str]:
        if self.suite is not None:
            if self.suite.failed:
                yield plural(self.suite.failed, "failed test")
            missing = self.suite.not_asked(self.operations)
            if missing:
                yield f"not asked: {', '.join(missing)}"
        for target, report in self.judged:
            if not report.holds:
                bad = sum(finding.severity.value != "note" for finding in report.findings)
                yield f"{target.name} drifted in {plural(bad, 'place')}"
        for target in self.targets:
            if target.account is not None and not target.account.clean:
                yield f"the {target.name} run did not go as planned"
        if not any(report.exchanges for _, report in self.judged) and self.suite is None:
            yield "no exchange was judged"
