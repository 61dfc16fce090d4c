"""Fake tasks of an account in virtual time: the status of each over time, and the answers to polls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import httpx
from attrs import define, field

from contract_tests.suite.client.virtual_time_client import Act, Stage, Time
from contract_tests.suite.support.expected_results import json_reply

Life = Sequence[tuple[float, str]]
"""When a task gets which status."""

FETCH = "/suno/fetch"
NOT_THERE = json_reply(400, {"code": "task_not_exist", "message": "task_not_exist", "data": None})


def until(end: float, status: str = "SUCCESS") -> Life:
    """Return the life of a task that is in progress until it ends."""
    return ((0.0, "SUBMITTED"), (min(1.0, end), "IN_PROGRESS"), (end, status))


@define
class Account:
    """Answers polls as the gateway does: unknown ids are left out of a batch, and 400 alone.

    Attributes:
        lives: Task id -> what becomes of it.
        actions: Task id -> its kind, where it is not a song.
        meets: What requests get instead of their answers, one after the other; `None` is the answer.
        batch: What a poll of several tasks gets instead of its answer.
        omits: Ids that no batch shows.
        hidden_until: Task id -> until when the gateway does not know it.
        time: The stage's.
        asked: The ids of each request, in their order.
    """

    lives: Mapping[str, Life]
    actions: Mapping[str, str] = field(factory=dict[str, str])
    meets: list[Act | None] = field(factory=list[Act | None])
    batch: Callable[[list[Any]], Act] | None = None
    omits: Iterable[str] = ()
    hidden_until: Mapping[str, float] = field(factory=dict[str, float])
    time: Time = field(factory=Time)
    asked: list[list[str]] = field(factory=list[list[str]])

    def __call__(self, request: httpx.Request) -> Act:
        path = request.url.path
        several = request.method == "POST"
        assert path == FETCH if several else path.startswith(f"{FETCH}/")
        body: dict[str, Any] = json.loads(request.content) if several else {}
        ids: list[str] = body["ids"] if several else [path.removeprefix(f"{FETCH}/")]
        self.asked.append(ids)
        met = self.meets.pop(0) if self.meets else None
        if met is not None:
            return met
        if not several:
            return _told(self.task(ids[0])) if self._is_known(ids[0]) else NOT_THERE
        found = [
            self.task(task_id)
            for task_id in ids
            if self._is_known(task_id) and task_id not in self.omits and self._action(task_id) == body["action"]
        ]
        return self.batch(found) if self.batch is not None else _told(found)

    def task(self, task_id: str) -> dict[str, Any]:
        """Return the task as it is now."""
        status = [status for since, status in self.lives[task_id] if since <= self.time.now][-1]
        return {
            "task_id": task_id,
            "action": self._action(task_id),
            "status": status,
            "fail_reason": "no idea" if status == "FAILURE" else "",
            "progress": f"{min(100, int(self.time.now))}%",
            "data": [{"id": f"clip of {task_id}", "status": "complete"}] if status == "SUCCESS" else None,
        }

    def _is_known(self, task_id: str) -> bool:
        return task_id in self.lives and self.time.now >= self.hidden_until.get(task_id, 0.0)

    def _action(self, task_id: str) -> str:
        return self.actions.get(task_id, "MUSIC")

    def stage(self, face: str, **options: Any) -> Stage:
        """Return a client that polls these tasks."""
        return Stage(face, self, time=self.time, **options)


def _told(data: Any) -> Act:
    return json_reply(200, {"code": "success", "message": "", "data": data})
