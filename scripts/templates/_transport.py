"""The only module that knows httpx: one request out, one plain `Response` back, and what a failure tells.

Calls go straight to an `HTTPTransport` made here: cookies, redirects and auth flows of `httpx.Client` are not wanted,
and skipping them halves the cost of a call. A client that a user injects is used through its `send`.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Never, cast

import httpx as httpx  # noqa: PLC0414 (what client.py takes its annotations from)

from ._body_decoder import BodyDecodeError, BodyDecoder, BodyTooLargeError
from ._response import Headers, Response
from ._timeout import Timeout
from .errors import ConfigurationError, InvalidRequestError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from ._secret import Secret

HTTPX_VERSION = httpx.__version__
OTHER_LOOP_MESSAGE = (
    "the client belongs to another event loop, which still runs; nothing was sent. Make one for each loop."
)


class SendError(Exception):
    """No usable answer came back."""

    def __init__(self, cause: Exception, *, never_delivered: bool) -> None:
        super().__init__()
        self.cause = cause
        self.never_delivered = never_delivered

    def hide(self, key: Secret) -> None:
        """Take out the key: what breaks the protocol is quoted in the cause."""
        self.cause.args = tuple(_redact(each, key) if isinstance(each, str) else each for each in self.cause.args)


class PreparedRequest(NamedTuple):
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
    headers: list[tuple[bytes, bytes]]
    content: bytes | None
    keep_url: bool

    def __repr__(self) -> str:
        return f"<Outgoing {self.method}>"  # the key is among the headers


class ConnectionSettings(NamedTuple):
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

    def validate(self) -> ConnectionSettings:
        """The same, when it makes sense.

        Raises:
            ConfigurationError: It does not.
        """
        limit = self.max_response
        if type(limit) is not int or limit < 1:
            raise ConfigurationError(f"SunoClient: max_response_bytes is {limit!r}; it must be a whole number above 0.")
        if not isinstance(self.verify, ssl.SSLContext | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"SunoClient: verify is {self.verify!r}; it must be an ssl.SSLContext, which says what is trusted."
            )
        return self

    def __repr__(self) -> str:
        return f"<Connection, secure={self.secure}>"  # a proxy's URL may hold a password


# An OSError comes through where httpcore does not expect one, such as a broken TLS record under asyncio.
_FAILURES = (httpx.HTTPError, OSError, BodyTooLargeError, BodyDecodeError)
NEVER_DELIVERED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class SyncTransport:
    """Sends over a connection pool of its own, or through an injected `httpx.Client` or transport."""

    def __init__(
        self, connection: ConnectionSettings, injected: httpx.Client | httpx.BaseTransport | None = None
    ) -> None:
        self._connection = connection
        self._owns_pool = injected is None
        self._own_pool: httpx.HTTPTransport | None = None
        self._handle_request: Callable[[httpx.Request], httpx.Response] = self._open_and_handle
        if isinstance(injected, httpx.Client):
            self._handle_request = lambda request: injected.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        elif isinstance(injected, httpx.BaseTransport):
            self._handle_request = injected.handle_request
        elif injected is not None:
            raise TypeError(f"http_client must be an httpx.Client or a transport, not {type(injected).__name__}")
        elif connection.proxy:
            self._open()  # a proxy that cannot be used shows when the client is made

    def _open(self) -> None:
        """Make the own pool, unless another thread has."""
        with _POOL_LOCK:
            if self._own_pool is None:
                self._own_pool = httpx.HTTPTransport(**_make_pool_options(self._connection))
                self._handle_request = self._own_pool.handle_request

    def _open_and_handle(self, request: httpx.Request) -> httpx.Response:
        self._open()
        return self._handle_request(request)

    def send(self, outgoing: PreparedRequest, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No usable answer came back.
        """
        try:
            response = self._handle_request(_build_request(outgoing, timeout))
            stream = cast("httpx.SyncByteStream", response.stream)
            try:
                lines = response.headers.raw
                body = _make_body_decoder(response, lines, self._connection.max_response)
                # A stream that was read must not be iterated again: httpcore would give it for ever.
                for chunk in [response.content] if response.is_stream_consumed else stream:
                    body.feed(chunk)
            finally:
                # What `response.close()` does, without what takes it longer than the body takes to be read.
                if not response.is_closed:
                    response.is_closed = True
                    stream.close()
            return Response(response.status_code, Headers(lines), body.finish())
        except _FAILURES as error:
            raise _make_send_error(error) from error

    def close(self) -> None:
        """Close the own connections, for good; an injected client stays its owner's."""
        if self._owns_pool:
            self._handle_request = _refuse_closed
        if self._own_pool is not None:
            self._own_pool.close()


