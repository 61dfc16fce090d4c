"""The wheel as it is published, and environments in which nothing but it was installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """What a command prints; it has to end well."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def build(folder: Path, *, tree: Path = ROOT, epoch: str | None = None) -> Path:
    """The wheel of a tree, built into a folder by way of the sdist, which lies beside it."""
    dated = {} if epoch is None else {"SOURCE_DATE_EPOCH": epoch}
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=tree, **dated)
    (built,) = folder.glob("*.whl")
    return built


def install(folder: Path, *wanted: str | Path) -> Path:
    """The interpreter of a new environment with what is wanted, and what that needs."""
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    interpreter = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", interpreter, *wanted)
    return interpreter
