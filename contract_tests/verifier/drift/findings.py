"""Findings: the kinds of drift, their severity, and everything a reader needs to know of one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Any

from attrs import field, frozen

from contract_tests.verifier.exchange.exchange import HttpExchange, Side


class _WorstFirst(StrEnum):
    """Members in an order, the worst first."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(type(self)).index(self)


class DriftSeverity(_WorstFirst):
    """The severity of a finding, the worst first."""

    ERROR = "error"
    """A promise of the description is broken."""
    WARNING = "warning"
    """Clients work, but readers of the description would be surprised. It breaks the contract too."""
    NOTE = "note"
    """Differs from the description without affecting clients."""


class ClientEffect(_WorstFirst):
    """What the generated client does with a drifted answer, the worst first."""

    CRASH = "crash"
    """The call raises although the server succeeded; the error holds the whole answer."""
    SILENTLY_WRONG = "silently wrong"
    """The call returns, but its result does not match its types, or not the answer."""
    PRESERVED = "preserved"
    """The call ends as it should, and the result or the error holds the drifted value."""
    NONE = "none"
    """The call ends as it should, and the drift does not show."""


class DriftKind(Enum):
    """What differs from the description.

    Attributes:
        title: The name of the kind in reports.
        severity: The severity that the kind has by itself.
    """

    UNDOCUMENTED_FIELD = ("undocumented field", DriftSeverity.NOTE)
    MISSING_REQUIRED = ("missing required field", DriftSeverity.ERROR)
    NEVER_SEEN = ("field never seen", DriftSeverity.NOTE)
    WRONG_TYPE = ("wrong type", DriftSeverity.ERROR)
    UNEXPECTED_NULL = ("unexpected null", DriftSeverity.ERROR)
    NEW_ENUM_VALUE = ("new enum value", DriftSeverity.WARNING)
    FORMAT = ("other format", DriftSeverity.WARNING)
    UNDOCUMENTED_STATUS = ("undocumented status", DriftSeverity.ERROR)
    CONTENT_TYPE = ("other content type", DriftSeverity.ERROR)
    HEADER = ("header other than described", DriftSeverity.WARNING)
    UNDOCUMENTED_HEADER = ("undocumented header", DriftSeverity.NOTE)
    UNDESCRIBED_BODY = ("body where none is described", DriftSeverity.ERROR)
    EMPTY_BODY = ("no body where one is described", DriftSeverity.ERROR)
    UNREADABLE_BODY = ("body that cannot be read", DriftSeverity.ERROR)
    OTHER_ENVELOPE = ("other envelope", DriftSeverity.ERROR)
    EMPTY_RESULT = ("result without content", DriftSeverity.ERROR)
    REPEATED_NAME = ("name repeated in an object", DriftSeverity.WARNING)

    def __init__(self, title: str, severity: DriftSeverity) -> None:
        self.title = title
        self.severity = severity

    @property
    def slug(self) -> str:
        """The kind as an identifier: `new-enum-value`."""
        return self.name.lower().replace("_", "-")


@frozen
class Deviation:
    """One deviation of an exchange from the description.

    Attributes:
        kind: Its kind.
        spec_pointer: The keyword, or the `properties`, of the description that is violated.
        instance_pointer: Its place in the body; empty for the whole body, and outside of bodies.
        subject: A field name, a value or a type that distinguishes it from others at the same place.
        expected: What the description says, in words.
        actual: What came instead: a JSON value, or words.
        schema: Pointer of the schema of the value at `instance_pointer`, if it has one.
        side: Whether it is in the request or in the response.
    """

    kind: DriftKind
    spec_pointer: str
    instance_pointer: str = ""
    subject: str = ""
    expected: str = ""
    actual: Any = None
    schema: str = ""
    side: Side = "response"

    @property
    def id(self) -> str:
        """A stable hash of kind, side, place in the description and subject, independent of the exchange."""
        material = f"{self.kind.slug}\n{self.side}\n{self.spec_pointer}\n{self.subject}"
        return hashlib.sha256(material.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@frozen
class Sighting:
    """A finding at one operation and status.

    Attributes:
        operation: The operationId.
        status: HTTP status.
        instance_pointer: The place in the first body that showed it.
        actual: What came there.
        evidence: The first exchange that showed it, with the worst effect.
        effect: What the generated client does with it.
        effect_note: How that shows, in a few words.
        count: Number of exchanges.
    """

    operation: str
    status: int
    instance_pointer: str
    actual: Any
    evidence: HttpExchange = field(eq=False, repr=False)
    effect: ClientEffect
    effect_note: str = ""
    count: int = 1


@frozen(kw_only=True)
class DriftFinding(Deviation):
    """A deviation as first seen, with all its sightings.

    Attributes:
        sightings: One for each operation and status, in the order in which they were seen.
        seen_on: The servers whose answers showed it.
        proposal: Overlay actions that would describe the drift; empty when a person has to decide.
        undecided: The reason why nothing is proposed; empty when something is.
    """

    sightings: tuple[Sighting, ...]
    seen_on: tuple[str, ...] = ()
    proposal: tuple[Mapping[str, Any], ...] = field(default=(), eq=False)
    undecided: str = field(default="", eq=False)

    @property
    def operation(self) -> str:
        """The operationId of the first sighting."""
        return self.sightings[0].operation

    @property
    def status(self) -> int:
        """The HTTP status of the first sighting."""
        return self.sightings[0].status

    @property
    def evidence(self) -> HttpExchange:
        """The first exchange that showed it."""
        return self.sightings[0].evidence

    @property
    def places(self) -> list[tuple[str, str, int, str]]:
        """The kind, the operation, the status and the place in the body of each sighting."""
        return [(self.kind.slug, each.operation, each.status, each.instance_pointer) for each in self.sightings]

    @property
    def worst(self) -> Sighting:
        """The sighting with the worst effect on the client."""
        return min(self.sightings, key=lambda sighting: sighting.effect.rank)

    @property
    def effect(self) -> ClientEffect:
        """The worst effect on the client."""
        return self.worst.effect

    @property
    def count(self) -> int:
        """Number of exchanges."""
        return sum(sighting.count for sighting in self.sightings)

    @property
    def severity(self) -> DriftSeverity:
        """The severity of the kind, raised when the client is affected."""
        raised = {ClientEffect.CRASH: DriftSeverity.ERROR, ClientEffect.SILENTLY_WRONG: DriftSeverity.WARNING}
        both = (self.kind.severity, raised.get(self.effect, DriftSeverity.NOTE))
        return min(both, key=lambda severity: severity.rank)

    def __str__(self) -> str:
        place = f"{self.operation} {self.status} {self.side} {self.instance_pointer or '/'}"
        values = f"described: {self.expected}; came: {format_value(self.actual)}. Client: {self.effect}."
        return f"{self.id} {self.severity}: {place}: {self.kind.title}: {values} ({self.spec_pointer})"


def format_value(value: Any, longest: int = 60) -> str:
    """Return a value as one line of limited length."""
    text = value if isinstance(value, str) and value.strip() else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
