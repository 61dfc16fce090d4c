"""Prism, an independent mock server and validating proxy: install it and run it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from pathlib import Path

PRISM = "@stoplight/prism-cli@5.14.2"
_PATIENCE = 60


class PrismError(Exception):
    """Prism cannot be installed or does not start."""


def install(folder: Path) -> Path:
    """Install Prism below a folder, unless it is there, and return its command.

    Raises:
        PrismError: There is no Node, or npm cannot install it.
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
def serving(prism: Path, *arguments: str) -> Generator[tuple[str, int]]:
    """Run Prism for the length of the block; yield its URL and process id."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    command = [str(prism), *arguments, "--host", "127.0.0.1", "--port", str(port), "--errors", "-v", "warn"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            deadline = time.monotonic() + _PATIENCE
            while True:
                if child.poll() is not None or time.monotonic() > deadline:
                    raise PrismError("Prism does not come up")
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.01)
            yield f"http://127.0.0.1:{port}", child.pid
        finally:
            child.terminate()
