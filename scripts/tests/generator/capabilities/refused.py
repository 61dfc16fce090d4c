"""What a client is not made from: (the row of the README, a small description, what the message says)."""

from __future__ import annotations

from typing import Any

from scripts.tests.generator.capabilities.row import TEXT, WHOLE, Schema, answers, array, obj, parameter, ref
from scripts.tests.generator.small_descriptions import body, describe, operation


def act(**more: Any) -> dict[str, Any]:
    return describe({"/things": {"post": operation("act", **more)}})


def asking(**more: Any) -> dict[str, Any]:
    return act(parameters=[{"name": "q", "in": "query", "schema": TEXT, **more}])


def sending(schema: Schema, media: str = "application/json", **schemas: Schema) -> dict[str, Any]:
    return describe({"/things": {"post": operation("act", requestBody=body(schema, media))}}, schemas)


def giving(schema: Schema, media: str = "application/json", **schemas: Schema) -> dict[str, Any]:
    return describe({"/things": {"get": {**operation("act"), **answers(schema, media)}}}, schemas)


def secured(scheme: Schema) -> dict[str, Any]:
    made = act(security=[{"key": []}])
    made["components"]["securitySchemes"] = {"key": scheme}
    return made


def on_the_path(**more: Any) -> dict[str, Any]:
    return describe({"/things": {"get": operation("act"), **more}})


OPEN: Schema = {"type": "string", "x-extensible-enum": ["a"]}
TWIN = operation("a", result=TEXT)
SDK = {"resource": "things", "method": "act"}
FORM = "application/x-www-form-urlencoded"

TASK: Schema = obj("id", id=TEXT, status=TEXT, reason=TEXT)
POLL = {"id": "id", "status": "status", "reason": "reason", "done": ["ok"], "failed": ["bad"]}


def polled(name: str) -> Schema:
    """An operation that is polled."""
    path = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
    return operation(name, result=ref("Task"), parameters=path, **{"x-sdk": {**SDK, "method": name, "poll": POLL}})


