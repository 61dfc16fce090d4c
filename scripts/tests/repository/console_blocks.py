"""The commands in the console blocks of CONTRIBUTING.md, with the output that the page shows."""

from __future__ import annotations

import re
from pathlib import Path

from scripts.tests.repository.scratch_clone import ROOT, ScratchClone

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def parse_commands(text: str) -> list[tuple[str, str]]:
    """Return each command and the output that is shown for it, in the order of the page."""
    parts = [part for block in _BLOCK.findall(text) for part in re.split(r"^\$ ", block, flags=re.MULTILINE) if part]
    found: list[tuple[str, str]] = []
    for part in parts:
        command, _, output = part.partition("\n")
        while output.startswith("> "):  # the shell's prompt for more lines
            line, _, output = output.partition("\n")
            command += f"\n{line}"
        found.append((command, output))
    return found


def run_command(clone: ScratchClone, command: str) -> str:
    """Run a command of the page and return its output, errors included."""
    done = clone.command(command.replace("\n> ", "\n"))
    return done.stdout + done.stderr


def normalize(output: str) -> str:
    """Replace what changes from day to day: lines, counts, dates and versions."""
    return re.sub(r"\d+", "N", re.sub(r"[+-]+$", "", output, flags=re.MULTILINE)).strip()


def update_page(folder: Path) -> None:
    """Write into the page what its commands print now."""
    clone, text = ScratchClone(folder), CONTRIBUTING.read_text("utf-8")
    done = ""
    for command, output in parse_commands(text):
        before, _, text = text.partition(f"$ {command}\n{output}")
        done += f"{before}$ {command}\n{run_command(clone, command)}"
    CONTRIBUTING.write_text(done + text, "utf-8")
