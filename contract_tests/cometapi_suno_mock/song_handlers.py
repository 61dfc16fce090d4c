"""`submitMusic` and `submitConcat`: songs, and work on clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.operation_call import Call, envelope, text
from cometapi_suno_mock.profiles import BARE_STEMS
from cometapi_suno_mock.refusal_rules import (
    NO_TASK_ID,
    UNKNOWN_JOB,
    UNKNOWN_ORIGIN,
    UNKNOWN_PERSONA,
    RefusedError,
    Rule,
)
from cometapi_suno_mock.state_records import Clip, Origin

if TYPE_CHECKING:
    from collections.abc import Sequence

_TWO = ("Vocals", "Instrumental")
_TWELVE = (
    "Vocals", "Backing Vocals", "Drums", "Bass", "Guitar", "Keyboard",
    "Percussion", "Strings", "Synth", "FX", "Brass", "Woodwinds",
)  # fmt: skip

_DEFAULT_MODEL = "chirp-v3-0"  # what the gateway software takes when `mv` is left out


def precheck_music(body: Any) -> Rule | None:
    """A clip to continue needs its task's id; CometAPI's own `upload_extend` sample goes without."""
    if not is_object(body) or body.get("task") == "upload_extend":
        return None
    return NO_TASK_ID if body.get("continue_clip_id") and not body.get("task_id") else None


def submit_music(call: Call) -> dict[str, Any]:
    """Start a task and answer its id."""
    origin = text(call.body, "task_id")
    if origin and call.world.task(call.account, origin) is None:
        raise RefusedError(UNKNOWN_ORIGIN)
    task = call.body.get("task")
    if task == "gen_stem":
        clips = _stems(call)
        started = _start(call, clips)
        if BARE_STEMS in call.world.readings:
            return {"id": started["data"], "clips": [clip.view() for clip in clips]}
        return started
    details: dict[str, Any] = {}
    if task == "artist_consistency":
        details |= _persona(call)
    if text(call.body, "continue_clip_id"):
        details |= _continuation(call)
    return _start(call, _songs(call, details))


def submit_concat(call: Call) -> dict[str, Any]:
    """Start joining an extension to what it extends."""
    end = call.world.clip(call.account, call.body["clip_id"], unknown=UNKNOWN_JOB)
    # No source says that a clip which extends nothing is refused.
    begin = end.details.get("continue_clip_id")
    parts = [{"id": each} for each in (begin, end.id) if each]
    clip = call.world.new_clip(
        call.account,
        title=end.title,
        model=end.model,
        origin=Origin.CONCAT,
        tags=end.tags,
        prompt=end.prompt,
        details={"concat_history": parts, "is_infill": bool(call.body.get("is_infill", False))},
    )
    return _start(call, [clip])


def _start(call: Call, clips: Sequence[Clip]) -> dict[str, Any]:
    hook = text(call.body, "notify_hook")
    return envelope(call.submit(clips=clips, notify_hook=hook).id)


def _songs(call: Call, details: dict[str, Any]) -> list[Clip]:
    """The two clips of a song. A field that its variant does not describe may hold anything."""
    body = call.body
    details["has_vocal"] = body.get("make_instrumental") is not True
    for field in ("task", "gpt_description_prompt", "negative_tags"):
        if text(body, field):
            details[field] = body[field]
    return [
        call.world.new_clip(
            call.account,
            title=text(body, "title") or "Untitled",
            model=text(body, "mv") or _DEFAULT_MODEL,
            origin=Origin.GENERATED,
            tags=text(body, "tags"),
            prompt=text(body, "prompt"),
            details=details,
        )
        for _ in range(2)
    ]


def _persona(call: Call) -> dict[str, Any]:
    """What a song says of its persona, which may be anyone's; the clip has to be one's own."""
    body = call.body
    if call.world.personas.get(body["persona_id"]) is None:
        raise RefusedError(UNKNOWN_PERSONA)
    call.world.clip(call.account, body["artist_clip_id"])
    return {"persona_id": body["persona_id"], "artist_clip_id": body["artist_clip_id"]}


def _continuation(call: Call) -> dict[str, Any]:
    """What a song says of the clip that it continues."""
    source = call.world.clip(call.account, call.body["continue_clip_id"])
    infill = call.body.get("task") == "infill"
    return {
        "continue_clip_id": source.id,
        "history": [{"id": source.id, "type": source.origin.value, "infill": infill}],
    }


def _stems(call: Call) -> list[Clip]:
    body = call.body
    source = call.world.clip(call.account, body["continue_clip_id"])
    history = {
        "id": source.id,
        "type": Origin.STEM.value,
        "source": "web",
        "infill": False,
        "stem_type_id": body["stem_type_id"],
        "stem_type_group_name": body["stem_type_group_name"],
        "stem_task": body["stem_task"],
        "stem_from_id": source.id,
    }
    return [
        call.world.new_clip(
            call.account,
            title=f"{text(body, 'title') or source.title} - {name}",
            model="chirp-stem",
            origin=Origin.STEM,
            tags=source.tags,
            details={"stem_from_id": source.id, "history": [history]},
        )
        for name in (_TWELVE if body["stem_task"] == "twelve" else _TWO)
    ]
