"""The commands of CONTRIBUTING.md with what they print."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.tests.repository.scratch_clone import ROOT, Scratch

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def steps(text: str) -> list[tuple[str, str]]:
    """(command, what is said to be printed), in the order of the page."""
    parts = [part for block in _BLOCK.findall(text) for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    found: list[tuple[str, str]] = []
    for part in parts:
        command, _, output = part.partition("\n")
        while output.startswith("> "):  # the shell asks for more
            line, _, output = output.partition("\n")
            command += f"\n{line}"
        found.append((command, output))
    return found


def printed(scratch: Scratch, command: str) -> str:
    """What a command prints, errors included."""
    done = scratch.command(command.replace("\n> ", "\n"))
    return done.stdout + done.stderr


def settled(output: str) -> str:
    """Without what changes from day to day: lines, counts, dates and versions."""
    return re.sub(r"\d+", "N", re.sub(r"[+-]+$", "", output, flags=re.MULTILINE)).strip()


def fill(folder: Path) -> None:
    """Write into the page what its commands print now."""
    scratch, text = Scratch(folder), CONTRIBUTING.read_text("utf-8")
    done = ""
    for command, output in steps(text):
        before, _, text = text.partition(f"$ {command}\n{output}")
        done += f"{before}$ {command}\n{printed(scratch, command)}"
    CONTRIBUTING.write_text(done + text, "utf-8")
