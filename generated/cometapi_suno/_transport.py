"""Transport: the only module that uses httpx. It sends one request and returns a `Response`, or raises `SendError`.

Requests go directly to an `httpx.HTTPTransport`: the client does not want the cookies, redirects and auth flows of
`httpx.Client`, and without them a call takes half the time. An injected client is used through its `send`.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Never, cast

import httpx as httpx  # noqa: PLC0414 (client.py imports it for annotations)

from ._body_decoder import BodyDecodeError, BodyDecoder, BodyTooLargeError
from ._response import Headers, Response
from ._timeout import Timeout
from .errors import ConfigurationError, InvalidRequestError

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from ._secret import Secret

HTTPX_VERSION = httpx.__version__
OTHER_LOOP_MESSAGE = (
    "AsyncSunoClient: it is used in another event loop, which is still open; nothing was sent. Make a client per loop."
)


class SendError(Exception):
    """No usable response was received.

    Attributes:
        cause: The exception of httpx, of the operating system or of the body decoder.
        never_delivered: Whether it is certain that the server has not seen the request.
    """

    def __init__(self, cause: Exception, *, never_delivered: bool) -> None:
        super().__init__()
        self.cause = cause
        self.never_delivered = never_delivered

    def hide(self, key: Secret) -> None:
        """Remove the key from the cause: its message may quote a header that the server sent back."""
        self.cause.args = tuple(_redact(each, key) if isinstance(each, str) else each for each in self.cause.args)


class PreparedRequest(NamedTuple):
    """One HTTP request as plain data.

    Attributes:
        method: HTTP method.
        url: The whole URL.
        headers: All headers except `Host`, `Content-Length` and `Authorization`.
        content: The body; `None` without one.
        cache_url: The URL has no parameters, so that caching its parsed form pays off.
        authorize: Returns the `Authorization` header. Crash reporters show the items of a tuple.
    """

    method: str
    url: str
    headers: list[tuple[bytes, bytes]]
    content: bytes | None
    cache_url: bool
    authorize: Callable[[], tuple[bytes, bytes]]

    def __repr__(self) -> str:
        return f"<PreparedRequest {self.method}>"


class ConnectionSettings(NamedTuple):
    """How to make connections.

    Attributes:
        secure: Whether the base URL is https.
        verify: The TLS context; `None` for the default one.
        proxy: URL of the proxy; `None` without one.
        max_response: Maximum size of a decompressed body in bytes.
    """

    secure: bool
    verify: ssl.SSLContext | None
    proxy: str | None
    max_response: int

    def validate(self) -> ConnectionSettings:
        """Check the settings and return them.

        Raises:
            ConfigurationError: A setting cannot be used.
        """
        limit = self.max_response
        if type(limit) is not int or limit < 1:
            raise ConfigurationError(f"SunoClient: max_response_bytes is {limit!r}. It must be a whole number above 0.")
        if not isinstance(self.verify, ssl.SSLContext | None):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigurationError(
                f"SunoClient: verify is {self.verify!r}. It must be an ssl.SSLContext; see ssl.create_default_context."
            )
        return self

    def __repr__(self) -> str:
        return f"<ConnectionSettings, secure={self.secure}>"  # a proxy's URL may contain a password


# httpcore lets some errors of the operating system pass, such as a broken TLS record under asyncio.
_FAILURES = (httpx.HTTPError, OSError, BodyTooLargeError, BodyDecodeError)
# Without a connection the server cannot have seen the request.
NEVER_DELIVERED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class SyncTransport:
    """Sends requests through its own connection pool, or through an injected `httpx.Client` or transport."""

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
            raise TypeError(
                f"SunoClient: http_client must be an httpx.Client or a transport, not {type(injected).__name__}"
            )
        elif connection.proxy:
            self._open()  # reports an unusable proxy when the client is made, not at the first call

    def _open(self) -> None:
        """Make the connection pool, unless another thread has made it."""
        with _POOL_LOCK:
            if self._own_pool is None:
                self._own_pool = httpx.HTTPTransport(**_make_pool_options(self._connection))
                self._handle_request = self._own_pool.handle_request

    def _open_and_handle(self, request: httpx.Request) -> httpx.Response:
        self._open()
        return self._handle_request(request)

    def send(self, prepared: PreparedRequest, timeout: Timeout) -> Response:
        """Send a request and read the whole response.

        Raises:
            SendError: No usable response was received.
        """
        try:
            response = self._handle_request(_build_request(prepared, timeout))
            stream = cast("httpx.SyncByteStream", response.stream)
            try:
                headers = response.headers.raw
                body = _make_body_decoder(response, headers, self._connection.max_response)
                # A stream that was read must not be iterated again: httpcore would repeat it endlessly.
                for chunk in [response.content] if response.is_stream_consumed else stream:
                    body.feed(chunk)
            finally:
                # Does what `response.close()` does, which takes longer than reading the body.
                if not response.is_closed:
                    response.is_closed = True
                    stream.close()
            return Response(response.status_code, Headers(headers), body.finish())
        except _FAILURES as error:
            raise _make_send_error(error) from error

    def close(self) -> None:
        """Close the client's connections for good; an injected client stays open."""
        if self._owns_pool:
            self._handle_request = _refuse_closed
        if self._own_pool is not None:
            self._own_pool.close()


