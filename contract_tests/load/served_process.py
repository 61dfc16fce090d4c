"""A server in a separate process: its URL, which is read from its first line, and its memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).resolve().parents[2]


@frozen
class ServedProcess:
    """A running server.

    Attributes:
        url: Its base URL.
        pid: Its process id.
    """

    url: str
    pid: int

    def read_memory(self, figure: str = "VmRSS") -> float:
        """Return the resident memory in bytes, now or (`VmHWM`) at its peak; not a number where /proc is missing."""
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{self.pid}/status").read_text("ascii")
            return int(status.partition(f"{figure}:")[2].split()[0]) * 1024
        return float("nan")


def make_environment() -> dict[str, str]:
    """Return the environment of a child process that imports the packages of this tree."""
    folders = [str(ROOT), str(ROOT / "generated"), str(ROOT / "contract_tests"), os.environ.get("PYTHONPATH", "")]
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, folders))}


@contextlib.contextmanager
def serve_module(module: str, *arguments: str) -> Generator[ServedProcess]:
    """Run a module that prints its URL and serves until it is terminated, while the block runs."""
    command = [sys.executable, "-m", module, *arguments]
    with subprocess.Popen(command, cwd=ROOT, env=make_environment(), stdout=subprocess.PIPE, text=True) as child:
        try:
            line = child.stdout.readline() if child.stdout is not None else ""
            url = next((word for word in line.split() if word.startswith("http")), None)
            if url is None:
                raise RuntimeError(f"{module} does not start; its first line is {line!r}")
            yield ServedProcess(url, child.pid)
        finally:
            child.terminate()
