"""After a call that was cancelled or interrupted at any point, the next call works and gets its own response."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Generator, Iterator
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import anyio
import httpcore
import pytest
from cometapi_suno import AsyncSunoClient, Clip, SunoClient

from contract_tests.suite.client.scripted_server import Received, Step, answer, persona, serve_script, task
from contract_tests.suite.support.secret_leaks import KEY

INTERRUPTS = 200
LONGEST = 0.006
"""Seconds after which a call is interrupted at the latest; one takes 2 to 5 ms."""


def _script(request: Received) -> Iterator[Step]:
    whole = answer(200, persona(json.loads(request.body)["name"]) if request.body else task(request.target[12:]))
    if request.target.endswith(".mp3"):
        whole = answer(200, b"ID3" + bytes(50))
    yield whole[:40]
    yield 0.001
    yield whole[40:]


def _invoke(client: Any, name: str) -> Any:
    if name.startswith("read"):
        return client.tasks.get(name)
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def _name(result: Any) -> str:
    return str(getattr(result, "name", None) or result.task_id)


@pytest.mark.parametrize("kind", ["read", "paid"])
def test_call_after_cancelled_ones_works(kind: str) -> None:
    async def story(url: str) -> int:
        chance, cancelled = random.Random(7), 0
        async with AsyncSunoClient(api_key=KEY, base_url=url, retries=0, timeout=5) as client:
            for number in range(INTERRUPTS):
                calling = asyncio.ensure_future(_invoke(client, f"{kind}-{number}"))
                await asyncio.sleep(chance.uniform(0, LONGEST))
                calling.cancel()
                try:
                    assert _name(await calling) == f"{kind}-{number}"
                except asyncio.CancelledError:
                    cancelled += 1
                assert _name(await _invoke(client, f"{kind}-after-{number}")) == f"{kind}-after-{number}"
        return cancelled

    with serve_script(_script) as server:
        assert asyncio.run(story(server.url)) > INTERRUPTS / 4


@pytest.mark.parametrize("kind", ["read", "paid"])
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # what is interrupted while it closes stays open
@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")  # in a destructor
def test_call_after_interrupted_ones_works(kind: str) -> None:
    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    chance, interrupted = random.Random(7), 0
    previous = signal.signal(signal.SIGALRM, interrupt)
    try:
        with (
            serve_script(_script) as server,
            SunoClient(api_key=KEY, base_url=server.url, retries=0, timeout=5) as client,
        ):
            for number in range(INTERRUPTS):
                try:
                    signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.0001, LONGEST))
                    assert _name(_invoke(client, f"{kind}-{number}")) == f"{kind}-{number}"
                    signal.setitimer(signal.ITIMER_REAL, 0)
                except KeyboardInterrupt:
                    interrupted += 1
                assert _name(_invoke(client, f"{kind}-after-{number}")) == f"{kind}-after-{number}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert interrupted > INTERRUPTS / 4


class _CancelledAt:
    """Awaits a coroutine, and cancels its task at the await with a number: while it waits, or when it goes on."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], number: int, *, done: bool) -> None:
        self._coroutine = coroutine
        self._number = number
        self._done = done

    def __await__(self) -> Generator[Any, Any, Any]:
        self._task: Any = asyncio.current_task()
        error: BaseException | None = None
        while True:
            try:
                waited = self._coroutine.throw(error) if error else self._coroutine.send(None)
            except StopIteration as end:
                return end.value
            error = None
            if self._number == 0:
                if self._done and waited is not None:
                    waited.add_done_callback(self._cancel)
                else:
                    asyncio.get_running_loop().call_soon(self._cancel)
            self._number -= 1
            try:
                yield waited
            except BaseException as thrown:  # noqa: BLE001 (it is raised in the coroutine)
                error = thrown

    def _cancel(self, _: object = None) -> None:
        self._task.cancel()


def _download(folder: Path, client: Any) -> Any:
    clip = Clip.from_dict({"id": "c", "status": "complete", "audio_url": f"{client._engine.settings.base_url}/1.mp3"})
    return client.clips.download(clip, folder / "1.mp3")


@pytest.mark.parametrize("done", [False, True], ids=["waiting", "done"])
@pytest.mark.parametrize("kind", ["read", "paid", "download"])
def test_cancelled_call_leaves_nothing_in_pool(kind: str, tmp_path: Path, *, done: bool) -> None:
    """httpcore awaits while it makes and closes a connection; what a cancellation leaves there fills the pool."""
    invoke: Callable[[Any], Any] = partial(_download, tmp_path) if kind == "download" else partial(_invoke, name=kind)

    async def story(url: str) -> int:
        number = 0
        while True:
            client: Any
            async with AsyncSunoClient(api_key=KEY, base_url=url, retries=0, timeout=5) as client:
                try:
                    await asyncio.create_task(_as_coroutine(_CancelledAt(invoke(client), number, done=done)))
                except asyncio.CancelledError:
                    for transport in client._engine.transport._pools.values():
                        pool = repr(transport._pool)
                        assert "0 active, 0 queued" in pool, number
                        assert "0 active" in pool.partition("|")[2], number
                else:
                    return number
            number += 1

    with serve_script(_script) as server:
        assert asyncio.run(story(server.url)) > 5


