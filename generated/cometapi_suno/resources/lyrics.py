"""`client.lyrics`: Lyrics written from a prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, SyncEngine
from .._options import CallOptions, list_public_names
from .._unset import UNSET, Unset
from ..operations import lyrics as operations

if TYPE_CHECKING:
    from .._response_parsing import Answer


class LyricsResource:
    """Lyrics written from a prompt."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def submit(self, *, prompt: str, notify_hook: str | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit a prompt for lyrics.

        Starts a task that writes lyrics, and returns its id; the lyrics come with `tasks.get`.

        Charged per call; never sent again when the outcome is unknown. Price: 0.02 USD (on record 2026-11-26). The
        gateway software asks 0.01 USD by default, and gives it back when the task fails.

        Args:
            prompt: What the lyrics are about.
            notify_hook: Address that the result is POSTed to.

        Raises:
            BadRequestError: The prompt is missing or empty.
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
        call = operations.build_submit(prompt=prompt, notify_hook=notify_hook)
        return self._engine.run(call, options)

    @property
    def with_raw_response(self) -> LyricsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return LyricsResourceWithRawResponse(self._engine)


class AsyncLyricsResource:
    """Lyrics written from a prompt."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def submit(self, *, prompt: str, notify_hook: str | Unset = UNSET, **options: Unpack[CallOptions]) -> str:
        """Submit a prompt for lyrics.

        Starts a task that writes lyrics, and returns its id; the lyrics come with `tasks.get`.

        Charged per call; never sent again when the outcome is unknown. Price: 0.02 USD (on record 2026-11-26). The
        gateway software asks 0.01 USD by default, and gives it back when the task fails.

        Args:
            prompt: What the lyrics are about.
            notify_hook: Address that the result is POSTed to.

        Raises:
            BadRequestError: The prompt is missing or empty.
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
        call = operations.build_submit(prompt=prompt, notify_hook=notify_hook)
        return await self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AsyncLyricsResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncLyricsResourceWithRawResponse(self._engine)


class LyricsResourceWithRawResponse:
    """Lyrics written from a prompt. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def submit(self, *, prompt: str, notify_hook: str | Unset = UNSET, **options: Unpack[CallOptions]) -> Answer[str]:
        """Submit a prompt for lyrics."""
        call = operations.build_submit(prompt=prompt, notify_hook=notify_hook)
        return self._engine.send(call, options)


class AsyncLyricsResourceWithRawResponse:
    """Lyrics written from a prompt. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def submit(
        self, *, prompt: str, notify_hook: str | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> Answer[str]:
        """Submit a prompt for lyrics."""
        call = operations.build_submit(prompt=prompt, notify_hook=notify_hook)
        return await self._engine.send(call, options)
