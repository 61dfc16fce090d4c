"""A thousand tasks waited for at once on one client: how many requests, how much CPU, and that it grows in line."""

from __future__ import annotations

import asyncio
import cProfile
import gc
import logging
import pstats
import random
import time
from collections import Counter
from math import ceil

import pytest
from attrs import frozen
from cometapi_suno import AsyncSunoClient

from contract_tests.suite.client.fake_tasks import Account, until

BATCH = 100
RUN = 60.0
"""Seconds that pass on the stage."""

log = logging.getLogger(__name__)


@frozen
class Load:
    """What waiting for many tasks cost.

    Attributes:
        looks: Time of each look -> its requests.
        cpu: Seconds of this process, the simulated gateway's among them.
    """

    looks: Counter[float]
    cpu: float


def _waited(count: int) -> Load:
    """Wait for so many tasks, each by its own waiter, which gets its own task."""
    chance = random.Random(count)
    names = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(count)]
    account = Account({name: until(chance.uniform(0, RUN)) for name in names})
    stage = account.stage("async")
    client = stage.client
    assert isinstance(client, AsyncSunoClient)
    answered: Counter[str] = Counter()

    async def wait(name: str) -> None:
        task = await client.tasks.wait(name, timeout=RUN + 30)
        assert task.status == "SUCCESS"
        assert stage.time.now >= account.lives[name][-1][0]
        answered[task.task_id] += 1

    async def story() -> None:
        await asyncio.gather(*map(wait, names))

    # The collector's passes over all that lives are the interpreter's own; with them it is half as much again.
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        stage.drive(story())
        cpu = time.process_time() - started
    finally:
        gc.enable()
    assert answered == Counter(names)
    return Load(Counter(stage.line.times), cpu)


def test_thousand_waiters_cost_ten_requests_a_poll() -> None:
    """One look every 2 to 10 seconds, ceil(1000 / 100) requests each, whenever each of them ends."""
    load = _waited(1000)
    assert max(load.looks.values()) <= ceil(1000 / BATCH)
    assert len(load.looks) <= RUN / 2 + 1
    # While all still wait, a look is exactly as many requests as batches are needed.
    assert load.looks[0.0] == 10
    log.info("%.2f s of CPU, %d requests", load.cpu, load.looks.total())
    assert load.cpu < 2


@pytest.mark.slow
def test_cost_of_waiting_grows_linearly() -> None:
    """Five thousand waiters make little more than ten times the function calls of five hundred, which are exact."""
    calls = [_calls(count) for count in (500, 5_000)]
    log.info("%d and %d calls", *calls)
    assert calls[1] / calls[0] < 10.5


def _calls(count: int) -> int:
    profile = cProfile.Profile()
    profile.runcall(_waited, count)
    total: int = vars(pstats.Stats(profile))["total_calls"]
    return total
