"""Whether what worked with one schema works with another, in the direction that matters."""

from __future__ import annotations

from typing import Any

import attrs

from scripts.diff.change import Direction, Draft, Severity
from scripts.diff.values import EMPTY, Found, Mode, Pool, Result, Search
from scripts.diff.values.plain import text


@attrs.frozen
class Verdict:
    """Whether a change of a schema breaks somebody.

    Attributes:
        severity: It does, or not.
        relation: How the values of the new schema lie to those of the old: narrower, wider, other or equal.
        example: A value that shows it, as JSON.
    """

    severity: Severity
    relation: str
    example: str | None

    @property
    def shown(self) -> str | None:
        """The example, when it shows what breaks."""
        return self.example if self.severity is Severity.BREAKING else None


class Verdicts:
    """Compares schemas of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._search = Search(pool)
        self._found: dict[tuple[int, int, Direction, bool], Verdict] = {}

    def of(self, old: Any, new: Any, direction: Direction, *, optional: bool) -> Verdict:
        """Compare two schemas.

        Args:
            old: The schema that users wrote their code for.
            new: The schema that holds now.
            direction: Whether they send the values or read them.
            optional: The value may be absent, so that who reads it copes with null.
        """
        key = self._pool.key(old), self._pool.key(new), direction, optional
        if key not in self._found:
            self._found[key] = self._of(old, new, direction, optional=optional)
        return self._found[key]

    def _of(self, old: Any, new: Any, direction: Direction, *, optional: bool) -> Verdict:
        before, after = self._pool.node(old), self._pool.node(new)
        lost, gained = self._search.outside(before, after), self._search.outside(after, before)
        if direction is Direction.SENT:
            shown = self._search.outside(self._pool.node(old, Mode.KNOWN), after) if lost is not EMPTY else EMPTY
        elif gained is not EMPTY:
            reader = self._pool.node(old, Mode.TOLERANT)
            shown = self._search.outside(after, reader, *([self._search.null] if optional else []))
        else:
            shown = EMPTY
        harmless = shown is EMPTY
        relation = {
            (True, True): "equal",
            (False, True): "narrower",
            (True, False): "wider",
            (False, False): "other",
        }[lost is EMPTY, gained is EMPTY]
        value = shown if not harmless else gained if direction is Direction.SENT else lost
        severity = Severity.COMPATIBLE if harmless else Severity.BREAKING
        return Verdict(severity, relation, _shown(value))


def settled(drafts: list[Draft], verdict: Verdict) -> list[Draft]:
    """What was found inside a schema, seen from the schema as a whole.

    What takes nothing away from the whole breaks nobody; and when the whole breaks somebody, something in it does.
    """
    if verdict.severity is Severity.COMPATIBLE:
        return [
            attrs.evolve(draft, severity=Severity.COMPATIBLE, example=None) if _settles(draft) else draft
            for draft in drafts
        ]
    if any(draft.severity is Severity.BREAKING for draft in drafts):
        return drafts
    return [
        attrs.evolve(draft, severity=Severity.BREAKING, example=verdict.example) if draft.by_value else draft
        for draft in drafts
    ]


def _settles(draft: Draft) -> bool:
    return draft.by_value and draft.severity is Severity.BREAKING


def _shown(result: Result) -> str | None:
    return text(result.value) if isinstance(result, Found) else None
