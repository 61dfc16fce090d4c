"""The command as a user starts it, in another process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from attrs import frozen

from contract_tests.suite.support.secret_leaks import KEY

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 60


@frozen
class Ended:
    """What a command came to.

    Attributes:
        status: Its exit status.
        out: What it printed.
        err: What it complained of.
    """

    status: int
    out: str
    err: str


def environment(key: str | None = KEY, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of a command."""
    paths = os.pathsep.join(str(ROOT / each) for each in ("", "generated", "contract_tests"))
    found = {name: value for name, value in os.environ.items() if not name.startswith("COMETAPI")}
    found |= {"PYTHONPATH": paths, **(more or {})}
    return found if key is None else found | {"COMETAPI_KEY": key}


@contextmanager
def started(
    *arguments: str, cwd: Path, key: str | None = KEY, more: Mapping[str, str] | None = None
) -> Generator[subprocess.Popen[str]]:
    """Start the command and yield its process; kill it when the block is left before its end."""
    command = [
        sys.executable,
        "-W",
        "default::ResourceWarning",
        "-m",
        "contract_tests.verifier",
        "--target",
        "live",
        *arguments,
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=cwd, env=environment(key, more), stdout=pipe, stderr=pipe, text=True) as child:
        try:
            yield child
        finally:
            if child.poll() is None:
                child.kill()


def ended(child: subprocess.Popen[str]) -> Ended:
    """Wait for the end of the command and return its exit status and output."""
    out, err = child.communicate(timeout=PATIENCE)
    return Ended(child.returncode, out, err)


def run(*arguments: str, cwd: Path, key: str | None = KEY) -> Ended:
    """Run the command to its end."""
    with started(*arguments, cwd=cwd, key=key) as child:
        return ended(child)
