"""What CONTRIBUTING.md says that its commands print is what they print."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.tests.repository.scratch_clone import Scratch
from scripts.tests.repository.walkthrough import CONTRIBUTING, printed, settled, steps


def test_commands_and_their_output_are_told_apart() -> None:
    assert steps("```console\n$ a\nx\ny\n$ b\n```\nwords\n```console\n$ c | d\nz\n```\n") == [
        ("a", "x\ny\n"),
        ("b", ""),
        ("c | d", "z\n"),
    ]


def test_a_command_of_several_lines_is_one() -> None:
    assert steps("```console\n$ cat <<END\n> x\n> END\nx\n```\n") == [("cat <<END\n> x\n> END", "x\n")]


@pytest.mark.slow
def test_the_walk_through_prints_what_it_says(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    for command, output in steps(CONTRIBUTING.read_text("utf-8")):
        assert settled(printed(scratch, command)) == settled(output), command
