"""A run for the terminal: operations by questions and targets, the findings, the verdict and the next command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from contract_tests.verifier.drift.findings import DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.report.badges import Badge, Tone, badge_age
from contract_tests.verifier.report.finding_rows import FindingRow, list_findings
from contract_tests.verifier.report.run_model import WHOLE, QuestionResult, SuiteResults, VerificationRun
from scripts.text_and_files import format_count, shorten, to_line

MAX_FINDINGS: Final = 25
"""Findings on the terminal; the files of the report have all of them."""
_UNKNOWN: Final = Badge(Tone.GREY, "")
_GAP: Final = "  "
_IN_EXCERPT: Final = ("described", "actual", "client", "evidence")


def render(run: VerificationRun, *, coloured: bool, width: int = 80) -> str:
    """Render the run.

    Args:
        run: The run.
        coloured: Whether badges have ANSI colours, in addition to their signs.
        width: The columns of the terminal, for the table. A line of a finding may be longer, so that it can be copied.
    """
    found = list(_findings(run, coloured=coloured))
    table = _table(run, coloured=coloured, width=width)
    lines = [*table, "", *found, *([""] if found else []), *_unmatched(run), run.headline]
    lines += [f"Next: {each.command}" for each in run.next_commands()[:1]]
    return "\n".join(lines)


def _table(run: VerificationRun, *, coloured: bool, width: int) -> Iterator[str]:
    """Yield the table, in parts below each other when it is wider than the terminal."""
    suite = run.suite or SuiteResults((), {})
    titles = ["evidence", *(question.title for question in suite.questions), *(each.name for each in run.targets)]
    days = run.evidence_days
    table: list[tuple[str, list[Badge]]] = []
    for operation, name in {**run.operations, WHOLE: WHOLE}.items():
        cells = [badge_age(days[operation], run.date) if operation != WHOLE else _UNKNOWN]
        cells += [_badge_result(suite.results.get((operation, question.name))) for question in suite.questions]
        table.append((name, cells + [_badge_target(target.report, operation) for target in run.targets]))
    columns = zip(titles, *(cells for _, cells in table), strict=True)
    widths = [max(len(str(cell)) for cell in column) for column in columns]
    names = [wrap(name, max(width // 3, len("operation"))) for name, _ in table]
    first = max(len(line) for lines in (["operation"], *names) for line in lines)
    for part in _split(widths, width - first):
        if part.start:
            yield ""
        yield _GAP.join(["operation".ljust(first), *map(str.ljust, titles[part], widths[part])]).rstrip()
        yield _GAP.join("─" * each for each in (first, *widths[part]))
        for lines, (_, cells) in zip(names, table, strict=True):
            shown = zip(cells[part], widths[part], strict=True)
            painted = [cell.paint(width=each, coloured=coloured) for cell, each in shown]
            yield _GAP.join([lines[0].ljust(first), *painted]).rstrip()
            yield from lines[1:]


def _split(widths: Sequence[int], room: int) -> Iterator[slice[int]]:
    """Yield the columns that fit side by side, at least one."""
    start, taken = 0, 0
    for index, each in enumerate(widths):
        taken += len(_GAP) + each
        if taken > room and index > start:
            yield slice(start, index)
            start, taken = index, len(_GAP) + each
    yield slice(start, len(widths))


def _badge_result(result: QuestionResult | None) -> Badge:
    if result is None:
        return _UNKNOWN
    if result.failed:
        return Badge(Tone.BAD, f"{result.failed} of {result.tests}")
    return Badge(Tone.GOOD, str(result.checks))


def _badge_target(report: DriftReport | None, operation: str) -> Badge:
    if report is None:
        return Badge(Tone.GREY, "not run") if operation == WHOLE else _UNKNOWN
    whole = operation == WHOLE
    seen = report.exchanges if whole else report.coverage.asked(operation)
    called = None if whole else operation
    if drifted := report.count_deviating((DriftSeverity.ERROR, DriftSeverity.WARNING), called):
        return Badge(Tone.BAD, f"{drifted} of {seen}")
    if noted := report.count_deviating((DriftSeverity.NOTE,), called):
        return Badge(Tone.NOTE, f"{noted} of {seen}")
    return Badge(Tone.GOOD, str(seen)) if seen else _UNKNOWN


def _unmatched(run: VerificationRun) -> Iterator[str]:
    """Yield the exchanges that no operation describes."""
    for target, report in run.judged:
        for what, times in sorted(report.unmatched.items()):
            counted = format_count(times, "exchange")
            yield f"{_UNKNOWN}  no operation: {shorten(what)}, {counted} of {target.name}, which prove nothing"


def _findings(run: VerificationRun, *, coloured: bool) -> Iterator[str]:
    rows: Sequence[FindingRow] = list_findings(run)
    for row in rows[:MAX_FINDINGS]:
        finding = row.finding
        where = " ".join(filter(None, [finding.operation, str(finding.status), finding.side, row.where]))
        badge, targets = row.badge.paint(coloured=coloured), ", ".join(row.targets)
        yield f"{badge}  {finding.kind.title}: {where}, on {targets}  [{finding.id}]"
        for each in row.excerpt:
            if each.actual:
                yield f"    {run.file}:{each.number}: {each.text.strip()}"
                yield f"    [actual] {each.actual}"
        note = f": {to_line(row.worst.effect_note)}" if row.worst.effect_note else ""
        yield f"    client {row.effect_badge.paint(coloured=coloured)}{note}"
        yield from (f"    {label}: {text}" for label, text in row.facts if label not in _IN_EXCERPT)
    if len(rows) > MAX_FINDINGS:
        yield f"... and {len(rows) - MAX_FINDINGS} more in the report."
    for target, report in run.judged:
        for fact in report.settled:
            line = run.description.line(fact.pointer)
            yield f"settled by {target.name}: {run.file}:{line}: {fact.pointer}; the overlay removes the doubt"
        for entry in report.expired:
            yield f"{target.name}: {entry.finding} was tolerated until {entry.expires}: {to_line(entry.reason)}"
