"""`fetchTask` and `fetchTasks`: each look lets a task move on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.operations.call import Call, envelope
from cometapi_suno_mock.readings.catalogue import STREAMING
from cometapi_suno_mock.rules import UNKNOWN_TASK, RefusedError
from cometapi_suno_mock.world.tasks import IN_PROGRESS, Task

if TYPE_CHECKING:
    from cometapi_suno_mock.world.clips import Clip


def get(call: Call) -> dict[str, Any]:
    """One task of the account."""
    task = call.world.task(call.account, call.path["task_id"])
    if task is None:
        raise RefusedError(UNKNOWN_TASK)
    call.world.progress.look(task)
    return envelope(_show(call, task))


def get_many(call: Call) -> dict[str, Any]:
    """Those of the ids that are tasks of the account; null when ids were given and none is.

    `action` does not filter: the gateway software ignores it.
    """
    ids: list[str] = call.body["ids"]
    found = [task for task in (call.world.task(call.account, id_) for id_ in dict.fromkeys(ids)) if task is not None]
    for task in found:
        call.world.progress.look(task)
    return envelope([_show(call, task) for task in found] if found or not ids else None)


def _show(call: Call, task: Task) -> dict[str, Any]:
    view = task.view()
    if STREAMING in call.world.readings and task.status == IN_PROGRESS and task.clips:
        view["data"] = [{**clip.view(), **_streaming(clip)} for clip in task.clips]
    return view


def _streaming(clip: Clip) -> dict[str, Any]:
    return {"status": "streaming", "audio_url": f"https://audiopipe.suno.ai/?item_id={clip.id}"}
