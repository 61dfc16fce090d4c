"""Supported requests: a row for each kind of parameter and body that a client can send."""

from __future__ import annotations

from scripts.tests.generator.capabilities.row import FILE, TEXT, WHOLE, Row, array, obj, parameter, ref
from scripts.tests.generator.small_descriptions import body

JSON = "application/json"

PARAMETERS = [
    Row(
        name="query parameters",
        operation={
            "parameters": [parameter("page size", "query", WHOLE), parameter("dry", "query", {"type": "boolean"})]
        },
        call="CALL(page_size=3, dry=True)",
        sent=("POST ?page%20size=3&dry=true",),
    ),
    Row(
        name="query parameters that are lists",
        operation={"parameters": [parameter("tag", "query", array(TEXT))]},
        call='CALL(tag=["x", "y z"])',
        sent=("POST ?tag=x&tag=y%20z",),
    ),
    Row(
        name="path parameters",
        operation={"parameters": [parameter(name, "path", TEXT, required=True) for name in ("id", "part")]},
        call='CALL("a/b", "é")',
        sent=("GET /a%2Fb/of/%C3%A9.json",),
        path="/{id}/of/{part}.json",
        method="get",
    ),
    Row(
        name="header parameters",
        operation={"parameters": [parameter("X-Trace", "header", TEXT, required=True)]},
        call='CALL(x_trace="t")',
        sent=("POST ", "x-trace: t"),
    ),
    Row(
        name="parameters with enums, defaults and formats",
        operation={
            "parameters": [
                parameter("sort", "query", {"enum": ["up", "down"], "default": "up"}),
                parameter("since", "query", {"type": ["null", "string"], "format": "date-time"}),
            ]
        },
        call='CALL(sort="down", since="2026-01-01T00:00:00Z")',
        sent=("POST ?sort=down&since=2026-01-01T00%3A00%3A00Z",),
    ),
]

