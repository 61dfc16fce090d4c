"""Look for a value that some nodes take and others refuse.

The claims of the nodes are taken apart, one JSON type at a time. What leaves a choice (`anyOf`, or which claim a
refused node breaks) is tried way by way, the narrowest choice first; what is left are claims about fields, items,
texts or numbers. A value is asked against all nodes before it is given out, so a wrong one cannot come out.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

from scripts.diff.values.arrays import array_of
from scripts.diff.values.atoms import Atoms
from scripts.diff.values.branch import Branch
from scripts.diff.values.holds import CannotTellError, holds
from scripts.diff.values.nodes import Mode, Node, Pool
from scripts.diff.values.objects import object_of
from scripts.diff.values.plain import TYPES, kind
from scripts.diff.values.results import EMPTY, UNSURE, Found, NoValue, Result
from scripts.diff.values.scalars import number_of, text_of

Goal: TypeAlias = tuple[tuple[Node, ...], tuple[Node, ...]]
_STEPS: Final = 6000


class Search:
    """Finds values by the schemas of a pool; what was found once is kept."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.atoms = Atoms(pool)
        self.null = pool.node({"type": "null"})
        self._found: dict[tuple[frozenset[int], frozenset[int]], Result] = {}
        self._active: dict[tuple[frozenset[int], frozenset[int]], int] = {}
        self._lowest = len(TYPES) * 1_000_000  # the outermost goal that an answer was taken for granted from
        self._steps = 0

    def outside(self, inner: Node, outer: Node, *also: Node) -> Result:
        """A value that `inner` takes and neither `outer` nor `also` does; EMPTY when all are taken."""
        self._steps = 0
        return self.find((inner,), (outer, *also))

    def find(self, take: tuple[Node, ...], refuse: tuple[Node, ...]) -> Result:
        """A value that all of `take` take and none of `refuse`."""
        taken = {node.key for node in take}
        if any(node.key in taken or node.schema is True for node in refuse) or any(
            node.schema is False for node in take
        ):
            return EMPTY
        mark = frozenset(map(id, take)), frozenset(map(id, refuse))
        if mark in self._found:
            return self._found[mark]
        if mark in self._active:
            # The smallest value there is cannot hold another one of its kind: look elsewhere.
            self._lowest = min(self._lowest, self._active[mark])
            return EMPTY
        return self._look(mark, (take, refuse))

    def meets(self, value: Any, goal: Goal) -> bool | None:
        """Whether a value is taken and refused as it must be; None when that cannot be told."""
        try:
            return all(holds(self.atoms, node, value) for node in goal[0]) and not any(
                holds(self.atoms, node, value) for node in goal[1]
            )
        except CannotTellError:
            return None

    def _look(self, mark: tuple[frozenset[int], frozenset[int]], goal: Goal) -> Result:
        depth = self._active[mark] = len(self._active)
        before, self._lowest = self._lowest, depth
        unsure = False
        found: Result = EMPTY
        for type_ in TYPES:
            found = self._of_type(type_, goal)
            if isinstance(found, Found):
                break
            unsure = unsure or found is UNSURE
        result = found if isinstance(found, Found) else UNSURE if unsure else EMPTY
        del self._active[mark]
        leans = self._lowest < depth
        self._lowest = min(before, self._lowest) if leans else before
        if not (leans and result is EMPTY):
            self._found[mark] = result
        return result

    def _of_type(self, type_: str, goal: Goal) -> Result:
        if type_ in ("null", "boolean"):
            return self._first([None] if type_ == "null" else [False, True], goal)
        names = frozenset[str]()
        if type_ == "object":
            names = names.union(*(self.atoms.names(node) for nodes in goal for node in nodes))
        branch = Branch(self.atoms, type_, names)
        taken = [(True, ("all", node)) for node in goal[0]]
        refused = [(False, ("all", node)) for node in goal[1]]
        return self._go(branch, goal) if branch.add([*refused, *taken]) else EMPTY

    def _go(self, branch: Branch, goal: Goal) -> Result:
        self._steps += 1
        if self._steps > _STEPS:
            return UNSURE
        if branch.values is not None:
            return self._first([each for each in branch.values.values() if kind(each) == branch.type], goal)
        found = self._leaf(branch)
        if found is EMPTY:
            return EMPTY
        if isinstance(found, Found) and self.meets(found.value, goal) and not branch.may_open:
            return found
        if not branch.clauses:
            return UNSURE
        unsure = False
        for way in self._narrowest(branch):
            result = self._go(way, goal)
            if isinstance(result, Found):
                return result
            unsure = unsure or result is UNSURE
        return UNSURE if unsure else EMPTY

    def _narrowest(self, branch: Branch) -> list[Branch]:
        """The ways of the choice that has the fewest."""
        best: list[Branch] | None = None
        for index, clause in enumerate(branch.clauses):
            ways = [way for option in clause if (way := branch.way(index, option)) and self._leaf(way) is not EMPTY]
            if best is None or len(ways) < len(best):
                best = ways
            if len(ways) <= 1:
                break
        return best or []

    def _leaf(self, branch: Branch) -> Result:
        """What the claims about the value itself come to, open choices aside."""
        match branch.type:
            case "number":
                found = number_of(branch.leaf)
            case "string":
                found = text_of(branch.leaf)
            case "array":
                found = array_of(self, branch.leaf)
            case _:
                found = object_of(self, branch.leaf, settled=not branch.may_open)
        return UNSURE if branch.blurred and isinstance(found, Found) else found

    def _first(self, values: list[Any], goal: Goal) -> Result:
        met = [(self.meets(value, goal), value) for value in values]
        for meets, value in met:
            if meets:
                return Found(value)
        return UNSURE if any(meets is None for meets, _ in met) else EMPTY


__all__ = ["EMPTY", "UNSURE", "Found", "Mode", "NoValue", "Result", "Search"]
