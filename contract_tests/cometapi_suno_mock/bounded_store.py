"""A mapping with upper bounds: the oldest entries leave when a new one finds no place."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Weighed(Protocol):
    """Something that takes space."""

    @property
    def weight(self) -> int:
        """About how many bytes of requests it holds on to."""
        ...


_T = TypeVar("_T", bound=Weighed)


class Shelf(Generic[_T]):
    """Holds at most `capacity` entries, and no more than weigh `room`, besides those that are pinned.

    Args:
        leaving: Called with each entry that has to go.
    """

    def __init__(self, capacity: int, room: int, leaving: Callable[[_T], None] | None = None) -> None:
        self._capacity = max(1, capacity)
        self._room = room
        self._weight = 0
        self._leaving = leaving
        self._pinned: dict[str, _T] = {}
        self._entries: OrderedDict[str, _T] = OrderedDict()

    def pin(self, key: str, entry: _T) -> None:
        """Keep an entry for good."""
        self._pinned[key] = entry

    def put(self, key: str, entry: _T) -> None:
        """Add an entry, dropping the oldest when full; a new one always finds a place."""
        entries = self._entries
        entries[key] = entry
        self._weight += entry.weight
        while len(entries) > self._capacity or (self._weight > self._room and len(entries) > 1):
            _, oldest = entries.popitem(last=False)
            self._weight -= oldest.weight
            if self._leaving is not None:
                self._leaving(oldest)

    def get(self, key: str) -> _T | None:
        """The entry, or None."""
        entry = self._entries.get(key)
        return self._pinned.get(key) if entry is None else entry

    def __iter__(self) -> Iterator[_T]:
        yield from self._pinned.values()
        yield from self._entries.values()

    def __len__(self) -> int:
        return len(self._pinned) + len(self._entries)
