"""The two clients. Same surface, one blocking, one for asyncio."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, Unpack

from ._clock import AsyncClock, SyncClock
from ._config import resolve_base_url, resolve_key, resolve_proxy
from ._engine import AsyncEngine, ClientSettings, SyncEngine
from ._logging import configure_logging
from ._options import CallOptions, encode_headers
from ._retry import DEFAULT_RETRIES, RetryPolicy, parse_retries
from ._timeout import DEFAULT_TIMEOUT, Timeout, parse_timeout
from ._transport import AsyncTransport, ConnectionSettings, SyncTransport
from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

    from ._transport import httpx
    from .resources.clips import AsyncClipsResource, ClipsResource
    from .resources.lyrics import AsyncLyricsResource, LyricsResource
    from .resources.music import AsyncMusicResource, MusicResource
    from .resources.personas import AsyncPersonasResource, PersonasResource
    from .resources.tasks import AsyncTasksResource, TasksResource
    from .resources.uploads import AsyncUploadsResource, UploadsResource

BASE_URL = "https://api.cometapi.com"
"""The description's server."""

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""What a decompressed answer may have, by default."""


class SunoClient:
    """A client of CometAPI's Suno endpoints.

    Use it as a context manager, or call `close()` when done. It may be shared between threads.

    Args:
        api_key: The CometAPI key; by default the environment's `COMETAPI_KEY`.
        base_url: Where calls go; by default the environment's `COMETAPI_BASE_URL`, else `BASE_URL`. A `/v1` at its end
            is dropped: no Suno path lives under it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        retries: How often a call may be sent again, or a `RetryPolicy`. A call that may have been charged never is.
        headers: Further headers of every request. Those that the client itself sets are refused.
        http_client: An `httpx.Client` or `httpx.BaseTransport` to send through. It stays yours to close, and
            `proxy` and `verify` are its own matter.
        proxy: URL of a proxy; by default the environment's, as `urllib` reads it. "" uses none.
        verify: A TLS context in place of the default one.
        allow_http: Allow plain http to a host other than this machine.
        max_response_bytes: What a decompressed answer may have; a larger one is not read on.
        clock: Clocks, sleep and chance, for tests.

    Raises:
        ConfigurationError: No key, or one of the arguments cannot be used.
        InvalidRequestError: One of the headers cannot be sent, or is the client's own.
        TypeError: What is given as `http_client` is none.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        retries: int | RetryPolicy = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client | httpx.BaseTransport | None = None,
        proxy: str | None = None,
        verify: ssl.SSLContext | None = None,
        allow_http: bool = False,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        clock: SyncClock | None = None,
    ) -> None:
        key = resolve_key(api_key)
        del api_key
        if isinstance(key, str):
            raise ConfigurationError(key)
        configure_logging()
        url = resolve_base_url(base_url, BASE_URL, allow_http=allow_http)
        settings = ClientSettings(
            base_url=url,
            key=key,
            timeout=parse_timeout(timeout),
            retries=parse_retries(retries),
            extra_headers=encode_headers("SunoClient", headers or {}),
        )
        connection = ConnectionSettings(
            secure=url.startswith("https:"),
            verify=verify,
            proxy=resolve_proxy(proxy, url),
            max_response=max_response_bytes,
        ).validate()
        self._engine = SyncEngine(settings, SyncTransport(connection, http_client), clock or SyncClock())

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A client with other defaults over the same connections; this one stays as it is. Closing one closes both."""
        derived = object.__new__(type(self))
        derived._engine = self._engine.derive(options)
        return derived

    def request(self, method: str, path: str, *, json: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Call a path that the description does not have, on the same host and with the same safety.

        It is treated as a call that may be charged: never repeated when its outcome is unclear.

        Args:
            method: HTTP method.
            path: Path and query below the base URL, percent-encoded, such as `/suno/act/midi/<clip id>`.
            json: The request body; `None` sends none.

        Returns:
            The parsed JSON body as it came.

        Raises:
            InvalidRequestError: The path leads to another host, or the body is no JSON.
            SunoError: As any call.
        """
        from ._request_encoding import build_undocumented_call

        return self._engine.run(build_undocumented_call(method, path, json), options)

    @cached_property
    def personas(self) -> PersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import PersonasResource

        return PersonasResource(self._engine)

    @cached_property
    def lyrics(self) -> LyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import LyricsResource

        return LyricsResource(self._engine)

    @cached_property
    def music(self) -> MusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import MusicResource

        return MusicResource(self._engine)

    @cached_property
    def uploads(self) -> UploadsResource:
        """Audio of one's own."""
        from .resources.uploads import UploadsResource

        return UploadsResource(self._engine)

    @cached_property
    def tasks(self) -> TasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import TasksResource

        return TasksResource(self._engine)

    @cached_property
    def clips(self) -> ClipsResource:
        """What can be had from a clip: video, word timing, lossless audio."""
        from .resources.clips import ClipsResource

        return ClipsResource(self._engine)

    def close(self) -> None:
        """Close the connections."""
        self._engine.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        # A crash reporter may show a client whose making failed.
        engine = vars(self).get("_engine")
        return (
            f"{type(self).__name__}(base_url={engine.settings.base_url!r})"
            if engine
            else f"<{type(self).__name__}, not made>"
        )


