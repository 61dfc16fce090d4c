"""Each target is asked, judged and reported; what was not asked is not called good."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import StandIn
from contract_tests.verifier.command_line import main
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.exchange.recordings import RECORDINGS
from contract_tests.verifier.exchange.targets import MockTarget, open_target
from contract_tests.verifier.live.signals import Interrupts


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def verify(*arguments: str) -> int:
    """The command in this process, which has to be the main thread's."""
    with Interrupts() as interrupts:
        return main(interrupts, arguments)


def recording(field: str) -> str:
    """A recorded persona that has one field more, as text."""
    value = json.loads((RECORDINGS / "create-persona.200-older.recorded.json").read_text("utf-8"))
    value["response"]["body"]["json"][field] = 1
    return json.dumps(value)


def test_default_targets(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify() == 0
    out = capsys.readouterr().out
    assert "exchanges of mock and 17 exchanges of recorded on 15 operations." in out
    assert [line.split()[-3:] for line in out.splitlines() if line.startswith("(the whole)")] == [["·", "not", "run"]]


def test_recording_with_a_new_field_is_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    """An undescribed field is a note: the contract holds, and the overlay proposes to describe it."""
    Path("mine.json").write_text(recording("surprise"), "utf-8")
    assert verify("--target", "mine.json") == 0
    assert "undocumented field" in capsys.readouterr().out
    assert "surprise" in Path("build/report/overlay.yaml").read_text("utf-8")
    assert "surprise" in Path("build/report/report.md").read_text("utf-8")


def test_earlier_overlay_is_removed() -> None:
    """It would be taken for what this run proposes."""
    Path("out").mkdir()
    Path("out/overlay.yaml").write_text("overlay: 1.0.0\n", "utf-8")
    assert verify("--target", "recorded", "--report", "out") == 0
    assert not Path("out/overlay.yaml").exists()
    assert Path("out/report.md").exists()


@pytest.mark.usefixtures("untried_proposals")
def test_annotations_on_github(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.json").write_text(recording("surprise"), "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert verify("--target", "mine.json") == 0
    annotations = [line for line in capsys.readouterr().out.splitlines() if line.startswith("::")]
    assert [line.partition(" ")[0] for line in annotations] == ["::notice"]


def test_file_output_has_no_colours(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--target", "recorded") == 0
    assert "\033" not in capsys.readouterr().out


@pytest.mark.usefixtures("untried_proposals")
def test_drift_exits_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    value = json.loads(recording("surprise"))
    del value["response"]["body"]["json"]["id"]
    Path("mine.json").write_text(json.dumps(value), "utf-8")
    assert verify("--target", "mine.json") == 1
    assert "missing required field" in capsys.readouterr().out


def test_archive_is_filtered_by_host(capsys: pytest.CaptureFixture[str]) -> None:
    body = json.dumps({"code": "success", "message": "", "data": []})
    entry = {
        "startedDateTime": "2026-11-22T10:00:00Z",
        "request": {
            "method": "POST",
            "url": "https://gateway.example.com/suno/fetch",
            "postData": {"text": '{"ids": ["a"], "action": "MUSIC"}'},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"text": body},
        },
    }
    Path("seen.har").write_text(json.dumps({"log": {"entries": [entry]}}), "utf-8")
    assert verify("--target", "seen.har") == 2
    assert "no exchange with api.cometapi.com; the hosts are gateway.example.com" in capsys.readouterr().err
    assert not Path("build").exists()
    assert verify("--target", "seen.har", "--host", "gateway.example.com") == 0


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[StandIn, str]]:
    """A mock of another seed that is served, and its base URL."""
    stand_in = StandIn()
    with stand_in.serve() as base:
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        yield stand_in, base


def _places(exchanges: list[HttpExchange]) -> set[tuple[str | None, int]]:
    return {(each.operation, each.response.status) for each in exchanges}


@pytest.mark.slow
def test_served_mock_equals_in_process_mock() -> None:
    with StandIn(key=DEMO_KEY).serve() as base:
        served = list(open_target("mock", CONTRACT, base_url=base).exchanges())
    assert _places(served) == _places(list(MockTarget().exchanges()))


@pytest.mark.parametrize(
    ("status", "headers", "words"),
    [
        (500, {}, "it answers no example with a success"),
        (200, {"content-encoding": "gzip"}, "does not answer: Error -3"),
    ],
)
def test_mock_that_answers_nothing_proves_nothing(
    status: int,
    headers: dict[str, str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each answer is a described one, or cannot be decoded; none says whether the contract holds."""
    body = b'{"error": {"message": "m", "type": "t"}}'

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            status,
            headers={"content-type": "application/json", **headers},
            stream=httpx.ByteStream(body),
            request=request,
        )

    def connect(**_: object) -> httpx.MockTransport:
        return httpx.MockTransport(answer)

    monkeypatch.setattr(httpx, "HTTPTransport", connect)
    assert verify("--target", "mock", "--base-url", "http://127.0.0.1:1") == 3
    assert words in " ".join(capsys.readouterr().out.split())


def test_mock_gets_the_mock_key_only(served: tuple[StandIn, str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is served there refuses it, as the real service would."""
    stand_in, base = served
    assert verify("--target", "mock", "--base-url", base) == 2
    assert "it refuses the mock's key" in capsys.readouterr().err
    assert stand_in.count >= len(CONTRACT.operations)
    assert not find_leaks("\n".join(stand_in.keys))
    assert {each.status for each in stand_in.gateway.exchanges} == {401}
    assert not Path("build").exists()


def test_report_does_not_show_the_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Raw, in base64 or in a URL, although the environment has it."""
    monkeypatch.setenv("COMETAPI_KEY", KEY)
    assert verify() == 0
    files = [path for path in Path("build").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".html", ".md", ".xml", ".sarif"}
    printed = capsys.readouterr()
    assert not find_leaks(printed.out, printed.err, *(path.read_bytes() for path in files))


def test_base_url_means_a_live_run(served: tuple[StandIn, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A URL alone means that target. First only the plan; then three calls and no more."""
    stand_in, base = served
    assert verify("--base-url", base, "--tier", "free") == 0
    assert stand_in.count == 0
    assert "Nothing was sent." in capsys.readouterr().out
    assert not Path("build").exists()
    assert verify("--base-url", base, "--tier", "free", "--max-calls", "3", "--rate", "1000", "--yes") == 3
    assert stand_in.count == 3
    out = capsys.readouterr().out
    assert "Sent: 3 of at most 3 calls" in out
    assert "Incomplete: live: 3 of at most 3 calls were answered: the cap of 3 calls is reached." in out
    assert Path("build/report/report.md").is_file()
    assert len(list(Path("build/live").glob("*/recordings/*.json"))) == 3
    assert not find_leaks(out, *(path.read_text("utf-8") for path in Path("build").rglob("*") if path.is_file()))


@pytest.mark.usefixtures("untried_proposals")
def test_interrupted_live_run_is_reported(served: tuple[StandIn, str], capsys: pytest.CaptureFixture[str]) -> None:
    """Its calls are recorded and judged; the exit status is that of the signal."""
    stand_in, base = served
    stand_in.gateway.faults.add("delay=0.05")
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        assert verify("--base-url", base, "--tier", "free", "--rate", "1000", "--yes") == 130
    finally:
        timer.cancel()
    out = capsys.readouterr().out
    assert f"Sent: {stand_in.count} of at most " in out
    assert "Ended: interrupted by SIGINT." in out
    assert len(list(Path("build/live").glob("*/recordings/*.json"))) == stand_in.count
    assert Path("build/report/report.html").is_file()


def test_unknown_target() -> None:
    with pytest.raises(VerifierInputError, match="Targets are mock, recorded, live"):
        open_target("moon", CONTRACT)
