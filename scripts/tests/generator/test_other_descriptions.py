"""Other descriptions: unions, forms and plain bodies become clients that work and type-check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.tests.generator.small_descriptions import body, describe, generated, operation, run

# A client whose requests end up in `seen`, and whose answers come from `reply`.
STAGE = """
import httpx
from cometapi_suno import SunoClient
seen, reply = [], {"content": b"{}", "headers": {"content-type": "application/json"}}
def answer(request):
    seen.append(request)
    return httpx.Response(200, **reply)
client = SunoClient(api_key="sk-of-this-test", base_url="http://127.0.0.1", http_client=httpx.MockTransport(answer))
"""

SHAPES = {
    "Circle": {"type": "object", "required": ["radius"], "properties": {"radius": {"type": "number"}}},
    "Square": {"type": "object", "required": ["side"], "properties": {"side": {"type": "number"}}},
    "Drawing": {
        "type": "object",
        "required": ["shapes"],
        "properties": {
            "shapes": {
                "type": "array",
                "items": {"oneOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Square"}]},
            },
            "parent": {"oneOf": [{"$ref": "#/components/schemas/Drawing"}, {"type": "null"}]},
            "tag": {"type": ["string", "integer", "null"]},
            "class": {"type": "string"},
            "toDict": {"type": "string"},
            "grid": {"type": "array", "items": {"type": "array", "items": {"$ref": "#/components/schemas/Circle"}}},
        },
    },
}
UNIONS = describe(
    {
        "/drawings": {
            "post": operation(
                "saveDrawing",
                result={"$ref": "#/components/schemas/Drawing"},
                requestBody=body(
                    {"anyOf": [{"$ref": "#/components/schemas/Circle"}, {"$ref": "#/components/schemas/Square"}]}
                ),
            )
        }
    },
    SHAPES,
)
INTEGERS = describe(
    {
        "/one": {"get": operation("showOne", tags=["integers"], result={"type": "integer"})},
        "/all": {"get": operation("showAll", tags=["integers"], result={"$ref": "#/components/schemas/Integers"})},
    },
    {
        "Integers": {
            "type": "object",
            "required": ["plain", "nullable", "union", "listed", "items"],
            "properties": {
                "plain": {"type": "integer"},
                "nullable": {"type": ["integer", "null"]},
                "union": {"type": ["string", "integer"]},
                "listed": {"type": "integer", "enum": [1, 2]},
                "items": {"type": "array", "items": {"type": "integer"}},
            },
        }
    },
)
PARAMETERS = describe(
    {
        "/files/{file_id}": {
            "post": operation(
                "sendFile",
                tags=["files", "uploads"],
                parameters=[
                    {"name": "file_id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "dry run", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string"}},
                ],
                requestBody=body(
                    {
                        "type": "object",
                        "required": ["audio"],
                        "properties": {"audio": {"type": "string", "format": "binary"}, "title": {"type": "string"}},
                    },
                    "multipart/form-data",
                ),
            )
        },
        "/forms": {
            "post": operation(
                "sendForm",
                tags=["forms"],
                requestBody=body(
                    {"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
                    "application/x-www-form-urlencoded",
                ),
            )
        },
    }
)


def plain(name: str, media: str, schema: dict[str, Any]) -> dict[str, Any]:
    made = operation(name, tags=["plain"])
    made["responses"]["200"]["content"] = {media: {"schema": schema}}
    return made


def nothing(name: str) -> dict[str, Any]:
    return {"operationId": name, "tags": ["plain"], "responses": {"204": {"description": "Gone."}}}


BODIES = describe(
    {
        "/numbers": {
            "post": operation(
                "sum",
                tags=["numbers"],
                result={"type": "number"},
                requestBody=body({"type": "array", "items": {"type": "number"}}),
            )
        },
        "/text": {"get": plain("readText", "text/plain", {"type": "string"})},
        "/bytes": {"get": plain("readBytes", "application/octet-stream", {"type": "string", "format": "binary"})},
        "/gone": {"delete": nothing("remove")},
        "/codes": {
            "get": operation("showCode", tags=["numbers"], result={"$ref": "#/components/schemas/Code"}),
        },
    },
    {"Code": {"type": "object", "required": ["code"], "properties": {"code": {"type": "integer"}}}},
)


def test_unions_round_trip(tmp_path: Path) -> None:
    wire: dict[str, Any] = {
        "shapes": [{"radius": 1.5}, {"side": 2}, {"side": 3, "new": True}],
        "parent": {"shapes": [], "parent": None},
        "tag": 7,
        "class": "a",
        "toDict": "b",
        "grid": [[{"radius": 1}], []],
        "to_dict": "an unknown field named like a method",
    }
    code = f"""{STAGE}
from cometapi_suno import Circle, Square
reply["content"] = json.dumps({wire!r}).encode()
made = client.things.save_drawing(Square(side=2))
print(json.dumps([
    json.loads(seen[0].content), made.to_dict(), [type(shape).__name__ for shape in made.shapes],
    type(made.parent).__name__, made.class_, type(made.grid[0][0]).__name__, sorted(made.unknown),
]))
"""
    kinds = ["Circle", "Square", "Square"]
    assert run(generated(UNIONS, tmp_path), code) == [{"side": 2}, wire, kinds, "Drawing", "a", "Circle", ["to_dict"]]


def test_number_without_fraction_is_an_integer(tmp_path: Path) -> None:
    """JSON Schema 2020-12 (validation, 6.1.1): 1.0 and 1e3 are integers. 1.5, `true` and an infinite number are not."""
    code = f"""{STAGE}
from cometapi_suno import ResponseDecodeError
def show(method, content):
    reply["content"] = content
    try:
        return method()
    except ResponseDecodeError as error:
        return error.pointer
