"""Drives either client over a fake transport whose answer the test sets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from types import TracebackType
from typing import Any, Never, Self

import httpcore
import httpx
from attrs import field, frozen
from cometapi_suno import AsyncSunoClient, SunoClient

from contract_tests.suite.support.loaded_spec import DESCRIPTION
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.verifier.exchange.example_calls import ExampleCall

CLIENT_KINDS = ("sync", "async")
JSON = "application/json"
SERVER: str = DESCRIPTION["servers"][0]["url"]


def _raised_by_httpcore(error: type[httpx.HTTPError]) -> httpx.HTTPError:
    """Return the error as `httpx.HTTPTransport` raises it: with the one of httpcore as its cause."""
    raised = error("the wire broke")
    raised.__cause__ = getattr(httpcore, error.__name__, httpcore.NetworkError)()
    return raised


def _events_before(error: type[httpx.HTTPError]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the events that httpcore reports before an error."""
    if error not in (httpx.PoolTimeout, httpx.UnsupportedProtocol):
        yield "connection.connect_tcp.started", {}
        if error not in (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError):
            yield "http11.send_request_headers.started", {"request": httpcore.Request("POST", "http://a.invalid")}


def fail_as_httpcore(request: httpx.Request, error: type[httpx.HTTPError]) -> Never:
    """Raise an error as `httpx.HTTPTransport` does, after the same events."""
    for event, info in _events_before(error) if "trace" in request.extensions else ():
        request.extensions["trace"](event, info)
    raise _raised_by_httpcore(error)


async def fail_as_async_httpcore(request: httpx.Request, error: type[httpx.HTTPError]) -> Never:
    """Raise an error as `httpx.AsyncHTTPTransport` does, after the same events."""
    for event, info in _events_before(error) if "trace" in request.extensions else ():
        await request.extensions["trace"](event, info)
    raise _raised_by_httpcore(error)


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A stream that gives its bytes in two parts, then optionally raises an error."""

    def __init__(self, content: bytes, error: type[httpx.HTTPError] | None) -> None:
        half = len(content) // 2
        self._parts = [part for part in (content[:half], content[half:]) if part]
        self._error = error

    def __iter__(self) -> Iterator[bytes]:
        yield from self._parts
        if self._error is not None:
            raise self._error("the wire broke")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


@frozen
class Reply:
    """The answer to a request.

    Attributes:
        status: HTTP status.
        content: The bytes of the body, as they travel.
        headers: Response headers.
        error: What happens after the last byte.
    """

    status: int = 200
    content: bytes = b""
    headers: Mapping[str, str] = field(factory=lambda: {"Content-Type": JSON})
    error: type[httpx.HTTPError] | None = None

    def response(self) -> httpx.Response:
        """Return the answer as an httpx response."""
        return httpx.Response(self.status, headers=dict(self.headers), stream=_Stream(self.content, self.error))


class FakeTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """A transport that answers with `reply`, or raises it, and records the requests."""

    def __init__(self) -> None:
        self.reply: Reply | type[httpx.HTTPError] = Reply()
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        return self.reply.response() if isinstance(self.reply, Reply) else fail_as_httpcore(request, self.reply)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        if isinstance(self.reply, Reply):
            return self.reply.response()
        return await fail_as_async_httpcore(request, self.reply)


class ClientDriver:
    """Calls the sync or the async client the same way.

    Args:
        kind: `sync` or `async`.
        options: Further client options. By default the client does not retry.
    """

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        self.wire = FakeTransport()
        self._runner = asyncio.Runner() if kind == "async" else None
        given: dict[str, Any] = {"api_key": KEY, "base_url": SERVER, "http_client": self.wire, "retries": 0}
        given |= options
        self.client = SunoClient(**given) if self._runner is None else AsyncSunoClient(**given)

    def call(self, call: ExampleCall, reply: Reply | type[httpx.HTTPError] | None = None, **options: Any) -> Any:
        """Make a call that gets this reply; return its result or raise its error."""
        if reply is not None:
            self.wire.reply = reply
        if isinstance(self.wire.reply, Reply):
            call = call.asking_for(self.wire.reply.content)
        result = call.invoke(self.client, **options)
        # The loop itself: the runner would set up signals for every single call.
        return result if self._runner is None else self._runner.get_loop().run_until_complete(result)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self.client, SunoClient):
            self.client.close()
        elif self._runner is not None:
            self._runner.run(self.client.aclose())
            self._runner.close()
