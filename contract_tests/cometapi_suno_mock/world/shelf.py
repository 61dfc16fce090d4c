"""A mapping with an upper bound: the oldest entry leaves when a new one finds no place."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")


class Shelf(Generic[_T]):
    """Holds at most `capacity` entries, besides those that are pinned.

    Args:
        leaving: Called with each entry that has to go.
    """

    def __init__(self, capacity: int, leaving: Callable[[_T], None] | None = None) -> None:
        self._capacity = max(1, capacity)
        self._leaving = leaving
        self._pinned: dict[str, _T] = {}
        self._entries: OrderedDict[str, _T] = OrderedDict()

    def pin(self, key: str, entry: _T) -> None:
        """Keep an entry for good."""
        self._pinned[key] = entry

    def put(self, key: str, entry: _T) -> None:
        """Add an entry, dropping the oldest when full."""
        self._entries[key] = entry
        if len(self._entries) > self._capacity:
            _, oldest = self._entries.popitem(last=False)
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
