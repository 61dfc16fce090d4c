"""Polling of tasks: which ids to request, what their responses mean, and when to poll again. No IO, no clock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Sequence
from copy import copy
from typing import Any, Generic, TypeVar

from attrs import define, field, frozen

from . import errors
from ._model import Model
from ._operation import Call
from ._request_encoding import check_callable, refuse_string
from ._retry import Outcome, classify_response, parse_retry_after

T = TypeVar("T")

log = logging.getLogger("cometapi_suno")

BATCH_SIZE = 100
"""Maximum number of ids in one batch request. No source names a limit."""
MIN_INTERVAL = 2.0
MAX_INTERVAL = 10.0
"""Seconds between two polls, at first and at most; other clients use 5 to 10."""
MAX_RETRY_AFTER = 60.0
"""Maximum of `Retry-After` in seconds that delays the next poll: a wrong one must not stop the polling."""


@frozen(kw_only=True, eq=False)
class PollConfig(Generic[T]):
    """How to poll the tasks of this API, from `x-sdk.poll` in the description.

    Attributes:
        name: Name of the operation, such as `tasks.get`.
        build_one: Builds the call that gets one task.
        build_many: Builds the call that gets several tasks of one group; `None` without such an operation.
        find_group: Returns the group of a task; for `None`, the group to assume for a task not seen yet.
        get_id: Returns the id of a task.
        get_status: Returns the status of a task.
        get_reason: Returns why a task failed.
        done: The status values of success.
        failed: The status values of failure.
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
        """Check whether a task has succeeded or failed."""
        return self.get_status(task) in self.done or self.get_status(task) in self.failed


@define
class Subscription(Generic[T]):
    """One polled id: what is known about the task, and when to poll it next.

    Attributes:
        due: When to poll next, in seconds of the monotonic clock.
        started: When the first subscriber came.
        task: The task as last seen.
        error: The final error of polling; None if there is none.
        last_error: The transient error of the last poll; None if there was none.
        finished: The task has ended, or there is a final error.
        subscribers: Number of waits for this id.
        polls: Number of polls so far.
    """

    due: float
    started: float
    task: T | None = field(default=None, repr=False)  # crash reporters show variables, and a task may quote the key
    error: errors.SunoError | None = None
    last_error: errors.SunoError | None = None
    finished: bool = False
    subscribers: int = 0
    polls: int = 0

    @property
    def missing(self) -> bool:
        """Whether the last poll found no task, and no earlier one did: a new task, or a wrong id."""
        return self.task is None and isinstance(self.last_error, errors.TaskNotFoundError)


def poll_interval(waited: float) -> float:
    """Return the seconds to the next poll after `waited` seconds: an eighth of them, within bounds."""
    return min(MAX_INTERVAL, max(MIN_INTERVAL, waited / 8))


