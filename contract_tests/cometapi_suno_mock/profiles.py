"""Profiles: where sources contradict each other, a gateway can follow either. A profile is chosen by its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import attrs
from cometapi_suno_mock import refusal_rules
from cometapi_suno_mock.clip_files import build_forbidden_url
from cometapi_suno_mock.http_messages import Reply, json_reply, wrap
from cometapi_suno_mock.media import is_array
from cometapi_suno_mock.refusal_rules import RefusalRule

SLASH, SAME_PERSONA, ANY_ROOT, AUK_FILES, STREAMING, BARE_STEMS, RETIRED, ANY_TASK = (
    "slash-path", "same-persona", "any-root-model", "auk-files", "streaming", "bare-stems", "retired-values",
    "any-task",
)  # fmt: skip

Json = dict[str, Any]

_NEWER_PERSONA = {
    "image_s3_id", "is_suno_persona", "is_trashed", "is_owned", "is_public", "is_public_approved", "is_loved",
    "upvote_count", "clip_count",
}  # fmt: skip
_NEWER_CLIP = {"entity_type", "flag_count", "display_tags", "allow_comments"}
_NEWER_METADATA = {"can_remix", "is_remix", "priority"}


@attrs.frozen(eq=False)
class Profile:
    """What some sources say that differs from the gateway's default behaviour."""

    id: str
    sources: tuple[str, ...]
    """Ids of the description's `x-sources`."""
    says: str
    required: Mapping[str, Callable[[Any], Iterable[str]]] = attrs.field(factory=dict[str, Any])
    """Functions that return further fields which a body must have, by `operationId`."""
    rules: tuple[RefusalRule, ...] = ()
    """Replacements of the rules with the same id."""
    value_rewrites: Mapping[str, Callable[[Any], Any]] = attrs.field(factory=dict[str, Any])
    """Functions that return the changed value of a 200 reply, by `operationId`. The contract covers the result."""
    reply_rewrites: Mapping[str, Callable[[Reply], Reply]] = attrs.field(factory=dict[str, Any])
    """Functions that return a reply which the description does not have, by `operationId`."""


@attrs.frozen
class ActiveProfiles:
    """The profiles that a gateway follows, and what they change."""

    chosen: tuple[Profile, ...]

    def __contains__(self, profile: str | None) -> bool:
        return any(each.id == profile for each in self.chosen)

    def get_rule(self, rule: RefusalRule) -> RefusalRule:
        """Return the replacement of a rule, or the rule itself."""
        return next((each for profile in self.chosen for each in profile.rules if each.id == rule.id), rule)

    def find_missing(self, operation: str, body: Any) -> list[str]:
        """Return the fields that the profiles require and the body does not have."""
        required = [each.required[operation] for each in self.chosen if operation in each.required]
        return [field for fields in required for field in fields(body) if field not in body]

    def rewrite_value(self, operation: str, value: Any) -> Any:
        """Return the value of a 200 reply as the profiles have it."""
        for profile in self.chosen:
            if operation in profile.value_rewrites:
                value = profile.value_rewrites[operation](value)
        return value

    def rewrite_reply(self, operation: str, reply: Reply) -> Reply:
        """Return the reply as the profiles have it, after it was validated against the description."""
        for profile in self.chosen:
            if operation in profile.reply_rewrites:
                reply = profile.reply_rewrites[operation](reply)
        return reply


def select_profiles(names: Iterable[str]) -> ActiveProfiles:
    """Return the profiles of some sources, or those with these ids.

    Raises:
        ValueError: A name is neither a source nor a profile.
    """
    wanted = list(names)
    known = {name for profile in PROFILES for name in (profile.id, *profile.sources)}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise ValueError(f"{unknown[0]}: no such profile; there are {', '.join(sorted(known))}")
    return ActiveProfiles(tuple(each for each in PROFILES if {each.id, *each.sources} & set(wanted)))


# What profiles change in replies. The functions return new values and leave their arguments unchanged.


def _require_fields_of_page(body: Any) -> Iterable[str]:
    return ("generation_type", "negative_tags") if body.get("task") == "artist_consistency" else ()


def _make_older_persona(persona: Json) -> Json:
    """Reduce a persona to the fields of December 2024."""
    older = _remove(persona, _NEWER_PERSONA)
    older["clip"] = _make_older_clip(persona["clip"])
    older["persona_clips"] = [{**entry, "clip": _make_older_clip(entry["clip"])} for entry in persona["persona_clips"]]
    return older


def _wrap_in_envelope(field: str, name: str | None, value: Json) -> Json:
    """Wrap `field` in an envelope: its value alone, or as `name` of an object."""
    return wrap(value[field] if name is None else {name: value[field]})


def _change_tasks(change: Callable[[Json], Json]) -> dict[str, Callable[[Json], Json]]:
    """Change each task of the operations that return tasks."""

    def change_one(value: Json) -> Json:
        return {**value, "data": change(value["data"])}

    def change_many(value: Json) -> Json:
        tasks = value["data"]
        return {**value, "data": tasks and [change(task) for task in tasks]}

    return {"fetchTask": change_one, "fetchTasks": change_many}


def _remove_notify_hook(task: Json) -> Json:
    return _remove(task, {"notify_hook"})


def _add_newer_keys(task: Json) -> Json:
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


