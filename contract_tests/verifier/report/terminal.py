"""What was found, for the terminal: the line of the description, what came instead, and what the client makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contract_tests.verifier.report.badges import Mark, Tone
from contract_tests.verifier.report.finding_rows import Entry, entries
from contract_tests.verifier.report.next_steps import next_steps
from contract_tests.verifier.report.run_model import Run
from contract_tests.verifier.report.text_escaping import line

_COLOURS: Final[Mapping[Tone, str]] = {
    Tone.BAD: "31;1",
    Tone.WARN: "33",
    Tone.NOTE: "34",
    Tone.PART: "36",
    Tone.GOOD: "32",
    Tone.GREY: "90",
}
MOST: Final = 25
"""Findings that are told in full; the files of the report tell the others."""


def findings(run: Run, *, coloured: bool) -> Iterator[str]:
    """The findings, the worst first.

    Args:
        run: What is told.
        coloured: Whether signs have colours; each has a word beside it all the same.
    """
    found = entries(run)
    for entry in found[:MOST]:
        yield from _finding(run, entry, coloured=coloured)
    if len(found) > MOST:
        yield f"... and {len(found) - MOST} more in the report."
    for target, report in run.judged:
        for each in report.expired:
            yield f"{target.name}: {each.finding} is tolerated no more since {each.expires}: {line(each.reason)}"


def next_step(run: Run) -> Iterator[str]:
    """What to type now, where there is something to be done."""
    for step in next_steps(run)[:1]:
        yield f"Next: {step.command}"


def _finding(run: Run, entry: Entry, *, coloured: bool) -> Iterator[str]:
    finding = entry.finding
    where = " ".join(filter(None, [finding.operation, str(finding.status), finding.side, entry.where]))
    yield (
        f"{_painted(entry.mark, coloured=coloured)}  {finding.kind.title}: {where}, on {', '.join(entry.targets)}"
        f"  [{finding.id}]"
    )
    for each in entry.excerpt:
        if each.actual:
            yield f"    {run.file}:{each.number}: {each.text.strip()}"
            yield f"    [actual] {each.actual}"
    note = f": {line(entry.worst.effect_note)}" if entry.worst.effect_note else ""
    yield f"    client {_painted(entry.effect_mark, coloured=coloured)}{note}"


def _painted(mark: Mark, *, coloured: bool) -> str:
    return f"\x1b[{_COLOURS[mark.tone]}m{mark}\x1b[0m" if coloured else str(mark)
