"""What the drift engine says of a recording."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cometapi_suno_mock import Contract

from contract_tests.verifier.drift import baseline
from contract_tests.verifier.drift.detector import Judge, Report
from contract_tests.verifier.exchange.exchange import Exchange
from contract_tests.verifier.exchange.recordings import RecordingError, read
from contract_tests.verifier.live.recorder import RECORDINGS
from scripts.openapi_document import shown

TARGET = "live"


class LiveTarget:
    """What the live service answered in one run, as a target of the drift engine.

    Args:
        folder: The folder of a run.
    """

    name = TARGET

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def exchanges(self) -> Sequence[Exchange]:
        """Its exchanges; none when nothing was answered.

        Raises:
            RecordingError: Something in it is no exchange, or it is not there.
        """
        recordings = self._folder / RECORDINGS
        if not recordings.is_dir():
            raise RecordingError(f"{shown(recordings)}: cannot be read: no such folder")
        return read(recordings) if any(recordings.glob("*.json")) else []


def judge(contract: Contract, folder: Path) -> Report:
    """Judge every exchange of a run.

    Raises:
        RecordingError: Something in it is no exchange, or it is not there.
        BaselineError: The baseline cannot be used.
    """
    exchanges = LiveTarget(folder).exchanges()
    return Judge(contract, baseline=baseline.read()).observe_all(exchanges).report(TARGET)


def text(report: Report) -> str:
    """For the terminal: the verdict, and a line for each finding."""
    return "\n".join([report.line, *(f"  {finding}" for finding in report.findings)])
