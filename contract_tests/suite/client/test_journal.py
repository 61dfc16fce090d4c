"""Limits and the journal: no paid call too many, and after a crash it names every call without a known end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    CallRefusedError,
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
    SunoClient,
    SunoError,
)

from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import KEY, find_leaks

FACES = ("sync", "async")
FORK = multiprocessing.get_context("fork")
PERSONA: dict[str, Any] = {"root_clip_id": "c", "description": "", "clips": ["c"], "is_public": False}
PRICES = {"music.submit": 0.144, "personas.create": 0.01, "*": 0.02}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


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


@pytest.mark.parametrize("prices", [{}, {"music.submit": 0.1}, {"SingleTrackSeparation": 0.1}])
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


def test_result_is_not_lost_with_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    def break_journal(request: httpx.Request) -> Reply:
        path.unlink()
        path.mkdir()
        return _submitted(request)

    stage = Stage("sync", break_journal, journal=path)
    assert stage.run(stage.client.music.submit(_song("a"))) == "task-1"


class _Gateway(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Does paid calls and writes each down before it answers: some break, some are refused."""

    def __init__(self, log: Path, seed: int) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._chance = random.Random(seed)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        kind = self._chance.choice(["done", "done", "broken", "refused"])
        if kind == "refused":
            return httpx.Response(400, json={"code": "invalid_request", "message": "no", "data": None})
        os.write(self._log, request.content + b"\n")
        if kind == "broken":
            raise httpx.ReadError("broken")
        persona = request.url.path.endswith("/create")
        return httpx.Response(200, json={"id": "p"} if persona else {"code": "success", "message": "", "data": "task"})

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return self.handle_request(request)


def _client_options(journal: Path, gateway: _Gateway, limits: dict[str, Any]) -> dict[str, Any]:
    return {"api_key": KEY, "base_url": "http://a.localhost", "http_client": gateway, "retries": 0} | {
        "journal": journal,
        "prices": PRICES,
        **limits,
    }


def _spend_in_threads(journal: Path, log: Path, limits: dict[str, Any], seed: int) -> None:
    client = SunoClient(**_client_options(journal, _Gateway(log, seed), limits))

    def spend(number: int) -> None:
        with contextlib.suppress(SunoError):
            client.music.submit(_song(f"{seed} {number}"))

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(spend, range(4)))


def _spend_in_tasks(journal: Path, log: Path, limits: dict[str, Any], seed: int) -> None:
    async def spend(client: AsyncSunoClient, number: int) -> None:
        with contextlib.suppress(SunoError):
            await client.music.submit(_song(f"{seed} {number}"))

    async def run() -> None:
        client = AsyncSunoClient(**_client_options(journal, _Gateway(log, seed), limits))
        await asyncio.gather(*(spend(client, number) for number in range(4)))

    asyncio.run(run())


def _spend_many_times(folder: Path, worker: int, runs: range) -> None:
    """Take part in each run: its journal is shared with the other processes."""
    for run in runs:
        chance = random.Random(run)
        limits: dict[str, Any] = chance.choice(
            [{"max_paid_calls": chance.randrange(8)}, {"max_spend": 0.144 * chance.randrange(8)}]
        )
        spend = _spend_in_tasks if (run + worker) % 2 else _spend_in_threads
        spend(folder / f"{run}.journal", folder / f"{run}.log", limits, 4 * run + worker)


def _check_cap(folder: Path, runs: range) -> None:
    workers = [FORK.Process(target=_spend_many_times, args=(folder, number, runs)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    reached = 0
    for run in runs:
        chance = random.Random(run)
        cap = chance.choice([("calls", chance.randrange(8)), ("spend", chance.randrange(8))])[1]
        log = folder / f"{run}.log"
        charged = len(log.read_bytes().splitlines()) if log.exists() else 0
        assert charged <= cap, run
        reached += charged == cap
        entries = Journal(folder / f"{run}.journal").calls()
        assert Counter(entry.outcome for entry in entries).total() >= charged
        assert sum(entry.outcome != "failed" for entry in entries) == charged
    assert reached > len(runs) // 2  # else the limit was never in the way


def test_cap_holds_over_four_processes(folder: Path) -> None:
    _check_cap(folder, range(10))


@pytest.mark.slow
def test_cap_holds_in_a_thousand_runs(folder: Path) -> None:
    """Over threads, tasks and four processes on one journal: never one paid call more."""
    _check_cap(folder, range(1_000, 2_000))


def _spend_until_killed(journal: Path, log: Path, ended: Path, seed: int) -> None:
    gateway = _Gateway(log, seed)
    client = SunoClient(**_client_options(journal, gateway, {}))
    known = os.open(ended, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number in range(10_000):
        text = f"{seed} {number}"
        try:
            client.personas.create(name=text, **PERSONA)
        except OutcomeUnknownError:
            continue
        except SunoError:
            pass
        os.write(known, text.encode() + b"\n")


def _kill_once(folder: Path, seed: int) -> int:
    """Kill a process that makes paid calls, and compare its journal with what the gateway and the caller saw."""
    journal, log, ended = (folder / f"{seed}.{name}" for name in ("journal", "log", "ended"))
    Journal(journal)
    process = FORK.Process(target=_spend_until_killed, args=(journal, log, ended, seed))
    process.start()
    while process.is_alive() and not (log.exists() and log.stat().st_size):  # its first call is on the way
        time.sleep(0.001)
    time.sleep(random.Random(seed).uniform(0.0, 0.03))
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    entries = Journal(journal).calls()
    open_calls = [entry for entry in entries if entry.outcome in ("open", "unknown")]
    assert Journal(journal).open_calls() == open_calls
    done = set(ended.read_text().splitlines()) if ended.exists() else set[str]()
    sent = [json.loads(line)["name"] for line in log.read_bytes().splitlines()] if log.exists() else []
    # The calls were made one after the other, so that the n-th row is the n-th call.
    names = [f"{seed} {number}" for number in range(len(entries))]
    assert set(sent) | done <= set(names)
    for name, entry in zip(names, entries, strict=True):
        if entry in open_calls:
            assert name not in done, entry
        elif name not in done:  # killed between the row of the outcome and the caller's own note
            assert entry is entries[-1]
    assert sum(entry.outcome == "open" for entry in entries) <= 1
    return len(entries)


def test_killed_process_leaves_its_open_call(folder: Path) -> None:
    assert sum(_kill_once(folder, seed) for seed in range(3)) >= 3


@pytest.mark.slow
def test_process_is_killed_at_random_points(folder: Path) -> None:
    assert sum(_kill_once(folder, seed) for seed in range(100, 160)) >= 60


def test_limit_holds_over_a_fork_without_a_journal(folder: Path) -> None:
    """The temporary file is shared with a forked process, which does not delete it."""
    log = folder / "log"
    options = _client_options(folder / "unused", _Gateway(log, 3), {"max_paid_calls": 3})
    options["journal"] = None
    client = SunoClient(**options)
    assert client.journal is not None
    path = client.journal.path

    def spend() -> None:
        for number in range(20):
            with contextlib.suppress(CallRefusedError, OutcomeUnknownError, SunoError):
                client.personas.create(name=f"{os.getpid()} {number}", **PERSONA)

    child = FORK.Process(target=spend)
    child.start()
    spend()
    child.join()
    assert len(log.read_bytes().splitlines()) == 3
    assert path.exists()
