"""`client.personas`: Singer styles made from a finished clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from attrs import frozen

from .._engine import AsyncEngine, SyncEngine
from .._model import Result
from .._options import CallOptions, check_option_names, list_public_names
from .._request_encoding import check_callable
from .._timeout import check_wait_times
from .._unset import UNSET, Unset
from .._workflow import (
    PLACEHOLDER,
    check_picked,
    find_items,
    keep_reached,
    meet_requirements,
    pick_first,
    take_task_id,
)
from ..operations import personas as operations

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .._response_parsing import Answer
    from ..models.clip import Clip
    from ..models.instrumental_song import InstrumentalSong
    from ..models.overpainting import Overpainting
    from ..models.persona import Persona
    from ..models.song_cover import SongCover
    from ..models.song_extension import SongExtension
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_from_style import SongFromStyle
    from ..models.song_infill import SongInfill
    from ..models.song_with_persona import SongWithPersona
    from ..models.task import Task
    from ..models.underpainting import Underpainting
    from ..models.upload_extension import UploadExtension


@frozen(kw_only=True, repr=False)
class PersonaFromSong(Result):
    """The results of the steps of `personas.create_from_song`."""

    persona: Persona
    clip: Clip
    task: Task


class PersonasResource:
    """Singer styles made from a finished clip."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        is_public: bool,
        clips: Sequence[str] | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Persona:
        """Make a persona from a finished clip.

        A persona keeps the singer's style of a clip for further songs. The answer is the persona itself; there is
        no task to wait for. The endpoint has no idempotency key: a call that is sent twice may create two personas
        and be charged twice.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. A comparable gateway
        charges 100 credits.

        Args:
            root_clip_id: Id of the finished clip that the persona is built from. An uploaded clip is refused.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            is_public: Whether the persona is listed publicly on Suno.
            clips: Ids of the clips that belong to the persona, usually just the root clip. By default
                `root_clip_id`.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip cannot become a persona.
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
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, is_public=is_public, clips=clips
        )
        return self._engine.run(call, options)

    def create_from_song(
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
        *,
        name: str,
        description: str,
        is_public: bool,
        pick: Callable[[Sequence[Clip]], Clip] = pick_first,
        check_request: bool = True,
        resume: str | None = None,
        wait_timeout: float = 600.0,
        wait_grace: float | None = None,
        on_progress: Callable[[Task], object] | None = None,
        **options: Unpack[CallOptions],
    ) -> PersonaFromSong:
        """Call `music.submit`, wait with `tasks.wait`, and call `personas.create` with a clip of the task.

        The request's `mv` must be `chirp-auk`: it is filled in when it is left out, and another value is refused
        before anything is sent. Only a clip whose `status` is `complete` is used. Both `music.submit` and
        `personas.create` are charged. When a step fails, the results of the earlier steps are in the error's
        `.reached`: `task_id`, `task` and `clip`. Continue from there, or call it again with
        `resume=error.reached["task_id"]`.

        Args:
            request: The request to submit first.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            is_public: Whether the persona is listed publicly on Suno.
            pick: Chooses the clip among those of the task that can be used; by default the first one.
            check_request: False submits the request without this check.
            resume: Id of the task that an earlier call submitted, `error.reached["task_id"]`; nothing is submitted
                then.
            wait_timeout: Maximum seconds to wait for the task.
            wait_grace: Seconds, from the first poll, in which the server may not know a new task yet.
            on_progress: Called with the task after each poll.

        Raises:
            SunoError: A step failed; the error is that of the step, with `.reached`.
        """
        from .._sync_waiter import find_sync_waiter
        from ..models.clip import Clip
        from ..operations import music as submit_operations
        from ..operations import tasks as task_operations

        grace = self._engine.settings.choose_grace(wait_grace)
        check_wait_times(wait_timeout, grace)
        check_option_names("personas.create_from_song", options)
        check_callable("personas.create_from_song", "pick", pick)
        check_callable("personas.create_from_song", "on_progress", on_progress, optional=True)
        item: Any = PLACEHOLDER
        # Finds what cannot be sent before the first step is paid for.
        operations.build_create(
            root_clip_id=item.id, clips=[item.id], name=name, description=description, is_public=is_public
        )
        body: Any = (
            meet_requirements("personas.create_from_song", request, {"mv": "chirp-auk"}) if check_request else request
        )
        required: dict[str, object] = {"status": "complete"}
        reached: dict[str, Any] = {}
        with keep_reached(reached):
            call = submit_operations.build_submit(body)
            task_id = resume
            if task_id is None:
                task_id = take_task_id("personas.create_from_song", self._engine.run(call, options), reached)
            reached["task_id"] = task_id
            waiter = find_sync_waiter(self._engine, task_operations.POLL)
            task = reached["task"] = waiter.wait(self._engine, task_id, wait_timeout, grace, on_progress)
            found = find_items(task_id, task, task.data, Clip, required)
            item = reached["clip"] = check_picked(task_id, task, pick(found), Clip, required)
            made = self.create(
                root_clip_id=item.id,
                clips=[item.id],
                name=name,
                description=description,
                is_public=is_public,
                **options,
            )
        return PersonaFromSong(persona=made, clip=item, task=task)

    @property
    def with_raw_response(self) -> PersonasResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return PersonasResourceWithRawResponse(self._engine)


class AsyncPersonasResource:
    """Singer styles made from a finished clip."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        is_public: bool,
        clips: Sequence[str] | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Persona:
        """Make a persona from a finished clip.

        A persona keeps the singer's style of a clip for further songs. The answer is the persona itself; there is
        no task to wait for. The endpoint has no idempotency key: a call that is sent twice may create two personas
        and be charged twice.

        Charged per call; never sent again when the outcome is unknown. Price: none on record. A comparable gateway
        charges 100 credits.

        Args:
            root_clip_id: Id of the finished clip that the persona is built from. An uploaded clip is refused.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            is_public: Whether the persona is listed publicly on Suno.
            clips: Ids of the clips that belong to the persona, usually just the root clip. By default
                `root_clip_id`.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip cannot become a persona.
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
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, is_public=is_public, clips=clips
        )
        return await self._engine.run(call, options)

    async def create_from_song(
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
        *,
        name: str,
        description: str,
        is_public: bool,
        pick: Callable[[Sequence[Clip]], Clip] = pick_first,
        check_request: bool = True,
        resume: str | None = None,
        wait_timeout: float = 600.0,
        wait_grace: float | None = None,
        on_progress: Callable[[Task], Awaitable[object] | object] | None = None,
        **options: Unpack[CallOptions],
    ) -> PersonaFromSong:
        """Call `music.submit`, wait with `tasks.wait`, and call `personas.create` with a clip of the task.

        The request's `mv` must be `chirp-auk`: it is filled in when it is left out, and another value is refused
        before anything is sent. Only a clip whose `status` is `complete` is used. Both `music.submit` and
        `personas.create` are charged. When a step fails, the results of the earlier steps are in the error's
        `.reached`: `task_id`, `task` and `clip`. Continue from there, or call it again with
        `resume=error.reached["task_id"]`.

        Args:
            request: The request to submit first.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            is_public: Whether the persona is listed publicly on Suno.
            pick: Chooses the clip among those of the task that can be used; by default the first one.
            check_request: False submits the request without this check.
            resume: Id of the task that an earlier call submitted, `error.reached["task_id"]`; nothing is submitted
                then.
            wait_timeout: Maximum seconds to wait for the task.
            wait_grace: Seconds, from the first poll, in which the server may not know a new task yet.
            on_progress: Called with the task after each poll.

        Raises:
            SunoError: A step failed; the error is that of the step, with `.reached`.
        """
        from .._async_waiter import find_async_waiter
        from ..models.clip import Clip
        from ..operations import music as submit_operations
        from ..operations import tasks as task_operations

        grace = self._engine.settings.choose_grace(wait_grace)
        check_wait_times(wait_timeout, grace)
        check_option_names("personas.create_from_song", options)
        check_callable("personas.create_from_song", "pick", pick)
        check_callable("personas.create_from_song", "on_progress", on_progress, optional=True)
        item: Any = PLACEHOLDER
        # Finds what cannot be sent before the first step is paid for.
        operations.build_create(
            root_clip_id=item.id, clips=[item.id], name=name, description=description, is_public=is_public
        )
        body: Any = (
            meet_requirements("personas.create_from_song", request, {"mv": "chirp-auk"}) if check_request else request
        )
        required: dict[str, object] = {"status": "complete"}
        reached: dict[str, Any] = {}
        with keep_reached(reached):
            call = submit_operations.build_submit(body)
            task_id = resume
            if task_id is None:
                task_id = take_task_id("personas.create_from_song", await self._engine.run(call, options), reached)
            reached["task_id"] = task_id
            waiter = find_async_waiter(self._engine, task_operations.POLL)
            task = reached["task"] = await waiter.wait(self._engine, task_id, wait_timeout, grace, on_progress)
            found = find_items(task_id, task, task.data, Clip, required)
            item = reached["clip"] = check_picked(task_id, task, pick(found), Clip, required)
            made = await self.create(
                root_clip_id=item.id,
                clips=[item.id],
                name=name,
                description=description,
                is_public=is_public,
                **options,
            )
        return PersonaFromSong(persona=made, clip=item, task=task)

    @property
    def with_raw_response(self) -> AsyncPersonasResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncPersonasResourceWithRawResponse(self._engine)


class PersonasResourceWithRawResponse:
    """Singer styles made from a finished clip. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        is_public: bool,
        clips: Sequence[str] | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[Persona]:
        """Make a persona from a finished clip."""
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, is_public=is_public, clips=clips
        )
        return self._engine.send(call, options)


class AsyncPersonasResourceWithRawResponse:
    """Singer styles made from a finished clip. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        is_public: bool,
        clips: Sequence[str] | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[Persona]:
        """Make a persona from a finished clip."""
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, is_public=is_public, clips=clips
        )
        return await self._engine.send(call, options)
