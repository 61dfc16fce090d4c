"""`client.music`: Songs, from a description, from lyrics, or from an earlier clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, CallOptions, SyncEngine
from ..operations import music as operations

if TYPE_CHECKING:
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_with_persona import SongWithPersona


class MusicResource:
    """Songs, from a description, from lyrics, or from an earlier clip."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def submit(
        self, request: SongFromDescription | SongFromLyrics | SongWithPersona, **options: Unpack[CallOptions]
    ) -> str:
        """Submit a song, or work on a clip.

        Starts a task and returns its id; the clips come with `fetchTask`. What is made depends on the body: a song
        from a description or from lyrics, an instrumental, an extension, a replaced span, a song with a persona, or
        the separate tracks of a clip.

        Charged per call; never repeated when the outcome is unclear. Charged per call when submitted; the gateway
        software refunds a task that fails.

        Args:
            request: The request body.

        Raises:
            BadRequestError: A field is missing or wrong, or the task that the clip came from is unknown.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_submit(request)
        return self._engine.run(call, options)


class AsyncMusicResource:
    """Songs, from a description, from lyrics, or from an earlier clip."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def submit(
        self, request: SongFromDescription | SongFromLyrics | SongWithPersona, **options: Unpack[CallOptions]
    ) -> str:
        """Submit a song, or work on a clip.

        Starts a task and returns its id; the clips come with `fetchTask`. What is made depends on the body: a song
        from a description or from lyrics, an instrumental, an extension, a replaced span, a song with a persona, or
        the separate tracks of a clip.

        Charged per call; never repeated when the outcome is unclear. Charged per call when submitted; the gateway
        software refunds a task that fails.

        Args:
            request: The request body.

        Raises:
            BadRequestError: A field is missing or wrong, or the task that the clip came from is unknown.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_submit(request)
        return await self._engine.run(call, options)
