"""Measures many cases in turn, round after round, so that what slows the machine down slows all of them down."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from statistics import median

from attrs import Factory, define

BATCH_SECONDS = 0.004
"""A batch this long has neither the clock's grain nor the calls around it in its time. A longer one is further from the
others of its round, and the machine may have changed its pace by then."""


@define(eq=False)
class Case:
    """One row of one table: what is measured, and what was.

    Attributes:
        table: Title of its table.
        name: What the row is called.
        sample: Measures once; seconds of CPU for one operation.
        every: It takes part in each so-manieth round.
        seconds: What was measured, round by round.
    """

    table: str
    name: str
    sample: Callable[[], float]
    every: int = 1
    seconds: list[float] = Factory(list[float])

    @property
    def typical(self) -> float:
        """Median of the rounds."""
        return median(self.seconds)

    def times(self, floor: Case) -> float:
        """How many times the floor it costs: the median of the ratios within a round, so a slow round does no harm."""
        return median(own / other for own, other in zip(self.seconds, floor.seconds, strict=True))


def repeated(run: Callable[[], object], prepare: Callable[[], object]) -> Callable[[], float]:
    """A sample of an operation that is too short to be measured alone."""

    def batch(number: int) -> float:
        started = time.process_time()
        for _ in range(number):
            run()
        return time.process_time() - started

    return _sampled(batch, prepare)


def repeated_async(
    run: Callable[[], Awaitable[object]], prepare: Callable[[], object], loop: asyncio.AbstractEventLoop
) -> Callable[[], float]:
    """The same for an operation that is awaited."""

    async def batch(number: int) -> float:
        started = time.process_time()
        for _ in range(number):
            await run()
        return time.process_time() - started

    return _sampled(lambda number: loop.run_until_complete(batch(number)), prepare)


def _sampled(batch: Callable[[int], float], prepare: Callable[[], object]) -> Callable[[], float]:
    prepare()
    batch(3)  # caches, connections and lazy imports
    once = max(batch(3) / 3, 1e-7)
    number = max(1, round(BATCH_SECONDS / once))

    def sample() -> float:
        prepare()
        batch(1)  # the row before has filled the processor's caches with its own
        return batch(number) / number

    return sample


def run(cases: Sequence[Case], rounds: int, told: Callable[[int], object]) -> None:
    """Measure every case once a round, each round beginning with another one."""
    gc.collect()
    gc.freeze()  # what is loaded by now is no part of what a call costs
    for number in range(rounds):
        for case in _rotated(cases, number * len(cases) // rounds):
            if number % case.every == 0:
                case.seconds.append(case.sample())
        told(number + 1)


def _rotated(cases: Sequence[Case], first: int) -> Iterable[Case]:
    return (*cases[first:], *cases[:first])
