"""Every described operation is served, with or without a handler, and each reply is validated."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno_mock import DescriptionError, Gateway, Settings, create_app
from cometapi_suno_mock.contract import Contract
from cometapi_suno_mock.example_responses import build_example
from cometapi_suno_mock.media import is_array, is_object, write_json

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller

TAGS: dict[str, Any] = {
    "post": {
        "operationId": "improveTags",
        "security": [{"bearerAuth": []}],
        "x-billing": {"charge": "paid", "note": "n"},
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object", "required": ["original_tags"]}}},
        },
        "responses": {
            "200": {
                "description": "d",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "required": ["upsampled_tags", "score"],
                            "properties": {
                                "upsampled_tags": {"type": "string", "minLength": 3},
                                "score": {"type": "number", "minimum": 0.5},
                                "kind": {"$ref": "#/components/schemas/TaskStatus"},
                                "clip": {"$ref": "#/components/schemas/Clip"},
                                "history": {"type": ["array", "null"], "items": {"type": "integer"}},
                            },
                        }
                    }
                },
            },
            "400": {"$ref": "#/components/responses/BadRequest"},
            "401": {"$ref": "#/components/responses/Unauthorized"},
            "403": {"$ref": "#/components/responses/Forbidden"},
        },
    }
}
"""An operation without a handler."""


@pytest.fixture
def widened(description: dict[str, Any]) -> dict[str, Any]:
    """Return the description with one more operation."""
    wider = copy.deepcopy(description)
    wider["paths"]["/suno/act/tags"] = copy.deepcopy(TAGS)
    return wider


def test_new_operation_uses_its_schema(widened: dict[str, Any]) -> None:
    """An operation needs no code to be served."""
    gateway = Gateway(widened)
    caller = Caller(gateway)
    answer = caller.post("/suno/act/tags", {"original_tags": "pop"})
    assert len(answer["upsampled_tags"]) >= 3
    assert answer["score"] >= 0.5
    assert isinstance(answer["clip"]["id"], str)
    assert caller.refused("/suno/act/tags", {})[1]["message"] == "original_tags: required field is missing"
    assert Caller(gateway, "wrong").refused("/suno/act/tags", {"original_tags": "pop"})[0] == 401
    assert gateway.state.accounts["sk-mock"].spent == 1
    assert list(gateway.violations) == []


def test_new_operation_uses_first_example(widened: dict[str, Any]) -> None:
    content = widened["paths"]["/suno/act/tags"]["post"]["responses"]["200"]["content"]["application/json"]
    content["examples"] = {"one": {"value": {"upsampled_tags": "electropop", "score": 1}}}
    assert Caller(Gateway(widened)).post("/suno/act/tags", {"original_tags": "pop"})["upsampled_tags"] == "electropop"


def test_examples_keep_the_contract(contract: Contract) -> None:
    for operation in contract.operations.values():
        for status in operation.statuses:
            made = build_example(contract.description, operation, status)
            assert made is not None
            media, value = made
            body = value.encode() if isinstance(value, str) else write_json(value)
            assert operation.check_response(status=status, content_type=media, body=body) == [], (operation, status)


def test_schema_examples_keep_the_contract(description: dict[str, Any]) -> None:
    bare = _without_examples(description)
    contract = Contract(bare)
    for operation in contract.operations.values():
        made = build_example(bare, operation)
        assert made is not None
        assert operation.check_answer(status=200, content_type=made[0], value=made[1]) == [], operation


def _without_examples(node: Any) -> Any:
    if is_object(node):
        return {key: _without_examples(value) for key, value in node.items() if key not in ("example", "examples")}
    return [_without_examples(item) for item in node] if is_array(node) else node


def test_own_violation_is_recorded(description: dict[str, Any]) -> None:
    """The reply is sent nevertheless."""
    stricter = copy.deepcopy(description)
    stricter["components"]["schemas"]["Persona"]["properties"]["name"] = {"type": "integer"}
    gateway = Gateway(stricter)
    persona = Caller(gateway).post("/suno/persona/create", PERSONA_BODY)
    assert persona["name"] == PERSONA_BODY["name"]
    (bug,) = gateway.violations
    assert (bug.operation, bug.status, bug.violation.instance) == ("createPersona", 200, "/name")


def test_undescribed_status_is_recorded(description: dict[str, Any]) -> None:
    poorer = copy.deepcopy(description)
    del poorer["paths"]["/suno/persona/create"]["post"]["responses"]["401"]
    gateway = Gateway(poorer)
    Caller(gateway, "wrong").refused("/suno/persona/create", PERSONA_BODY)
    assert [bug.violation.kind for bug in gateway.violations] == ["status"]


def test_exchange_history_is_bounded(description: dict[str, Any]) -> None:
    gateway = Gateway(description, settings=Settings(history=5))
    for _ in range(12):
        Caller(gateway).refused("/suno/fetch/x")
    assert [exchange.number for exchange in gateway.exchanges] == [8, 9, 10, 11, 12]


def test_exchange_records_findings(gateway: Gateway, caller: Caller) -> None:
    caller.refused("/suno/persona/create", PERSONA_BODY | {"name": 1})
    (exchange,) = gateway.exchanges
    assert (exchange.operation, exchange.status) == ("createPersona", 400)
    assert [finding.instance for finding in exchange.findings] == ["/name"]


def test_description_is_read_from_file(description: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "d.json"
    path.write_text(json.dumps(description), "utf-8")
    for source in (path, str(path)):
        assert list(create_app(source).contract.operations) == list(create_app(description).contract.operations)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "No such file"),
        (b"{", "not JSON"),
        (b"[]", "`paths` is missing"),
        (b"\xff", "not Unicode text in UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"paths": {"/a": {"get": 5}}}', "not a valid OpenAPI description"),
        (b'{"paths": {}, "components": 5}', "not a valid OpenAPI description"),
    ],
)
def test_bad_description_gets_one_sentence(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    path = tmp_path / "d.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DescriptionError, match=complaint):
        create_app(path)
