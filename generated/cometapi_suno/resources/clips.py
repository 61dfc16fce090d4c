"""`client.clips`: The files of a clip, and what can be made of it: video, word timing, lossless audio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._clip_files import AsyncClipFileMethods, ClipFileMethods
from .._engine import AsyncEngine, SyncEngine
from .._file_link import FileLink, link_file
from .._options import CallOptions, list_public_names
from ..operations import clips as operations

if TYPE_CHECKING:
    from .._response_parsing import Answer
    from ..models.mp_4_file import Mp4File
    from ..models.mp_4_link import Mp4Link
    from ..models.timing import Timing
    from ..models.wav_file import WavFile
    from ..models.wav_link import WavLink


class ClipsResource(ClipFileMethods):
    """The files of a clip, and what can be made of it: video, word timing, lossless audio."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> FileLink[Mp4File | Mp4Link]:
        """Get the video of a clip.

        Makes the video if need be and returns its address. While there is none yet, the address is empty or
        missing.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. No source
        says whether it is charged.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_mp4(clip_id)
        return link_file(self._engine.run(call, options), ("mp4_file_url", "mp4"))

    def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Timing:
        """Get the word timing of a clip.

        Returns when each word is sung, and the waveform. The song's task must be complete.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. A comparable
        gateway charges 0.01 in its own unit.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_timing(clip_id)
        return self._engine.run(call, options)

    def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> FileLink[str | WavFile | WavLink]:
        """Get the lossless audio of a clip.

        Makes the WAV file if need be and returns its address. While there is none yet, the address is empty or
        missing.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. No source
        says whether it is charged.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_wav(clip_id)
        return link_file(self._engine.run(call, options), ("wav_file_url",))

    @property
    def with_raw_response(self) -> ClipsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return ClipsResourceWithRawResponse(self._engine)


class AsyncClipsResource(AsyncClipFileMethods):
    """The files of a clip, and what can be made of it: video, word timing, lossless audio."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> FileLink[Mp4File | Mp4Link]:
        """Get the video of a clip.

        Makes the video if need be and returns its address. While there is none yet, the address is empty or
        missing.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. No source
        says whether it is charged.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_mp4(clip_id)
        return link_file(await self._engine.run(call, options), ("mp4_file_url", "mp4"))

    async def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Timing:
        """Get the word timing of a clip.

        Returns when each word is sung, and the waveform. The song's task must be complete.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. A comparable
        gateway charges 0.01 in its own unit.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_timing(clip_id)
        return await self._engine.run(call, options)

    async def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> FileLink[str | WavFile | WavLink]:
        """Get the lossless audio of a clip.

        Makes the WAV file if need be and returns its address. While there is none yet, the address is empty or
        missing.

        It is not known whether it is charged; the client treats it as charged. Price: none on record. No source
        says whether it is charged.

        Args:
            clip_id: Id of a clip that a task made.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            OutcomeUnknownError: The request was sent, but it is unknown whether the call was done. It is not sent
                again.
        """
        call = operations.build_wav(clip_id)
        return link_file(await self._engine.run(call, options), ("wav_file_url",))

    @property
    def with_raw_response(self) -> AsyncClipsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncClipsResourceWithRawResponse(self._engine)


class ClipsResourceWithRawResponse:
    """The files of a clip, and what can be made of it: video, word timing, lossless audio. Each method returns the
    response unparsed.
    """

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[Mp4File | Mp4Link]:
        """Get the video of a clip."""
        call = operations.build_mp4(clip_id)
        return self._engine.send(call, options)

    def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[Timing]:
        """Get the word timing of a clip."""
        call = operations.build_timing(clip_id)
        return self._engine.send(call, options)

    def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[str | WavFile | WavLink]:
        """Get the lossless audio of a clip."""
        call = operations.build_wav(clip_id)
        return self._engine.send(call, options)


class AsyncClipsResourceWithRawResponse:
    """The files of a clip, and what can be made of it: video, word timing, lossless audio. Each method returns the
    response unparsed.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[Mp4File | Mp4Link]:
        """Get the video of a clip."""
        call = operations.build_mp4(clip_id)
        return await self._engine.send(call, options)

    async def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[Timing]:
        """Get the word timing of a clip."""
        call = operations.build_timing(clip_id)
        return await self._engine.send(call, options)

    async def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> Answer[str | WavFile | WavLink]:
        """Get the lossless audio of a clip."""
        call = operations.build_wav(clip_id)
        return await self._engine.send(call, options)
