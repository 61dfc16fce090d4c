"""A run as GitHub annotations: workflow commands that put each finding at its line of the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.verifier.drift.findings import DriftSeverity
from contract_tests.verifier.report.finding_rows import list_findings
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.text_and_files import format_workflow_command

_LEVELS: Final[Mapping[DriftSeverity, str]] = {
    DriftSeverity.ERROR: "error",
    DriftSeverity.WARNING: "warning",
    DriftSeverity.NOTE: "notice",
}


def render(run: VerificationRun) -> str:
    """Render the commands, one per line, the worst first: GitHub shows the first ten of each level."""
    return "".join(f"{each}\n" for each in _commands(run))


def _commands(run: VerificationRun) -> Iterator[str]:
    for each in run.suite.failures if run.suite is not None else ():
        text, title = f"{each.test}\n{each.message}", "failed test of the contract suite"
        yield format_workflow_command("error", text, file=each.file, line=each.line, title=title)
    for row in list_findings(run):
        finding = row.finding
        place = f"{finding.operation} {finding.status} {row.where} on {', '.join(row.targets)}"
        text = "\n".join([place, *(f"{label}: {text}" for label, text in row.facts)])
        yield format_workflow_command(
            _LEVELS[row.severity], text, file=run.file, line=row.line, title=finding.kind.title
        )
