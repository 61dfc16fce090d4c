"""A run as GitHub annotations: workflow commands that put each finding at its line of the description."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.verifier.drift.findings import Severity
from contract_tests.verifier.report.finding_rows import places
from contract_tests.verifier.report.run_model import Run
from contract_tests.verifier.report.text_escaping import visible

_COMMANDS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "notice",
}


def render(run: Run) -> str:
    """The commands, one a line, the worst first: GitHub shows the first ten of a kind."""
    return "".join(f"{each}\n" for each in _commands(run))


def command(level: str, text: str, *, file: str, line: int, title: str) -> str:
    """One command. Whatever it is told, it stays one line and one command."""
    about = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{level} {about}::{_data(text)}"


def _commands(run: Run) -> Iterator[str]:
    if run.suite is not None:
        for failure in run.suite.failures:
            file = failure.file or failure.test.partition("::")[0]
            told = f"{failure.test}\n{failure.message}"
            yield command("error", told, file=file, line=failure.line, title="failed test of the contract suite")
    found = [entry for place in places(run) for entry in place.entries]
    for entry in sorted(found, key=lambda each: each.severity.rank):
        finding = entry.finding
        told = (
            f"{finding.operation} {finding.status} {entry.where} on {', '.join(entry.targets)}\n"
            f"described: {finding.expected}\nactual: {entry.came}\n"
            f"client: {entry.worst.effect} {entry.worst.effect_note}"
        )
        yield command(_COMMANDS[entry.severity], told, file=run.file, line=entry.line, title=finding.kind.title)


def _data(text: str) -> str:
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
