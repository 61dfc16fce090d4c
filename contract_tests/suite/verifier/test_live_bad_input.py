"""A live run with a bad argument, key, description or folder: one line, exit status 2, nothing sent or written."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.support.loaded_spec import DESCRIPTION
from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.suite.verifier.live_command_runner import run
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute

SEND = ("--tier", "free", "--yes")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[StandIn, str]]:
    """The service, which nothing may reach, and its base URL."""
    stand_in = StandIn()
    with stand_in.serve() as base:
        yield stand_in, base


@pytest.fixture
def stand_in(served: tuple[StandIn, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> StandIn:
    """The service, and an environment with its address and the key."""
    stand_in, base = served
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETAPI_KEY", KEY)
    monkeypatch.setenv("COMETAPI_BASE_URL", base)
    return stand_in


def refused(stand_in: StandIn, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return the one line that an invalid command prints."""
    before = sorted(Path.cwd().rglob("*"))
    assert execute(*arguments) == 2
    output = capsys.readouterr()
    assert sorted(Path.cwd().rglob("*")) == before
    assert stand_in.count == 0
    assert output.err.count("\n") == 1
    assert output.err.startswith("verify: ")
    assert not find_leaks(output.out, output.err)
    return output.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--tier: free, read, paid"),
        (["--tier", "cheap"], "'cheap' is not a tier; there are free, read, paid"),
        (["--tier"], "--tier: expected one argument"),
        (["--teir", "free"], "unrecognized arguments: --teir"),
        (["--tier", "free", "--clip-id", "a"], "--task-id and --clip-id are for --tier read"),
        (["--tier", "paid", "--max-calls", "2", "--measure", "--yes"], "--max-calls 2: --measure needs 3 of them"),
        (["--tier", "free", "--task-id", "a"], "--task-id and --clip-id are for --tier read"),
        (["--tier", "read", "--task-id", "../x"], "'../x' is not an id"),
        (["--tier", "read", "--task-id", ""], "'' is not an id"),
        (["--tier", "paid"], "--max-cost, --max-calls, or both"),
        (["--tier", "paid", "--max-cost", "much"], "'much' is not an amount"),
        (["--tier", "paid", "--max-cost", "-1"], "'-1' is not an amount"),
        (["--tier", "paid", "--max-cost", "NaN"], "'NaN' is not an amount"),
        (["--tier", "paid", "--max-cost", "inf"], "'inf' is not an amount"),
        (["--tier", "paid", "--max-cost", "1e99"], "'1e99' is not an amount"),
        (["--tier", "paid", "--max-calls", "0"], "'0' is not a number of calls"),
        (["--tier", "paid", "--max-calls", "3.5"], "'3.5' is not a number of calls"),
        (["--tier", "paid", "--max-calls", "9" * 30], "is not a number of calls"),
        (["--tier", "paid", "--max-cost", "1"], "the price of submitMusic, createPersona is unknown"),
        (["--tier", "free", "--price", "x=1"], "'x' is not an operation; there are createPersona"),
        (["--tier", "free", "--price", "createPersona"], "is not OPERATION=AMOUNT"),
        (["--tier", "free", "--price", "getWav=1", "--price", "getWav=2"], "--price getWav is given twice"),
        (["--tier", "free", "--only", "x"], "'x' is not an operation"),
        (["--tier", "read", "--task-id", "a", "--only", "getWav"], "nothing is left to send"),
        (["--tier", "free", "--rate", "0"], "'0' is not a number of calls per second"),
        (["--tier", "free", "--rate", "0.001"], "'0.001' is not a number of calls per second of at least 0.01"),
        (["--tier", "free", "--rate", "nan"], "'nan' is not a number of calls per second"),
        (["--tier", "free", "--wait", "inf"], "'inf' is not a number above 0"),
        (["--tier", "free", "--timeout", "-5"], "'-5' is not a number above 0"),
        (["--tier", "free", "--port", "65536"], "'65536' is not a port"),
        (["--tier", "free", "--port", "http"], "'http' is not a port"),
        (["--tier", "free", "--judge", "x"], "--judge sends nothing"),
        (["--tier", "free", "--base-url", "api.cometapi.com"], "is not an absolute http(s) URL"),
        (["--tier", "free", "--base-url", "ftp://127.0.0.1"], "is not an absolute http(s) URL"),
        (["--tier", "free", "--base-url", "http://"], "is not an absolute http(s) URL"),
        (["--tier", "free", "--base-url", "http://127.0.0.1:port"], "is not an absolute http(s) URL"),
        (["--tier", "free", "--base-url", "http://api.cometapi.com"], "the key would travel unencrypted"),
        (["--tier", "free", "--base-url", "http://a:b@127.0.0.1"], "Give scheme, host, port and path only"),
        (["--tier", "free", "--base-url", "http://127.0.0.1/?a"], "Give scheme, host, port and path only"),
        (["--tier", "free", "--base-url", "http://127.0.0.1/a b"], "--base-url"),
    ],
)
def test_bad_arguments(arguments: list[str], words: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in refused(stand_in, capsys, *arguments, *([] if "--judge" in arguments else ["--yes"]))


@pytest.mark.parametrize("key", [None, "", " ", "Bearer sk-abcdefgh", "sk abc def", "sk-1"])
def test_bad_key(
    key: str | None, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COMETAPI_KEY")
    if key is not None:
        monkeypatch.setenv("COMETAPI_KEY", key)
    output = refused(stand_in, capsys, *SEND)
    assert "COMETAPI_KEY" in output
    assert not key or key.strip() not in output or not key.strip()


def test_taken_port(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"--port {port}: the proxy cannot listen there: Address already in use" in refused(
            stand_in, capsys, *SEND, "--port", port
        )


@pytest.mark.parametrize(
    "text",
    [
        "openapi: 3.1.0\n",
        "{",
        "[]",
        "null",
        "{}",
        '{"paths": []}',
        '{"paths": {"/a": 1}}',
        '{"paths": {"/a": {"get": 1}}}',
        '{"paths": {}}',
        '{"paths": {}, "servers": []}',
        '{"paths": {}, "servers": [{"url": 1}]}',
        "[" * 100_000,
    ],
)
def test_broken_description(text: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    Path("description.json").write_text(text, "utf-8")
    assert "description" in refused(stand_in, capsys, *SEND, "--description", "description.json")


def test_missing_description_or_schema(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert "nowhere.json" in refused(stand_in, capsys, *SEND, "--description", "nowhere.json")
    description = deepcopy(dict(DESCRIPTION))
    del description["components"]["schemas"]["Persona"]
    Path("broken.json").write_text(json.dumps(description), "utf-8")
    assert "Persona" in refused(stand_in, capsys, *SEND, "--description", "broken.json")


def test_description_without_operations(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.json").write_text('{"paths": {}, "servers": [{"url": "https://api.example.com"}]}', "utf-8")
    assert "nothing is left to send" in refused(stand_in, capsys, *SEND, "--description", "empty.json")
    paid = ("--tier", "paid", "--max-calls", "9", "--yes", "--description", "empty.json")
    assert "music.submit" in refused(stand_in, capsys, *paid)


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_unwritable_folder(place: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("", "utf-8")
    assert f"--out {place}: cannot be written" in refused(stand_in, capsys, *SEND, "--out", place)


LINE = '{"call": 1, "date": "x", "event": "sending", "tier": "free", "operation": "a", "note": "", "price": "0"}\n'
EXCHANGE: dict[str, Any] = {
    "exchange": 1,
    "id": "a",
    "origin": "recorded",
    "target": "t",
    "date": "undated",
    "operation": None,
    "request": {"method": "GET", "path": "/a"},
    "response": {"status": 200},
}


@pytest.mark.parametrize(
    ("journal", "recording", "words"),
    [
        (None, None, "journal.jsonl: cannot be read"),
        ("{\n", None, "journal.jsonl:1: not a line of a journal"),
        ("[]\n", None, "journal.jsonl:1: not a line of a journal"),
        ('{"call": 1, "event": "sending"}\n', None, "journal.jsonl:1: not a line of a journal"),
        (LINE.replace('"0"', '"dear"'), None, "journal.jsonl:1: not a line of a journal"),
        (LINE, None, "recordings: cannot be read"),
        (LINE, "{", "a.json:1: not JSON"),
        (LINE, "{}", "a.json:1: /: "),
        (LINE, json.dumps(EXCHANGE | {"response": {"status": 7}}), "a.json:1: /response/status"),
    ],
)
def test_unreadable_recording(
    journal: str | None, recording: str | None, words: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path("earlier")
    folder.mkdir()
    if journal is not None:
        (folder / "journal.jsonl").write_text(journal, "utf-8")
    if recording is not None:
        (folder / "recordings").mkdir()
        (folder / "recordings" / "a.json").write_text(recording, "utf-8")
    assert words in refused(stand_in, capsys, "--judge", "earlier")


def test_process_prints_one_line(tmp_path: Path) -> None:
    result = run("--tier", "dear", cwd=tmp_path)
    assert (result.status, result.out) == (2, "")
    assert result.err == "verify: argument --tier: 'dear' is not a tier; there are free, read, paid\n"
    assert list(tmp_path.iterdir()) == []
