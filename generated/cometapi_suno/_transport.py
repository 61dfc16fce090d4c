"""The only module that knows httpx: one request out, one plain `Response` back, and what a failure tells.

Calls go straight to an `HTTPTransport` made here: cookies, redirects and auth flows of `httpx.Client` are not wanted,
and skipping them halves the cost of a call. A client that a user injects is used through its `send`.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterable, Callable, Iterable
from enum import Enum, auto
from functools import lru_cache
from typing import Any, cast

import httpx
from attrs import field, frozen

from ._inflate import BodyReader, OversizeError, UnreadableError
from ._response import Headers, Response
from ._timeout import Timeout

HTTPX_VERSION = httpx.__version__


class Delivery(Enum):
    """What a failed exchange tells about the request."""

    NEVER = auto()  # the server cannot have seen it
    UNKNOWN = auto()  # it may have been seen, and done


class ExchangeFailed(Exception):  # noqa: N818 (internal; becomes a DeliveryError)
    """No usable answer came back."""

    def __init__(self, delivery: Delivery, cause: Exception) -> None:
        super().__init__()
        self.delivery = delivery
        self.cause = cause


@frozen(eq=False)
class Outgoing:
    """One HTTP request as plain data.

    Attributes:
        method: HTTP method.
        url: The whole URL.
        headers: Every header but `Host` and `Content-Length`.
        content: The body; `None` when there is none.
        keep_url: The URL is one of few, so that its parsed form is worth keeping.
    """

    method: str
    url: str
    headers: list[tuple[bytes, bytes]] = field(repr=False)  # the key is among them
    content: bytes | None = field(repr=False)
    keep_url: bool


@frozen
class Connection:
    """How connections are made.

    Attributes:
        secure: TLS is used: the shared context is needed.
        verify: A TLS context in place of the default one.
        proxy: URL of a proxy.
        max_response: Bytes that a decompressed body may have.
    """

    secure: bool
    verify: ssl.SSLContext | None
    proxy: str | None
    max_response: int


_NEVER_DELIVERED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class SyncTransport:
    """Sends over a connection pool of its own, or through an injected `httpx.Client` or transport."""

    def __init__(self, connection: Connection, injected: httpx.Client | httpx.BaseTransport | None = None) -> None:
        self._limit = connection.max_response
        self._owned = None if injected is not None else httpx.HTTPTransport(**_pool_options(connection))
        target = injected if injected is not None else self._owned
        self._send: Callable[[httpx.Request], httpx.Response]
        if isinstance(target, httpx.Client):
            self._send = lambda request: target.send(request, stream=True, auth=None, follow_redirects=False)
        elif isinstance(target, httpx.BaseTransport):
            self._send = target.handle_request
        else:
            raise TypeError(f"http_client must be an httpx.Client or a transport, not {type(target).__name__}")

    def exchange(self, outgoing: Outgoing, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No usable answer came back.
        """
        try:
            response = self._send(_request(outgoing, timeout))
            try:
                body = _reader(response, self._limit)
                for chunk in _chunks(response):
                    body.feed(chunk)
            finally:
                response.close()
            return Response(response.status_code, Headers(response.headers.raw), body.finish())
        except (httpx.HTTPError, OversizeError, UnreadableError) as error:
            raise _failed(error) from error

    def close(self) -> None:
        """Close the own connections; an injected client stays its owner's."""
        if self._owned is not None:
            self._owned.close()


class AsyncTransport:
    """The same for asyncio."""

    def __init__(
        self, connection: Connection, injected: httpx.AsyncClient | httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._limit = connection.max_response
        self._owned = None if injected is not None else httpx.AsyncHTTPTransport(**_pool_options(connection))
        target = injected if injected is not None else self._owned
        self._send: Callable[[httpx.Request], Any]
        if isinstance(target, httpx.AsyncClient):
            self._send = lambda request: target.send(request, stream=True, auth=None, follow_redirects=False)
        elif isinstance(target, httpx.AsyncBaseTransport):
            self._send = target.handle_async_request
        else:
            raise TypeError(f"http_client must be an httpx.AsyncClient or a transport, not {type(target).__name__}")

    async def exchange(self, outgoing: Outgoing, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No usable answer came back.
        """
        try:
            response: httpx.Response = await self._send(_request(outgoing, timeout))
            try:
                body = _reader(response, self._limit)
                if response.is_stream_consumed:
                    body.feed(response.content)
                else:
                    async for chunk in cast("AsyncIterable[bytes]", response.stream):
                        body.feed(chunk)
            finally:
                await response.aclose()
            return Response(response.status_code, Headers(response.headers.raw), body.finish())
        except (httpx.HTTPError, OversizeError, UnreadableError) as error:
            raise _failed(error) from error

    async def aclose(self) -> None:
        """Close the own connections; an injected client stays its owner's."""
        if self._owned is not None:
            await self._owned.aclose()


@lru_cache(maxsize=1)
def _shared_context() -> ssl.SSLContext:
    """One TLS context for all clients: loading the certificates is most of what making one costs."""
    return httpx.create_ssl_context()


@lru_cache(maxsize=1)
def _no_context() -> ssl.SSLContext:
    """For pools that speak plain http, which would load the certificates all the same."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@lru_cache(maxsize=256)
def _kept_url(url: str) -> httpx.URL:
    return httpx.URL(url)


def _pool_options(connection: Connection) -> dict[str, Any]:
    context = connection.verify or (
        _shared_context() if connection.secure or (connection.proxy or "").startswith("https") else _no_context()
    )
    return {"verify": context, "proxy": connection.proxy, "trust_env": False}


def _request(outgoing: Outgoing, timeout: Timeout) -> httpx.Request:
    url = _kept_url(outgoing.url) if outgoing.keep_url else httpx.URL(outgoing.url)
    content = outgoing.content
    headers = [(b"Host", url.netloc), *outgoing.headers]
    if content is not None:
        headers.append((b"Content-Length", b"%d" % len(content)))
    # With a ready stream, httpx neither encodes the body nor completes the headers.
    return httpx.Request(
        outgoing.method,
        url,
        headers=headers,
        stream=httpx.ByteStream(content or b""),
        extensions={"timeout": timeout.as_dict()},
    )


def _reader(response: httpx.Response, limit: int) -> BodyReader:
    """A reader for the body; what an injected client has read already, in a hook say, is decompressed."""
    return BodyReader("" if response.is_stream_consumed else response.headers.get("content-encoding", ""), limit)


def _chunks(response: httpx.Response) -> Iterable[bytes]:
    # A stream that was read must not be iterated again: httpcore would give it for ever.
    return [response.content] if response.is_stream_consumed else cast("Iterable[bytes]", response.stream)


def _failed(error: Exception) -> ExchangeFailed:
    """The failure, cut off from the request and from httpcore's frames, where the key is."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("GET", "https://removed.invalid")
    return ExchangeFailed(Delivery.NEVER if isinstance(error, _NEVER_DELIVERED) else Delivery.UNKNOWN, error)
