"""The clients: `SunoClient`, and `AsyncSunoClient` for asyncio. Both have the same methods."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack, overload

from ._clock import AsyncClock, SyncClock
from ._config import (
    check_key_length,
    configure_logging,
    resolve_access_token,
    resolve_base_url,
    resolve_key,
    resolve_proxy,
)
from ._connections import ConnectionSettings
from ._engine import AsyncEngine, ClientSettings, SyncEngine, make_default_headers
from ._options import CallOptions, encode_headers, list_public_names
from ._retry import DEFAULT_RETRIES, RetryPolicy, parse_retries
from ._timeout import DEFAULT_TIMEOUT, Timeout, parse_grace, parse_timeout
from ._transport import AsyncTransport, SyncTransport
from .errors import ConfigurationError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from decimal import Decimal
    from os import PathLike
    from types import TracebackType

    from ._http_backends import HTTPBackend
    from ._http_library import AsyncInjectedClient, AsyncInjectedTransport, InjectedClient, InjectedTransport, httpx
    from ._journal import Journal
    from .resources.account import AccountResource, AsyncAccountResource
    from .resources.clips import AsyncClipsResource, ClipsResource
    from .resources.lyrics import AsyncLyricsResource, LyricsResource
    from .resources.music import AsyncMusicResource, MusicResource
    from .resources.personas import AsyncPersonasResource, PersonasResource
    from .resources.tasks import AsyncTasksResource, TasksResource
    from .resources.uploads import AsyncUploadsResource, UploadsResource

R = TypeVar("R")

BASE_URL = "https://api.cometapi.com"
"""The default base URL: the server in the description."""

MAX_RESPONSE_BYTES = 32 * 1024 * 1024
"""The default maximum size of a decompressed response."""


class ClientResource(cached_property[R]):
    """A resource of a client, made when it is first used.

    Read from the class, it is the resource's class: `create_autospec` finds the methods there.
    """

    @overload  # type: ignore[override]
    def __get__(self, instance: None, owner: type[Any] | None = None) -> type[R]: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> R: ...

    def __get__(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, instance: object, owner: type[Any] | None = None
    ) -> type[R] | R:
        if instance is not None:
            return super().__get__(instance, owner)
        module = import_module(f".resources.{self.attrname}", __package__)
        resource: type[R] = getattr(module, self.func.__annotations__["return"])
        return resource


class SunoClient:
    """A client for CometAPI's Suno endpoints.

    Use it as a context manager, or call `close()` at the end. Threads may share it.

    Args:
        api_key: The CometAPI key; by default the environment variable `COMETAPI_KEY`.
        access_token: The account's access token, for the calls that need it; by default the environment variable
            `COMETAPI_ACCESS_TOKEN`. It is sent with no other call, and never with the key.
        base_url: The base URL of all calls; by default the environment variable `COMETAPI_BASE_URL`, else `BASE_URL`. A
            trailing `/v1` of a URL that you give is removed: no Suno path is below it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        retries: How many times a call may be sent again, or a `RetryPolicy`. A call that may have been charged is never
            sent again.
        headers: Additional headers of every request. Headers that the client sets itself are refused.
        http_client: An `httpx.Client` or `httpx.BaseTransport` to send through, or one of httpx2. You close
            it, and its own settings apply instead of `proxy` and `verify`. `"pyreqwest"` sends through
            that library, with the settings of this client.
        task_grace: Seconds, from the first poll, in which the server may not know a new task yet; the default of
            every wait.
        keep_connections: Send calls that may be charged over used connections too. By default each gets a new one: on a
            used connection, late bytes of another call may be taken for its response. With this option, a refusal
            such as 429 that arrives on a used connection is an unknown outcome, and the call is not sent again.
        proxy: URL of a proxy; by default that of the environment, as `urllib` reads it. "" means no proxy.
        verify: A TLS context to use instead of the default one.
        allow_http: Allow plain http to other hosts than this machine.
        max_spend: US dollars that all calls of this client, or of the journal, may cost. A call that could exceed it is
            refused before it is sent, and so is one without a known price.
        max_paid_calls: How many calls that may be charged there may be, of this client or of the journal.
        journal: A file, or a `Journal`, in which each call that may be charged is written down before it is sent, and
            its outcome after it. Processes can share it, and its limits.
        duplicate_guard: Refuse an equal request for ten minutes (`True`), or for this number of seconds.
        prices: US dollars by call, such as `music.submit`, instead of those of the description; `*` for every call
            whose price is not known. A request that may cost more than its call is named itself:
            `{"FullTrackSeparation": 0.72}`.
        max_response_bytes: Maximum size of a decompressed response; reading stops at this size. Parsing may take three
            times as much memory. JSON that would need more is not parsed: the error holds the bytes.
        clock: Clock, sleep and random source, for tests.

    Raises:
        ConfigurationError: The key is missing, or an argument cannot be used.
        InvalidRequestError: A header cannot be sent, or the client sets it itself.
        TypeError: `http_client` is none of these.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        access_token: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        retries: int | RetryPolicy = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.Client
        | httpx.BaseTransport
        | InjectedClient
        | InjectedTransport
        | HTTPBackend
        | None = None,
        task_grace: float = 30.0,
        keep_connections: bool = False,
        proxy: str | None = None,
        verify: ssl.SSLContext | None = None,
        allow_http: bool = False,
        max_spend: float | Decimal | None = None,
        max_paid_calls: int | None = None,
        journal: str | PathLike[str] | Journal | None = None,
        duplicate_guard: bool | float = False,
        prices: Mapping[str, float | Decimal] | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        clock: SyncClock | None = None,
    ) -> None:
        key = resolve_key(api_key)
        del api_key
        if isinstance(key, str):
            raise ConfigurationError(key)
        token = resolve_access_token(access_token)
        del access_token
        if isinstance(token, str):
            raise ConfigurationError(token)
        if token is not None:
            key, token = key.with_other(token), token.with_other(key)
        configure_logging()
        url = resolve_base_url(base_url, BASE_URL, allow_http=allow_http, first_segment="suno")
        check_key_length(key, url)
        connection = ConnectionSettings(
            secure=url.startswith("https:"),
            verify=verify,
            proxy=resolve_proxy(proxy, url),
            max_response=max_response_bytes,
            keep=keep_connections,
        ).validate()
        transport = SyncTransport(connection, http_client)
        settings = ClientSettings(
            base_url=url,
            key=key,
            timeout=parse_timeout(timeout),
            retries=parse_retries(retries),
            extra_headers=encode_headers("SunoClient", headers or {}),
            default_headers=make_default_headers(transport.library.agent),
            access_token=token,
            task_grace=parse_grace(task_grace),
        )
        spending = None
        if max_spend is not None or max_paid_calls is not None or journal is not None or duplicate_guard:
            from ._spending import make_spending  # it needs SQLite

            spending = make_spending(max_spend, max_paid_calls, journal, duplicate_guard, prices)
        self._engine = SyncEngine(settings, transport, clock or SyncClock(), spending)

    @property
    def journal(self) -> Journal | None:
        """The journal of the calls that may be charged; `None` without a limit, a guard or a journal."""
        return self._engine.spending.journal if self._engine.spending else None

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a client with other defaults that shares the connections. Closing one of them closes both."""
        derived = object.__new__(type(self))
        derived._engine = self._engine.derive(options)
        return derived

    def request(self, method: str, path: str, *, json: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Call a path that is not in the description, on the same host, with the same headers, checks and errors.

        The call may be charged, so it is never sent again when its outcome is unknown.

        Args:
            method: HTTP method.
            path: Path and query below the base URL, percent-encoded, such as `/suno/act/midi/<clip id>`.
            json: The request body; `None` sends no body.

        Returns:
            The parsed JSON body.

        Raises:
            InvalidRequestError: The path is not below the base URL, or the body cannot be serialized as JSON.
            SunoError: The call fails, as any call may.
        """
        from ._request_encoding import build_undocumented_call

        return self._engine.run(build_undocumented_call(method, path, json), options)

    @ClientResource
    def personas(self) -> PersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import PersonasResource

        return PersonasResource(self._engine)

    @ClientResource
    def lyrics(self) -> LyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import LyricsResource

        return LyricsResource(self._engine)

    @ClientResource
    def music(self) -> MusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import MusicResource

        return MusicResource(self._engine)

    @ClientResource
    def uploads(self) -> UploadsResource:
        """Your own audio files."""
        from .resources.uploads import UploadsResource

        return UploadsResource(self._engine)

    @ClientResource
    def tasks(self) -> TasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import TasksResource

        return TasksResource(self._engine)

    @ClientResource
    def clips(self) -> ClipsResource:
        """The files of a clip, and what can be made of it: video, word timing, lossless audio."""
        from .resources.clips import ClipsResource

        return ClipsResource(self._engine)

    @ClientResource
    def account(self) -> AccountResource:
        """What the key and the account have spent, on what, and what is left."""
        from .resources.account import AccountResource

        return AccountResource(self._engine)

    def close(self) -> None:
        """Close the connections."""
        self._engine.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def __repr__(self) -> str:
        # A crash reporter may show a client whose `__init__` has failed.
        engine = vars(self).get("_engine")
        return (
            f"{type(self).__name__}(base_url={engine.settings.base_url!r})"
            if engine
            else f"<{type(self).__name__}, not initialized>"
        )


