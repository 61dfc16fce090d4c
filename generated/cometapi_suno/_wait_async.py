"""Waiting in asyncio: one task polls for all who wait on the same client, and wakes those whom a look concerns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from attrs import define, field

from ._timeout import check_deadline
from ._transport import OTHER_LOOP
from ._waiting import Board, Poll
from .errors import ConfigurationError, SunoError

if TYPE_CHECKING:
    from ._clock import AsyncClock
    from ._engine import AsyncEngine

T = TypeVar("T")

_PARALLEL = 8
"""Requests of one look that are under way at once."""


@define(eq=False)
class _Watcher:
    """Someone who waits: woken at first, then when an id of theirs has ended, or at every look if they want that."""

    task_ids: list[str]
    deadline: float
    every_look: bool
    concerned: set[str]
    woken: asyncio.Event = field(factory=asyncio.Event)


class AsyncWaiter(Generic[T]):
    """What an async client's tasks are waited for with. One for each client and what is derived from it."""

    def __init__(self, poll: Poll[T], clock: AsyncClock) -> None:
        self._board = Board(poll)
        self._clock = clock
        self._watchers: dict[str, set[_Watcher]] = {}
        self._poller: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()

    async def wait(
        self,
        engine: AsyncEngine,
        task_id: str,
        timeout: float,
        on_progress: Callable[[T], Awaitable[object] | object] | None,
    ) -> T:
        """The task once it has ended well."""
        looks = 0
        with self._watching(engine, [task_id], timeout, every_look=on_progress is not None) as watcher:
            while await self._news(watcher) is not None:
                seat = self._board.seats[task_id]
                if on_progress is not None and seat.task is not None and seat.looks > looks:
                    looks = seat.looks
                    await _told(on_progress, seat.task)
                task = self._board.result(task_id)
                if task is not None:
                    return task
            raise self._board.timeout(task_id, timeout)

    async def wait_all(
        self,
        engine: AsyncEngine,
        task_ids: Sequence[str],
        timeout: float,
        on_progress: Callable[[T], Awaitable[object] | object] | None,
    ) -> list[T]:
        """Every task once it has ended, well or not, in the order of the ids."""
        task_ids = self._board.several(task_ids)
        looks = dict.fromkeys(task_ids, 0)
        ended: dict[str, T] = {}
        with self._watching(engine, list(looks), timeout, every_look=on_progress is not None) as watcher:
            while (concerned := await self._news(watcher)) is not None:
                for task_id in concerned - ended.keys():
                    seat = self._board.seats[task_id]
                    if on_progress is not None and seat.task is not None and seat.looks > looks[task_id]:
                        looks[task_id] = seat.looks
                        await _told(on_progress, seat.task)
                    task = self._board.ended(task_id)
                    if task is not None:
                        ended[task_id] = task
                if len(ended) == len(looks):
                    return [ended[task_id] for task_id in task_ids]
            open_one = next(task_id for task_id in looks if task_id not in ended)
            error = self._board.timeout(open_one, timeout)
            error.reached = ended
            raise error

    async def events(self, engine: AsyncEngine, task_id: str, timeout: float) -> AsyncIterator[T]:
        """The task each time it is seen changed; ends when the task has ended well."""
        shown: T | None = None
        with self._watching(engine, [task_id], timeout, every_look=True) as watcher:
            while await self._news(watcher) is not None:
                task = self._board.seats[task_id].task
                if task is not None and task != shown:
                    shown = task
                    yield task
                if self._board.result(task_id) is not None:
                    return
            raise self._board.timeout(task_id, timeout)

    @contextmanager
    def _watching(
        self, engine: AsyncEngine, task_ids: list[str], timeout: float, *, every_look: bool
    ) -> Generator[_Watcher]:
        check_deadline(timeout)
        now = asyncio.get_running_loop().time()
        watcher = _Watcher(task_ids, now + timeout, every_look, set(task_ids))
        watcher.woken.set()
        self._sit_down(watcher, engine, now)
        try:
            yield watcher
        finally:
            self._get_up(watcher)

    async def _news(self, watcher: _Watcher) -> set[str] | None:
        """The ids to see to: all at first, then those that a look concerned; None when time is up."""
        try:
            async with asyncio.timeout_at(watcher.deadline):
                await watcher.woken.wait()
        except TimeoutError:
            return None
        watcher.woken.clear()
        self._raise_crash()
        concerned, watcher.concerned = watcher.concerned, set()
        return concerned

    def _sit_down(self, watcher: _Watcher, engine: AsyncEngine, now: float) -> None:
        poller = self._poller
        if poller is not None and not poller.done() and poller.get_loop() is not asyncio.get_running_loop():
            raise ConfigurationError(OTHER_LOOP)
        self._board.take(watcher.task_ids, now)
        for task_id in watcher.task_ids:
            self._watchers.setdefault(task_id, set()).add(watcher)
        if poller is None or poller.done():
            self._hurry = asyncio.Event()
            self._poller = asyncio.get_running_loop().create_task(self._poll(engine))
        self._hurry.set()

    def _get_up(self, watcher: _Watcher) -> None:
        self._board.leave(watcher.task_ids)
        for task_id in watcher.task_ids:
            others = self._watchers.get(task_id, set())
            others.discard(watcher)
            if not others:
                self._watchers.pop(task_id, None)
        if not self._watchers and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    def _raise_crash(self) -> None:
        poller = self._poller
        if poller is not None and poller.done() and not poller.cancelled() and poller.exception() is not None:
            raise RuntimeError("the poller of this client failed") from poller.exception()

    async def _poll(self, engine: AsyncEngine) -> None:
        """Look whenever a look is due, until this is cancelled."""
        try:
            while True:
                await self._until_due()
                chunks = self._board.due(asyncio.get_running_loop().time())
                limit = asyncio.Semaphore(_PARALLEL)
                async with asyncio.TaskGroup() as group:
                    for task_ids in chunks:
                        group.create_task(self._ask(engine, task_ids, limit))
        finally:
            for watcher in {watcher for watchers in self._watchers.values() for watcher in watchers}:
                watcher.woken.set()

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while (due := self._board.next_due()) is None or due > loop.time():
            self._hurry.clear()
            try:
                async with asyncio.timeout_at(due):
                    await self._hurry.wait()
            except TimeoutError:
                return

    async def _ask(self, engine: AsyncEngine, task_ids: list[str], limit: asyncio.Semaphore) -> None:
        steps = self._board.look(task_ids)
        async with limit:
            try:
                call = next(steps)
                while True:
                    try:
                        # The next look is the repetition.
                        result = await engine.run(call, {"retries": 0})
                    except SunoError as error:
                        call = steps.throw(error)
                    else:
                        call = steps.send(result)
            except StopIteration:
                pass
        self._board.reschedule(task_ids, now=asyncio.get_running_loop().time(), wall=self._clock.wall())
        self._wake(task_ids)

    def _wake(self, task_ids: list[str]) -> None:
        for task_id in task_ids:
            over = self._board.is_over(task_id)
            for watcher in self._watchers.get(task_id, ()):
                if watcher.every_look or over:
                    watcher.concerned.add(task_id)
                    watcher.woken.set()


async def _told(on_progress: Callable[[T], Awaitable[object] | object], task: T) -> None:
    answer = on_progress(task)
    if isinstance(answer, Awaitable):
        await answer
