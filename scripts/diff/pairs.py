"""Which alternative of an old choice has become which of the new one."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeAlias

from scripts.diff.values.nodes import Pool
from scripts.diff.values.plain import text
from scripts.diff.views import Spot, Views, listed
from scripts.openapi_document import is_object

Pairs: TypeAlias = tuple[list[tuple[Spot, Spot]], list[Spot], list[Spot]]


def paired(old: list[Spot], new: list[Spot], views: Views, shapes: Pool) -> Pairs:
    """The alternatives that belong together, those that are gone, and those that are new."""

    def by_name(spot: Spot) -> Hashable:
        return views.of(spot).component or None

    def by_shape(spot: Spot) -> Hashable:
        return shapes.key(spot.node)

    def by_constants(spot: Spot) -> Hashable:
        fields = views.of(spot).fields.items()
        fixed = [(name, each.node["const"]) for name, spots in fields for each in spots if _is_fixed(each)]
        return text(sorted(fixed, key=text)) if fixed else None

    def by_type(spot: Spot) -> Hashable:
        view = views.of(spot)
        types = view.keywords.get("type")
        return text(listed(types.node)) if types else "fields" if view.fields else None

    pairs: list[tuple[Spot, Spot]] = []
    for mark in (by_name, by_shape, by_constants, by_type):
        old, new = _matched(old, new, mark, pairs)
    return pairs, old, new


def _matched(
    old: list[Spot], new: list[Spot], mark: Callable[[Spot], Hashable], pairs: list[tuple[Spot, Spot]]
) -> tuple[list[Spot], list[Spot]]:
    """Pair what one mark alone tells to belong together; return the rest."""
    marks = [(spot, mark(spot)) for spot in new]
    left: list[Spot] = []
    for spot in old:
        wanted = mark(spot)
        found = next((each for each, other in marks if wanted is not None and other == wanted), None)
        if found is None:
            left.append(spot)
        else:
            pairs.append((spot, found))
            marks = [(each, other) for each, other in marks if each is not found]
    return left, [each for each, _ in marks]


def _is_fixed(spot: Spot) -> bool:
    return is_object(spot.node) and "const" in spot.node
