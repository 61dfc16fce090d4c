"""Measure rows in turn, round after round: a slow moment of the machine then affects all of them."""

from __future__ import annotations

import asyncio
import gc
import os
import platform
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from attrs import define, field

from scripts.bench.budgets import MeasuredRow, MeasuredTable

BATCH_SECONDS: Final = 0.004
"""A batch this long hides the grain of the clock. A longer one is further from the others of its round, and the machine
may have changed its pace by then."""
_KEPT_RESULTS: Final = 40


@define(eq=False)
class SampledRow(MeasuredRow):
    """A row that measures itself.

    Attributes:
        sample: Measures once: the CPU seconds or the bytes of one operation.
        every: The row takes part in every n-th round.
    """

    sample: Callable[[], float] = field(kw_only=True)
    every: int = field(default=1, kw_only=True)


def measure_tables(tables: Iterable[MeasuredTable], rounds: int, report_round: Callable[[int], object]) -> None:
    """Measure every sampled row of every table once a round. Each round begins with another row."""
    rows = [row for table in tables for row in table.rows if isinstance(row, SampledRow)]
    gc.collect()
    gc.freeze()  # what is loaded by now is not part of what a call costs
    for number in range(rounds):
        first = number * len(rows) // rounds
        for row in (*rows[first:], *rows[:first]):
            if number % row.every == 0:
                row.values.append(row.sample())
        report_round(number + 1)


def sample_cpu(run: Callable[[], object], prepare: Callable[[], object]) -> Callable[[], float]:
    """Return a sample of an operation that is too short to be measured alone: the CPU seconds of one in a batch."""

    def run_batch(number: int) -> float:
        started = time.process_time()
        for _ in range(number):
            run()
        return time.process_time() - started

    return _sample_batches(run_batch, prepare)


def sample_cpu_async(
    run: Callable[[], Awaitable[object]], prepare: Callable[[], object], loop: asyncio.AbstractEventLoop
) -> Callable[[], float]:
    """Return a sample of an operation that is awaited."""

    async def run_batch(number: int) -> float:
        started = time.process_time()
        for _ in range(number):
            await run()
        return time.process_time() - started

    return _sample_batches(lambda number: loop.run_until_complete(run_batch(number)), prepare)


def _sample_batches(run_batch: Callable[[int], float], prepare: Callable[[], object]) -> Callable[[], float]:
    prepare()
    run_batch(3)  # caches, connections and lazy imports
    once = max(run_batch(3) / 3, 1e-7)
    number = max(1, round(BATCH_SECONDS / once))

    def sample() -> float:
        prepare()
        run_batch(1)  # the row before has filled the processor's caches with its own
        return run_batch(number) / number

    return sample


def measure_kept_bytes(make: Callable[[], object]) -> float:
    """Return the bytes that one more result keeps, as `tracemalloc` counts them."""
    make()
    gc.collect()
    tracemalloc.start()
    kept = [make()]
    before, _ = tracemalloc.get_traced_memory()
    kept += [make() for _ in range(_KEPT_RESULTS)]
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) / (len(kept) - 1)


def describe_machine() -> str:
    """Describe the machine in general words."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python} on {platform.system()}, {platform.machine()}, {os.cpu_count()} cores"
