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
    """With the operation that "To add an operation" adds, the contract holds, until its last command takes all back."""
    clone, page = ScratchClone(tmp_path), CONTRIBUTING.read_text("utf-8")
    section = page.partition("## To add an operation")[2].partition("\n## ")[0]
    *_, (takes_back, _) = parse_commands(section)
    assert takes_back.startswith("git checkout")
    verdicts: list[str] = []
    for command, output in parse_commands(page):
        if command == takes_back:
            verdicts.append(clone.make("verdict"))
        assert normalize(run_command(clone, command)) == normalize(output), command
    (verdict,) = verdicts
    assert "The contract holds" in verdict
    assert re.search(r"^clips\.midi +✔", verdict, re.MULTILINE)
