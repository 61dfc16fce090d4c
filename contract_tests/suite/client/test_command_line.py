"""The command line: every operation is a command, wrong input is one line, each kind of error has its exit status."""

from __future__ import annotations

import errno
import io
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cometapi_suno._cli import EXIT_STATUSES, build_command_line, run_command_line
from cometapi_suno._cli_commands import COMMANDS
from cometapi_suno._cli_output import print_fields
from cometapi_suno._cli_types import CliArgument, CliCommand
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, PERSONA, Gateway
from cometapi_suno_mock.faults import Fault
from cometapi_suno_mock.settings import Settings

from scripts.description_file import load
from scripts.openapi_document import walk_operations

README = Path(__file__).resolve().parents[3] / "README.md"
Run = Callable[..., tuple[int, str, str]]


class FullDisk(io.StringIO):
    """Standard output on a disk without space."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.fixture
def suno_mock() -> Gateway:
    return Gateway(settings=Settings(polls=0))


@pytest.fixture
def suno_mock_url(suno_mock: Gateway) -> Iterator[str]:
    with suno_mock.serve() as url:
        yield url


@pytest.fixture
def run(suno_mock_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    monkeypatch.setenv("COMETAPI_KEY", "sk-mock")
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", "sk-mock")
    monkeypatch.setenv("COMETAPI_BASE_URL", suno_mock_url)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def run_it(*arguments: str) -> tuple[int, str, str]:
        status = run_command_line(list(arguments))
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run_it


def test_every_operation_is_a_command() -> None:
    described = {
        (operation.node["x-sdk"]["resource"], operation.node["x-sdk"]["method"])
        for operation in walk_operations(load().data)
    }
    assert described <= {(command.resource, command.method) for command in COMMANDS}
    assert {command.method for command in COMMANDS} >= {"wait", "watch", "create_from_song", "with_persona"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: f"{command.resource}.{command.method}")
def test_help_says_what_a_call_costs(command: CliCommand, run: Run) -> None:
    status, out, err = run(command.resource, command.method.replace("_", "-"), "--help")
    assert (status, err) == (0, "")
    assert ("--yes" in out) == (command.billing != "free")
    assert "--json" in out


def test_json_is_the_result_as_it_came(run: Run, suno_mock_url: str) -> None:
    status, out, err = run("tasks", "get", FINISHED_TASK, "--json")
    assert (status, err) == (0, "")
    answer = httpx.get(f"{suno_mock_url}/suno/fetch/{FINISHED_TASK}", headers={"Authorization": "Bearer sk-mock"})
    assert list(json.loads(out).items()) == list(answer.json()["data"].items())


def test_table_fits_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    status, out, _ = run("tasks", "get", FINISHED_TASK)
    assert status == 0
    assert FINISHED_TASK in out
    assert FINISHED_CLIP in out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out


def test_submit_wait_and_use_the_result(run: Run) -> None:
    status, out, err = run("music", "submit", "--prompt", "la la", "--mv", "chirp-auk", "--yes")
    assert status == 0
    task = out.strip()
    assert f"cometapi-suno tasks wait {task}" in err
    status, out, err = run("tasks", "wait", task, "--json")
    assert status == 0
    assert f"{task} SUCCESS" in err
    clip = json.loads(out)["data"][0]["id"]
    arguments = ("--name", "N", "--description", "D", "--root-clip-id", clip, "--clips", clip, "--is-public", "--yes")
    status, out, _ = run("personas", "create", *arguments, "--json")
    assert status == 0
    assert json.loads(out)["root_clip_id"] == clip


def test_song_persona_and_songs_with_it(run: Run) -> None:
    about = ("--name", "N", "--description", "D", "--no-is-public")
    status, out, _ = run("personas", "create-from-song", "--prompt", "la", *about, "--yes", "--json")
    assert status == 0
    made = json.loads(out)
    assert made["persona"]["name"] == "N"
    persona = ("--persona", made["persona"]["id"], "--artist-clip-id", made["clip"]["id"])
    words = ("--prompt", "la", "--title", "Again", "--tags", "pop")
    status, out, _ = run("music", "with-persona", *persona, *words, "--yes", "--json")
    assert status == 0
    sung = json.loads(out)
    assert [clip["metadata"]["persona_id"] for clip in sung["clips"]] == [made["persona"]["id"]] * 2
    resume = ("--resume", sung["task"]["task_id"], "--yes", "--json")
    status, again, _ = run("music", "with-persona", *persona, *words, *resume)
    assert (status, json.loads(again)["clips"]) == (0, sung["clips"])


class Terminal(io.StringIO):
    """Standard input on a terminal."""

    def isatty(self) -> bool:
        return True


def test_no_is_no_interrupt(run: Run, suno_mock: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    status, out, err = run("lyrics", "submit", "--prompt", "x")
    assert (status, out) == (2, "")
    assert "lyrics submit is not confirmed; nothing was sent." in err
    assert not suno_mock.exchanges


def test_number_that_is_no_time_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields({"charged_at": 1e300})
    assert capsys.readouterr().out.split() == ["charged_at", "1e+300"]


@pytest.mark.parametrize("folder", ["file", "file/songs"])
def test_unusable_folder_is_one_line(folder: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    status, out, err = run("clips", "save-all", FINISHED_TASK, str(tmp_path / folder))
    assert (status, out) == (5, "")
    assert err.startswith(f"cometapi-suno: {tmp_path / folder}: ")
    assert len(err.splitlines()) == 1


def test_task_is_named_although_the_disk_is_full(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", FullDisk())
    status, _, err = run("music", "submit", "--prompt", "la la", "--mv", "chirp-auk", "--yes")
    assert status == 5
    assert "cometapi-suno tasks wait " in err
    assert err.endswith("cometapi-suno: No space left on device\n")


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_closed_stream_is_no_error(name: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python sets a stream to None that the caller has closed."""
    monkeypatch.setattr(sys, name, None)
    assert run("tasks", "get", FINISHED_TASK, "--json")[0] == 0
    assert run("lyrics", "submit", "--prompt", "x")[0] == 2
    getattr(sys, name).close()


