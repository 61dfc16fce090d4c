"""Fresh processes: where they find the measured clients, and the CPU time that a piece of code takes in one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
GENERATED: Final = ROOT / "generated"
COMPETITORS: Final = ROOT / "build" / "bench" / "competitors"
"""The clients that other generators make from the same description."""
CLIENTS: Final = (GENERATED, COMPETITORS)
# The CPU time includes that of finished children: generating the client starts ruff.
_PROGRAM: Final = """\
import resource, sys, time
{setup}
def measure():
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
started = measure()
{code}
sys.stdout.write(str(measure() - started))
"""


def make_importable() -> None:
    """Let this process import the measured clients."""
    sys.path[:0] = map(str, CLIENTS)


def child_environment(path: Sequence[Path] = CLIENTS) -> dict[str, str]:
    """Return an environment that finds packages in `path`, without a proxy or a key of the user's."""
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(map(str, path))}


def measure_fresh_process(code: str, *arguments: str, setup: str = "", path: Sequence[Path] = CLIENTS) -> float:
    """Return the CPU seconds that `code` takes in a process that has only run `setup`."""
    command = [sys.executable, "-c", _PROGRAM.format(setup=setup, code=code), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=child_environment(path), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{code}\n{done.stderr}")
    return float(done.stdout)


def sample_fresh_process(
    code: str, *arguments: str, setup: str = "", path: Sequence[Path] = CLIENTS
) -> Callable[[], float]:
    """Return a sample of `measure_fresh_process`. It runs once beforehand, to write the bytecode."""

    def sample() -> float:
        return measure_fresh_process(code, *arguments, setup=setup, path=path)

    sample()
    return sample
