"""What came of asking: on the terminal, in the report's files, and as an overlay of what the description should say."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from contract_tests.verifier.drift.baseline import today
from contract_tests.verifier.proposals.proposals import overlay
from contract_tests.verifier.report import Run, Suite, TargetRun, terminal_table, write
from scripts import openapi_document as source
from scripts.openapi_document import shown

FOLDER: Final = Path("build") / "report"
OVERLAY: Final = "overlay.yaml"

HOW: Final = {
    "mock": "make verify TARGET=mock",
    "recorded": "make verify TARGET=recorded",
    "live": "make verify TARGET=live TIER=free prints what it would send",
}
"""The columns of a report, and how each target is asked."""


class OutcomeError(Exception):
    """A report cannot be written. The message is one line."""


class Outcome:
    """Where a run is told.

    Args:
        path: The description, as written.
        folder: Where the files go.
    """

    def __init__(self, path: Path, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.load = cache(partial(source.load, path))

    def prepare(self) -> None:
        """See that the files can be written, before anything is asked.

        Raises:
            OutcomeError: They cannot.
        """
        there = next(each for each in (self.folder, *self.folder.absolute().parents) if each.exists())
        if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
            raise OutcomeError(f"--report {shown(self.folder)}: cannot be written: {shown(there)} is no folder for it")

    def tell(self, asked: Sequence[TargetRun], suite: Suite | None = None) -> int:
        """Print and write what came of it; return the exit status.

        Args:
            asked: The targets that were asked.
            suite: What the contract suite gave, when it was run.

        Raises:
            DescriptionError: The description does not parse.
            OutcomeError: A file cannot be written.
        """
        by_name = {target.name: target for target in asked}
        targets = tuple(by_name.get(name) or TargetRun(name, reason=how) for name, how in HOW.items())
        run = Run(
            description=self.load(), date=today(), targets=targets, suite=suite, overlay=shown(self.folder / OVERLAY)
        )
        sys.stdout.write(f"\n{terminal_table.text(run)}\n")
        try:
            files = write(run, self.folder)
            files += self._write_overlay(run)
        except OSError as error:
            told = f"--report {shown(self.folder)}: cannot be written: {error.strerror}"
            raise OutcomeError(told) from None
        sys.stdout.write(f"Report: {', '.join(map(shown, files))}\n")
        return 0 if run.holds else 1

    def _write_overlay(self, run: Run) -> list[Path]:
        """Write what the description should say beside the report; nothing stays there when nothing is proposed."""
        path = self.folder / OVERLAY
        findings = {finding.id: finding for _, finding in run.findings()}
        names = " and ".join(dict.fromkeys(target.name for target, _ in run.findings()))
        proposed = overlay(self.load().bundled(), findings.values(), f"Drift of {names}", run.date)
        if proposed is None:
            path.unlink(missing_ok=True)
            return []
        writer: Any = YAML()
        writer.width = 120
        scratch = path.with_name(f"{path.name}.new")
        with scratch.open("w", encoding="utf-8") as stream:
            writer.dump(proposed, stream)
        return [scratch.replace(path)]
