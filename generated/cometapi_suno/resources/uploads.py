"""`client.uploads`: Your own audio files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, SyncEngine
from .._options import CallOptions, list_public_names
from ..operations import uploads as operations

if TYPE_CHECKING:
    from .._response_parsing import Answer


class UploadsResource:
    """Your own audio files."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def submit(self, *, url: str, **options: Unpack[CallOptions]) -> str:
        """Submit audio by its address.

        Starts a task that fetches the audio, and returns its id. A clip that came in this way cannot become a
        persona.

        Charged per call; never sent again when the outcome is unknown. Price: 0.02 USD (on record 2026-11-26). A
        comparable gateway charges 0.01 in its own unit.

        Args:
            url: Address of the audio, such as an MP3.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
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
        call = operations.build_submit(url=url)
        return self._engine.run(call, options)

    @property
    def with_raw_response(self) -> UploadsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return UploadsResourceWithRawResponse(self._engine)


class AsyncUploadsResource:
    """Your own audio files."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def submit(self, *, url: str, **options: Unpack[CallOptions]) -> str:
        """Submit audio by its address.

        Starts a task that fetches the audio, and returns its id. A clip that came in this way cannot become a
        persona.

        Charged per call; never sent again when the outcome is unknown. Price: 0.02 USD (on record 2026-11-26). A
        comparable gateway charges 0.01 in its own unit.

        Args:
            url: Address of the audio, such as an MP3.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
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
        call = operations.build_submit(url=url)
        return await self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AsyncUploadsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncUploadsResourceWithRawResponse(self._engine)


class UploadsResourceWithRawResponse:
    """Your own audio files. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def submit(self, *, url: str, **options: Unpack[CallOptions]) -> Answer[str]:
        """Submit audio by its address."""
        call = operations.build_submit(url=url)
        return self._engine.send(call, options)


class AsyncUploadsResourceWithRawResponse:
    """Your own audio files. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def submit(self, *, url: str, **options: Unpack[CallOptions]) -> Answer[str]:
        """Submit audio by its address."""
        call = operations.build_submit(url=url)
        return await self._engine.send(call, options)
