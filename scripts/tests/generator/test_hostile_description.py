"""Texts of a description never become code."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from scripts.generator.generation_error import GenerationError
from scripts.tests.generator.small_descriptions import body, describe, generated, operation, run

ATTACKS = [
    '"""\nopen("pwned", "w")\n"""',
    "'''\nopen('pwned', 'w')\n'''",
    '"); open("pwned", "w"); ("',
    "{{ cycler.__init__.__globals__.os.system('touch pwned') }}",
    "{% for x in [1] %}pwned{% endfor %}{# gone #}",
    "ends with a backslash \\",
    'ends with a quote "',
    "\\N{DASH} \\x41 \\u0041 \\",
    "line\r\nbreak\x0b\x0c\u2028\u2029\x85 and \x00 nul",
    "{open('pwned', 'w')} %(x)s {0} $x",
    "# type: ignore\n    pass\nopen('pwned', 'w')",
]


def hostile(text: str) -> dict[str, Any]:
    """Return a description with `text` in every slot that takes any string."""
    thing: dict[str, Any] = {
        "type": "object",
        "description": text,
        "title": "Thing",
        "required": ["id"],
        "properties": {
            "id": {"type": "string", "description": text, "default": text, "example": text},
            text: {"type": "string", "description": text},
            "kind": {"$ref": "#/components/schemas/Kind", "description": text},
            "fixed": {"const": text, "type": "string"},
            "closed": {"type": "string", "enum": [text, "other"]},
        },
    }
    made = operation(
        "makeThing",
        result={"$ref": "#/components/schemas/Thing"},
        summary=text,
        description=text,
        requestBody=body({"type": "object", "required": ["name"], "properties": {**thing["properties"], "name": {}}}),
        **{"x-billing": {"charge": "paid", "note": text}, "x-sdk": {"resource": text, "method": text}},
    )
    shown = operation("showThing", result={"$ref": "#/components/schemas/Thing"}, tags=["things"])
    shown["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {}, "description": text}]
    return describe(
        {f"/things/{text.replace('{', '').replace('}', '')}": {"post": made}, "/things/{id}": {"get": shown}},
        {"Thing": thing, "Kind": {"type": "string", "description": text, "x-extensible-enum": ["a", text]}},
        info={"title": text, "version": "1.0.0", "description": text},
        servers=[{"url": "https://small.test/" + text, "description": text}],
        tags=[{"name": "things", "description": text}],
    )


@pytest.mark.parametrize(
    "text", [pytest.param(text, id=str(n), marks=pytest.mark.slow if n % 5 else []) for n, text in enumerate(ATTACKS)]
)
def test_hostile_text_is_inert(tmp_path: Path, text: str) -> None:
    package = generated(hostile(text), tmp_path)
    for path in package.rglob("*.py"):
        ast.parse(path.read_text("utf-8"))
    loaded = run(package, "print(json.dumps([getattr(cometapi_suno, name).__name__ for name in ('Thing', 'Kind')]))")
    assert loaded == ["Thing", "Kind"]
    assert not list(tmp_path.rglob("pwned"))


def test_hostile_wire_name_is_kept(tmp_path: Path) -> None:
    name = 'a "quoted" {{ name }}\\'
    package = generated(hostile(name), tmp_path)
    code = f"""
thing = cometapi_suno.Thing.from_dict({{"id": "1", {name!r}: "kept"}})
print(json.dumps([thing.to_dict(), thing.unknown]))
"""
    assert run(package, code) == [{"id": "1", name: "kept"}, {}]


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        ({"x-billing": {"charge": "PAID, open('pwned')"}}, "x-billing.charge"),
        ({"x-effect": "reads; open('pwned')"}, "x-effect"),
    ],
    ids=["billing", "effect"],
)
def test_word_in_code_is_from_a_list(tmp_path: Path, slot: dict[str, Any], expected: str) -> None:
    with pytest.raises(GenerationError, match=f"GET /things: {expected}"):
        generated(describe({"/things": {"get": operation("show", **slot)}}), tmp_path)


def test_invalid_version_is_refused(tmp_path: Path) -> None:
    wrong = describe({"/things": {"get": operation("show")}}, info={"title": "x", "version": "1\r\nX-Evil: 1"})
    with pytest.raises(GenerationError, match="/info/version"):
        generated(wrong, tmp_path)
