"""The operations behind `client.uploads`: each makes a call and reads its answer, and does no IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._read import expect
from .._send import json_body

if TYPE_CHECKING:
    pass


def _read_submit(value: Any) -> str:
    result: str = expect("string", (str,), value)
    return result


SUBMIT: Operation[str] = Operation(
    name="uploads.submit",
    method="POST",
    path="/suno/uploads/audio-url",
    billing=Billing.UNKNOWN,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'"),),
    decode=_read_submit,
)


def build_submit(*, url: str) -> Call[str]:
    """Submit audio by its address."""
    path = "/suno/uploads/audio-url"
    content = json_body("uploads.submit", {"url": url})
    return Call(SUBMIT, path, content)
