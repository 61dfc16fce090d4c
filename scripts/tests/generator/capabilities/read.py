"""Supported responses: a row for each kind of schema, media type and status that a client can read."""

from __future__ import annotations

from scripts.tests.generator.capabilities.row import FILE, TEXT, WHOLE, Row, Schema, answers, array, obj, parameter, ref


def reading(
    name: str, schema: Schema, reply: str, gives: object, *, typed: str, shown: str = "it", **schemas: Schema
) -> Row:
    """Return a row whose call is answered with this JSON."""
    return Row(
        name=name,
        operation=answers(schema),
        method="get",
        reply=reply,
        gives=gives,
        typed=typed,
        shown=shown,
        schemas=schemas,
    )


CIRCLE = obj("radius", radius={"type": "number"})
NULLABLE_CIRCLE = {"oneOf": [ref("Circle"), {"type": "null"}]}
SQUARE = obj("side", side={"type": "number"})
KINDS = "[type(each).__name__ for each in it]"

JSON_ANSWERS = [
    reading("JSON lists, strings, numbers, booleans", array(TEXT), '["a"]', ["a"], typed="list[str]"),
    reading(
        "recursive schemas",
        ref("Tree"),
        '{"left": {"left": null}, "many": [{"new": 1}]}',
        ["Tree", None, {"new": 1}],
        typed="k.Tree",
        shown="[type(it.left).__name__, it.left.left, it.many[0].to_dict()]",
        Tree=obj(left={"oneOf": [ref("Tree"), {"type": "null"}]}, many=array(ref("Tree"))),
    ),
    reading(
        "maps of models (additionalProperties)",
        {"type": "object", "additionalProperties": array(ref("Circle"))},
        '{"a": [{"radius": 1}], "b": []}',
        {"a": [1], "b": []},
        typed="dict[str, list[k.Circle]]",
        shown="{key: [each.radius for each in value] for key, value in it.items()}",
        Circle=CIRCLE,
    ),
    reading(
        "maps as fields, and any JSON object",
        ref("Labelled"),
        '{"labels": {"a": "b"}, "extra": {"c": [1]}}',
        [{"a": "b"}, {"c": [1]}],
        typed="k.Labelled",
        shown="[it.labels, it.extra]",
        Labelled=obj(labels={"type": "object", "additionalProperties": TEXT}, extra={"type": "object"}),
    ),
    reading(
        "lists and maps that may be null, of models or null",
        {"type": ["array", "null"], "items": {"type": ["object", "null"], "additionalProperties": NULLABLE_CIRCLE}},
        '[{"a": {"radius": 1}, "b": null}, null]',
        [{"a": 1, "b": None}, None],
        typed="list[dict[str, k.Circle | None] | None]",
        shown="[each and {key: value and value.radius for key, value in each.items()} for each in it]",
        Circle=CIRCLE,
    ),
    reading(
        "fields that are not described",
        ref("Open"),
        '{"a": "x", "new": {"b": 1}}',
        {"new": {"b": 1}},
        typed="k.Open",
        shown="it.unknown",
        Open={**obj(a=TEXT), "additionalProperties": obj(b=WHOLE)},
    ),
    reading(
        "oneOf and anyOf, distinguished by required fields",
        array({"oneOf": [ref("Circle"), ref("Square")]}),
        '[{"side": 1}, {"radius": 1}]',
        ["Square", "Circle"],
        typed="list[k.Circle | k.Square]",
        shown=KINDS,
        Square=SQUARE,
    ),
    reading(
        "oneOf and anyOf, distinguished by constants and enums",
        array({"anyOf": [ref("Vocal"), ref("Drum")]}),
        '[{"kind": "drum", "id": "1"}, {"kind": "lead", "id": "2"}, {"kind": "new", "id": "3"}]',
        ["Drum", "Vocal", "Vocal"],
        typed="list[k.Vocal | k.Drum]",
        shown=KINDS,
        Vocal=obj("kind", "id", kind={"enum": ["lead", "back"]}, id=TEXT),
        Drum=obj("kind", "id", kind={"const": "drum"}, id=TEXT),
    ),
    reading(
        "oneOf and anyOf with a discriminator",
        array(
            {
                "oneOf": [ref("Cat"), ref("Dog")],
                "discriminator": {"propertyName": "type", "mapping": {"miaow": "Cat", "meow": ref("Cat")["$ref"]}},
            }
        ),
        '[{"type": "Dog"}, {"type": "meow"}, {"type": "miaow"}, {"type": "unheard of"}]',
        ["Dog", "Cat", "Cat", "Cat"],
        typed="list[k.Cat | k.Dog]",
        shown=KINDS,
        Cat=obj("type", type=TEXT),
        Dog=obj("type", type=TEXT),
    ),
    reading(
        "oneOf of objects, lists and plain values",
        {"oneOf": [ref("Circle"), array(TEXT), {"type": "null"}]},
        '["a"]',
        ["a"],
        typed="k.Circle | list[str] | None",
    ),
    reading(
        "allOf of objects",
        ref("Album"),
        '{"id": "1", "songs": [{"id": "2"}]}',
        ["1", "2"],
        typed="k.Album",
        shown="[it.id, it.songs[0].id]",
        Named=obj("id", id=TEXT),
        Album={"allOf": [ref("Named")], "properties": {"songs": array(ref("Named"))}},
    ),
    reading(
        "enums of strings and of numbers, null among them",
        ref("Graded"),
        '{"grade": 2, "mark": null, "share": 0.5}',
        [2, None, 0.5],
        typed="k.Graded",
        shown="[it.grade, it.mark, it.share]",
        Graded=obj(
            grade={"type": "integer", "enum": [1, 2]},
            mark={"type": ["string", "null"], "enum": ["a", "b", None]},
            share={"enum": [0.5, 1]},
        ),
    ),
    reading(
        "open enums (x-extensible-enum)",
        ref("Coloured"),
        '{"colour": "mauve"}',
        ["mauve", False],
        typed="k.Coloured",
        shown="[it.colour.value, it.colour.is_known]",
        Colour={"type": "string", "x-extensible-enum": ["red"]},
        Coloured=obj("colour", colour=ref("Colour")),
    ),
    reading(
        "constants of every type",
        ref("Fixed"),
        '{"a": true, "b": 1.5, "c": null, "d": {"x": 1}}',
        [True, 1.5, None, {"x": 1}],
        typed="k.Fixed",
        shown="[it.a, it.b, it.c, it.d]",
        Fixed=obj("a", "b", "c", "d", a={"const": True}, b={"const": 1.5}, c={"const": None}, d={"const": {"x": 1}}),
    ),
    reading(
        "formats, which stay strings and numbers",
        ref("Formatted"),
        '{"at": "2026-01-01", "id": "no uuid", "raw": "AA=="}',
        ["2026-01-01", "no uuid", "AA=="],
        typed="k.Formatted",
        shown="[it.at, it.id, it.raw]",
        Formatted=obj(
            at={"type": ["null", "string"], "format": "date"},
            id={"type": "string", "format": "uuid"},
            raw={"type": "string", "format": "binary"},
        ),
    ),
    reading(
        "tuples, lists of anything, lists in lists",
        ref("Lists"),
        '{"pair": ["a", 1], "any": [1, "b"], "grid": [[{"side": 2}]]}',
        [["a", 1], [1, "b"], 2],
        typed="k.Lists",
        shown="[it.pair, it.any_, it.grid[0][0].side]",
        Lists=obj(
            pair={"type": "array", "prefixItems": [TEXT, WHOLE], "items": False},
            any={"type": "array"},
            grid=array(array(ref("Square"))),
        ),
    ),
    reading(
        "components that are not objects, or refer to another",
        ref("Alias"),
        '[{"side": 3}]',
        [3],
        typed="list[k.Square]",
        shown="[each.side for each in it]",
        Alias=ref("Squares"),
        Squares=array(ref("Square")),
    ),
    reading(
        "names that are not Python names",
        ref("Odd"),
        '{"class": "a", "to_dict": "b", "x-y": "c", "Any": "d", "1": "e"}',
        ["a", "b", "c", "d", "e"],
        typed="k.Odd",
        shown="[it.class_, it.to_dict_, it.x_y, it.any_, it.field_1]",
        Odd=obj(**dict.fromkeys(("class", "to_dict", "x-y", "Any", "1"), TEXT)),
    ),
    reading("no schema", {}, '{"a": 1}', {"a": 1}, typed="object"),
]  # fmt: skip


