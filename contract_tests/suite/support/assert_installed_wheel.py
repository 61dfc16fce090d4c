"""A pytest plugin that ends the run at once unless both packages are installed ones.

Without it, a run "against the wheel" that finds the packages of the working tree would prove nothing.
"""

from __future__ import annotations

import os
import sysconfig
from pathlib import Path

import cometapi_suno
import cometapi_suno_mock
import pytest

PLACES = {module.__name__: Path(module.__file__ or "").parent for module in (cometapi_suno, cometapi_suno_mock)}
# PYTHONPATH for a child that is to use the very packages that this process uses.
SEARCHED = os.pathsep.join(dict.fromkeys(str(place.parent) for place in PLACES.values()))


def pytest_sessionstart() -> None:
    """End the run when a package was not installed."""
    installed = Path(sysconfig.get_paths()["purelib"])
    for name, place in PLACES.items():
        if not place.is_relative_to(installed):
            raise pytest.UsageError(f"{name} comes from {place}, not from {installed}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print which packages were tested."""
    for name, place in PLACES.items():
        terminalreporter.write_line(f"tested: {name} {cometapi_suno.__version__} in {place}")
