"""The model of a verification run: the suite's results and each target's report. Every renderer reads only this."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Final

from attrs import frozen
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.drift.findings import DriftFinding, DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import find_problem
from contract_tests.verifier.live.run_summary import RunSummary
from scripts.description_file import Description
from scripts.openapi_document import find_reading_days, walk_operations
from scripts.text_and_files import format_count, format_path, to_line

WHOLE: Final = "(the whole)"
"""The row of questions that are asked of the description as a whole."""
LIVE: Final = "live"
"""The name of the target that may be charged."""

_PROJECT: Final = Path(__file__).resolve().parents[3]
_SCHEMA: Final = Path(__file__).with_name("suite_results.schema.json")


@frozen
class SuiteQuestion:
    """A question of the contract suite. The attributes of this and of the next classes are those of the schema."""

    name: str
    title: str
    text: str
    per_operation: bool

    def is_due(self, operation: str) -> bool:
        """Return whether it must be asked of an operation, or of the whole."""
        return self.per_operation is not (operation == WHOLE)


@frozen
class QuestionResult:
    """The outcome of one question for one operation."""

    tests: int
    failed: int
    checks: int
    seconds: float = 0.0


@frozen
class FailedTest:
    """A test of the suite that failed."""

    test: str
    question: str
    operations: tuple[str, ...]
    message: str
    file: str
    line: int


@frozen
class SuiteResults:
    """The results of the contract suite.

    Attributes:
        questions: In the order of their columns.
        results: By operationId, or `WHOLE`, and name of the question; questions that were not asked are missing.
        failures: The tests that failed.
    """

    questions: tuple[SuiteQuestion, ...]
    results: Mapping[tuple[str, str], QuestionResult]
    failures: tuple[FailedTest, ...] = ()

    @classmethod
    def read(cls, path: Path) -> SuiteResults:
        """Read a file that `pytest_results_plugin` wrote; its form is `suite_results.schema.json`.

        Raises:
            VerifierInputError: It cannot be read, or has another form.
        """
        try:
            content = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else f"not JSON: {error}"
            raise VerifierInputError(f"--suite-results {format_path(path)}: {reason}") from None
        problem = find_problem(Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8"))), content)
        if problem:
            raise VerifierInputError(f"--suite-results {format_path(path)}: {problem}")
        results: dict[tuple[str, str], QuestionResult] = {}
        for each in content["results"]:
            place = (each.pop("operation") or WHOLE, each.pop("question"))
            results[place] = QuestionResult(**each)
        failures = [FailedTest(**(each | {"operations": tuple(each["operations"])})) for each in content["failures"]]
        return cls(tuple(SuiteQuestion(**each) for each in content["questions"]), results, tuple(failures))

    @property
    def failed(self) -> int:
        """How many tests failed."""
        return len(self.failures) or sum(result.failed for result in self.results.values())

    @property
    def checks(self) -> int:
        """How many exchanges or values were checked."""
        return sum(result.checks for result in self.results.values())

    def find_unasked(self, operations: Mapping[str, str]) -> list[str]:
        """Return the questions that must be asked of each operation, or of the whole, and were not."""
        asked = {name for _, name in self.results}
        missing = [
            f"{name}: {question.title}"
            for operation, name in operations.items()
            for question in self.questions
            if question.per_operation and (operation, question.name) not in self.results
        ]
        return missing + [question.title for question in self.questions if question.name not in asked]


@frozen
class TargetRun:
    """The outcome for one target.

    Attributes:
        name: `mock`, `recorded` or `live`.
        report: What differs from the description; `None` if the target was not run.
        hint: How to run it, if it was not.
        summary: What a live run sent and spent.
        cut_short: Why the target gave fewer exchanges than it should; empty if it gave all.
        seconds: How long it was asked and judged.
        base_url: Where the mock is served; empty for another target, and for a mock in process.
    """

    name: str
    report: DriftReport | None = None
    hint: str = ""
    summary: RunSummary | None = None
    cut_short: str = ""
    seconds: float = 0.0
    base_url: str = ""

    def find_objections(self) -> Iterator[str]:
        """Yield what was seen that breaks the contract."""
        if self.report is not None and not self.report.holds:
            bad = sum(finding.severity is not DriftSeverity.NOTE for finding in self.report.findings)
            yield f"{self.name} drifted in {format_count(bad, 'place')}"
        if self.summary is not None and self.summary.objection:
            yield f"{self.name}: {self.summary.objection}"

    def find_gaps(self, operations: Mapping[str, str]) -> Iterator[str]:
        """Yield what is missing to know whether the target keeps the contract.

        Args:
            operations: The names of the operations in the client, by operationId.
        """
        if self.report is None:
            return
        if self.cut_short:
            unasked = [name for operation, name in operations.items() if not self.report.coverage.asked(operation)]
            missing = f"; not asked: {', '.join(unasked)}" if unasked else ""
            yield f"{self.cut_short} after {format_count(self.report.exchanges, 'exchange')}{missing}"
        elif not self.report.exchanges and (self.summary is None or self.summary.as_planned):
            unmatched = f", and {self.report.unmatched.total()} of undescribed paths" if self.report.unmatched else ""
            yield f"{self.name} gave no exchange that an operation describes{unmatched}"
        if self.summary is not None and not self.summary.as_planned:
            yield f"{self.name}: {self.summary.gap}"
        if self.summary is not None and self.summary.unasked:
            yield f"{self.name}: not asked: {self.summary.unasked}"


class Verdict(Enum):
    """Whether the contract holds. The values are the exit statuses; 2 means wrong use."""

    HOLDS = 0
    BROKEN = 1
    INCOMPLETE = 3


@frozen
class NextCommand:
    """A command that helps now.

    Attributes:
        command: What to type.
        reason: Why.
    """

    command: str
    reason: str


@frozen(kw_only=True)
class VerificationRun:
    """A whole run.

    Attributes:
        description: The description as written, with its lines.
        date: The day of the run.
        targets: In the order of their columns.
        suite: The results of the contract suite; `None` if it was not run.
        overlay: The path of the proposed overlay, as one would type it.
    """

    description: Description
    date: date
    targets: tuple[TargetRun, ...]
    suite: SuiteResults | None = None
    overlay: str = "build/report/overlay.yaml"

    @property
    def file(self) -> str:
        """The description's file, relative to the project."""
        path = self.description.path
        return path.relative_to(_PROJECT).as_posix() if path.is_relative_to(_PROJECT) else path.name

    @property
    def version(self) -> str:
        """The version of the description."""
        return str(self.description.data["info"]["version"])

    @cached_property
    def operations(self) -> Mapping[str, str]:
        """The name of each operation in the client, by operationId, in the order of the description."""
        found = [each for each in walk_operations(self.description.data) if "operationId" in each.node]
        return {each.id: "{resource}.{method}".format_map(each.node["x-sdk"]) for each in found}

    @cached_property
    def evidence_days(self) -> Mapping[str, str]:
        """The day on which the newest source of each operation was read, by operationId; empty if unknown."""
        document = self.description.data
        return {each.id: max(find_reading_days(document, each.node), default="") for each in walk_operations(document)}

    @property
    def judged(self) -> tuple[tuple[TargetRun, DriftReport], ...]:
        """The targets that were run."""
        return tuple((target, target.report) for target in self.targets if target.report is not None)

    def findings(self) -> Iterator[tuple[TargetRun, DriftFinding]]:
        """Yield the findings that are not tolerated, target by target."""
        return ((target, finding) for target, report in self.judged for finding in report.findings)

    @property
    def verdict(self) -> Verdict:
        """Broken if something was seen that contradicts the contract; incomplete if something was not asked."""
        if list(self._objections()):
            return Verdict.BROKEN
        asked = self.suite is not None or any(report.exchanges for _, report in self.judged)
        return Verdict.HOLDS if asked and not list(self.find_gaps()) else Verdict.INCOMPLETE

    @property
    def headline(self) -> str:
        """The verdict in one sentence."""
        judged = [f"{format_count(report.exchanges, 'exchange')} of {target.name}" for target, report in self.judged]
        checks = [f"{self.suite.checks} checks of the suite"] if self.suite is not None else []
        asked = " and ".join(filter(None, [", ".join([*checks, *judged[:-1]]), *judged[-1:]]))
        gaps = "; ".join(self.find_gaps()) or "no question was asked"
        match self.verdict:
            case Verdict.HOLDS:
                return f"The contract holds: {asked} on {len(self.operations)} operations."
            case Verdict.INCOMPLETE:
                return f"Incomplete: {gaps}. Nothing that was seen breaks the contract."
            case Verdict.BROKEN:
                incomplete = f". Incomplete: {gaps}" if list(self.find_gaps()) else ""
                return f"The contract does not hold: {'; '.join(self._objections())}{incomplete}."

    def next_commands(self) -> list[NextCommand]:
        """Return the commands that help now, in their order."""
        commands: list[NextCommand] = []
        if self.suite is not None and self.suite.failures:
            python = shlex.quote(format_path(Path(sys.executable)))
            test = to_line(f"{python} -m pytest {shlex.quote(self.suite.failures[0].test)}")
            commands.append(NextCommand(test, "Run the first failed test alone."))
        proposed = {finding.id for _, finding in self.findings() if finding.proposal}
        settled = {fact.pointer for _, report in self.judged for fact in report.settled}
        if proposed or settled:
            counts = [(len(proposed), "finding"), (len(settled), "settled fact")]
            named = " and ".join(format_count(count, noun) for count, noun in counts if count)
            reason = f"Apply the proposals of {named}, then read git diff."
            commands.append(NextCommand(f"make apply-overlay FILE={shlex.quote(self.overlay)}", reason))
        for target in self.targets:
            if target.summary is not None and target.summary.proposal is not None:
                command = f"make apply-overlay FILE={shlex.quote(format_path(target.summary.proposal))}"
                commands.append(NextCommand(command, "Put the measured prices on record, then read git diff."))
            if target.report is None:
                tier = " TIER=free" if target.name == LIVE else ""
                command = f"make verify TARGET={shlex.quote(target.name)}{tier}"
                commands.append(NextCommand(command, f"Verify {target.name}: it was not run."))
        return commands

    def _objections(self) -> Iterator[str]:
        if self.suite is not None and self.suite.failed:
            yield format_count(self.suite.failed, "failed test")
        for target in self.targets:
            yield from target.find_objections()

    def find_gaps(self) -> Iterator[str]:
        """Yield what is missing to know whether the contract holds."""
        unasked = self.suite.find_unasked(self.operations) if self.suite is not None else []
        if unasked:
            yield f"not asked: {', '.join(unasked)}"
        for target in self.targets:
            yield from target.find_gaps(self.operations)
