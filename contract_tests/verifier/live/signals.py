"""SIGINT and SIGTERM as a state to query and an event to listen to, instead of an exception at any point."""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any, Final, Self

HANDLED: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """Catches the signals for the length of a `with` block.

    Attributes:
        count: How many came.
        first: The first one; `None` until one comes.
        since: When the first one came, by the monotonic clock.
    """

    def __init__(self) -> None:
        self.count = 0
        self.first: signal.Signals | None = None
        self.since = 0.0
        self._listeners: list[Callable[[signal.Signals], object]] = []
        self._previous: dict[signal.Signals, Any] = {}

    @property
    def status(self) -> int | None:
        """The exit status for the first signal, by the convention of shells."""
        return None if self.first is None else 128 + self.first

    @contextmanager
    def notify(self, listener: Callable[[signal.Signals], object]) -> Generator[None]:
        """Call a function with each signal; at once if one came before."""
        self._listeners.append(listener)
        try:
            if self.first is not None:
                listener(self.first)
            yield
        finally:
            self._listeners.remove(listener)

    def __enter__(self) -> Self:
        self._previous = {number: signal.signal(number, self._catch) for number in HANDLED}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _catch(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.first is None:
            self.first, self.since = signal.Signals(number), monotonic()
        for listener in list(self._listeners):
            listener(signal.Signals(number))
