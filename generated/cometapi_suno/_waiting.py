"""How tasks are waited for: which ids a look asks for, what it found, and when to look again. No IO, no clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Sequence
from copy import copy
from typing import Any, Generic, TypeVar

from attrs import define, frozen

from . import errors
from ._operation import Call
from ._retry import Outcome, classify, retry_after
from ._write import refuse_text

T = TypeVar("T")

log = logging.getLogger("cometapi_suno")

BATCH = 100
"""Ids in one batch request. No source names a limit."""
FIRST_INTERVAL = 2.0
LAST_INTERVAL = 10.0
"""Seconds between two looks, at first and at most; clients in the field use 5 to 10."""
LONGEST_HINT = 60.0
"""Seconds that a `Retry-After` puts the next look off at most: a wrong one must not end the looking."""


@frozen(kw_only=True, eq=False)
class Poll(Generic[T]):
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
    one: Callable[[str], Call[T]]
    many: Callable[[Sequence[str], str], Call[list[T]]] | None
    group: Callable[[T | None], str]
    id_of: Callable[[T], str]
    status_of: Callable[[T], str]
    reason_of: Callable[[T], str | None]
    done: frozenset[str]
    failed: frozenset[str]

    def has_ended(self, task: T) -> bool:
        """Whether the task will not change any more."""
        return self.status_of(task) in self.done or self.status_of(task) in self.failed


@define
class Seat(Generic[T]):
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
    since: float
    task: T | None = None
    error: errors.SunoError | None = None
    trouble: errors.SunoError | None = None
    over: bool = False
    watchers: int = 0
    looks: int = 0


def interval(waited: float) -> float:
    """Seconds to the next look, after `waited` seconds: an eighth of it, within bounds."""
    return min(LAST_INTERVAL, max(FIRST_INTERVAL, waited / 8))


class Board(Generic[T]):
    """All ids that one client waits for. Whoever waits, one look serves them all."""

    def __init__(self, poll: Poll[T]) -> None:
        self.poll = poll
        self.seats: dict[str, Seat[T]] = {}
        self.batches = poll.many is not None

    def several(self, task_ids: Iterable[str]) -> list[str]:
        """The ids to wait for.

        Raises:
            InvalidRequestError: It is one id, whose characters would be waited for.
        """
        refuse_text(f"{self.poll.name.rpartition('.')[0]}.wait_all", "task_ids", task_ids)
        return list(task_ids)

    def take(self, task_ids: Iterable[str], now: float) -> None:
        """Watch these ids; new ones are due at once."""
        for task_id in task_ids:
            seat = self.seats.setdefault(task_id, Seat(due=now, since=now))
            seat.watchers += 1

    def leave(self, task_ids: Iterable[str]) -> None:
        """Stop watching for one watcher; an id that nobody watches is forgotten."""
        for task_id in task_ids:
            seat = self.seats.get(task_id)
            if seat is not None:
                seat.watchers -= 1
                if seat.watchers <= 0:
                    del self.seats[task_id]

    def next_due(self) -> float | None:
        """When the next look is due; None when nothing is waited for."""
        return min((seat.due for seat in self.seats.values() if not seat.over), default=None)

    def due(self, now: float) -> list[list[str]]:
        """The ids to look at now, in chunks of one request each.

        An id that is due a little later comes along when there is a look anyway: so waiters fall into step.
        """
        waiting = [(task_id, seat) for task_id, seat in self.seats.items() if not seat.over]
        if not any(seat.due <= now for _, seat in waiting):
            return []
        groups: dict[str, list[str]] = {}
        for task_id, seat in waiting:
            if seat.due <= now + FIRST_INTERVAL / 2:
                groups.setdefault(self.poll.group(seat.task), []).append(task_id)
        size = BATCH if self.batches else 1
        return [ids[start : start + size] for ids in groups.values() for start in range(0, len(ids), size)]

    def look(self, task_ids: list[str]) -> Generator[Call[Any], Any, None]:
        """One look at ids of one group: yields calls, is sent their results, or is thrown their `SunoError`.

        What a batch leaves out is asked for one by one, so that no answer is guessed.
        """
        left = task_ids
        if len(left) > 1 and self.batches and self.poll.many is not None:
            first = self.seats.get(left[0])
            try:
                tasks = yield self.poll.many(left, self.poll.group(first.task if first else None))
            except errors.InvalidRequestError:
                pass  # one of the ids cannot be asked for: alone, it is found
            except errors.SunoError as error:
                if _is_passing(error):
                    self._trouble(left, error)
                    return
                if isinstance(error, errors.AuthenticationError | errors.PermissionDeniedError):
                    self._fail(left, error)
                    return
                log.warning("%s; tasks are looked at one by one from now on", error)
                self.batches = False
            else:
                for task in tasks:
                    self._saw(self.poll.id_of(task), task)
                found = {self.poll.id_of(task) for task in tasks}
                left = [task_id for task_id in left if task_id not in found]
        for task_id in left:
            try:
                task = yield self.poll.one(task_id)
            except errors.SunoError as error:
                (self._trouble if _is_passing(error) else self._fail)([task_id], error)
            else:
                self._saw(task_id, task)

    def reschedule(self, task_ids: Iterable[str], *, now: float, wall: float) -> None:
        """After a look: when its ids are looked at next, a `Retry-After` honoured."""
        for task_id in task_ids:
            seat = self.seats.get(task_id)
            if seat is None:
                continue
            seat.looks += 1
            response = getattr(seat.trouble, "response", None)
            hint = None if response is None else retry_after(response, wall)
            seat.due = now + max(interval(now - seat.since), min(hint or 0.0, LONGEST_HINT))

    def result(self, task_id: str) -> T | None:
        """The task if it has ended well; None while it goes on.

        Raises:
            TaskFailedError: It ended in failure.
            SunoError: It cannot be seen.
        """
        task = self.ended(task_id)
        if task is not None and self.poll.status_of(task) in self.poll.failed:
            raise self.failure(task_id, task)
        return task

    def ended(self, task_id: str) -> T | None:
        """The task if it has ended, well or not; None while it goes on.

        Raises:
            SunoError: It cannot be seen.
        """
        seat = self.seats[task_id]
        if seat.error is not None:
            error = copy(seat.error)
            error.args = (f"task {task_id}: {error}",)
            raise error
        return seat.task if seat.over else None

    def is_over(self, task_id: str) -> bool:
        """Whether waiting for this id is over, one way or the other."""
        seat = self.seats.get(task_id)
        return seat is None or seat.over

    def failure(self, task_id: str, task: T) -> errors.TaskFailedError:
        """The error for a task that ended in failure."""
        reason = self.poll.reason_of(task) or "no reason given"
        return errors.TaskFailedError(f"task {task_id} failed: {reason}", task_id=task_id, task=task)

    def timeout(self, task_id: str, seconds: float) -> errors.TaskTimeoutError:
        """The error for a task that was not seen to end."""
        seat = self.seats[task_id]
        seen = "never seen" if seat.task is None else f"last seen {self.poll.status_of(seat.task)}; it goes on"
        told = f"task {task_id} was not seen to end within {seconds:g} s ({seen}). Wait again with the same id."
        if seat.trouble is not None:
            told += f" The last look failed: {seat.trouble}"
        return errors.TaskTimeoutError(told, task_id=task_id, task=seat.task)

    def _saw(self, task_id: str, task: T) -> None:
        seat = self.seats.get(task_id)
        if seat is None or seat.over:
            return
        status = self.poll.status_of(task)
        if not getattr(status, "is_known", True) and (seat.task is None or self.poll.status_of(seat.task) != status):
            log.warning(
                "task %s has the status %r, which the description does not know; waiting goes on", task_id, str(status)
            )
        seat.task, seat.trouble, seat.over = task, None, self.poll.has_ended(task)

    def _trouble(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        log.info("a look at tasks failed, waiting goes on: %s", error)
        for seat in filter(None, map(self.seats.get, task_ids)):
            seat.trouble = error

    def _fail(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        for seat in filter(None, map(self.seats.get, task_ids)):
            seat.error, seat.over = error, True


def _is_passing(error: errors.SunoError) -> bool:
    """Whether the next look may succeed: the task itself is not in doubt."""
    if isinstance(error, errors.ResponseError):
        return classify(error.response) is not Outcome.FINAL
    return isinstance(error, errors.DeliveryError)
