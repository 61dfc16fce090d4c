"""The operations behind `client.tasks`: each makes a call and reads its answer, and does no IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._model import each_object_strictly
from .._operation import Billing, Call, Effect, Operation
from .._read import expect
from .._send import json_body, segment
from .._waiting import Poll
from .._write import refuse_text
from ..models.task import Task, adopt_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal


def _read_get(value: Any) -> Task:
    value = expect("object", (dict,), value)
    result: Task = adopt_task(value)
    return result


GET: Operation[Task] = Operation(
    name="tasks.get",
    method="GET",
    path="/suno/fetch/{task_id}",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'"),),
    decode=_read_get,
)


def build_get(task_id: str) -> Call[Task]:
    """Get one task."""
    path = "/suno/fetch/" + segment("tasks.get", "task_id", task_id)
    return Call(GET, path)


def _read_list(value: Any) -> list[Task]:
    value = expect("array or null", (list, type(None)), value)
    kind = value.__class__
    result: list[Task] = each_object_strictly(adopt_task, value) if kind is list else value or []
    return result


LIST: Operation[list[Task]] = Operation(
    name="tasks.list",
    method="POST",
    path="/suno/fetch",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'"),),
    decode=_read_list,
)


def build_list(*, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"]) -> Call[list[Task]]:
    """Get several tasks."""
    refuse_text("tasks.list", "ids", ids)
    path = "/suno/fetch"
    content = json_body("tasks.list", {"ids": ids, "action": action})
    return Call(LIST, path, content)


def _build_many(ids: Sequence[str], group: str) -> Call[list[Task]]:
    return build_list(ids=ids, action=cast("Any", group))


def _group(task: Task | None) -> str:
    group = None if task is None else task.action
    return str(group) if group in ["MUSIC", "LYRICS"] else "MUSIC"


POLL: Poll[Task] = Poll(
    name="tasks.get",
    one=build_get,
    many=_build_many,
    group=_group,
    id_of=lambda task: task.task_id,
    status_of=lambda task: task.status,
    reason_of=lambda task: task.fail_reason,
    done=frozenset(["SUCCESS"]),
    failed=frozenset(["FAILURE"]),
)
