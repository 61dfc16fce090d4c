"""`submitLyrics`: words for a song."""

from __future__ import annotations

from typing import Any

from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.operations.call import Call, envelope, text
from cometapi_suno_mock.rules import PROMPT_EMPTY, Rule


def precheck(body: Any) -> Rule | None:
    """Without a prompt there is nothing to write about."""
    return PROMPT_EMPTY if is_object(body) and not body.get("prompt", "") else None


def submit(call: Call) -> dict[str, Any]:
    """Start a task whose result is an object, not a list of clips."""
    prompt: str = call.body["prompt"]
    lyrics = {
        "id": call.world.ids.uuid("lyrics"),
        "text": f"[Verse]\nA line about {prompt[:80]}\n\n[Chorus]\nAnd all of us singing it",
        "title": prompt[:40].title(),
        "status": "complete",
    }
    hook = text(call.body, "notify_hook")
    task = call.submit(action="LYRICS", lyrics=lyrics, notify_hook=hook)
    return envelope(task.id)
