"""Servers that changed, each as one release of a gateway might: what they answer, and what has to be said of it.

Unlike the drift catalogue, which mutates every place of the description, these are written by hand after changes that
gateways of this family have made. The expected kind, place and effect follow from the description.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import frozen

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.drift_catalogue.body_mutations import JSON, PAGE, Bodies, changed
from contract_tests.verifier.drift.findings import ClientEffect, DriftKind
from contract_tests.verifier.exchange.exchange import ExchangeBody, HttpExchange, parse_body

BODIES: Final = Bodies(DESCRIPTION)
CRASH, WRONG, KEPT, NONE = (
    ClientEffect.CRASH,
    ClientEffect.SILENTLY_WRONG,
    ClientEffect.PRESERVED,
    ClientEffect.NONE,
)


def _example(operation: str, name: str) -> Any:
    return next(body for each, _, _, shown, body in BODIES.answers if (each.id, shown) == (operation, name))


PERSONA: Final = _example("createPersona", "newer")
MUSIC: Final = _example("fetchTask", "music")
TASK: Final = MUSIC["data"]
CLIP: Final = TASK["data"][0]
LYRICS: Final = {"id": "l-1", "text": "La la", "title": "La", "status": "complete", "tags": ["pop"]}
TIMING: Final = _example("getTiming", "words")
TASK_PAGE: Final = _example("listAccountTasks", "page")
USAGE_PAGE: Final = _example("listUsageLog", "page")
SUBMITTED: Final = {"code": "success", "message": "", "data": "346c5d10-a4a1-4f49-a851-66a7dae6cfaf"}
ERROR: Final = {"error": {"message": "no", "type": "comet_api_error"}}


@frozen
class DriftedServer:
    """What one operation answers now.

    Attributes:
        operation: The operationId.
        body: The body: JSON, an `ExchangeBody`, or `...` for none.
        kind: The expected kind of the finding.
        place: The expected place in the body.
        effect: The expected effect on the client.
        status: The status.
        headers: The headers.
        more: How many further findings of the same kind are expected.
    """

    operation: str
    body: Any
    kind: DriftKind
    place: str
    effect: ClientEffect
    status: int = 200
    headers: Mapping[str, str] = JSON
    more: int = 0

    @property
    def exchange(self) -> HttpExchange:
        """An exchange with the server."""
        return BODIES.exchange(CONTRACT.operations[self.operation], self.status, self.body, self.headers)


def _task(**members: Any) -> Any:
    return MUSIC | {"data": TASK | members}


def _clip(**members: Any) -> Any:
    return _task(data=[CLIP | members])


def _without(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: member for key, member in value.items() if key != name}


_FIELD, _MISSING, _TYPE, _NULL = (
    DriftKind.UNDOCUMENTED_FIELD,
    DriftKind.MISSING_REQUIRED,
    DriftKind.WRONG_TYPE,
    DriftKind.UNEXPECTED_NULL,
)
_VALUE, _STATUS, _MEDIA, _HEADER = (
    DriftKind.NEW_ENUM_VALUE,
    DriftKind.UNDOCUMENTED_STATUS,
    DriftKind.CONTENT_TYPE,
    DriftKind.UNDOCUMENTED_HEADER,
)
_FORMAT, _OTHER, _EMPTY, _NO_BODY, _BROKEN = (
    DriftKind.FORMAT,
    DriftKind.OTHER_ENVELOPE,
    DriftKind.EMPTY_RESULT,
    DriftKind.EMPTY_BODY,
    DriftKind.UNREADABLE_BODY,
)

SERVERS: Final[Mapping[str, DriftedServer]] = {
    # Fields that are new.
    "persona has a locale": DriftedServer("createPersona", PERSONA | {"locale": "de-DE"}, _FIELD, "/locale", KEPT),
    "persona has a list of styles": DriftedServer(
        "createPersona", PERSONA | {"styles": ["pop"]}, _FIELD, "/styles", KEPT
    ),
    "persona has an owner object": DriftedServer(
        "createPersona", PERSONA | {"owner": {"plan": "pro"}}, _FIELD, "/owner", KEPT
    ),
    "clip has a score": DriftedServer("fetchTask", _clip(score=0.9), _FIELD, "/data/data/0/score", KEPT),
    "clip has a field named like a method": DriftedServer(
        "fetchTask", _clip(to_dict=1), _FIELD, "/data/data/0/to_dict", KEPT
    ),
    "clip has a camelCase field": DriftedServer(
        "fetchTask", _clip(avgRating=4), _FIELD, "/data/data/0/avgRating", KEPT
    ),
    "task has a cost": DriftedServer("fetchTask", _task(cost=0.1), _FIELD, "/data/cost", KEPT),
    "envelope has a trace": DriftedServer("fetchTask", MUSIC | {"trace": "t-1"}, _FIELD, "/trace", NONE),
    "submission has an estimate": DriftedServer("submitMusic", SUBMITTED | {"eta": 30}, _FIELD, "/eta", NONE),
    "lyrics have a language": DriftedServer(
        "fetchTask", _task(action="LYRICS", data=LYRICS | {"language": "en"}), _FIELD, "/data/data/language", KEPT
    ),
    "timing has a tempo": DriftedServer("getTiming", TIMING | {"bpm": 120}, _FIELD, "/bpm", KEPT),
    "error has a hint": DriftedServer(
        "createPersona", {"error": ERROR["error"] | {"hint": "top up"}}, _FIELD, "/error/hint", KEPT, 401
    ),
    "empty object is new": DriftedServer("createPersona", PERSONA | {"extra": {}}, _FIELD, "/extra", KEPT),
    "null field is new": DriftedServer("createPersona", PERSONA | {"extra": None}, _FIELD, "/extra", KEPT),
    # Fields that went.
    "persona without an id": DriftedServer("createPersona", _without(PERSONA, "id"), _MISSING, "/id", CRASH),
    "task without a status": DriftedServer(
        "fetchTask", MUSIC | {"data": _without(TASK, "status")}, _MISSING, "/data/status", CRASH
    ),
    "submission without data": DriftedServer("submitLyrics", _without(SUBMITTED, "data"), _MISSING, "/data", CRASH),
    "clip without an id": DriftedServer(
        "fetchTask", _task(data=[_without(CLIP, "id")]), _MISSING, "/data/data/0/id", CRASH
    ),
    "usage of nothing": DriftedServer("getUsage", {"object": "list"}, _MISSING, "/total_usage", CRASH),
    "account task without an id": DriftedServer(
        "listAccountTasks",
        TASK_PAGE | {"data": {"items": [_without(TASK_PAGE["data"]["items"][0], "task_id")]}},
        _MISSING,
        "/data/items/0/task_id",
        CRASH,
    ),
    "timing without words": DriftedServer(
        "getTiming", _without(TIMING, "aligned_words"), _MISSING, "/aligned_words", CRASH
    ),
    # Types.
    "persona's id is a number": DriftedServer("createPersona", PERSONA | {"id": 7}, _TYPE, "/id", CRASH),
    "limit is a text": DriftedServer("getSubscription", {"hard_limit_usd": "1"}, _TYPE, "/hard_limit_usd", CRASH),
    "balance is a text": DriftedServer(
        "getUser", {"success": True, "data": {"quota": "500"}}, _TYPE, "/data/quota", CRASH
    ),
    "charge is a text": DriftedServer(
        "listUsageLog",
        USAGE_PAGE | {"data": {"items": [USAGE_PAGE["data"]["items"][0] | {"quota": "500"}]}},
        _TYPE,
        "/data/items/0/quota",
        CRASH,
    ),
    "count is a text": DriftedServer("createPersona", PERSONA | {"upvote_count": "7"}, _TYPE, "/upvote_count", WRONG),
    "flag is a number": DriftedServer("createPersona", PERSONA | {"is_public": 1}, _TYPE, "/is_public", WRONG),
    "title is a list": DriftedServer("fetchTask", _clip(title=["a"]), _TYPE, "/data/data/0/title", WRONG),
    "progress is a number": DriftedServer("fetchTask", _task(progress=100), _TYPE, "/data/progress", WRONG),
    "task id is a number": DriftedServer("submitLyrics", SUBMITTED | {"data": 17}, _TYPE, "/data", CRASH),
    "task id is in an object": DriftedServer(
        "submitUpload", SUBMITTED | {"data": {"task_id": "a"}}, _TYPE, "/data", CRASH
    ),
    "task ids are a list": DriftedServer("submitConcat", SUBMITTED | {"data": ["a", "b"]}, _TYPE, "/data", CRASH),
    "tasks are an object": DriftedServer(
        "fetchTasks", {"code": "success", "message": "", "data": {"a": TASK}}, _TYPE, "/data", CRASH
    ),
    "error message is an object": DriftedServer(
        "createPersona", {"error": {"message": {"en": "no"}}}, _TYPE, "/error/message", KEPT, 500
    ),
    "clips are a text": DriftedServer("fetchTask", _task(data="[]"), _TYPE, "/data/data", WRONG),
    # Nulls.
    "name is null": DriftedServer("createPersona", PERSONA | {"name": None}, _NULL, "/name", KEPT),
    "task id is null": DriftedServer("submitMusic", SUBMITTED | {"data": None}, _NULL, "/data", CRASH),
    "task is null": DriftedServer("fetchTask", MUSIC | {"data": None}, _NULL, "/data", CRASH),
    "words are null": DriftedServer("getTiming", TIMING | {"aligned_words": None}, _NULL, "/aligned_words", CRASH),
    # Values.
    "clip status is new": DriftedServer("fetchTask", _clip(status="remastering"), _VALUE, "/data/data/0/status", KEPT),
    "task has another end": DriftedServer("fetchTask", _task(status="COMPLETED"), _VALUE, "/data/status", WRONG),
    "task is cancelled": DriftedServer("fetchTask", _task(status="CANCELLED"), _VALUE, "/data/status", WRONG),
    "status is in lower case": DriftedServer("fetchTask", _task(status="success"), _VALUE, "/data/status", WRONG),
    "batch has another end": DriftedServer(
        "fetchTasks",
        {"code": "success", "message": "", "data": [TASK | {"status": "DONE"}]},
        _VALUE,
        "/data/0/status",
        WRONG,
    ),
    "action is new": DriftedServer("fetchTask", _task(action="REMIX"), _VALUE, "/data/action", KEPT),
    # Results that hold nothing, and results of another kind.
    "video link is empty": DriftedServer(
        "getMp4", {"code": "success", "message": "", "data": {}}, _EMPTY, "/data", WRONG
    ),
    "video link is renamed": DriftedServer(
        "getMp4", {"code": "success", "message": "", "data": {"url": "https://a.example"}}, _FIELD, "/data/url", WRONG
    ),
    "audio link is an empty text": DriftedServer(
        "getWav", {"code": "success", "message": "", "data": ""}, _EMPTY, "/data", WRONG
    ),
    "task id is an empty text": DriftedServer("submitConcat", SUBMITTED | {"data": ""}, _FORMAT, "/data", CRASH),
    "finished song has no clips": DriftedServer("fetchTask", _task(data=[]), _EMPTY, "/data/data", WRONG),
    "finished song has null": DriftedServer("fetchTask", _task(data=None), _EMPTY, "/data/data", WRONG),
    "finished lyrics are empty": DriftedServer(
        "fetchTask", _task(action="LYRICS", data={}), _EMPTY, "/data/data", WRONG
    ),
    "finished song of a batch has nothing": DriftedServer(
        "fetchTasks", {"code": "success", "message": "", "data": [TASK | {"data": []}]}, _EMPTY, "/data/0/data", WRONG
    ),
    "song is one clip": DriftedServer("fetchTask", _task(data=CLIP), _FIELD, "/data/data/audio_url", WRONG, more=4),
    "clips are in an object": DriftedServer(
        "fetchTask", _task(data={"clips": [CLIP]}), _FIELD, "/data/data/clips", WRONG
    ),
    "metadata is renamed": DriftedServer(
        "fetchTask",
        _clip(metadata={"style": "pop", "text": "la"}),
        _FIELD,
        "/data/data/0/metadata/style",
        WRONG,
        more=1,
    ),
    # Envelopes.
    "success is 200": DriftedServer("submitMusic", SUBMITTED | {"code": 200}, _OTHER, "/code", CRASH),
    "success is ok": DriftedServer("fetchTask", MUSIC | {"code": "ok"}, _OTHER, "/code", CRASH),
    "success is true": DriftedServer("submitLyrics", SUBMITTED | {"code": True}, _OTHER, "/code", CRASH),
    "task comes bare": DriftedServer("fetchTask", TASK, _OTHER, "", CRASH),
    "task id comes bare": DriftedServer("submitLyrics", "346c5d10", _OTHER, "", CRASH),
    "persona is in an envelope": DriftedServer(
        "createPersona", {"code": "success", "message": "", "data": PERSONA}, _OTHER, "", CRASH
    ),
    "timing is in a result": DriftedServer("getTiming", {"result": TIMING}, _OTHER, "", CRASH),
    "error comes as a success": DriftedServer("createPersona", ERROR, _OTHER, "", KEPT),
    "page comes as a success": DriftedServer(
        "createPersona", ExchangeBody("text", PAGE), _OTHER, "", CRASH, headers={"content-type": "text/html"}
    ),
    "login page at 403": DriftedServer(
        "createPersona", ExchangeBody("text", PAGE), _OTHER, "", KEPT, 403, {"content-type": "text/html"}
    ),
    # Statuses, media types, headers, bodies.
    "created is 201": DriftedServer("createPersona", PERSONA, _STATUS, "", NONE, 201),
    "accepted is 202": DriftedServer("submitMusic", SUBMITTED, _STATUS, "", NONE, 202),
    "payment is required": DriftedServer("createPersona", ERROR, _STATUS, "", KEPT, 402),
    "validation is 422": DriftedServer(
        "submitMusic", {"detail": [{"loc": ["mv"], "msg": "no"}]}, _STATUS, "", KEPT, 422
    ),
    "task is 404": DriftedServer(
        "fetchTask", {"code": "task_not_exist", "message": "no", "data": None}, _STATUS, "", KEPT, 404
    ),
    "gateway is 502": DriftedServer(
        "getWav", ExchangeBody("text", PAGE), _STATUS, "", KEPT, 502, {"content-type": "text/html"}
    ),
    "text/json": DriftedServer("createPersona", PERSONA, _MEDIA, "", NONE, headers={"content-type": "text/json"}),
    "octet-stream": DriftedServer(
        "getTiming", TIMING, _MEDIA, "", NONE, headers={"content-type": "application/octet-stream"}
    ),
    "problem+json": DriftedServer(
        "createPersona", ERROR, _MEDIA, "", NONE, 400, {"content-type": "application/problem+json"}
    ),
    "a rate limit is shown": DriftedServer(
        "submitMusic", SUBMITTED, _HEADER, "", NONE, headers={**JSON, "x-ratelimit-remaining": "12"}
    ),
    "a credit balance is shown": DriftedServer(
        "createPersona", PERSONA, _HEADER, "", NONE, headers={**JSON, "x-credits": "9.5"}
    ),
    "nothing at 200": DriftedServer("submitLyrics", ..., _NO_BODY, "", CRASH),
    "nothing at 400": DriftedServer("fetchTask", ..., _NO_BODY, "", NONE, 400),
    "JSON breaks off": DriftedServer("createPersona", ExchangeBody("text", '{"id": "a'), _BROKEN, "", CRASH),
    "JSON with a trailing comma": DriftedServer(
        "submitLyrics", ExchangeBody("text", '{"code": "success", "data": "a",}'), _BROKEN, "", CRASH
    ),
    "JSON lines": DriftedServer(
        "fetchTask", ExchangeBody("text", '{"code": "success"}\n{"code": "success"}'), _BROKEN, "", CRASH
    ),
    "a name twice": DriftedServer(
        "submitLyrics",
        parse_body(b'{"code": "success", "message": "", "data": "a", "data": "b"}'),
        DriftKind.REPEATED_NAME,
        "/data",
        WRONG,
    ),
}

CLEAN: Final[Mapping[str, tuple[str, int, Any, Mapping[str, str]]]] = {
    "persona as shown": ("createPersona", 200, PERSONA, JSON),
    "persona with its id only": ("createPersona", 200, {"id": "a"}, JSON),
    "task that waits": (
        "fetchTask",
        200,
        {"code": "success", "message": "", "data": {"task_id": "a", "status": "QUEUED", "data": None}},
        JSON,
    ),
    "task that failed": ("fetchTask", 200, _task(status="FAILURE", fail_reason="no", data=None), JSON),
    "finished lyrics": ("fetchTask", 200, _task(action="LYRICS", data=LYRICS), JSON),
    "no task found": ("fetchTasks", 200, {"code": "success", "message": "", "data": []}, JSON),
    "tasks": ("fetchTasks", 200, {"code": "success", "message": "", "data": [TASK, TASK]}, JSON),
    "song without words": ("getTiming", 200, {"aligned_words": []}, JSON),
    "audio link as a text": (
        "getWav",
        200,
        {"code": "success", "message": "", "data": "https://a.example/a.wav"},
        JSON,
    ),
    "video link, bare": ("getMp4", 200, {"mp4": "https://a.example/a.mp4"}, JSON),
    "submission": ("submitMusic", 200, SUBMITTED, {"content-type": "application/json; charset=utf-8"}),
    "error": ("submitMusic", 401, ERROR, JSON),
    "page of a proxy": ("submitMusic", 524, ExchangeBody("text", PAGE), {"content-type": "text/html"}),
    "new song in a clip": ("fetchTask", 200, changed(MUSIC, ("data", "data", 0, "title"), "größer 我们"), JSON),
}