def test_lost_answer_names_the_command(run: Run, suno_mock: Gateway) -> None:
    suno_mock.faults.add("reset=after")
    status, _, err = run("lyrics", "submit", "--prompt", "x", "--yes")
    assert status == 3
    assert "look for its result: cometapi-suno account reconcile." in err
    assert ".." not in err


WRONG = {
    "no-command": ((), 2, "Usage"),
    "unknown-resource": (("songs",), 2, "No such command 'songs'"),
    "unknown-command": (("music", "make"), 2, "No such command 'make'"),
    "unknown-option": (("tasks", "get", "1", "--verbose"), 2, "No such option"),
    "missing-argument": (("tasks", "get"), 2, "Missing argument 'TASK_ID'"),
    "too-many-arguments": (("tasks", "get", "1", "2"), 2, "unexpected extra argument"),
    "missing-option": (("personas", "create", "--yes"), 2, "Missing option"),
    "nothing-to-make": (("music", "submit", "--yes"), 2, "Something is missing"),
    "half-an-infill": (("music", "submit", "--infill-start-s", "1", "--yes"), 2, "--infill-end-s"),
    "excluding": (
        ("music", "submit", "--persona-id", "1", "--infill-start-s", "1", "--yes"),
        2,
        "cannot be used together",
    ),
    "ambiguous": (("music", "submit", "--task-id", "1", "--continue-clip-id", "2", "--yes"), 2, "--stem-task"),
    "wrong-number": (("tasks", "wait", "1", "--timeout", "long"), 2, "not a valid float"),
    "negative-timeout": (("tasks", "wait", "1", "--timeout", "-1"), 2, "above 0"),
    "endless-time": (("account", "charges", "--until", "inf"), 2, "until is inf"),
    "no-time": (("account", "tasks", "--since", "nan"), 2, "since is nan"),
    "negative-limit": (("account", "tasks", "--limit", "-1"), 2, "--limit"),
    "huge-limit": (("account", "charges", "--limit", "9" * 20), 2, "--limit"),
    "wrong-choice": (("tasks", "list", "--ids", "1", "--action", "SONG"), 2, "'SONG' is not one of"),
    "wrong-json": (("music", "submit", "--continue-at", "{", "--yes"), 2, "--continue-at"),
    "not-confirmed": (("lyrics", "submit", "--prompt", "x"), 2, "Add --yes"),
    "base-url": (("tasks", "get", "1", "--base-url", "nowhere"), 2, "not an absolute http(s) URL"),
    "mock-and-base-url": (("tasks", "get", "1", "--base-url", "http://127.0.0.1:1", "--mock"), 2, "exclude each other"),
    "empty-id": (("tasks", "get", ""), 2, "task_id"),
    "unknown-task": (("tasks", "get", "nothing"), 4, "task_not_exist"),
    "unknown-clip": (("clips", "timing", "nothing", "--yes"), 1, "clips.timing: 400"),
    "no-connection": (("tasks", "get", "1", "--base-url", "http://127.0.0.1:1"), 5, "no connection was made"),
    "persona-without-mv": (
        ("music", "submit", "--persona-id", PERSONA, "--prompt", "x", "--yes"),
        2,
        "Something is missing",
    ),
    "persona-with-another-mv": (
        (
            "music",
            "with-persona",
            *(f"--{each}=x" for each in ["persona", "artist-clip-id", "prompt", "tags", "title"]),
            "--mv",
            "chirp-hawk",
            "--yes",
        ),
        2,
        "mv is 'chirp-hawk'",
    ),
    "unknown-shell": (("completion", "powershell"), 2, "is not one of"),
}


