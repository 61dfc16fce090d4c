"""`submitMusic` and `submitConcat`: tasks that make songs, stems and joined clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.operation_call import OperationCall, get_text, wrap
from cometapi_suno_mock.profiles import BARE_STEMS
from cometapi_suno_mock.refusal_rules import NO_TASK_ID, UNKNOWN_JOB, UNKNOWN_ORIGIN, UNKNOWN_PERSONA, RefusedError
from cometapi_suno_mock.state_records import ClipOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cometapi_suno_mock.refusal_rules import RefusalRule
    from cometapi_suno_mock.state_records import ClipRecord

_TWO = ("Vocals", "Instrumental")
_TWELVE = (
    "Vocals", "Backing Vocals", "Drums", "Bass", "Guitar", "Keyboard",
    "Percussion", "Strings", "Synth", "FX", "Brass", "Woodwinds",
)  # fmt: skip

_DEFAULT_MODEL = "chirp-v3-0"  # the gateway software's default when `mv` is left out


def check_origin(body: Any) -> RefusalRule | None:
    """Refuse to continue a clip without the id of its task. CometAPI's `upload_extend` sample has no such id."""
    if not is_object(body) or body.get("task") == "upload_extend":
        return None
    return NO_TASK_ID if body.get("continue_clip_id") and not body.get("task_id") else None


def submit_music(call: OperationCall) -> dict[str, Any]:
    """Submit a task that makes two songs, or the stems of a song."""
    origin = get_text(call.body, "task_id")
    if origin and call.state.find_task(call.account, origin) is None:
        raise RefusedError(UNKNOWN_ORIGIN)
    task = call.body.get("task")
    if task == "gen_stem":
        clips = _create_stems(call)
        submitted = _submit(call, clips)
        if BARE_STEMS in call.state.profiles:
            return {"id": submitted["data"], "clips": [clip.view(call.base) for clip in clips]}
        return submitted
    details: dict[str, Any] = {}
    if task == "artist_consistency":
        details |= _describe_persona(call)
    if get_text(call.body, "continue_clip_id"):
        details |= _describe_continuation(call)
    return _submit(call, _create_songs(call, details))


def submit_concat(call: OperationCall) -> dict[str, Any]:
    """Submit a task that joins an extension with the clip that it extends."""
    end = call.state.get_clip(call.account, call.body["clip_id"], unknown=UNKNOWN_JOB)
    # No source says that a clip which extends nothing is refused.
    begin = end.details.get("continue_clip_id")
    parts = [{"id": each} for each in (begin, end.id) if each]
    clip = call.state.create_clip(
        call.account,
        title=end.title,
        model=end.model,
        origin=ClipOrigin.CONCAT,
        tags=end.tags,
        prompt=end.prompt,
        details={"concat_history": parts, "is_infill": bool(call.body.get("is_infill", False))},
    )
    return _submit(call, [clip])


def _submit(call: OperationCall, clips: Sequence[ClipRecord]) -> dict[str, Any]:
    return wrap(call.submit(clips=clips, notify_hook=get_text(call.body, "notify_hook")).id)


def _create_songs(call: OperationCall, details: dict[str, Any]) -> list[ClipRecord]:
    """Create the two clips of a song. A field that its variant does not describe may hold any value."""
    body = call.body
    details["has_vocal"] = body.get("make_instrumental") is not True
    for field in ("task", "gpt_description_prompt", "negative_tags"):
        if get_text(body, field):
            details[field] = body[field]
    return [
        call.state.create_clip(
            call.account,
            title=get_text(body, "title") or "Untitled",
            model=get_text(body, "mv") or _DEFAULT_MODEL,
            origin=ClipOrigin.GENERATED,
            tags=get_text(body, "tags"),
            prompt=get_text(body, "prompt"),
            details=details,
        )
        for _ in range(2)
    ]


def _describe_persona(call: OperationCall) -> dict[str, Any]:
    """Return the persona as metadata of a song. Any persona may be used, but only the account's own clips."""
    body = call.body
    if call.state.personas.get(body["persona_id"]) is None:
        raise RefusedError(UNKNOWN_PERSONA)
    call.state.get_clip(call.account, body["artist_clip_id"])
    return {"persona_id": body["persona_id"], "artist_clip_id": body["artist_clip_id"]}


def _describe_continuation(call: OperationCall) -> dict[str, Any]:
    """Return the clip that a song continues as metadata of the song."""
    source = call.state.get_clip(call.account, call.body["continue_clip_id"])
    infill = call.body.get("task") == "infill"
    history = {"id": source.id, "type": source.origin.value, "infill": infill}
    return {"continue_clip_id": source.id, "history": [history]}


def _create_stems(call: OperationCall) -> list[ClipRecord]:
    body = call.body
    source = call.state.get_clip(call.account, body["continue_clip_id"])
    history = {
        "id": source.id,
        "type": ClipOrigin.STEM.value,
        "source": "web",
        "infill": False,
        "stem_type_id": body["stem_type_id"],
        "stem_type_group_name": body["stem_type_group_name"],
        "stem_task": body["stem_task"],
        "stem_from_id": source.id,
    }
    return [
        call.state.create_clip(
            call.account,
            title=f"{get_text(body, 'title') or source.title} - {name}",
            model="chirp-stem",
            origin=ClipOrigin.STEM,
            tags=source.tags,
            details={"stem_from_id": source.id, "history": [history]},
        )
        for name in (_TWELVE if body["stem_task"] == "twelve" else _TWO)
    ]
