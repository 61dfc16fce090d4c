"""Whether a request was delivered is known from the events of httpcore, never from the class of an exception."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    NoAnswerError,
    NotDeliveredError,
    OutcomeUnknownError,
    RetryPolicy,
    SunoClient,
    SunoError,
)

from contract_tests.suite.client.scripted_server import Received, answer, persona, serve_script, task
from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.faulty_server import refused_url
from contract_tests.suite.support.response_faults import NEVER_DELIVERED, reply
from contract_tests.suite.support.secret_leaks import KEY

QUICK = RetryPolicy(attempts=4, first_delay=0.001, max_delay=0.002)
FOREIGN: tuple[type[Exception], ...] = (*NEVER_DELIVERED, RuntimeError, ValueError, KeyError, TimeoutError, OSError)
"""What a hook or a transport may raise after the request went out."""


def _script(request: Received) -> list[bytes]:
    return [answer(200, persona("Ada") if request.body else task("a"))]


def _call(face: str, call: Callable[[Any], Any], **options: Any) -> Any:
    """Make one call with either client, and close what was injected."""
    given: dict[str, Any] = {"api_key": KEY, "retries": QUICK, "timeout": 5} | options
    injected: Any = given.get("http_client")

    async def run() -> Any:
        try:
            if face == "sync":
                return call(SunoClient(**given))
            return await call(AsyncSunoClient(**given))
        finally:
            closing = injected.close() if face == "sync" else injected.aclose()
            if isinstance(closing, Awaitable):
                await closing

    return asyncio.run(run())


def _create(client: Any) -> Any:
    return client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)


def _get(client: Any) -> Any:
    return client.tasks.get("a")


def _hooked(face: str, event: str, error: type[Exception]) -> Any:
    """Make a client of httpx whose hook raises this error."""

    def hook(_: object) -> None:
        raise error("from a hook")

    async def async_hook(_: object) -> None:
        raise error("from a hook")

    if face == "sync":
        return httpx.Client(event_hooks={event: [hook]})
    return httpx.AsyncClient(event_hooks={event: [async_hook]})


class _Failing(httpx.HTTPTransport):
    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self._error = error

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        super().handle_request(request).read()
        raise self._error("from a transport")


class _AsyncFailing(httpx.AsyncHTTPTransport):
    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self._error = error

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await (await super().handle_async_request(request)).aread()
        raise self._error("from a transport")


@pytest.mark.parametrize("error", FOREIGN)
@pytest.mark.parametrize("place", ["hook", "transport"])
def test_exception_after_sending_is_unknown_outcome(face: str, place: str, error: type[Exception]) -> None:
    with serve_script(_script) as server:
        failing = {"sync": _Failing, "async": _AsyncFailing}[face]
        injected: Any = _hooked(face, "response", error) if place == "hook" else failing(error)
        with pytest.raises(OutcomeUnknownError) as raised:
            _call(face, _create, base_url=server.url, http_client=injected)
        assert len(server.received) == 1
        assert type(raised.value.__cause__) is error
        assert "Nothing was sent" not in str(raised.value)


@pytest.mark.parametrize("error", FOREIGN)
def test_exception_after_sending_is_wrapped_where_it_is_free(face: str, error: type[Exception]) -> None:
    with serve_script(_script) as server:
        with pytest.raises(NoAnswerError) as raised:
            _call(face, _get, base_url=server.url, http_client=_hooked(face, "response", error))
        assert len(server.received) == 4
        assert type(raised.value.__cause__) is error


@pytest.mark.parametrize("error", [httpx.ConnectError, RuntimeError, AssertionError])
def test_nothing_is_known_of_foreign_transport(face: str, error: type[Exception]) -> None:
    """It may have sent the request by other means before it failed."""
    sent: list[httpx.Request] = []

    def fail(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise error("from a transport")

    with pytest.raises(OutcomeUnknownError):
        _call(face, _create, base_url="http://127.0.0.1", http_client=httpx.MockTransport(fail))
    assert len(sent) == 1


def test_other_way_of_transport_may_have_delivered(face: str) -> None:
    """httpcore reports that it could not connect; then the transport sent the request by other means, and failed."""
    sent: list[httpx.Request] = []

    class Fallback(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            try:
                return super().handle_request(request)
            except httpx.ConnectError:
                sent.append(request)
                raise RuntimeError("from a transport") from None

    class AsyncFallback(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            try:
                return await super().handle_async_request(request)
            except httpx.ConnectError:
                sent.append(request)
                raise RuntimeError("from a transport") from None

    injected: Any = Fallback() if face == "sync" else AsyncFallback()
    with pytest.raises(OutcomeUnknownError):
        _call(face, _create, base_url=refused_url(), http_client=injected)
    assert len(sent) == 1


class _NoTextError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no text")


class _FixedArgumentsError(Exception):
    @property
    def args(self) -> tuple[str, ...]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleVariableOverride]
        return ("fixed",)


@dataclass(frozen=True)
class _FrozenError(Exception):
    reason: str


def _make_group(text: str) -> Exception:
    return ExceptionGroup(text, [KeyError()])


@pytest.mark.parametrize("error", [_NoTextError, _FixedArgumentsError, _FrozenError, _make_group])
def test_exception_that_cannot_be_cleaned_is_unknown_outcome(face: str, error: Callable[[str], Exception]) -> None:
    """Exceptions of user code may be frozen, or fail when they are shown."""

    def fail(_: httpx.Request) -> httpx.Response:
        raise error("from a transport")

    with pytest.raises(OutcomeUnknownError) as raised:
        _call(face, _create, base_url="http://127.0.0.1", http_client=httpx.MockTransport(fail))
    assert type(error("")).__name__ in str(raised.value)
    assert pickle.loads(pickle.dumps(raised.value)).fingerprint == raised.value.fingerprint


def test_injected_client_that_finds_no_server_is_not_delivered(face: str) -> None:
    """The events of httpcore pass through an injected client, so that a failed connection is known."""
    injected: Any = httpx.Client() if face == "sync" else httpx.AsyncClient()
    with pytest.raises(NotDeliveredError, match="tried 4 times"):
        _call(face, _create, base_url=refused_url(), http_client=injected)


def test_exhausted_pool_is_not_delivered(face: str) -> None:
    """httpcore reports no event while a request waits for a connection; its own exception shows that it waited."""

    def wait(_: httpx.Request) -> httpx.Response:
        raise httpx.PoolTimeout("no connection") from httpcore.PoolTimeout()

    with pytest.raises(NotDeliveredError):
        _call(face, _create, base_url="http://127.0.0.1", http_client=httpx.MockTransport(wait))


def test_client_of_another_loop_is_unknown_outcome() -> None:
    """Its connections fail in the second loop after the request was sent."""
    with serve_script(_script) as server:
        injected = httpx.AsyncClient()
        client = AsyncSunoClient(
            api_key=KEY, base_url=server.url, http_client=injected, retries=QUICK, keep_connections=True
        )
        with asyncio.Runner() as first, asyncio.Runner() as second:
            first.run(_create(client))
            with pytest.raises(OutcomeUnknownError):
                second.run(_create(client))
            sent = len(server.received)
            assert sent <= 2
            first.run(injected.aclose())


@pytest.mark.parametrize("status", [303, 408, 409])
def test_status_that_leaves_paid_call_open(face: str, status: int) -> None:
    stage = Stage(face, lambda _: reply("", status))
    with pytest.raises(OutcomeUnknownError, match=f"the response was {status}") as raised:
        stage.run(_create(stage.client))
    assert raised.value.response is not None
    assert len(stage.line.requests) == 1


@pytest.mark.parametrize("status", [408, 425])
def test_status_that_asks_again_repeats_free_read(face: str, status: int) -> None:
    stage = Stage(face, lambda _: reply("", status))
    with pytest.raises(SunoError, match=str(status)):
        stage.run(_get(stage.client))
    assert len(stage.line.requests) == 4


def test_failed_assertion_of_mock_stays_itself(face: str) -> None:
    """A mock that was asked for something unexpected fails the test; it is not a failure of the network."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise AssertionError(f"unexpected: {request.url}")

    with pytest.raises(AssertionError, match="unexpected"):
        _call(face, _get, base_url="http://127.0.0.1", http_client=httpx.MockTransport(refuse))
