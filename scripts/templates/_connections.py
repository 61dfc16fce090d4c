"""Connections: how pools of httpx or httpx2 are made, and what can be asked of a connection after a response."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from ._network_stream import HEAD_LIMIT, AsyncNetwork, AsyncNetworkStream, SyncNetwork, SyncNetworkStream
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._http_library import HTTPLibrary

END_TIMEOUT = 0.5
"""Seconds to wait for the end of a connection after an error response, on which the server was asked to close it."""


class ConnectionSettings(NamedTuple):
    """How to make connections.

    Attributes:
        secure: Whether the base URL is https.
        verify: The TLS context; `None` for the default one.
        proxy: URL of the proxy; `None` without one.
        max_response: Maximum size of a decompressed body in bytes.
        keep: Send calls that may be charged over used connections too.
    """

    secure: bool
    verify: ssl.SSLContext | None
    proxy: str | None
    max_response: int
    keep: bool = False

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


def make_pool_options(library: HTTPLibrary, connection: ConnectionSettings, *, new: bool) -> dict[str, Any]:
    """Return the arguments of `HTTPTransport` and `AsyncHTTPTransport`.

    Args:
        library: httpx or httpx2.
        connection: The settings.
        new: Whether each request gets a new connection.
    """
    context = load_context(library, connection)
    options: dict[str, Any] = {"verify": context, "proxy": connection.proxy, "trust_env": False}
    if new:
        options["limits"] = library.limits(max_connections=100, max_keepalive_connections=0)
    return options


def load_context(library: HTTPLibrary, connection: ConnectionSettings) -> ssl.SSLContext:
    """Return the TLS context of the settings, else one that clients share.

    Raises:
        ConfigurationError: The certificates cannot be loaded.
    """
    return connection.verify or (
        _load_shared_context(library)
        if connection.secure or (connection.proxy or "").startswith("https")
        else _make_plain_context()
    )


@lru_cache(maxsize=2)
def _load_shared_context(library: HTTPLibrary) -> ssl.SSLContext:
    """Make the TLS context that all clients share: loading the certificates takes most of the time of making a client.

    Raises:
        ConfigurationError: The certificates cannot be loaded.
    """
    try:
        return library.create_ssl_context()
    except OSError as error:
        raise ConfigurationError(
            f"SunoClient: the TLS certificates cannot be loaded: {error}. Check SSL_CERT_FILE and SSL_CERT_DIR."
        ) from error


@lru_cache(maxsize=1)
def _make_plain_context() -> ssl.SSLContext:
    """Make an empty TLS context for pools of plain http, which would load the certificates too."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def prepare_pool(transport: Any) -> None:
    """Let a sync `HTTPTransport` keep deadlines and what arrives. It has no argument for the network of its pool."""
    pool = transport._pool
    pool._network_backend = SyncNetwork(pool._network_backend)
    # httpcore's own lock stays locked when an interrupt arrives within its `__enter__`, which is written in Python.
    pool._optional_thread_lock = Lock()


def prepare_async_pool(transport: Any) -> None:
    """Let an `AsyncHTTPTransport` keep what arrives."""
    transport._pool._network_backend = AsyncNetwork(transport._pool._network_backend)


def accept_long_headers(transport: Any) -> None:
    """Let the connections of a pool read headers of more than 100 KB, the limit that httpcore gives to h11."""
    for each in transport._pool.connections:
        connection = each
        while connection is not None and not hasattr(connection, "_h11_state"):
            connection = getattr(connection, "_connection", None)
        if connection is not None:
            connection._h11_state._max_incomplete_event_size = HEAD_LIMIT


def find_http11(response: Any) -> Any:
    """Return httpcore's HTTP/1.1 connection of a response, through the streams around it; None if it has none."""
    stream = response.stream
    for _ in range(6):
        connection = getattr(stream, "_connection", None)
        if connection is not None:
            return connection if hasattr(connection, "_h11_state") else None
        stream = getattr(stream, "_httpcore_stream", None) or getattr(stream, "_stream", None)
    return None


def find_refused_bytes(response: Any) -> bytes:
    """Return the bytes after which h11 has refused the body of a response; b"" if it has not."""
    connection = find_http11(response)
    if connection is None or getattr(connection._h11_state.their_state, "__name__", "") != "ERROR":
        return b""
    return bytes(connection._h11_state.trailing_data[0])


def has_unread_bytes(connection: Any) -> bool:
    """Check whether bytes that belong to no request have arrived after a whole response, or may have.

    httpcore looks only at the socket, before it uses the connection again. Bytes that it, anyio or the TLS layer has
    read already would become the response to the next request.
    """
    try:
        return bool(connection._h11_state.trailing_data[0]) or _has_buffered_bytes(connection._network_stream)
    except AttributeError:
        return True


def retire(connection: Any) -> None:
    """Let httpcore close a connection at the end of its response, and use it for nothing else."""
    connection._h11_state.send_failed()


def _has_buffered_bytes(stream: Any) -> bool:
    """Check whether a stream has read more than it has returned.

    Raises:
        AttributeError: The stream is of an unknown kind.
    """
    if isinstance(stream, SyncNetworkStream | AsyncNetworkStream):
        stream = stream.wrapped
    if not hasattr(stream, "aclose"):
        # A socket has no buffer, except for TLS within the TLS of a proxy.
        return hasattr(stream, "_incoming") and bool(stream._incoming.pending or stream.ssl_obj.pending())
    inner = stream._stream
    while hasattr(inner, "transport_stream"):  # TLS: the rest of what it has received, encrypted or not
        if inner._read_bio.pending or inner._ssl_object.pending():
            return True
        inner = inner.transport_stream
    return bool(inner._protocol.read_queue)


_LEFT_BEHIND: list[object] = []


def leave_behind(pools: Iterable[object]) -> None:
    """Keep pools of the process before a fork, unused.

    Closing them could wait for a lock that the other process held; collecting them would warn about open connections.
    """
    _LEFT_BEHIND.extend(pools)
