"""What a fault makes of a reply."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.example_responses import described_reply
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.http_messages import Delivery, Reply, json_reply, text_reply
from cometapi_suno_mock.media import HTML, JSON, is_array, is_object, read_json
from cometapi_suno_mock.pointers import look, pointer, split

if TYPE_CHECKING:
    from cometapi_suno_mock.contract import Contract, OperationContract
    from cometapi_suno_mock.faults import Fault

NEW_VALUE = "NEVER_HEARD_OF"
"""What an enum, or a new field, gets."""


def spoil(
    fault: Fault, contract: Contract, operation: OperationContract, request_id: str, reply: Reply | None
) -> Reply:
    """The reply that goes out; `reply` is the honest one, None when the work was left undone."""
    if fault.status is not None:
        reply = _with_status(fault, contract, operation, request_id, reply)
    if reply is None:
        reply = Reply(500, request_id)
    reply, missed = _changed(fault, reply)
    reply = _broken(fault, reply)
    more = {HEADER: ("missed: " if missed else "") + _printable(str(fault))} | _retry(fault)
    delivery = Delivery(fault.delay, fault.slow_body, fault.truncate, reset=fault.reset is not None)
    return reply._replace(more=more, delivery=delivery)


def _with_status(
    fault: Fault, contract: Contract, operation: OperationContract, request_id: str, reply: Reply | None
) -> Reply:
    status = fault.status or 200
    if fault.body == "empty" or status in (204, 304):
        return Reply(status, request_id)
    if fault.body == "html":
        return text_reply(status, request_id, HTML, f"<html><head><title>{status}</title></head></html>")
    if reply is not None and status < 400:
        return reply._replace(status=status)
    if status in operation.answers:
        return described_reply(contract, operation, status, request_id)
    error = {"code": "fail_to_fetch_task", "message": f"status {status}", "data": None}
    return json_reply(status, request_id, error)


def _changed(fault: Fault, reply: Reply) -> tuple[Reply, bool]:
    """The reply with its changes, and whether one of them found nothing to change."""
    if not fault.changes or reply.media != JSON:
        return reply, bool(fault.changes)
    value = read_json(reply.body)  # not a copy of the value: what it shows twice may be one object
    missed = [not _change(value, kind, where) for kind, where in fault.changes]
    return json_reply(reply.status, reply.request_id, value), any(missed)


def _change(value: Any, kind: str, where: str) -> bool:
    *parents, last = split(where)
    try:
        holder = look(value, pointer(parents))
        if kind == "add" and is_object(holder):
            holder[last] = NEW_VALUE
            return True
        held = look(holder, pointer([last]))
    except KeyError:
        return False
    key: Any = int(last) if is_array(holder) else last
    if kind == "drop":
        del holder[key]
    else:
        holder[key] = {"null": None, "enum": NEW_VALUE, "add": NEW_VALUE}.get(kind, _retyped(held))
    return True


def _retyped(value: Any) -> Any:
    """A value of another JSON type."""
    if isinstance(value, str):
        return 7
    return {} if is_array(value) else "seven"


def _broken(fault: Fault, reply: Reply) -> Reply:
    if fault.invalid_json:
        reply = reply._replace(body=reply.body[:-1] + b",")
    return reply if fault.content_type is None else reply._replace(media=fault.content_type)


def _retry(fault: Fault) -> dict[str, str]:
    if fault.retry_after is not None:
        return {"retry-after": str(fault.retry_after)}
    if fault.retry_date is not None:
        return {"retry-after": format_datetime(datetime.now(UTC) + timedelta(seconds=fault.retry_date), usegmt=True)}
    return {}


def _printable(text: str) -> str:
    """Text as a header may carry it."""
    return re.sub(r"[^\x20-\x7e]", "?", text)
