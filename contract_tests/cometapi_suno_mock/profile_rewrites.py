"""What readings make of answers. Nothing here changes a value that it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.http_messages import Reply, json_reply
from cometapi_suno_mock.media import is_array

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

_NEWER_PERSONA = {
    "image_s3_id", "is_suno_persona", "is_trashed", "is_owned", "is_public", "is_public_approved", "is_loved",
    "upvote_count", "clip_count",
}  # fmt: skip
_NEWER_CLIP = {"entity_type", "flag_count", "display_tags", "allow_comments"}
_NEWER_METADATA = {"can_remix", "is_remix", "priority"}

FORBIDDEN_AUDIO = "https://studio-api.prod.suno.com/api/forbidden"


def older_persona(persona: Json) -> Json:
    """A persona with the fields of December 2024."""
    older = _without(persona, _NEWER_PERSONA)
    older["clip"] = _older_clip(persona["clip"])
    older["persona_clips"] = [{**entry, "clip": _older_clip(entry["clip"])} for entry in persona["persona_clips"]]
    return older


def in_envelope(field: str, name: str | None) -> Callable[[Json], Json]:
    """The bare `field` in an envelope: as its text, or as `name` of an object."""

    def rewrite(value: Json) -> Json:
        data = value[field] if name is None else {name: value[field]}
        return {"code": "success", "message": "", "data": data}

    return rewrite


def each_task(change: Callable[[Json], Json]) -> dict[str, Callable[[Json], Json]]:
    """A change of a task, for the operations that answer tasks."""

    def one(value: Json) -> Json:
        return {**value, "data": change(value["data"])}

    def many(value: Json) -> Json:
        tasks = value["data"]
        return {**value, "data": tasks and [change(task) for task in tasks]}

    return {"fetchTask": one, "fetchTasks": many}


def without_notify_hook(task: Json) -> Json:
    """A task as the gateway software's own type has it."""
    return _without(task, {"notify_hook"})


def with_newer_keys(task: Json) -> Json:
    """A task with what newer builds add."""
    return {
        **task,
        "id": int(task["task_id"][:7], 16),
        "created_at": task["submit_time"],
        "updated_at": task["finish_time"] or task["submit_time"],
        "platform": "suno",
        "user_id": 1,
        "group": "default",
        "channel_id": 1,
        "quota": 0,
        "properties": {"input": ""},
    }


def with_forbidden_audio(task: Json) -> Json:
    """A task whose finished clips have no audio that may be played."""
    clips = task["data"]
    if not is_array(clips):
        return task
    return {**task, "data": [{**clip, "audio_url": FORBIDDEN_AUDIO} for clip in clips]}


def empty_list(value: Json) -> Json:
    """A batch of none as a list."""
    return {**value, "data": value["data"] or []}


def with_status(status: int) -> Callable[[Reply], Reply]:
    """A success with another status."""

    def dress(reply: Reply) -> Reply:
        return reply._replace(status=status) if reply.status == 200 else reply

    return dress


def as_text(reply: Reply) -> Reply:
    """JSON that calls itself text."""
    return reply._replace(media="text/plain") if reply.status == 200 else reply


def unknown_task(status: int, body: Json) -> Callable[[Reply], Reply]:
    """Another answer for an unknown task."""

    def dress(reply: Reply) -> Reply:
        refused = reply.status == 400 and reply.value["code"] == "task_not_exist"
        return json_reply(status, reply.request_id, body) if refused else reply

    return dress


def _older_clip(clip: Json) -> Json:
    older = _without(clip, _NEWER_CLIP)
    older["metadata"] = _without(clip["metadata"], _NEWER_METADATA)
    return older


def _without(value: Json, names: set[str]) -> Json:
    return {name: item for name, item in value.items() if name not in names}
