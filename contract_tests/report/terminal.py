"""A run for the terminal: who keeps what, what was found, and what to type now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from contract_tests.drift import coverage_report
from contract_tests.report.entries import Entry, entries
from contract_tests.report.marks import NOT_RUN, Mark, Tone
from contract_tests.report.matrix import columns, groups
from contract_tests.report.model import Run
from contract_tests.report.plain import line
from contract_tests.report.steps import next_steps

_COLOURS: Final[Mapping[Tone, str]] = {
    Tone.BAD: "31",
    Tone.WARN: "33",
    Tone.NOTE: "34",
    Tone.PART: "36",
    Tone.GOOD: "32",
    Tone.GREY: "90",
}
_MOST_FINDINGS: Final = 20


def render(run: Run, *, colour: bool = False) -> str:
    """The report in lines.

    Args:
        run: What is told.
        colour: Whether the terminal shows colours; every sign has a word beside it all the same.
    """
    return "\n".join(_lines(run, colour=colour)) + "\n"


def _lines(run: Run, *, colour: bool) -> Iterator[str]:
    yield from _matrix(run, colour=colour)
    yield ""
    found = entries(run)
    for entry in found[:_MOST_FINDINGS]:
        yield from _finding(run, entry, colour=colour)
    if len(found) > _MOST_FINDINGS:
        yield f"and {len(found) - _MOST_FINDINGS} more in the report"
    if found:
        yield ""
    for target in run.targets:
        yield f"{target.name}: {_covered(run, target.name)}"
    yield ""
    mark = Mark(Tone.GOOD, "✔", run.sentence) if run.holds else Mark(Tone.BAD, "✘", run.sentence)
    yield _painted(mark, line(str(mark)), colour=colour)
    for step in next_steps(run)[:1]:
        yield f"Next: {step.command}"


def _matrix(run: Run, *, colour: bool) -> Iterator[str]:
    titles = columns(run)
    listed = groups(run)
    widths = [max(map(len, ["operation", *(group.called for group in listed)]))]
    widths += [max(len(title), *(len(str(group.whole.cells[title])) for group in listed)) for title in titles]
    yield _row(["operation", *(title.lower() for title in titles)], widths)
    yield _row(["─" * width for width in widths], widths)
    for group in listed:
        marks = [group.whole.cells[title] for title in titles]
        painted = [
            _painted(mark, str(mark).ljust(width), colour=colour) for mark, width in zip(marks, widths[1:], strict=True)
        ]
        yield "  ".join([group.called.ljust(widths[0]), *painted]).rstrip()


def _finding(run: Run, entry: Entry, *, colour: bool) -> Iterator[str]:
    finding = entry.finding
    at = f"{finding.operation} {finding.status} {entry.where}, on {', '.join(entry.targets)} [{finding.id}]"
    yield f"{_painted(entry.mark, str(entry.mark), colour=colour)}  {finding.kind.title}: {at}"
    for each in entry.excerpt:
        if each.actual:
            yield f"    {run.file}:{each.number}  {each.text.strip()}"
            yield f"    {_painted(entry.mark, f'[actual] {each.actual}', colour=colour)}"
    note = f": {line(entry.worst.effect_note)}" if entry.worst.effect_note else ""
    yield f"    client {_painted(entry.effect_mark, str(entry.effect_mark), colour=colour)}{note}"


def _covered(run: Run, name: str) -> str:
    report = next(target.report for target in run.targets if target.name == name)
    if report is None:
        return str(NOT_RUN)
    count = coverage_report.total(report.coverage)
    beside = len(report.coverage.undescribed)
    told = f"{report.exchanges} exchanges, {count.exercised} of {count.described} exercised"
    return f"{told}, {beside} seen but not described" if beside else told


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(word.ljust(width) for word, width in zip(cells, widths, strict=True)).rstrip()


def _painted(mark: Mark, text: str, *, colour: bool) -> str:
    return f"\x1b[{_COLOURS[mark.tone]}m{text}\x1b[0m" if colour else text