async def _as_coroutine(awaited: _CancelledAt) -> Any:
    return await awaited


@pytest.mark.parametrize("kind", ["read", "paid"])
def test_cancelled_paid_call_says_that_outcome_is_unknown(
    kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(url: str) -> tuple[list[str], list[str]]:
        async with AsyncSunoClient(api_key=KEY, base_url=url, journal=tmp_path / "journal") as client:
            with pytest.raises(TimeoutError) as raised:
                await asyncio.wait_for(_invoke(client, kind), 0.2)
            assert client.journal is not None
            cause = raised.value.__cause__
            return getattr(cause, "__notes__", []), [entry.fingerprint for entry in client.journal.calls()]

    with serve_script(lambda _: [30.0]) as server:
        notes, fingerprints = asyncio.run(story(server.url))
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == notes
    if kind == "read":
        assert notes == fingerprints == []
    else:
        assert "outcome unknown: CancelledError. The call may have been done and charged" in notes[0]
        assert f"client.account.reconcile('{fingerprints[0]}', since=" in notes[0]


def test_call_cancelled_before_it_was_sent_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect(*_: Any, **__: Any) -> None:
        await anyio.sleep(30)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)

    async def story() -> None:
        async with AsyncSunoClient(api_key=KEY, base_url="http://127.0.0.1:1") as client:
            with pytest.raises(TimeoutError) as raised:
                await asyncio.wait_for(_invoke(client, "paid"), 0.05)
            assert not hasattr(raised.value.__cause__, "__notes__")

    asyncio.run(story())


class _Interrupt:
    """Raises a `KeyboardInterrupt` at the beginning or end with a number of the functions of some files."""

    def __init__(self, number: int, *files: str) -> None:
        self.is_raised = False
        self._left = number
        self._files = files

    def __enter__(self) -> _Interrupt:
        self._previous = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._previous)

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename.endswith(self._files) and event in ("call", "return"):
            self._left -= 1
            if self._left < 0:
                sys.settrace(None)
                self.is_raised = True
                raise KeyboardInterrupt
        return self._trace


def _succeeds_in_thread(check: Callable[[], Any]) -> bool:
    done = threading.Event()

    def run() -> None:
        check()
        done.set()

    threading.Thread(target=run, daemon=True).start()
    return done.wait(5)


def _interrupt_everywhere(invoke: Callable[[], Any], check: Callable[[], Any], *files: str) -> int:
    """Interrupt a call at each place in turn, and check the client after it; return how many places there are."""
    invoke()
    for number in range(1000):
        kept: list[KeyboardInterrupt] = []  # the frames stay alive, as those of the last error of a notebook
        interrupt = _Interrupt(number, *files)
        try:
            with interrupt:
                invoke()
        except KeyboardInterrupt as error:
            kept.append(error)
        assert _succeeds_in_thread(check), number
        if not interrupt.is_raised:
            return number
    raise AssertionError


@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")  # in a destructor
def test_waits_go_on_after_interrupted_one() -> None:
    """A lock that stays locked, or a thread that is thought to poll, would hold up the waits of all threads."""
    with (
        serve_script(lambda request: [answer(200, task(request.target[12:]))]) as server,
        SunoClient(api_key=KEY, base_url=server.url, retries=0, timeout=5) as client,
    ):
        wait = partial(client.tasks.wait, "a", timeout=4)
        assert _interrupt_everywhere(wait, wait, "_sync_waiter.py", "threading.py") > 10


@pytest.mark.filterwarnings("ignore:Exception ignored:pytest.PytestUnraisableExceptionWarning")  # in a destructor
def test_journal_is_not_locked_by_interrupted_call(tmp_path: Path) -> None:
    with (
        serve_script(lambda _: [answer(200, persona("paid"))]) as server,
        SunoClient(api_key=KEY, base_url=server.url, retries=0, timeout=5, journal=tmp_path / "journal") as client,
    ):
        journal = client.journal
        assert journal is not None
        pay = partial(_invoke, client, "paid")
        assert _interrupt_everywhere(pay, journal.calls, "_journal.py", "contextlib.py") > 10


def test_pools_of_interrupted_calls_are_closed() -> None:
    """A library may raise its timeouts as gevent does: like an interrupt, in any call."""
    client: Any
    with (
        serve_script(lambda request: [answer(200, task(request.target[12:]))]) as server,
        SunoClient(api_key=KEY, base_url=server.url, retries=0, timeout=5) as client,
    ):
        for number in range(5):
            client.tasks.get("a")
            with pytest.raises(KeyboardInterrupt), _Interrupt(0, "_body_decoder.py"):
                client.tasks.get("a")
            assert len(client._engine.transport._interrupted) == 0, number
