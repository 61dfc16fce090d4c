"""How profiles change replies. The functions return new values and leave their arguments unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.clip_files import build_forbidden_url
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


def make_older_persona(persona: Json) -> Json:
    """Reduce a persona to the fields of December 2024."""
    older = _remove(persona, _NEWER_PERSONA)
    older["clip"] = _make_older_clip(persona["clip"])
    older["persona_clips"] = [{**entry, "clip": _make_older_clip(entry["clip"])} for entry in persona["persona_clips"]]
    return older


def wrap_in_envelope(field: str, name: str | None) -> Callable[[Json], Json]:
    """Wrap `field` in an envelope: its value alone, or as `name` of an object."""

    def rewrite(value: Json) -> Json:
        data = value[field] if name is None else {name: value[field]}
        return {"code": "success", "message": "", "data": data}

    return rewrite


def change_tasks(change: Callable[[Json], Json]) -> dict[str, Callable[[Json], Json]]:
    """Change each task of the operations that return tasks."""

    def change_one(value: Json) -> Json:
        return {**value, "data": change(value["data"])}

    def change_many(value: Json) -> Json:
        tasks = value["data"]
        return {**value, "data": tasks and [change(task) for task in tasks]}

    return {"fetchTask": change_one, "fetchTasks": change_many}


def remove_notify_hook(task: Json) -> Json:
    """Remove the field that the gateway software's own type does not have."""
    return _remove(task, {"notify_hook"})


def add_newer_keys(task: Json) -> Json:
    """Add the keys of newer builds to a task."""
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


def forbid_audio(task: Json) -> Json:
    """Give the finished clips of a task an audio URL that may not be played."""
    clips = task["data"]
    if not is_array(clips):
        return task
    return {**task, "data": [{**clip, "audio_url": build_forbidden_url(clip["audio_url"])} for clip in clips]}


def set_empty_list(value: Json) -> Json:
    """Make the null of a batch that found nothing an empty list."""
    return {**value, "data": value["data"] or []}


def set_status(status: int) -> Callable[[Reply], Reply]:
    """Change the status of a success."""

    def rewrite(reply: Reply) -> Reply:
        return reply._replace(status=status) if reply.status == 200 else reply

    return rewrite


def set_plain_text(reply: Reply) -> Reply:
    """Label a success as plain text."""
    return reply._replace(media="text/plain") if reply.status == 200 else reply


def replace_unknown_task(status: int, body: Json, *sources: str) -> Callable[[Reply], Reply]:
    """Replace the reply to a request for an unknown task."""

    def rewrite(reply: Reply) -> Reply:
        refused = reply.status == 400 and reply.value["code"] == "task_not_exist"
        return json_reply(status, reply.request_id, body).refused_by("unknown-task", sources) if refused else reply

    return rewrite


def _make_older_clip(clip: Json) -> Json:
    older = _remove(clip, _NEWER_CLIP)
    older["metadata"] = _remove(clip["metadata"], _NEWER_METADATA)
    return older


def _remove(value: Json, names: set[str]) -> Json:
    return {name: item for name, item in value.items() if name not in names}
