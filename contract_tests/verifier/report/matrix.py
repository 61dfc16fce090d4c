"""The matrix: each operation and status against its sources, its description, each target and the client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any

from attrs import evolve, frozen
from cometapi_suno_mock.pointers import look_up, resolve

from contract_tests.verifier.drift.findings import ClientEffect, DriftFinding, DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.report import badges
from contract_tests.verifier.report.badges import Badge, Tone, badge_age, format_age
from contract_tests.verifier.report.run_model import QuestionResult, TargetRun, VerificationRun
from scripts.openapi_document import find_reading_days, walk_operations
from scripts.text_and_files import format_count

DOCUMENTED, EVIDENCE_AGE, DESCRIBED, CLIENT = "Documented", "Evidence", "Described", "Client"


@frozen
class MatrixRow:
    """A status of an operation, or the operation as a whole.

    Attributes:
        status: The status; 0 for the whole.
        line: Its line in the description; 0 if it is not described.
        cells: The badges by the title of their column.
        phrase: The name of the status, if it has one.
    """

    status: int
    line: int
    cells: Mapping[str, Badge]
    phrase: str = ""


@frozen
class OperationRows:
    """An operation with its statuses.

    Attributes:
        operation: The operationId.
        called: The name in the client.
        method: HTTP method.
        path: The path template.
        whole: All statuses together.
        rows: One for each status that is described or was seen.
    """

    operation: str
    called: str
    method: str
    path: str
    whole: MatrixRow
    rows: Sequence[MatrixRow]


def list_columns(run: VerificationRun) -> list[str]:
    """Return the titles of the columns."""
    return [DOCUMENTED, EVIDENCE_AGE, DESCRIBED, *(target.name.capitalize() for target in run.targets), CLIENT]


def make_matrix(run: VerificationRun) -> list[OperationRows]:
    """Return every operation of the description, in its order."""
    listed: list[OperationRows] = []
    for each in walk_operations(run.description.data):
        if each.id in run.operations:
            at = _OperationMatrix(run, each.id, each.pointer, each.node)
            rows = [at.make_row(status) for status in at.find_statuses()]
            whole = MatrixRow(0, run.description.line(at.pointer), at.sum_up(rows))
            name, method = run.operations[each.id], each.method.upper()
            listed.append(OperationRows(each.id, name, method, each.path, whole, rows))
    return listed


@frozen
class _OperationMatrix:
    """One operation of the description, while its rows are made."""

    run: VerificationRun
    operation: str
    pointer: str
    source: Mapping[str, Any]

    def find_statuses(self) -> list[int]:
        """Return the statuses that are described, and those that were seen."""
        statuses = {int(status) for status in self.source["responses"]}
        for _, report in self.run.judged:
            for finding in (*report.findings, *(each for each, _ in report.tolerated)):
                statuses |= {each.status for each in finding.sightings if each.operation == self.operation}
        return sorted(statuses)

    def make_row(self, status: int) -> MatrixRow:
        place = f"{self.pointer}/responses/{status}"
        described = place in self.run.description.lines
        line = self.run.description.line(place) if described else 0
        cells = {
            DOCUMENTED: self._badge_documented(place, status) if described else badges.NO_SOURCE,
            EVIDENCE_AGE: self._badge_reading(place) if described else badges.NO_SOURCE,
            DESCRIBED: Badge(Tone.GOOD, "described", f"line {line}") if described else Badge(Tone.BAD, "not described"),
        }
        for target in self.run.targets:
            cells[target.name.capitalize()] = self._badge_target(target, status)
        cells[CLIENT] = self._badge_client(status, described=described)
        return MatrixRow(status, line, cells, self._name_status(place, status, described=described))

    def sum_up(self, rows: Sequence[MatrixRow]) -> dict[str, Badge]:
        """Return the cells of the operation as a whole."""
        missing = [str(row.status) for row in rows if not row.line]
        line = self.run.description.line(self.pointer)
        cells = {
            DOCUMENTED: self._badge_evidence(self.pointer) or badges.NO_SOURCE,
            EVIDENCE_AGE: badge_age(self.run.evidence_days[self.operation], self.run.date),
            DESCRIBED: Badge(Tone.GOOD, "described", f"line {line}"),
        }
        if missing:
            cells[DESCRIBED] = Badge(Tone.BAD, f"{len(missing)} missing", f"statuses {', '.join(missing)}")
        for title in list_columns(self.run)[3:]:
            cells[title] = _merge_badges(title, rows)
        failed = sum(result.failed for result in self._client_results())
        if failed and cells[CLIENT].tone is not Tone.BAD:
            cells[CLIENT] = Badge(Tone.BAD, "fails", format_count(failed, "failed test"))
        return cells

    def _name_status(self, place: str, status: int, *, described: bool) -> str:
        """Return the standard's name of a status, or that of its component in the description."""
        phrase = next((each.phrase for each in HTTPStatus if each == status), "")
        if phrase or not described:
            return phrase
        name = resolve(self.run.description.data, place).rpartition("/")[2]
        return "" if name == str(status) else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)

    def _badge_documented(self, place: str, status: int) -> Badge:
        badge = self._badge_evidence(resolve(self.run.description.data, place))
        if badge is None and status // 100 == 2:
            badge = self._badge_evidence(self.pointer)
        return badge or badges.NO_SOURCE

    def _badge_reading(self, place: str) -> Badge:
        """Return how old the newest source of a response is."""
        document = self.run.description.data
        days = find_reading_days(document, look_up(document, resolve(document, place)))
        return badge_age(max(days, default=""), self.run.date)

    def _badge_evidence(self, where: str) -> Badge | None:
        """Return the doubt about a node, or else the best evidence for it."""
        node: Mapping[str, Any] = look_up(self.run.description.data, where)
        entries: list[Mapping[str, str]] = node.get("x-evidence", [])
        best = next((status for status in badges.EVIDENCE if any(each["status"] == status for each in entries)), None)
        word: str | None = node.get("x-doubt") or best
        sources = ", ".join(dict.fromkeys(each["source"] for each in entries))
        return None if word is None else evolve(badges.EVIDENCE[word], detail=sources)

    def _badge_target(self, target: TargetRun, status: int) -> Badge:
        report = target.report
        if report is None:
            return badges.NOT_RUN
        found = report.at(self.operation, status)
        if found:
            worst = min((each.severity for each in found), key=lambda severity: severity.rank)
            kinds = ", ".join(dict.fromkeys(each.kind.title for each in found))
            return evolve(badges.SEVERITIES[worst], detail=kinds, findings=_ids(found))
        tolerated = [
            each
            for each, _ in report.tolerated
            if any((seen.operation, seen.status) == (self.operation, status) for seen in each.sightings)
        ]
        if tolerated:
            return evolve(
                badges.TOLERATED, detail=format_count(len(tolerated), "known difference"), findings=_ids(tolerated)
            )
        return self._badge_kept(report, status)

    def _badge_kept(self, report: DriftReport, status: int) -> Badge:
        times = report.coverage.answered(self.operation, status)
        if not times:
            return badges.NOT_EXERCISED
        newest = report.coverage.newest(self.operation, status)[:10]
        try:
            age = self.run.date - date.fromisoformat(newest)
        except ValueError:
            return evolve(badges.HOLDS, detail=format_count(times, "exchange"))
        detail = f"{format_count(times, 'exchange')}, the newest of {newest}"
        if age <= badges.STALE_AFTER:
            return evolve(badges.HOLDS, detail=detail)
        return evolve(badges.STALE, detail=f"{detail}: {format_age(age)} ago")

    def _badge_client(self, status: int, *, described: bool) -> Badge:
        place = (self.operation, status)
        found = [
            each
            for _, report in self.run.judged
            for each in report.at(*place)
            if each.effect is not ClientEffect.NONE or each.severity is not DriftSeverity.NOTE
        ]
        if found:
            here = [seen for each in found for seen in each.sightings if (seen.operation, seen.status) == place]
            worst = min(here, key=lambda seen: seen.effect.rank)
            return evolve(badges.EFFECTS[worst.effect], detail=worst.effect_note, findings=_ids(found))
        return self._badge_suite() if described else badges.NOT_ASKED

    def _badge_suite(self) -> Badge:
        """Return what the suite found about the client, which it asks about every described status."""
        results = list(self._client_results())
        due = [each for each in self.run.suite.questions if _asks_client(each.name)] if self.run.suite else []
        if not results or len(results) < len(due):
            return badges.NOT_ASKED
        if any(result.failed for result in results):
            return Badge(Tone.WARN, "in doubt", "a test of the operation failed")
        return Badge(Tone.GOOD, "reads it", "asked by the suite")

    def _client_results(self) -> Iterator[QuestionResult]:
        results = self.run.suite.results.items() if self.run.suite is not None else ()
        return (result for (each, name), result in results if each == self.operation and _asks_client(name))


def _asks_client(question: str) -> bool:
    return question.startswith("test_client")


def _ids(found: Sequence[DriftFinding]) -> tuple[str, ...]:
    return tuple(each.id for each in found)


def _merge_badges(title: str, rows: Sequence[MatrixRow]) -> Badge:
    """Return the worst badge of the statuses, or how many of them hold."""
    cells = [row.cells[title] for row in rows if row.line or row.cells[title].tone is not Tone.GREY]
    worst = min(cells, key=lambda cell: list(Tone).index(cell.tone))
    if worst.tone in (Tone.BAD, Tone.WARN, Tone.NOTE):
        where = [str(row.status) for row in rows if row.cells[title].word == worst.word]
        ids = tuple(dict.fromkeys(each for cell in cells for each in cell.findings))
        return evolve(worst, detail=f"at {', '.join(where)}", findings=ids)
    good = sum(cell.tone is Tone.GOOD for cell in cells)
    if not good:
        return worst
    if good == len(cells):
        return evolve(worst, detail=f"all {good}")
    return Badge(Tone.PART, f"{good} of {len(cells)}", f"the others {badges.NOT_EXERCISED.word}")