@pytest.mark.parametrize(("arguments", "status", "message"), WRONG.values(), ids=WRONG)
def test_wrong_input_says_what_to_do(arguments: tuple[str, ...], status: int, message: str, run: Run) -> None:
    found, out, err = run(*arguments)
    assert found == status, err
    assert message in " ".join((out + err).split())
    assert "Traceback" not in err
    assert "sk-mock" not in out + err


TEXTS = {  # what is given, what is in the file or in the standard input, and what is sent
    "file": ("@song.txt", "[Verse]\nla\n", "[Verse]\nla"),
    "lines of windows": ("@song.txt", "a\r\nb\r\n", "a\r\nb"),
    "byte order mark": ("@song.txt", "\ufeffla", "la"),
    "standard input": ("-", "[Verse]\nla\n\n", "[Verse]\nla\n"),
    "standard input, as curl has it": ("@-", "la", "la"),
    "literal": ("@@home", "", "@home"),
    "minus within": ("- la", "", "- la"),
    "at within": ("la @home", "", "la @home"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_comes_from_a_file_or_standard_input(
    name: str, run: Run, suno_mock: Gateway, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given, content, sent = TEXTS[name]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "song.txt").write_bytes(content.encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
    status, _, err = run("lyrics", "submit", "--prompt", given, "--yes")
    assert status == 0, err
    assert json.loads(list(suno_mock.exchanges)[-1].sent)["prompt"] == sent


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("@missing.txt", "--prompt @missing.txt: No such file or directory. Write @@ for a text that begins with @."),
        ("@.", "--prompt @.: Is a directory."),
        ("@latin.txt", "--prompt @latin.txt: latin.txt is not UTF-8."),
        ("@", "--prompt @: Is a directory."),
    ],
)
def test_unreadable_text_is_one_line(
    given: str, message: str, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "latin.txt").write_bytes("für".encode("latin-1"))
    status, out, err = run("lyrics", "submit", "--prompt", given, "--yes")
    assert (status, out) == (2, "")
    assert message in err


def test_help_says_how_to_read_a_text_from_a_file(run: Run) -> None:
    for command in (("lyrics", "submit"), ("music", "submit"), ("personas", "create")):
        assert "@FILE" in run(*command, "--help")[1]
    assert "@FILE" not in run("tasks", "get", "--help")[1]


@pytest.mark.parametrize(
    ("fault", "status"),
    [(Fault(status=500), 3), (Fault(status=403), 1), (Fault(reset="after"), 3)],
    ids=["server-error", "refused", "reset"],
)
def test_exit_status_of_a_paid_call(fault: Fault, status: int, run: Run, suno_mock: Gateway) -> None:
    suno_mock.faults.add(fault)
    found, out, err = run("lyrics", "submit", "--prompt", "x", "--yes")
    assert (found, out) == (status, ""), err
    assert err.startswith("cometapi-suno: lyrics.submit")
    assert err.count("\n") == 1


def test_missing_key_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_KEY")
    status, out, err = run("tasks", "get", "1")
    assert (status, out) == (2, "")
    assert "COMETAPI_KEY" in err


def test_mock_keeps_its_state_between_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_KEY")
    monkeypatch.delenv("COMETAPI_BASE_URL")
    status, out, _ = run("music", "submit", "--prompt", "la", "--mock")
    assert status == 0
    status, out, _ = run("tasks", "wait", out.strip(), "--mock", "--json")
    assert status == 0
    assert len(json.loads(out)["data"]) == 2


REQUIRED = [(command, each) for command in COMMANDS for each in command.arguments if each.required]
SAMPLES = {"string": "x", "integer": "1", "number": "1", "json": "[]", "file": __file__, "boolean": ""}


@pytest.mark.parametrize(("command", "missing"), REQUIRED, ids=lambda each: getattr(each, "method", None) or each.name)
def test_missing_argument_is_named(command: CliCommand, missing: CliArgument, run: Run, suno_mock: Gateway) -> None:
    given: list[str] = []
    left_out = command.arguments[command.arguments.index(missing) :] if missing.positional else (missing,)
    for each in command.arguments:
        if each.required and each not in left_out:
            flag = [] if each.positional else [f"--{each.name.replace('_', '-')}"]
            given += [*flag, *filter(None, [each.choices[0] if each.choices else SAMPLES[each.kind]])]
    yes = ["--yes"] if command.billing != "free" else []
    status, out, err = run(command.resource, command.method.replace("_", "-"), *given, *yes)
    assert (status, out) == (2, "")
    assert re.search(rf"Missing (argument|option) '-{{0,2}}{missing.name.replace('_', '[-_]')}", err, re.IGNORECASE)
    assert not suno_mock.exchanges


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str, run: Run) -> None:
    status, out, _ = run("completion", shell)
    assert status == 0
    assert "_COMETAPI_SUNO_COMPLETE" in out