class AsyncTransport:
    """Sends requests like `SyncTransport`, for asyncio."""

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
            raise TypeError(
                "AsyncSunoClient: http_client must be an httpx.AsyncClient or a transport, "
                f"not {type(injected).__name__}"
            )
        elif connection.proxy:
            self._open()  # reports an unusable proxy when the client is made, not at the first call

    def _open(self) -> httpx.AsyncHTTPTransport:
        self._own_pool = httpx.AsyncHTTPTransport(**_make_pool_options(self._connection))
        return self._own_pool

    def _handle_in_loop(self, request: httpx.Request) -> Awaitable[httpx.Response]:
        """Send over connections of the running loop: in another loop they fail, perhaps after the request was sent."""
        from asyncio import get_running_loop

        loop, pool = get_running_loop(), self._own_pool
        if loop is not self._loop or pool is None:
            if self._loop is not None and not self._loop.is_closed():
                raise ConfigurationError(OTHER_LOOP_MESSAGE)
            pool = self._open() if pool is None or self._loop is not None else pool
            self._loop = loop
        return pool.handle_async_request(request)

    async def send(self, prepared: PreparedRequest, timeout: Timeout) -> Response:
        """Send a request and read the whole response.

        Raises:
            SendError: No usable response was received.
        """
        try:
            response = await self._handle_request(_build_request(prepared, timeout))
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                headers = response.headers.raw
                body = _make_body_decoder(response, headers, self._connection.max_response)
                if response.is_stream_consumed:
                    body.feed(response.content)
                else:
                    async for chunk in stream:
                        body.feed(chunk)
            finally:
                if not response.is_closed:
                    response.is_closed = True
                    await stream.aclose()
            return Response(response.status_code, Headers(headers), body.finish())
        except _FAILURES as error:
            raise _make_send_error(error) from error

    async def aclose(self) -> None:
        """Close the client's connections for good; an injected client stays open."""
        from asyncio import get_running_loop

        if self._owns_pool:
            self._handle_request = _refuse_closed
        # Connections of another loop cannot be closed in this one; they are closed with their loop.
        if self._own_pool is not None and self._loop is get_running_loop():
            await self._own_pool.aclose()


def _refuse_closed(_: httpx.Request) -> Never:
    raise ConfigurationError("SunoClient: the client is closed; nothing was sent. Make a new one.")


_POOL_LOCK = Lock()


@lru_cache(maxsize=1)
def _load_shared_context() -> ssl.SSLContext:
    """Make the TLS context that all clients share: loading the certificates takes most of the time of making a client.

    Raises:
        ConfigurationError: The certificates cannot be loaded.
    """
    try:
        return httpx.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"SunoClient: the TLS certificates cannot be loaded: {error}. Check SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error


@lru_cache(maxsize=1)
def _make_plain_context() -> ssl.SSLContext:
    """Make an empty TLS context for pools of plain http, which would load the certificates too."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _parse_url(url: str) -> tuple[httpx.URL, tuple[bytes, bytes]]:
    """Parse a URL, and make its `Host` header.

    Raises:
        InvalidRequestError: httpx cannot parse the URL.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise InvalidRequestError(f"SunoClient: the URL of this call is not valid: {error}") from None
    return parsed, (b"Host", parsed.netloc)


_parse_url_cached = lru_cache(maxsize=256)(_parse_url)


def _make_pool_options(connection: ConnectionSettings) -> dict[str, Any]:
    context = connection.verify or (
        _load_shared_context()
        if connection.secure or (connection.proxy or "").startswith("https")
        else _make_plain_context()
    )
    return {"verify": context, "proxy": connection.proxy, "trust_env": False}


def _build_request(prepared: PreparedRequest, timeout: Timeout) -> httpx.Request:
    url, host = _parse_url_cached(prepared.url) if prepared.cache_url else _parse_url(prepared.url)
    content = prepared.content
    headers = [host, *prepared.headers, prepared.authorize()]
    if content is not None:
        headers.append((b"Content-Length", b"%d" % len(content)))
    # With a stream, httpx does not encode the body or add headers.
    return httpx.Request(
        prepared.method,
        url,
        headers=headers,
        stream=httpx.ByteStream(content or b""),
        extensions={"timeout": timeout.as_dict()},
    )


def _make_body_decoder(response: httpx.Response, headers: Sequence[tuple[bytes, bytes]], limit: int) -> BodyDecoder:
    """Make the decoder of a body. A body that an injected client has read already, in a hook say, is decompressed."""
    if response.is_stream_consumed:
        return BodyDecoder("", limit)
    # `response.headers.get` decodes every header, which takes longer than reading the body.
    encodings = [value for name, value in headers if name.lower() == b"content-encoding"]
    return BodyDecoder(b", ".join(encodings).decode("latin-1"), limit)


def _redact(text: str, key: Secret) -> str:
    return key.hide(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


def _make_send_error(error: Exception) -> SendError:
    """Make the error, without the request and the frames of httpcore, which contain the key."""
    error.__cause__ = error.__context__ = error.__traceback__ = None
    if isinstance(error, httpx.RequestError):
        error.request = httpx.Request("GET", "https://removed.invalid")
    return SendError(error, never_delivered=isinstance(error, NEVER_DELIVERED))
