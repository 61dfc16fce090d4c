"""The operations behind `client.music`: each makes a call and reads its answer, and does no IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._operation import Billing, Call, Effect, Operation
from .._read import expect
from .._send import json_body

if TYPE_CHECKING:
    from ..models.song_from_description import SongFromDescription
    from ..models.song_from_lyrics import SongFromLyrics
    from ..models.song_with_persona import SongWithPersona


def _read_submit(value: Any) -> str:
    result: str = expect("string", (str,), value)
    return result


SUBMIT: Operation[str] = Operation(
    name="music.submit",
    method="POST",
    path="/suno/submit/music",
    billing=Billing.PAID,
    effect=Effect.CREATES,
    unwrap="data",
    decode=_read_submit,
)


def build_submit(request: SongFromDescription | SongFromLyrics | SongWithPersona) -> Call[str]:
    """Submit a song, or work on a clip."""
    content = json_body("music.submit", request)
    path = "/suno/submit/music"
    return Call(operation=SUBMIT, path=path, content=content)
