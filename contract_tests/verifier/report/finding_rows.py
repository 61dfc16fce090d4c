"""Findings by their place in the description: its line, what came instead, the sources, and a proposal."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from attrs import evolve, frozen
from ruamel.yaml import YAML

from contract_tests.verifier.drift.baseline import BaselineEntry
from contract_tests.verifier.drift.findings import DriftFinding, DriftKind, DriftSeverity, Sighting
from contract_tests.verifier.report.badges import EFFECTS, SEVERITIES, Badge
from contract_tests.verifier.report.curl import format_curl, may_charge
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.openapi_document import find_reading_day, is_object, look_up, split_pointer
from scripts.text_and_files import escape_invisible, shorten, to_line

_LINES_BEFORE, _LINES_AFTER = 2, 1
_MAX_STATEMENTS: Final = 4
_MAX_PROPOSAL: Final = 8000
_GROUP_DEPTH: Final = 4
"""Parts of the pointer that findings are grouped by, as in /components/schemas/Clip."""
_NAMED: Final = (DriftKind.UNDOCUMENTED_FIELD, DriftKind.UNDOCUMENTED_HEADER, DriftKind.HEADER)
_TOLERATED_FOR: Final = timedelta(days=90)
_COMPONENTS: Final[Mapping[str, str]] = {
    "schemas": "schema",
    "responses": "response",
    "parameters": "parameter",
    "headers": "header",
    "requestBodies": "request body",
    "securitySchemes": "security scheme",
    "links": "link",
    "examples": "example",
}


@frozen
class SourceLine:
    """A line of the description.

    Attributes:
        number: From 1.
        text: The line.
        actual: What came instead of what it says; empty on the lines around it.
    """

    number: int
    text: str
    actual: str = ""

    @property
    def indent(self) -> str:
        """The white space before the text."""
        return self.text[: len(self.text) - len(self.text.lstrip())]


@frozen
class SourceStatement:
    """What a source says about a node, and how certain that is."""

    source: str
    url: str
    says: str
    status: str
    read: str = ""
    """The day on which the source was read."""


@frozen
class FindingRow:
    """One finding, on all targets where it was made.

    Attributes:
        finding: As it was found first.
        targets: The targets where it was found.
        seen: Every operation and status where it was found, with the name of the target.
        tolerated: The entry of the baseline; `None` if it is not tolerated.
        line: The line of the description that it contradicts.
        excerpt: That line and those around it.
        statements: What sources say about the node itself.
        newest_read: The day on which the newest source of the node, or of what it is part of, was read.
        tolerable_until: The last day of an entry of the baseline that is made today.
        curl: A command that repeats its request; empty if the request is too long.
        charged: Whether that command may be charged.
    """

    finding: DriftFinding
    targets: tuple[str, ...]
    seen: tuple[tuple[str, Sighting], ...]
    tolerated: BaselineEntry | None
    line: int
    excerpt: tuple[SourceLine, ...] = ()
    statements: tuple[SourceStatement, ...] = ()
    newest_read: str = ""
    tolerable_until: date = date.min
    curl: str = ""
    charged: bool = False

    @property
    def severity(self) -> DriftSeverity:
        return self.finding.severity

    @property
    def badge(self) -> Badge:
        """The severity."""
        return SEVERITIES[self.severity]

    @property
    def effect_badge(self) -> Badge:
        """The worst effect on the client."""
        return EFFECTS[self.worst.effect]

    @property
    def where(self) -> str:
        """The place in the body, or the subject; empty if the status says it already."""
        finding = self.finding
        return shorten(finding.instance_pointer or (finding.subject if finding.subject != str(finding.status) else ""))

    @property
    def decision(self) -> str:
        """Where the proposal is, or why there is none; empty if it is tolerated."""
        if self.tolerated is not None:
            return ""
        return "in the overlay" if self.finding.proposal else f"none: {to_line(self.finding.undecided)}"

    @property
    def facts(self) -> list[tuple[str, str]]:
        """What every form of the report says of it: labels and texts in one line."""
        client = ": ".join(filter(None, [self.worst.effect, to_line(self.worst.effect_note)]))
        evidence = f"{self.worst.evidence.id} {self.worst.evidence.date}".strip()
        found = [
            ("described", self.finding.expected),
            ("actual", self.actual),
            ("client", client),
            ("evidence", evidence),
            ("age", self.age_note),
            ("proposal", self.decision),
            (f"repeat{', may be charged' if self.charged else ''}", self.curl),
        ]
        return [(label, text) for label, text in found if text]

    @property
    def proposal(self) -> str:
        """The actions of the overlay as YAML; empty if there are none."""
        kept = ("target", "update", "remove")
        actions = [{key: each[key] for key in kept if key in each} for each in self.finding.proposal]
        text = escape_invisible(to_yaml(actions)) if actions else ""
        left = len(text) - _MAX_PROPOSAL
        return text if left <= 0 else f"{text[:_MAX_PROPOSAL]}\n# ... and {left} more characters in the overlay"

    @property
    def baseline_entry(self) -> str:
        """The entries of the baseline that would tolerate it where it was seen, as YAML."""
        place = f"{self.finding.operation} {self.finding.status} {self.where}".strip()
        entry = {
            "finding": self.finding.id,
            "about": f"{self.finding.kind.title}: {place}",
            "reason": "why it may stay as it is",
            "expires": self.tolerable_until.isoformat(),
        }
        return escape_invisible(to_yaml([{**entry, "target": target} for target in self.finding.seen_on]))

    @property
    def actual(self) -> str:
        """What came, in one line; with its name if the description does not have the name."""
        actual = shorten(json.dumps(self.finding.actual, ensure_ascii=False))
        subject = shorten(self.finding.subject)
        return f"{subject}: {actual}" if self.finding.kind in _NAMED else actual

    @property
    def age_note(self) -> str:
        """That the answer is younger than all evidence it contradicts; empty if it is not, or has no date."""
        days = (sighting.evidence.date[:10] for _, sighting in self.seen if sighting.evidence.origin == "recorded")
        day = max((each for each in days if each[:1].isdigit()), default="")
        if not "" < self.newest_read < day:
            return ""
        return f"seen on {day}; the newest source of what it contradicts was read on {self.newest_read}"

    @property
    def worst(self) -> Sighting:
        """The sighting with the worst effect on the client."""
        return min((sighting for _, sighting in self.seen), key=lambda sighting: sighting.effect.rank)


@frozen
class FindingGroup:
    """The findings of one component or operation.

    Attributes:
        kind: What it is, as `schema`.
        title: Its name.
        line: Its line.
        rows: Its findings, the worst first.
        statements: What sources say about it as a whole.
    """

    kind: str
    title: str
    line: int
    rows: tuple[FindingRow, ...]
    statements: tuple[SourceStatement, ...] = ()


def group_findings(run: VerificationRun) -> list[FindingGroup]:
    """Return the findings that are not tolerated by their place in the description, the worst place first."""
    grouped: dict[str, list[FindingRow]] = {}
    for row in list_findings(run):
        grouped.setdefault("/".join(row.finding.spec_pointer.split("/")[:_GROUP_DEPTH]), []).append(row)
    groups = [_make_group(run, pointer, rows) for pointer, rows in grouped.items()]
    return sorted(groups, key=lambda each: (each.rows[0].severity.rank, each.line))


def list_findings(run: VerificationRun) -> list[FindingRow]:
    """Return the findings that are not tolerated, each once, the worst first."""
    lines = run.description.path.read_text("utf-8").splitlines()
    found: list[FindingRow] = []
    for row in _merge_targets((target.name, finding, None) for target, finding in run.findings()):
        pointer = row.finding.spec_pointer
        number = run.description.line(pointer)
        said = _find_statements(run.description.data, pointer)
        own = _find_statements(run.description.data, pointer, _GROUP_DEPTH + 1)
        found.append(
            evolve(
                row,
                line=number,
                excerpt=tuple(_excerpt(lines, number, row.actual)),
                statements=tuple(own[:_MAX_STATEMENTS]),
                newest_read=max((each.read for each in said), default=""),
                tolerable_until=run.date + _TOLERATED_FOR,
                curl=format_curl(run, row.worst.evidence),
                charged=may_charge(run, row.worst.evidence),
            )
        )
    return found


def list_tolerated(run: VerificationRun) -> list[tuple[FindingRow, BaselineEntry]]:
    """Return the findings that are tolerated, each once, with their entries of the baseline."""
    known = ((target.name, finding, entry) for target, report in run.judged for finding, entry in report.tolerated)
    rows = [evolve(row, line=run.description.line(row.finding.spec_pointer)) for row in _merge_targets(known)]
    return [(row, row.tolerated) for row in rows if row.tolerated is not None]


def to_yaml(content: Any, width: int = 100) -> str:
    """Write plain values as YAML."""
    stream = io.StringIO()
    _yaml_writer(width).dump(content, stream)
    return stream.getvalue()


def _merge_targets(found: Iterable[tuple[str, DriftFinding, BaselineEntry | None]]) -> list[FindingRow]:
    """Make one row of the findings that share an id."""
    by_id: dict[str, FindingRow] = {}
    for target, finding, tolerated in found:
        known = by_id.get(finding.id, FindingRow(finding, (), (), tolerated, 0))
        seen = tuple((target, sighting) for sighting in finding.sightings)
        by_id[finding.id] = evolve(known, targets=(*known.targets, target), seen=(*known.seen, *seen))
    return sorted(by_id.values(), key=lambda each: (each.severity.rank, each.worst.effect.rank))


def _excerpt(lines: Sequence[str], number: int, actual: str) -> Iterator[SourceLine]:
    for each in range(max(1, number - _LINES_BEFORE), min(len(lines), number + _LINES_AFTER) + 1):
        yield SourceLine(each, escape_invisible(lines[each - 1]), actual if each == number else "")


def _find_statements(document: Mapping[str, Any], pointer: str, depth: int = 1) -> list[SourceStatement]:
    """Return what sources say about a node, or about its nearest ancestor with evidence that is that deep."""
    steps = pointer.split("/")
    for length in range(len(steps), depth - 1, -1):
        node: Any = look_up(document, "/".join(steps[:length]))
        if is_object(node) and "x-evidence" in node:
            return [_make_statement(document, each) for each in node["x-evidence"]]
    return []


def _make_statement(document: Mapping[str, Any], entry: Mapping[str, Any]) -> SourceStatement:
    source = document.get("x-sources", {}).get(entry["source"], {})
    return SourceStatement(
        source=source.get("title", entry["source"]),
        url=source.get("url", ""),
        says=entry["says"],
        status=entry["status"],
        read=find_reading_day(document, entry),
    )


def _make_group(run: VerificationRun, pointer: str, rows: Sequence[FindingRow]) -> FindingGroup:
    kind, title = "description", pointer
    match split_pointer(pointer):
        case ["paths", path, method, *_]:
            kind, title = "operation", f"{method.upper()} {path}"
        case ["components", component, name, *_] if component in _COMPONENTS:
            kind, title = _COMPONENTS[component], name
        case _:
            pass
    statements = tuple(_find_statements(run.description.data, pointer)[:_MAX_STATEMENTS])
    return FindingGroup(kind, title, run.description.line(pointer), tuple(rows), statements)


@cache
def _yaml_writer(width: int) -> Any:
    writer = YAML()
    writer.width = width
    return writer
