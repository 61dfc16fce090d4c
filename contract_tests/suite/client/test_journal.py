"""Limits and the journal: no paid call too many, and after a crash it names every call without a known end."""

from __future__ import annotations

import json
import os
import sqlite3
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    ConfigurationError,
    DuplicateCallError,
    FullTrackSeparation,
    Journal,
    OutcomeUnknownError,
    QuotaError,
    SingleTrackSeparation,
    SongExtension,
    SongFromLyrics,
    SpendingLimitError,
)

from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import find_leaks

FACES = ("sync", "async")
PERSONA: dict[str, Any] = {"root_clip_id": "c", "description": "", "clips": ["c"], "is_public": False}
PRICES = {"music.submit": 0.144, "personas.create": 0.01, "*": 0.02}


def _song(text: str) -> SongFromLyrics:
    return SongFromLyrics(prompt=text, title="b", tags="c", mv="chirp-auk")


def _reply(value: Any, status: int = 200) -> Reply:
    return Reply(status, json.dumps(value).encode())


def _submitted(_: httpx.Request) -> Reply:
    return _reply({"code": "success", "message": "", "data": "task-1"})


@pytest.mark.parametrize("face", FACES)
def test_no_limit_makes_no_journal(face: str) -> None:
    stage = Stage(face, _submitted)
    assert stage.client.journal is None
    assert stage.run(stage.client.music.submit(_song("a"))) == "task-1"


@pytest.mark.parametrize("face", FACES)
def test_number_of_paid_calls_is_limited(face: str) -> None:
    stage = Stage(face, _submitted, max_paid_calls=2)
    for number in range(2):
        stage.run(stage.client.music.submit(_song(str(number))))
    with pytest.raises(
        SpendingLimitError, match=r"max_paid_calls is 2, and 2 may have been charged already\. Nothing was sent"
    ) as refused:
        stage.run(stage.client.with_options(retries=0).lyrics.submit(prompt="x"))
    assert refused.value.operation == "lyrics.submit"
    assert len(stage.line.requests) == 2


def test_free_calls_are_not_counted() -> None:
    task = {"code": "success", "data": {"task_id": "t", "status": "SUCCESS"}}
    stage = Stage("sync", lambda _: _reply(task), max_paid_calls=0)
    assert stage.run(stage.client.tasks.get("t")).task_id == "t"


def test_spending_is_limited_to_the_cent() -> None:
    """0.1 + 0.2 is more than 0.3 in floats, and not in money."""
    stage = Stage("sync", _submitted, max_spend=0.3, prices={"music.submit": 0.1, "lyrics.submit": 0.2})
    stage.run(stage.client.music.submit(_song("a")))
    stage.run(stage.client.lyrics.submit(prompt="b"))
    assert stage.client.journal is not None
    assert stage.client.journal.spent() == Decimal("0.3")
    with pytest.raises(SpendingLimitError, match=r"0\.3 US dollars were spent, and 0\.1 more would exceed"):
        stage.run(stage.client.music.submit(_song("c")))


def test_unknown_price_is_refused_when_spending_is_limited() -> None:
    stage = Stage("sync", _submitted, max_spend=5)
    with pytest.raises(SpendingLimitError, match=r'prices=\{"clips.wav"'):
        stage.run(stage.client.clips.wav("c"))
    stage = Stage("sync", lambda _: _reply({"wav_file_url": "u"}), max_spend=5, prices={"*": 1})
    stage.run(stage.client.clips.wav("c"))
    assert stage.client.journal is not None
    assert stage.client.journal.spent() == 1


def test_song_counts_for_its_highest_price() -> None:
    """On record are 0.144 for a song and 0.04 for an extension: a cap is kept with either."""
    stage = Stage("sync", _submitted, max_spend=1)
    stage.run(stage.client.music.submit(SongExtension(task_id="t", continue_clip_id="c", continue_at=1)))
    assert stage.client.journal is not None
    assert stage.client.journal.spent() == Decimal("0.144")


@pytest.mark.parametrize("prices", [{}, {"music.submit": 0.1}, {"lyrics.submit": 0.1}])
def test_separation_into_twelve_has_no_price_on_record(prices: dict[str, float]) -> None:
    """Sources `gptbest` and `deerapi`: charged as five songs. A price of `music.submit` does not cover it."""
    stage = Stage("sync", _submitted, max_spend=5, prices=prices)
    with pytest.raises(SpendingLimitError, match=r'prices=\{"FullTrackSeparation"'):
        stage.run(stage.client.music.submit(FullTrackSeparation(task_id="t", continue_clip_id="c")))
    assert not stage.line.requests
    stage.run(stage.client.music.submit(SingleTrackSeparation(task_id="t", continue_clip_id="c")))


@pytest.mark.parametrize("name", ["FullTrackSeparation", "*"])
def test_separation_into_twelve_counts_for_its_own_price(name: str) -> None:
    stage = Stage("sync", _submitted, max_spend=1, prices={name: 0.72})
    stage.run(stage.client.music.submit(FullTrackSeparation(task_id="t", continue_clip_id="c")))
    assert stage.client.journal is not None
    assert stage.client.journal.spent() == Decimal("0.72")
    with pytest.raises(SpendingLimitError, match="exceed max_spend"):
        stage.run(stage.client.music.submit(FullTrackSeparation(task_id="t", continue_clip_id="d")))


