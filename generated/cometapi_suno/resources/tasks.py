"""`client.tasks`: What was submitted, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._engine import AsyncEngine, SyncEngine
from .._options import CallOptions, list_public_names
from .._unset import UNSET, Unset
from ..operations import tasks as operations

if TYPE_CHECKING:
    import builtins
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
    from typing import Literal

    from .._async_waiter import AsyncWaiter
    from .._response_parsing import Answer
    from .._sync_waiter import SyncWaiter
    from ..models.task import Task


class TasksResource:
    """What was submitted, and how far it is."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges for submissions only.

        Args:
            task_id: Id that a submit call returned.

        Raises:
            BadRequestError: No task of this account has the id. The status is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return self._engine.run(call, options)

    def wait(
        self,
        task_id: str,
        *,
        timeout: float = 600.0,
        grace: float | None = None,
        on_progress: Callable[[Task], object] | None = None,
    ) -> Task:
        """Wait until a task has succeeded.

        The task is polled at once, then every 2 to 10 seconds. All waits on this client share their requests. A
        transient error of a poll or an unknown status does not end the wait.

        Args:
            task_id: Id of the task.
            timeout: Maximum seconds to wait.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.
            on_progress: Called with the task after each poll.

        Raises:
            TaskFailedError: The task failed; it is in `.task`.
            TaskTimeoutError: The task did not finish in time. It continues on the server: wait again with the same id.
            TaskNotFoundError: This account has no task with this id, even after the grace.
        """
        return self._find_waiter().wait(
            self._engine, task_id, timeout, self._engine.settings.choose_grace(grace), on_progress
        )

    def wait_all(
        self,
        task_ids: Sequence[str],
        *,
        timeout: float = 600.0,
        grace: float | None = None,
        on_progress: Callable[[Task], object] | None = None,
    ) -> builtins.list[Task]:
        """Wait until every task has succeeded or failed, and return them in the order of the ids.

        The result contains failed tasks too: check the status. A poll of several ids is one request.

        Args:
            task_ids: Ids of the tasks.
            timeout: Maximum seconds to wait for all of them.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.
            on_progress: Called with each task after each poll.

        Raises:
            TaskTimeoutError: A task did not finish in time; those that did are in `.reached`, by id.
            TaskNotFoundError: This account has no task with one of the ids, even after the grace.
        """
        return self._find_waiter().wait_all(
            self._engine, task_ids, timeout, self._engine.settings.choose_grace(grace), on_progress
        )

    def iter_events(self, task_id: str, *, timeout: float = 600.0, grace: float | None = None) -> Iterator[Task]:
        """Yield a task each time it has changed, up to its success.

        Args:
            task_id: Id of the task.
            timeout: Maximum seconds to wait.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.

        Raises:
            TaskFailedError: The task failed; it was yielded before.
            TaskTimeoutError: The task did not finish in time. It continues on the server.
            TaskNotFoundError: This account has no task with this id, even after the grace.
        """
        yield from self._find_waiter().events(self._engine, task_id, timeout, self._engine.settings.choose_grace(grace))

    def _find_waiter(self) -> SyncWaiter[Task]:
        from .._sync_waiter import find_sync_waiter

        return find_sync_waiter(self._engine, operations.POLL)

    def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"] | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns those tasks among the ids that are known. Unknown ids are left out, and the order is not promised.

        Not charged. The gateway software charges for submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

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
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_list(ids=ids, action=action)
        return self._engine.run(call, options)

    @property
    def with_raw_response(self) -> TasksResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return TasksResourceWithRawResponse(self._engine)


