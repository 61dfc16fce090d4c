"""Polling in asyncio: one asyncio task polls for all waits on the same client, and wakes those with news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import define, field

from ._polling import PollConfig, Poller
from ._steps import await_result
from ._timeout import check_wait_times
from ._transport import OTHER_LOOP_MESSAGE, find_running_loop
from .errors import ConfigurationError, SunoError

if TYPE_CHECKING:
    from ._clock import AsyncClock
    from ._engine import AsyncEngine
    from ._secret import Secret

T = TypeVar("T")

_MAX_PARALLEL = 8
"""Maximum number of concurrent requests of one poll."""


@define(eq=False)
class _Wait:
    """One wait for ids.

    Attributes:
        task_ids: The ids.
        deadline: When the wait times out, in seconds of the loop's clock.
        grace_end: When a task that the server does not know counts as unknown.
        every_poll: Whether every poll of its ids wakes it, or only one that may end it.
        changed: The ids that woke it.
        wake: Set when there is news.
    """

    task_ids: list[str]
    deadline: float
    grace_end: float
    every_poll: bool
    changed: set[str]
    wake: asyncio.Event = field(factory=asyncio.Event)

    def is_within_grace(self) -> bool:
        """Check whether a task that the server does not know may be too new to be known."""
        return asyncio.get_running_loop().time() < self.grace_end


class AsyncWaiter(Generic[T]):
    """Waits for the tasks of an async client and of all clients derived from it."""

    def __init__(self, config: PollConfig[T], clock: AsyncClock, key: Secret) -> None:
        self._poller = Poller(config, key.hide_text)
        self._clock = clock
        self._waits: dict[str, set[_Wait]] = {}
        self._poll_task: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()

    def is_stranded(self) -> bool:
        """Check whether the event loop that polls was closed by hand: its tasks never end."""
        return self._poll_task is not None and self._poll_task.get_loop().is_closed()

    async def wait(
        self,
        engine: AsyncEngine,
        task_id: str,
        timeout: float,
        grace: float,
        on_progress: Callable[[T], Awaitable[object] | object] | None,
    ) -> T:
        """Return the task when it has succeeded."""
        task_id = self._poller.check_task_id("wait", task_id, on_progress)
        polls = {task_id: 0}
        with self._subscribe(engine, [task_id], timeout, grace, every_poll=on_progress is not None) as wait:
            while await self._next_changes(wait) is not None:
                await await_result(self._poller.report(task_id, polls, on_progress))
                task = self._poller.get_result(task_id, within_grace=wait.is_within_grace())
                if task is not None:
                    return task
            raise self._poller.make_timeout_error(task_id, timeout)

    async def wait_all(
        self,
        engine: AsyncEngine,
        task_ids: Sequence[str],
        timeout: float,
        grace: float,
        on_progress: Callable[[T], Awaitable[object] | object] | None,
    ) -> list[T]:
        """Return every task when it has succeeded or failed, in the order of the ids."""
        task_ids = self._poller.check_task_ids(task_ids, on_progress)
        polls = dict.fromkeys(task_ids, 0)
        ended: dict[str, T] = {}
        with self._subscribe(engine, list(polls), timeout, grace, every_poll=on_progress is not None) as wait:
            while (changed := await self._next_changes(wait)) is not None:
                for task_id in changed - ended.keys():
                    await await_result(self._poller.report(task_id, polls, on_progress))
                    task = self._poller.get_ended(task_id, within_grace=wait.is_within_grace())
                    if task is not None:
                        ended[task_id] = task
                if len(ended) == len(polls):
                    return [ended[task_id] for task_id in task_ids]
            unfinished = next(task_id for task_id in polls if task_id not in ended)
            error = self._poller.make_timeout_error(unfinished, timeout)
            error.reached = ended
            raise error

    async def events(self, engine: AsyncEngine, task_id: str, timeout: float, grace: float) -> AsyncIterator[T]:
        """Yield the task each time it has changed, until it has succeeded."""
        seen: T | None = None
        task_id = self._poller.check_task_id("iter_events", task_id)
        with self._subscribe(engine, [task_id], timeout, grace, every_poll=True) as wait:
            while await self._next_changes(wait) is not None:
                task = self._poller.subscriptions[task_id].task
                if task is not None and task != seen:
                    seen = task
                    yield task
                if self._poller.subscriptions[task_id].finished:
                    task = seen = None  # crash reporters show variables, and a task may quote the key
                if self._poller.get_result(task_id, within_grace=wait.is_within_grace()) is not None:
                    return
            raise self._poller.make_timeout_error(task_id, timeout)

    @contextmanager
    def _subscribe(
        self, engine: AsyncEngine, task_ids: list[str], timeout: float, grace: float, *, every_poll: bool
    ) -> Generator[_Wait]:
        check_wait_times(timeout, grace)
        now = find_running_loop().time()
        wait = _Wait(task_ids, now + timeout, now + grace, every_poll, set(task_ids))
        wait.wake.set()
        self._register(wait, engine, now)
        try:
            yield wait
        finally:
            self._unregister(wait)

    async def _next_changes(self, wait: _Wait) -> set[str] | None:
        """Return the ids with news, at first all of them; None when the time is up."""
        try:
            async with asyncio.timeout_at(wait.deadline):
                await wait.wake.wait()
        except TimeoutError:
            return None
        wait.wake.clear()
        self._check_poll_task()
        changed, wait.changed = wait.changed, set()
        return changed

    def _register(self, wait: _Wait, engine: AsyncEngine, now: float) -> None:
        poll_task = self._poll_task
        if poll_task is not None and not poll_task.done() and poll_task.get_loop() is not asyncio.get_running_loop():
            raise ConfigurationError(OTHER_LOOP_MESSAGE)
        self._poller.subscribe(wait.task_ids, now)
        for task_id in wait.task_ids:
            self._waits.setdefault(task_id, set()).add(wait)
        if poll_task is None or poll_task.done():
            self._subscribed = asyncio.Event()
            self._poll_task = asyncio.get_running_loop().create_task(self._run(engine))
        self._subscribed.set()

    def _unregister(self, wait: _Wait) -> None:
        self._poller.unsubscribe(wait.task_ids)
        for task_id in wait.task_ids:
            others = self._waits.get(task_id, set())
            others.discard(wait)
            if not others:
                self._waits.pop(task_id, None)
        if not self._waits and self._poll_task is not None and not self.is_stranded():
            self._poll_task.cancel()
            self._poll_task = None

    def _check_poll_task(self) -> None:
        poll_task = self._poll_task
        if (
            poll_task is not None
            and poll_task.done()
            and not poll_task.cancelled()
            and poll_task.exception() is not None
        ):
            raise RuntimeError("AsyncSunoClient: polling failed; its error is the cause") from poll_task.exception()

    async def _run(self, engine: AsyncEngine) -> None:
        """Poll whenever a poll is due, until this is cancelled."""
        try:
            while True:
                await self._sleep_until_due()
                batches = self._poller.due_batches(asyncio.get_running_loop().time())
                limit = asyncio.Semaphore(_MAX_PARALLEL)
                async with asyncio.TaskGroup() as group:
                    for task_ids in batches:
                        group.create_task(self._poll_batch(engine, task_ids, limit))
        finally:
            for wait in {wait for waits in self._waits.values() for wait in waits}:
                wait.wake.set()

    async def _sleep_until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while (due := self._poller.next_due()) is None or due > loop.time():
            self._subscribed.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._subscribed.wait()
            except TimeoutError:
                return

    async def _poll_batch(self, engine: AsyncEngine, task_ids: list[str], limit: asyncio.Semaphore) -> None:
        steps = self._poller.poll(task_ids)
        async with limit:
            try:
                call = next(steps)
                while True:
                    try:
                        # The next poll is the retry.
                        result = await engine.run(call, {"retries": 0})
                    except SunoError as error:
                        call = steps.throw(error)
                    else:
                        call = steps.send(result)
            except StopIteration:
                pass
        self._poller.reschedule(task_ids, now=asyncio.get_running_loop().time(), wall=self._clock.wall())
        self._wake(task_ids)

    def _wake(self, task_ids: list[str]) -> None:
        for task_id in task_ids:
            has_verdict = self._poller.has_verdict(task_id)
            for wait in self._waits.get(task_id, ()):
                if wait.every_poll or has_verdict:
                    wait.changed.add(task_id)
                    wait.wake.set()


def find_async_waiter(engine: AsyncEngine, config: PollConfig[T]) -> AsyncWaiter[T]:
    """Return the waiter that a client shares with all clients derived from it."""
    waiter: AsyncWaiter[T] | None = engine.waiters.get(config.name)
    if waiter is None or waiter.is_stranded():
        waiter = engine.waiters[config.name] = AsyncWaiter(config, engine.clock, engine.settings.key)
    return waiter
