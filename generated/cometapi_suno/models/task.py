"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._derived_fields import read_items, read_object, read_percentage
from .._model import Model, adopt_described, adopt_items, configure_model, make_model_error, new_instance
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

    @property
    def clips(self) -> list[Clip]:
        """The items of `data` when it is a list of Clip; empty when it is not."""
        return read_items(self.data, Clip)

    @property
    def lyrics(self) -> Lyrics | None:
        """`data` when it is a Lyrics; `None` when it is not."""
        return read_object(self.data, Lyrics)

    @property
    def progress_percent(self) -> float | None:
        """`progress` as a number from 0 to 100; `None` when it cannot be read as one."""
        return read_percentage(self.progress)


def adopt_task(data: dict[str, Any]) -> Task:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("task_id", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "task_id")
    value = data.get("status", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "status")
    value = data.get("status")
    if value.__class__ is str:
        data["status"] = known_task_status(value) or TaskStatus(value)
    value = data.get("action")
    if value.__class__ is str:
        data["action"] = known_task_action(value) or TaskAction(value)
    value = data.get("data")
    if value.__class__ is dict:
        try:
            data["data"] = adopt_described(Lyrics, value)
        except ModelError as error:
            raise error.under("data") from None
    elif value.__class__ is list:
        try:
            data["data"] = adopt_items(adopt_clip, value)
        except ModelError as error:
            raise error.under("data") from None
    self = new_instance(Task)
    self.__dict__ = data
    return self


configure_model(Task, adopt_task)

# Imported after the class, so that models can refer to each other.
from .clip import Clip, adopt_clip
from .lyrics import Lyrics
from .task_action import TaskAction, known_task_action
from .task_status import TaskStatus, known_task_status