class AsyncTasksResource:
    """What was submitted, and how far it is."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def get(self, task_id: str, **options: Unpack[CallOptions]) -> Task:
        """Get one task.

        Returns a task with its progress and, once they exist, its clips or its lyrics.

        Not charged. The gateway software charges for submissions only.

        Args:
            task_id: Id that a submit call returned.

        Raises:
            BadRequestError: No task of this account has the id. The status is 400, not 404.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_get(task_id)
        return await self._engine.run(call, options)

    async def wait(
        self,
        task_id: str,
        *,
        timeout: float = 600.0,
        grace: float | None = None,
        on_progress: Callable[[Task], Awaitable[object] | object] | None = None,
    ) -> Task:
        """Wait until a task has succeeded.

        The task is polled at once, then every 2 to 10 seconds. All waits on this client share their requests. A
        transient error of a poll or an unknown status does not end the wait.

        Args:
            task_id: Id of the task.
            timeout: Maximum seconds to wait.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.
            on_progress: Called with the task after each poll.

        Raises:
            TaskFailedError: The task failed; it is in `.task`.
            TaskTimeoutError: The task did not finish in time. It continues on the server: wait again with the same id.
            TaskNotFoundError: This account has no task with this id, even after the grace.
        """
        return await self._find_waiter().wait(
            self._engine, task_id, timeout, self._engine.settings.choose_grace(grace), on_progress
        )

    async def wait_all(
        self,
        task_ids: Sequence[str],
        *,
        timeout: float = 600.0,
        grace: float | None = None,
        on_progress: Callable[[Task], Awaitable[object] | object] | None = None,
    ) -> builtins.list[Task]:
        """Wait until every task has succeeded or failed, and return them in the order of the ids.

        The result contains failed tasks too: check the status. A poll of several ids is one request.

        Args:
            task_ids: Ids of the tasks.
            timeout: Maximum seconds to wait for all of them.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.
            on_progress: Called with each task after each poll.

        Raises:
            TaskTimeoutError: A task did not finish in time; those that did are in `.reached`, by id.
            TaskNotFoundError: This account has no task with one of the ids, even after the grace.
        """
        return await self._find_waiter().wait_all(
            self._engine, task_ids, timeout, self._engine.settings.choose_grace(grace), on_progress
        )

    async def iter_events(
        self, task_id: str, *, timeout: float = 600.0, grace: float | None = None
    ) -> AsyncIterator[Task]:
        """Yield a task each time it has changed, up to its success.

        Args:
            task_id: Id of the task.
            timeout: Maximum seconds to wait.
            grace: Seconds, from the first poll, in which the server may not know a new task yet; by default the
                client's `task_grace`.

        Raises:
            TaskFailedError: The task failed; it was yielded before.
            TaskTimeoutError: The task did not finish in time. It continues on the server.
            TaskNotFoundError: This account has no task with this id, even after the grace.
        """
        events = self._find_waiter().events(self._engine, task_id, timeout, self._engine.settings.choose_grace(grace))
        async for task in events:
            yield task

    def _find_waiter(self) -> AsyncWaiter[Task]:
        from .._async_waiter import find_async_waiter

        return find_async_waiter(self._engine, operations.POLL)

    async def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"] | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> builtins.list[Task]:
        """Get several tasks.

        Returns those tasks among the ids that are known. Unknown ids are left out, and the order is not promised.

        Not charged. The gateway software charges for submissions only.

        Args:
            ids: Ids that submit calls returned.
            action: Kind of the tasks.

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
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_list(ids=ids, action=action)
        return await self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AsyncTasksResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncTasksResourceWithRawResponse(self._engine)


class TasksResourceWithRawResponse:
    """What was submitted, and how far it is. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def get(self, task_id: str, **options: Unpack[CallOptions]) -> Answer[Task]:
        """Get one task."""
        call = operations.build_get(task_id)
        return self._engine.send(call, options)

    def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"] | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> Answer[builtins.list[Task]]:
        """Get several tasks."""
        call = operations.build_list(ids=ids, action=action)
        return self._engine.send(call, options)


class AsyncTasksResourceWithRawResponse:
    """What was submitted, and how far it is. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def get(self, task_id: str, **options: Unpack[CallOptions]) -> Answer[Task]:
        """Get one task."""
        call = operations.build_get(task_id)
        return await self._engine.send(call, options)

    async def list(
        self, *, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"] | Unset = UNSET, **options: Unpack[CallOptions]
    ) -> Answer[builtins.list[Task]]:
        """Get several tasks."""
        call = operations.build_list(ids=ids, action=action)
        return await self._engine.send(call, options)
