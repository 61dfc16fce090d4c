"""Where sources contradict each other: what a gateway can be switched to, by the name of a source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import attrs
from cometapi_suno_mock import profile_rewrites, refusal_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cometapi_suno_mock.http_messages import Reply
    from cometapi_suno_mock.refusal_rules import Rule


Rewrite: TypeAlias = Callable[[Any], Any]
"""Makes the value of a 200 answer another one, without touching the one it gets."""


@attrs.frozen(eq=False)
class Reading:
    """What some sources say against what the gateway does by default."""

    id: str
    sources: tuple[str, ...]
    """Ids of the description's `x-sources`."""
    says: str
    rules: tuple[Rule, ...] = ()
    """Rules in place of those with the same id."""
    rewrites: Mapping[str, Rewrite] = attrs.field(factory=dict[str, Rewrite])
    """By `operationId`."""
    dresses: Mapping[str, Callable[[Reply], Reply]] = attrs.field(factory=dict[str, Any])
    """By `operationId`: what makes a reply one that the description does not have."""


class Readings(frozenset[str]):
    """The ids of the readings that a gateway follows, and what they do."""

    _chosen: tuple[Reading, ...]
    _rules: Mapping[str, Rule]

    def __new__(cls, chosen: tuple[Reading, ...] = ()) -> Self:
        """The set of some readings."""
        self = super().__new__(cls, (reading.id for reading in chosen))
        self._chosen = chosen
        self._rules = {rule.id: rule for reading in reversed(chosen) for rule in reading.rules}
        return self

    def rule(self, rule: Rule) -> Rule:
        """The rule as it is read here."""
        return self._rules.get(rule.id, rule)

    def rewrite(self, operation: str, value: Any) -> Any:
        """The value of a 200 answer as it is read here."""
        for reading in self._chosen:
            if operation in reading.rewrites:
                value = reading.rewrites[operation](value)
        return value

    def dress(self, operation: str, reply: Reply) -> Reply:
        """The reply as it is read here, once it has been judged by the description."""
        for reading in self._chosen:
            if operation in reading.dresses:
                reply = reading.dresses[operation](reply)
        return reply


SLASH, SAME_PERSONA, ROOT_MODEL, AUK_FILES, STREAMING, BARE_STEMS = (
    "slash-path", "same-persona", "root-model", "auk-files", "streaming", "bare-stems",
)  # fmt: skip

READINGS = (
    Reading(SLASH, ("gptbest", "yutoai"), "createPersona's path ends in a slash; without it the answer is a 307."),
    Reading(
        "older-persona",
        ("gptbest",),
        "A persona has the fields of December 2024.",
        rewrites={"createPersona": profile_rewrites.older_persona},
    ),
    Reading(
        "persona-201",
        ("mountsea",),
        "createPersona answers 201.",
        dresses={"createPersona": profile_rewrites.with_status(201)},
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
        rewrites={"getWav": profile_rewrites.in_envelope("wav_file_url", None)},
    ),
    Reading(
        "files-object",
        ("clients",),
        "getWav and getMp4 answer an envelope around an object.",
        rewrites={
            "getWav": profile_rewrites.in_envelope("wav_file_url", "wav_file_url"),
            "getMp4": profile_rewrites.in_envelope("mp4", "mp4_file_url"),
        },
    ),
    Reading(
        "no-notify-hook",
        ("gateway",),
        "A task has no `notify_hook`.",
        rewrites=profile_rewrites.each_task(profile_rewrites.without_notify_hook),
    ),
    Reading(
        "newer-task",
        ("gateway-new", "aiid"),
        "A task has the keys of newer builds.",
        rewrites=profile_rewrites.each_task(profile_rewrites.with_newer_keys),
    ),
    Reading(
        "newer-quota-code",
        ("gateway-new",),
        "The code for a balance too low is another one.",
        rules=(attrs.evolve(refusal_rules.NO_BALANCE, code="insufficient_user_quota", sources=("gateway-new",)),),
    ),
    Reading(
        "forbidden-audio",
        ("suno-api",),
        "The audio of finished clips may not be played.",
        rewrites=profile_rewrites.each_task(profile_rewrites.with_forbidden_audio),
    ),
    Reading(
        "empty-list",
        ("cometapi-batch",),
        "A batch that finds nothing is an empty list.",
        rewrites={"fetchTasks": profile_rewrites.empty_list},
    ),
    Reading(
        "text-plain",
        ("cometapi-batch",),
        "The answer to a batch calls itself text.",
        dresses={"fetchTasks": profile_rewrites.as_text},
    ),
    Reading(
        "invalid-500",
        ("cometapi",),
        "An invalid request is a 500 with the `error` body.",
        rules=(attrs.evolve(refusal_rules.INVALID_REQUEST, status=500, gateway_error=True, sources=("cometapi",)),),
    ),
    Reading(
        "task-not-found",
        ("gptproto",),
        "An unknown task is a 200 with the code `error`.",
        dresses={
            "fetchTask": profile_rewrites.unknown_task(
                200, {"code": "error", "data": None, "message": "Task not found"}
            )
        },
    ),
    Reading(
        "task-422",
        ("kkiai",),
        "An unknown task is a 422 with a number as code.",
        dresses={
            "fetchTask": profile_rewrites.unknown_task(422, {"code": 422, "message": "task_id not found", "data": None})
        },
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