def test_commands_are_completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("_COMETAPI_SUNO_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "cometapi-suno tasks ")
    monkeypatch.setenv("COMP_CWORD", "2")
    with pytest.raises(SystemExit):
        run_command_line([])
    assert {"plain,get", "plain,wait", "plain,watch"} <= set(capsys.readouterr().out.split())


def test_importing_the_client_does_not_load_the_command_line() -> None:
    code = "import sys, cometapi_suno; cometapi_suno.SunoClient; print({'click', 'rich'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['click'] = None; from cometapi_suno.__main__ import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "cometapi-suno[cli]" in done.stderr
    assert "Traceback" not in done.stderr


def test_group_names_are_kebab_case() -> None:
    names = [name for group in build_command_line().commands.values() for name in getattr(group, "commands", {})]
    assert "create-from-song" in names
    assert not [name for name in names if "_" in name]


def test_readme_commands_run_as_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_KEY")
    monkeypatch.delenv("COMETAPI_BASE_URL")
    block = re.search(
        r"<!-- commands: song-and-persona -->\n```console\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert block
    known: dict[str, str] = {}
    out = ""
    for line in block[1].splitlines():
        words = [known.get(word, word) for word in shlex.split(line.removeprefix("$ cometapi-suno "))]
        status, out, err = run(*words, *(["--json"] if "wait" in words else []))
        assert status == 0, err
        if "submit" in words:
            known["TASK_ID"] = out.strip()
        elif "wait" in words:
            known["CLIP_ID"] = json.loads(out)["data"][0]["id"]
    assert "Ada" in out


def test_readme_names_every_exit_status() -> None:
    table = set(re.findall(r"^\| (\d+) \|", README.read_text("utf-8"), re.MULTILINE))
    assert table == {"0", "1", "2", "130", *(str(status) for _, status in EXIT_STATUSES)}
