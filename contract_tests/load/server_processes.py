"""Servers in separate processes: modules of this tree, and Prism, an independent mock server and validator."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Final

from attrs import frozen

ROOT: Final = Path(__file__).resolve().parents[2]
PRISM: Final = "@stoplight/prism-cli@5.14.2"
_PATIENCE = 60


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


def find_free_port() -> int:
    """Return a port of this machine that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class PrismError(Exception):
    """Prism cannot be installed or does not start."""


def install_prism(folder: Path) -> Path:
    """Install Prism into a folder, unless it is there already, and return its command.

    Raises:
        PrismError: Node is missing, or npm cannot install Prism.
    """
    command = folder / "node_modules" / ".bin" / "prism"
    if command.exists():
        return command
    npm = shutil.which("npm")
    if npm is None:
        raise PrismError("Node is needed: https://nodejs.org")
    quietly = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
    try:
        subprocess.run(
            [npm, "install", *quietly, "--prefix", str(folder), PRISM], check=True, capture_output=True, timeout=300
        )
    except subprocess.SubprocessError as error:
        raise PrismError(f"npm cannot install {PRISM}: {error}") from None
    return command


@contextlib.contextmanager
def serve_prism(prism: Path, *arguments: str) -> Generator[ServedProcess]:
    """Run Prism while the block runs."""
    port = find_free_port()
    command = [str(prism), *arguments, "--host", "127.0.0.1", "--port", str(port), "--errors", "-v", "warn"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            deadline = time.monotonic() + _PATIENCE
            while True:
                if child.poll() is not None or time.monotonic() > deadline:
                    raise PrismError("Prism does not start")
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.01)
            yield ServedProcess(f"http://127.0.0.1:{port}", child.pid)
        finally:
            child.terminate()
