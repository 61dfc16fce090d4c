"""Prism, an independent mock server and validator: installing it and running it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path

from contract_tests.load.served_process import ServedProcess

PRISM = "@stoplight/prism-cli@5.14.2"
_PATIENCE = 60


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
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
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
