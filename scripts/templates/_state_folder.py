"""The user's folder for what lasts between runs of the command line and of the verifier."""

from __future__ import annotations

import os
from pathlib import Path


def find_state_folder() -> Path:
    """Return the user's folder for what lasts between runs: `XDG_STATE_HOME`, `LOCALAPPDATA` or `~/.local/state`."""
    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "state") / "cometapi-suno"
