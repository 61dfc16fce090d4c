"""Responses over a wire that inserts, duplicates, drops and delays bytes, after the server has done the work.

Whatever arrives: no paid call is made twice, no call gets the response to another one, no exception is foreign, and a
response that does not fit is kept.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from attrs import define, field
from cometapi_suno import (
    AsyncSunoClient,
    ResponseDecodeError,
    RetryPolicy,
    SunoClient,
    SunoError,
    Timeout,
)

from contract_tests.suite.client.scripted_server import (
    Close,
    Received,
    Step,
    answer,
    persona,
    serve_script,
    task,
)
from contract_tests.suite.support.secret_leaks import KEY

QUICK = RetryPolicy(attempts=3, first_delay=0.001, max_delay=0.002)
PATIENCE = Timeout(connect=5, read=0.3, write=5, pool=60)
AT_ONCE = 8
MEMBERS = ("id", "name", "task_id")
"""Where a result says which call it belongs to."""
REFUSED = {"error": {"message": "busy", "type": "comet_api_error", "param": "", "code": "rate_limit"}}
SATURATED = {"code": "upstream_load_saturated", "message": "busy", "data": None}
INSERTED = (
    b"\0",
    b"\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"<html>",
    answer(429, REFUSED),
    answer(503, b""),
    answer(200, SATURATED),
)
STALE = (answer(200, task("stale")), answer(200, persona("stale")))
"""Whole responses to other calls, sent after the true one: a client cannot know that a first response is wrong."""


@define
class Wire:
    """What the server did, and the faults that it adds.

    Attributes:
        seed: Of the faults.
        late: Whether a whole response may arrive after a pause that follows another one, when the next request is on
            its way. No client can tell such a response from that to its request, except by what it says. Errors of
            reads are followed by late responses anyway: their connections are not used again.
        made: How often the work of a name was done.
    """

    seed: int
    late: bool
    made: Counter[str] = field(factory=Counter[str])
    _numbers: Iterator[int] = field(factory=count)

    def respond(self, request: Received) -> Iterator[Step]:
        """Do the work, and then answer with faults."""
        chance = random.Random(f"{self.seed} {next(self._numbers)}")
        if request.body:
            name: str = json.loads(request.body)["name"]
            self.made[name] += 1
            whole = answer(200, persona(name))
        else:
            whole = answer(200, task(request.target.rpartition("/")[2]))
        if chance.random() < 0.3:
            yield whole
        else:
            yield from self._spoil(whole, chance, paid=request.body != b"")

    def _spoil(self, whole: bytes, chance: random.Random, *, paid: bool) -> Iterator[Step]:
        place = chance.choice((0, len(whole), chance.randrange(len(whole))))
        length = chance.randint(1, 40)
        fault = chance.choice(("insert", "duplicate", "repeat", "drop", "cut", "delay", "refuse first"))
        if fault == "insert":
            yield whole[:place] + chance.choice(INSERTED) + whole[place:]
        elif fault == "duplicate":
            yield whole[: place + length] + whole[place:]
        elif fault == "repeat":
            again = chance.choice((whole, *INSERTED, *STALE))
            yield from (whole, chance.choice((0.0, 0.001, 0.003)), again) if self.late else (whole + again,)
        elif fault == "drop":
            yield whole[:place] + whole[place + length :]
        elif fault == "cut":
            yield whole[:place]
            yield Close
        elif fault == "delay":
            yield whole[:place]
            yield 0.002
            yield whole[place:]
        else:
            refusal = chance.choice((*(answer(status, REFUSED) for status in (400, 429, 503)), answer(200, SATURATED)))
            late = self.late or not paid
            yield from (refusal, chance.choice((0.0, 0.002)), whole) if late else (refusal + whole,)
        if chance.random() < 0.5:
            yield Close


@define
class Tally:
    """What the callers learned.

    Attributes:
        others: The names of all calls.
        outcomes: How often each class of outcome was seen.
        foreign: Exceptions that are not ours.
        misread: Calls that got the response to another one.
        lost: Responses that did not fit and were not kept.
    """

    others: set[str]
    outcomes: Counter[str] = field(factory=Counter[str])
    foreign: list[BaseException] = field(factory=list[BaseException])
    misread: list[str] = field(factory=list[str])
    lost: list[SunoError] = field(factory=list[SunoError])
    _lock: threading.Lock = field(factory=threading.Lock)

    def note(self, name: str, result: object) -> None:
        """Judge the outcome of one call."""
        with self._lock:
            self.outcomes[type(result).__name__] += 1
            if isinstance(result, ResponseDecodeError):
                if not result.response.content and result.response.headers.get("content-length") != "0":
                    self.lost.append(result)
            elif isinstance(result, BaseException):
                if not isinstance(result, SunoError):
                    self.foreign.append(result)
            else:
                found = {str(getattr(result, member, None)).removeprefix("id of ") for member in MEMBERS}
                if found & (self.others - {name}):
                    self.misread.append(f"{name} got {found}")


def _names(calls: int) -> list[str]:
    """Name the calls: two of three are paid. All names have one length, so that damage makes none of another call."""
    return [f"{'read' if number % 3 == 0 else 'made'}-{number:04}" for number in range(calls)]


def _invoke(client: Any, name: str) -> Any:
    if name.startswith("read"):
        return client.tasks.get(name)
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def _run_threads(url: str, names: list[str], tally: Tally, **options: Any) -> None:
    with (
        SunoClient(api_key=KEY, base_url=url, retries=QUICK, timeout=PATIENCE, **options) as client,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):

        def call(name: str) -> None:
            try:
                tally.note(name, _invoke(client, name))
            except Exception as error:  # noqa: BLE001 (foreign exceptions are what is looked for)
                tally.note(name, error)

        list(pool.map(call, names))


def _run_tasks(url: str, names: list[str], tally: Tally, **options: Any) -> None:
    async def run() -> None:
        limit = asyncio.Semaphore(AT_ONCE)
        async with AsyncSunoClient(api_key=KEY, base_url=url, retries=QUICK, timeout=PATIENCE, **options) as client:

            async def call(name: str) -> None:
                async with limit:
                    try:
                        tally.note(name, await _invoke(client, name))
                    except Exception as error:  # noqa: BLE001 (foreign exceptions are what is looked for)
                        tally.note(name, error)

            await asyncio.gather(*map(call, names))

    asyncio.run(run())


RUNS = {"sync": _run_threads, "async": _run_tasks}


def _fuzz(face: str, seed: int, calls: int, *, keep: bool) -> Tally:
    names = _names(calls)
    wire, tally = Wire(seed, late=not keep), Tally({*names, "stale"})
    with serve_script(wire.respond) as server:
        RUNS[face](server.url, names, tally, keep_connections=keep)
    doubled = {name: times for name, times in wire.made.items() if times > 1}
    assert not doubled
    assert not tally.misread
    assert not tally.foreign
    assert not tally.lost
    assert sum(tally.outcomes.values()) == calls
    return tally


@pytest.mark.parametrize("keep", [False, True], ids=["new connections", "kept connections"])
def test_few_hundred_calls_over_faulty_wire(face: str, keep: bool) -> None:
    tally = _fuzz(face, 1, 300, keep=keep)
    assert tally.outcomes["Persona"] > 50
    assert tally.outcomes["OutcomeUnknownError"] > 20


@pytest.mark.slow
@pytest.mark.parametrize("keep", [False, True], ids=["new connections", "kept connections"])
def test_ten_thousand_calls_over_faulty_wire(face: str, keep: bool) -> None:
    """2,500 in each of four ways."""
    for seed in range(10, 15):
        _fuzz(face, seed, 500, keep=keep)
