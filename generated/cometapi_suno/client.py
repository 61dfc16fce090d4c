"""The two clients. Same surface, one blocking, one for asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ._config import resolve_base_url, resolve_key
from ._engine import AsyncEngine, Settings, SyncEngine, as_timeout
from ._transport import DEFAULT_TIMEOUT, AsyncTransport, SyncTransport, Timeout

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from .resources.clips import AsyncClipsResource, ClipsResource
    from .resources.lyrics import AsyncLyricsResource, LyricsResource
    from .resources.music import AsyncMusicResource, MusicResource
    from .resources.personas import AsyncPersonasResource, PersonasResource
    from .resources.tasks import AsyncTasksResource, TasksResource
    from .resources.uploads import AsyncUploadsResource, UploadsResource

BASE_URL = "https://api.cometapi.com"
"""The description's server."""


class SunoClient:
    """A client of CometAPI's Suno endpoints.

    Use it as a context manager, or call `close()` when done. It may be shared between threads.

    Args:
        api_key: The CometAPI key; by default the environment's `COMETAPI_KEY`.
        base_url: Where calls go; by default the environment's `COMETAPI_BASE_URL`, else `BASE_URL`. A `/v1` at its end
            is dropped: no Suno path lives under it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        http_client: An `httpx.Client` or `httpx.BaseTransport` to send through. It stays yours to close.
        allow_http: Allow plain http to a host other than this machine.

    Raises:
        ConfigurationError: No key, or a key or URL that cannot be used.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        http_client: httpx.Client | httpx.BaseTransport | None = None,
        allow_http: bool = False,
    ) -> None:
        settings = Settings(
            base_url=resolve_base_url(base_url, BASE_URL, allow_http=allow_http),
            key=resolve_key(api_key),
            timeout=as_timeout(timeout),
        )
        self._engine = SyncEngine(settings, SyncTransport(http_client))

    @property
    def personas(self) -> PersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import PersonasResource

        return PersonasResource(self._engine)

    @property
    def lyrics(self) -> LyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import LyricsResource

        return LyricsResource(self._engine)

    @property
    def music(self) -> MusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import MusicResource

        return MusicResource(self._engine)

    @property
    def uploads(self) -> UploadsResource:
        """Audio of one's own."""
        from .resources.uploads import UploadsResource

        return UploadsResource(self._engine)

    @property
    def tasks(self) -> TasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import TasksResource

        return TasksResource(self._engine)

    @property
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
        return f"{type(self).__name__}(base_url={self._engine.settings.base_url!r})"


class AsyncSunoClient:
    """A client of CometAPI's Suno endpoints, for asyncio.

    Use it as an async context manager, or await `aclose()` when done. It may be shared between tasks.

    Args:
        api_key: The CometAPI key; by default the environment's `COMETAPI_KEY`.
        base_url: Where calls go; by default the environment's `COMETAPI_BASE_URL`, else `BASE_URL`. A `/v1` at its end
            is dropped: no Suno path lives under it.
        timeout: Seconds for each step of a call, or a `Timeout`.
        http_client: An `httpx.AsyncClient` or `httpx.AsyncBaseTransport` to send through. It stays yours to close.
        allow_http: Allow plain http to a host other than this machine.

    Raises:
        ConfigurationError: No key, or a key or URL that cannot be used.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        base_url: str | None = None,
        timeout: float | Timeout = DEFAULT_TIMEOUT,
        http_client: httpx.AsyncClient | httpx.AsyncBaseTransport | None = None,
        allow_http: bool = False,
    ) -> None:
        settings = Settings(
            base_url=resolve_base_url(base_url, BASE_URL, allow_http=allow_http),
            key=resolve_key(api_key),
            timeout=as_timeout(timeout),
        )
        self._engine = AsyncEngine(settings, AsyncTransport(http_client))

    @property
    def personas(self) -> AsyncPersonasResource:
        """Singer styles made from a finished clip."""
        from .resources.personas import AsyncPersonasResource

        return AsyncPersonasResource(self._engine)

    @property
    def lyrics(self) -> AsyncLyricsResource:
        """Lyrics written from a prompt."""
        from .resources.lyrics import AsyncLyricsResource

        return AsyncLyricsResource(self._engine)

    @property
    def music(self) -> AsyncMusicResource:
        """Songs: from a description, from lyrics, or from an earlier clip."""
        from .resources.music import AsyncMusicResource

        return AsyncMusicResource(self._engine)

    @property
    def uploads(self) -> AsyncUploadsResource:
        """Audio of one's own."""
        from .resources.uploads import AsyncUploadsResource

        return AsyncUploadsResource(self._engine)

    @property
    def tasks(self) -> AsyncTasksResource:
        """What was submitted, and how far it is."""
        from .resources.tasks import AsyncTasksResource

        return AsyncTasksResource(self._engine)

    @property
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
        return f"{type(self).__name__}(base_url={self._engine.settings.base_url!r})"
