"""The operations behind `client.tasks`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from .._model import (
    adopt_object_items,
)
from .._operation import Billing, Call, Effect, Operation, expect_same
from .._polling import PollConfig
from .._request_encoding import (
    encode_json_body,
    encode_path_segment,
    refuse_string,
)
from .._response_parsing import expect_type
from .._unset import UNSET, Unset
from ..models.task import Task, adopt_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal


def _decode_get(value: Any) -> Task:
    value = expect_type("object", (dict,), value)
    result: Task = adopt_task(value)
    return result


GET: Operation[Task] = Operation(
    name="tasks.get",
    method="GET",
    path="/suno/fetch/{task_id}",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_get,
)


def build_get(task_id: str) -> Call[Task]:
    """Get one task."""
    path = "/suno/fetch/" + encode_path_segment("tasks.get", "task_id", task_id)
    return Call(expect_same(GET, "task_id", task_id), path)


def _decode_list(value: Any) -> list[Task]:
    value = expect_type("array or null", (list, type(None)), value)
    kind = value.__class__
    result: list[Task] = adopt_object_items(adopt_task, value) if kind is list else value or []
    return result


LIST: Operation[list[Task]] = Operation(
    name="tasks.list",
    method="POST",
    path="/suno/fetch",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_list,
)


def build_list(*, ids: Sequence[str], action: Literal["MUSIC", "LYRICS"] | Unset = UNSET) -> Call[list[Task]]:
    """Get several tasks."""
    refuse_string("tasks.list", "ids", ids)
    path = "/suno/fetch"
    content = encode_json_body("tasks.list", {"ids": ids, "action": action})
    return Call(LIST, path, content)


def _build_many(ids: Sequence[str], group: str) -> Call[list[Task]]:
    return build_list(ids=ids, action=cast("Any", group))


def _find_group(task: Task | None) -> str:
    group = None if task is None else task.action
    return str(group) if group in ["MUSIC", "LYRICS"] else "MUSIC"


POLL: PollConfig[Task] = PollConfig(
    name="tasks.get",
    build_one=build_get,
    build_many=_build_many,
    find_group=_find_group,
    get_id=lambda task: task.task_id,
    get_status=lambda task: task.status,
    get_reason=lambda task: task.fail_reason,
    done=frozenset(["SUCCESS"]),
    failed=frozenset(["FAILURE"]),
)
