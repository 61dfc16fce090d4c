"""Limits and the journal over threads, processes, forks and kills: never a paid call more, never an open call lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    CallRefusedError,
    Journal,
    OutcomeUnknownError,
    SongFromLyrics,
    SunoClient,
    SunoError,
)

from contract_tests.suite.support.secret_leaks import KEY

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
def test_cap_holds_in_five_hundred_runs(folder: Path) -> None:
    """Over threads, tasks and four processes on one journal: never one paid call more."""
    _check_cap(folder, range(1_000, 1_500))


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
