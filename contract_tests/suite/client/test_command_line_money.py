"""Money on the command line: the account, limits and the journal, downloads, and commands that are interrupted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest
from cometapi_suno import AsyncSunoClient, Journal, SunoClient
from cometapi_suno._cli import run_command_line
from cometapi_suno._cli_commands import COMMANDS
from cometapi_suno_mock import Gateway
from cometapi_suno_mock.http_messages import HttpRequest, Reply, json_reply
from cometapi_suno_mock.settings import Settings

from contract_tests.suite.support import secret_leaks
from scripts.generator.extensions import EXTENSIONS

KEY, TOKEN = "sk-cli-money", "token-cli-money"
SONG = ("music", "submit", "--prompt", "[Verse] la", "--title", "La", "--mv", "chirp-auk", "--yes")
PERSONA = ("personas", "create-from-song", "--prompt=la", "--name=N", "--description=D", "--no-is-public", "--yes")
AGO = 1_000  # seconds: more than the log needs to be complete
Point = Literal["before", "after", "answered"]
Run = Callable[..., tuple[int, str, str]]


class KillingGateway(Gateway):
    """A gateway that sends a signal to the command that calls it.

    Attributes:
        process: The command.
        path: The path of the call at which it is interrupted.
        point: Before the call is done, after it, or after its answer was sent.
    """

    process: subprocess.Popen[str] | None = None
    path = ""
    point: Point = "before"
    number: signal.Signals = signal.SIGKILL

    def respond(self, request: HttpRequest) -> Reply:
        if self.process is not None:
            self.state.clock.pinned = time.time() - AGO  # by the clock of the call, however slow the command starts
        if self.process is None or request.path != self.path:
            return super().respond(request)
        process, self.process = self.process, None
        reply = None if self.point == "before" else super().respond(request)
        if self.point == "answered" and reply is not None:
            return reply
        process.send_signal(self.number)
        process.wait(20)
        return reply or super().respond(HttpRequest("GET", "/"))


@pytest.fixture
def suno_mock() -> KillingGateway:
    return KillingGateway(settings=Settings(keys=(KEY,), access_tokens=(TOKEN,), polls=0, task_seconds=0))


@pytest.fixture
def suno_mock_url(suno_mock: KillingGateway) -> Iterator[str]:
    with suno_mock.serve() as url:
        yield url


@pytest.fixture
def run(suno_mock_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("COMETAPI_KEY", KEY)
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", TOKEN)
    monkeypatch.setenv("COMETAPI_BASE_URL", suno_mock_url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "80")

    def run_it(*arguments: str) -> tuple[int, str, str]:
        status = run_command_line(list(arguments))
        captured = capsys.readouterr()
        assert KEY not in captured.out + captured.err
        assert TOKEN not in captured.out + captured.err
        return status, captured.out, captured.err

    return run_it


def find_journal() -> Path:
    return Path(os.environ["XDG_STATE_HOME"]) / "cometapi-suno" / "calls.journal"


@pytest.mark.parametrize("resource", EXTENSIONS)
def test_methods_of_extensions_are_commands(resource: str) -> None:
    made = {command.method for command in COMMANDS if command.resource == resource}
    assert made >= set(EXTENSIONS[resource].methods)


def test_every_public_method_is_reachable() -> None:
    """What a client can do, the command line can, except what only Python has a use for."""
    names = {"personas", "lyrics", "music", "uploads", "tasks", "clips", "account"}
    python_only = {"with_raw_response", "wait_all", "iter_events"}
    made = {(command.resource, command.calls or command.method) for command in COMMANDS}
    for client in (SunoClient, AsyncSunoClient):
        for resource in names:
            methods = {name for name in dir(getattr(client, resource)) if not name.startswith("_")} - python_only
            assert {(resource, name) for name in methods} <= made


def test_no_option_takes_a_secret() -> None:
    from cometapi_suno._cli import build_command_line

    for group in build_command_line().commands.values():
        for command in getattr(group, "commands", {}).values():
            options = {name for each in command.params for name in each.opts}
            assert not options & {"--key", "--api-key", "--access-token", "--token", "--password", "--secret"}


def test_account_shows_what_a_song_cost(run: Run) -> None:
    """The description says 0.144 US dollars for a song: 72,000 quota units of 500,000 to a dollar."""
    task = run(*SONG)[1].strip()
    status, out, err = run("account", "tasks")
    assert (status, err) == (0, "")
    assert task in out
    assert "0.144" in out
    assert max(map(len, out.splitlines())) <= 80
    (row,) = json.loads(run("account", "tasks", "--json")[1])
    assert (row["task_id"], row["cost"], row["row"]["quota"]) == (task, 0.144, 72_000)
    (charge,) = json.loads(run("account", "charges", "--json")[1])
    assert charge["cost"] == 0.144
    assert "0.144" in run("account", "charges")[1]
    balance = json.loads(run("account", "balance", "--json")[1])
    assert (balance["limit"], balance["used"], balance["unlimited"]) == (1000, 0.144, False)
    assert json.loads(run("account", "balance", "--of", "account", "--json")[1])["left"] == 999.856


def test_lists_stop_at_their_limit(run: Run) -> None:
    for _ in range(3):
        run(*SONG)
    status, out, err = run("account", "charges", "--limit", "2", "--json")
    assert (status, len(json.loads(out))) == (0, 2)
    assert "more than 2" in err


def test_times_are_read(run: Run) -> None:
    run(*SONG)
    assert json.loads(run("account", "charges", "--until", "2020-01-01T00:00", "--json")[1]) == []
    assert len(json.loads(run("account", "charges", "--since", str(time.time() - 60), "--json")[1])) == 1
    status, _, err = run("account", "charges", "--since", "yesterday")
    assert status == 2
    assert "--since is 'yesterday'" in err


@pytest.mark.parametrize("command", [("tasks",), ("charges",), ("balance", "--of", "account"), ("user",)])
def test_missing_access_token_is_named(command: tuple[str, ...], run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN")
    status, out, err = run("account", *command)
    assert (status, out) == (2, "")
    assert "COMETAPI_ACCESS_TOKEN" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (("--max-spend", "0.2"), "exceed max_spend"),
        (("--max-paid-calls", "1"), "max_paid_calls is 1"),
        (("--max-spend", "5", "--prices", "music.submit=4.9"), "exceed max_spend"),
    ],
    ids=["spend", "calls", "own-price"],
)
def test_limits_refuse_the_second_song(
    limits: tuple[str, ...], message: str, run: Run, suno_mock: KillingGateway
) -> None:
    assert run(*SONG, *limits)[0] == 0
    status, out, err = run(*SONG, *limits)
    assert (status, out) == (7, "")
    assert message in err
    assert len(suno_mock.exchanges) == 1


def test_unknown_price_is_refused_with_a_limit(run: Run, suno_mock: KillingGateway) -> None:
    command = ("personas", "create", "--root-clip-id", "a", "--clips", "a", "--name", "N", "--description", "D")
    status, _, err = run(*command, "--is-public", "--yes", "--max-spend", "5")
    assert status == 7
    assert "--prices personas.create=" in err
    assert not suno_mock.exchanges
    status, _, err = run(*command, "--is-public", "--yes", "--max-spend", "5", "--prices", "personas.create")
    assert (status, "CALL=USD" in err) == (2, True)


def test_journal_is_on_unless_switched_off(run: Run, tmp_path: Path) -> None:
    run(*SONG, "--no-journal")
    assert not find_journal().exists()
    run("tasks", "list", "--ids", "1", "--action", "MUSIC")
    assert not find_journal().exists()
    task = run(*SONG)[1].strip()
    assert [each.task_id for each in Journal(find_journal()).calls()] == [task]
    other = tmp_path / "mine.journal"
    run(*SONG, "--journal", str(other))
    assert len(Journal(other).calls()) == len(Journal(find_journal()).calls()) == 1


def test_files_of_a_task_are_saved(run: Run, tmp_path: Path) -> None:
    task = run(*SONG)[1].strip()
    status, out, _ = run("clips", "save-all", task, str(tmp_path / "songs"))
    assert status == 0
    assert [Path(line).read_bytes()[:2] for line in out.splitlines()] == [b"\xff\xfb"] * 2
    clip = json.loads(run("tasks", "get", task, "--json")[1])["data"][0]["id"]
    path = str(tmp_path / "one")
    status, out, _ = run("clips", "download", clip, path, "--task-id", task)
    assert (status, out.strip()) == (0, path)
    assert run("clips", "download", clip, path)[0] == 2
    assert run("clips", "download", "other", path, "--task-id", task)[0] == 2
    assert "Add --yes" in run("clips", "download", clip, path, "--kind", "wav")[2]
    assert run("clips", "download", clip, path, "--kind", "wav", "--yes")[0] == 0
    assert Path(path).read_bytes()[:4] == b"RIFF"


def test_everything_is_possible_with_the_mock_alone(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("COMETAPI_KEY", "COMETAPI_ACCESS_TOKEN", "COMETAPI_BASE_URL"):
        monkeypatch.delenv(name)
    task = run(*SONG[:-1], "--mock")[1].strip()
    assert [row["task_id"] for row in json.loads(run("account", "tasks", "--mock", "--json")[1])] == [task]
    assert run("account", "charges", "--mock")[0] == run("account", "balance", "--mock")[0] == 0
    assert run("clips", "save-all", task, str(tmp_path), "--mock")[0] == 0
    status, _, err = run("account", "reconcile", "--mock")
    assert status == 0
    assert f"tasks wait {task}" in err
    assert not find_journal().exists()


def interrupt(
    gateway: KillingGateway, command: tuple[str, ...], path: str, point: Point, number: signal.Signals
) -> str:
    """Run a command that began some time ago, and interrupt it; return what it printed."""
    gateway.path, gateway.point, gateway.number = path, point, number
    arguments = [sys.executable, "-m", "cometapi_suno", *command]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    gateway.process = process
    if point == "answered":
        while awaits_call(gateway) and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert KEY not in out + err
    gateway.state.clock.pinned = None
    with sqlite3.connect(find_journal()) as database:
        database.execute("UPDATE calls SET started = started - ?, ended = ended - ?", (AGO, AGO))
    database.close()
    return out


def awaits_call(gateway: KillingGateway) -> bool:
    return gateway.process is not None


def list_made(gateway: KillingGateway) -> list[str]:
    return [task.id for task in gateway.state.tasks if task.account.key == KEY]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
@pytest.mark.parametrize("point", ["before", "after", "answered"])
def test_reconcile_finishes_an_interrupted_song(
    point: Point, number: signal.Signals, run: Run, suno_mock: KillingGateway
) -> None:
    out = interrupt(suno_mock, SONG, "/suno/submit/music", point, number)
    made = list_made(suno_mock)
    assert len(made) == (0 if point == "before" else 1)
    (entry,) = Journal(find_journal()).calls()
    assert out.strip() in ("", *made)
    assert entry.task_id in (None, *made)
    assert entry.task_id or entry.outcome in ("open", "unknown")
    status, out, err = run("account", "reconcile", "--json")
    assert status == 0, err
    if entry.task_id is None:
        (found,) = json.loads(out)
        assert (found["outcome"], found["task_id"]) == (("charged", made[0]) if made else ("not charged", None))
    if made:
        assert f"tasks wait {made[0]}" in err
        assert json.loads(run("tasks", "wait", made[0], "--json")[1])["status"] == "SUCCESS"
    assert Journal(find_journal()).open_calls() == []
    assert json.loads(run("account", "reconcile", "--json")[1]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("point", ["before", "after"])
def test_reconcile_finishes_an_interrupted_workflow(point: Point, run: Run, suno_mock: KillingGateway) -> None:
    interrupt(suno_mock, PERSONA, "/suno/persona/create", point, signal.SIGKILL)
    (song,) = list_made(suno_mock)
    first, second = Journal(find_journal()).calls()
    assert (first.task_id, second.operation, second.outcome) == (song, "personas.create", "open")
    status, out, err = run("account", "reconcile", "--alone", "--json")
    assert status == 0
    assert [row["outcome"] for row in json.loads(out)] == ["not charged" if point == "before" else "charged"]
    # A persona that was charged would be paid for twice.
    assert (f"repeat that command with --resume {song}" in err) is (point == "before")
    assert (f"--resume {song}" in run("account", "reconcile")[2]) is (point == "before")
    if point == "before":
        assert run(*PERSONA, "--resume", song)[0] == 0
        assert list_made(suno_mock) == [song]


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
@pytest.mark.parametrize("point", ["after", "answered"])
def test_workflow_interrupted_at_its_song_goes_on(point: Point, run: Run, suno_mock: KillingGateway) -> None:
    """`account reconcile` prints what to type, whether the journal has the task or only the account."""
    interrupt(suno_mock, PERSONA, "/suno/submit/music", point, signal.SIGKILL)
    (song,) = list_made(suno_mock)
    status, _, err = run("account", "reconcile")
    assert status == 0
    assert (
        f"If personas create-from-song or music with-persona was interrupted, repeat that command with --resume {song}"
        in err
    )
    assert run(*PERSONA, "--resume", song)[0] == 0
    assert list_made(suno_mock) == [song]


def test_task_without_a_workflow_has_no_resumption(run: Run) -> None:
    assert run("lyrics", "submit", "--prompt", "la", "--yes")[0] == 0
    assert "--resume" not in run("account", "reconcile")[2]


def test_call_is_settled_only_when_the_log_is_complete(run: Run, suno_mock: KillingGateway) -> None:
    """The request id of the answer proves the charge at once, but the task may show later."""
    suno_mock.faults.add("status=500; effect")
    assert run(*SONG)[0] == 3
    suno_mock.faults.clear()
    status, out, err = run("account", "reconcile")
    assert status == 3
    assert "look_again" in out
    assert "Look again" in err
    assert len(Journal(find_journal()).open_calls()) == 1


class EchoingGateway(Gateway):
    """A gateway that refuses every call and quotes its secret in the body and in a header."""

    def respond(self, request: HttpRequest) -> Reply:
        secret = request.headers["authorization"].removeprefix("Bearer ")
        body = {"error": {"message": f"no such key {secret}, {quote(secret, safe='')}", "code": "x"}, "data": [secret]}
        return json_reply(401, "r-1", body)._replace(more={"x-echo": secret})


@pytest.mark.parametrize(
    "command",
    [SONG, ("account", "tasks"), ("account", "balance"), ("account", "user", "--json"), ("account", "charge-page")],
    ids=lambda command: " ".join(command[:2]),
)
def test_echoed_secret_is_printed_and_kept_nowhere(
    command: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv("COMETAPI_KEY", secret_leaks.KEY)
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", secret_leaks.KEY[::-1])
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with EchoingGateway().serve() as url:
        assert run_command_line([*command, "--base-url", url]) == 1
    captured = capsys.readouterr()
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    logged = [each.getMessage() for each in caplog.records if each.name.startswith("cometapi_suno")]
    shown = [captured.out, captured.err, *logged, *(each.decode("latin-1") for each in files)]
    assert "401" in captured.err
    assert secret_leaks.find_leaks(*shown) == []
    token = secret_leaks.KEY[::-1]
    assert not any(token in each or quote(token, safe="") in each for each in shown)


def test_secrets_are_asked_for_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each only when the command needs it, and without an echo."""
    asked: list[tuple[str, bool]] = []

    def prompt(label: str, *, hide_input: bool, **_: object) -> str:
        asked.append((label, hide_input))
        return KEY if "key" in label else TOKEN

    monkeypatch.delenv("COMETAPI_KEY")
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.prompt", prompt)
    assert run("account", "balance")[0] == 0
    assert asked == [("CometAPI key", True)]
    asked.clear()
    assert run("account", "tasks")[0] == 0
    assert asked == [("CometAPI key", True), ("CometAPI access token", True)]
