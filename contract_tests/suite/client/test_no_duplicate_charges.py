"""A paid call is never made twice: counted at a server that does the work before it breaks the connection."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    SunoClient,
    SunoError,
)

from contract_tests.suite.client.flaky_paid_server import (
    ATTEMPTS,
    IMPATIENT,
    QUICK,
    Gate,
    Outcome,
    Plan,
    charging,
    judge,
)
from contract_tests.suite.support.secret_leaks import KEY

AT_ONCE = 24

Run = Callable[[Plan, str], dict[str, Outcome]]


def _members(name: str) -> dict[str, object]:
    return {"root_clip_id": "clip", "name": name, "description": "", "clips": ["clip"], "is_public": False}


def _in_threads(plan: Plan, url: str) -> dict[str, Outcome]:
    """Send every request of the plan through one client, in threads."""
    with (
        Gate(plan) as gate,
        SunoClient(api_key=KEY, base_url=url, http_client=gate, timeout=IMPATIENT, retries=QUICK) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):

        def create(name: str) -> Outcome:
            try:
                return client.personas.create(
                    root_clip_id="clip", name=name, description="", clips=["clip"], is_public=False
                )
            except SunoError as error:
                return error

        return dict(zip(plan.turns, pool.map(create, plan.turns), strict=True))


def _in_tasks(plan: Plan, url: str) -> dict[str, Outcome]:
    """Send them in asyncio tasks."""

    async def everything() -> dict[str, Outcome]:
        limit = asyncio.Semaphore(AT_ONCE)
        async with (
            Gate(plan) as gate,
            AsyncSunoClient(api_key=KEY, base_url=url, http_client=gate, timeout=IMPATIENT, retries=QUICK) as client,
        ):

            async def create(name: str) -> Outcome:
                async with limit:
                    try:
                        return await client.personas.create(
                            root_clip_id="clip", name=name, description="", clips=["clip"], is_public=False
                        )
                    except SunoError as error:
                        return error

            outcomes = await asyncio.gather(*map(create, plan.turns))
        return dict(zip(plan.turns, outcomes, strict=True))

    return asyncio.run(everything())


RUNS: dict[str, Run] = {"sync": _in_threads, "async": _in_tasks}


@pytest.fixture(autouse=True)
def short_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait only shortly for what may follow an error: here nothing does, and the connections stay open."""
    monkeypatch.setattr("cometapi_suno._response_end.END_TIMEOUT", 0.02)


@pytest.mark.parametrize("run", RUNS)
def test_paid_calls_are_never_made_twice(run: str) -> None:
    plan = Plan.drawn(50, seed=1)
    with charging(plan) as url:
        judge(plan, RUNS[run](plan, url))


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_many_paid_calls_are_never_made_twice(run: str) -> None:
    """1,000 of each client: each way to end comes about 15 times, after none to four ways to fail before."""
    plan = Plan.drawn(1000, seed=10)
    with charging(plan) as url:
        judge(plan, RUNS[run](plan, url))


def _carelessly(plan: Plan, url: str) -> Iterable[str]:
    """Send as a client does that repeats every failed call."""
    with Gate(plan) as gate, httpx.Client(transport=gate, timeout=0.5) as client:
        for name in plan.turns:
            for _ in range(ATTEMPTS):
                try:
                    if client.post(f"{url}/suno/persona/create", json=_members(name)).status_code < 429:
                        break
                except httpx.HTTPError:
                    continue
            yield name


def test_count_finds_doubles_of_careless_client() -> None:
    plan = Plan.drawn(60, seed=3)
    with charging(plan) as url:
        assert len(list(_carelessly(plan, url))) == 60
    assert max(plan.done.values()) > 1
