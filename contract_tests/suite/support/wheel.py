"""Builds the wheel and installs it into empty environments."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
UV = Path(sys.executable).with_name("uv")


def run(*command: str | Path, cwd: Path = ROOT, **environment: str) -> str:
    """Run a command that must succeed; return its output."""
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
    """Build sdist and wheel of a tree into a folder; return the wheel."""
    dated = {} if epoch is None else {"SOURCE_DATE_EPOCH": epoch}
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, cwd=tree, **dated)
    (built,) = folder.glob("*.whl")
    return built


def install(folder: Path, *wanted: str | Path) -> Path:
    """Create an environment with the given requirements; return its interpreter."""
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    interpreter = folder / "bin" / "python"
    run(UV, "pip", "install", "--quiet", "--python", interpreter, *wanted)
    return interpreter