class AsyncSunoClient:
    """A client for CometAPI's Suno endpoints, for asyncio.

    Use it as an async context manager, or await `aclose()` at the end. Tasks of one event loop may share it.

    Args:
        api_key: The CometAPI key; by default the environment variable `COMETAPI_KEY`.
        access_token: The account's access token, for the calls that need it; by default the environment variable
            `COMETAPI_ACCESS_TOKEN`. It is sent with no other call, and never with the key.
        base_url: The base URL of all calls; by default the environment variable `COMETAPI_BASE_URL`, else `BASE_URL`. A
            trailing `/v1` of a URL that you give is removed: no Suno path is below it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        retries: How many times a call may be sent again, or a `RetryPolicy`. A call that may have been charged is never
            sent again.
        headers: Additional headers of every request. Headers that the client sets itself are refused.
        http_client: An `httpx.AsyncClient` or `httpx.AsyncBaseTransport` to send through, or one of httpx2. You close
            it, and its own settings apply instead of `proxy` and `verify`. `"aiohttp"` or `"pyreqwest"` sends through
            that library, with the settings of this client.
        task_grace: Seconds, from the first poll, in which the server may not know a new task yet; the default of
            every wait.
        keep_connections: Send calls that may be charged over used connections too. By default each gets a new one: on a
            used connection, late bytes of another call may be taken for its response. With this option, a refusal
            such as 429 that arrives on a used connection is an unknown outcome, and the call is not sent again.
        proxy: URL of a proxy; by default that of the environment, as `urllib` reads it. "" means no proxy.
        verify: A TLS context to use instead of the default one.
        allow_http: Allow plain http to other hosts than this machine.
        max_spend: US dollars that all calls of this client, or of the journal, may cost. A call that could exceed it is
            refused before it is sent, and so is one without a known price.
        max_paid_calls: How many calls that may be charged there may be, of this client or of the journal.
        journal: A file, or a `Journal`, in which each call that may be charged is written down before it is sent, and
            its outcome after it. Processes can share it, and its limits.
        duplicate_guard: Refuse an equal request for ten minutes (`True`), or for this number of seconds.
        prices: US dollars by call, such as `music.submit`, instead of those of the description; `*` for every call
            whose price is not known. A request that may cost more than its call is named itself:
            `{"FullTrackSeparation": 0.72}`.
        max_response_bytes: Maximum size of a decompressed response; reading stops at this size. Parsing may take three
            times as much memory. JSON that would need more is not parsed: the error holds the bytes.
        clock: Clock, sleep and random source, for tests.

    Raises:
        ConfigurationError: The key is missing, or an argument cannot be used.
        InvalidRequestError: A header cannot be sent, or the client sets it itself.
        TypeError: `http_client` is none of these.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        access_token: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        retries: int | RetryPolicy = DEFAULT_RETRIES,
        headers: Mapping[str, str] | None = None,
        http_client: httpx.AsyncClient
        | httpx.AsyncBaseTransport
        | AsyncInjectedClient
        | AsyncInjectedTransport
        | HTTPBackend
        | None = None,
        task_grace: float = 30.0,
        keep_connections: bool = False,
        proxy: str | None = None,
        verify: ssl.SSLContext | None = None,
        allow_http: bool = False,
        max_spend: float | Decimal | None = None,
        max_paid_calls: int | None = None,
        journal: str | PathLike[str] | Journal | None = None,
        duplicate_guard: bool | float = False,
        prices: Mapping[str, float | Decimal] | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        clock: AsyncClock | None = None,
    ) -> None:
        key = resolve_key(api_key)
        del api_key
        if isinstance(key, str):
            raise ConfigurationError(key)
        token = resolve_access_token(access_token)
        del access_token
        if isinstance(token, str):
            raise ConfigurationError(token)
        if token is not None:
            key, token = key.with_other(token), token.with_other(key)
        configure_logging()
        url = resolve_base_url(base_url, BASE_URL, allow_http=allow_http, first_segment="suno")
        check_key_length(key, url)
        connection = ConnectionSettings(
            secure=url.startswith("https:"),
            verify=verify,
            proxy=resolve_proxy(proxy, url),
            max_response=max_response_bytes,
            keep=keep_connections,
        ).validate()
        transport = AsyncTransport(connection, http_client)
        settings = ClientSettings(
            base_url=url,
            key=key,
            timeout=parse_timeout(timeout),
            retries=parse_retries(retries),
            extra_headers=encode_headers("AsyncSunoClient", headers or {}),
            default_headers=make_default_headers(transport.library.agent),
            access_token=token,
            task_grace=parse_grace(task_grace),
        )
        spending = None
        if max_spend is not None or max_paid_calls is not None or journal is not None or duplicate_guard:
            from ._spending import make_spending  # it needs SQLite

            spending = make_spending(max_spend, max_paid_calls, journal, duplicate_guard, prices)
        self._engine = AsyncEngine(settings, transport, clock or AsyncClock(), spending)

    @property
    def journal(self) -> Journal | None:
        """The journal of the calls that may be charged; `None` without a limit, a guard or a journal."""
        return self._engine.spending.journal if self._engine.spending else None

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a client with other defaults that shares the connections. Closing one of them closes both."""
        derived = object.__new__(type(self))
        derived._engine = self._engine.derive(options)
        return derived

    async def request(self, method: str, path: str, *, json: Any = None, **options: Unpack[CallOptions]) -> Any:
        """Call a path that is not in the description, on the same host, with the same headers, checks and errors.

        The call may be charged, so it is never sent again when its outcome is unknown.

        Args:
            method: HTTP method.
            path: Path and query below the base URL, percent-encoded, such as `/suno/act/midi/<clip id>`.
            json: The request body; `None` sends no body.

        Returns:
            The parsed JSON body.

        Raises:
            InvalidRequestError: The path is not below the base URL, or the body cannot be serialized as JSON.
            SunoError: The call fails, as any call may.
        """
        from ._request_encoding import build_undocumented_call

        return await self._engine.run(build_undocumented_call(method, path, json), options)

    @ClientResource
    def personas(self) -> AsyncPersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import AsyncPersonasResource

        return AsyncPersonasResource(self._engine)

    @ClientResource
    def lyrics(self) -> AsyncLyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import AsyncLyricsResource

        return AsyncLyricsResource(self._engine)

    @ClientResource
    def music(self) -> AsyncMusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import AsyncMusicResource

        return AsyncMusicResource(self._engine)

    @ClientResource
    def uploads(self) -> AsyncUploadsResource:
        """Your own audio files."""
        from .resources.uploads import AsyncUploadsResource

        return AsyncUploadsResource(self._engine)

    @ClientResource
    def tasks(self) -> AsyncTasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import AsyncTasksResource

        return AsyncTasksResource(self._engine)

    @ClientResource
    def clips(self) -> AsyncClipsResource:
        """The files of a clip, and what can be made of it: video, word timing, lossless audio."""
        from .resources.clips import AsyncClipsResource

        return AsyncClipsResource(self._engine)

    @ClientResource
    def account(self) -> AsyncAccountResource:
        """What the key and the account have spent, on what, and what is left."""
        from .resources.account import AsyncAccountResource

        return AsyncAccountResource(self._engine)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._engine.transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def __repr__(self) -> str:
        # A crash reporter may show a client whose `__init__` has failed.
        engine = vars(self).get("_engine")
        return (
            f"{type(self).__name__}(base_url={engine.settings.base_url!r})"
            if engine
            else f"<{type(self).__name__}, not initialized>"
        )
