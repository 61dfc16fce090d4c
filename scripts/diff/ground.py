"""What the comparison of two schemas stands on: where they are used, their views, and the verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import attrs

from scripts.diff import wording
from scripts.diff.change import Direction, Draft, Severity
from scripts.diff.symbols import Symbols
from scripts.diff.values.nodes import Pool
from scripts.diff.verdicts import Verdict, Verdicts
from scripts.diff.views import Spot, View, Views


@attrs.frozen(kw_only=True)
class Context:
    """Where a schema is used.

    Attributes:
        direction: Whether its values are sent or read.
        subject: What its values are, as a sentence begins with them.
        symbol: What they are in the client.
        optional: They may be absent.
        arguments: The name of a field in the client, when fields are arguments of a method.
    """

    direction: Direction
    subject: str
    symbol: str
    optional: bool = False
    arguments: Callable[[str], str] | None = attrs.field(default=None, eq=False)

    @property
    def sent(self) -> bool:
        """Whether the values are what users send."""
        return self.direction is Direction.SENT

    def part(self, subject: str, symbol: str = "", *, optional: bool = False) -> Context:
        """The context of a part of the values."""
        return Context(direction=self.direction, subject=subject, symbol=symbol or self.symbol, optional=optional)


@attrs.frozen
class Ground:
    """Two descriptions side by side.

    Attributes:
        shapes: Tells schemas apart that differ in anything but words.
        views: Makes views of schemas.
        old: Names of the old description in the client.
        new: Names of the new one.
        compare: Compares two schemas further down.
    """

    shapes: Pool
    views: Views
    old: Symbols
    new: Symbols
    compare: Callable[[Spot, Spot, Context], list[Draft]]
    verdicts: Verdicts

    def same(self, old: Any, new: Any) -> bool:
        """Whether two schemas say the same of values and come to the same in the client."""
        return self.shapes.key(old) == self.shapes.key(new)

    def verdict(self, old: Any, new: Any, context: Context) -> Verdict:
        """What it means that one schema has become another."""
        return self.verdicts.of(old, new, context.direction, optional=context.optional)

    def field(self, symbols: Symbols, view: View, name: str, context: Context) -> str:
        """A field in the client; what holds it, when it has no name there."""
        owner = symbols.classes.get(view.component)
        if owner:
            return symbols.field(owner, name)
        return context.arguments(name) if context.arguments else context.symbol


Drafts: TypeAlias = Iterator[Draft]
Places: TypeAlias = tuple[str | None, str | None]  # pointers in the old description and in the new one
# A part of the comparison of two schemas.
Part: TypeAlias = Callable[[Ground, View, View, Context], Drafts]


def by_value(aspect: str, verdict: Verdict, places: Places, context: Context, said: str) -> Draft:
    """A change of which values a schema takes."""
    return Draft(
        severity=verdict.severity,
        kind=f"{aspect}-{verdict.relation}",
        direction=context.direction,
        old=places[0],
        new=places[1],
        sentence=f"{context.subject} {wording.relation(context.direction, verdict.relation)}: {said}.",
        symbols=(context.symbol,),
        example=verdict.shown,
        by_value=True,
    )


def plainly(severity: Severity, kind: str, places: Places, context: Context, sentence: str, *symbols: str) -> Draft:
    """A change that has its severity by itself."""
    return Draft(
        severity=severity,
        kind=kind,
        direction=context.direction,
        old=places[0],
        new=places[1],
        sentence=sentence,
        symbols=symbols or (context.symbol,),
    )
