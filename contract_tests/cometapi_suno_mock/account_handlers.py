"""The account: what was spent and is left, its tasks and its usage log, all from what was really done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cometapi_suno_mock.credits import QUOTA_UNITS, CreditAccount, LogRow
from cometapi_suno_mock.handlers import Handler, OperationCall
from cometapi_suno_mock.state_records import FAILURE, TaskRecord

_UNITS_PER_DOLLAR = 500_000
_LARGEST_PAGE = 100


def get_subscription(call: OperationCall) -> dict[str, Any]:
    """Return the limit of the key in US dollars."""
    return {"object": "billing_subscription", "hard_limit_usd": call.account.granted * QUOTA_UNITS / _UNITS_PER_DOLLAR}


def get_usage(call: OperationCall) -> dict[str, Any]:
    """Return what the key has spent, in hundredths of a US dollar."""
    return {"object": "list", "total_usage": 100 * _count_used(call.account) / _UNITS_PER_DOLLAR}


def get_user(call: OperationCall) -> dict[str, Any]:
    """Return the balance of the account in quota units."""
    return _wrap({"quota": call.account.balance * QUOTA_UNITS, "used_quota": _count_used(call.account)})


def list_account_tasks(call: OperationCall) -> dict[str, Any]:
    """Return a page of the tasks of the account."""
    tasks = [task for task in call.state.tasks if task.account is call.account]
    rows = [_view_task(task) for task in reversed(tasks)]
    return _view_page(call, rows, "submit_time", ("platform", "task_id", "status", "action"))


def list_usage_log(call: OperationCall) -> dict[str, Any]:
    """Return a page of the usage log."""
    rows = [_view_log_row(row) for row in reversed(call.account.log)]
    return _view_page(call, rows, "created_at", ("type", "model_name", "token_name", "request_id"))


def _count_used(account: CreditAccount) -> int:
    return (account.reserved + account.spent) * QUOTA_UNITS


def _view_task(task: TaskRecord) -> dict[str, Any]:
    return {
        "task_id": task.id,
        "created_at": task.submit_time,
        "platform": "suno",
        "action": task.action,
        "status": task.status,
        "model_name": f"suno_{task.action.lower()}",
        "progress": f"{task.progress}%",
        "quota": 0 if task.status == FAILURE else task.cost * QUOTA_UNITS,
        "submit_time": task.submit_time,
        "finish_time": task.finish_time,
    }


def _view_log_row(row: LogRow) -> dict[str, Any]:
    return {
        "created_at": row.created_at,
        "type": row.kind,
        "quota": row.cost * QUOTA_UNITS,
        "model_name": _MODELS.get(row.operation, row.operation),
        "token_name": "default",
        "request_id": row.request_id,
        "content": row.operation,
    }


def _view_page(
    call: OperationCall, rows: Sequence[dict[str, Any]], time: str, filters: Sequence[str]
) -> dict[str, Any]:
    query = call.query
    start, end = int(query.get("start_timestamp") or 0), int(query.get("end_timestamp") or 0)
    found = [
        row
        for row in rows
        if all(str(row[name]) == query[name] for name in filters if query.get(name))
        and row[time] >= start
        and (not end or row[time] <= end)
    ]
    size = min(int(query.get("page_size") or 10), _LARGEST_PAGE)
    number = max(1, int(query.get("p") or 1))
    items = found[(number - 1) * size : number * size]
    return _wrap({"page": number, "page_size": size, "total": len(found), "items": items})


def _wrap(data: Any) -> dict[str, Any]:
    return {"success": True, "message": "", "data": data}


_MODELS: Mapping[str, str] = {"submitMusic": "suno_music", "submitConcat": "suno_music", "submitLyrics": "suno_lyrics"}
ACCOUNT_HANDLERS: Mapping[str, Handler] = {
    "getSubscription": get_subscription,
    "getUsage": get_usage,
    "getUser": get_user,
    "listAccountTasks": list_account_tasks,
    "listUsageLog": list_usage_log,
}
"""The handlers, by `operationId`."""
