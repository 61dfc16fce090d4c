"""A model of the description."""

from __future__ import annotations

from typing import Any, Self

from attrs import define

from .._model import Model, each_object, misfit, revive, settle
from .._unset import ABSENT, UNSET
from ..errors import ModelError


@define(slots=False, kw_only=True, eq=False, repr=False)
class Task(Model):
    """Work that was submitted.

    Attributes:
        task_id: Id of the task.
        status: How far it is.
        notify_hook: Address that the result is POSTed to.
        action: Kind of the task.
        fail_reason: Why it failed; empty unless it did.
        submit_time: When it was submitted, in Unix seconds.
        start_time: When it was started, in Unix seconds; 0 before.
        finish_time: When it ended, in Unix seconds; 0 before.
        progress: How far it is, from `0%` to `100%`; a failure has `100%` too.
        data: Clips of a song, or lyrics, or null while there is nothing.
    """

    task_id: str
    status: TaskStatus
    notify_hook: str | None = ABSENT
    action: TaskAction | None = ABSENT
    fail_reason: str | None = ABSENT
    submit_time: int | None = ABSENT
    start_time: int | None = ABSENT
    finish_time: int | None = ABSENT
    progress: str | None = ABSENT
    data: list[Clip] | Lyrics | None = ABSENT

    @classmethod
    def adopt(cls, data: dict[str, Any]) -> Self:
        value = data.get("task_id", UNSET)
        kind = value.__class__
        if kind is not str:
            raise misfit("string", value, "task_id")
        value = data.get("status", UNSET)
        kind = value.__class__
        if kind is not str:
            raise misfit("string", value, "status")
        at = ""
        try:
            at = "status"
            value = data.get(at)
            if value is not None:
                data[at] = TaskStatus(value)
            at = "action"
            value = data.get(at)
            if value is not None:
                kind = value.__class__
                data[at] = TaskAction(value) if kind is str else value
            at = "data"
            value = data.get(at)
            if value is not None:
                kind = value.__class__
                data[at] = (
                    Lyrics.adopt(value) if kind is dict else each_object(Clip.adopt, value) if kind is list else value
                )
        except ModelError as error:
            raise error.under(at) from None
        return revive(cls, data)


settle(Task)

# Below the class, so that models may name each other.
from .clip import Clip
from .lyrics import Lyrics
from .task_action import TaskAction
from .task_status import TaskStatus