@pytest.mark.parametrize("face", FACES)
def test_refused_call_costs_nothing(face: str) -> None:
    error = {"code": "quota_not_enough", "message": "no", "data": None}
    stage = Stage(face, lambda _: _reply(error, 403), max_paid_calls=1)
    for _ in range(3):
        with pytest.raises(QuotaError):
            stage.run(stage.client.music.submit(_song("a")))
    assert stage.client.journal is not None
    assert [entry.outcome for entry in stage.client.journal.calls()] == ["failed"] * 3


@pytest.mark.parametrize("face", FACES)
def test_lost_call_counts_and_stays_open(face: str) -> None:
    stage = Stage(face, lambda _: httpx.ReadError, max_paid_calls=1)
    with pytest.raises(OutcomeUnknownError) as lost:
        stage.run(stage.client.personas.create(name="Ada", **PERSONA))
    journal = stage.client.journal
    assert journal is not None
    (entry,) = journal.open_calls()
    assert (entry.outcome, entry.operation) == ("unknown", "personas.create")
    assert lost.value.lost_call is not None
    assert (entry.fingerprint, entry.started) == (lost.value.fingerprint, lost.value.lost_call.started)
    with pytest.raises(SpendingLimitError):
        stage.run(stage.client.personas.create(name="Eve", **PERSONA))
    journal.settle(entry, charged=False)
    assert journal.open_calls() == []
    with pytest.raises(OutcomeUnknownError):
        stage.run(stage.client.personas.create(name="Eve", **PERSONA))


def test_journal_keeps_what_was_made(tmp_path: Path) -> None:
    stage = Stage("sync", _submitted, journal=tmp_path / "calls")
    stage.run(stage.client.music.submit(_song("my secret words")))
    (entry,) = Journal(tmp_path / "calls").calls()
    assert (entry.outcome, entry.task_id, entry.result_id, entry.process) == ("done", "task-1", None, os.getpid())
    content = (tmp_path / "calls").read_bytes()
    assert b"my secret words" not in content
    assert find_leaks(content) == []
    stage = Stage("sync", lambda _: _reply({"id": "p-1"}), journal=tmp_path / "calls")
    stage.run(stage.client.personas.create(name="Ada", **PERSONA))
    assert Journal(tmp_path / "calls").calls()[1].result_id == "p-1"


@pytest.mark.parametrize("face", FACES)
def test_duplicate_is_refused_until_it_is_allowed(face: str) -> None:
    stage = Stage(face, _submitted, duplicate_guard=60)
    journal = stage.client.journal
    assert journal is not None
    stage.run(stage.client.music.submit(_song("a")))
    with pytest.raises(DuplicateCallError, match="allow_again") as refused:
        stage.run(stage.client.music.submit(_song("a")))
    stage.run(stage.client.music.submit(_song("b")))
    journal.allow_again(refused.value.fingerprint)
    stage.run(stage.client.music.submit(_song("a")))
    stage.time.now += 61
    stage.run(stage.client.music.submit(_song("a")))
    assert len(stage.line.requests) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_spend": -1},
        {"max_spend": "1"},
        {"max_spend": float("nan")},
        {"max_paid_calls": -1},
        {"max_paid_calls": 1.5},
        {"duplicate_guard": -3},
        {"max_spend": 1, "prices": {"music.submit": -1}},
        {"max_spend": 1, "prices": {"music.sbmit": 1}},
        {"max_spend": 1, "prices": {"SongExtension": 1}},
        {"max_spend": 1, "prices": {"tasks.get": 1}},
    ],
)
def test_unusable_limit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError, match=next(reversed(wrong))):
        Stage("sync", _submitted, **wrong)


def test_unusable_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, and long enough to be seen as something else" * 9)
    for path in (tmp_path / "text", tmp_path / "none" / "journal"):
        with pytest.raises(ConfigurationError, match="journal"):
            Stage("sync", _submitted, journal=path)
    with sqlite3.connect(tmp_path / "newer") as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(ConfigurationError, match="version 9"):
        Journal(tmp_path / "newer")


def test_journal_stays_where_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    journal = Journal("a.journal")
    monkeypatch.chdir("elsewhere")
    assert journal.calls() == []
    assert list(Path().iterdir()) == []


def test_nothing_is_sent_after_journal_was_deleted(tmp_path: Path) -> None:
    """What was spent is not known any more, so that a limit could be exceeded."""
    path = tmp_path / "journal"
    stage = Stage("sync", _submitted, journal=path, max_paid_calls=9)
    stage.run(stage.client.music.submit(_song("a")))
    path.unlink()
    with pytest.raises(ConfigurationError, match="was deleted or replaced while it was in use"):
        stage.run(stage.client.music.submit(_song("b")))
    assert len(stage.line.requests) == 1


def test_result_is_not_lost_with_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    def break_journal(request: httpx.Request) -> Reply:
        path.unlink()
        path.mkdir()
        return _submitted(request)

    stage = Stage("sync", break_journal, journal=path)
    assert stage.run(stage.client.music.submit(_song("a"))) == "task-1"
