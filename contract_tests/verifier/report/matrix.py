"""Operation by status, against who says it, who describes it, who answers so, and what the client makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any, Final

from attrs import evolve, frozen
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import look, pointer, resolve

from contract_tests.verifier.drift.detector import Report
from contract_tests.verifier.drift.findings import Effect, Finding, Severity
from contract_tests.verifier.report.badges import (
    EFFECTS,
    EVIDENCE,
    NO_SOURCE,
    NOT_ASKED,
    NOT_EXERCISED,
    NOT_RUN,
    SEVERITIES,
    Mark,
    Tone,
)
from contract_tests.verifier.report.run_model import Run, TargetRun
from contract_tests.verifier.report.text_escaping import plural

STALE_AFTER: Final = timedelta(days=180)
"""What was last seen longer ago is no longer known."""
DOCUMENTED, DESCRIBED, CLIENT = "Documented", "Described", "Client"


@frozen
class Row:
    """A status of an operation, or the operation as a whole.

    Attributes:
        status: The status; 0 for the whole.
        line: Where the description has it; 0 when it does not.
        cells: By the title of their column.
        phrase: What the status is called; empty where nobody has a name for it.
    """

    status: int
    line: int
    cells: Mapping[str, Mark]
    phrase: str = ""


@frozen
class Group:
    """An operation with its statuses.

    Attributes:
        operation: The operationId.
        called: The name that users type.
        method: HTTP method.
        path: The path as described.
        whole: All of its statuses together.
        rows: One for each status, described or seen.
    """

    operation: str
    called: str
    method: str
    path: str
    whole: Row
    rows: Sequence[Row]


def columns(run: Run) -> list[str]:
    """The titles, in their order."""
    return [DOCUMENTED, DESCRIBED, *(target.name.capitalize() for target in run.targets), CLIENT]


def groups(run: Run) -> list[Group]:
    """Every operation of the description, in its order."""
    return list(_Matrix(run).groups())


class _Matrix:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._document = run.description.data

    def groups(self) -> Iterator[Group]:
        names = self._run.operations
        for path, item in self._document["paths"].items():
            for method, source in item.items():
                if not is_object(source) or source.get("operationId") not in names:
                    continue
                operation: str = source["operationId"]
                where = pointer(["paths", path, method])
                rows = [self._row(operation, where, status) for status in self._statuses(operation, source)]
                whole = Row(0, self._run.description.line(where), self._whole(operation, where, rows))
                yield Group(operation, names[operation], method.upper(), path, whole, rows)

    def _statuses(self, operation: str, source: Mapping[str, Any]) -> list[int]:
        """What is described, and what was seen beside it."""
        found = {int(status) for status in source["responses"]}
        for _, report in self._run.judged:
            for finding in (*report.findings, *(each for each, _ in report.tolerated)):
                found |= {each.status for each in finding.sightings if each.operation == operation}
        return sorted(found)

    def _row(self, operation: str, where: str, status: int) -> Row:
        place = f"{where}/responses/{status}"
        described = place in self._run.description.lines
        line = self._run.description.line(place) if described else 0
        cells = {DOCUMENTED: self._documented(place, where, status) if described else NO_SOURCE}
        cells[DESCRIBED] = Mark(Tone.GOOD, "✔", "described", f"line {line}")
        if not described:
            cells[DESCRIBED] = Mark(Tone.BAD, "✘", "not described")
        for target in self._run.targets:
            cells[target.name.capitalize()] = self._target(target, operation, status)
        cells[CLIENT] = self._client(operation, status)
        return Row(status, line, cells, self._phrase(place, status, described=described))

    def _phrase(self, place: str, status: int, *, described: bool) -> str:
        """The name that the standard has, or else the component of the description."""
        known = next((each.phrase for each in HTTPStatus if each == status), "")
        if known or not described:
            return known
        name = resolve(self._document, place).rpartition("/")[2]
        return "" if name == str(status) else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)

    def _documented(self, place: str, where: str, status: int) -> Mark:
        told = self._evidence(resolve(self._document, place))
        if told is None and status // 100 == 2:
            told = self._evidence(where)
        return told or NO_SOURCE

    def _evidence(self, where: str) -> Mark | None:
        """The best that sources say of a node, unless it is in doubt."""
        source: Mapping[str, Any] = look(self._document, where)
        entries: list[Mapping[str, str]] = source.get("x-evidence", [])
        listed = [status for status in EVIDENCE if any(each["status"] == status for each in entries)]
        word: str | None = source.get("x-doubt") or next(iter(listed), None)
        if word is None:
            return None
        sources = ", ".join(dict.fromkeys(each["source"] for each in entries))
        return evolve(EVIDENCE[word], detail=sources)

    def _target(self, target: TargetRun, operation: str, status: int) -> Mark:
        report = target.report
        if report is None:
            return NOT_RUN
        found = report.at(operation, status)
        times = report.coverage.answered(operation, status)
        if found:
            return _drifted(found)
        known = [each for each, _ in report.tolerated if _seen(each, operation, status)]
        if known:
            ids = tuple(each.id for each in known)
            return Mark(Tone.NOTE, "≈", "tolerated", plural(len(known), "known difference"), ids)
        if not times:
            return NOT_EXERCISED
        return self._kept(report, operation, status, times)

    def _kept(self, report: Report, operation: str, status: int, times: int) -> Mark:
        newest = report.coverage.newest(operation, status)
        day = _day(newest)
        shown = plural(times, "exchange") + (f", the newest of {newest[:10]}" if day is not None else "")
        if day is not None and self._run.date - day > STALE_AFTER:
            return Mark(Tone.WARN, "◷", "stale", f"{shown}: {_age(self._run.date - day)} ago")
        return Mark(Tone.GOOD, "✔", "holds", shown)

    def _client(self, operation: str, status: int) -> Mark:
        found = [
            each
            for _, report in self._run.judged
            for each in report.at(operation, status)
            if each.effect is not Effect.NONE or each.severity is not Severity.NOTE
        ]
        if found:
            sightings = [each for finding in found for each in finding.sightings]
            here = [each for each in sightings if (each.operation, each.status) == (operation, status)]
            worst = min(here, key=lambda each: each.effect.rank)
            ids = tuple(each.id for each in found)
            return evolve(EFFECTS[worst.effect], detail=worst.effect_note, findings=ids)
        return self._asked(operation, status)

    def _asked(self, operation: str, status: int) -> Mark:
        """What the suite says of the client: it judges every status that is described."""
        suite = self._run.suite
        described = status in self._described(operation)
        if suite is None or not described:
            return NOT_ASKED
        names = [each.name for each in suite.questions if each.each and _of_client(each.name)]
        asked = [suite.cells[operation, name] for name in names if (operation, name) in suite.cells]
        if not asked or len(asked) < len(names):
            return NOT_ASKED
        if any(cell.failed for cell in asked):
            return Mark(Tone.WARN, "▲", "in doubt", "a test of the operation failed")
        return Mark(Tone.GOOD, "✔", "reads it", "asked by the suite")

    def _failed(self, operation: str) -> int:
        """How many tests of the client failed for an operation."""
        if self._run.suite is None:
            return 0
        cells = self._run.suite.cells.items()
        return sum(cell.failed for (each, name), cell in cells if each == operation and _of_client(name))

    def _described(self, operation: str) -> set[int]:
        return {
            int(status)
            for item in self._document["paths"].values()
            for source in item.values()
            if is_object(source) and source.get("operationId") == operation
            for status in source["responses"]
        }

    def _whole(self, operation: str, where: str, rows: Sequence[Row]) -> dict[str, Mark]:
        cells = {DOCUMENTED: self._evidence(where) or NO_SOURCE}
        missing = [row.status for row in rows if not row.line]
        told = f"line {self._run.description.line(where)}"
        cells[DESCRIBED] = Mark(Tone.GOOD, "✔", "described", told)
        if missing:
            cells[DESCRIBED] = Mark(
                Tone.BAD, "✘", f"{len(missing)} missing", f"statuses {', '.join(map(str, missing))}"
            )
        for title in columns(self._run)[2:]:
            cells[title] = _together(title, rows)
        failed = self._failed(operation)
        if failed and cells[CLIENT].tone is not Tone.BAD:
            cells[CLIENT] = Mark(Tone.BAD, "✘", "fails", plural(failed, "failed test"))
        return cells


def _of_client(question: str) -> bool:
    return question.startswith("test_client")


def _drifted(found: Sequence[Finding]) -> Mark:
    worst = min((each.severity for each in found), key=lambda severity: severity.rank)
    kinds = ", ".join(dict.fromkeys(each.kind.title for each in found))
    return evolve(SEVERITIES[worst], detail=kinds, findings=tuple(each.id for each in found))


def _together(title: str, rows: Sequence[Row]) -> Mark:
    """An operation's cell: the worst that one of its statuses has, or how many of them hold."""
    cells = [row.cells[title] for row in rows if row.line or row.cells[title].tone is not Tone.GREY]
    order = list(Tone)
    worst = min(cells, key=lambda cell: order.index(cell.tone))
    if worst.tone in (Tone.BAD, Tone.WARN, Tone.NOTE):
        where = [str(row.status) for row in rows if row.cells[title].word == worst.word]
        ids = tuple(dict.fromkeys(each for cell in cells for each in cell.findings))
        return evolve(worst, detail=f"at {', '.join(where)}", findings=ids)
    good = sum(cell.tone is Tone.GOOD for cell in cells)
    if not good:
        return worst
    if good == len(cells):
        return evolve(worst, detail=f"all {good}")
    return Mark(Tone.PART, "◐", f"{good} of {len(cells)}", f"the others {NOT_EXERCISED.word}")


def _seen(finding: Finding, operation: str, status: int) -> bool:
    return any((each.operation, each.status) == (operation, status) for each in finding.sightings)


def _day(told: str) -> date | None:
    try:
        return date.fromisoformat(told[:10])
    except ValueError:
        return None


def _age(since: timedelta) -> str:
    months = since.days // 30
    return plural(months, "month") if months < 24 else plural(since.days // 365, "year")
