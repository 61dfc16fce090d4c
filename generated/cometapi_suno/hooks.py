"""What the gateway POSTs to a `notify_hook`: read with care, for anyone may have sent it."""

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
"""What a notification may have, by default."""


def parse_notification(body: bytes, *, max_bytes: int = MAX_NOTIFICATION_BYTES) -> Task:
    """Read the body of a request to a `notify_hook`.

    No source shows what is sent. A task as it is and one in the envelope of `tasks.get` are both taken; fields that
    are not described are kept.

    It carries no signature: whoever knows the address can send anything. So make the address a secret, such as
    `https://example.com/suno/` with a `secrets.token_urlsafe()` behind it, compare it with `hmac.compare_digest`, and
    take what comes as a hint: ask for the task with `tasks.get` before you act on it.

    Args:
        body: The body as it came.
        max_bytes: What it may have; a longer one is not read.

    Raises:
        ModelError: It is too long, no JSON, or no task.
    """
    if not isinstance(body, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a notification is read from bytes, not {type(body).__name__}")
    if len(body) > max_bytes:
        raise ModelError(expected=f"at most {max_bytes} bytes", got=f"{len(body)} bytes")
    try:
        value = parse_json(body)
    except ValueError:
        raise ModelError(expected="JSON", got=f"{len(body)} bytes that are none") from None
    fields = expect_type("object", (dict,), value)
    decode = operations.GET.decode
    if "task_id" in fields:
        return decode(fields)
    try:
        return decode(fields.get("data", UNSET))
    except ModelError as error:
        raise error.under("data") from None
