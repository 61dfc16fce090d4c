"""Direct pool: a request goes to the pool of httpcore within a transport of httpx, without httpx's objects around it.

They take a fourteenth of the CPU time of a call over a wire. A transport that a tool has patched is used as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NamedTuple

from ._http_library import HTTPLibrary, PreparedRequest, list_headers, parse_url

if TYPE_CHECKING:
    import httpcore

_TRANSPORTS = "httpx._transports.default"


class RawHeaders(NamedTuple):
    """The headers of a response, as they were received."""

    raw: list[tuple[bytes, bytes]]


class PoolResponse:
    """A response of httpcore's pool, with what the client uses of a response of httpx."""

    __slots__ = ("extensions", "headers", "is_closed", "status_code", "stream")
    is_stream_consumed = False

    def __init__(self, response: httpcore.Response) -> None:
        self.status_code: int = response.status
        self.headers = RawHeaders(response.headers)
        self.stream: Any = response.stream
        self.extensions: Any = response.extensions  # pyright: ignore[reportUnknownMemberType]
        self.is_closed: bool = False


def find_direct_pool(handle: Any) -> Any:
    """Return the pool behind a transport's method that sends a request; `None` if that is not httpx's own."""
    # Whatever replaces the method is defined elsewhere, or is of another type that hands its attributes on.
    function: Any = getattr(handle, "__func__", None)
    is_own = type(handle) is MethodType and type(function) is FunctionType
    owner: Any = getattr(handle, "__self__", None)
    return owner._pool if is_own and function.__globals__["__name__"] == _TRANSPORTS else None


def build_pool_request(
    library: HTTPLibrary,
    prepared: PreparedRequest,
    timeouts: Mapping[str, float],
    trace: Callable[..., Any],
    *,
    close: bool,
) -> httpcore.Request:
    """Build the request of httpcore, as httpx would."""
    parse = _parse_pool_url if prepared.cache_url else _parse_pool_url.__wrapped__
    url, host, make_request = parse(library, prepared.url)
    return make_request(
        prepared.method,
        url,
        headers=list_headers(prepared, host, close=close),
        content=prepared.content,
        extensions={"timeout": timeouts, "trace": trace},
    )


@lru_cache(maxsize=256)
def _parse_pool_url(library: HTTPLibrary, url: str) -> tuple[httpcore.URL, tuple[bytes, bytes], type[httpcore.Request]]:
    import httpcore

    parsed, host = parse_url(library, url)
    split = httpcore.URL(scheme=parsed.raw_scheme, host=parsed.raw_host, port=parsed.port, target=parsed.raw_path)
    return split, host, httpcore.Request


def send_directly(pool: Any, request: httpcore.Request) -> Any:
    """Send a request, and return a `PoolResponse`."""
    return PoolResponse(pool.handle_request(request))


async def send_directly_async(pool: Any, request: httpcore.Request) -> Any:
    """Send a request, and return a `PoolResponse`."""
    return PoolResponse(await pool.handle_async_request(request))


def convert_pool_error(library: HTTPLibrary, error: Exception) -> Exception:
    """Return the exception of httpx for one of httpcore's, as httpx does: it has the same name."""
    kind = type(error)
    if kind.__module__.partition(".")[0] != "httpcore":
        return error
    module = sys.modules[library.RequestError.__module__]
    converted: Exception = getattr(module, kind.__name__, library.RequestError)(str(error))
    converted.__cause__ = error
    return converted
