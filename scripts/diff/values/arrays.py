"""An array, by the claims about its items."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import attrs

from scripts.diff.values.plain import text
from scripts.diff.values.results import EMPTY, UNSURE, Found, Result
from scripts.diff.values.sizes import Size

if TYPE_CHECKING:
    from scripts.diff.values.atoms import Literal
    from scripts.diff.values.nodes import Node
    from scripts.diff.values.search import Search

_LONGEST: Final = 60
_WAYS: Final = 300


@attrs.define
class Items(Size):
    """What is asked of an array.

    Attributes:
        at: By index, what must take the item.
        rest: From an index on, what must take every item.
        none: What must take no item.
        some: Items that must be there: the indexes that they may have, and what takes or refuses them.
        unique: No two items are the same.
        twice: Some two items are the same.
        excluded: Arrays that it must not be, as canonical JSON.
    """

    at: dict[int, list[Node]] = attrs.field(factory=dict)
    rest: list[tuple[int, Node]] = attrs.field(factory=list)
    none: list[Node] = attrs.field(factory=list)
    some: list[tuple[int, bool, bool, Node]] = attrs.field(factory=list)
    unique: bool = False
    twice: bool = False
    excluded: set[str] = attrs.field(factory=set)

    def takers(self, index: int) -> list[Node]:
        """What must take the item at an index."""
        return [*self.at.get(index, ()), *(node for start, node in self.rest if index >= start)]


def array_of(search: Search, leaf: Iterable[Literal]) -> Result:
    """An array of which the claims are true, or false."""
    wanted = Items()
    for literal in leaf:
        match literal:
            case _ if wanted.take(literal):
                pass
            case (True, ("item", index, node)):
                wanted.at.setdefault(index, []).append(node)
            case (False, ("item", index, node)):
                wanted.some.append((index, True, False, node))
            case (True, ("rest", start, node)):
                wanted.rest.append((start, node))
            case (False, ("rest", start, node)):
                wanted.some.append((start, False, False, node))
            case (True, ("contains", node)):
                wanted.some.append((0, False, True, node))
            case (False, ("contains", node)):
                wanted.none.append(node)
            case (sign, ("unique",)):
                wanted.unique, wanted.twice = wanted.unique or sign, wanted.twice or not sign
            case (False, ("enum", pairs)):
                wanted.excluded.update(each for each, _ in pairs)
            case _:
                raise AssertionError(literal)
    if wanted.unique and wanted.twice:
        return EMPTY
    return _arranged(search, wanted)


def _arranged(search: Search, wanted: Items) -> Result:
    """An array, each item that must be there at every place it may have."""
    spread = len(wanted.some) + max([*wanted.at, *(start for start, _ in wanted.rest), 0]) + 1
    places = [[start] if fixed else range(start, start + spread) for start, fixed, _, _ in wanted.some]
    unsure = False
    for tried, way in enumerate(product(*places)):
        if tried >= _WAYS:
            return UNSURE
        length = max([wanted.least, 2 * wanted.twice, *(index + 1 for index in way)])
        if length > wanted.most:
            continue
        if length > _LONGEST:
            return UNSURE
        for longer in (0, 1) if wanted.excluded and length < wanted.most else (0,):
            found = _built(search, wanted, way, length + longer)
            if isinstance(found, Found) and not (wanted.excluded and text(found.value) in wanted.excluded):
                return found
            unsure = unsure or found is not EMPTY
    return UNSURE if unsure else EMPTY


def _built(search: Search, wanted: Items, way: tuple[int, ...], length: int) -> Result:
    made: list[Any] = []
    for index in range(length):
        take, refuse = wanted.takers(index), [*wanted.none]
        for place, (_, _, sign, node) in zip(way, wanted.some, strict=True):
            if place == index:
                (take if sign else refuse).append(node)
        found = search.find(tuple(dict.fromkeys(take)), tuple(dict.fromkeys(refuse)))
        if isinstance(found, Found) and (wanted.unique or wanted.twice):
            if wanted.unique:
                refuse += [search.pool.node({"const": item}) for item in made]
            elif index == 1:
                take.append(search.pool.node({"const": made[0]}))
            again = search.find(tuple(dict.fromkeys(take)), tuple(dict.fromkeys(refuse)))
            # Another choice of an earlier item might have left room for this one.
            found = UNSURE if again is EMPTY else again
        if not isinstance(found, Found):
            return found
        made.append(found.value)
    return Found(made)
