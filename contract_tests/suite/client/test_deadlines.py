"""Deadlines of calls and of waits are kept to 0.2 s, whatever the server does with each byte.

Virtual time shows the 0.2 s. In real time, a machine under load may be late: there a client that misses its deadline
would need the 20 s of the server's drip.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    ConfigurationError,
    NoAnswerError,
    NotDeliveredError,
    OutcomeUnknownError,
    RateLimitError,
    SunoClient,
    SunoError,
    TaskTimeoutError,
    Timeout,
)

from contract_tests.suite.client.scripted_server import (
    Close,
    Received,
    Script,
    Step,
    answer,
    persona,
    serve_script,
    task,
)
from contract_tests.suite.client.virtual_network import open_stage
from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.response_faults import reply
from contract_tests.suite.support.secret_leaks import KEY

TOTAL = 0.4
TOLERANCE = 0.2
LATE = 2.0
"""Seconds that a machine under load may be late."""
PAUSE = 0.1
LASTS = 20.0
LARGE = answer(200, {**persona("Ada"), "filler": "x" * 100_000})


def _drip(whole: bytes, start: int = 0) -> Iterator[Step]:
    """Send the rest of a response byte by byte: no read ever waits for long. The server gives up after 20 s."""
    if start:
        yield whole[:start]
    for byte in whole[start : start + round(LASTS / PAUSE)]:
        yield bytes([byte])
        yield PAUSE
    yield Close


def _drip_body(whole: bytes) -> Iterator[Step]:
    return _drip(whole, whole.index(b"\r\n\r\n") + 4)


def _flood(_: Received) -> Iterator[Step]:
    """Send provisional responses for 20 s."""
    for _number in range(round(LASTS / PAUSE)):
        yield b"HTTP/1.1 102 Processing\r\n\r\n" * 50
        yield PAUSE
    yield Close


PLACES: dict[str, Script] = {
    "headers": lambda _: _drip(LARGE),
    "body": lambda _: _drip_body(LARGE),
    "provisional responses": _flood,
}


def _create(client: Any) -> Any:
    return client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)


def _get(client: Any) -> Any:
    return client.tasks.get("a")


def _measure(face: str, url: str, call: Any, **options: Any) -> tuple[SunoError, float]:
    """Return the error of a call and how long it took in real time."""
    given: dict[str, Any] = {"api_key": KEY, "base_url": url, **options}

    async def run() -> float:
        began = time.monotonic()
        if face == "sync":
            with SunoClient(**given) as client, pytest.raises(SunoError) as raised:
                call(client)
        else:
            async with AsyncSunoClient(**given) as async_client:
                with pytest.raises(SunoError) as raised:
                    await call(async_client)
        errors.append(raised.value)
        return time.monotonic() - began

    errors: list[SunoError] = []
    took = asyncio.run(run())
    return errors[0], took


@pytest.mark.parametrize("place", PLACES)
def test_total_timeout_is_exact(monkeypatch: pytest.MonkeyPatch, face: str, place: str) -> None:
    for call, expected in ((_create, OutcomeUnknownError), (_get, NoAnswerError)):
        stage = open_stage(monkeypatch, face, PLACES[place], timeout=Timeout(total=TOTAL))
        with pytest.raises(SunoError) as raised:
            stage.run(call(stage.client))
        assert type(raised.value) is expected
        assert TOTAL <= stage.time.now < TOTAL + TOLERANCE


@pytest.mark.parametrize("place", PLACES)
def test_total_timeout_is_kept_on_a_network(face: str, place: str) -> None:
    with serve_script(PLACES[place]) as server:
        error, took = _measure(face, server.url, _create, timeout=Timeout(total=TOTAL))
    assert type(error) is OutcomeUnknownError
    assert took < TOTAL + LATE


def test_total_timeout_holds_for_connection(face: str) -> None:
    """Nothing was sent when no connection was made in time; no server has the address (RFC 5737)."""
    options = {"timeout": Timeout(connect=LASTS, total=TOTAL), "allow_http": True, "proxy": "", "retries": 5}
    error, took = _measure(face, "http://192.0.2.1", _create, **options)
    assert type(error) is NotDeliveredError
    assert took < TOTAL + LATE


def _resolve(host: str, port: int, *_: object, **__: object) -> list[tuple[Any, ...]]:
    hosts = [f"192.0.2.{number}" for number in range(1, 20)] if host == "many.example" else [host]
    return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (each, port)) for each in hosts]


def test_total_timeout_holds_for_all_addresses(monkeypatch: pytest.MonkeyPatch, face: str) -> None:
    """A name may have many addresses, and `socket.create_connection` grants each the whole timeout."""
    monkeypatch.setattr(socket, "getaddrinfo", _resolve)
    options = {"timeout": Timeout(total=TOTAL), "allow_http": True, "proxy": ""}
    error, took = _measure(face, "http://many.example", _create, **options)
    assert type(error) is NotDeliveredError
    assert took < TOTAL + LATE


def test_total_timeout_holds_for_request(face: str) -> None:
    """A server may take a large request so slowly that each write waits only for a moment."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # connections get the buffer of their listener
    ended = threading.Event()

    def sip() -> None:
        connection = listening.accept()[0]
        while not ended.wait(PAUSE) and connection.recv(150_000):
            pass
        connection.close()

    sipping = threading.Thread(target=sip, daemon=True)
    sipping.start()
    large = "x" * 8_000_000  # more than the socket of a client buffers

    def create(client: Any) -> Any:
        return client.personas.create(root_clip_id="c", name=large, description="", clips=["c"], is_public=False)

    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        error, took = _measure(face, url, create, timeout=Timeout(total=1), retries=0)
    finally:
        ended.set()
        sipping.join(5)
        listening.close()
    assert type(error) is OutcomeUnknownError
    assert took < 1 + LATE


