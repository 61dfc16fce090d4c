"""The operations behind `client.personas`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    encode_json_body,
    refuse_string,
)
from .._response_parsing import expect_type
from .._unset import UNSET, Unset
from ..models.persona import Persona, adopt_persona

if TYPE_CHECKING:
    from collections.abc import Sequence


def _decode_create(value: Any) -> Persona:
    value = expect_type("object", (dict,), value)
    result: Persona = adopt_persona(value)
    return result


CREATE: Operation[Persona] = Operation(
    name="personas.create",
    method="POST",
    path="/suno/persona/create",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap=None,
    certain=True,
    decode=_decode_create,
)


def build_create(
    *, root_clip_id: str, name: str, description: str, is_public: bool, clips: Sequence[str] | Unset = UNSET
) -> Call[Persona]:
    """Make a persona from a finished clip."""
    clips = [root_clip_id] if clips is UNSET else clips
    refuse_string("personas.create", "clips", clips)
    path = "/suno/persona/create"
    content = encode_json_body(
        "personas.create",
        {
            "root_clip_id": root_clip_id,
            "name": name,
            "description": description,
            "clips": clips,
            "is_public": is_public,
        },
    )
    return Call(CREATE, path, content)