class AsyncTransport:
    """The same for asyncio."""

    def __init__(
        self, connection: ConnectionSettings, injected: httpx.AsyncClient | httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._connection = connection
        self._owns_pool = injected is None
        self._own_pool: httpx.AsyncHTTPTransport | None = None
        self._loop: AbstractEventLoop | None = None
        self._handle_request: Callable[[httpx.Request], Awaitable[httpx.Response]] = self._handle_in_loop
        if isinstance(injected, httpx.AsyncClient):
            self._handle_request = lambda request: injected.send(
                request, stream=True, auth=None, follow_redirects=False
            )
        elif isinstance(injected, httpx.AsyncBaseTransport):
            self._handle_request = injected.handle_async_request
        elif injected is not None:
            raise TypeError(f"http_client must be an httpx.AsyncClient or a transport, not {type(injected).__name__}")
        elif connection.proxy:
            self._open()  # a proxy that cannot be used shows when the client is made

    def _open(self) -> httpx.AsyncHTTPTransport:
        self._own_pool = httpx.AsyncHTTPTransport(**_make_pool_options(self._connection))
        return self._own_pool

    def _handle_in_loop(self, request: httpx.Request) -> Awaitable[httpx.Response]:
        """Over connections of the running loop: used in another, one breaks, perhaps after the request went out."""
        from asyncio import get_running_loop

        loop, pool = get_running_loop(), self._own_pool
        if loop is not self._loop or pool is None:
            if self._loop is not None and not self._loop.is_closed():
                raise ConfigurationError(OTHER_LOOP_MESSAGE)
            pool = self._open() if pool is None or self._loop is not None else pool
            self._loop = loop
        return pool.handle_async_request(request)

    async def send(self, outgoing: PreparedRequest, timeout: Timeout) -> Response:
        """Send and read the whole answer.

        Raises:
            ExchangeFailed: No usable answer came back.
        """
        try:
            response = await self._handle_request(_build_request(outgoing, timeout))
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                lines = response.headers.raw
                body = _make_body_decoder(response, lines, self._connection.max_response)
                if response.is_stream_consumed:
                    body.feed(response.content)
                else:
                    async for chunk in stream:
                        body.feed(chunk)
            finally:
                if not response.is_closed:
                    response.is_closed = True
                    await stream.aclose()
            return Response(response.status_code, Headers(lines), body.finish())
        except _FAILURES as error:
            raise _make_send_error(error) from error

    async def aclose(self) -> None:
        """Close the own connections, for good; an injected client stays its owner's."""
        from asyncio import get_running_loop

        if self._owns_pool:
            self._handle_request = _refuse_closed
        # Those of another loop cannot be closed in this one; they go with it.
        if self._own_pool is not None and self._loop is get_running_loop():
            await self._own_pool.aclose()


def _refuse_closed(_: httpx.Request) -> Never:
    raise ConfigurationError("the client is closed; nothing was sent. Make another one.")


_POOL_LOCK = Lock()


@lru_cache(maxsize=1)
def _load_shared_context() -> ssl.SSLContext:
    """One TLS context for all clients: loading the certificates is most of what making one costs.

    Raises:
        ConfigurationError: The certificates cannot be loaded.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(f"SunoClient: the TLS certificates cannot be loaded: {error}.") from error


@lru_cache(maxsize=1)
def _make_plain_context() -> ssl.SSLContext:
    """For pools that speak plain http, which would load the certificates all the same."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _parse_url(url: str) -> tuple[httpx.URL, tuple[bytes, bytes]]:
    """The parsed URL, and its `Host` line.

    Raises:
        InvalidRequestError: httpx takes it for no URL.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidRequestError(f"SunoClient: the URL of this call cannot be used: {error}") from None
    return parsed, (b"Host", parsed.netloc)


_parse_url_cached = lru_cache(maxsize=256)(_parse_url)


def _make_pool_options(connection: ConnectionSettings) -> dict[str, Any]:
    context = connection.verify or (
        _load_shared_context()
        if connection.secure or (connection.proxy or "").startswith("https")
        else _make_plain_context()
    )
    return {"verify": context, "proxy": connection.proxy, "trust_env": False}


def _build_request(outgoing: PreparedRequest, timeout: Timeout) -> httpx.Request:
    url, host = _parse_url_cached(outgoing.url) if outgoing.keep_url else _parse_url(outgoing.url)
    content = outgoing.content
    headers = [host, *outgoing.headers]
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


def _make_body_decoder(response: httpx.Response, lines: Sequence[tuple[bytes, bytes]], limit: int) -> BodyDecoder:
    """A reader for the body; what an injected client has read already, in a hook say, is decompressed."""
    if response.is_stream_consumed:
        return BodyDecoder("", limit)
    # `response.headers.get` decodes every header, which takes longer than reading the body.
    encodings = [value for name, value in lines if name.lower() == b"content-encoding"]
    return BodyDecoder(b", ".join(encodings).decode("latin-1"), limit)


def _redact(text: str, key: Secret) -> str:
    return key.hide(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _make_send_error(error: Exception) -> SendError:
    """The failure, cut off from the request and from httpcore's frames, where the key is."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("GET", "https://removed.invalid")
    return SendError(error, never_delivered=isinstance(error, NEVER_DELIVERED))
