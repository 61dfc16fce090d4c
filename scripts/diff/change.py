"""A change of the description, and what it means for users."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

import attrs


class Severity(StrEnum):
    """What a change asks of those who use the description or the client."""

    BREAKING = "breaking"  # what worked may fail
    COMPATIBLE = "compatible"  # what worked works; there is more, or something to know
    DOCUMENTATION = "documentation"  # only words, examples or evidence have changed


class Direction(StrEnum):
    """Whose side a change is on."""

    SENT = "sent"  # what users send
    READ = "read"  # what they read
    BOTH = "both"
    NEITHER = "neither"  # words about it


ORDER: Final = tuple(Severity)


@attrs.frozen(kw_only=True)
class Change:
    """One change.

    Attributes:
        severity: What it asks of users.
        kind: What it is, as the table in `scripts/diff/README.md` names it.
        direction: Whose side it is on.
        operations: The operations that it affects, by operationId; none when it is about all of them.
        old: JSON pointer of the place in the old description; None when it is not there.
        new: JSON pointer in the new one; None when it is not there.
        sentence: What changed, in one sentence.
        symbols: What it affects in the client, as users type it.
        example: A value that one description allows and the other does not, as JSON; None without one.
    """

    severity: Severity
    kind: str
    direction: Direction
    operations: tuple[str, ...] = ()
    old: str | None = None
    new: str | None = None
    sentence: str
    symbols: tuple[str, ...] = ()
    example: str | None = None

    @property
    def pointer(self) -> str:
        """The place, in the new description where it is there."""
        return self.new if self.new is not None else self.old or ""

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain JSON values."""
        return {field.name: getattr(self, field.name) for field in attrs.fields(Change)}


def merge_changes(changes: list[Change]) -> list[Change]:
    """Return the same change at several operations as one, the worst first."""
    found: dict[tuple[str, str | None, str | None, str, Direction], Change] = {}
    for change in changes:
        key = change.kind, change.old, change.new, change.sentence, change.direction
        found[key] = _merge_two(found[key], change) if key in found else change
    return sorted(found.values(), key=lambda change: ORDER.index(change.severity))


def _merge_two(first: Change, second: Change) -> Change:
    return attrs.evolve(
        first,
        severity=min(first.severity, second.severity, key=ORDER.index),
        operations=tuple(dict.fromkeys((*first.operations, *second.operations))),
        symbols=tuple(dict.fromkeys((*first.symbols, *second.symbols))),
        example=first.example or second.example,
    )
