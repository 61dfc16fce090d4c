"""The only module that knows httpx: one request out, one plain `Response` back, and what a failure tells.

Calls go straight to an `HTTPTransport` made here: cookies, redirects and auth flows of `httpx.Client` are not wanted,
and skipping them halves the cost of a call. A client that a user injects is used through its `send`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import httpx
from attrs import frozen

from ._response import Headers, Response


@frozen
class Timeout:
    """How long to wait, in seconds, for each step of a call.

    Attributes:
        connect: For a connection and its TLS handshake.
        read: For the next bytes of the answer. A persona is made while the call waits.
        write: For the next bytes of the request to be taken.
        pool: For a free connection.
    """

    connect: float = 5.0
    read: float = 60.0
    write: float = 30.0
    pool: float = 5.0


DEFAULT_TIMEOUT = Timeout()
HTTPX_VERSION = httpx.__version__


class Delivery(Enum):
    """What a failed exchange tells about the request."""

    NEVER = auto()  # the server cannot have seen it
    UNKNOWN = auto()  # it may have been seen, and done


class ExchangeFailed(Exception):  # noqa: N818 (internal; becomes a DeliveryError)
    """No answer came back."""

    def __init__(self, delivery: Delivery, cause: Exception) -> None:
        super().__init__()
        self.delivery = delivery
        self.cause = cause


@frozen
class Outgoing:
    """One HTTP request as plain data."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    content: bytes | None


_NEVER_DELIVERED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class SyncTransport:
    """Sends over a connection pool of its own, or through an injected `httpx.Client` or transport."""

    def __init__(self, injected: httpx.Client | httpx.BaseTransport | None = None) -> None:
        self._owned = None if injected is not None else httpx.HTTPTransport()
        target = injected or self._owned
        if isinstance(target, httpx.Client):
            client = target
            self._send: Callable[[httpx.Request], httpx.Response] = lambda request: client.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        elif isinstance(target, httpx.BaseTransport):
            self._send = target.handle_request
        else:
            raise TypeError(f"http_client must be an httpx.Client or a transport, not {type(target).__name__}")

    def exchange(self, outgoing: Outgoing, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No answer came back.
        """
        try:
            response = self._send(_request(outgoing, timeout))
            try:
                content = response.read()
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise _failed(error) from error
        return _response(response, content)

    def close(self) -> None:
        """Close the own connections; an injected client stays its owner's."""
        if self._owned is not None:
            self._owned.close()


class AsyncTransport:
    """The same for asyncio."""

    def __init__(self, injected: httpx.AsyncClient | httpx.AsyncBaseTransport | None = None) -> None:
        self._owned = None if injected is not None else httpx.AsyncHTTPTransport()
        target = injected or self._owned
        if isinstance(target, httpx.AsyncClient):
            client = target
            self._send: Callable[[httpx.Request], Any] = lambda request: client.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        elif isinstance(target, httpx.AsyncBaseTransport):
            self._send = target.handle_async_request
        else:
            raise TypeError(f"http_client must be an httpx.AsyncClient or a transport, not {type(target).__name__}")

    async def exchange(self, outgoing: Outgoing, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No answer came back.
        """
        try:
            response: httpx.Response = await self._send(_request(outgoing, timeout))
            try:
                content = await response.aread()
            finally:
                await response.aclose()
        except httpx.HTTPError as error:
            raise _failed(error) from error
        return _response(response, content)

    async def aclose(self) -> None:
        """Close the own connections; an injected client stays its owner's."""
        if self._owned is not None:
            await self._owned.aclose()


def _request(outgoing: Outgoing, timeout: Timeout) -> httpx.Request:
    return httpx.Request(
        outgoing.method,
        outgoing.url,
        headers=outgoing.headers,
        content=outgoing.content,
        extensions={
            "timeout": {
                "connect": timeout.connect,
                "read": timeout.read,
                "write": timeout.write,
                "pool": timeout.pool,
            }
        },
    )


def _response(response: httpx.Response, content: bytes) -> Response:
    return Response(response.status_code, Headers(response.headers.multi_items()), content)


def _failed(error: httpx.HTTPError) -> ExchangeFailed:
    return ExchangeFailed(Delivery.NEVER if isinstance(error, _NEVER_DELIVERED) else Delivery.UNKNOWN, error)
