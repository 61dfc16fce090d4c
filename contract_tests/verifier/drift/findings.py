"""What drift is: its kinds, how bad each is, and a finding with everything that a reader of it needs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Any, Literal, TypeAlias

from attrs import field, frozen

from contract_tests.verifier.exchange.exchange import Response

Side: TypeAlias = Literal["request", "response"]


class Severity(StrEnum):
    """How much it matters. The order of the members is that of importance."""

    ERROR = "error"
    """What the description promises is not kept."""
    WARNING = "warning"
    """It is kept by the letter, and yet a reader would be surprised."""
    NOTE = "note"
    """More or less than described, and nobody is hurt."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Effect(StrEnum):
    """What the generated client makes of it, found by letting it read the body."""

    CRASH = "crash"
    """The call raises, although the server did what was asked; the whole answer is on the error."""
    SILENTLY_WRONG = "silently wrong"
    """The call returns, and its result is not what its types promise, or not what came."""
    PRESERVED = "preserved"
    """The call ends as it should, and what came is on the result or the error."""
    NONE = "none"
    """The call ends as it should, and there is nothing to see."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Effect).index(self)


class Kind(Enum):
    """What is other than described. The values are a name for people and the severity that it has by itself."""

    UNDOCUMENTED_FIELD = ("undocumented field", Severity.NOTE)
    MISSING_REQUIRED = ("missing required field", Severity.ERROR)
    NEVER_SEEN = ("field never seen", Severity.NOTE)
    WRONG_TYPE = ("wrong type", Severity.ERROR)
    UNEXPECTED_NULL = ("unexpected null", Severity.ERROR)
    NEW_ENUM_VALUE = ("new enum value", Severity.WARNING)
    FORMAT = ("other format", Severity.WARNING)
    UNDOCUMENTED_STATUS = ("undocumented status", Severity.ERROR)
    CONTENT_TYPE = ("other content type", Severity.ERROR)
    HEADER = ("header other than described", Severity.WARNING)
    UNDOCUMENTED_HEADER = ("undocumented header", Severity.NOTE)
    UNDESCRIBED_BODY = ("body where none is described", Severity.ERROR)
    EMPTY_BODY = ("no body where one is described", Severity.ERROR)
    UNREADABLE_BODY = ("body that cannot be read", Severity.ERROR)
    OTHER_ENVELOPE = ("other envelope", Severity.ERROR)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.value[0]

    @property
    def severity(self) -> Severity:
        """What it has by itself."""
        return self.value[1]

    @property
    def slug(self) -> str:
        """As an identifier: `new-enum-value`."""
        return self.name.lower().replace("_", "-")


@frozen
class Difference:
    """What one exchange has other than described, before anybody asks what follows from it.

    Attributes:
        kind: What it is.
        spec_pointer: The keyword, or the `properties`, in the description that it is against.
        instance_pointer: Where in the body; empty for the whole, and for what is not in a body.
        subject: What tells it from others at the same place: a field's name, a value, a type.
        expected: What the description says, in words.
        actual: What came instead: a JSON value, or words.
        schema: Pointer to the schema of the value at `instance_pointer`, where it has one.
        side: Whether it is in the request or in the response.
        response: The whole response, where the description has no place for a part of it.
    """

    kind: Kind
    spec_pointer: str
    instance_pointer: str = ""
    subject: str = ""
    expected: str = ""
    actual: Any = None
    schema: str = ""
    side: Side = "response"
    response: Response | None = field(default=None, eq=False, repr=False)

    @property
    def id(self) -> str:
        """Stable hash of what it is and where in the description; not of which exchange showed it."""
        material = f"{self.kind.slug}\n{self.side}\n{self.spec_pointer}\n{self.subject}"
        return hashlib.sha256(material.encode("utf-8", "surrogatepass")).hexdigest()[:10]


@frozen
class Evidence:
    """The exchange that showed it.

    Attributes:
        exchange: Its id.
        date: When it was.
        origin: `documented`, `recorded` or `mock`.
        target: Who answered.
    """

    exchange: str
    date: str
    origin: str
    target: str


@frozen
class Sighting:
    """A place where a finding was seen: one for each operation and status.

    Attributes:
        operation: The operationId.
        status: HTTP status.
        instance_pointer: Where in the first body that showed it.
        actual: What came there.
        evidence: The first exchange that showed it.
        effect: What the generated client makes of it.
        effect_note: How that shows, in a few words.
        count: In how many exchanges.
    """

    operation: str
    status: int
    instance_pointer: str
    actual: Any
    evidence: Evidence
    effect: Effect
    effect_note: str = ""
    count: int = 1


@frozen
class Finding:
    """One drift of the description, with all the places where it was seen.

    Attributes:
        difference: What it is, as first seen.
        sightings: Where, by operation and status; the first one is where it was first seen.
        proposal: Overlay actions that would make the description say so; none when a person has to decide.
    """

    difference: Difference
    sightings: tuple[Sighting, ...]
    proposal: tuple[Mapping[str, Any], ...] = field(default=(), eq=False)

    @property
    def id(self) -> str:
        """Stable: the same drift has it in every run, on every target."""
        return self.difference.id

    @property
    def kind(self) -> Kind:
        return self.difference.kind

    @property
    def side(self) -> Side:
        return self.difference.side

    @property
    def spec_pointer(self) -> str:
        return self.difference.spec_pointer

    @property
    def subject(self) -> str:
        return self.difference.subject

    @property
    def expected(self) -> str:
        return self.difference.expected

    @property
    def first(self) -> Sighting:
        """Where it was first seen."""
        return self.sightings[0]

    @property
    def operation(self) -> str:
        return self.first.operation

    @property
    def status(self) -> int:
        return self.first.status

    @property
    def instance_pointer(self) -> str:
        return self.first.instance_pointer

    @property
    def actual(self) -> Any:
        return self.first.actual

    @property
    def evidence(self) -> Evidence:
        return self.first.evidence

    @property
    def worst(self) -> Sighting:
        """The sighting whose effect on the client is the worst."""
        return min(self.sightings, key=lambda sighting: sighting.effect.rank)

    @property
    def effect(self) -> Effect:
        """The worst effect on the client."""
        return self.worst.effect

    @property
    def count(self) -> int:
        """In how many exchanges."""
        return sum(sighting.count for sighting in self.sightings)

    @property
    def severity(self) -> Severity:
        """That of its kind, or more when the client suffers."""
        suffers = {Effect.CRASH: Severity.ERROR, Effect.SILENTLY_WRONG: Severity.WARNING}.get(self.effect)
        return min(filter(None, (self.kind.severity, suffers)), key=lambda severity: severity.rank)

    def __str__(self) -> str:
        where = f"{self.operation} {self.status} {self.side}"
        return f"{self.id} {self.severity}: {where} {self.instance_pointer or '/'}: {self.kind.title}: {self.told}"

    @property
    def told(self) -> str:
        """What is other, in a line without the place."""
        return f"described: {self.expected}; came: {brief(self.actual)}. Client: {self.effect}. ({self.spec_pointer})"


def brief(value: Any, longest: int = 60) -> str:
    """A value as a line of people's text."""
    text = value if isinstance(value, str) and value.strip() else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