JSON_BODIES = [
    Row(
        name="a JSON object",
        operation={"requestBody": body(obj("a", a=TEXT, b=WHOLE, n={"type": ["string", "null"]}))},
        call='CALL(a="x", n=None)',
        sent=("POST ", JSON, '{"a":"x","n":null}'),
    ),
    Row(
        name="objects in objects, also recursive ones",
        operation={"requestBody": body(obj("node", node=ref("Node")))},
        call="CALL(node=k.Node(below=[k.Node()]))",
        sent=("POST ", JSON, '{"node":{"below":[{}]}}'),
        schemas={"Node": obj(below=array(ref("Node")))},
    ),
    Row(
        name="a JSON list",
        operation={"requestBody": body(array(ref("Part")))},
        call='CALL([k.Part(id="1")])',
        sent=("POST ", JSON, '[{"id":"1"}]'),
        schemas={"Part": obj("id", id=TEXT)},
    ),
    Row(
        name="a JSON string, number or boolean",
        operation={"requestBody": body(WHOLE)},
        call="CALL(3)",
        sent=("POST ", JSON, "3"),
    ),
    Row(
        name="a map (additionalProperties)",
        operation={"requestBody": body({"type": "object", "additionalProperties": ref("Share")})},
        call='CALL({"a": k.Share(part=1)})',
        sent=("POST ", JSON, '{"a":{"part":1}}'),
        schemas={"Share": obj("part", part=WHOLE)},
    ),
    Row(
        name="any JSON object",
        operation={"requestBody": body({"type": "object"})},
        call='CALL({"a": [1]})',
        sent=("POST ", JSON, '{"a":[1]}'),
    ),
    Row(
        name="variants (oneOf, anyOf), with constants",
        operation={"requestBody": body({"anyOf": [ref("ByName"), ref("ByNumber")]})},
        call="CALL(k.ByNumber(number=3))",
        sent=("POST ", JSON, '{"number":3,"kind":2}'),
        schemas={
            "ByName": obj("name", "kind", name=TEXT, kind={"const": 1}),
            "ByNumber": obj("number", "kind", number=WHOLE, kind={"const": 2}),
        },
    ),
    Row(
        name="optional constants that are their own default",
        operation={"requestBody": body({"anyOf": [ref("FilledIn"), ref("Numbered")]})},
        call='CALL(k.FilledIn(name="x"))',
        sent=("POST ", JSON, '{"name":"x","kind":"a"}'),
        schemas={
            "FilledIn": obj("name", name=TEXT, kind={"const": "a", "default": "a"}),
            "Numbered": obj("number", number=WHOLE),
        },
    ),
    Row(
        name="variants with a discriminator",
        operation={
            "requestBody": body(
                {
                    "oneOf": [ref("Cover"), ref("Remix")],
                    "discriminator": {"propertyName": "kind", "mapping": {"mix": "#/components/schemas/Remix"}},
                }
            )
        },
        call='CALL(k.Remix(of="x"))',
        sent=("POST ", JSON, '{"of":"x","kind":"mix"}'),
        schemas={name: obj("of", "kind", of=TEXT, kind=TEXT) for name in ("Cover", "Remix")},
    ),
    Row(
        name="allOf next to properties",
        operation={"requestBody": body(ref("Whole"))},
        call='CALL(a="x", b="y", own=1)',
        sent=("POST ", JSON, '{"a":"x","b":"y","own":1}'),
        schemas={
            "Half": obj("a", a=TEXT),
            "Other": obj(b=TEXT),
            "Whole": {"allOf": [ref("Half"), ref("Other")], "properties": {"own": WHOLE}, "required": ["b"]},
        },
    ),
    Row(
        name="fields that go together (anyOf of required)",
        operation={"requestBody": body({**obj(a=TEXT, b=TEXT), "anyOf": [{"required": ["a"]}, {"required": ["b"]}]})},
        call='CALL(b="x")',
        sent=("POST ", JSON, '{"b":"x"}'),
    ),
    Row(
        name="a body that may be left out",
        operation={"requestBody": {"content": {JSON: {"schema": array(TEXT)}}}},
        sent=("POST ",),
    ),
    Row(
        name="other JSON media types",
        operation={"requestBody": body(obj(a=TEXT), "application/merge-patch+json")},
        call='CALL(a="x")',
        sent=("PATCH ", "application/merge-patch+json", '{"a":"x"}'),
        method="patch",
    ),
]

OTHER_BODIES = [
    Row(
        name="multipart: files, lists of files, texts, objects",
        operation={
            "requestBody": body(obj("f", f=FILE, more=array(FILE), t=TEXT, o=ref("Meta")), "multipart/form-data")
        },
        call='CALL(f=k.File(b"1", "a.mp3", "audio/mpeg"), more=[b"2", b"3"], t="x", o=k.Meta(a=1))',
        sent=(
            "POST ",
            "multipart/form-data",
            "f a.mp3 audio/mpeg 1",
            "more file application/octet-stream 2",
            "more file application/octet-stream 3",
            "t None text/plain x",
            'o None application/json {"a":1}',
        ),
        schemas={"Meta": obj(a=WHOLE)},
    ),
    Row(
        name="an HTML form",
        operation={"requestBody": body(obj("a", a=TEXT, b=array(WHOLE)), "application/x-www-form-urlencoded")},
        call='CALL(a="x&y", b=[1, 2])',
        sent=("POST ", "application/x-www-form-urlencoded", "a=x%26y&b=1&b=2"),
    ),
    Row(
        name="bytes of any media type",
        operation={"requestBody": body(FILE, "audio/mpeg")},
        call='CALL(b"12")',
        sent=("PUT ", "audio/mpeg", "12"),
        method="put",
    ),
    Row(
        name="text",
        operation={"requestBody": body(TEXT, "text/plain; charset=utf-8")},
        call='CALL("né")',
        sent=("POST ", "text/plain; charset=utf-8", "né"),
    ),
]

SENT = [*PARAMETERS, *JSON_BODIES, *OTHER_BODIES]
