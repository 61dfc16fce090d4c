"""`client.tasks`: What was submitted, and how far it is."""

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
    """What was submitted, and how far it is."""

    __slots__ = ("_engine",)

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges for submissions only.

        Raises:
            BadRequestError: No task of this account has the id. The status is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return self._engine.run(call, options)

    def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"], **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns those tasks among the ids that are known. Unknown ids are left out, and the order is not promised.

        Not charged. The gateway software charges for submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

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
        """
        call = operations.build_list(ids=ids, action=action)
        return self._engine.run(call, options)


class AsyncTasksResource:
    """What was submitted, and how far it is."""

    __slots__ = ("_engine",)

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges for submissions only.

        Raises:
            BadRequestError: No task of this account has the id. The status is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the address, the model or the request is not
                allowed.
            RateLimitError: The upstream is saturated, or the address calls too often; the latter answers with an
                empty body.
            ServiceUnavailableError: No channel serves the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return await self._engine.run(call, options)

    async def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"], **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns those tasks among the ids that are known. Unknown ids are left out, and the order is not promised.

        Not charged. The gateway software charges for submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

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
        """
        call = operations.build_list(ids=ids, action=action)
        return await self._engine.run(call, options)
