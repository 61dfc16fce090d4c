"""A run from the command line to its account, against the stand-in over sockets."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno._config import find_state_folder

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.verifier.live_command_runner import ended, started
from contract_tests.suite.verifier.personal_data import KINDS, find_remains
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute
from contract_tests.verifier.exchange import recordings
from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.live.live_plan import LivePlan
from contract_tests.verifier.live.recorder import JOURNAL, RECORDINGS
from contract_tests.verifier.live.run_summary import RunSummary, read_journal

pytestmark = pytest.mark.usefixtures("untried_proposals")

QUICK = ("--rate", "1000", "--yes")
# The first of them run every time, and all with the slow tests.
SEEDS = [*range(2), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 20))]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """The service, and an environment with its address and the key."""
    stand_in = StandIn()
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        monkeypatch.setenv("COMETAPI_BASE_URL", base)
        yield stand_in


def read_account() -> dict[str, Any]:
    """The account of the only run."""
    found: dict[str, Any] = json.loads(_account().read_text("utf-8"))
    return found


def _account() -> Path:
    (path,) = Path("build/live").glob("*/summary.json")
    return path


def test_without_yes_only_the_plan_is_printed(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """Every request with method and path, how often, and what it costs at worst."""
    assert execute("--tier", "free", "--tier", "paid", "--max-calls", "40") == 0
    out = capsys.readouterr().out
    for operation in CONTRACT.operations.values():
        assert f"{operation.method} {operation.path.partition('{')[0]}" in out
    assert "price unknown" in out
    assert "At most: 40 calls, 3 that may be charged; cost: price unknown of 3 calls." in out
    assert out.endswith("Nothing was sent. Add --yes to send the plan.\n")
    assert stand_in.count == 0
    assert not Path("build").exists()
    assert os.environ["COMETAPI_KEY"] == KEY


def test_plan_needs_no_key(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("COMETAPI_KEY", raising=False)
    monkeypatch.delenv("COMETAPI_BASE_URL", raising=False)
    assert execute("--tier", "free") == 0
    assert capsys.readouterr().out.startswith("Plan for https://api.cometapi.com\n")


def test_plan_adds_prices_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Two songs for 0.1 and a persona for 0.01 are 0.21; the looks are free."""
    prices = ("--price", "submitMusic=0.10", "--price", "createPersona=0.01")
    assert execute("--tier", "paid", "--max-cost", "0.50", *prices) == 0
    assert "3 that may be charged; cost: 0.21." in capsys.readouterr().out


