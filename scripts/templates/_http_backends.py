"""Other HTTP libraries under httpx's interface: transports of httpx-aiohttp and pyreqwest, made with our options."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, get_args

from ._connections import load_context
from .errors import ConfigurationError

if TYPE_CHECKING:
    from ._connections import ConnectionSettings
    from ._http_library import HTTPLibrary

HTTPBackend = Literal["aiohttp", "pyreqwest"]
"""Names of the libraries that can be used instead of httpcore."""
BACKENDS = get_args(HTTPBackend)

_MAX_CONNECTIONS = 100


def make_backend_transport(
    name: str, library: HTTPLibrary, connection: ConnectionSettings, *, new: bool, is_async: bool
) -> Any:
    """Make a transport that keeps no cookies and follows no redirects; with `new`, each request gets a new connection.

    Raises:
        ConfigurationError: The library is not installed, or cannot be used with these settings.
    """
    try:
        if name == "pyreqwest":
            return _make_pyreqwest_transport(connection, new=new, is_async=is_async)
        if is_async:
            return _make_aiohttp_transport(library, connection, new=new)
    except ImportError:
        raise ConfigurationError(
            f"SunoClient: http_client={name!r} needs another package: pip install 'cometapi-suno[transports]'."
        ) from None
    except RuntimeError as error:  # pyreqwest after a fork
        raise ConfigurationError(f"SunoClient: http_client={name!r}: {error} Nothing was sent.") from None
    raise ConfigurationError("SunoClient: http_client='aiohttp' is for AsyncSunoClient alone. Use 'pyreqwest'.")


def _make_pyreqwest_transport(connection: ConnectionSettings, *, new: bool, is_async: bool) -> Any:
    if connection.verify is not None:
        raise ConfigurationError(
            "SunoClient: verify cannot be used with pyreqwest, which checks certificates without Python's ssl module."
        )
    client_module: Any = import_module("pyreqwest.client")
    transports: Any = import_module("pyreqwest.compatibility.httpx")
    proxies: Any = import_module("pyreqwest.proxy")
    builder = client_module.ClientBuilder() if is_async else client_module.SyncClientBuilder()
    builder = builder.follow_redirects(False).referer(False).max_connections(_MAX_CONNECTIONS)
    # The client decompresses bodies itself, up to a limit.
    builder = builder.gzip(False).brotli(False).zstd(False).deflate(False)
    if new:
        builder = builder.pool_max_idle_per_host(0)
    builder = builder.proxy(proxies.ProxyBuilder.all(connection.proxy)) if connection.proxy else builder.no_proxy()
    client = builder.build()
    transport = transports.HttpxTransport(client) if is_async else transports.SyncHttpxTransport(client)
    # By default it collects a body first, and drops what arrived when the body breaks off.
    map_body = transport._map_body

    def map_unbuffered_body(builder: Any, request: Any) -> Any:
        return map_body(builder.streamed_read_buffer_limit(0), request)

    transport._map_body = map_unbuffered_body
    if is_async:
        handle_async = transport.handle_async_request

        async def handle_async_request(request: Any) -> Any:
            return _stream_chunks(await handle_async(request))

        transport.handle_async_request = handle_async_request
    else:
        handle = transport.handle_request

        def handle_request(request: Any) -> Any:
            return _stream_chunks(handle(request))

        transport.handle_request = handle_request
    return transport


class _ChunkStream:
    """The body of a response of pyreqwest, as it arrives."""

    def __init__(self, response: Any) -> None:
        self._read = response.extensions["pyreqwest_response"].body_reader.read_chunk
        self._whole = response.stream

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self._read()) is not None:
            yield bytes(chunk)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await self._read()) is not None:
            yield bytes(chunk)

    def close(self) -> None:
        """Close the response."""
        self._whole.close()

    async def aclose(self) -> None:
        """Close the response."""
        await self._whole.aclose()


def _stream_chunks(response: Any) -> Any:
    response.stream = _ChunkStream(response)
    return response


def _make_aiohttp_transport(library: HTTPLibrary, connection: ConnectionSettings, *, new: bool) -> Any:
    if (connection.proxy or "").startswith("socks"):
        raise ConfigurationError("SunoClient: aiohttp cannot use a SOCKS proxy. Leave http_client out.")
    aiohttp: Any = import_module("aiohttp")
    httpx_aiohttp: Any = import_module("httpx_aiohttp")
    context = load_context(library, connection)

    def make_session() -> Any:
        connector = aiohttp.TCPConnector(ssl=context, limit=_MAX_CONNECTIONS, force_close=new)
        session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        # It would send a GET again when the server closes the connection, and a GET may be charged.
        session._retry_connection = False
        return session

    proxy = library.Proxy(connection.proxy) if connection.proxy else None
    return httpx_aiohttp.AiohttpTransport(verify=context, proxy=proxy, trust_env=False, client=make_session)
