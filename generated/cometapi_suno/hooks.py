"""Notifications: the requests that the gateway sends to a `notify_hook`, and that anyone else can send too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._json_parser import parse_json
from ._response_parsing import expect_type
from ._unset import UNSET
from .errors import ModelError
from .operations import tasks as operations

if TYPE_CHECKING:
    from .models.task import Task

MAX_NOTIFICATION_BYTES = 4 * 1024 * 1024
"""The default maximum size of a notification."""


def parse_notification(body: bytes, *, max_bytes: int = MAX_NOTIFICATION_BYTES) -> Task:
    """Parse the body of a request to a `notify_hook`.

    No source shows what the gateway sends. Both a task and a task in the envelope of `tasks.get` are accepted;
    unknown fields are kept.

    A notification has no signature: anyone who knows the address can send one. So add a secret to the address, such as
    `https://example.com/suno/` followed by `secrets.token_urlsafe()`, compare it with `hmac.compare_digest`, and treat
    a notification as a hint only: get the task with `tasks.get` before you act on it.

    Args:
        body: The request body.
        max_bytes: Maximum size of the body; a larger one is not parsed.

    Raises:
        ModelError: The body is too large, not JSON, or not a task.
        TypeError: The body is not bytes.
    """
    if not isinstance(body, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"parse_notification: body must be bytes, not {type(body).__name__}")
    if len(body) > max_bytes:
        raise ModelError(expected=f"at most {max_bytes} bytes", got=f"{len(body)} bytes")
    try:
        value = parse_json(body)
    except ValueError:
        raise ModelError(expected="JSON", got=f"{len(body)} bytes that are not JSON") from None
    fields = expect_type("object", (dict,), value)
    decode = operations.GET.decode
    if "task_id" in fields:
        return decode(fields)
    try:
        return decode(fields.get("data", UNSET))
    except ModelError as error:
        raise error.under("data") from None
