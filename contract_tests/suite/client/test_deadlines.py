"""A deadline of a whole call is kept to 0.2 s, whatever the server does with each byte."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
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
    Timeout,
)

from contract_tests.suite.client.scripted_server import Received, Script, Step, answer, persona, serve_script, task
from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.response_faults import reply
from contract_tests.suite.support.secret_leaks import KEY

TOTAL = 0.4
TOLERANCE = 0.2
LARGE = answer(200, {**persona("Ada"), "filler": "x" * 100_000})


def _drip(whole: bytes, start: int) -> Iterator[Step]:
    """Send the rest of a response byte by byte: no read ever waits for long."""
    if start:
        yield whole[:start]
    for byte in whole[start:]:
        yield bytes([byte])
        yield 0.03


def _flood(_: Received) -> Iterator[Step]:
    """Send provisional responses without an end."""
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n" * 50
        yield 0.001


PLACES: dict[str, Script] = {
    "headers": lambda _: _drip(LARGE, 0),
    "body": lambda _: _drip(LARGE, LARGE.index(b"\r\n\r\n") + 4),
    "provisional responses": _flood,
}


def _create(client: Any) -> Any:
    return client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)


def _get(client: Any) -> Any:
    return client.tasks.get("a")


def _measure(face: str, url: str, call: Any, **options: Any) -> tuple[SunoError, float]:
    """Return the error of a call and how long it took."""
    given: dict[str, Any] = {"api_key": KEY, "base_url": url, **options}

    async def run() -> float:
        if face == "sync":
            with SunoClient(**given) as client:
                began = time.monotonic()
                with pytest.raises(SunoError) as raised:
                    call(client)
                errors.append(raised.value)
                return time.monotonic() - began
        async with AsyncSunoClient(**given) as async_client:
            began = time.monotonic()
            with pytest.raises(SunoError) as raised:
                await call(async_client)
            errors.append(raised.value)
            return time.monotonic() - began

    errors: list[SunoError] = []
    took = asyncio.run(run())
    return errors[0], took


@pytest.mark.parametrize("place", PLACES)
def test_total_timeout_is_kept_while_bytes_drip(face: str, place: str) -> None:
    for call, expected in ((_create, OutcomeUnknownError), (_get, NoAnswerError)):
        with serve_script(PLACES[place]) as server:
            error, took = _measure(face, server.url, call, timeout=Timeout(total=TOTAL))
        assert type(error) is expected
        assert took < TOTAL + TOLERANCE


def test_total_timeout_holds_for_connection(face: str) -> None:
    """Nothing was sent when no connection was made in time; no server has the address (RFC 5737)."""

    error, took = _measure(
        face, "http://192.0.2.1", _create, timeout=Timeout(total=TOTAL), allow_http=True, proxy="", retries=5
    )
    assert type(error) is NotDeliveredError
    assert took < TOTAL + TOLERANCE


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