def _forbid_audio(task: Json) -> Json:
    """Give the finished clips of a task an audio URL that may not be played."""
    clips = task["data"]
    if not is_array(clips):
        return task
    return {**task, "data": [{**clip, "audio_url": build_forbidden_url(clip["audio_url"])} for clip in clips]}


def _set_empty_list(value: Json) -> Json:
    return {**value, "data": value["data"] or []}


def _change_success(reply: Reply, **changes: Any) -> Reply:
    return reply._replace(**changes) if reply.status == 200 else reply


def _replace_unknown_task(status: int, code: str | int, message: str, source: str, reply: Reply) -> Reply:
    """Replace the reply to a request for an unknown task."""
    if reply.status != 400 or reply.value["code"] != "task_not_exist":
        return reply
    body = {"code": code, "message": message, "data": None}
    return json_reply(status, reply.request_id, body).refused_by("unknown-task", (source,))


def _make_older_clip(clip: Json) -> Json:
    older = _remove(clip, _NEWER_CLIP)
    older["metadata"] = _remove(clip["metadata"], _NEWER_METADATA)
    return older


def _remove(value: Json, names: set[str]) -> Json:
    return {name: item for name, item in value.items() if name not in names}


PROFILES = (
    Profile(
        "persona-page", ("seed", "cometapi-persona"), "The persona as CometAPI's page has it; this is the default."
    ),
    Profile(
        "required-fields",
        ("cometapi-guide", "cometapi-batch"),
        "A song with a persona needs all nine fields, and a batch its `action`.",
        required={"submitMusic": _require_fields_of_page, "fetchTasks": lambda _: ("action",)},
    ),
    Profile(ANY_TASK, ("gateway",), "A song with an undescribed `task` is taken."),
    Profile(SLASH, ("gptbest", "yutoai"), "The path of createPersona ends in a slash; without it the reply is a 307."),
    Profile(
        "older-persona",
        ("gptbest",),
        "A persona has the fields of December 2024.",
        value_rewrites={"createPersona": _make_older_persona},
    ),
    Profile(
        "persona-201",
        ("mountsea",),
        "createPersona replies with 201.",
        reply_rewrites={"createPersona": partial(_change_success, status=201)},
    ),
    Profile(SAME_PERSONA, ("clients", "evolink"), "A second persona of a clip is the first one with a new name."),
    Profile(ANY_ROOT, ("gptbest", "evolink"), "The clip of a persona may have been made with any model."),
    Profile(AUK_FILES, ("gptbest-site",), "Video and timing exist only for clips made with `chirp-auk`."),
    Profile(RETIRED, ("suno-news",), "A value whose end is on record is refused with 403 `paid_upsell`."),
    Profile(STREAMING, ("cometapi-batch",), "A task in progress shows its clips, streaming."),
    Profile(BARE_STEMS, ("cometapi-stems",), "A stem separation returns its tracks without an envelope."),
    Profile(
        "wav-text",
        ("kkiai", "anyapi"),
        "getWav returns an envelope around a string.",
        value_rewrites={"getWav": partial(_wrap_in_envelope, "wav_file_url", None)},
    ),
    Profile(
        "files-object",
        ("clients",),
        "getWav and getMp4 return an envelope around an object.",
        value_rewrites={
            "getWav": partial(_wrap_in_envelope, "wav_file_url", "wav_file_url"),
            "getMp4": partial(_wrap_in_envelope, "mp4", "mp4_file_url"),
        },
    ),
    Profile(
        "no-notify-hook",
        ("gateway",),
        "A task has no `notify_hook`.",
        value_rewrites=_change_tasks(_remove_notify_hook),
    ),
    Profile(
        "newer-task",
        ("gateway-new", "aiid"),
        "A task has the keys of newer builds.",
        value_rewrites=_change_tasks(_add_newer_keys),
    ),
    Profile(
        "newer-quota-code",
        ("gateway-new",),
        "A balance that is too low has another code.",
        rules=(attrs.evolve(refusal_rules.NO_BALANCE, code="insufficient_user_quota", sources=("gateway-new",)),),
    ),
    Profile(
        "forbidden-audio",
        ("suno-api",),
        "The audio of finished clips may not be played.",
        value_rewrites=_change_tasks(_forbid_audio),
    ),
    Profile(
        "empty-list",
        ("cometapi-batch",),
        "A batch that finds nothing is an empty list.",
        value_rewrites={"fetchTasks": _set_empty_list},
    ),
    Profile(
        "text-plain",
        ("cometapi-batch",),
        "The reply to a batch has the content type of plain text.",
        reply_rewrites={"fetchTasks": partial(_change_success, media="text/plain")},
    ),
    Profile(
        "invalid-500",
        ("cometapi",),
        "An invalid request is a 500 with the `error` body.",
        rules=(attrs.evolve(refusal_rules.INVALID_REQUEST, status=500, gateway_error=True, sources=("cometapi",)),),
    ),
    Profile(
        "task-not-found",
        ("gptproto",),
        "An unknown task is a 200 with the code `error`.",
        reply_rewrites={"fetchTask": partial(_replace_unknown_task, 200, "error", "Task not found", "gptproto")},
    ),
    Profile(
        "task-422",
        ("kkiai",),
        "An unknown task is a 422 with a number as code.",
        reply_rewrites={"fetchTask": partial(_replace_unknown_task, 422, 422, "task_id not found", "kkiai")},
    ),
)
