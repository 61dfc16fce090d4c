"""The program against the mock gateway: no key, no network, and things that go wrong on purpose."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
from cometapi_suno import AsyncSunoClient, QuotaError, SunoClient
from cometapi_suno_mock import FINISHED_CLIP, PERSONA, Gateway
from lullaby import InDoubtError, Notebook, main, sing, singer


@pytest.fixture
def notebook(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path / "notebook.json")


def called(gateway: Gateway) -> list[str]:
    return [exchange.operation for exchange in gateway.exchanges]


def test_a_singer_is_made_once_and_then_remembered(
    suno_client: SunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    persona, clip = singer(suno_client, notebook, "Ada")
    assert called(suno_mock) == ["submitMusic", "fetchTask", "createPersona"]
    assert singer(suno_client, notebook, "Ada") == (persona, clip)
    assert len(suno_mock.exchanges) == 3


@pytest.mark.parametrize(("operation", "what"), [("submitMusic", "a song"), ("createPersona", "a persona of clip")])
def test_what_is_paid_for_and_whose_answer_was_lost_is_not_asked_for_again(
    operation: str, what: str, suno_client: SunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    suno_mock.faults.add(f"reset=after; operation={operation}; times=1")
    with pytest.raises(InDoubtError, match=f"{what}.* may exist"):
        singer(suno_client, notebook, "Ada")
    with pytest.raises(InDoubtError, match=f"look whether {what}"):
        singer(suno_client, notebook, "Ada")
    assert called(suno_mock).count(operation) == 1


@pytest.mark.parametrize("operation", ["submitMusic", "createPersona"])
def test_answer_that_cannot_be_read_is_in_doubt(
    operation: str, suno_client: SunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    suno_mock.faults.add(f"invalid-json=yes; operation={operation}; times=1")
    for match in ("may exist", "look whether"):
        with pytest.raises(InDoubtError, match=match):
            singer(suno_client, notebook, "Ada")
    assert called(suno_mock).count(operation) == 1


def test_song_is_written_down_before_it_is_paid_for(
    suno_client: SunoClient, notebook: Notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stops the run during the call, even a crash, finds the doubt in the notebook."""

    def look(song: object) -> None:
        assert notebook.read("Ada") == {"doubt": "a song"}
        raise SystemExit("crash")

    monkeypatch.setattr(suno_client.music, "submit", look)
    with pytest.raises(SystemExit, match="crash"):
        singer(suno_client, notebook, "Ada")
    with pytest.raises(InDoubtError, match="look whether a song"):
        singer(suno_client, notebook, "Ada")


def test_a_song_that_was_paid_for_is_not_paid_for_again(
    suno_client: SunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    suno_mock.faults.add("status=403; operation=createPersona; times=1")
    with pytest.raises(QuotaError):
        singer(suno_client, notebook, "Ada")
    singer(suno_client, notebook, "Ada")
    assert called(suno_mock).count("submitMusic") == 1


def test_every_line_becomes_a_song_in_the_persona_s_voice(
    async_suno_client: AsyncSunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    clips = asyncio.run(sing(async_suno_client, notebook, PERSONA, FINISHED_CLIP, ["hush", "the moon is up"]))
    assert [clip.title for clip in clips] == ["hush", "the moon is up"]
    assert called(suno_mock).count("submitMusic") == 2


LINES = ["hush", "the moon is up", "sleep", "good night"]


def test_songs_that_were_paid_for_are_kept_when_one_is_refused(
    async_suno_client: AsyncSunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    suno_mock.faults.add("status=403; operation=submitMusic; times=1")
    with pytest.raises(QuotaError):
        asyncio.run(sing(async_suno_client, notebook, PERSONA, FINISHED_CLIP, LINES))
    names = [f"{line} (song of {PERSONA})" for line in LINES]
    assert ["task" in notebook.read(name) for name in names] == [False, True, True, True]
    clips = asyncio.run(sing(async_suno_client, notebook, PERSONA, FINISHED_CLIP, LINES))
    assert [clip.title for clip in clips] == LINES
    assert called(suno_mock).count("submitMusic") == len(LINES) + 1


def test_cancelled_song_is_in_doubt(async_suno_client: AsyncSunoClient, suno_mock: Gateway, notebook: Notebook) -> None:
    suno_mock.faults.add("delay=30; operation=submitMusic")

    async def interrupt() -> None:
        await asyncio.wait_for(sing(async_suno_client, notebook, PERSONA, FINISHED_CLIP, LINES), 0.2)

    with pytest.raises(TimeoutError):
        asyncio.run(interrupt())
    assert [notebook.read(f"{line} (song of {PERSONA})") for line in LINES] == [{"doubt": "a song"}] * len(LINES)


def test_song_whose_answer_was_lost_is_not_asked_for_again(
    async_suno_client: AsyncSunoClient, suno_mock: Gateway, notebook: Notebook
) -> None:
    suno_mock.faults.add("reset=after; operation=submitMusic; times=1")
    for match in ("a song may exist", "look whether a song"):
        with pytest.raises(InDoubtError, match=match):
            asyncio.run(sing(async_suno_client, notebook, PERSONA, FINISHED_CLIP, LINES))
    assert called(suno_mock).count("submitMusic") == len(LINES)


def test_the_program_prints_where_each_song_is(
    suno_mock: Gateway,
    suno_mock_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COMETAPI_BASE_URL", suno_mock_url)
    monkeypatch.setenv("COMETAPI_KEY", suno_mock.settings.keys[0])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["lullaby", "Ada", "hush"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("hush: http")
