"""The operations behind `client.uploads`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    encode_json_body,
)
from .._response_parsing import expect_type

if TYPE_CHECKING:
    pass


def _decode_submit(value: Any) -> str:
    result: str = expect_type("string", (str,), value)
    return result


SUBMIT: Operation[str] = Operation(
    name="uploads.submit",
    method="POST",
    path="/suno/uploads/audio-url",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    needs=(("code", "'success'", ("success",)),),
    decode=_decode_submit,
    task="MUSIC",
    price="0.02",
)


def build_submit(*, url: str) -> Call[str]:
    """Submit audio by its address."""
    path = "/suno/uploads/audio-url"
    content = encode_json_body("uploads.submit", {"url": url})
    return Call(SUBMIT, path, content)
