"""Is an exchange read strictly, and written so that it is read again?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.verifier.drift_catalogue.body_mutations import changed
from contract_tests.verifier.drift.findings import Kind
from contract_tests.verifier.exchange.exchange import Body, Exchange, ExchangeError, Request, Response
from contract_tests.verifier.exchange.recordings import RecordingError, dumps, read, write

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


README = (Path(__file__).parents[2] / "verifier" / "drift" / "README.md").read_text("utf-8")


def test_the_readme_shows_a_recording() -> None:
    written = json.loads(README.partition("```json")[2].partition("```")[0])
    assert Exchange.parse(written).plain() == written


def test_the_readme_tells_of_every_kind_and_how_bad_it_is() -> None:
    lines = README.splitlines()
    for kind in Kind:
        assert any(kind.title in line and f"| {kind.severity} |" in line for line in lines)


def test_what_is_written_is_read_again() -> None:
    assert Exchange.parse(PLAIN).plain() == PLAIN


@pytest.mark.parametrize("content", [b"null", b'{"a": [1, 1.0, true, "\\u00e9"]}', b"<html>", b"\xff\x00", b"12"])
def test_a_body_is_read_again_whatever_it_is(content: bytes) -> None:
    body = Body.of(content)
    assert body is not None
    written = Exchange("a", "mock", "mock", "undated", None, Request("GET", "/"), Response(200, {}, body))
    assert Exchange.parse(json.loads(dumps(written))).response.body == body


def test_no_body_is_no_body_and_null_is_one() -> None:
    assert Body.of(b"") is None
    assert Body.of(b"null") == Body("json", None)


def test_numbers_and_booleans_are_told_apart_and_order_is_not() -> None:
    assert Body("json", {"a": 1, "b": 2}) == Body("json", {"b": 2, "a": 1})
    assert len({Body("json", value).content for value in (1, 1.0, True)}) == 3
    assert Body("json", 1) != Body("json", True)
    assert Body("json", "a") != Body("text", "a")


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
def test_what_is_no_exchange_is_refused_in_one_line_that_names_the_place(
    steps: list[str | int], value: Any, place: str
) -> None:
    with pytest.raises(ExchangeError) as refused:
        Exchange.parse(changed(PLAIN, steps, value))
    assert str(refused.value).startswith(f"{place}: ")
    assert "\n" not in str(refused.value)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("b", "a"):
        write(Exchange.parse({**PLAIN, "id": name}), tmp_path)
    lines = [dumps(Exchange.parse({**PLAIN, "id": name})) for name in ("z", "y")]
    (tmp_path / "c.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    assert [exchange.id for exchange in read(tmp_path)] == ["a", "b", "z", "y"]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("a.json", "{", "a.json:1: not JSON"),
        ("a.json", '{\n"exchange": 1,\n]', "a.json:3: not JSON"),
        ("a.json", '{"id": 1, "id": 2}', "a.json:1: not JSON: the name 'id' stands twice"),
        ("a.json", "[NaN]", "a.json:1: not JSON: NaN"),
        ("a.json", "[]", "a.json:1: /: "),
        ("a.jsonl", json.dumps(PLAIN) + "\n" + json.dumps(PLAIN), "a.jsonl:2: the id one stands there twice"),
        ("a.jsonl", json.dumps(PLAIN) + '\n{"half', "a.jsonl:2: not JSON"),
        ("a.json", "[" * 100_000, "a.json:1: not JSON"),
    ],
)
def test_a_recording_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, text: str, told: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    with pytest.raises(RecordingError) as refused:
        read(tmp_path / name)
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_recording_that_is_missing_or_no_text_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff")
    for path, told in ((tmp_path / "no.json", "No such file"), (tmp_path / "a.json", "not UTF-8")):
        with pytest.raises(RecordingError, match=told):
            read(path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecordingError, match="no recording"):
        read(tmp_path / "empty")