class AsyncSunoClient:
    """A client of CometAPI's Suno endpoints, for asyncio.

    Use it as an async context manager, or await `aclose()` when done. It may be shared between tasks of one event loop.

    Args:
        api_key: The CometAPI key; by default the environment's `COMETAPI_KEY`.
        base_url: Where calls go; by default the environment's `COMETAPI_BASE_URL`, else `BASE_URL`. A `/v1` at its end
            is dropped: no Suno path lives under it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        retries: How often a call may be sent again, or a `RetryPolicy`. A call that may have been charged never is.
        headers: Further headers of every request. Those that the client itself sets are refused.
        http_client: An `httpx.AsyncClient` or `httpx.AsyncBaseTransport` to send through. It stays yours to close, and
            `proxy` and `verify` are its own matter.
        proxy: URL of a proxy; by default the environment's, as `urllib` reads it. "" uses none.
        verify: A TLS context in place of the default one.
        allow_http: Allow plain http to a host other than this machine.
        max_response_bytes: What a decompressed answer may have; a larger one is not read on.
        clock: Clocks, sleep and chance, for tests.

    Raises:
        ConfigurationError: No key, or one of the arguments cannot be used.
        InvalidRequestError: One of the headers cannot be sent, or is the client's own.
        TypeError: What is given as `http_client` is none.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        retries: int | RetryPolicy = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient | httpx.AsyncBaseTransport | None = None,
        proxy: str | None = None,
        verify: ssl.SSLContext | None = None,
        allow_http: bool = False,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        clock: AsyncClock | None = None,
    ) -> None:
        key = resolve_key(api_key)
        del api_key
        if isinstance(key, str):
            raise ConfigurationError(key)
        configure_logging()
        url = resolve_base_url(base_url, BASE_URL, allow_http=allow_http)
        settings = ClientSettings(
            base_url=url,
            key=key,
            timeout=parse_timeout(timeout),
            retries=parse_retries(retries),
            extra_headers=encode_headers("AsyncSunoClient", headers or {}),
        )
        connection = ConnectionSettings(
            secure=url.startswith("https:"),
            verify=verify,
            proxy=resolve_proxy(proxy, url),
            max_response=max_response_bytes,
        ).validate()
        self._engine = AsyncEngine(settings, AsyncTransport(connection, http_client), clock or AsyncClock())

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """A client with other defaults over the same connections; this one stays as it is. Closing one closes both."""
        derived = object.__new__(type(self))
        derived._engine = self._engine.derive(options)
        return derived

    async def request(self, method: str, path: str, *, json: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Call a path that the description does not have, on the same host and with the same safety.

        It is treated as a call that may be charged: never repeated when its outcome is unclear.

        Args:
            method: HTTP method.
            path: Path and query below the base URL, percent-encoded, such as `/suno/act/midi/<clip id>`.
            json: The request body; `None` sends none.

        Returns:
            The parsed JSON body as it came.

        Raises:
            InvalidRequestError: The path leads to another host, or the body is no JSON.
            SunoError: As any call.
        """
        from ._request_encoding import build_undocumented_call

        return await self._engine.run(build_undocumented_call(method, path, json), options)

    @cached_property
    def personas(self) -> AsyncPersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import AsyncPersonasResource

        return AsyncPersonasResource(self._engine)

    @cached_property
    def lyrics(self) -> AsyncLyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import AsyncLyricsResource

        return AsyncLyricsResource(self._engine)

    @cached_property
    def music(self) -> AsyncMusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import AsyncMusicResource

        return AsyncMusicResource(self._engine)

    @cached_property
    def uploads(self) -> AsyncUploadsResource:
        """Audio of one's own."""
        from .resources.uploads import AsyncUploadsResource

        return AsyncUploadsResource(self._engine)

    @cached_property
    def tasks(self) -> AsyncTasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import AsyncTasksResource

        return AsyncTasksResource(self._engine)

    @cached_property
    def clips(self) -> AsyncClipsResource:
        """What can be had from a clip: video, word timing, lossless audio."""
        from .resources.clips import AsyncClipsResource

        return AsyncClipsResource(self._engine)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        # A crash reporter may show a client whose making failed.
        engine = vars(self).get("_engine")
        return (
            f"{type(self).__name__}(base_url={engine.settings.base_url!r})"
            if engine
            else f"<{type(self).__name__}, not made>"
        )
