"""Does the Python code of the README and of the page on lost answers run unchanged?"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from cometapi_suno import OutcomeUnknownError, SongFromLyrics, SunoClient
from cometapi_suno_mock import DEMO_KEY, PERSONA, Gateway, Settings

from contract_tests.suite.support.readme import README, example

LOST_ANSWERS = README.parent / "docs" / "lost-answers.md"


def run(name: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch, page: Path = README) -> None:
    """Run an example against the mock, configured by environment variables."""
    with gateway.serve() as url:
        monkeypatch.setenv("COMETAPI_BASE_URL", url)
        monkeypatch.setenv("COMETAPI_KEY", DEMO_KEY)
        monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", DEMO_KEY)
        exec(compile(example(name, page), page.name, "exec"), {})


def test_first_example_creates_persona(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("create-persona", gateway, monkeypatch)
    printed = capsys.readouterr().out.strip()
    assert re.fullmatch(r"[0-9a-f-]{36}", printed)
    assert printed != PERSONA


def test_second_example_goes_from_song_to_songs_with_persona(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("cometapi_suno._polling.MIN_INTERVAL", 0.01)
    monkeypatch.chdir(tmp_path)
    run("from-song", gateway, monkeypatch)
    assert re.fullmatch(r"[0-9a-f-]{36}(\nsongs/Again [0-9a-f]{8}\.mp3){2}\n", capsys.readouterr().out)
    assert len(list(Path("songs").iterdir())) == 2


@pytest.fixture
def losing_gateway(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Gateway:
    """A mock that does a song and loses the answer, in an empty folder, without waits of minutes."""
    monkeypatch.chdir(tmp_path)
    for name in ("LATE_WORK", "LOG_DELAY", "LONGEST_CALL"):
        monkeypatch.setattr(f"cometapi_suno._reconcile.{name}", 0.0)
    monkeypatch.setattr("cometapi_suno._reconcile.MAX_SKEW", 1.0)
    monkeypatch.setattr("cometapi_suno._polling.MIN_INTERVAL", 0.01)
    gateway = Gateway(settings=Settings(task_seconds=0.1))
    gateway.faults.add("operation=submitMusic; times=1; reset=after")
    return gateway


def test_lost_song_is_found_and_saved(
    losing_gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("lost-answer", losing_gateway, monkeypatch, LOST_ANSWERS)
    outcome, files, costs = capsys.readouterr().out.splitlines()
    assert outcome.startswith("charged - ")
    assert re.fullmatch(r"\['Hello [0-9a-f]{8}\.mp3', 'Hello [0-9a-f]{8}\.mp3'\]", files)
    assert costs == "['0.144']"
    assert len(list(Path("songs").iterdir())) == 2


def test_open_call_is_settled_after_a_crash(
    losing_gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with losing_gateway.serve() as url, SunoClient(api_key=DEMO_KEY, base_url=url, journal="calls.journal") as client:
        with pytest.raises(OutcomeUnknownError) as lost:
            client.music.submit(SongFromLyrics(prompt="a", title="b", tags="c", mv="chirp-auk"))
        time.sleep(2.5)  # until the log is complete
        run("after-a-crash", losing_gateway, monkeypatch, LOST_ANSWERS)
        assert client.journal is not None
        assert client.journal.open_calls() == []
    assert capsys.readouterr().out.strip() == f"music.submit {lost.value.fingerprint} charged"
