"""What became of a lost call: `account.reconcile` is right in every answer that it gives."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from attrs import frozen
from cometapi_suno import (
    AsyncClock,
    AsyncSunoClient,
    InvalidRequestError,
    LostCall,
    OutcomeUnknownError,
    Reconciliation,
    SongFromLyrics,
    SunoClient,
    SyncClock,
)
from cometapi_suno._reconcile import find_skew
from cometapi_suno_mock import DEMO_KEY, Gateway
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.client.account_server import LOSSES, AccountServer, LossKind

_CALLS = ("/suno/submit/music", "/suno/submit/lyrics", "/suno/persona/create")


class Account:
    """Either client on a gateway that loses answers, in virtual time."""

    def __init__(self, server: AccountServer, *, face: str = "sync", **options: Any) -> None:
        self.server = server
        self.face = face
        given: dict[str, Any] = {
            "api_key": "sk-the-key-of-a-test",
            "access_token": "the-token-of-a-test",
            "base_url": "http://a.localhost",
            "http_client": server,
            "retries": 0,
        } | options
        # Read one after the other, two clocks never agree exactly.
        times: dict[str, Any] = {"monotonic": lambda: server.now + random.random() / 1e4, "wall": lambda: server.now}
        self.client: Any
        if face == "sync":
            self.client = SunoClient(**given, clock=SyncClock(**times, sleep=self._sleep))
        else:
            self.client = AsyncSunoClient(**given, clock=AsyncClock(**times, sleep=self._sleep_async))

    def _sleep(self, seconds: float) -> None:
        self.server.now += seconds

    async def _sleep_async(self, seconds: float) -> None:
        self.server.now += seconds

    def run(self, result: Any) -> Any:
        return asyncio.run(_await(result)) if self.face == "async" else result

    def call(self, path: str, text: str) -> Any:
        """Make a paid call with a text."""
        client = self.client
        if path == "/suno/submit/music":
            return self.run(client.music.submit(SongFromLyrics(prompt=text, title="Song", tags="pop", mv="chirp-auk")))
        if path == "/suno/submit/lyrics":
            return self.run(client.lyrics.submit(prompt=text))
        return self.run(
            client.personas.create(root_clip_id="c", name=text, description="", clips=["c"], is_public=False)
        )

    def lose(self, path: str, text: str) -> OutcomeUnknownError:
        with pytest.raises(OutcomeUnknownError) as lost:
            self.call(path, text)
        return lost.value

    def reconcile(self, call: Any, **arguments: Any) -> Reconciliation:
        found: Reconciliation = self.run(self.client.account.reconcile(call, **arguments))
        return found


async def _await(result: Any) -> Any:
    return await result


@frozen
class Truth:
    """What really became of a lost call."""

    charged: bool
    task_id: str | None


def _play(seed: int, folder: Path) -> tuple[Truth, Reconciliation, bool]:
    """Lose one call among other traffic, and return the truth, the answer, and whether a twin was made."""
    chance = random.Random(seed)
    server = AccountServer(
        chance,
        skew=chance.uniform(-5, 5),
        loss=None,
        lag=chance.uniform(0, 110),
        has_request_ids=chance.random() < 0.5,
        max_delay=chance.choice([0.0, 5.0, 20.0]),
    )
    options = {"journal": folder / f"{seed}.journal"} if chance.random() < 0.1 else {}
    account = Account(server, face="async" if chance.random() < 0.2 else "sync", **options)
    path, begun = chance.choice(_CALLS), server.now
    own = [account.call(chance.choice(_CALLS), f"own {number}") for number in range(chance.choice([0, 0, 1, 2]))]
    server.loss = chance.choice(LOSSES)
    charges = len(server.charges)
    error = account.lose(path, "lost text")
    charged = len(server.charges) > charges
    made = f"made-{server.made}" if charged and path != "/suno/persona/create" else None
    foreign = 0 if chance.random() < 0.3 else chance.randrange(5)
    # A twin has the very texts of the lost call: only together with it, for then nothing can tell them apart.
    twin = charged and chance.random() < 0.15
    for number in range(foreign + twin):
        text = "lost text" if number < twin else f"foreign {number}"
        at, other = chance.uniform(begun - 200, server.now + 200), path if number < twin else chance.choice(_CALLS)
        quota = None if chance.random() < 0.7 else chance.choice([72_000, 10_000, 500, 123])
        body = (
            {"prompt": text, "title": "Song", "tags": "pop", "mv": "chirp-auk"}
            if "music" in other
            else {"prompt": text}
        )
        server.commit(other, body, at, f"foreign-{number}", quota=quota)
    known = [] if options else [task for task in own if isinstance(task, str)]
    server.now += chance.uniform(0, 250)
    wait = chance.choice([0.0, 300.0])
    alone = not foreign and not twin and (bool(options) or not own)
    found = account.reconcile(error, known_task_ids=known, alone=alone and chance.random() < 0.7, wait_timeout=wait)
    return Truth(charged, made), found, twin


def _judge(runs: range, folder: Path) -> Counter[str]:
    seen: Counter[str] = Counter()
    for seed in runs:
        truth, found, twin = _play(seed, folder)
        seen[found.outcome] += 1
        seen["task"] += found.task_id is not None
        seen["twins"] += twin and found.outcome == "undecided"
        if found.outcome == "charged":
            assert truth.charged, (seed, found)
            assert found.task_id in (None, truth.task_id), (seed, truth, found)
        if found.outcome == "not charged":
            assert not truth.charged, (seed, found)
    return seen


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: the journals of many runs wait for a disk most of the time."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name)


def test_reconcile_is_right_in_a_hundred_runs(folder: Path) -> None:
    seen = _judge(range(100), folder)
    assert seen["charged"] > 10
    assert seen["not charged"] > 3
    assert seen["undecided"] > 10


@pytest.mark.slow
def test_reconcile_is_right_in_two_thousand_runs(folder: Path) -> None:
    """Other traffic, clock skew up to 5 s, log delays up to 20 s, several candidates, twins: none wrong."""
    seen = _judge(range(1_000, 3_000), folder)
    assert seen.total() - seen["task"] - seen["twins"] == 2_000
    assert seen["charged"] > 400
    assert seen["not charged"] > 100
    assert seen["task"] > 200
    assert seen["twins"] > 20


@pytest.mark.parametrize("face", ["sync", "async"])
def test_lost_song_is_found_and_its_task_can_be_waited_for(face: str) -> None:
    server = AccountServer(random.Random(1), loss="done, then broken")
    account = Account(server, face=face)
    error = account.lose("/suno/submit/music", "a song")
    assert "client.account.reconcile(error)" in str(error)
    server.commit("/suno/submit/music", {"prompt": "another song"}, server.now + 2, "other")
    early = account.reconcile(error)
    assert early.outcome == "undecided"
    assert early.look_again is not None
    found = account.reconcile(error, wait_timeout=300)
    assert (found.outcome, found.task_id) == ("charged", "made-1")
    assert account.run(account.client.tasks.get(found.task_id)).task_id == "made-1"


def test_two_identical_songs_are_undecided() -> None:
    server = AccountServer(random.Random(2), loss="done, then broken")
    account = Account(server)
    error = account.lose("/suno/submit/music", "a song")
    twin = {"prompt": "a song", "title": "Song", "tags": "pop", "mv": "chirp-auk"}
    server.commit("/suno/submit/music", twin, server.now, "other")
    found = account.reconcile(error, wait_timeout=300)
    assert found.outcome == "undecided"
    assert {getattr(each, "task_id", None) for each in found.candidates} == {"made-1", "made-2"}


def test_lost_persona_is_charged_but_not_retrievable() -> None:
    server = AccountServer(random.Random(3), loss="done, then 504")
    account = Account(server)
    error = account.lose("/suno/persona/create", "Ada")
    found = account.reconcile(error, wait_timeout=300)
    assert (found.outcome, found.task_id) == ("charged", None)
    assert error.request_id is not None
    assert error.request_id in found.reason


def test_not_charged_needs_time() -> None:
    server = AccountServer(random.Random(4), loss="broken before")
    account = Account(server)
    error = account.lose("/suno/submit/lyrics", "a prompt")
    assert account.reconcile(error).outcome == "undecided"
    assert account.reconcile(error, wait_timeout=300).outcome == "not charged"


@pytest.mark.parametrize("skew", [-3600.0, -9.0, 9.0, 3600.0])
@pytest.mark.parametrize("loss", ["done, then broken", "broken before"])
def test_clocks_that_differ_decide_nothing(skew: float, loss: LossKind) -> None:
    """The call may have been done at a time of the gateway that is outside the window."""
    account = Account(AccountServer(random.Random(4), loss=loss, skew=skew))
    error = account.lose("/suno/persona/create", "a name")
    found = account.reconcile(error, alone=True, wait_timeout=300)
    assert found.outcome == "undecided"
    assert found.candidates or "The clocks of this machine and of the gateway differ by" in found.reason


@pytest.mark.parametrize(("same_time", "outcome"), [(True, "charged"), (False, "undecided")])
def test_mock_shows_its_own_time(same_time: bool, outcome: str) -> None:
    """In its virtual time, the rows of the account are not where the client looks for a lost call."""
    gateway, clock = Gateway(), {"now": 1_795_000_000.0}
    with SunoClient(
        api_key=DEMO_KEY,
        access_token=DEMO_KEY,
        base_url="http://127.0.0.1",
        http_client=GatewayTransport(gateway),
        clock=SyncClock(wall=lambda: clock["now"]),
    ) as client:
        gateway.faults.add("reset=after; operation=submitMusic")
        gateway.state.clock.pinned = clock["now"] if same_time else None
        with pytest.raises(OutcomeUnknownError) as lost:
            client.music.submit(SongFromLyrics(prompt="lost", title="Song", tags="pop", mv="chirp-auk"))
        clock["now"] += 600  # the log had time to show a charge
        gateway.state.clock.pinned = clock["now"] if same_time else None
        found = client.account.reconcile(lost.value, alone=True)
    assert found.outcome == outcome, found.reason
    assert ("clocks" in found.reason) is not same_time


@pytest.mark.parametrize(
    ("date", "sent", "received", "skew"),
    [
        ("Thu, 01 Jan 1970 00:01:40 GMT", 100.0, 100.2, 0.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 100.9, 101.0, 0.0),  # the header is cut to whole seconds
        ("Thu, 01 Jan 1970 00:01:40 GMT", 90.0, 120.0, 0.0),  # a slow response
        ("Thu, 01 Jan 1970 00:01:40 GMT", 111.0, 112.0, 10.0),
        ("Thu, 01 Jan 1970 00:01:40 GMT", 80.0, 90.0, 10.0),
        ("yesterday", 0.0, 1.0, 0.0),
        (None, 0.0, 1.0, 0.0),
    ],
)
def test_skew_is_what_is_certain(date: str | None, sent: float, received: float, skew: float) -> None:
    assert find_skew(date, sent, received) == skew


def test_foreign_task_is_not_taken_for_a_call_that_was_not_done() -> None:
    server = AccountServer(random.Random(5), loss="broken before")
    account = Account(server)
    error = account.lose("/suno/submit/music", "a song")
    server.commit("/suno/submit/music", {"prompt": "another"}, server.now, "other")
    assert account.reconcile(error, wait_timeout=300).outcome == "undecided"


def test_another_lost_call_of_the_journal_is_a_rival(tmp_path: Path) -> None:
    """One of two equal calls was done: neither may be answered with its task."""
    server = AccountServer(random.Random(6), loss="done, then broken")
    account = Account(server, journal=tmp_path / "journal")
    account.lose("/suno/submit/music", "a song")
    server.tasks[0].at = server.now
    server.loss = "broken before"
    error = account.lose("/suno/submit/music", "a song")
    assert account.reconcile(error, alone=True, wait_timeout=300).outcome == "undecided"


def test_usage_of_the_key_tells_without_an_access_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
    cases: tuple[tuple[LossKind, str], ...] = (("done, then broken", "charged"), ("broken before", "not charged"))
    for loss, expected in cases:
        server = AccountServer(random.Random(7))
        account = Account(server, access_token=None)
        before = account.client.account.balance()
        server.loss = loss
        error = account.lose("/suno/submit/music", "a song")
        assert account.reconcile(error, wait_timeout=300).outcome == "undecided"
        assert account.reconcile(error, before=before, wait_timeout=300).outcome == "undecided"
        found = account.reconcile(error, before=before, alone=True, wait_timeout=300)
        assert found.outcome == expected
        assert "nothing else used the key" in found.reason


def test_fingerprint_is_looked_up_in_the_journal(tmp_path: Path) -> None:
    server = AccountServer(random.Random(8), loss="done, then broken")
    account = Account(server, journal=tmp_path / "journal")
    error = account.lose("/suno/submit/music", "a song")
    (entry,) = account.client.journal.open_calls()
    for call in (error.fingerprint, entry, error.lost_call):
        found = account.reconcile(call, wait_timeout=300)
        assert found.task_id == "made-1"
    account.client.journal.settle(entry, charged=True, task_id="made-1")
    assert account.client.journal.open_calls() == []


def test_fingerprint_without_a_journal_needs_a_time() -> None:
    server = AccountServer(random.Random(9))
    account = Account(server)
    with pytest.raises(InvalidRequestError, match="since="):
        account.reconcile("0123456789")
    found = account.reconcile("0123456789", since=server.now - 2_000)
    assert found.outcome == "not charged"
    assert found.lost_call == LostCall("", "0123456789", int(server.now - 2_000))


def test_secrets_go_to_their_own_paths() -> None:
    server = AccountServer(random.Random(10), loss="done, then broken")
    account = Account(server)
    account.reconcile(account.lose("/suno/submit/music", "a song"), wait_timeout=300)
    account.client.account.balance()
    by_path = dict(server.seen)
    assert {path for path, header in server.seen if header == "Bearer the-token-of-a-test"} == {
        "/api/task/self",
        "/api/log/self",
    }
    assert by_path["/v1/dashboard/billing/usage"] == "Bearer sk-the-key-of-a-test"
    assert all(header.count("Bearer") == 1 and "," not in header for _, header in server.seen)
