"""The kernel: reading a description with its lines, pointers, references and walking."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from scripts.description_file import DEFAULT, DescriptionFileError, load
from scripts.openapi_document import (
    find_parameters,
    find_references,
    format_reference,
    join_pointer,
    locate,
    look_up,
    parse_reference,
    resolve,
    same_json,
    split_pointer,
    walk_objects,
    walk_operations,
    walk_schemas,
)

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """\
openapi: 3.1.0
paths:
  /songs/{id}:
    get:
      responses:
        '200':
          content:
            application/json:
              examples:
                made: {summary: A song, externalValue: examples/song.json}
list:
  - one
  -
    - two
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "examples").mkdir()
    (tmp_path / "examples" / "song.json").write_text('{"id": "7", "words": ["愛"]}', "utf-8")
    (tmp_path / "small.yaml").write_text(SMALL, "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("pointer", "line"),
    [
        ("", 1),
        ("/openapi", 1),
        ("/paths/~1songs~1{id}/get", 4),
        ("/paths/~1songs~1{id}/get/responses/200/content/application~1json/examples/made/summary", 10),
        ("/list/0", 12),
        ("/list/1/0", 14),
    ],
)
def test_node_has_line_of_its_key_or_item(pointer: str, line: int, folder: Path) -> None:
    assert load(folder / "small.yaml").line(pointer) == line


def test_missing_node_has_line_of_its_ancestor(folder: Path) -> None:
    assert load(folder / "small.yaml").line("/paths/~1songs~1{id}/get/x-evidence/3") == 4


def test_order_of_the_file_is_kept(folder: Path) -> None:
    assert list(load(folder / "small.yaml").data) == ["openapi", "paths", "list"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"),
        ("off", "off"),
        ("012", 12),
        ("0o14", 12),
        ("1_0", "1_0"),
        ("2025-04-11", "2025-04-11"),
        ("1e3", 1000.0),
        ("true", True),
        ("~", None),
        ("'1'", "1"),
    ],
)
def test_scalars_follow_yaml_1_2_core_schema(text: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(f"value: {text}\n", "utf-8")
    read = load(path).data["value"]
    assert (read, type(read)) == (value, type(value))


def test_bundle_has_example_values(folder: Path) -> None:
    description = load(folder / "small.yaml")
    media = description.bundled()["paths"]["/songs/{id}"]["get"]["responses"]["200"]["content"]["application/json"]
    assert media["examples"]["made"] == {"summary": "A song", "value": {"id": "7", "words": ["愛"]}}
    assert list(media["examples"]["made"]) == ["summary", "value"]


def test_bundling_does_not_change_description(folder: Path) -> None:
    description = load(folder / "small.yaml")
    before = json.dumps(description.data)
    description.bundled()
    assert json.dumps(description.data) == before


def test_missing_example_is_reported_with_place(folder: Path) -> None:
    (folder / "examples" / "song.json").unlink()
    with pytest.raises(DescriptionFileError) as refused:
        load(folder / "small.yaml").bundled()
    pointer = "/paths/~1songs~1{id}/get/responses/200/content/application~1json/examples/made/externalValue"
    reason = "cannot read examples/song.json: No such file or directory"
    assert str(refused.value) == f"{folder}/small.yaml:10: {pointer}: {reason}"


@pytest.mark.parametrize(
    "content",
    [
        "{'id': 7}",
        "",
        '{"length": NaN}',
        '{"length": 1e999}',
        '{"length": ' + "9" * 5000 + "}",
        "\ud800",
        r'"\ud800"',
        '{"id": "1", "id": "2"}',
        "[" * 200 + "]" * 200,
        "[" * 200_000,
    ],
    ids=lambda content: content[:20],
)
def test_invalid_example_is_refused(content: str, folder: Path) -> None:
    (folder / "examples" / "song.json").write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(DescriptionFileError, match=r"cannot read examples/song\.json"):
        load(folder / "small.yaml").bundled()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: 1\nb: {c: 1, c: 2}\n", ":2: /b/c: the key is here twice"),
        ("a: 1\n200: x\n", ":2: a key is not a string. Put it in quotes"),
        ("a:\n  [b]: x\n", ":2: /a: a key is not a string. Put it in quotes"),
        ("a:\n  .nan: x\n", ":2: /a: a key is not a string. Put it in quotes"),
        ("a:\n  200: x\n", ":2: /a: a key is not a string. Put it in quotes"),
        ("a: .inf\n", ":1: /a: .inf is not a JSON value"),
        ("a: 1e999\n", ":1: /a: "),
        (f"a: {'9' * 5000}\n", ":1: /a: "),
        (f"a: 0x{'f' * 5000}\n", ":1: /a: "),
        (f"b: é\na: {'[' * 200}{']' * 200}\n", ":2: it is nested too deeply"),
        ("b: é\na: x\x07\n", ":2: the character 0x0007 is not allowed in YAML"),
        ("b: é\na: '\udcff'\n", ":2: not UTF-8"),
        ("- a\n", ":1: a description is a mapping with the key `openapi`"),
        ("", ":1: a description is a mapping with the key `openapi`"),
        ("a: 'b\n", ":2: "),
        ("a: 1\n\tb: 2\n", ":2: "),
    ],
)
def test_invalid_description_is_refused_with_place(text: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DescriptionFileError) as refused:
        load(path)
    assert str(refused.value).startswith(f"{path}{place}")
    assert "\n" not in str(refused.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionFileError, match=r"none\.yaml:1: No such file or directory"):
        load(tmp_path / "none.yaml")