WORKFLOW = {"method": "do", "submit": "start", "wait": "one", "item": "Task", "member": "items", "fill": {"a": "id"}}
FOLLOW_UP = {
    "method": "do",
    "command": "do",
    "result": "Done",
    "after": "make",
    "link": "next",
    "request": "Task",
    "defaults": ["a"],
}
DEFAULTS: list[tuple[Schema, str]] = [
    ({"c": "a"}, "x-sdk.defaults is not an object with fields of the body"),
    ({"a": "b"}, "a must be a required field"),
    ({"b": []}, "b must be a required field"),
]
STARTED_BY_AN_OBJECT = describe(
    {
        "/things": {
            "post": operation(
                "make",
                requestBody=body(obj(a=TEXT)),
                **{"x-sdk": {**SDK, "workflow": {**WORKFLOW, "result": "Made", "made": "made"}}},
            )
        },
        "/tasks": {"post": operation("start", result=ref("Task"), requestBody=body(TEXT), tags=["tasks"])},
        "/tasks/{id}": {"get": polled("one")},
    },
    {"Task": TASK},
)
POLLED_TWICE = describe({"/things/{id}": {"get": polled("one"), "put": polled("two")}}, {"Task": TASK})

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("cookie parameters", asking(**{"in": "cookie"}), "the cookie parameter q is not supported"),
    ("other styles of parameters", asking(style="deepObject"), "the style of the query parameter q"),
    ("other styles of parameters", asking(schema=array(TEXT), explode=False), "the style of the query parameter q"),
    (
        "other styles of parameters",
        on_the_path(parameters=[parameter("q", "query", array(TEXT), style="pipeDelimited")]),
        "the style of the query parameter q",
    ),
    ("other styles of parameters", asking(allowReserved=True), "allowReserved of the query parameter q"),
    ("parameters with `content`", act(parameters=[{"name": "q", "in": "query", "content": {}}]), "has no schema"),
    ("parameters that are objects", asking(schema=obj(a=TEXT)), "the query parameter q is an object"),
    (
        "parameters that are objects",
        asking(schema={"oneOf": [TEXT, obj(a=TEXT)]}),
        "the query parameter q is an object",
    ),
    (
        "lists in a path, a header or a list",
        asking(**{"in": "header", "schema": array(TEXT)}),
        "parameter q is an array",
    ),
    ("lists in a path, a header or a list", asking(schema=array(array(TEXT))), "parameter q is an array"),
    ("headers that the client sets", asking(**{"in": "header", "name": "Accept"}), "Accept is set by the client"),
    (
        "two arguments with the same name",
        act(parameters=[parameter("a", "query", TEXT)], requestBody=body(obj(a=TEXT))),
        "name",
    ),
    (
        "several media types of a request",
        act(requestBody={"content": {media: {"schema": {}} for media in ("application/json", "a/b+json")}}),
        "exactly one media type",
    ),
    ("several media types of a request", act(requestBody={"content": {}}), "exactly one media type"),
    (
        "properties next to additionalProperties in a request",
        sending({**obj(a=TEXT), "additionalProperties": WHOLE}),
        "both",
    ),
    ("objects in an HTML form", sending(obj(a=obj(b=TEXT)), FORM), "the form field a is an object"),
    (
        "forms that are not an object",
        sending({"oneOf": [ref("A"), TEXT]}, FORM, A=obj(a=TEXT)),
        "that is not an object",
    ),
    (
        "`encoding` of a form",
        act(requestBody={"content": {FORM: {"schema": obj(a=TEXT), "encoding": {"a": {}}}}}),
        "encoding of a form",
    ),
    ("streams: server-sent events, JSON lines, multipart answers", giving(TEXT, "text/event-stream"), "is a stream"),
    ("streams: server-sent events, JSON lines, multipart answers", giving(TEXT, "application/jsonl"), "is a stream"),
    ("streams: server-sent events, JSON lines, multipart answers", sending(TEXT, "application/x-ndjson"), "x-ndjson"),
    (
        "several media types of a success",
        describe(
            {
                "/things": {
                    "get": {
                        "operationId": "act",
                        "responses": {
                            "200": {"description": "x", "content": {"text/plain": {}, "application/json": {}}}
                        },
                    }
                }
            }
        ),
        "several media types of a success",
    ),
    (
        "several schemas of a success",
        describe(
            {
                "/things": {
                    "get": {
                        "operationId": "act",
                        "responses": answers(TEXT)["responses"] | answers(None, status="204")["responses"],
                    }
                }
            }
        ),
        "different schemas",
    ),
    (
        "no success",
        describe({"/things": {"get": {"operationId": "x", "responses": {"400": {"description": "No."}}}}}),
        "2xx",
    ),
    ("a union of lists, of maps, of open enums", giving({"oneOf": [array(TEXT), array(WHOLE)]}), "several arrays"),
    (
        "a union of lists, of maps, of open enums",
        giving({"oneOf": [ref("A"), {"type": "object", "additionalProperties": TEXT}]}, A=obj(a=TEXT)),
        "a map and another object",
    ),
    (
        "a union of lists, of maps, of open enums",
        giving(
            obj(a={"oneOf": [ref("A"), ref("B")]}),
            A=OPEN,
            B=OPEN,
        ),
        "several open enums",
    ),
    (
        "maps, lists and unions that contain themselves directly",
        giving(ref("M"), M={"type": "object", "additionalProperties": ref("M")}),
        "itself",
    ),
    (
        "maps, lists and unions that contain themselves directly",
        giving(ref("L"), L=array(ref("L"))),
        "/components/schemas/L",
    ),
    (
        "allOf of schemas that are not objects",
        giving(obj(a={"allOf": [TEXT, {"minLength": 1}]})),
        "an allOf of string",
    ),
    ("allOf of schemas that are not objects", giving({"allOf": [obj(a=TEXT), obj(a=WHOLE)]}), "can't be merged"),
    (
        "a discriminator without a choice",
        giving(ref("P"), P={**obj("k", k=TEXT), "discriminator": {"propertyName": "k"}}),
        "a discriminator without oneOf or anyOf",
    ),
    (
        "properties next to oneOf or anyOf",
        giving({**obj(a=TEXT), "oneOf": [obj(b=TEXT), obj(c=TEXT)]}),
        "properties next to oneOf",
    ),
    (
        "enums of several types, open enums with equal names",
        giving(obj(a={"enum": ["a", 1]})),
        "<class 'int'>",
    ),
    (
        "enums of several types, open enums with equal names",
        giving(obj(a=ref("A")), A={**OPEN, "x-extensible-enum": ["a-b", "a_b"]}),
        "would both be the enum member A_B",
    ),
    (
        "open enums without a name",
        giving(obj(a={"type": "string", "x-extensible-enum": ["b"]})),
        "outside components/schemas",
    ),
    ("the schema `false`", giving({"type": "object", "properties": {"a": False}}), "accepts nothing"),
    ("references to other files, to inner schemas, or to nothing", giving(ref("Nothing")), "points at nothing"),
    ("references to other files, to inner schemas, or to nothing", giving({"$ref": "b.yaml#/A"}), "points at nothing"),
    (
        "references to other files, to inner schemas, or to nothing",
        giving({"$ref": "#/components/schemas/A/properties/b"}, A=obj(b=obj(c=TEXT))),
        "Could not find reference",
    ),
    ("references to other files, to inner schemas, or to nothing", giving({"$dynamicRef": "#x"}), "$dynamicRef"),
    ("`$ref` and servers of a path", describe({"/things": {"$ref": "#/components/pathItems/T"}}), "$ref of a path"),
    ("`$ref` and servers of a path", on_the_path(servers=[{"url": "https://other.test"}]), "servers of a path"),
    ("servers of an operation", act(servers=[{"url": "https://other.test"}]), "a server for one operation"),
    ("security other than http bearer", secured({"type": "apiKey", "in": "query", "name": "k"}), "not http bearer"),
    ("security other than http bearer", secured({"type": "http", "scheme": "basic"}), "not http bearer"),
    ("the methods HEAD and TRACE", describe({"/things": {"trace": operation("act")}}), "the method TRACE"),
    ("the methods HEAD and TRACE", describe({"/things": {"head": operation("act")}}), "the method HEAD"),
    (
        "operations without an operationId, or with the same one",
        describe({"/things": {"get": {"responses": {}}}}),
        "no operationId",
    ),
    (
        "operations without an operationId, or with the same one",
        describe({"/things": {"get": TWIN, "put": TWIN}}),
        "two operations",
    ),
    ("names that the client uses itself", act(**{"x-sdk": {**SDK, "resource": "close"}}), "would hide"),
    (
        "names that the client uses itself",
        giving(ref("Any"), Any=obj(a=TEXT)),
        "the name of another class of the client",
    ),
    ("names that the client uses itself", POLLED_TWICE, "things.wait is the name of two methods"),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(**{"x-sdk": {**SDK, "poll": {**POLL, "done": "ok"}}}),
        "x-sdk.poll: done is missing or not of type array",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(**{"x-sdk": {**SDK, "workflow": []}}),
        "x-sdk.workflow: method is missing",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        giving(ref("Thing"), Thing={**obj(a=TEXT), "x-sdk": {"derived": {"b": {"field": "c", "as": "percentage"}}}}),
        "Thing: x-sdk.derived is not `{name: {field, as}}`",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        giving(
            ref("Thing"), Thing={**obj(a=TEXT), "x-sdk": {"derived": {"to_json": {"field": "a", "as": "percentage"}}}}
        ),
        "Thing: x-sdk.derived is not `{name: {field, as}}`",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        giving(ref("Thing"), Thing={**obj(a=TEXT), "x-sdk": {"derived": {"b": {"field": "a", "as": "Thing"}}}}),
        "Thing.b: a is never 'Thing'",
    ),
    *(
        (
            "`x-sdk` that names nothing, or is malformed",
            act(requestBody=body(obj("a", a=TEXT, b=TEXT)), **{"x-sdk": {**SDK, "defaults": defaults}}),
            message,
        )
        for defaults, message in DEFAULTS
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(result=obj(a=TEXT), **{"x-sdk": {**SDK, "address": ["url"]}}),
        "x-sdk.address: a result is neither",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(result=obj(a=TEXT), **{"x-sdk": {**SDK, "address": ["a", "url"]}}),
        "x-sdk.address: no object has a field url",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(**{"x-sdk": {**SDK, "follow_up": {}}}),
        "x-sdk.follow_up: method is missing",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(**{"x-sdk": {**SDK, "follow_up": {**FOLLOW_UP, "after": "act"}}}),
        "things.act must have a workflow that calls things.act",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        STARTED_BY_AN_OBJECT,
        "start must return the id of a task, not Task",
    ),
    (
        "`x-sdk` that names nothing, or is malformed",
        act(**{"x-sdk": {**SDK, "unwrap": "data"}}),
        "unwraps 'data'",
    ),
]
