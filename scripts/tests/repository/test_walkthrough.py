"""The commands of CONTRIBUTING.md print what the page shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.tests.repository.console_blocks import CONTRIBUTING, normalize, parse_commands, run_command
from scripts.tests.repository.scratch_clone import ScratchClone


def test_commands_and_output_are_separated() -> None:
    assert parse_commands("```console\n$ a\nx\ny\n$ b\n```\nwords\n```console\n$ c | d\nz\n```\n") == [
        ("a", "x\ny\n"),
        ("b", ""),
        ("c | d", "z\n"),
    ]


def test_command_of_several_lines_is_one() -> None:
    assert parse_commands("```console\n$ cat <<END\n> x\n> END\nx\n```\n") == [("cat <<END\n> x\n> END", "x\n")]


@pytest.mark.slow
def test_walkthrough_prints_what_the_page_shows(tmp_path: Path) -> None:
    clone = ScratchClone(tmp_path)
    for command, output in parse_commands(CONTRIBUTING.read_text("utf-8")):
        assert normalize(run_command(clone, command)) == normalize(output), command


@pytest.mark.slow
def test_operation_of_the_walkthrough_passes_make(tmp_path: Path) -> None:
    """The commands of "To add an operation" up to the last one, which takes everything back."""
    clone = ScratchClone(tmp_path)
    section = CONTRIBUTING.read_text("utf-8").partition("## To add an operation")[2].partition("\n## ")[0]
    *commands, (last, _) = parse_commands(section)
    assert last.startswith("git checkout")
    for command, _ in commands:
        run_command(clone, command)
    verdict = clone.make("verdict")
    assert "The contract holds" in verdict
    assert re.search(r"^clips\.midi +✔", verdict, re.MULTILINE)
