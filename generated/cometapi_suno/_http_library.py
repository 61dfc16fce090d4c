"""The HTTP library: httpx, or httpx2 when a client or transport of it is injected, and the requests made with it.

Neither library is imported before a client is made.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from .errors import InvalidRequestError

if TYPE_CHECKING:
    import httpx as httpx  # noqa: PLC0414 (other modules import it from here for annotations)


class InjectedClient(Protocol):
    """A client of httpx2, as `SunoClient` uses it."""

    def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any:
        """Send a request."""

    def close(self) -> None:
        """Close the client."""


class InjectedTransport(Protocol):
    """A transport of httpx2, as `SunoClient` uses it."""

    def handle_request(self, request: Any) -> Any:
        """Send a request."""

    def close(self) -> None:
        """Close the transport."""


class AsyncInjectedClient(Protocol):
    """An async client of httpx2, as `AsyncSunoClient` uses it."""

    async def send(self, request: Any, *, stream: bool = ..., auth: Any = ..., follow_redirects: Any = ...) -> Any:
        """Send a request."""

    async def aclose(self) -> None:
        """Close the client."""


class AsyncInjectedTransport(Protocol):
    """An async transport of httpx2, as `AsyncSunoClient` uses it."""

    async def handle_async_request(self, request: Any) -> Any:
        """Send a request."""

    async def aclose(self) -> None:
        """Close the transport."""


class PreparedRequest(NamedTuple):
    """One HTTP request as plain data.

    Attributes:
        method: HTTP method.
        url: The whole URL.
        headers: All headers except `Host`, `Content-Length`, `Connection` and `Authorization`.
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


class HTTPLibrary(NamedTuple):
    """What the client uses of httpx, or of httpx2, by the names that it has there."""

    agent: str
    Client: type[httpx.Client]
    AsyncClient: type[httpx.AsyncClient]
    BaseTransport: type[httpx.BaseTransport]
    AsyncBaseTransport: type[httpx.AsyncBaseTransport]
    HTTPTransport: type[httpx.HTTPTransport]
    AsyncHTTPTransport: type[httpx.AsyncHTTPTransport]
    Request: type[httpx.Request]
    ByteStream: type[httpx.ByteStream]
    URL: type[httpx.URL]
    Limits: type[httpx.Limits]
    Proxy: type[httpx.Proxy]
    InvalidURL: type[httpx.InvalidURL]
    RequestError: type[httpx.RequestError]
    create_ssl_context: Callable[[], ssl.SSLContext]


def _load_library(module: Any) -> HTTPLibrary:
    agent = f"{module.__name__} {module.__version__}"
    return HTTPLibrary(agent, *(getattr(module, name) for name in HTTPLibrary._fields[1:]))


def find_library(injected: object) -> HTTPLibrary:
    """Return httpx2 if a client or transport of it is injected, else httpx."""
    httpx2 = sys.modules.get("httpx2")
    if httpx2 is not None:
        library = _load_library(httpx2)
        if isinstance(
            injected, (library.Client, library.AsyncClient, library.BaseTransport, library.AsyncBaseTransport)
        ):
            return library
    import httpx

    return _load_library(httpx)


@lru_cache(maxsize=256)
def parse_url(library: HTTPLibrary, url: str) -> tuple[httpx.URL, tuple[bytes, bytes]]:
    """Parse a URL, and make its `Host` header.

    Raises:
        InvalidRequestError: httpx cannot parse the URL.
    """
    try:
        parsed = library.URL(url)
    except library.InvalidURL as error:
        raise InvalidRequestError(f"SunoClient: the URL of this call is not valid: {error}") from None
    return parsed, (b"Host", parsed.netloc)


def list_headers(prepared: PreparedRequest, host: tuple[bytes, bytes], *, close: bool) -> list[tuple[bytes, bytes]]:
    """Return all headers of a request; with `close`, they ask the server to close the connection."""
    content = prepared.content
    headers = [host, *prepared.headers, prepared.authorize()]
    if content is not None:
        headers.append((b"Content-Length", b"%d" % len(content)))
    if close:
        headers.append((b"Connection", b"close"))
    return headers


def build_request(
    library: HTTPLibrary,
    prepared: PreparedRequest,
    timeouts: Mapping[str, float],
    trace: Callable[..., Any],
    *,
    close: bool,
) -> httpx.Request:
    """Build the request of httpx."""
    parse = parse_url if prepared.cache_url else parse_url.__wrapped__
    url, host = parse(library, prepared.url)
    # With a stream, httpx does not encode the body or add headers.
    request = library.Request(
        prepared.method,
        url,
        headers=list_headers(prepared, host, close=close),
        stream=library.ByteStream(prepared.content or b""),
        extensions={"timeout": timeouts, "trace": trace},
    )
    request.read()  # so that hooks and transports can use `request.content`
    return request
