"""`client.music`: Songs: from a description, from lyrics, or from an earlier clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, overload

from attrs import frozen

from .._engine import AsyncEngine, SyncEngine
from .._model import Result
from .._options import CallOptions, check_option_names, list_public_names
from .._request_encoding import check_callable
from .._timeout import check_wait_times
from .._unset import UNSET, Unset
from .._workflow import (
    check_known,
    fill_from,
    find_items,
    keep_reached,
    take_task_id,
)
from ..operations import music as operations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Literal

    from .._response_parsing import Answer
    from ..models.clip import Clip
    from ..models.full_track_separation import FullTrackSeparation
    from ..models.instrumental_song import InstrumentalSong
    from ..models.overpainting import Overpainting
    from ..models.persona import Persona
    from ..models.separated_tracks import SeparatedTracks
    from ..models.single_track_separation import SingleTrackSeparation
    from ..models.song_cover import SongCover
    from ..models.song_extension import SongExtension
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_from_style import SongFromStyle
    from ..models.song_infill import SongInfill
    from ..models.song_with_persona import SongWithPersona
    from ..models.task import Task
    from ..models.tau_model import TauModel
    from ..models.underpainting import Underpainting
    from ..models.upload_extension import UploadExtension
    from .personas import PersonaFromSong


@frozen(kw_only=True, repr=False)
class SongsWithPersona(Result):
    """The results of the steps of `music.submit_with_persona`."""

    clips: list[Clip]
    task: Task


def _fill_submit_with_persona(persona: object, artist_clip_id: str | None) -> dict[str, Any]:
    """Return the fields of the request that come from an earlier result."""
    from ..models.persona import Persona
    from .personas import PersonaFromSong

    paths: dict[type[Any], dict[str, str]] = {
        PersonaFromSong: {"persona_id": "persona.id", "artist_clip_id": "clip.id"},
        Persona: {"persona_id": "id", "artist_clip_id": "root_clip_id"},
        str: {"persona_id": ""},
    }
    return fill_from(
        "music.submit_with_persona",
        "persona",
        persona,
        paths,
        {
            "artist_clip_id": artist_clip_id,
        },
    )


class MusicResource:
    """Songs: from a description, from lyrics, or from an earlier clip."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

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
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_submit(request)
        return self._engine.run(call, options)

    def submit_with_persona(
        self,
        persona: PersonaFromSong | Persona | str,
        *,
        prompt: str,
        tags: str,
        title: str,
        mv: TauModel | str = "chirp-auk",
        negative_tags: str = "",
        vocal_gender: Literal["m", "f"] | Unset = UNSET,
        notify_hook: str | Unset = UNSET,
        artist_clip_id: str | None = None,
        check_request: bool = True,
        resume: str | None = None,
        wait_timeout: float = 600.0,
        wait_grace: float | None = None,
        on_progress: Callable[[Task], object] | None = None,
        **options: Unpack[CallOptions],
    ) -> SongsWithPersona:
        """A song sung with a persona. This calls `music.submit` and `tasks.wait`.

        `music.submit` is charged. When the wait fails, the id of the task is in the error's `.reached`: call it
        again with `resume=error.reached["task_id"]`.

        Args:
            persona: What `personas.create_from_song` or `personas.create` returned, or its id.
            prompt: Lyrics, with section tags such as `[Verse]`.
            tags: Styles, separated by commas.
            mv: Version of the model.
            title: Title of the song.
            negative_tags: Styles to keep away from. CometAPI's guide requires it; it may be empty.
            vocal_gender: Voice: `m` or `f`.
            notify_hook: Address that the result is POSTed to.
            artist_clip_id: Clip that the persona is built from. Required with an id alone.
            check_request: False submits the request without checking its values.
            resume: Id of the task that an earlier call submitted, `error.reached["task_id"]`; nothing is submitted
                then.
            wait_timeout: Maximum seconds to wait for the task.
            wait_grace: Seconds, from the first poll, in which the server may not know a new task yet.
            on_progress: Called with the task after each poll.

        Raises:
            InvalidRequestError: A value is missing or not listed; nothing was sent.
            SunoError: A step failed; the error is that of the step, with `.reached`.
        """
        from .._sync_waiter import find_sync_waiter
        from ..models.clip import Clip
        from ..models.song_with_persona import SongWithPersona
        from ..models.tau_model import TauModel
        from ..operations import tasks as task_operations

        grace = self._engine.settings.choose_grace(wait_grace)
        check_wait_times(wait_timeout, grace)
        check_option_names("music.submit_with_persona", options)
        check_callable("music.submit_with_persona", "on_progress", on_progress, optional=True)
        if check_request:
            check_known("music.submit_with_persona", "mv", mv, TauModel)
        filled = _fill_submit_with_persona(persona, artist_clip_id)
        request = SongWithPersona(
            prompt=prompt,
            tags=tags,
            title=title,
            mv=mv,
            negative_tags=negative_tags,
            vocal_gender=vocal_gender,
            notify_hook=notify_hook,
            **filled,
        )
        reached: dict[str, Any] = {}
        with keep_reached(reached):
            call = operations.build_submit(request)
            task_id = resume
            if task_id is None:
                task_id = take_task_id("music.submit_with_persona", self._engine.run(call, options), reached)
            reached["task_id"] = task_id
            waiter = find_sync_waiter(self._engine, task_operations.POLL)
            task = reached["task"] = waiter.wait(self._engine, task_id, wait_timeout, grace, on_progress)
            items = find_items(task_id, task, task.data, Clip, {})
        return SongsWithPersona(clips=items, task=task)

    def concat(self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit the joining of an extended clip.

        Starts a task that joins an extension or an infill with the clip it belongs to, and returns its id.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. A comparable gateway
        charges 100 credits after an extension.

        Args:
            clip_id: Clip that an extension or an infill made.
            is_infill: True after an infill, false after an extension.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip is not an extension.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
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

    def __dir__(self) -> list[str]:
        return list_public_names(self)

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
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_submit(request)
        return await self._engine.run(call, options)

    async def submit_with_persona(
        self,
        persona: PersonaFromSong | Persona | str,
        *,
        prompt: str,
        tags: str,
        title: str,
        mv: TauModel | str = "chirp-auk",
        negative_tags: str = "",
        vocal_gender: Literal["m", "f"] | Unset = UNSET,
        notify_hook: str | Unset = UNSET,
        artist_clip_id: str | None = None,
        check_request: bool = True,
        resume: str | None = None,
        wait_timeout: float = 600.0,
        wait_grace: float | None = None,
        on_progress: Callable[[Task], Awaitable[object] | object] | None = None,
        **options: Unpack[CallOptions],
    ) -> SongsWithPersona:
        """A song sung with a persona. This calls `music.submit` and `tasks.wait`.

        `music.submit` is charged. When the wait fails, the id of the task is in the error's `.reached`: call it
        again with `resume=error.reached["task_id"]`.

        Args:
            persona: What `personas.create_from_song` or `personas.create` returned, or its id.
            prompt: Lyrics, with section tags such as `[Verse]`.
            tags: Styles, separated by commas.
            mv: Version of the model.
            title: Title of the song.
            negative_tags: Styles to keep away from. CometAPI's guide requires it; it may be empty.
            vocal_gender: Voice: `m` or `f`.
            notify_hook: Address that the result is POSTed to.
            artist_clip_id: Clip that the persona is built from. Required with an id alone.
            check_request: False submits the request without checking its values.
            resume: Id of the task that an earlier call submitted, `error.reached["task_id"]`; nothing is submitted
                then.
            wait_timeout: Maximum seconds to wait for the task.
            wait_grace: Seconds, from the first poll, in which the server may not know a new task yet.
            on_progress: Called with the task after each poll.

        Raises:
            InvalidRequestError: A value is missing or not listed; nothing was sent.
            SunoError: A step failed; the error is that of the step, with `.reached`.
        """
        from .._async_waiter import find_async_waiter
        from ..models.clip import Clip
        from ..models.song_with_persona import SongWithPersona
        from ..models.tau_model import TauModel
        from ..operations import tasks as task_operations

        grace = self._engine.settings.choose_grace(wait_grace)
        check_wait_times(wait_timeout, grace)
        check_option_names("music.submit_with_persona", options)
        check_callable("music.submit_with_persona", "on_progress", on_progress, optional=True)
        if check_request:
            check_known("music.submit_with_persona", "mv", mv, TauModel)
        filled = _fill_submit_with_persona(persona, artist_clip_id)
        request = SongWithPersona(
            prompt=prompt,
            tags=tags,
            title=title,
            mv=mv,
            negative_tags=negative_tags,
            vocal_gender=vocal_gender,
            notify_hook=notify_hook,
            **filled,
        )
        reached: dict[str, Any] = {}
        with keep_reached(reached):
            call = operations.build_submit(request)
            task_id = resume
            if task_id is None:
                task_id = take_task_id("music.submit_with_persona", await self._engine.run(call, options), reached)
            reached["task_id"] = task_id
            waiter = find_async_waiter(self._engine, task_operations.POLL)
            task = reached["task"] = await waiter.wait(self._engine, task_id, wait_timeout, grace, on_progress)
            items = find_items(task_id, task, task.data, Clip, {})
        return SongsWithPersona(clips=items, task=task)

    async def concat(self, *, clip_id: str, is_infill: bool | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit the joining of an extended clip.

        Starts a task that joins an extension or an infill with the clip it belongs to, and returns its id.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. A comparable gateway
        charges 100 credits after an extension.

        Args:
            clip_id: Clip that an extension or an infill made.
            is_infill: True after an infill, false after an extension.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip is not an extension.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
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

    def __dir__(self) -> list[str]:
        return list_public_names(self)

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

    def __dir__(self) -> list[str]:
        return list_public_names(self)

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
