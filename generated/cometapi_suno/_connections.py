"""Connections: how pools of httpx or httpx2 are made, prepared and, after a fork, left."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from ._network_stream import HEAD_LIMIT, AsyncNetwork, SyncNetwork
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._http_library import HTTPLibrary


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
    """Return the arguments of `HTTPTransport` and `AsyncHTTPTransport`; with `new`, each request gets a connection."""
    context = load_context(library, connection)
    options: dict[str, Any] = {"verify": context, "proxy": connection.proxy, "trust_env": False}
    if new:
        options["limits"] = library.Limits(max_connections=100, max_keepalive_connections=0)
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
    """Make the TLS context that all clients share: loading certificates takes most of the time of making a client."""
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


def is_in_use(transport: Any) -> bool:
    """Check whether requests go through the pool of a transport, or may go."""
    return not hasattr(transport, "_pool") or bool(transport._pool._requests)


async def release_cancelled(transport: Any, extensions: object) -> None:
    """Close what a cancelled request, the one with these extensions, has left in the pool of an `AsyncHTTPTransport`.

    httpcore awaits while it makes and closes a connection: a cancellation that arrives there leaves both in the pool
    for good, which sends nothing more after a hundred of them.
    """
    pool = transport._pool
    pool._requests = [each for each in pool._requests if each.request.extensions is not extensions]
    used = [each.connection for each in pool._requests]
    unused = [each for each in pool._connections if not each.is_idle() and each not in used]
    pool._connections = [each for each in pool._connections if each not in unused]
    await pool._close_connections(unused + pool._assign_requests_to_connections())


def accept_long_headers(transport: Any) -> None:
    """Let the connections of a pool read headers of more than 100 KB, the limit that httpcore gives to h11."""
    for each in transport._pool.connections:
        connection = each
        while connection is not None and not hasattr(connection, "_h11_state"):
            connection = getattr(connection, "_connection", None)
        if connection is not None:
            connection._h11_state._max_incomplete_event_size = HEAD_LIMIT


_LEFT_BEHIND: list[object] = []


def leave_behind(pools: Iterable[object]) -> None:
    """Keep pools of the process before a fork, unused.

    Closing them could wait for a lock that the other process held; collecting them would warn about open connections.
    """
    _LEFT_BEHIND.extend(pools)
