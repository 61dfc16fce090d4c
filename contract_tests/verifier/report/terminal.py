"""A run for the terminal: operations by questions and targets, the findings, the verdict and the next command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from contract_tests.verifier.drift.findings import DriftSeverity
from contract_tests.verifier.drift_detector import DriftReport
from contract_tests.verifier.report.badges import SEVERITIES, Badge, Tone
from contract_tests.verifier.report.finding_rows import FindingRow, list_findings
from contract_tests.verifier.report.run_model import WHOLE, QuestionResult, SuiteResults, VerificationRun
from contract_tests.verifier.report.text_escaping import shorten, to_line
from scripts.text_and_files import format_count

MAX_FINDINGS: Final = 25
"""Findings on the terminal; the files of the report have all of them."""
_UNKNOWN: Final = Badge(Tone.GREY, "")


def render(run: VerificationRun, *, coloured: bool) -> str:
    """Render the run.

    Args:
        run: The run.
        coloured: Whether badges have ANSI colours, in addition to their signs.
    """
    found = list(_findings(run, coloured=coloured))
    lines = [*_table(run, coloured=coloured), "", *found, *([""] if found else []), *_unmatched(run), run.headline]
    lines += [f"Next: {each.command}" for each in run.next_commands()[:1]]
    return "\n".join(lines)


def _table(run: VerificationRun, *, coloured: bool) -> Iterator[str]:
    suite = run.suite or SuiteResults((), {})
    titles = [question.title for question in suite.questions] + [target.name for target in run.targets]
    table: list[tuple[str, list[Badge]]] = []
    for operation, name in {**run.operations, WHOLE: WHOLE}.items():
        cells = [_badge_result(suite.results.get((operation, question.name))) for question in suite.questions]
        table.append((name, cells + [_badge_target(target.report, operation) for target in run.targets]))
    first = max(len(name) for name, _ in table)
    columns = zip(titles, *(cells for _, cells in table), strict=True)
    widths = [max(len(str(cell)) for cell in column) for column in columns]
    yield "  ".join(["operation".ljust(first), *map(str.ljust, titles, widths)]).rstrip()
    yield "  ".join("─" * width for width in (first, *widths))
    for name, cells in table:
        painted = [cell.paint(width=width, coloured=coloured) for cell, width in zip(cells, widths, strict=True)]
        yield "  ".join([name.ljust(first), *painted]).rstrip()


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
    for tone, severities in (
        (Tone.BAD, (DriftSeverity.ERROR, DriftSeverity.WARNING)),
        (SEVERITIES[DriftSeverity.NOTE].tone, (DriftSeverity.NOTE,)),
    ):
        drifted = report.count_deviating(severities, None if whole else operation)
        if drifted:
            return Badge(tone, f"{drifted} of {seen}")
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
        if finding.undecided and finding.severity is not DriftSeverity.NOTE:
            yield f"    no proposal: {shorten(finding.undecided)}"
        if row.age_note:
            yield f"    age: {row.age_note}"
    if len(rows) > MAX_FINDINGS:
        yield f"... and {len(rows) - MAX_FINDINGS} more in the report."
    for target, report in run.judged:
        for fact in report.settled:
            line = run.description.line(fact.pointer)
            yield f"settled by {target.name}: {run.file}:{line}: {fact.pointer}; the overlay removes the doubt"
        for entry in report.expired:
            yield f"{target.name}: {entry.finding} was tolerated until {entry.expires}: {to_line(entry.reason)}"
