"""Is an exchange read strictly, and does it survive writing and reading?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.verifier.drift_catalogue.body_mutations import changed
from contract_tests.verifier.drift.findings import DriftKind
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import (
    ExchangeBody,
    ExchangeError,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    parse_body,
)
from contract_tests.verifier.exchange.recordings import read_recordings, write_recording

PLAIN: dict[str, Any] = {
    "exchange": 1,
    "id": "one",
    "origin": "recorded",
    "target": "api.example.com",
    "date": "2026-11-22T10:00:00Z",
    "operation": "fetchTask",
    "request": {
        "method": "GET",
        "path": "/suno/fetch/x",
        "query": [["a", "1"], ["a", "2"]],
        "headers": {"accept": "*/*"},
    },
    "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"json": None}},
}


README = (Path(__file__).parents[2] / "verifier" / "README.md").read_text("utf-8")


def test_readme_shows_a_recording() -> None:
    written = json.loads(README.partition("```json")[2].partition("```")[0])
    assert HttpExchange.parse(written).to_json() == written


def test_readme_lists_kinds_and_severities() -> None:
    lines = README.splitlines()
    for kind in DriftKind:
        assert any(kind.title in line and f"| {kind.severity} |" in line for line in lines)


def test_exchange_round_trip() -> None:
    assert HttpExchange.parse(PLAIN).to_json() == PLAIN


@pytest.mark.parametrize("content", [b"null", b'{"a": [1, 1.0, true, "\\u00e9"]}', b"<html>", b"\xff\x00", b"12"])
def test_body_round_trip(content: bytes) -> None:
    body = parse_body(content)
    assert body is not None
    written = HttpExchange(
        "a", "mock", "mock", "undated", None, ExchangeRequest("GET", "/"), ExchangeResponse(200, {}, body)
    )
    assert HttpExchange.parse(json.loads(json.dumps(written.to_json()))).response.body == body


def test_empty_body_is_not_null() -> None:
    assert parse_body(b"") is None
    assert parse_body(b"null") == ExchangeBody("json", None)


def test_body_equality() -> None:
    assert ExchangeBody("json", {"a": 1, "b": 2}) == ExchangeBody("json", {"b": 2, "a": 1})
    assert len({ExchangeBody("json", value).content for value in (1, 1.0, True)}) == 3
    assert ExchangeBody("json", 1) != ExchangeBody("json", True)
    assert ExchangeBody("json", "a") != ExchangeBody("text", "a")


@pytest.mark.parametrize(
    ("steps", "value", "place"),
    [
        (["exchange"], 2, "/exchange"),
        (["origin"], "guessed", "/origin"),
        (["date"], "yesterday", "/date"),
        (["id"], "../escape", "/id"),
        (["operation"], "", "/operation"),
        (["extra"], 1, "/"),
        (["request", "method"], "get", "/request/method"),
        (["request", "path"], "no/slash", "/request/path"),
        (["request", "path"], "/a?b=c", "/request/path"),
        (["request", "query"], [["a"]], "/request/query/0"),
        (["request", "headers"], {"Accept": "x"}, "/request/headers"),
        (["response", "status"], 99, "/response/status"),
        (["response", "body"], {}, "/response/body"),
        (["response", "body"], {"json": 1, "text": "a"}, "/response/body"),
        (["response", "body"], {"base64": "???"}, "/response/body/base64"),
        (["response"], ..., "/"),
    ],
)
def test_bad_exchange_is_one_line(steps: list[str | int], value: Any, place: str) -> None:
    with pytest.raises(ExchangeError) as refused:
        HttpExchange.parse(changed(PLAIN, steps, value))
    assert str(refused.value).startswith(f"{place}: ")
    assert "\n" not in str(refused.value)


def test_folder_is_read_in_name_order(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write_recording(HttpExchange.parse({**PLAIN, "id": name}), tmp_path)
    lines = [json.dumps({**PLAIN, "id": name}) for name in ("z", "y")]
    (tmp_path / "c.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert [exchange.id for exchange in read_recordings(tmp_path)] == ["a", "b", "z", "y"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", "{", "a.json:1: not JSON"),
        ("a.json", '{\n"exchange": 1,\n]', "a.json:3: not JSON"),
        ("a.json", '{"id": 1, "id": 2}', "a.json:1: not JSON: the name 'id' is repeated"),
        ("a.json", "[NaN]", "a.json:1: not JSON: NaN"),
        ("a.json", "[1e999]", "a.json:1: not JSON: 1e999 is not a JSON value"),
        ("a.json", f"[{'9' * 5000}]", "a.json:1: not JSON: Exceeds the limit (4300 digits) for integer string"),
        ("a.json", json.dumps({**PLAIN, "date": "sk-secret"}), "a.json:1: /date: the value does not match"),
        ("a.json", "[]", "a.json:1: /: "),
        ("a.jsonl", json.dumps(PLAIN) + "\n" + json.dumps(PLAIN), "a.jsonl:2: the id one is used twice"),
        ("a.jsonl", json.dumps(PLAIN) + '\n{"half', "a.jsonl:2: not JSON"),
        ("a.json", "[" * 100_000, "a.json:1: not JSON"),
    ],
)
def test_bad_recording_is_one_line(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(VerifierInputError) as refused:
        read_recordings(tmp_path / name)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_unreadable_recording_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff")
    for path, message in ((tmp_path / "no.json", "No such file"), (tmp_path / "a.json", "not UTF-8")):
        with pytest.raises(VerifierInputError, match=message):
            read_recordings(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(VerifierInputError, match="no recording"):
        read_recordings(tmp_path / "empty")
