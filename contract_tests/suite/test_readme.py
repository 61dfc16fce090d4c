"""Does the Python code of the README run unchanged?"""

from __future__ import annotations

import re

import pytest
from cometapi_suno_mock import DEMO_KEY, PERSONA, Gateway

from contract_tests.suite.support.readme import example


def run(name: str, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run an example against the mock, configured by environment variables."""
    with gateway.serve() as url:
        monkeypatch.setenv("COMETAPI_BASE_URL", url)
        monkeypatch.setenv("COMETAPI_KEY", DEMO_KEY)
        exec(compile(example(name), "README.md", "exec"), {})


def test_first_example_creates_persona(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run("create-persona", gateway, monkeypatch)
    printed = capsys.readouterr().out.strip()
    assert re.fullmatch(r"[0-9a-f-]{36}", printed)
    assert printed != PERSONA


def test_second_example_goes_from_song_to_songs_with_persona(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cometapi_suno._polling.MIN_INTERVAL", 0.01)
    run("from-song", gateway, monkeypatch)
    assert re.fullmatch(r"[0-9a-f-]{36}( https?://\S+\.mp3){2}", capsys.readouterr().out.strip())
