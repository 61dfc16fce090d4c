"""Clocks, sleep and chance of a client, to be replaced in tests."""

from __future__ import annotations

import random as chance
import time
from collections.abc import Awaitable, Callable
from threading import TIMEOUT_MAX, Condition
from typing import NamedTuple


def _wait(condition: Condition, seconds: float) -> object:
    return condition.wait(min(seconds, TIMEOUT_MAX))


async def _sleep(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class SyncClock(NamedTuple):
    """What `SunoClient` reads the time from and waits by.

    Attributes:
        monotonic: Seconds that only grow.
        wall: Unix time, for a `Retry-After` that is a date.
        random: Draws a number in [0, 1).
        sleep: Waits some seconds.
        wait: Waits some seconds, or until the held condition is notified.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    random: Callable[[], float] = chance.random
    sleep: Callable[[float], object] = time.sleep
    wait: Callable[[Condition, float], object] = _wait


class AsyncClock(NamedTuple):
    """What `AsyncSunoClient` reads the time from and waits by.

    Attributes:
        monotonic: Seconds that only grow.
        wall: Unix time, for a `Retry-After` that is a date.
        random: Draws a number in [0, 1).
        sleep: Waits some seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    random: Callable[[], float] = chance.random
    sleep: Callable[[float], Awaitable[object]] = _sleep
