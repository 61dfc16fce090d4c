"""`client.personas`: Singer styles made from a finished clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, CallOptions, SyncEngine
from ..operations import personas as operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..models.persona import Persona


class PersonasResource:
    """Singer styles made from a finished clip."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        clips: Sequence[str],
        is_public: bool,
        **options: Unpack[CallOptions],
    ) -> Persona:
        """Make a persona from a finished clip.

        A persona keeps the singer's style of a clip for further songs. The answer is the persona itself; there is
        no task to wait for. There is no idempotency key: sent twice, the call may make, and charge, two.

        Charged per call; never repeated when the outcome is unclear. CometAPI publishes no price. One sister
        gateway charges 100 credits.

        Args:
            root_clip_id: Id of the finished clip that the persona is built from. An uploaded clip is refused.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            clips: Ids of the clips that belong to the persona, usually just the root clip.
            is_public: Whether the persona is listed publicly on Suno.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip cannot become a persona.
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
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, clips=clips, is_public=is_public
        )
        return self._engine.run(call, options)


class AsyncPersonasResource:
    """Singer styles made from a finished clip."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def create(
        self,
        *,
        root_clip_id: str,
        name: str,
        description: str,
        clips: Sequence[str],
        is_public: bool,
        **options: Unpack[CallOptions],
    ) -> Persona:
        """Make a persona from a finished clip.

        A persona keeps the singer's style of a clip for further songs. The answer is the persona itself; there is
        no task to wait for. There is no idempotency key: sent twice, the call may make, and charge, two.

        Charged per call; never repeated when the outcome is unclear. CometAPI publishes no price. One sister
        gateway charges 100 credits.

        Args:
            root_clip_id: Id of the finished clip that the persona is built from. An uploaded clip is refused.
            name: Title of the persona. No limit is published.
            description: Text shown with the persona; may be empty. No limit is published.
            clips: Ids of the clips that belong to the persona, usually just the root clip.
            is_public: Whether the persona is listed publicly on Suno.

        Raises:
            BadRequestError: A field is missing or wrong, or the clip cannot become a persona.
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
        call = operations.build_create(
            root_clip_id=root_clip_id, name=name, description=description, clips=clips, is_public=is_public
        )
        return await self._engine.run(call, options)
