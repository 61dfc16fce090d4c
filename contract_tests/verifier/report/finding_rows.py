"""What was found, by its place in the description: the line, what came instead, who says otherwise, what to propose."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, Final

from attrs import evolve, frozen
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import look, split
from ruamel.yaml import YAML

from contract_tests.verifier.drift.baseline import Tolerated
from contract_tests.verifier.drift.findings import Finding, Kind, Severity, Sighting
from contract_tests.verifier.report.badges import EFFECTS, SEVERITIES, Mark
from contract_tests.verifier.report.run_model import Run
from contract_tests.verifier.report.text_escaping import short, value, visible

_BEFORE, _AFTER = 2, 1
"""Lines of the description around the one that is meant."""
_MOST_SAYINGS: Final = 4
_LONGEST: Final = 8000
_PLACE: Final = 4
"""Parts of the pointer of a place: an empty one, `components`, `schemas`, `Clip`."""
_NAMED: Final = (Kind.UNDOCUMENTED_FIELD, Kind.UNDOCUMENTED_HEADER, Kind.HEADER)
_TOLERATED_FOR: Final = timedelta(days=90)
_TYPES: Final = (
    "schemas",
    "responses",
    "parameters",
    "headers",
    "requestBodies",
    "securitySchemes",
    "links",
    "examples",
)


@frozen
class SourceLine:
    """A line of the description.

    Attributes:
        number: From 1.
        text: As it stands there.
        actual: What came instead of what it says; empty on the other lines.
    """

    number: int
    text: str
    actual: str = ""

    @property
    def indent(self) -> str:
        """What stands before the text."""
        return self.text[: len(self.text) - len(self.text.lstrip())]


@frozen
class Saying:
    """What a source says near a finding.

    Attributes:
        source: Its title.
        url: Where to read it; empty when it has none.
        says: What it says.
        status: How sure that is.
    """

    source: str
    url: str
    says: str
    status: str


@frozen
class Seen:
    """A place where it was seen, on a target."""

    target: str
    sighting: Sighting


@frozen
class Entry:
    """One finding, on whatever targets it was made.

    Attributes:
        finding: As found first.
        targets: Where it was found.
        seen: Every operation and status on every target.
        tolerated: The entry of the baseline; `None` when it is not tolerated.
        line: The line of the description that it is against.
        excerpt: That line and those around it.
        sayings: What sources say of the node itself.
        until: The last day on which it might be tolerated, if it was from now on.
    """

    finding: Finding
    targets: tuple[str, ...]
    seen: tuple[Seen, ...]
    tolerated: Tolerated | None
    line: int
    excerpt: tuple[SourceLine, ...] = ()
    sayings: tuple[Saying, ...] = ()
    until: date = date.min

    @property
    def severity(self) -> Severity:
        return self.finding.severity

    @property
    def mark(self) -> Mark:
        """How bad it is."""
        return SEVERITIES[self.severity]

    @property
    def effect_mark(self) -> Mark:
        """What the client makes of it."""
        return EFFECTS[self.worst.effect]

    @property
    def where(self) -> str:
        """Where in the body, or what it is about; empty where the status says that already."""
        finding = self.finding
        return short(finding.instance_pointer or (finding.subject if finding.subject != str(finding.status) else ""))

    @property
    def proposal(self) -> str:
        """Actions of an overlay, as YAML; empty when a person has to decide."""
        kept = ("target", "update", "remove")
        actions = [{key: each[key] for key in kept if key in each} for each in self.finding.proposal]
        return _cut(_yaml(actions)) if actions else ""

    @property
    def tolerate(self) -> str:
        """An entry of the baseline that would let it be, as YAML."""
        place = f"{self.finding.operation} {self.finding.status} {self.where}".strip()
        known = {
            "finding": self.finding.id,
            "about": f"{self.finding.kind.title}: {place}",
            "reason": "why it may stay as it is",
            "expires": self.until.isoformat(),
        }
        return _yaml([known])

    @property
    def came(self) -> str:
        """What came, in one line; where it has a name that the description does not know, with that name."""
        came, subject = value(self.finding.actual), short(self.finding.subject)
        return f"{subject}: {came}" if self.finding.kind in _NAMED else came

    @property
    def worst(self) -> Sighting:
        """Where the client suffers most."""
        return min((each.sighting for each in self.seen), key=lambda sighting: sighting.effect.rank)


@frozen
class Place:
    """A component or an operation of the description, with what was found in it.

    Attributes:
        pointer: Where it stands.
        kind: What it is, as `schema`.
        title: What people call it.
        line: Its line.
        entries: The worst first.
        sayings: What sources say of it as a whole.
    """

    pointer: str
    kind: str
    title: str
    line: int
    entries: tuple[Entry, ...]
    sayings: tuple[Saying, ...] = ()


def places(run: Run) -> list[Place]:
    """What was found and is not tolerated, by place; the place with the worst first."""
    grouped: dict[str, list[Entry]] = {}
    for entry in entries(run):
        grouped.setdefault("/".join(entry.finding.spec_pointer.split("/")[:_PLACE]), []).append(entry)
    found = [_place(run, pointer, listed) for pointer, listed in grouped.items()]
    return sorted(found, key=lambda each: (each.entries[0].severity.rank, each.line))


def entries(run: Run) -> list[Entry]:
    """What was found and is not tolerated, each once, the worst first."""
    lines = tuple(run.description.path.read_text("utf-8").splitlines())
    met = _met((target.name, finding, None) for target, finding in run.findings())
    return [_told(run, entry, lines) for entry in met]


def tolerated(run: Run) -> list[Entry]:
    """What was found and is tolerated, each once."""
    known = ((target.name, finding, reason) for target, report in run.judged for finding, reason in report.tolerated)
    return [evolve(entry, line=run.description.line(entry.finding.spec_pointer)) for entry in _met(known)]


def _met(found: Iterable[tuple[str, Finding, Tolerated | None]]) -> list[Entry]:
    """Findings with the same id are one, whoever showed it."""
    by_id: dict[str, Entry] = {}
    for target, finding, reason in found:
        known = by_id.get(finding.id, Entry(finding, (), (), reason, 0))
        seen = tuple(Seen(target, sighting) for sighting in finding.sightings)
        by_id[finding.id] = evolve(known, targets=(*known.targets, target), seen=(*known.seen, *seen))
    return sorted(by_id.values(), key=lambda each: (each.severity.rank, each.worst.effect.rank))


def _told(run: Run, entry: Entry, lines: Sequence[str]) -> Entry:
    finding = entry.finding
    number = run.description.line(finding.spec_pointer)
    return evolve(
        entry,
        line=number,
        excerpt=tuple(_excerpt(lines, number, entry.came)),
        sayings=tuple(_sayings(run.description.data, finding.spec_pointer, _PLACE + 1)),
        until=run.date + _TOLERATED_FOR,
    )


def _excerpt(lines: Sequence[str], number: int, actual: str) -> Iterator[SourceLine]:
    for each in range(max(1, number - _BEFORE), min(len(lines), number + _AFTER) + 1):
        yield SourceLine(each, visible(lines[each - 1]), actual if each == number else "")


def _sayings(document: Mapping[str, Any], pointer: str, above: int = 1) -> Iterator[Saying]:
    """What sources say of a node, or of the nearest one around it, down to some depth, that has evidence."""
    steps = pointer.split("/")
    for depth in range(len(steps), above - 1, -1):
        node: Any = look(document, "/".join(steps[:depth]))
        if not is_object(node) or "x-evidence" not in node:
            continue
        for said in node["x-evidence"][:_MOST_SAYINGS]:
            source = document.get("x-sources", {}).get(said["source"], {})
            yield Saying(source.get("title", said["source"]), source.get("url", ""), said["says"], said["status"])
        return


def _place(run: Run, pointer: str, found: Sequence[Entry]) -> Place:
    steps = split(pointer)
    kind, title = "description", pointer
    if steps[:1] == ["paths"] and len(steps) > 2:
        kind, title = "operation", f"{steps[2].upper()} {steps[1]}"
    elif steps[:1] == ["components"] and len(steps) > 2 and steps[1] in _TYPES:
        kind, title = steps[1].removesuffix("s").removesuffix("Bodie"), steps[2]
    return Place(
        pointer,
        kind,
        title,
        run.description.line(pointer),
        tuple(found),
        tuple(_sayings(run.description.data, pointer)),
    )


def _yaml(content: Any) -> str:
    stream = io.StringIO()
    _writer().dump(content, stream)
    return visible(stream.getvalue())


def _cut(text: str) -> str:
    """What a reader looks at; the overlay has the whole."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}\n# ... and {len(text) - _LONGEST} characters more"


@cache
def _writer() -> Any:
    writer = YAML()
    writer.width = 100
    writer.default_flow_style = False
    return writer