class Poller(Generic[T]):
    """The subscriptions of one client: a poll serves all waits for the same ids.

    Args:
        config: How to poll.
        redact: Removes the API key from a text.
    """

    def __init__(self, config: PollConfig[T], redact: Callable[[str], str]) -> None:
        self.config = config
        self._resource = config.name.rpartition(".")[0]
        self._redact = redact
        self.subscriptions: dict[str, Subscription[T]] = {}
        self.batches = config.build_many is not None

    def check_task_id(self, method: str, task_id: str, on_progress: object = None) -> str:
        """Check what a wait for one task is given, and return the id.

        Raises:
            InvalidRequestError: The id is not a string, or what the wait reports to cannot be called.
        """
        call = f"{self._resource}.{method}"
        if not isinstance(task_id, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            is_list = isinstance(task_id, Iterable)
            advice = f"Give one id, or the list to {self._resource}.wait_all" if is_list else "Give its id"
            raise errors.InvalidRequestError(
                f"{call}: the id of a task is {task_id!r}, which is not a string. {advice}."
            )
        check_callable(call, "on_progress", on_progress, optional=True)
        return task_id

    def check_task_ids(self, task_ids: Iterable[str], on_progress: object) -> list[str]:
        """Check what `wait_all` is given, and return the ids as a list.

        Raises:
            InvalidRequestError: It is not a list of strings (in a string, each character would be an id), or what the
                wait reports to cannot be called.
        """
        call = f"{self._resource}.wait_all"
        refuse_string(call, "task_ids", task_ids)
        if not isinstance(task_ids, Iterable):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise errors.InvalidRequestError(f"{call}: task_ids is {task_ids!r}. It must be a list of ids.")
        checked = [self.check_task_id("wait_all", task_id) for task_id in task_ids]
        check_callable(call, "on_progress", on_progress, optional=True)
        return checked

    def subscribe(self, task_ids: Iterable[str], now: float) -> None:
        """Add a subscriber to these ids; a new id is due at once."""
        for task_id in task_ids:
            subscription = self.subscriptions.setdefault(task_id, Subscription(due=now, started=now))
            subscription.subscribers += 1

    def unsubscribe(self, task_ids: Iterable[str]) -> None:
        """Remove a subscriber from these ids; forget an id without subscribers."""
        for task_id in task_ids:
            subscription = self.subscriptions.get(task_id)
            if subscription is not None:
                subscription.subscribers -= 1
                if subscription.subscribers <= 0:
                    del self.subscriptions[task_id]

    def next_due(self) -> float | None:
        """Return when the next poll is due; None if there is nothing to poll."""
        return min(
            (subscription.due for subscription in self.subscriptions.values() if not subscription.finished),
            default=None,
        )

    def due_batches(self, now: float) -> list[list[str]]:
        """Return the ids to poll now, in batches of one request each.

        If any id is due, ids that are due a little later are included, so that waits share their requests.
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
        """Poll ids of one group: yield calls, receive their results by `send` and their errors by `throw`.

        Ids that a batch response omits are requested one by one, so that no state is guessed.
        """
        remaining = task_ids
        if len(remaining) > 1 and self.batches and self.config.build_many is not None:
            first = self.subscriptions.get(remaining[0])
            try:
                tasks = yield self.config.build_many(remaining, self.config.find_group(first.task if first else None))
            except (errors.InvalidRequestError, errors.TaskNotFoundError):
                pass  # one of the ids cannot be sent, or is not known: request each alone to find it
            except errors.SunoError as error:
                if _is_transient(error):
                    self._record_error(remaining, error)
                    return
                if isinstance(error, errors.AuthenticationError | errors.PermissionDeniedError):
                    self._fail_tasks(remaining, error)
                    return
                log.warning("%s. Tasks are polled one by one from now on.", error)
                self.batches = False
            else:
                for task in tasks:
                    self._record_task(self.config.get_id(task), task)
                found = {self.config.get_id(task) for task in tasks}
                remaining = [task_id for task_id in remaining if task_id not in found]
        for task_id in remaining:
            try:
                task = yield self.config.build_one(task_id)
            except errors.TaskNotFoundError as error:
                seen = getattr(self.subscriptions.get(task_id), "task", None) is not None
                # How long a new task may be unknown is decided by each wait.
                (self._fail_tasks if seen else self._record_error)([task_id], error)
            except errors.SunoError as error:
                (self._record_error if _is_transient(error) else self._fail_tasks)([task_id], error)
            else:
                self._record_task(task_id, task)

    def reschedule(self, task_ids: Iterable[str], *, now: float, wall: float) -> None:
        """Set when to poll these ids next, after a poll; a `Retry-After` of its response can only delay it."""
        for task_id in task_ids:
            subscription = self.subscriptions.get(task_id)
            if subscription is None:
                continue
            subscription.polls += 1
            response = getattr(subscription.last_error, "response", None)
            hint = None if response is None else parse_retry_after(response, wall)
            subscription.due = now + max(poll_interval(now - subscription.started), min(hint or 0.0, MAX_RETRY_AFTER))

    def get_result(self, task_id: str, *, within_grace: bool) -> T | None:
        """Return the task if it has succeeded; None if it has not ended.

        Raises:
            TaskFailedError: The task failed.
            SunoError: Polling the task has failed.
        """
        task = self.get_ended(task_id, within_grace=within_grace)
        if task is not None and self.config.get_status(task) in self.config.failed:
            reason = self._redact(str(self.config.get_reason(task) or "no reason given"))
            task = self._redact_task(task)
            raise errors.TaskFailedError(f"task {task_id} failed: {reason}", task_id=task_id, task=task)
        return task

    def get_ended(self, task_id: str, *, within_grace: bool) -> T | None:
        """Return the task if it has succeeded or failed; None if it has not ended.

        Args:
            task_id: Id of the task.
            within_grace: Whether a task that the server does not know may be too new to be known.

        Raises:
            SunoError: Polling the task has failed.
        """
        subscription = self.subscriptions[task_id]
        final = subscription.error or (subscription.last_error if subscription.missing and not within_grace else None)
        if final is not None:
            error = copy(final)
            error.args = (f"task {task_id}: {error}",)
            raise error
        return subscription.task if subscription.finished else None

    def has_verdict(self, task_id: str) -> bool:
        """Check whether a wait for this id may be over: the task has ended, or the server does not know it."""
        subscription = self.subscriptions.get(task_id)
        return subscription is None or subscription.finished or subscription.missing

    def report(self, task_id: str, polls: dict[str, int], on_progress: Callable[[T], object] | None) -> object:
        """Call `on_progress` with a task that has had more polls than `polls` says, and return what it returns."""
        subscription = self.subscriptions[task_id]
        if on_progress is None or subscription.task is None or subscription.polls <= polls[task_id]:
            return None
        polls[task_id] = subscription.polls
        return on_progress(subscription.task)

    def make_timeout_error(self, task_id: str, seconds: float) -> errors.TaskTimeoutError:
        """Make the error for a task that did not finish in time."""
        subscription = self.subscriptions[task_id]
        seen = (
            "never seen"
            if subscription.task is None
            else f"last status {self._redact(str(self.config.get_status(subscription.task)))}; it continues"
        )
        message = f"task {task_id} did not finish within {seconds:g} s ({seen}). Wait again with the same id."
        if subscription.last_error is not None:
            message += f" The last poll failed: {subscription.last_error}"
        return errors.TaskTimeoutError(message, task_id=task_id, task=self._redact_task(subscription.task))

    def _redact_task(self, task: T | None) -> T | None:
        """Return a task without the API key for an error; a task that does not quote it stays as it is."""
        if not isinstance(task, Model):
            return task
        data = task.to_dict()
        redacted = _redact_strings(data, self._redact)
        return task if redacted == data else type(task).from_dict(redacted)

    def _record_task(self, task_id: str, task: T) -> None:
        subscription = self.subscriptions.get(task_id)
        if subscription is None or subscription.finished:
            return
        status = self.config.get_status(task)
        if not getattr(status, "is_known", True) and (
            subscription.task is None or self.config.get_status(subscription.task) != status
        ):
            log.warning(
                "task %s has the unknown status %r; polling continues",
                errors.escape_controls(task_id),
                self._redact(str(status)),
            )
        subscription.task, subscription.last_error, subscription.finished = task, None, self.config.has_ended(task)

    def _record_error(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        log.info("a poll failed, polling continues: %s", error)
        for subscription in filter(None, map(self.subscriptions.get, task_ids)):
            subscription.last_error = error

    def _fail_tasks(self, task_ids: Iterable[str], error: errors.SunoError) -> None:
        for subscription in filter(None, map(self.subscriptions.get, task_ids)):
            subscription.error, subscription.finished = error, True


def _is_transient(error: errors.SunoError) -> bool:
    """Check whether the next poll may succeed: the error does not concern the task itself."""
    if isinstance(error, errors.ResponseError):
        return classify_response(error.response) is not Outcome.FINAL
    return isinstance(error, errors.DeliveryError)


def _redact_strings(value: dict[str, Any] | list[Any] | str | float | None, redact: Callable[[str], str]) -> Any:
    """Return a JSON value with every string in it redacted."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {redact(name): _redact_strings(each, redact) for name, each in value.items()}
    if isinstance(value, list):
        return [_redact_strings(each, redact) for each in value]
    return value
