"""Where the benchmark finds and keeps things."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GENERATED = ROOT / "generated"
DOCS = ROOT / "docs"
RIVALS = ROOT / "build" / "bench" / "rivals"
"""The clients that other generators make of the same description."""


def make_importable() -> None:
    """Let this process find the client and the rivals."""
    sys.path[:0] = [str(GENERATED), str(RIVALS)]


def child_environment() -> dict[str, str]:
    """The same for a fresh process, without a proxy or a key of the user's."""
    return {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join((str(GENERATED), str(RIVALS)))}