def other(name: str, operation: Schema, *, reply: str, media: str, gives: object, typed: str, shown: str = "it") -> Row:
    """Return a row whose call is answered with something else than JSON."""
    return Row(
        name=name, operation=operation, method="get", reply=reply, media=media, gives=gives, typed=typed, shown=shown
    )


OTHER_ANSWERS = [
    other("no body", answers(None, status="204"), reply="", media="text/plain", gives=None, typed="None"),
    other(
        "text",
        answers(TEXT, "text/csv"),
        reply="a,b",
        media="text/csv",
        gives="a,b",
        typed="str",
    ),
    other(
        "downloads of any media type, read whole",
        answers(FILE, "audio/mpeg"),
        reply="\x00\x01",
        media="audio/mpeg",
        gives=[0, 1],
        typed="bytes",
        shown="list(it)",
    ),
    other(
        "other JSON media types, other successes (201, 2XX)",
        answers(ref("Reply"), "application/hal+json", "2XX"),
        reply='{"ok": false}',
        media="application/hal+json",
        gives={"ok": False},
        typed="k.Reply",
        shown="it.to_dict()",
    ),
    other(
        "error bodies of any media type, ranges and default",
        {
            "responses": {
                **answers(ref("Reply"))["responses"],
                "4XX": {"description": "No.", "content": {"text/html": {}, "image/png": {}}},
                "default": {"description": "No.", "content": {"application/xml": {}}},
            }
        },
        reply='{"ok": true}',
        media="application/json",
        gives={"ok": True},
        typed="k.Reply",
        shown="it.to_dict()",
    ),
]
OPERATIONS = [
    Row(
        name="several tags (the first is the resource)",
        operation={"tags": ["rows", "others"]},
        sent=("DELETE ",),
        method="delete",
    ),
    Row(
        name="deprecated operations, parameters and fields",
        operation={"deprecated": True, "parameters": [parameter("old", "query", TEXT, deprecated=True)]},
        sent=("POST ",),
        typed="tuple[k.Reply, str | None]",
        call="(CALL(), c.rows.rowNUMBER.__doc__)",
        shown='it[1].count("Deprecated.") == 2',
        gives=True,
    ),
    Row(
        name="callbacks, webhooks, links, response headers (no method)",
        operation={
            "callbacks": {"done": {"{$request.body#/hook}": {"post": {"responses": {"200": {"description": "x"}}}}}},
        },
        sent=("POST ",),
    ),
]

READ = [*JSON_ANSWERS, *OTHER_ANSWERS, *OPERATIONS]
