"""The contested facts that the gateway can take either way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from cometapi_suno_mock import rules
from cometapi_suno_mock.readings import rewriting
from cometapi_suno_mock.readings.reading import Reading, Readings

if TYPE_CHECKING:
    from collections.abc import Iterable

SLASH, SAME_PERSONA, ROOT_MODEL, AUK_FILES, STREAMING, BARE_STEMS = (
    "slash-path", "same-persona", "root-model", "auk-files", "streaming", "bare-stems",
)  # fmt: skip

READINGS = (
    Reading(SLASH, ("gptbest", "yutoai"), "createPersona's path ends in a slash; without it the answer is a 307."),
    Reading(
        "older-persona",
        ("gptbest",),
        "A persona has the fields of December 2024.",
        rewrites={"createPersona": rewriting.older_persona},
    ),
    Reading(
        "persona-201",
        ("mountsea",),
        "createPersona answers 201.",
        dresses={"createPersona": rewriting.with_status(201)},
    ),
    Reading(SAME_PERSONA, ("clients", "evolink"), "A second persona of a clip is the first one with a new name."),
    Reading(ROOT_MODEL, ("seed",), "A persona's clip was made with `chirp-auk`."),
    Reading(AUK_FILES, ("gptbest-site",), "Video and timing are to be had for `chirp-auk` clips only."),
    Reading(STREAMING, ("cometapi-batch",), "A task in progress shows its clips, streaming."),
    Reading(BARE_STEMS, ("cometapi-stems",), "A separation answers its tracks, without an envelope."),
    Reading(
        "wav-text",
        ("kkiai", "anyapi"),
        "getWav answers an envelope around a text.",
        rewrites={"getWav": rewriting.in_envelope("wav_file_url", None)},
    ),
    Reading(
        "files-object",
        ("clients",),
        "getWav and getMp4 answer an envelope around an object.",
        rewrites={
            "getWav": rewriting.in_envelope("wav_file_url", "wav_file_url"),
            "getMp4": rewriting.in_envelope("mp4", "mp4_file_url"),
        },
    ),
    Reading(
        "no-notify-hook",
        ("gateway",),
        "A task has no `notify_hook`.",
        rewrites=rewriting.each_task(rewriting.without_notify_hook),
    ),
    Reading(
        "newer-task",
        ("gateway-new", "aiid"),
        "A task has the keys of newer builds.",
        rewrites=rewriting.each_task(rewriting.with_newer_keys),
    ),
    Reading(
        "newer-quota-code",
        ("gateway-new",),
        "The code for a balance too low is another one.",
        rules=(attrs.evolve(rules.NO_BALANCE, code="insufficient_user_quota", sources=("gateway-new",)),),
    ),
    Reading(
        "forbidden-audio",
        ("suno-api",),
        "The audio of finished clips may not be played.",
        rewrites=rewriting.each_task(rewriting.with_forbidden_audio),
    ),
    Reading(
        "empty-list",
        ("cometapi-batch",),
        "A batch that finds nothing is an empty list.",
        rewrites={"fetchTasks": rewriting.empty_list},
    ),
    Reading(
        "text-plain",
        ("cometapi-batch",),
        "The answer to a batch calls itself text.",
        dresses={"fetchTasks": rewriting.as_text},
    ),
    Reading(
        "invalid-500",
        ("cometapi",),
        "An invalid request is a 500 with the `error` body.",
        rules=(attrs.evolve(rules.INVALID_REQUEST, status=500, gateway_error=True, sources=("cometapi",)),),
    ),
    Reading(
        "task-not-found",
        ("gptproto",),
        "An unknown task is a 200 with the code `error`.",
        dresses={
            "fetchTask": rewriting.unknown_task(200, {"code": "error", "data": None, "message": "Task not found"})
        },
    ),
    Reading(
        "task-422",
        ("kkiai",),
        "An unknown task is a 422 with a number as code.",
        dresses={"fetchTask": rewriting.unknown_task(422, {"code": 422, "message": "task_id not found", "data": None})},
    ),
)


def choose(names: Iterable[str]) -> Readings:
    """The readings of some sources, or by their own ids.

    Raises:
        ValueError: A name is neither.
    """
    wanted = list(names)
    known = {name for reading in READINGS for name in (reading.id, *reading.sources)}
    strange = [name for name in wanted if name not in known]
    if strange:
        raise ValueError(f"{strange[0]}: no such reading; there are {', '.join(sorted(known))}")
    return Readings(tuple(reading for reading in READINGS if {reading.id, *reading.sources} & set(wanted)))
