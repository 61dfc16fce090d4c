"""A mapping with an upper bound: when a new entry does not fit, the oldest entries are dropped."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class SizedEntry(Protocol):
    """An entry that holds memory."""

    @property
    def size(self) -> int:
        """About how many bytes of requests it holds."""
        ...


_T = TypeVar("_T", bound=SizedEntry)


class BoundedStore(Generic[_T]):
    """Holds at most `capacity` entries of `room` bytes in total, and any number of pinned entries.

    Args:
        on_drop: Called with each entry that is dropped.
    """

    def __init__(self, capacity: int, room: int, on_drop: Callable[[_T], None] | None = None) -> None:
        self._capacity = max(1, capacity)
        self._room = room
        self._size = 0
        self._on_drop = on_drop
        self._pinned: dict[str, _T] = {}
        self._entries: OrderedDict[str, _T] = OrderedDict()

    def pin(self, key: str, entry: _T) -> None:
        """Add an entry that is never dropped."""
        self._pinned[key] = entry

    def put(self, key: str, entry: _T) -> None:
        """Add an entry and drop the oldest ones above the bounds, but never the new one."""
        entries = self._entries
        entries[key] = entry
        self._size += entry.size
        while len(entries) > self._capacity or (self._size > self._room and len(entries) > 1):
            _, oldest = entries.popitem(last=False)
            self._size -= oldest.size
            if self._on_drop is not None:
                self._on_drop(oldest)

    def get(self, key: str) -> _T | None:
        """Return the entry, or None."""
        entry = self._entries.get(key)
        return self._pinned.get(key) if entry is None else entry

    def __iter__(self) -> Iterator[_T]:
        yield from self._pinned.values()
        yield from self._entries.values()

    def __len__(self) -> int:
        return len(self._pinned) + len(self._entries)
