"""Apply a fault to a reply."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from cometapi_suno_mock.contract import Contract, OperationContract
from cometapi_suno_mock.example_responses import build_example_reply
from cometapi_suno_mock.faults import HEADER, Fault
from cometapi_suno_mock.http_messages import DeliveryFault, Reply, json_reply, text_reply
from cometapi_suno_mock.media import HTML, JSON, is_array, is_object, read_json
from cometapi_suno_mock.pointers import join_pointer, look_up, split_pointer

NEW_VALUE = "NEVER_HEARD_OF"
"""The value that an enum or a new field gets."""


def apply_fault(
    fault: Fault, contract: Contract, operation: OperationContract | None, request_id: str, reply: Reply | None
) -> Reply:
    """Return the reply to send. `reply` is the one without the fault; None when the work was not done.

    A file has no operation.
    """
    if fault.status is not None:
        reply = _replace_status(fault, contract, operation, request_id, reply)
    if reply is None:
        reply = Reply(500, request_id)
    reply, missed = _change_values(fault, reply)
    if fault.invalid_json:
        reply = reply._replace(body=reply.body[:-1] + b",")
    if fault.content_type is not None:
        reply = reply._replace(media=fault.content_type)
    text = re.sub(r"[^\x20-\x7e]", "?", str(fault))  # a header carries printable ASCII only
    more = {**reply.more, HEADER: ("missed: " if missed else "") + text} | _build_retry_header(fault)
    if fault.range_total and "content-range" in more:
        unit, _, total = more["content-range"].rpartition("/")
        more["content-range"] = f"{unit}/{int(total) + fault.range_total}"
    lie = max(fault.length, -len(reply.body))
    delivery = DeliveryFault(fault.delay, fault.slow_body, fault.truncate, fault.reset is not None, lie)
    return reply._replace(more=more, delivery=delivery)


def _replace_status(
    fault: Fault, contract: Contract, operation: OperationContract | None, request_id: str, reply: Reply | None
) -> Reply:
    status = fault.status or 200
    if fault.body == "empty" or status in (204, 304):
        return Reply(status, request_id)
    if fault.body == "html":
        return text_reply(status, request_id, HTML, f"<html><head><title>{status}</title></head></html>")
    if reply is not None and status < 400:
        return reply._replace(status=status)
    if operation is not None and status in operation.answers:
        return build_example_reply(contract, operation, status, request_id)
    error = {"code": "fail_to_fetch_task", "message": f"status {status}", "data": None}
    return json_reply(status, request_id, error)


def _change_values(fault: Fault, reply: Reply) -> tuple[Reply, bool]:
    """Return the reply with the fault's changes, and whether one of them found nothing to change."""
    if not fault.changes or reply.media != JSON:
        return reply, bool(fault.changes)
    value = read_json(reply.body)  # not `reply.value`, in which two places may hold the same object
    missed = [not _change_value(value, kind, where) for kind, where in fault.changes]
    return json_reply(reply.status, reply.request_id, value), any(missed)


def _change_value(value: Any, kind: str, where: str) -> bool:
    *parents, last = split_pointer(where)
    try:
        holder = look_up(value, join_pointer("", *parents))
        if kind == "add" and is_object(holder):
            holder[last] = NEW_VALUE
            return True
        held = look_up(holder, join_pointer("", last))
    except KeyError:
        return False
    key: Any = int(last) if is_array(holder) else last
    if kind == "drop":
        del holder[key]
    else:
        holder[key] = {"null": None, "enum": NEW_VALUE, "add": NEW_VALUE}.get(kind, _change_type(held))
    return True


def _change_type(value: Any) -> Any:
    """Return a value of another JSON type."""
    if isinstance(value, str):
        return 7
    return {} if is_array(value) else "seven"


def _build_retry_header(fault: Fault) -> dict[str, str]:
    if fault.retry_after is not None:
        return {"retry-after": str(fault.retry_after)}
    if fault.retry_date is not None:
        return {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=fault.retry_date), usegmt=True)}
    return {}
