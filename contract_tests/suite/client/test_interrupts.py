"""After a call that was cancelled or interrupted at any point, the next call works and gets its own response."""

from __future__ import annotations

import asyncio
import json
import random
import signal
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest
from cometapi_suno import AsyncSunoClient, SunoClient

from contract_tests.suite.client.scripted_server import Received, Step, answer, persona, serve_script, task
from contract_tests.suite.support.secret_leaks import KEY

INTERRUPTS = 200
LONGEST = 0.006
"""Seconds after which a call is interrupted at the latest; one takes 2 to 5 ms."""


def _script(request: Received) -> Iterator[Step]:
    whole = answer(200, persona(json.loads(request.body)["name"]) if request.body else task(request.target[12:]))
    yield whole[:40]
    yield 0.001
    yield whole[40:]


def _invoke(client: Any, name: str) -> Any:
    if name.startswith("read"):
        return client.tasks.get(name)
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def _name(result: Any) -> str:
    return str(getattr(result, "name", None) or result.task_id)


@pytest.mark.parametrize("kind", ["read", "paid"])
def test_call_after_cancelled_ones_works(kind: str) -> None:
    async def story(url: str) -> int:
        chance, cancelled = random.Random(7), 0
        async with AsyncSunoClient(api_key=KEY, base_url=url, retries=0, timeout=5) as client:
            for number in range(INTERRUPTS):
                calling = asyncio.ensure_future(_invoke(client, f"{kind}-{number}"))
                await asyncio.sleep(chance.uniform(0, LONGEST))
                calling.cancel()
                try:
                    assert _name(await calling) == f"{kind}-{number}"
                except asyncio.CancelledError:
                    cancelled += 1
                assert _name(await _invoke(client, f"{kind}-after-{number}")) == f"{kind}-after-{number}"
        return cancelled

    with serve_script(_script) as server:
        assert asyncio.run(story(server.url)) > INTERRUPTS / 4


@pytest.mark.parametrize("kind", ["read", "paid"])
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # what is interrupted while it closes stays open
@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")  # in a destructor
def test_call_after_interrupted_ones_works(kind: str) -> None:
    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    chance, interrupted = random.Random(7), 0
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        with (
            serve_script(_script) as server,
            SunoClient(api_key=KEY, base_url=server.url, retries=0, timeout=5) as client,
        ):
            for number in range(INTERRUPTS):
                try:
                    signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.0001, LONGEST))
                    assert _name(_invoke(client, f"{kind}-{number}")) == f"{kind}-{number}"
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except KeyboardInterrupt:
                    interrupted += 1
                assert _name(_invoke(client, f"{kind}-after-{number}")) == f"{kind}-after-{number}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert interrupted > INTERRUPTS / 4
