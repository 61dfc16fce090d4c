"""Budget 3 means 3: over random runs with callers that repeat, go away and race, a service that fails, and interrupts.

Every run is made from its number, so one that fails can be looked at again. What reached the stand-in is counted there.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import httpx
import pytest
from attrs import define, evolve, field
from cometapi_suno import AsyncSunoClient, RetryPolicy, SunoError
from cometapi_suno_mock import Fault
from cometapi_suno_mock.serving import serve_in_thread

from contract_tests.suite.verifier.stand_in_gateway import Bench, StandIn, filled, refusal, step
from contract_tests.verifier.live.held_secrets import PLACEHOLDER_KEY
from contract_tests.verifier.live.limits import Refusal
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, Tier
from contract_tests.verifier.live.upstream import connect_to

RUNS, MANY = 30, 250
# Number 3 is interrupted; the others run with the slow tests.
BY_SOCKET = [0, 3, *(pytest.param(number, marks=pytest.mark.slow) for number in (1, 2, *range(4, 16)))]
FAULTS = (
    "status=500", "status=500; effect", "status=503", "status=504", "status=524; body=html", "status=429; body=empty",
    "status=401", "status=403", "reset=before", "reset=after", "truncate=10", "invalid-json", "delay=0.002",
    "slow-body=0.0005", "content-type=text/html", "status=302", "delay=1; status=200",
)  # fmt: skip
STOPPED = {"cap-calls", "interrupted"}


@define
class Outcome:
    """The result of one run: requests that arrived, were counted, refused and recorded."""

    reached: int
    counted: int
    in_flight: int
    refusals: set[str] = field(factory=set[str])
    kept: int = 0


class Run:
    """One random run. Each caller asks for more than the whole budget, so that only a cap ends the run.

    Args:
        number: Decides everything.
        stand_in: What is called.
        out: Where it records.
        budget: Calls that may be sent.
        interrupted: Whether somebody stops all traffic in the middle.
    """

    def __init__(self, number: int, stand_in: StandIn, out: Path, budget: int, *, interrupted: bool) -> None:
        self.chance = random.Random(number)
        self.stand_in = stand_in.again()
        self.budget = budget
        self.interrupted = interrupted
        for text in self.chance.sample(FAULTS, self.chance.randrange(5)):
            seed, probability = self.chance.randrange(1000), self.chance.choice((0.3, 0.7, 1.0))
            self.stand_in.gateway.faults.add(Fault.parse(f"{text}; seed={seed}; probability={probability}"))
        steps = [
            step("createPersona", uses=10_000),
            step("submitMusic", uses=10_000),
            step("fetchTask", uses=10_000),
            step("getTiming", uses=10_000, tier=Tier.READ),
            step("submitLyrics", uses=10_000, key=KeyChoice.BAD, tier=Tier.FREE),
        ]
        self.steps = self.chance.sample(steps, self.chance.randint(1, 5))
        self.out = out / str(number)
        self.client_goes_to: httpx.AsyncBaseTransport | None = None

    async def by_transport(self) -> Outcome:
        """Run without a socket."""
        return await self._run(Bench.of(self.out, self.steps, self.stand_in, max_calls=self.budget, timeout=0.05))

    def by_socket(self) -> Outcome:
        """Run with a socket on either side of the proxy."""
        with self.stand_in.serve() as base:
            bench = Bench.of(self.out, self.steps, connect_to(base), max_calls=self.budget, timeout=0.3, base=base)
            with serve_in_thread(bench.proxy, host="127.0.0.1", port=0) as proxy:
                return asyncio.run(self._by_socket(bench, proxy))

    async def _by_socket(self, bench: Bench, proxy: str) -> Outcome:
        async with httpx.AsyncClient(base_url=proxy, trust_env=False) as calls, httpx.AsyncHTTPTransport() as transport:
            self.client_goes_to = transport
            return await self._run(evolve(bench, calls=calls))

    async def _run(self, bench: Bench) -> Outcome:
        callers = [asyncio.create_task(self._caller(bench)) for _ in range(self.chance.randint(1, 6))]
        if self.interrupted:
            callers.append(asyncio.create_task(self._interrupt(bench)))
        while not all(caller.done() for caller in callers):
            await asyncio.sleep(self.chance.random() * 0.004)
            if self.chance.random() < 0.4:  # a caller is killed: what it has sent is on its way all the same
                self.chance.choice(callers).cancel()
            if self.chance.random() < 0.4 and len(callers) < 12:
                callers.append(asyncio.create_task(self._caller(bench)))
        await asyncio.gather(*callers, return_exceptions=True)
        refusals = await self._until_refused(bench)
        deadline = monotonic() + 5
        await asyncio.to_thread(bench.budget.wait_idle, lambda: monotonic() > deadline)
        counted = len(bench.budget.calls)
        lost = bench.journal.count('"no answer"') if counted else 0
        return Outcome(self.stand_in.count, counted, bench.budget.in_flight(), refusals, len(bench.exchanges) + lost)

    async def _caller(self, bench: Bench) -> None:
        """Repeat every failed call, raw or through the generated client with its retries."""
        if self.chance.random() < 0.3:
            await self._client(bench)
            return
        for _ in range(self.budget + 2):
            response = await bench.send(self.chance.choice(self.steps), body=b"{}")
            if refusal(response) in STOPPED:
                return

    async def _client(self, bench: Bench) -> None:
        client = AsyncSunoClient(
            api_key=PLACEHOLDER_KEY,
            base_url=str(bench.calls.base_url),
            retries=RetryPolicy(attempts=4, max_delay=0),
            http_client=self.client_goes_to or httpx.ASGITransport(app=bench.proxy),
        )
        for each in self.steps:
            try:
                await client.request(each.operation.method, filled(each), json={}, headers={TICKET_HEADER: each.ticket})
            except SunoError:
                continue

    async def _interrupt(self, bench: Bench) -> None:
        await asyncio.sleep(self.chance.random() * 0.02)
        bench.budget.stop(Refusal("interrupted", "interrupted by a test"))

    async def _until_refused(self, bench: Bench) -> set[str]:
        """Ask on, more often than the budget allows, and once more."""
        return {refusal(await bench.send(self.chance.choice(self.steps), body=b"{}")) for _ in range(self.budget + 1)}


def _numbers(runs: int) -> Iterator[tuple[int, int, bool]]:
    """Yield number, budget, and whether to interrupt: budget 3 in two of three runs, an interrupt in every fourth."""
    for number in range(runs):
        yield number, 3 if number % 3 else 1 + number % 5, number % 4 == 3


def _check(outcome: Outcome, budget: int, *, interrupted: bool) -> None:
    assert outcome.counted == outcome.kept
    assert outcome.in_flight == 0
    assert outcome.refusals & STOPPED
    if interrupted:
        assert outcome.counted <= budget
    else:
        assert outcome.counted == budget


def _try(out: Path, runs: int) -> None:
    stand_in = StandIn()
    for number, budget, interrupted in _numbers(runs):
        outcome = asyncio.run(Run(number, stand_in, out, budget, interrupted=interrupted).by_transport())
        try:
            assert outcome.reached == outcome.counted
            _check(outcome, budget, interrupted=interrupted)
        except AssertionError as error:
            raise AssertionError(f"run {number}, budget {budget}, interrupted {interrupted}: {outcome}") from error


@pytest.fixture
def without_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: int) -> None:
        return None

    monkeypatch.setattr("os.fsync", nothing)


@pytest.mark.usefixtures("without_waiting_for_the_disk")
def test_budget_is_kept_under_faults(tmp_path: Path) -> None:
    _try(tmp_path, RUNS)


@pytest.mark.slow
@pytest.mark.usefixtures("without_waiting_for_the_disk")
def test_budget_is_kept_over_many_runs(tmp_path: Path) -> None:
    """Each fault is drawn in about 60 of the runs, and each interrupt in 125; the runs by socket wait for the disk."""
    _try(tmp_path, MANY)


@pytest.mark.parametrize("number", BY_SOCKET)
def test_budget_is_kept_over_sockets(number: int, tmp_path: Path) -> None:
    """With connections that are really reset, and callers that really hang up.

    A request that is given up after 0.3 seconds counts, although a busy server may not have read it by then.
    """
    stand_in, interrupted = StandIn(), number % 4 == 3
    outcome = Run(number, stand_in, tmp_path, 3, interrupted=interrupted).by_socket()
    assert outcome.reached <= outcome.counted
    _check(outcome, 3, interrupted=interrupted)
