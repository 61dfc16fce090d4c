"""`client.clips`: What can be had from a clip: video, word timing, lossless audio."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, CallOptions, SyncEngine
from ..operations import clips as operations

if TYPE_CHECKING:
    from ..models.mp_4_envelope import Mp4Envelope
    from ..models.mp_4_link import Mp4Link
    from ..models.timing import Timing
    from ..models.wav_envelope import WavEnvelope
    from ..models.wav_link import WavLink


class ClipsResource:
    """What can be had from a clip: video, word timing, lossless audio."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> Mp4Envelope | Mp4Link:
        """Get the video of a clip.

        Makes the video if need be and returns its address. While there is none yet, the address is empty or
        missing.

        Whether it is charged is not known; it is treated as charged. No source gives a price.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_mp4(clip_id)
        return self._engine.run(call, options)

    def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Timing:
        """Get the word timing of a clip.

        Returns when each word is sung, and the waveform. The song's task must be complete.

        Whether it is charged is not known; it is treated as charged. CometAPI's price is not known. One sister
        gateway charges 0.01 in its own unit.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_timing(clip_id)
        return self._engine.run(call, options)

    def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> WavEnvelope | WavLink:
        """Get the lossless audio of a clip.

        Makes the WAV file if need be and returns its address. While there is none yet, the address is empty or
        missing.

        Whether it is charged is not known; it is treated as charged. No source gives a price.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_wav(clip_id)
        return self._engine.run(call, options)


class AsyncClipsResource:
    """What can be had from a clip: video, word timing, lossless audio."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def mp4(self, clip_id: str, **options: Unpack[CallOptions]) -> Mp4Envelope | Mp4Link:
        """Get the video of a clip.

        Makes the video if need be and returns its address. While there is none yet, the address is empty or
        missing.

        Whether it is charged is not known; it is treated as charged. No source gives a price.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_mp4(clip_id)
        return await self._engine.run(call, options)

    async def timing(self, clip_id: str, **options: Unpack[CallOptions]) -> Timing:
        """Get the word timing of a clip.

        Returns when each word is sung, and the waveform. The song's task must be complete.

        Whether it is charged is not known; it is treated as charged. CometAPI's price is not known. One sister
        gateway charges 0.01 in its own unit.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_timing(clip_id)
        return await self._engine.run(call, options)

    async def wav(self, clip_id: str, **options: Unpack[CallOptions]) -> WavEnvelope | WavLink:
        """Get the lossless audio of a clip.

        Makes the WAV file if need be and returns its address. While there is none yet, the address is empty or
        missing.

        Whether it is charged is not known; it is treated as charged. No source gives a price.

        Raises:
            BadRequestError: The clip is unknown, or not complete.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_wav(clip_id)
        return await self._engine.run(call, options)
