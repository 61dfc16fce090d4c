"""Builds the wheel and installs it into empty environments."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path = ROOT, variables: Mapping[str, str] | None = None, **environment: str) -> str:
    """Run a command that must succeed, with further environment variables; return its output."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(variables or {}), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build(folder: Path, *, tree: Path = ROOT, epoch: str | None = None) -> Path:
    """Build sdist and wheel of a tree into a folder; return the wheel."""
    dated = {} if epoch is None else {"SOURCE_DATE_EPOCH": epoch}
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=tree, variables=dated)
    (built,) = folder.glob("*.whl")
    return built


def build_once(shared: Path) -> Path:
    """Return the wheel in a folder that test processes share; the first that asks builds it, and the sdist with it."""
    folder = shared / "dist"
    with (shared / "dist.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return next(folder.glob("*.whl"), None) or build(folder)


def install(folder: Path, *wanted: str | Path, interpreter: str | Path = sys.executable) -> Path:
    """Create an environment with the given requirements; return its interpreter."""
    run(UV, "venv", "--quiet", "--python", interpreter, folder)
    python = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", python, *wanted)
    return python
