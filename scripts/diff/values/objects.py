"""An object, by the claims about its fields."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import attrs

from scripts.diff.values.holds import CannotTellError, holds, is_named
from scripts.diff.values.plain import text
from scripts.diff.values.results import EMPTY, UNSURE, Found, Result
from scripts.diff.values.sizes import Size

if TYPE_CHECKING:
    from scripts.diff.values.atoms import Literal
    from scripts.diff.values.nodes import Node
    from scripts.diff.values.search import Search

_FILLED: Final = 60


@attrs.define
class Fields(Size):
    """What is asked of an object.

    Attributes:
        has: Fields that it must have.
        lacks: Fields that it must not have.
        refused: By field, what must not take its value; the field is there.
        described: By field, what must take its value.
        patterned: By pattern of the name, what must take the value.
        others: What must take the values of fields that neither names nor patterns speak of.
        names: What must take the names.
        known: Fields that whoever sends it knows of.
        free: Whoever sends it may add fields.
        excluded: Objects that it must not be, as canonical JSON.
    """

    has: set[str] = attrs.field(factory=set)
    lacks: set[str] = attrs.field(factory=set)
    refused: dict[str, list[Node]] = attrs.field(factory=dict)
    described: dict[str, list[Node]] = attrs.field(factory=dict)
    patterned: list[tuple[str, Node]] = attrs.field(factory=list)
    others: list[tuple[tuple[str, ...], tuple[str, ...], Node]] = attrs.field(factory=list)
    names: list[Node] = attrs.field(factory=list)
    known: set[str] = attrs.field(factory=set)
    free: bool = False
    excluded: set[str] = attrs.field(factory=set)

    def takers(self, name: str) -> tuple[Node, ...]:
        """What must take the value of a field."""
        found = list(self.described.get(name, ()))
        found += [node for regex, node in self.patterned if re.search(regex, name)]
        for names, regexes, node in self.others:
            if not is_named(name, names, regexes):
                found.append(node)
        return tuple(dict.fromkeys(found))


def object_of(search: Search, leaf: Iterable[Literal], *, settled: bool) -> Result:
    """An object of which the claims are true, or false.

    Args:
        search: Finds the values of the fields.
        leaf: The claims.
        settled: No open choice can add to the fields that the sender knows of.
    """
    wanted = _wanted(search, leaf)
    present = wanted.has | wanted.refused.keys()
    closed = bool(wanted.known) and not wanted.free and settled
    if present & wanted.lacks or len(present) > wanted.most or (closed and present - wanted.known):
        return EMPTY
    unsure = False
    made: dict[str, Any] = {}
    for name in sorted(present):
        found = search.find(wanted.takers(name), tuple(dict.fromkeys(wanted.refused.get(name, ()))))
        named = _is_named(search, wanted.names, name)
        if found is EMPTY or named is False:
            return EMPTY
        if isinstance(found, Found):
            made[name] = found.value
        unsure = unsure or found is UNSURE or named is None
    if unsure:
        return UNSURE
    return _filled(search, wanted, made, closed=closed)


def _wanted(search: Search, leaf: Iterable[Literal]) -> Fields:
    wanted = Fields()
    for literal in leaf:
        match literal:
            case _ if wanted.take(literal):
                pass
            case (sign, ("has", name)):
                (wanted.has if sign else wanted.lacks).add(name)
            case (True, ("field", name, node, _)):
                wanted.described.setdefault(name, []).append(node)
            case (False, ("field", name, node, nullable)):
                wanted.refused.setdefault(name, []).extend([node, search.null] if nullable else [node])
            case (True, ("fields", regex, node)):
                wanted.patterned.append((regex, node))
            case (True, ("extra", names, regexes, node)):
                wanted.others.append((names, regexes, node))
            case (True, ("names", node)):
                wanted.names.append(node)
            case (True, ("known", names)):
                wanted.known.update(names)
            case (True, ("free",)):
                wanted.free = True
            case (False, ("enum", pairs)):
                wanted.excluded.update(each for each, _ in pairs)
            case _:
                raise AssertionError(literal)
    return wanted


def _filled(search: Search, wanted: Fields, made: dict[str, Any], *, closed: bool) -> Result:
    """The object with as many more fields as it needs."""
    excluded = bool(wanted.excluded) and text(made) in wanted.excluded
    least = max(wanted.least, len(made) + 1) if excluded else wanted.least
    if least > wanted.most:
        return EMPTY if wanted.least > wanted.most else UNSURE
    unsure = excluded
    fresh = () if closed else (f"other{index}" for index in range(_FILLED))
    for name in (*dict.fromkeys((*wanted.described, *sorted(wanted.known))), *fresh):
        if len(made) >= least:
            return Found(made)
        if name in made or name in wanted.lacks or (closed and name not in wanted.known):
            continue
        found = search.find(wanted.takers(name), ())
        named = _is_named(search, wanted.names, name)
        if found is EMPTY and name not in wanted.described and not wanted.patterned:
            break  # no other field that is not described can be there either
        if isinstance(found, Found) and named:
            made[name] = found.value
        unsure = unsure or found is UNSURE or named is not True
    if len(made) >= least:
        return Found(made)
    return UNSURE if unsure or len(made) + 1 >= _FILLED else EMPTY


def _is_named(search: Search, nodes: Iterable[Node], name: str) -> bool | None:
    try:
        return all(holds(search.atoms, node, name) for node in nodes)
    except CannotTellError:
        return None
