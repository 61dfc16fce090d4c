"""How tasks are waited for: which ids a look asks for, what it found, and when to look again. No IO, no clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Sequence
from copy import copy
from typing import Any, Generic, TypeVar

from attrs import define, frozen

from . import errors
from ._operation import Call
from ._request_encoding import refuse_string
from ._retry import Outcome, classify_response, parse_retry_after

T = TypeVar("T")

log = logging.getLogger("cometapi_suno")

BATCH_SIZE = 100
"""Ids in one batch request. No source names a limit."""
MIN_INTERVAL = 2.0
MAX_INTERVAL = 10.0
"""Seconds between two looks, at first and at most; clients in the field use 5 to 10."""
MAX_RETRY_AFTER = 60.0
"""Seconds that a `Retry-After` puts the next look off at most: a wrong one must not end the looking."""


@frozen(kw_only=True, eq=False)
class PollConfig(Generic[T]):
    """How the tasks of this API are looked at, by `x-sdk.poll` of the description.

    Attributes:
        name: Name of the operation, such as `tasks.get`.
        one: Makes the call that gets one task.
        many: Makes the call that gets several of one group; None without such an operation.
        group: The group that a task belongs to; given None, that of a task not seen yet.
        id_of: A task's id.
        status_of: A task's status.
        reason_of: Why it failed.
        done: The status values of success.
        failed: Those of failure.
    """

    name: str
    build_one: Callable[[str], Call[T]]
    build_many: Callable[[Sequence[str], str], Call[list[T]]] | None
    find_group: Callable[[T | None], str]
    get_id: Callable[[T], str]
    get_status: Callable[[T], str]
    get_reason: Callable[[T], str | None]
    done: frozenset[str]
    failed: frozenset[str]

    def has_ended(self, task: T) -> bool:
        """Whether the task will not change any more."""
        return self.get_status(task) in self.done or self.get_status(task) in self.failed


@define
class Subscription(Generic[T]):
    """One watched id: what is known of it, and when it is looked at next.

    Attributes:
        due: When it is looked at next, in seconds of the monotonic clock.
        since: When watching began.
        task: As it was last seen.
        error: Why it cannot be seen; final.
        trouble: Why the last look gave nothing; passing.
        over: Nothing more will be known of it.
        watchers: How many wait for it.
        looks: How often it was looked at.
    """

    due: float
    started: float
    task: T | None = None
    error: errors.SunoError | None = None
    last_error: errors.SunoError | None = None
    finished: bool = False
    subscribers: int = 0
    polls: int = 0


def poll_interval(waited: float) -> float:
    """Seconds to the next look, after `waited` seconds: an eighth of it, within bounds."""
    return min(MAX_INTERVAL, max(MIN_INTERVAL, waited / 8))


class Poller(Generic[T]):
    """All ids that one client waits for. Whoever waits, one look serves them all."""

    def __init__(self, config: PollConfig[T]) -> None:
        self.config = config
        self.subscriptions: dict[str, Subscription[T]] = {}
        self.batches = config.build_many is not None

    def check_task_ids(self, task_ids: Iterable[str]) -> list[str]:
        """The ids to wait for.

        Raises:
            InvalidRequestError: It is one id, whose characters would be waited for.
        """
        refuse_string(f"{self.config.name.rpartition('.')[0]}.wait_all", "task_ids", task_ids)
        return list(task_ids)

    def subscribe(self, task_ids: Iterable[str], now: float) -> None:
        """Watch these ids; new ones are due at once."""
        for task_id in task_ids:
            subscription = self.subscriptions.setdefault(task_id, Subscription(due=now, started=now))
            subscription.subscribers += 1

    def unsubscribe(self, task_ids: Iterable[str]) -> None:
        """Stop watching for one watcher; an id that nobody watches is forgotten."""
        for task_id in task_ids:
            subscription = self.subscriptions.get(task_id)
            if subscription is not None:
                subscription.subscribers -= 1
                if subscription.subscribers <= 0:
                    del self.subscriptions[task_id]

    def next_due(self) -> float | None:
        """When the next look is due; None when nothing is waited for."""
        return min(
            (subscription.due for subscription in self.subscriptions.values() if not subscription.finished),
            default=None,
        )

    def due_batches(self, now: float) -> list[list[str]]:
        """The ids to look at now, in chunks of one request each.

        An id that is due a little later comes along when there is a look anyway: so waiters fall into step.
        """
        waiting = [
            (task_id, subscription) for task_id, subscription in self.subscriptions.items() if not subscription.finished
        ]
        if not any(subscription.due <= now for _, subscription in waiting):
            return []
        groups: dict[str, list[str]] = {}
        for task_id, subscription in waiting:
            if subscription.due <= now + MIN_INTERVAL / 2:
                groups.setdefault(self.config.find_group(subscription.task), []).append(task_id)
        size = BATCH_SIZE if self.batches else 1
        return [ids[start : start + size] for ids in groups.values() for start in range(0, len(ids), size)]

    def poll(self, task_ids: list[str]) -> Generator[Call[Any], Any, None]:
        """One look at ids of one group: yields calls, is sent their results, or is thrown their `SunoError`.

        What a batch leaves out is asked for one by one, so that no answer is guessed.
        """
        left = task_ids
        if len(left) > 1 and self.batches and self.config.build_many is not None:
            first = self.subscriptions.get(left[0])
            try:
                tasks = yield self.config.build_many(left, self.config.find_group(first.task if first else None))
            except errors.InvalidRequestError:
                pass  # one of the ids cannot be asked for: alone, it is found
            except errors.SunoError as error:
                if _is_transient(error):
                    self._record_error(left, error)
                    return
                if isinstance(error, errors.AuthenticationError | errors.PermissionDeniedError):
                    self._fail_tasks(left, error)
                    return
                log.warning("%s; tasks are looked at one by one from now on", error)
                self.batches = False
            else:
                for task in tasks:
                    self._record_task(self.config.get_id(task), task)
                found = {self.config.get_id(task) for task in tasks}
                left = [task_id for task_id in left if task_id not in found]
        for task_id in left:
            try:
                task = yield self.config.build_one(task_id)
            except errors.SunoError as error:
                (self._record_error if _is_transient(error) else self._fail_tasks)([task_id], error)
            else:
                self._record_task(task_id, task)

    def reschedule(self, task_ids: Iterable[str], *, now: float, wall: float) -> None:
        """After a look: when its ids are looked at next, a `Retry-After` honoured."""
        for task_id in task_ids:
            subscription = self.subscriptions.get(task_id)
            if subscription is None:
                continue
            subscription.polls += 1
            response = getattr(subscription.last_error, "response", None)
            hint = None if response is None else parse_retry_after(response, wall)
            subscription.due = now + max(poll_interval(now - subscription.started), min(hint or 0.0, MAX_RETRY_AFTER))

    def get_result(self, task_id: str) -> T | None:
        """The task if it has ended well; None while it goes on.

        Raises:
            TaskFailedError: It ended in failure.
            SunoError: It cannot be seen.
        """
        task = self.get_ended(task_id)
        if task is not None and self.config.get_status(task) in self.config.failed:
            raise self.make_failed_error(task_id, task)
        return task

    def get_ended(self, task_id: str) -> T | None:
        """The task if it has ended, well or not; None while it goes on.

        Raises:
            SunoError: It cannot be seen.
        """
        subscription = self.subscriptions[task_id]
        if subscription.error is not None:
            error = copy(subscription.error)
            error.args = (f"task {task_id}: {error}",)
            raise error
        return subscription.task if subscription.finished else None

    def is_finished(self, task_id: str) -> bool:
        """Whether waiting for this id is over, one way or the other."""
        subscription = self.subscriptions.get(task_id)
        return subscription is None or subscription.finished

    def make_failed_error(self, task_id: str, task: T) -> errors.TaskFailedError:
        """The error for a task that ended in failure."""
        reason = self.config.get_reason(task) or "no reason given"
        return errors.TaskFailedError(f"task {task_id} failed: {reason}", task_id=task_id, task=task)

    def make_timeout_error(self, task_id: str, seconds: float) -> errors.TaskTimeoutError:
        """The error for a task that was not seen to end."""
        subscription = self.subscriptions[task_id]
        seen = (
            "never seen"
            if subscription.task is None
            else f"last seen {self.config.get_status(subscription.task)}; it goes on"
        )
        message = f"task {task_id} was not seen to end within {seconds:g} s ({seen}). Wait again with the same id."
        if subscription.last_error is not None:
            message += f" The last look failed: {subscription.last_error}"
        return errors.TaskTimeoutError(message, task_id=task_id, task=subscription.task)

    def _record_task(self, task_id: str, task: T) -> None:
        subscription = self.subscriptions.get(task_id)
        if subscription is None or subscription.finished:
            return
        status = self.config.get_status(task)
        if not getattr(status, "is_known", True) and (
            subscription.task is None or self.config.get_status(subscription.task) != status
        ):
            log.warning(
                "task %s has the status %r, which the description does not know; waiting goes on", task_id, str(status)
            )
        subscription.task, subscription.last_error, subscription.finished = task, None, self.config.has_ended(task)

    def _record_error(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        log.info("a look at tasks failed, waiting goes on: %s", error)
        for subscription in filter(None, map(self.subscriptions.get, task_ids)):
            subscription.last_error = error

    def _fail_tasks(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        for subscription in filter(None, map(self.subscriptions.get, task_ids)):
            subscription.error, subscription.finished = error, True


def _is_transient(error: errors.SunoError) -> bool:
    """Whether the next look may succeed: the task itself is not in doubt."""
    if isinstance(error, errors.ResponseError):
        return classify_response(error.response) is not Outcome.FINAL
    return isinstance(error, errors.DeliveryError)