def test_messages_have_relative_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(DescriptionFileError, match=r"^none\.yaml:1: "):
        load(tmp_path / "none.yaml")


def test_pointer_tokens_survive_round_trip() -> None:
    assert split_pointer(join_pointer("", "/a~b/{c}", 0)) == ["/a~b/{c}", "0"]


def test_tokens_are_unescaped_in_rfc_order() -> None:
    # Section 4: first ~1, then ~0, so that ~01 becomes ~1 and not a slash.
    assert split_pointer("/a~01b") == ["a~1b"]


# The document of RFC 6901, section 5, with the fragments of section 6.
RFC_6901 = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, 'k"l': 6, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("fragment", "value"),
    [
        ("#", RFC_6901),
        ("#/foo", ["bar", "baz"]),
        ("#/foo/0", "bar"),
        ("#/", 0),
        ("#/a~1b", 1),
        ("#/c%25d", 2),
        ("#/e%5Ef", 3),
        ("#/g%7Ch", 4),
        ("#/i%5Cj", 5),
        ("#/k%22l", 6),
        ("#/%20", 7),
        ("#/m~0n", 8),
    ],
)
def test_fragments_of_rfc_6901_are_supported(fragment: str, value: object) -> None:
    pointer = parse_reference(fragment)
    assert look_up(RFC_6901, pointer) == value
    assert format_reference(pointer) == fragment


@pytest.mark.parametrize("pointer", ["/foo/2", "/foo/-", "/foo/-1", "/foo/01", "/foo/\u0660", "/foo/0/0", "/none"])
def test_pointer_to_nothing_is_refused(pointer: str) -> None:
    with pytest.raises(LookupError):
        look_up(RFC_6901, pointer)


@pytest.mark.parametrize("reference", ["other.yaml#/a", "#anchor", "Persona", "http://a.example/#/a"])
def test_reference_outside_the_document_is_refused(reference: str) -> None:
    with pytest.raises(LookupError, match="is not in this file"):
        resolve({"a": 1, "anchor": 2}, {"$ref": reference})


def test_reference_chain_is_followed_to_its_end() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/c%20d"}, "c d": [1]}
    assert locate(document, document["a"], "/a") == ("/c d", [1])
    assert locate(document, document["c d"], "/c d") == ("/c d", [1])


def test_circular_reference_is_refused() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/a"}}
    with pytest.raises(LookupError, match="leads back to itself"):
        resolve(document, document["a"])


def test_operations_inherit_parameters_of_path() -> None:
    page = {"name": "page", "in": "query"}
    item = {
        "parameters": [page, {"name": "X-A", "in": "header", "description": "of the path"}],
        "summary": "not a method",
        "post": {"operationId": "make", "parameters": [{"name": "x-a", "in": "header"}]},
        "get": {},
    }
    document = {"paths": {"/a/{b}": {"$ref": "#/components/pathItems/A"}}, "components": {"pathItems": {"A": item}}}
    made, read = walk_operations(document)
    assert (made.id, made.pointer, made.path) == ("make", "/components/pathItems/A/post", "/a/{b}")
    assert read.id == "get /a/{b}"
    assert find_parameters(document, made) == [
        ("/components/pathItems/A/post/parameters/0", {"name": "x-a", "in": "header"}),
        ("/components/pathItems/A/parameters/0", page),
    ]


def test_schemas_are_walked_but_not_data() -> None:
    schema: dict[str, Any] = {
        "properties": {"not": {"type": "string"}},
        "not": {"const": {"properties": {"x": {}}}},
        "prefixItems": [True, {"if": {}}],
        "default": {"items": {}},
        "$defs": {"a/b": {"unevaluatedProperties": False}},
    }
    assert [pointer for pointer, _ in walk_schemas(schema, "/s")] == [
        *("/s", "/s/properties/not", "/s/not", "/s/prefixItems/0", "/s/prefixItems/1", "/s/prefixItems/1/if"),
        *("/s/$defs/a~1b", "/s/$defs/a~1b/unevaluatedProperties"),
    ]
    assert "/s/not" not in dict(walk_schemas(schema, "/s", without=["not"]))


def test_objects_are_walked_but_not_names_or_data() -> None:
    reference = {"$ref": "#/a"}
    document = {
        "properties": {"properties": reference, "example": {"enum": [reference]}, "$ref": reference},
        "default": reference,
        "examples": [reference],
        "x-sdk": reference,
    }
    assert [pointer for pointer, _ in walk_objects(document)] == [
        *("", "/properties/properties", "/properties/example", "/properties/$ref"),
    ]
    assert list(find_references(document)) == [("/properties/properties", "#/a"), ("/properties/$ref", "#/a")]


def test_same_values_have_the_same_types() -> None:
    assert same_json({"a": [1, None]}, {"a": [1, None]})
    assert not any(same_json([1], [other]) for other in (1.0, True, "1", None))


def test_lines_of_real_description_are_in_file() -> None:
    description = load()
    assert description.path == DEFAULT
    last = len(DEFAULT.read_text("utf-8").splitlines())
    assert all(1 <= line <= last for line in description.lines.values())
