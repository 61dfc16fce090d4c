"""`client.music`: Songs: from a description, from lyrics, or from an earlier clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack, overload

from .._engine import AsyncEngine, SyncEngine
from .._options import CallOptions
from .._unset import UNSET, Unset
from ..operations import music as operations

if TYPE_CHECKING:
    from .._response_parsing import Answer
    from ..models.full_track_separation import FullTrackSeparation
    from ..models.instrumental_song import InstrumentalSong
    from ..models.overpainting import Overpainting
    from ..models.separated_tracks import SeparatedTracks
    from ..models.single_track_separation import SingleTrackSeparation
    from ..models.song_cover import SongCover
    from ..models.song_extension import SongExtension
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_from_style import SongFromStyle
    from ..models.song_infill import SongInfill
    from ..models.song_with_persona import SongWithPersona
    from ..models.underpainting import Underpainting
    from ..models.upload_extension import UploadExtension


class MusicResource:
    """Songs: from a description, from lyrics, or from an earlier clip."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    @overload
    def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting,
        **options: Unpack[CallOptions],
    ) -> str: ...

    @overload
    def submit(
        self, request: SingleTrackSeparation | FullTrackSeparation, **options: Unpack[CallOptions]
    ) -> str | SeparatedTracks: ...

    def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting
        | SingleTrackSeparation
        | FullTrackSeparation,
        **options: Unpack[CallOptions],
    ) -> str | SeparatedTracks:
        """Submit a song, or work on a clip.

        Starts a task and returns its id; the clips, two for a song, come with `tasks.get`. The body decides what is
        made: a song from a description or from lyrics, an instrumental, an extension, a replaced span, a song with
        a persona, or the separate tracks of a clip.

        Charged per call; never sent again when the outcome is unknown. Price: 0.144 USD (on record 2026-11-26),
        0.04 USD for `SongExtension` (on record 2026-11-26). The gateway software gives it back when the task fails.

        Args:
            request: The request body.

        Raises:
            BadRequestError: A field is missing or wrong, or the task that the clip came from is unknown.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_submit(request)
        return self._engine.run(call, options)

    def concat(self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit the joining of an extended clip.

        Starts a task that joins an extension or an infill with the clip it belongs to, and returns its id.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. One sister gateway
        charges 100 credits after an extension.

        Args:
            clip_id: Clip that an extension or an infill made.
            is_infill: True after an infill, false after an extension.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip is not an extension.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_concat(clip_id=clip_id, is_infill=is_infill)
        return self._engine.run(call, options)

    @property
    def with_raw_response(self) -> MusicResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return MusicResourceWithRawResponse(self._engine)


class AsyncMusicResource:
    """Songs: from a description, from lyrics, or from an earlier clip."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @overload
    async def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting,
        **options: Unpack[CallOptions],
    ) -> str: ...

    @overload
    async def submit(
        self, request: SingleTrackSeparation | FullTrackSeparation, **options: Unpack[CallOptions]
    ) -> str | SeparatedTracks: ...

    async def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting
        | SingleTrackSeparation
        | FullTrackSeparation,
        **options: Unpack[CallOptions],
    ) -> str | SeparatedTracks:
        """Submit a song, or work on a clip.

        Starts a task and returns its id; the clips, two for a song, come with `tasks.get`. The body decides what is
        made: a song from a description or from lyrics, an instrumental, an extension, a replaced span, a song with
        a persona, or the separate tracks of a clip.

        Charged per call; never sent again when the outcome is unknown. Price: 0.144 USD (on record 2026-11-26),
        0.04 USD for `SongExtension` (on record 2026-11-26). The gateway software gives it back when the task fails.

        Args:
            request: The request body.

        Raises:
            BadRequestError: A field is missing or wrong, or the task that the clip came from is unknown.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_submit(request)
        return await self._engine.run(call, options)

    async def concat(self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit the joining of an extended clip.

        Starts a task that joins an extension or an infill with the clip it belongs to, and returns its id.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. One sister gateway
        charges 100 credits after an extension.

        Args:
            clip_id: Clip that an extension or an infill made.
            is_infill: True after an infill, false after an extension.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip is not an extension.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_concat(clip_id=clip_id, is_infill=is_infill)
        return await self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AsyncMusicResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncMusicResourceWithRawResponse(self._engine)


class MusicResourceWithRawResponse:
    """Songs: from a description, from lyrics, or from an earlier clip. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting
        | SingleTrackSeparation
        | FullTrackSeparation,
        **options: Unpack[CallOptions],
    ) -> Answer[str | SeparatedTracks]:
        """Submit a song, or work on a clip."""
        call = operations.build_submit(request)
        return self._engine.send(call, options)

    def concat(self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]) -> Answer[str]:
        """Submit the joining of an extended clip."""
        call = operations.build_concat(clip_id=clip_id, is_infill=is_infill)
        return self._engine.send(call, options)


class AsyncMusicResourceWithRawResponse:
    """Songs: from a description, from lyrics, or from an earlier clip. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def submit(
        self,
        request: SongFromDescription
        | SongFromStyle
        | SongFromLyrics
        | InstrumentalSong
        | SongExtension
        | UploadExtension
        | SongInfill
        | SongWithPersona
        | SongCover
        | Underpainting
        | Overpainting
        | SingleTrackSeparation
        | FullTrackSeparation,
        **options: Unpack[CallOptions],
    ) -> Answer[str | SeparatedTracks]:
        """Submit a song, or work on a clip."""
        call = operations.build_submit(request)
        return await self._engine.send(call, options)

    async def concat(
        self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> Answer[str]:
        """Submit the joining of an extended clip."""
        call = operations.build_concat(clip_id=clip_id, is_infill=is_infill)
        return await self._engine.send(call, options)