whole = {{"plain": 1e3, "nullable": 2.0, "union": 3.0, "listed": 1.0, "items": [4.0]}}
found = show(client.integers.show_all, json.dumps(whole).encode())
refused = [
    show(client.integers.show_all, json.dumps(whole | {{name: value}}).replace("Infinity", "1e999").encode())
    for name in whole for value in (1.5, True, float("inf"))
]
print(json.dumps([
    [type(getattr(found, name)).__name__ for name in list(whole)[:4]], found.to_dict() == whole, refused,
    show(client.integers.show_one, b"1.0"), show(client.integers.show_one, b"1.5"),
]))
"""
    refused = [f"/{name}" for name in ("plain", "nullable", "union", "listed", "items") for _ in range(3)]
    assert run(generated(INTEGERS, tmp_path), code) == [["int"] * 4, True, refused, 1, ""]


def test_parameters_and_forms_are_sent(tmp_path: Path) -> None:
    code = f"""{STAGE}
from cometapi_suno import File
audio = File(b"\\x00\\xff", "a.mp3", "audio/mpeg")
client.files.send_file("a/b c", x_trace="t", tag=["x", "y z"], dry_run=True, audio=audio, title="é")
client.files.send_file("1", x_trace="t", audio=b"raw")
client.forms.send_form(a="x&y", b=3)
print(json.dumps([[str(r.url), r.headers.get("x-trace"), r.headers["content-type"].partition(";")[0]] for r in seen]))
"""
    assert run(generated(PARAMETERS, tmp_path), code) == [
        ["http://127.0.0.1/files/a%2Fb%20c?tag=x&tag=y%20z&dry%20run=true", "t", "multipart/form-data"],
        ["http://127.0.0.1/files/1", "t", "multipart/form-data"],
        ["http://127.0.0.1/forms", None, "application/x-www-form-urlencoded"],
    ]


def test_multipart_is_read_by_another_parser(tmp_path: Path) -> None:
    code = f"""{STAGE}
from email.parser import BytesParser
from email.policy import HTTP
from cometapi_suno import File
client.files.send_file("1", x_trace="t", audio=File(b"--\\r\\n\\x00", 'a"b.mp3', "audio/mpeg"), title="\\u00e9")
head = b"Content-Type: " + seen[0].headers["content-type"].encode() + b"\\r\\n\\r\\n"
parts = list(BytesParser(policy=HTTP).parsebytes(head + seen[0].content).iter_parts())
def describe(part):
    name = part.get_param("name", header="content-disposition")
    return [name, part.get_content_type(), list(part.get_payload(decode=True))]
print(json.dumps([describe(part) for part in parts]))
"""
    assert run(generated(PARAMETERS, tmp_path), code) == [
        ["audio", "audio/mpeg", list(b"--\r\n\x00")],
        ["title", "text/plain", list("é".encode())],
    ]


def test_plain_bodies_and_results(tmp_path: Path) -> None:
    code = f"""{STAGE}
reply["content"] = b"6.5"
results = [client.numbers.sum_([1, 2.5, 3]), json.loads(seen[-1].content)]
reply["content"] = b"plain"
results += [client.plain.read_text(), list(client.plain.read_bytes()), client.plain.remove()]
reply["content"] = b'{{"code": 7}}'
results += [client.numbers.show_code().code]
print(json.dumps(results))
"""
    assert run(generated(BODIES, tmp_path), code) == [6.5, [1, 2.5, 3], "plain", list(b"plain"), None, 7]


# What the generated functions use themselves. An argument of such a name would hide it.
USED_NAMES = [
    *("timeout", "retries", "headers", "options", "call", "content", "path", "query", "lines", "request", "operations"),
    *("refuse_string", "encode_query", "encode_path_segment", "encode_header_parameters", "encode_json_body", "self"),
]


@pytest.mark.parametrize("place", ["query", "header"])
def test_argument_names_hide_nothing(tmp_path: Path, place: str) -> None:
    parameters = [{"name": name, "in": place, "required": True, "schema": {"type": "string"}} for name in USED_NAMES]
    body_fields = {f"{name}": {"type": "array", "items": {"type": "string"}} for name in ("cast", "segment")}
    act = operation("act", parameters=parameters, requestBody=body({"type": "object", "properties": body_fields}))
    code = f"""{STAGE}
client.things.act(**{{f"{{name}}_": name for name in {USED_NAMES!r}}}, cast=["a"])
sent = dict(seen[0].url.params) if {place!r} == "query" else seen[0].headers
print(json.dumps([[sent.get(name) for name in {USED_NAMES!r}], json.loads(seen[0].content)]))
"""
    assert run(generated(describe({"/act": {"post": act}}), tmp_path), code) == [USED_NAMES, {"cast": ["a"]}]


ENUM_VALUES = ["a-b", "a_b", "line\nbreak\x00\u2028", 'a "quoted" \\ value', "é", "1", ""]


def test_enum_values_are_kept(tmp_path: Path) -> None:
    closed = {"type": "string", "enum": ENUM_VALUES}
    act = operation("act", result=closed, parameters=[{"name": "kind", "in": "query", "schema": closed}])
    code = f"""{STAGE}
from typing import Literal, get_args
reply["content"] = json.dumps({ENUM_VALUES[2]!r}).encode()
result = client.things.act(kind={ENUM_VALUES[2]!r})
written = vars(type(client.things))["act"].__annotations__["return"]
print(json.dumps([result, seen[0].url.params["kind"], get_args(eval(written))]))
"""
    assert run(generated(describe({"/act": {"get": act}}), tmp_path), code) == [ENUM_VALUES[2]] * 2 + [ENUM_VALUES]
