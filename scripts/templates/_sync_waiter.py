"""Polling from threads: one thread polls for all threads that wait on the same client."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, RLock
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from ._polling import PollConfig, Poller
from ._timeout import check_wait_times
from .errors import SunoError

if TYPE_CHECKING:
    from ._clock import SyncClock
    from ._engine import SyncEngine
    from ._secret import Secret

T = TypeVar("T")


class _WaitEnds(NamedTuple):
    """When a wait is over, in seconds of the monotonic clock.

    Attributes:
        deadline: When it times out.
        grace_end: When a task that the server does not know counts as unknown.
    """

    deadline: float
    grace_end: float


class SyncWaiter(Generic[T]):
    """Waits for the tasks of a sync client and of all clients derived from it."""

    def __init__(self, config: PollConfig[T], clock: SyncClock, key: Secret) -> None:
        self._poller = Poller(config, key.hide_text)
        self._clock = clock
        # `Condition.__enter__` is written in Python: an interrupt within it would leave the lock locked.
        self._lock = RLock()
        self._changed = Condition(self._lock)
        self._polling = False

    def wait(
        self,
        engine: SyncEngine,
        task_id: str,
        timeout: float,
        grace: float,
        on_progress: Callable[[T], object] | None,
    ) -> T:
        """Return the task when it has succeeded."""
        task_id = self._poller.check_task_id("wait", task_id, on_progress)
        polls = {task_id: 0}
        with self._subscribe(polls, timeout, grace) as wait:
            for _ in self._wait_for_polls(engine, wait):
                self._poller.report(task_id, polls, on_progress)
                task = self._poller.get_result(task_id, within_grace=self._clock.monotonic() < wait.grace_end)
                if task is not None:
                    return task
            raise self._poller.make_timeout_error(task_id, timeout)

    def wait_all(
        self,
        engine: SyncEngine,
        task_ids: Sequence[str],
        timeout: float,
        grace: float,
        on_progress: Callable[[T], object] | None,
    ) -> list[T]:
        """Return every task when it has succeeded or failed, in the order of the ids."""
        task_ids = self._poller.check_task_ids(task_ids, on_progress)
        polls = dict.fromkeys(task_ids, 0)
        ended: dict[str, T] = {}
        with self._subscribe(polls, timeout, grace) as wait:
            for _ in self._wait_for_polls(engine, wait):
                within_grace = self._clock.monotonic() < wait.grace_end
                for task_id in polls.keys() - ended.keys():
                    self._poller.report(task_id, polls, on_progress)
                    task = self._poller.get_ended(task_id, within_grace=within_grace)
                    if task is not None:
                        ended[task_id] = task
                if len(ended) == len(polls):
                    return [ended[task_id] for task_id in task_ids]
            unfinished = next(task_id for task_id in polls if task_id not in ended)
            error = self._poller.make_timeout_error(unfinished, timeout)
            error.reached = ended
            raise error

    def events(self, engine: SyncEngine, task_id: str, timeout: float, grace: float) -> Iterator[T]:
        """Yield the task each time it has changed, until it has succeeded."""
        seen: T | None = None
        task_id = self._poller.check_task_id("iter_events", task_id)
        with self._subscribe([task_id], timeout, grace) as wait:
            for _ in self._wait_for_polls(engine, wait):
                task = self._poller.subscriptions[task_id].task
                if task is not None and task != seen:
                    seen = task
                    yield task
                if self._poller.subscriptions[task_id].finished:
                    task = seen = None  # crash reporters show variables, and a task may quote the key
                within_grace = self._clock.monotonic() < wait.grace_end
                if self._poller.get_result(task_id, within_grace=within_grace) is not None:
                    return
            raise self._poller.make_timeout_error(task_id, timeout)

    @contextmanager
    def _subscribe(self, task_ids: Iterable[str], timeout: float, grace: float) -> Generator[_WaitEnds]:
        check_wait_times(timeout, grace)
        now = self._clock.monotonic()
        with self._lock:
            self._poller.subscribe(task_ids, now)
        try:
            yield _WaitEnds(now + timeout, now + grace)
        finally:
            with self._lock:
                self._poller.unsubscribe(task_ids)
                self._changed.notify_all()

    def _wait_for_polls(self, engine: SyncEngine, wait: _WaitEnds) -> Iterator[None]:
        """Yield at once, and after every poll, until the time is up; poll when no other thread does."""
        poller, clock, deadline = self._poller, self._clock, wait.deadline
        yield
        while (now := clock.monotonic()) < deadline:
            batches: list[list[str]] = []
            try:
                with self._lock:
                    if not self._polling and (batches := poller.due_batches(now)):
                        self._polling = True
                    else:
                        due = None if self._polling else poller.next_due()
                        clock.wait(self._changed, deadline - now if due is None else min(due, deadline) - now)
                for task_ids in batches:
                    if not self._poll_batch(engine, task_ids, deadline):
                        break
                    poller.reschedule(task_ids, now=clock.monotonic(), wall=clock.wall())
            finally:
                if batches:
                    with self._lock:
                        self._polling = False
                        self._changed.notify_all()
            yield

    def _poll_batch(self, engine: SyncEngine, task_ids: list[str], deadline: float) -> bool:
        """Poll some tasks; return whether there was time for all of them."""
        steps = self._poller.poll(task_ids)
        try:
            call = next(steps)
            while (left := deadline - self._clock.monotonic()) > 0:
                try:
                    # The next poll is the retry.
                    result = engine.run(call, {"retries": 0, "timeout": engine.settings.timeout.at_most(left)})
                except SunoError as error:
                    if self._clock.monotonic() >= deadline:  # it is the end of the wait that broke off the poll
                        return False
                    call = steps.throw(error)
                else:
                    call = steps.send(result)
        except StopIteration:
            return True
        return False


def find_sync_waiter(engine: SyncEngine, config: PollConfig[T]) -> SyncWaiter[T]:
    """Return the waiter that a client shares with all clients derived from it."""
    waiter: SyncWaiter[T] = engine.waiters.setdefault(
        config.name, SyncWaiter(config, engine.clock, engine.settings.key)
    )
    return waiter
