"""`fetchTask` and `fetchTasks`: each look lets a task move on."""

from __future__ import annotations

from typing import Any

from cometapi_suno_mock.operations.call import Call, envelope
from cometapi_suno_mock.rules import UNKNOWN_TASK, RefusedError


def get(call: Call) -> dict[str, Any]:
    """One task of the account."""
    task = call.world.task(call.account, call.path["task_id"])
    if task is None:
        raise RefusedError(UNKNOWN_TASK)
    call.world.progress.look(task)
    return envelope(task.view())


def get_many(call: Call) -> dict[str, Any]:
    """Those of the ids that are tasks of the account; null when ids were given and none is.

    `action` does not filter: the gateway software ignores it.
    """
    ids: list[str] = call.body["ids"]
    found = [task for task in (call.world.task(call.account, id_) for id_ in dict.fromkeys(ids)) if task is not None]
    for task in found:
        call.world.progress.look(task)
    return envelope([task.view() for task in found] if found or not ids else None)
