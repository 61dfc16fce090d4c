"""What the drift engine says of a recording."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contract_tests.drift import baseline
from contract_tests.drift.files import RecordingError, read, shown
from contract_tests.drift.judge import Judge, Report

TARGET = "live"


def judge(description: Mapping[str, Any], recordings: Path) -> Report:
    """Judge every exchange of a folder; an empty one gives an empty report.

    Raises:
        RecordingError: Something in it is no exchange, or it is not there.
        BaselineError: The baseline cannot be used.
    """
    if not recordings.is_dir():
        raise RecordingError(f"{shown(recordings)}: cannot be read: no such folder")
    exchanges = read(recordings) if any(recordings.glob("*.json")) else []
    return Judge(description, baseline=baseline.read()).observe_all(exchanges).report(TARGET)


def text(report: Report) -> str:
    """For the terminal: the verdict, and a line for each finding."""
    return "\n".join([report.line, *(f"  {finding}" for finding in report.findings)])
