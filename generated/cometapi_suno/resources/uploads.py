"""`client.uploads`: Audio of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, CallOptions, SyncEngine
from ..operations import uploads as operations

if TYPE_CHECKING:
    pass


class UploadsResource:
    """Audio of one's own."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def submit(self, *, url: str, **options: Unpack[CallOptions]) -> str:
        """Submit audio by its address.

        Starts a task that fetches the audio, and returns its id. A clip that came in this way cannot become a
        persona.

        Whether it is charged is not known; it is treated as charged. CometAPI's price is not known. One sister
        gateway charges 0.01 in its own unit.

        Args:
            url: Address of the audio, such as an MP3.

        Raises:
            BadRequestError: The request was not understood, or no channel takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_submit(url=url)
        return self._engine.run(call, options)


class AsyncUploadsResource:
    """Audio of one's own."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def submit(self, *, url: str, **options: Unpack[CallOptions]) -> str:
        """Submit audio by its address.

        Starts a task that fetches the audio, and returns its id. A clip that came in this way cannot become a
        persona.

        Whether it is charged is not known; it is treated as charged. CometAPI's price is not known. One sister
        gateway charges 0.01 in its own unit.

        Args:
            url: Address of the audio, such as an MP3.

        Raises:
            BadRequestError: The request was not understood, or no channel takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
            OutcomeUnknownError: The request went out and no answer came back.
        """
        call = operations.build_submit(url=url)
        return await self._engine.run(call, options)
