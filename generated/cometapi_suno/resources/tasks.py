"""`client.tasks`: What has been submitted, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, CallOptions, SyncEngine
from ..operations import tasks as operations

if TYPE_CHECKING:
    import builtins
    from collections.abc import Sequence
    from typing import Literal

    from ..models.task import Task


class TasksResource:
    """What has been submitted, and how far it is."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges submissions only.

        Raises:
            BadRequestError: No task of this account has this id. It is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return self._engine.run(call, options)

    def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"], **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns the tasks that are known among the ids. Unknown ids are left out; the order is not promised.

        Not charged. The gateway software charges submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

        Raises:
            BadRequestError: The request was not understood.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_list(ids=ids, action=action)
        return self._engine.run(call, options)


class AsyncTasksResource:
    """What has been submitted, and how far it is."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges submissions only.

        Raises:
            BadRequestError: No task of this account has this id. It is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return await self._engine.run(call, options)

    async def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"], **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns the tasks that are known among the ids. Unknown ids are left out; the order is not promised.

        Not charged. The gateway software charges submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

        Raises:
            BadRequestError: The request was not understood.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The account's balance is too low, or the user, address, model or request is not
                allowed.
            PayloadTooLargeError: The body is too large.
            RateLimitError: Too many calls, or the upstream is saturated. The address limit answers with an empty
                body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_list(ids=ids, action=action)
        return await self._engine.run(call, options)
