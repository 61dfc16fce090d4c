"""The table of kinds: what follows everywhere when it is added, and what lint or the generator refuses."""

from __future__ import annotations

from typing import Any, Final

from scripts.tests.repository.added_operations import (
    CLIP,
    NOTE,
    UUID,
    AddedOperation,
    Shown,
    answered,
    component,
    described,
    list_of,
    map_of,
    some,
    text,
)

_INTEGER: Final = {"type": "integer"}
_STRING: Final = {"type": "string"}
_FREE: Final = map_of(True)
_SEVERAL: Final = {"anyOf": [NOTE, {"type": "null"}]}

# Kind -> name, place, schema, example and further members of a parameter.
_PARAMETERS: Final[dict[str, tuple[str, str, Any, Any, dict[str, Any]]]] = {
    "a list of texts in the query": ("kinds", "query", list_of(_STRING), ["a", "b"], {}),
    "a required list of integers in the query": ("pages", "query", list_of(_INTEGER), [1, 2], {"required": True}),
    "an integer or null": ("page", "query", {"type": ["integer", "null"]}, 2, {}),
    "anyOf": ("either", "query", {"anyOf": [_INTEGER, {"enum": ["all"]}]}, 3, {}),
    "allOf": ("both", "query", {"allOf": [{"type": "integer", "minimum": 1}]}, 4, {}),
    "an enum without a type": ("chosen", "query", {"enum": ["first", "last"]}, "last", {}),
    "a boolean with a default": ("wanted", "query", {"type": "boolean", "default": True}, False, {}),
    "a required text": ("kind", "query", {"type": "string", "minLength": 1}, "piano", {"required": True}),
    "a required integer whose name Python reserves": ("from", "query", _INTEGER, 2, {"required": True}),
    "a number": ("speed", "query", {"type": "number"}, 1.5, {}),
    "a name with brackets": ("filter[kind]", "query", _STRING, "x", {}),
    "a uuid": ("id", "query", {"type": "string", "format": "uuid"}, UUID, {}),
    "a date": ("since", "query", {"type": "string", "format": "date-time"}, "2026-11-22T10:00:00Z", {}),
    "a required header": ("X-Kind", "header", _STRING, "piano", {"required": True}),
    "an integer in a header": ("X-Page", "header", _INTEGER, 2, {}),
}
# Kind -> schema and example of a field of an answer.
_FIELDS: Final[dict[str, Shown]] = {
    "avgRating": (some(_INTEGER), 1),
    "x-rating": (some(_INTEGER), 2),
    "to_dict": (some(_INTEGER), 3),
    "unknown": (some(_INTEGER), 4),
    "from_dict": (some(_INTEGER), 5),
    "self": (some(_INTEGER), 6),
    "class": (some(_INTEGER), 7),
    "1st": (some(_INTEGER), 8),
    "code": (text(), "x"),
    "error": (some({"type": ["string", "null"]}), None),
    "free-form object": (some(_FREE), {"a": 1}),
    "map of texts": (some(map_of(_STRING)), {"a": "b"}),
    "anything": (some({}), [1]),
    "list of free-form objects": (some(list_of(_FREE)), [{"a": 1}]),
    "text or null": (some({"type": ["string", "null"]}), None),
    "model or null": (some({"oneOf": [NOTE, {"type": "null"}]}), None),
    "list of models or null": (some(list_of(_SEVERAL)), [None, {"key": "C"}]),
    "list that may be null": (some({"type": ["array", "null"], "items": NOTE}), None),
    "map that may be null": (some({"type": ["object", "null"], "additionalProperties": NOTE}), None),
    "list of lists": (some(list_of(list_of(NOTE))), [[{"key": "C"}]]),
    "map of maps": (some(map_of(map_of(_STRING))), {"a": {"b": "c"}}),
    "tuple": (some({"type": "array", "prefixItems": [_STRING, _INTEGER]}), ["a", 1]),
    "text or integer": (some({"type": ["string", "integer"]}), 1),
    "number with a bound": (some({"type": "number", "minimum": 0}), 1.5),
    "open enum": (some(component("AddedKind")), "piano"),
    "recursive model": (some(component("AddedFields")), {"1st": 9}),
    "recursive list": (some(list_of(component("AddedFields"))), []),
}
# Kind -> schema and example of a field of a request.
_SENT: Final[dict[str, Shown]] = {
    "sent uuid": (text(format="uuid"), UUID),
    "sent uri": (text(format="uri"), "https://example.com/"),
    "sent date": (text(format="date-time"), "2026-11-22T10:00:00Z"),
    "sent text with bounds": (text(minLength=1, maxLength=5, pattern="^[a-z]*$"), "abc"),
    "sent integer with a default": (some({"type": "integer", "minimum": 1, "default": 1}), 2),
    "sent constant": (some({"const": "x"}), "x"),
    "sent text or null": (some({"type": ["string", "null"]}), None),
    "sent object": (some(component("AddedInner")), {"name": "a"}),
    "sent objects": (some(list_of(component("AddedInner"))), [{"name": "b"}]),
    "sent free-form object": (some(_FREE), {"a": [1]}),
}


