"""The commands of CONTRIBUTING.md print what the page shows."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.tests.repository.console_blocks import CONTRIBUTING, normalize, parse_commands, run_command
from scripts.tests.repository.scratch_clone import ROOT, ScratchClone


def test_commands_and_output_are_separated() -> None:
    assert parse_commands("```console\n$ a\nx\ny\n$ b\n```\nwords\n```console\n$ c | d\nz\n```\n") == [
        ("a", "x\ny\n"),
        ("b", ""),
        ("c | d", "z\n"),
    ]


def test_command_of_several_lines_is_one() -> None:
    assert parse_commands("```console\n$ cat <<END\n> x\n> END\nx\n```\n") == [("cat <<END\n> x\n> END", "x\n")]


@pytest.fixture(scope="module")
def shared_clone(tmp_path_factory: pytest.TempPathFactory) -> ScratchClone:
    return ScratchClone(tmp_path_factory.mktemp("walkthrough"))


@pytest.fixture
def clone(shared_clone: ScratchClone) -> ScratchClone:
    """A clone without the edits of another test."""
    shared_clone.git("checkout", "--quiet", ".")
    shared_clone.git("clean", "--quiet", "--force", "-d")
    return shared_clone


@pytest.mark.slow
def test_walkthrough_prints_what_the_page_shows(clone: ScratchClone) -> None:
    for command, output in parse_commands(CONTRIBUTING.read_text("utf-8")):
        assert normalize(run_command(clone, command)) == normalize(output), command


@pytest.mark.slow
def test_next_step_runs_as_printed(clone: ScratchClone, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict ends with a command: each of its kinds is run by a shell as it is printed."""
    # The environment of the clone is complete, and its interpreter is this one.
    monkeypatch.setenv("MAKEFLAGS", f"-- RUN={sys.executable}")
    (clone.root / ".venv").mkdir()
    for name in (".uv", ".dev"):
        (clone.root / ".venv" / name).touch()
    make_recording = next(
        command for command, _ in parse_commands(CONTRIBUTING.read_text("utf-8")) if "> build/seen.json" in command
    )
    (clone.root / "build").mkdir(exist_ok=True)
    assert clone.command(make_recording).returncode == 0
    recorded = _find_next(clone.command("make verify TARGET=build/seen.json").stdout)
    assert recorded.startswith("make apply-overlay ")
    applied = clone.command(recorded)
    assert (applied.returncode, applied.stderr) == (0, "")
    assert "+        mood:" in clone.git("diff", "openapi/suno.yaml")

    test = f"{Path(__file__).relative_to(ROOT).as_posix()}::test_command_of_several_lines_is_one"
    failure: dict[str, Any] = {"test": test, "question": "q", "operations": [], "message": "m", "file": "f", "line": 1}
    results: dict[str, Any] = {"questions": [], "results": [], "failures": [failure]}
    (clone.root / "build" / "results.json").write_text(json.dumps(results), "utf-8")
    failed = clone.command("make verify TARGET=recorded VERIFY='--suite-results build/results.json'")
    assert failed.returncode == 2
    assert "\nExit status: 1, broken.\n" in failed.stdout
    again = clone.command(_find_next(failed.stdout))
    assert (again.returncode, "1 passed" in again.stdout) == (0, True), again.stdout

    plan = clone.command(_find_next(clone.command("make verify").stdout))
    assert plan.returncode == 0
    assert plan.stdout.endswith("Nothing was sent. Add --yes to send the plan.\n")
    assert sorted(each.name for each in (clone.root / ".venv").iterdir()) == [".dev", ".uv"]


def _find_next(output: str) -> str:
    return next(line.removeprefix("Next: ") for line in output.splitlines() if line.startswith("Next: "))
