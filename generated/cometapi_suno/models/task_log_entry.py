"""A model of the description."""

from __future__ import annotations

from typing import Any

from attrs import define

from .._model import Model, configure_model, make_model_error, new_instance
from .._unset import ABSENT, UNSET


@define(slots=False, kw_only=True, eq=False, repr=False)
class TaskLogEntry(Model):
    """A task of the account, with what it cost.

    Attributes:
        task_id: Id of the task.
        created_at: When the row was made, in Unix seconds.
        platform: What ran it, such as `suno`.
        action: Kind of the task, such as `MUSIC`.
        status: How far it is.
        model_name: Model that it used.
        progress: How far it is, from `0%` to `100%`.
        quota: What it cost in quota units.
        submit_time: When it was submitted, in Unix seconds.
        finish_time: When it ended, in Unix seconds; 0 before.
    """

    task_id: str
    created_at: int | None = ABSENT
    platform: str | None = ABSENT
    action: str | None = ABSENT
    status: TaskStatus | None = ABSENT
    model_name: str | None = ABSENT
    progress: str | None = ABSENT
    quota: int | None = ABSENT
    submit_time: int | None = ABSENT
    finish_time: int | None = ABSENT


def adopt_task_log_entry(data: dict[str, Any]) -> TaskLogEntry:
    """Make a model that uses `data` itself."""
    value: Any
    value = data.get("task_id", UNSET)
    if value.__class__ is not str:
        raise make_model_error("string", value, "task_id")
    value = data.get("status")
    if value.__class__ is str:
        data["status"] = known_task_status(value) or TaskStatus(value)
    self = new_instance(TaskLogEntry)
    self.__dict__ = data
    return self


configure_model(TaskLogEntry, adopt_task_log_entry)

# Imported after the class, so that models can refer to each other.
from .task_status import TaskStatus, known_task_status