def _answer(kind: str, name: str, shown: Shown, **more: Any) -> AddedOperation:
    return AddedOperation(name, [kind], answer=shown, **more)


def _send(kind: str, name: str, shown: Shown, **more: Any) -> AddedOperation:
    return AddedOperation(name, [kind], method="post", body=shown, **more)


def _pack(fields: dict[str, Shown], *required: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a schema with all fields, and its example."""
    schemas = {name: schema for name, (schema, _) in fields.items()}
    return described(*required, **schemas), {name: example for name, (_, example) in fields.items()}


_fields, _fields_example = _pack(_FIELDS)
_sent, _sent_example = _pack(_SENT, "sent uuid", "sent constant")
FOLLOWING: Final = (
    AddedOperation(
        "queried",
        [*_PARAMETERS, "a list of models"],
        parameters=[
            {"name": name, "in": place, "schema": schema, "example": example, **more}
            for name, place, schema, example, more in _PARAMETERS.values()
        ],
        answer=(list_of(NOTE), [{"key": "C"}]),
    ),
    AddedOperation(
        "suffixed",
        ["text after a path parameter", "a list of texts"],
        "/{clip_id}.mid",
        parameters=[CLIP],
        answer=(list_of(_STRING), ["a"]),
    ),
    AddedOperation(
        "verbed",
        ["a verb after a path parameter", "a map of models"],
        "/{clip_id}:midi",
        parameters=[CLIP],
        answer=(map_of(NOTE), {"a": {"key": "C"}}),
    ),
    AddedOperation(
        "shared",
        ["parameters of the path", "a free-form object"],
        "/{clip_id}",
        shared=[CLIP],
        answer=(_FREE, {"a": [1]}),
    ),
    AddedOperation(
        "located",
        ["an integer in the path", "an enum in the path", "a JSON string"],
        "/{number}/of/{kind}",
        parameters=[
            {"name": "kind", "in": "path", "required": True, "schema": {"enum": ["wav", "mid"]}, "example": "mid"},
            {"name": "number", "in": "path", "required": True, "schema": _INTEGER, "example": 7},
        ],
        answer=(_STRING, "hello"),
    ),
    AddedOperation(
        "created", ["201", "PUT", "a JSON number"], method="put", status="201", answer=({"type": "number"}, 1.5)
    ),
    AddedOperation(
        "accepted",
        ["202", "DELETE", "other JSON"],
        method="delete",
        status="202",
        answer_media="application/vnd.notes+json",
    ),
    AddedOperation(
        "open",
        ["a model that allows any field"],
        answer=(component("AddedOpen"), {"key": "x", "b": [1]}),
        schemas={"AddedOpen": {**described(key=text()), "additionalProperties": True}},
    ),
    AddedOperation(
        "owned",
        ["allOf next to properties"],
        answer=(component("AddedMore"), {"key": "C", "own": "x"}),
        schemas={"AddedMore": {**described(own=text()), "allOf": [NOTE]}},
    ),
    AddedOperation(
        "chosen",
        ["a choice"],
        answer=({"oneOf": [component("AddedOne"), component("AddedTwo")]}, {"one": "x"}),
        schemas={
            "AddedOne": answered("one", one=text()),
            "AddedTwo": answered("two", two=text()) | {"not": {"required": ["one"]}},
        },
    ),
    AddedOperation(
        "listed",
        ["a list as body", "text"],
        method="post",
        body=(list_of(_STRING), ["a"]),
        answer=(_STRING, "hello"),
        answer_media="text/plain",
    ),
    AddedOperation(
        "mapped",
        ["a map as body", "bytes"],
        method="post",
        body=(map_of(_STRING), {"a": "b"}),
        answer=({"type": "string", "format": "binary"}, "MThd"),
        answer_media="audio/midi",
    ),
    AddedOperation(
        "enveloped",
        ["a free-form object as body", "an envelope"],
        method="post",
        body=(_FREE, {"a": 1}),
        answer=(component("AddedEnvelope"), {"code": "success", "data": {"key": "C"}}),
        more={"x-sdk": {"resource": "added", "method": "enveloped", "unwrap": "data"}},
        schemas={"AddedEnvelope": answered("code", "data", code=some({"const": "success"}), data=some(NOTE))},
    ),
    AddedOperation(
        "fields",
        [*_SENT, *_FIELDS, "a query next to a body"],
        "/{clip_id}",
        "post",
        parameters=[CLIP, {"name": "mode", "in": "query", "required": True, "schema": _STRING, "example": "fast"}],
        body=(component("AddedRequest"), _sent_example),
        answer=(component("AddedFields"), _fields_example),
        schemas={
            "AddedRequest": _sent,
            "AddedInner": {**described("name", name=text()), "additionalProperties": False},
            "AddedFields": _fields,
            "AddedKind": text(**{"x-extensible-enum": ["piano", "voice"]})
            | {"x-evidence": [{"source": "imaginary", "says": "Both.", "status": "documented"}]},
        },
    ),
    AddedOperation(
        "variants",
        ["variants of a request", "all of several"],
        method="post",
        body=(component("AddedVariants"), None),
        bodies={"addedFirst": {"task": "one", "a": "x"}, "addedSecond": {"task": "two", "b": "x"}},
        answer=(component("AddedBoth"), {"key": "C", "own": "x"}),
        schemas={
            "AddedVariants": some({"oneOf": [component("AddedFirst"), component("AddedSecond")]}),
            "AddedFirst": described("task", "a", task=some({"const": "one"}), a=text()),
            "AddedSecond": described("task", "b", task=some({"const": "two"}), b=text()),
            "AddedBoth": some({"allOf": [NOTE, component("AddedOwn")]}),
            "AddedOwn": described(own=text()),
        },
    ),
)
"""What follows everywhere. One operation shows several kinds where it can: each is asked everything."""

_FORM: Final = (component("AddedForm"), {"name": "a"})
_FORM_SCHEMA: Final = {"AddedForm": described("name", name=text())}
_NO_BODY: Final = "the mock and the suite cannot read"


def _ask(kind: str, name: str, parameter: dict[str, Any], refused: str) -> AddedOperation:
    shown = {"in": "query", "name": "value", "example": "a", "schema": _STRING}
    return AddedOperation(name, [kind], parameters=[shown | parameter], refused=refused)


REFUSED: Final = (
    _send(
        "a form",
        "sendForm",
        _FORM,
        schemas=_FORM_SCHEMA,
        body_media="application/x-www-form-urlencoded",
        refused=_NO_BODY,
    ),
    _send(
        "a multipart form", "sendParts", _FORM, schemas=_FORM_SCHEMA, body_media="multipart/form-data", refused=_NO_BODY
    ),
    _send("text as body", "sendText", (_STRING, "a"), body_media="text/plain", refused=_NO_BODY),
    _send("bytes as body", "sendBytes", (_STRING, "a"), body_media="application/octet-stream", refused=_NO_BODY),
    _answer("a default response", "readDefault", (NOTE, {}), status="default", refused="default is not one status"),
    _answer("a range of statuses", "readRange", (NOTE, {}), status="2XX", refused="2XX is not one status"),
    _answer("a stream", "readStream", (_STRING, "a"), answer_media="text/event-stream", refused="is a stream"),
    _answer("an answer without a name", "readUnnamed", (described(a=text()), {}), refused="an object without a name"),
    _answer("an object of unknown members", "readBare", ({"type": "object"}, {}), refused="additionalProperties: true"),
    AddedOperation(
        "readNothing",
        ["no body"],
        more={"responses": {"204": {"description": "Done."}}},
        refused="no body is described",
    ),
    AddedOperation("asked", ["the method HEAD"], method="head", refused="the method HEAD is not supported"),
    _ask("a cookie", "askCookie", {"in": "cookie"}, "the cookie parameter value is not supported"),
    _ask("an object in the query", "askObject", {"schema": _FREE, "example": {}}, "value is an object"),
    _ask("a list in a header", "askList", {"in": "header", "schema": list_of(_STRING), "example": []}, "is an array"),
    _ask("another style", "askStyle", {"style": "deepObject"}, "the style of the query parameter value"),
    _ask("an object of any members", "askAny", {"schema": {"type": "object"}}, "an object without members"),
    _ask("allOf of two", "askAllOf", {"schema": {"allOf": [_STRING, {"minLength": 1}]}}, "an allOf of string"),
)
"""What is not supported, with a part of the message."""
