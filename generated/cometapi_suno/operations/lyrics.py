"""The operations behind `client.lyrics`: each makes a call and reads its answer, and does no IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._read import expect
from .._send import json_body
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    pass


def _read_submit(value: Any) -> str:
    result: str = expect("string", (str,), value)
    return result


SUBMIT: Operation[str] = Operation(
    name="lyrics.submit",
    method="POST",
    path="/suno/submit/lyrics",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'"),),
    decode=_read_submit,
)


def build_submit(*, prompt: str, notify_hook: str | Unset = UNSET) -> Call[str]:
    """Submit a prompt for lyrics."""
    path = "/suno/submit/lyrics"
    content = json_body("lyrics.submit", {"prompt": prompt, "notify_hook": notify_hook})
    return Call(SUBMIT, path, content)
