"""Runs the command of an npm package, pinned, for slow tests."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

REDOCLY: Final = "@redocly/cli@2.77.0"
SPECTRAL: Final = "@stoplight/spectral-cli@6.16.3"


def npx(package: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command and return it with its output, whatever its exit status."""
    program = shutil.which("npx")
    assert program, "npx is needed here: install Node"
    return subprocess.run(
        [program, "--yes", package, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
