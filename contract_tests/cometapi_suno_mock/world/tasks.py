"""Tasks: NOT_START -> SUBMITTED -> IN_PROGRESS -> SUCCESS or FAILURE, moved on by looks or by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from cometapi_suno_mock.world.clips import Clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from cometapi_suno_mock.world.accounts import Account
    from cometapi_suno_mock.world.clock import Clock

NOT_START, SUBMITTED, IN_PROGRESS = "NOT_START", "SUBMITTED", "IN_PROGRESS"
SUCCESS, FAILURE = "SUCCESS", "FAILURE"

_STAGES = (NOT_START, SUBMITTED, IN_PROGRESS)


@attrs.define(eq=False)
class Task:
    """Work that an account has submitted; its `cost` stays reserved until it ends."""

    id: str
    account: Account
    action: str
    cost: int
    weight: int
    submit_time: int
    born: float
    notify_hook: str = ""
    clips: list[Clip] = attrs.field(factory=list[Clip])
    lyrics: dict[str, Any] | None = None
    doom: str | None = None
    """Why the task will fail; None lets it succeed."""
    looks: int = 0
    status: str = NOT_START
    progress: int = 0
    fail_reason: str = ""
    start_time: int = 0
    finish_time: int = 0

    @property
    def ended(self) -> bool:
        """Whether it has succeeded or failed."""
        return self.status in (SUCCESS, FAILURE)

    def view(self) -> dict[str, Any]:
        """The task as answers show it; its `data` is null until it has succeeded."""
        return {
            "task_id": self.id,
            "notify_hook": self.notify_hook,
            "action": self.action,
            "status": self.status,
            "fail_reason": self.fail_reason,
            "submit_time": self.submit_time,
            "start_time": self.start_time,
            "finish_time": self.finish_time,
            "progress": f"{self.progress}%",
            "data": self._data() if self.status == SUCCESS else None,
        }

    def _data(self) -> Any:
        if self.lyrics is not None:
            return self.lyrics
        return [{**clip.view(), "reaction": None, "is_video_pending": False} for clip in self.clips]


class Progress:
    """How tasks move on.

    Args:
        looks: How many looks find a task unfinished.
        seconds: Move on by the clock in this time instead.
    """

    def __init__(self, clock: Clock, *, looks: int, seconds: float | None) -> None:
        self._clock = clock
        self._looks = looks
        self._done: Callable[[Task], float] = self._by_looks if seconds is None else self._by_time
        self._seconds = seconds

    def look(self, task: Task) -> None:
        """Let a task move on because someone asked for it."""
        if task.ended:
            return
        done = self._done(task)
        task.looks += 1
        if done >= 1:
            self.finish(task)
            return
        task.status = self._stage(done)
        if task.status == IN_PROGRESS:
            task.start_time = task.start_time or self._clock.seconds
            task.progress = int(100 * done)

    def finish(self, task: Task) -> None:
        """End a task now: settle or refund, and finish or break its clips."""
        if task.ended:
            return
        failed = task.doom is not None
        task.status = FAILURE if failed else SUCCESS
        task.fail_reason = task.doom or ""
        task.progress = 100
        task.start_time = task.start_time or self._clock.seconds
        task.finish_time = self._clock.seconds
        for clip in task.clips:
            clip.end(failed=failed)
        if failed:
            task.account.refund(task.cost)
        else:
            task.account.settle(task.cost)

    def _by_looks(self, task: Task) -> float:
        return task.looks / self._looks if self._looks else 1.0

    def _by_time(self, task: Task) -> float:
        return (self._clock.elapsed - task.born) / self._seconds if self._seconds else 1.0

    def _stage(self, done: float) -> str:
        stages = _STAGES if self._seconds is not None else _STAGES[-self._looks :]
        return stages[int(done * len(stages))]
