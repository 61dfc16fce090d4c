"""The validator finds what breaks a description, says where, and accepts everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cometapi_suno_mock.contract import Contract, DescriptionError, OperationContract, Violation

DESCRIPTION: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things": {
            "post": {
                "operationId": "makeThing",
                "tags": ["things"],
                "x-sdk": {"resource": "things", "method": "make"},
                "x-billing": {"charge": "paid", "note": "n"},
                "x-effect": "creates",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ThingRequest"}}},
                },
                "responses": {
                    "200": {
                        "description": "d",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    },
                    "429": {
                        "description": "d",
                        "x-empty-body": {"source": "s"},
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    },
                    "504": {"$ref": "#/components/responses/Late"},
                },
            }
        },
        "/things/{thing_id}/parts/{number}": {
            "parameters": [{"name": "thing_id", "in": "path", "required": True, "schema": {"type": "string"}}],
            "get": {
                "operationId": "getPart",
                "parameters": [
                    {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "deep", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "X-Trace", "in": "header", "required": True, "schema": {"type": "string", "minLength": 3}},
                ],
                "responses": {"204": {"description": "d"}},
            },
        },
    },
    "components": {
        "responses": {
            "Late": {"description": "d", "content": {"text/html": {"schema": {"type": "string"}}}},
        },
        "schemas": {
            "ThingRequest": {
                "anyOf": [
                    {"$ref": "#/components/schemas/Plain"},
                    {"$ref": "#/components/schemas/Grown"},
                    {"$ref": "#/components/schemas/Small"},
                    {"$ref": "#/components/schemas/Large"},
                ]
            },
            "Plain": {
                "type": "object",
                "required": ["prompt"],
                "not": {"required": ["task"]},
                "properties": {"prompt": {"type": "string"}},
            },
            "Grown": {
                "type": "object",
                "required": ["task", "from"],
                "properties": {"task": {"const": "grow"}, "from": {"type": "string", "format": "uuid"}},
            },
            "Small": {
                "type": "object",
                "required": ["task", "size", "from"],
                "properties": {"task": {"const": "cut"}, "size": {"const": "small"}, "from": {"type": "string"}},
            },
            "Large": {
                "type": "object",
                "required": ["task", "size", "from"],
                "properties": {"task": {"const": "cut"}, "size": {"const": "large"}, "from": {"type": "string"}},
            },
            "Thing": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string"},
                    "parent": {"oneOf": [{"$ref": "#/components/schemas/Thing"}, {"type": "null"}]},
                },
            },
        },
    },
}


@pytest.fixture(scope="module")
def small() -> Contract:
    return Contract(DESCRIPTION)


@pytest.fixture(scope="module")
def make(small: Contract) -> OperationContract:
    return small.operations["makeThing"]


def wrong(make: OperationContract, body: Any, content_type: str | None = "application/json") -> list[Violation]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return make.check_request(path_params={}, query={}, headers={}, content_type=content_type, body=raw)


def answered(
    make: OperationContract, status: int, body: bytes, media: str | None = "application/json"
) -> list[Violation]:
    return make.check_response(status=status, content_type=media, body=body)


def test_operation_has_described_facts(make: OperationContract) -> None:
    assert (make.id, make.method, make.path) == ("makeThing", "POST", "/things")
    assert (make.sdk, make.tag, make.billing, make.effect) == ("things.make", "things", "paid", "creates")
    assert tuple(make.statuses) == (200, 429, 504)


def test_path_parameters_are_decoded(small: Contract) -> None:
    found = small.match("GET", "/things/a%2Fb/parts/7")
    assert found is not None
    assert found[0].id == "getPart"
    assert found[1] == {"thing_id": "a/b", "number": "7"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/things"),
        ("POST", "/things/"),
        ("GET", "/things//parts/7"),
        ("GET", "/things/a/b/parts/7"),
        ("GET", "/"),
    ],
)
def test_undescribed_path_does_not_match(small: Contract, method: str, path: str) -> None:
    assert small.match(method, path) is None


@pytest.mark.parametrize(
    "body",
    [
        {"prompt": ""},
        {"prompt": "x", "whatever": [1]},
        {"task": "grow", "from": "2dd391cd-996b-4843-9738-1aed26f170e4"},
        {"task": "cut", "size": "large", "from": "x"},
    ],
)
def test_every_variant_is_valid(make: OperationContract, body: Any) -> None:
    assert wrong(make, body) == []


def test_missing_field_is_named(make: OperationContract) -> None:
    assert wrong(make, {"task": "grow"}) == [
        Violation("schema", "/components/schemas/Grown/required", "", "from: required field is missing")
    ]


def test_wrong_type_has_both_pointers(make: OperationContract) -> None:
    (violation,) = wrong(make, {"task": "grow", "from": 5})
    assert violation.pointer == "/components/schemas/Grown/properties/from/type"
    assert violation.instance == "/from"
    assert violation.message.startswith("from: 5 ")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"prompt": 1}, "/components/schemas/Plain/properties/prompt/type"),
        ({}, "/components/schemas/Plain/required"),
        ({"task": "cut", "size": "small"}, "/components/schemas/Small/required"),
        ({"task": "cut", "size": "large"}, "/components/schemas/Large/required"),
        ({"task": "cut", "size": "huge", "from": "x"}, "/components/schemas/Small/properties/size/const"),
    ],
)
def test_closest_variant_is_explained(make: OperationContract, body: Any, place: str) -> None:
    assert [violation.pointer for violation in wrong(make, body)] == [place]


def test_unknown_variant_lists_known_ones(make: OperationContract) -> None:
    (violation,) = wrong(make, {"task": "grwo", "from": "x"})
    assert violation.instance == "/task"
    assert violation.pointer == "/components/schemas/ThingRequest/anyOf"
    assert violation.message == "task: none of the described values: cut, grow"


@pytest.mark.parametrize(
    "body", [b"{", b"{'a': 1}", b'{"prompt": NaN}', b'{"prompt": 1e999}', b"\xff\xfe", b'"\\ud800"', b"[" * 100_000]
)
def test_invalid_json_is_its_own_kind(make: OperationContract, body: bytes) -> None:
    (violation,) = wrong(make, body)
    assert violation.kind == "json"


def test_missing_body_is_found(make: OperationContract) -> None:
    (violation,) = wrong(make, b"")
    assert (violation.kind, violation.pointer) == ("body-missing", "/paths/~1things/post/requestBody")


@pytest.mark.parametrize("media", [None, "", "text/plain", "application/x-www-form-urlencoded"])
def test_wrong_content_type_is_found(make: OperationContract, media: str | None) -> None:
    (violation,) = wrong(make, {"prompt": "x"}, media)
    assert (violation.kind, violation.pointer) == ("content-type", "/paths/~1things/post/requestBody/content")


def test_content_type_parameters_are_ignored(make: OperationContract) -> None:
    assert wrong(make, {"prompt": "x"}, "Application/JSON; charset=utf-8") == []


def test_parameters_are_parsed_by_type(small: Contract) -> None:
    get = small.operations["getPart"]
    given = {"thing_id": "a", "number": "7"}
    right = get.check_parameters(path_params=given, query={"deep": "true"}, headers={"x-trace": "abc"})
    assert right == []
    found = get.check_parameters(path_params=given | {"number": "x"}, query={"deep": "yes"}, headers={})
    where = "/paths/~1things~1{thing_id}~1parts~1{number}/get/parameters"
    assert [(violation.kind, violation.pointer) for violation in found] == [
        ("parameter", f"{where}/0/schema/type"),
        ("parameter", f"{where}/1/schema/type"),
        ("parameter", f"{where}/2"),
    ]


def test_described_response_is_valid(make: OperationContract) -> None:
    assert answered(make, 200, b'{"id": "a", "parent": {"id": "b", "parent": null}, "more": 1}') == []
    assert answered(make, 504, b"<html>late</html>", "text/html; charset=utf-8") == []
    assert answered(make, 429, b"", None) == []


def test_undescribed_body_may_be_empty(small: Contract) -> None:
    assert small.operations["getPart"].check_response(status=204, content_type=None, body=b"") == []


@pytest.mark.parametrize(
    ("answer", "kind", "place"),
    [
        ((418, b"{}", "application/json"), "status", "/paths/~1things/post/responses"),
        ((200, b"{}", "text/html"), "content-type", "/paths/~1things/post/responses/200"),
        ((504, b"{}", "application/json"), "content-type", "/components/responses/Late"),
        ((200, b"", "application/json"), "empty-body", "/paths/~1things/post/responses/200"),
        ((200, b"<html>", "application/json"), "json", "/paths/~1things/post/responses/200"),
        ((200, b"{}", "application/json"), "schema", "/components/schemas/Thing/required"),
        ((200, b'{"id": "a", "parent": {}}', "application/json"), "schema", "/components/schemas/Thing/required"),
        ((200, b'{"id": null}', "application/json"), "schema", "/components/schemas/Thing/properties/id/type"),
    ],
)
def test_invalid_response_is_found(
    make: OperationContract, answer: tuple[int, bytes, str], kind: str, place: str
) -> None:
    (violation,) = answered(make, *answer)
    assert (violation.kind, violation.pointer) == (kind, place)


def test_value_is_checked_like_its_bytes(make: OperationContract) -> None:
    for value in ({"id": "a"}, {}, {"id": 1}):
        judged = make.check_answer(status=200, content_type="application/json", value=value)
        assert judged == answered(make, 200, json.dumps(value).encode())


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/components/schemas/Nowhere"}, {"type": "strin"}, {"$ref": "#/components/schemas/Loop"}]
)
def test_broken_description_says_where(schema: dict[str, Any]) -> None:
    broken = json.loads(json.dumps(DESCRIPTION))
    broken["components"]["schemas"]["Loop"] = {"$ref": "#/components/schemas/Loop"}
    broken["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"]["schema"] = schema
    with pytest.raises(DescriptionError, match=r"/(schemas|requestBody)/"):
        Contract(broken)
