"""The operations behind `client.lyrics`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    encode_json_body,
)
from .._response_parsing import expect_type
from .._unset import UNSET, Unset

if TYPE_CHECKING:
    pass


def _decode_submit(value: Any) -> str:
    result: str = expect_type("string", (str,), value)
    return result


SUBMIT: Operation[str] = Operation(
    name="lyrics.submit",
    method="POST",
    path="/suno/submit/lyrics",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_submit,
    task="LYRICS",
    price="0.02",
)


def build_submit(*, prompt: str, notify_hook: str | Unset = UNSET) -> Call[str]:
    """Submit a prompt for lyrics."""
    path = "/suno/submit/lyrics"
    content = encode_json_body("lyrics.submit", {"prompt": prompt, "notify_hook": notify_hook})
    return Call(SUBMIT, path, content)