def test_free_tier_spends_nothing(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute("--tier", "free", *QUICK) == 0
    out = capsys.readouterr().out
    assert f"Sent: {stand_in.count} of at most {stand_in.count} calls" in out
    assert "Spent, at most: 0." in out
    assert "Ended: the plan was sent to its end." in out
    assert read_account()["complete"] is True
    assert stand_in.gateway.state.accounts[KEY].balance == stand_in.gateway.settings.credits


def test_workflow_is_charged_three_times(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute("--tier", "paid", "--max-calls", "200", *QUICK) == 0
    assert [each.operation for each in stand_in.gateway.exchanges] == [
        "submitMusic", "fetchTask", "createPersona", "submitMusic", "fetchTask",
    ]  # fmt: skip
    assert read_account()["spent"] == {"known": "0", "calls_of_unknown_price": 3}
    assert [line.split()[0] for line in read_account()["reached"]] == ["task", "clip", "persona", "task", "clip"]
    assert "Created: persona " in capsys.readouterr().out


def test_true_ids_are_only_in_the_private_folder(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """The summary has the pseudonyms of the recordings; the account with the ids is in the private folder."""
    assert execute("--tier", "paid", "--max-calls", "200", *QUICK) == 0
    out = capsys.readouterr().out
    (private,) = [each for each in find_state_folder().glob("live/*/") if str(each) in out]
    true, shown = (json.loads(each.read_text("utf-8"))["reached"] for each in (private / "summary.json", _account()))
    ids = [next(word for word in line.replace(",", "").split() if len(word) == 36) for line in true]
    assert len(ids) == len(shown) == 5
    assert ids[2].encode() in next(private.glob("*createPersona*")).read_bytes()
    written = [out, *(path.read_text("utf-8") for path in Path("build").rglob("*") if path.is_file())]
    assert not [each for each in ids if any(each in text for text in written)]
    pseudonym = shown[2].split()[1]
    assert pseudonym in next(Path("build/live").glob("*/recordings/*createPersona*")).read_text("utf-8")
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", KINDS)
def test_summary_keeps_no_content(kind: str) -> None:
    """What the service says of a failed step comes from there too."""
    secret = KINDS[kind]
    summary = RunSummary(
        date="2026-11-27T10:00:00Z",
        base_url="http://127.0.0.1",
        calls=[],
        max_calls=1,
        ended="a step of the plan failed",
        complete=False,
        created=[f"persona {secret}"],
        failures=[f"song: BadRequestError: no {secret} (request id: {secret})"],
        folder=Path("build"),
    ).sanitize(Sanitizer())
    assert not find_remains(secret, f"{summary.render()}{summary.gap}{json.dumps(summary.as_json())}")
    assert summary.created[0].startswith("persona ")


def test_read_tier_reads_the_given_ids(stand_in: StandIn) -> None:
    task, clip = "346c5d10-a4a1-4f49-a851-66a7dae6cfaf", "2dd391cd-996b-4843-9738-1aed26f170e4"
    assert execute("--tier", "read", "--task-id", task, "--clip-id", clip, "--only", "getTiming", *QUICK) == 0
    assert [(each.operation, each.status) for each in stand_in.gateway.exchanges] == [("getTiming", 200)]


@pytest.mark.parametrize("cap", [1, 3])
def test_cap_on_calls_ends_the_run(cap: int, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute("--tier", "free", "--tier", "paid", "--max-calls", str(cap), *QUICK) == 3
    assert stand_in.count == cap == read_account()["sent"]
    assert f"Ended: the cap of {cap} calls is reached." in capsys.readouterr().out


def test_cap_on_cost_ends_the_run(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """A song for 0.1 and a persona for 0.01 fit into 0.15; a second song does not."""
    prices = ("--price", "submitMusic=0.1", "--price", "createPersona=0.01")
    assert execute("--tier", "paid", "--max-cost", "0.15", *prices, *QUICK) == 3
    assert [each.operation for each in stand_in.gateway.exchanges] == ["submitMusic", "fetchTask", "createPersona"]
    assert read_account()["spent"] == {"known": "0.11", "calls_of_unknown_price": 0}
    assert read_account()["max_cost"] == "0.15"
    assert "Spent, at most: 0.11 (cap: 0.15)." in capsys.readouterr().out


def test_unanswered_paid_call_is_not_repeated(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    stand_in.gateway.faults.add("reset=after; operation=createPersona")
    assert execute("--tier", "paid", "--max-calls", "200", *QUICK) == 3
    assert [each.operation for each in stand_in.gateway.exchanges].count("createPersona") == 1
    out = capsys.readouterr().out
    assert "No response: call 3, createPersona (private persona of the song)" in out
    assert "Failed: private persona of the song: OutcomeUnknownError" in out
    assert "Spent, at most: price unknown of 2 calls." in out


@pytest.mark.slow  # the client waits between its looks
def test_more_polls_than_planned_end_the_run(stand_in: StandIn) -> None:
    """The client goes on waiting while looks fail; the plan does not."""
    stand_in.gateway.faults.add("status=503; operation=fetchTask")
    assert execute("--tier", "paid", "--max-calls", "2", *QUICK) == 3
    assert stand_in.count == 2


def test_unreachable_service_is_reported_once(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMETAPI_BASE_URL", "http://127.0.0.1:1")
    assert execute("--tier", "free", *QUICK) == 3
    out = capsys.readouterr().out
    assert "Sent: 1 of at most" in out
    assert "Ended: the service cannot be reached: ConnectError" in out
    assert stand_in.count == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_interrupt_leaves_complete_files(seed: int, stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(seed)
    number = chance.choice((signal.SIGINT, signal.SIGTERM))
    stand_in.gateway.faults.add(f"delay=0.01; probability=0.5; seed={seed}")
    at = chance.randrange(1, 34)
    stop, sender = threading.Event(), threading.Thread(target=lambda: _interrupt_at(stand_in, at, number, stop))
    sender.start()
    try:
        status = execute("--tier", "free", "--tier", "paid", "--max-calls", "60", *QUICK)
    finally:
        stop.set()
        sender.join()
    assert status == 128 + number
    given, (folder,) = read_account(), Path("build/live").iterdir()
    assert given["sent"] == stand_in.count == sum(call["answered"] for call in given["calls"])
    assert [exchange.id.split(".")[1] for exchange in recordings.read_recordings(folder / RECORDINGS)] == [
        f"{call['call']:04}" for call in given["calls"]
    ]
    assert read_journal(folder).as_json()["calls"] == given["calls"]
    assert not list(folder.rglob("*.new"))
    assert f"Sent: {stand_in.count} of at most 60 calls" in capsys.readouterr().out


@pytest.mark.parametrize("number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM])
def test_interrupted_process_prints_its_summary(number: signal.Signals, stand_in: StandIn, tmp_path: Path) -> None:
    """The answer that is on its way is waited for; a second signal gives it up, and says that it is unknown."""
    stand_in.gateway.faults.add("delay=20; nth=4")
    with started("--base-url", os.environ["COMETAPI_BASE_URL"], "--tier", "free", *QUICK, cwd=tmp_path) as child:
        _wait_for(stand_in, 4, child.poll)
        child.send_signal(number)
        assert child.stdout is not None
        while "Interrupt again" not in child.stdout.readline():
            assert child.poll() is None
        child.send_signal(number)
        result = ended(child)
    assert result.status == 128 + number
    assert result.err == ""
    assert f"Ended: interrupted by {number.name}." in result.out
    assert "No response: call 4, createPersona (bad key, broken JSON): abandoned" in result.out
    assert stand_in.count == 4


def test_killed_process_leaves_its_journal(
    stand_in: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SIGKILL cannot be caught; what was on its way is known to have been sent all the same."""
    stand_in.gateway.faults.add("delay=20; nth=3")
    with started("--base-url", os.environ["COMETAPI_BASE_URL"], "--tier", "free", *QUICK, cwd=tmp_path) as child:
        _wait_for(stand_in, 3, child.poll)
        child.kill()
        ended(child)
    (folder,) = (tmp_path / "build" / "live").iterdir()
    assert execute("--judge", str(folder)) == 3
    out = capsys.readouterr().out
    assert "Sent: 3 calls." in out
    assert "Ended: unknown: the journal has no end, so the run was killed." in out
    assert "No response: call 3, createPersona" in out
    assert len(recordings.read_recordings(folder / RECORDINGS)) == 2


def test_early_signal_sends_nothing(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It comes while the plan is printed."""

    def render(_: LivePlan) -> str:
        os.kill(os.getpid(), signal.SIGINT)
        return "the plan"

    monkeypatch.setattr(LivePlan, "render", render)
    assert execute("--tier", "free", *QUICK) == 130
    assert stand_in.count == 0
    assert "Ended: interrupted by SIGINT." in capsys.readouterr().out


def test_proxy_listens_on_loopback_during_the_run(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    stand_in.gateway.faults.add("delay=0.2")
    heard, before = list[str](), threading.active_count()

    def listen() -> None:
        _wait_for(stand_in, 1, lambda: None)
        heard.extend(_listening(port))

    listener = threading.Thread(target=listen)
    listener.start()
    assert execute("--tier", "free", "--only", "fetchTask", "--port", str(port), *QUICK) == 0
    listener.join()
    assert heard == ["127.0.0.1"]
    assert threading.active_count() == before
    assert _listening(port) == []


def test_each_run_has_its_folder(stand_in: StandIn) -> None:
    assert execute("--tier", "free", "--only", "fetchTask", *QUICK) == 0
    os.environ["COMETAPI_KEY"] = KEY
    assert execute("--tier", "free", "--only", "fetchTask", *QUICK) == 0
    folders = sorted(Path("build/live").iterdir())
    assert len(folders) == 2
    assert all((folder / JOURNAL).is_file() for folder in folders)


def _interrupt_at(stand_in: StandIn, count: int, number: signal.Signals, stop: threading.Event) -> None:
    """Send a signal to this process as soon as so many requests have reached the stand-in."""
    while stand_in.count < count and not stop.wait(0.0005):
        pass
    if not stop.is_set():
        os.kill(os.getpid(), number)


def _wait_for(stand_in: StandIn, count: int, ended: Any) -> None:
    pause = threading.Event()
    while stand_in.count < count:
        assert ended() is None
        pause.wait(0.01)


def _listening(port: int) -> list[str]:
    """The IPv4 and IPv6 addresses of this machine on which somebody listens on a port."""
    found: list[str] = []
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            address, state = line.split()[1], line.split()[3]
            if address.endswith(f":{port:04X}") and state == "0A":
                raw = bytes.fromhex(address.partition(":")[0])
                found.append(socket.inet_ntoa(raw[::-1]) if table == "tcp" else raw.hex())
    return found
