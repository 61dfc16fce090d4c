"""Each thing that cannot be used: one clear line, exit status 2, nothing sent, nothing half-written."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from contract_tests.suite.support.loaded_spec import DESCRIPTION
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.verifier.test_verify_targets import verify
from contract_tests.verifier.exchange.recordings import RECORDINGS

RECORDING = (RECORDINGS / "create-persona.200-older.recorded.json").read_text("utf-8")
HAR = {"log": {"entries": [{"startedDateTime": "x", "request": {"method": "GET", "url": "http://[/"}, "response": {}}]}}


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMETAPI_KEY", raising=False)


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a command leaves behind which cannot be carried out."""
    before = sorted(Path.cwd().rglob("*"))
    assert verify(*arguments) == 2
    output = capsys.readouterr()
    assert output.err.count("\n") == 1
    assert output.out == ""
    assert sorted(Path.cwd().rglob("*")) == before
    return output.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--target", "moon"), "'moon' is not a target. Targets are mock, recorded, live, and the path of a recording"),
        (("--target", ""), "'' is not a target"),
        (("--target", "nowhere.json"), "'nowhere.json' is not a target"),
        (("--target", "nowhere.har"), "'nowhere.har' is not a target"),
        (("--target",), "--target: expected one argument"),
        (("moon",), "unrecognized arguments: moon"),
        (("--target", "mock", "--yes"), "--yes is an option of the target live only"),
        (("--target", "mock", "--base-url", "https://api.cometapi.com"), "a mock is served on this machine"),
        (("--target", "mock", "--base-url", "http://[::"), "a mock is served on this machine"),
        (("--target", "recorded", "--base-url", "http://127.0.0.1:1"), "recorded has no URL"),
        (("--target", "live"), "the target live needs --tier: free, read, paid"),
        (("--target", "live", "--tier", "dear"), "argument --tier: 'dear' is not a tier"),
        (("--target", "live", "--tier", "free", "--yes"), "COMETAPI_KEY"),
        (("--base-url", "cometapi", "--tier", "free"), "is not an absolute http(s) URL"),
        (("--target", "live", "--judge", "nowhere"), "nowhere/journal.jsonl: cannot be read"),
        (("--description", "nowhere.json"), "nowhere.json"),
    ],
)
def test_bad_arguments(arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert words in refused(capsys, *arguments)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.json", "", "a.json:1: not JSON"),
        ("a.json", "{", "a.json:1: not JSON"),
        ("a.json", "[" * 100_000, "a.json:1: not JSON"),
        ("a.json", "[]", "a.json:1: /: "),
        ("a.json", RECORDING.replace('"exchange": 1', '"exchange": 2'), "a.json:1: /exchange: "),
        ("a.json", RECORDING.replace('"status": 200', '"status": "200"'), "a.json:1: /response/status: "),
        ("a.jsonl", json.dumps(json.loads(RECORDING)) + "\n{\n", "a.jsonl:2: not JSON"),
        ("a.jsonl", (json.dumps(json.loads(RECORDING)) + "\n") * 2, "a.jsonl:2: the id "),
        ("a.har", "{", "a.har:1: not JSON"),
        ("a.har", "{}", "a.har: /: not a HAR"),
        ("a.har", json.dumps({"log": {"entries": []}}), "no exchange with api.cometapi.com; the hosts are none at all"),
        ("a.har", json.dumps(HAR), "a.har: /log/entries/0"),
    ],
)
def test_unreadable_recording(name: str, text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(name).write_text(text, "utf-8")
    assert words in refused(capsys, "--target", name)


def test_binary_recording_and_empty_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.json").write_bytes(b"\xff\xfe")
    assert "a.json: cannot be read: not UTF-8" in refused(capsys, "--target", "a.json")
    Path("empty").mkdir()
    assert "empty: no recording" in refused(capsys, "--target", "empty")


@pytest.mark.parametrize("text", ["", "{", "[]", "openapi: [", "paths: {}", '{"openapi": "3.1.0", "paths": 1}', "\0"])
def test_broken_description(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.json").write_text(text, "utf-8")
    assert "mine.json" in refused(capsys, "--target", "recorded", "--description", "mine.json")


def test_unwritable_report_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """Checked before a live run is sent, whose result could not be reported."""
    Path("file").write_text("", "utf-8")
    for place in ("file", "file/below"):
        assert f"--report {place}: cannot be written" in refused(capsys, "--target", "recorded", "--report", place)


def test_taken_port(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COMETAPI_KEY", KEY)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert verify("--base-url", "http://127.0.0.1:9", "--tier", "free", "--yes", "--port", port) == 2
    output = capsys.readouterr()
    assert output.err.startswith(f"verify: --port {port}: the proxy cannot listen there: Address already in use")
    assert output.err.count("\n") == 1
    assert list(Path.cwd().iterdir()) == []


def test_description_without_operations(capsys: pytest.CaptureFixture[str]) -> None:
    """One without operations has nothing to be asked."""
    Path("empty.json").write_text(json.dumps({**DESCRIPTION, "paths": {}}), "utf-8")
    assert "nothing is left to send" in refused(
        capsys, "--target", "live", "--tier", "free", "--description", "empty.json"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "results.json: No such file"),
        ("{", "results.json: not JSON"),
        ("[]", "results.json: /: "),
        ('{"questions": [], "results": [], "failures": [{}]}', "results.json: /failures/0: "),
        (
            '{"questions": [], "failures": [],'
            ' "results": [{"operation": 1, "question": "", "tests": 1, "failed": 0, "checks": 1, "seconds": 0}]}',
            "results.json: /results/0/operation: ",
        ),
    ],
)
def test_unreadable_suite_results(text: str | None, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    if text is not None:
        Path("results.json").write_text(text, "utf-8")
    assert words in refused(capsys, "--suite-results", "results.json")
