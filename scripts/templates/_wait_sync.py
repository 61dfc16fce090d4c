"""Waiting in threads: whoever finds a look due does it for all who wait on the same client."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING, Generic, TypeVar

from ._timeout import check_deadline
from ._waiting import Board, Poll
from .errors import SunoError

if TYPE_CHECKING:
    from ._clock import SyncClock
    from ._engine import SyncEngine

T = TypeVar("T")


class SyncWaiter(Generic[T]):
    """What a sync client's tasks are waited for with. One for each client and what is derived from it."""

    def __init__(self, poll: Poll[T], clock: SyncClock) -> None:
        self._board = Board(poll)
        self._clock = clock
        self._changed = Condition()
        self._looking = False

    def wait(self, engine: SyncEngine, task_id: str, timeout: float, on_progress: Callable[[T], object] | None) -> T:
        """The task once it has ended well."""
        looks = 0
        with self._watching([task_id]):
            for _ in self._rounds(engine, timeout):
                seat = self._board.seats[task_id]
                if on_progress is not None and seat.task is not None and seat.looks > looks:
                    looks = seat.looks
                    on_progress(seat.task)
                task = self._board.result(task_id)
                if task is not None:
                    return task
            raise self._board.timeout(task_id, timeout)

    def wait_all(
        self, engine: SyncEngine, task_ids: Sequence[str], timeout: float, on_progress: Callable[[T], object] | None
    ) -> list[T]:
        """Every task once it has ended, well or not, in the order of the ids."""
        task_ids = self._board.several(task_ids)
        looks = dict.fromkeys(task_ids, 0)
        ended: dict[str, T] = {}
        with self._watching(looks):
            for _ in self._rounds(engine, timeout):
                for task_id in looks.keys() - ended.keys():
                    seat = self._board.seats[task_id]
                    if on_progress is not None and seat.task is not None and seat.looks > looks[task_id]:
                        looks[task_id] = seat.looks
                        on_progress(seat.task)
                    task = self._board.ended(task_id)
                    if task is not None:
                        ended[task_id] = task
                if len(ended) == len(looks):
                    return [ended[task_id] for task_id in task_ids]
            open_one = next(task_id for task_id in looks if task_id not in ended)
            error = self._board.timeout(open_one, timeout)
            error.reached = ended
            raise error

    def events(self, engine: SyncEngine, task_id: str, timeout: float) -> Iterator[T]:
        """The task each time it is seen changed; ends when the task has ended well."""
        shown: T | None = None
        with self._watching([task_id]):
            for _ in self._rounds(engine, timeout):
                task = self._board.seats[task_id].task
                if task is not None and task != shown:
                    shown = task
                    yield task
                if self._board.result(task_id) is not None:
                    return
            raise self._board.timeout(task_id, timeout)

    @contextmanager
    def _watching(self, task_ids: Iterable[str]) -> Generator[None]:
        with self._changed:
            self._board.take(task_ids, self._clock.monotonic())
        try:
            yield
        finally:
            with self._changed:
                self._board.leave(task_ids)
                self._changed.notify_all()

    def _rounds(self, engine: SyncEngine, timeout: float) -> Iterator[None]:
        """Yield at first, and after every look that may have told something, until time is up."""
        board, clock = self._board, self._clock
        check_deadline(timeout)
        deadline = clock.monotonic() + timeout
        yield
        while (now := clock.monotonic()) < deadline:
            with self._changed:
                chunks = [] if self._looking else board.due(now)
                if not chunks:
                    due = None if self._looking else board.next_due()
                    clock.wait(self._changed, deadline - now if due is None else min(due, deadline) - now)
                else:
                    self._looking = True
            if chunks:
                self._look(engine, chunks, deadline)
            yield

    def _look(self, engine: SyncEngine, chunks: list[list[str]], deadline: float) -> None:
        try:
            for task_ids in chunks:
                if not self._ask(engine, task_ids, deadline):
                    return
                self._board.reschedule(task_ids, now=self._clock.monotonic(), wall=self._clock.wall())
        finally:
            with self._changed:
                self._looking = False
                self._changed.notify_all()

    def _ask(self, engine: SyncEngine, task_ids: list[str], deadline: float) -> bool:
        """Look at some tasks; whether there was time for all of them."""
        steps = self._board.look(task_ids)
        try:
            call = next(steps)
            while (left := deadline - self._clock.monotonic()) > 0:
                try:
                    # The next look is the repetition.
                    result = engine.run(call, {"retries": 0, "timeout": engine.settings.timeout.at_most(left)})
                except SunoError as error:
                    call = steps.throw(error)
                else:
                    call = steps.send(result)
        except StopIteration:
            return True
        return False