def _unfinished(request: Received) -> Any:
    """Return what a poll of one or of several tasks reads."""
    tasks = [{"task_id": task_id, "status": "IN_PROGRESS"} for task_id in ("a", "b")]
    return tasks if request.body else tasks[0]


def _dripping(status: int) -> Script:
    whole = answer(status, b"x" * 10_000, "Location: /elsewhere")
    return lambda _: _drip_body(whole)


WAITS: dict[str, Callable[[Any], Any]] = {
    "wait": lambda tasks: tasks.wait("a", timeout=7.3),
    "wait_all": lambda tasks: tasks.wait_all(["a", "b"], timeout=7.3),
    "iter_events": lambda tasks: tasks.iter_events("a", timeout=7.3),
}
POLLED = answer(200, {**task("a", "IN_PROGRESS"), "filler": "x" * 10_000})
TRANSIENT = (408, 425, 429, 500, 502, 503, 504, 524)


def _before(status: int) -> Script:
    """Answer every other poll with an error status, and drip the polls between them."""
    numbers = itertools.count()
    return lambda _: _drip_body(POLLED) if next(numbers) % 2 else iter([answer(status, b"")])


POLLS: dict[str, Script] = {
    "dripping headers": lambda _: _drip(POLLED),
    "dripping body": lambda _: _drip_body(POLLED),
    "silent": lambda _: [],
    "provisional responses": _flood,
    "unfinished tasks": lambda request: [answer(200, {**task("a", "IN_PROGRESS"), "data": _unfinished(request)})],
    **{f"{status}, then a dripping body": _before(status) for status in TRANSIENT},
    **{f"{status} with a dripping body": _dripping(status) for status in (302, 307, 400, *TRANSIENT)},
}


@pytest.mark.parametrize("polls", POLLS)
@pytest.mark.parametrize("name", WAITS)
def test_deadline_of_wait_is_exact(monkeypatch: pytest.MonkeyPatch, face: str, name: str, polls: str) -> None:
    received: list[Received] = []

    def script(request: Received) -> Iterator[Step]:
        received.append(request)
        yield from POLLS[polls](request)

    stage = open_stage(monkeypatch, face, script)
    finish = stage.events if name == "iter_events" else stage.run
    with pytest.raises(TaskTimeoutError):
        finish(WAITS[name](stage.client.tasks))
    assert received
    assert 7.3 <= stage.time.now + 0.001 < 7.3 + TOLERANCE


@pytest.mark.parametrize("place", ["dripping headers", "dripping body", "silent"])
@pytest.mark.parametrize("name", WAITS)
def test_deadline_of_wait_is_kept_on_a_network(face: str, name: str, place: str) -> None:
    def wait(client: Any) -> Any:
        tasks = client.with_options(timeout=LASTS).tasks
        if name == "iter_events":
            events = tasks.iter_events("a", timeout=TOTAL)
            return next(events) if face == "sync" else anext(events)
        return tasks.wait("a", timeout=TOTAL) if name == "wait" else tasks.wait_all(["a", "b"], timeout=TOTAL)

    with serve_script(POLLS[place]) as server:
        error, took = _measure(face, server.url, wait)
    assert type(error) is TaskTimeoutError
    assert took < TOTAL + LATE


def test_total_timeout_covers_retries(face: str) -> None:
    """The third wait of 1 s would end after the deadline, so the call ends before it."""
    stage = Stage(face, lambda _: reply("", 429))
    with pytest.raises(RateLimitError):
        stage.run(stage.client.with_options(timeout=Timeout(total=1.5)).tasks.get("a"))
    assert stage.slept == [0.25, 0.5]


def test_attempt_gets_the_time_that_is_left(face: str) -> None:
    seen: list[float] = []

    def script(request: httpx.Request) -> Any:
        seen.append(float(request.extensions["timeout"]["read"]))
        return reply("", 429)

    stage = Stage(face, script)
    with pytest.raises(RateLimitError):
        stage.run(stage.client.with_options(timeout=Timeout(total=1.5)).tasks.get("a"))
    assert seen == [1.5, 1.25, 0.75]


@pytest.mark.parametrize("total", [0, -1, float("inf"), float("nan"), True, "5"])
def test_total_timeout_must_be_a_number_above_0(total: Any) -> None:
    with pytest.raises(ConfigurationError, match="timeout: total is"):
        Timeout(total=total)


def test_total_timeout_does_not_change_a_quick_call(face: str) -> None:
    with serve_script(lambda _: [answer(200, task("a"))]) as server:
        options: dict[str, Any] = {"api_key": KEY, "base_url": server.url, "timeout": Timeout(total=5)}

        async def run() -> str:
            if face == "sync":
                with SunoClient(**options) as client:
                    return client.tasks.get("a").task_id
            async with AsyncSunoClient(**options) as async_client:
                return (await async_client.tasks.get("a")).task_id

        assert asyncio.run(run()) == "a"
