"""The client's clock, sleep and random source; tests replace them."""

from __future__ import annotations

import random as random_module
import time
from collections.abc import Awaitable, Callable
from threading import TIMEOUT_MAX, Condition
from typing import NamedTuple


def _wait_for_condition(condition: Condition, seconds: float) -> object:
    return condition.wait(min(seconds, TIMEOUT_MAX))


async def _sleep_async(seconds: float) -> None:
    import asyncio

    await asyncio.sleep(seconds)


class SyncClock(NamedTuple):
    """The clock, sleep and random source of `SunoClient`.

    Attributes:
        monotonic: Returns seconds on a clock that never goes back.
        wall: Returns the Unix time, to read a `Retry-After` date.
        random: Returns a random number in [0, 1).
        sleep: Waits for a number of seconds.
        wait: Waits for a number of seconds, or until the condition is notified; the caller holds it.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    random: Callable[[], float] = random_module.random
    sleep: Callable[[float], object] = time.sleep
    wait: Callable[[Condition, float], object] = _wait_for_condition


class AsyncClock(NamedTuple):
    """The clock, sleep and random source of `AsyncSunoClient`.

    Attributes:
        monotonic: Returns seconds on a clock that never goes back.
        wall: Returns the Unix time, to read a `Retry-After` date.
        random: Returns a random number in [0, 1).
        sleep: Waits for a number of seconds.
    """

    monotonic: Callable[[], float] = time.monotonic
    wall: Callable[[], float] = time.time
    random: Callable[[], float] = random_module.random
    sleep: Callable[[float], Awaitable[object]] = _sleep_async
