"""A run as Markdown: a file to read, and the summary of a CI step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from contract_tests.verifier.report.badges import NOT_RUN, SIGNS, VERDICTS, Badge, Tone
from contract_tests.verifier.report.finding_rows import FindingGroup, FindingRow, group_findings, list_tolerated
from contract_tests.verifier.report.matrix import MatrixRow, OperationRows, list_columns, make_matrix
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.text_and_files import escape_invisible, format_count, shorten, to_line


def render(run: VerificationRun) -> str:
    """Render the whole report."""
    return "\n".join(_lines(run)) + "\n"


def escape(text: str) -> str:
    """Escape text for Markdown, also inside a table: no markup, no HTML, one line."""
    flat = to_line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#@])", r"\\\1", flat)


def format_code(text: str) -> str:
    """Format text as code, also inside a table: no text can end the code span."""
    flat = to_line(text).replace("|", "\\|") or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    return f"{fence} {flat} {fence}" if len(fence) > 1 or flat.startswith("\\") else f"{fence}{flat}{fence}"


def _lines(run: VerificationRun) -> Iterator[str]:
    yield f"# {SIGNS[VERDICTS[run.verdict]]} {escape(run.headline)}"
    yield ""
    title = run.description.data["info"]["title"]
    yield f"{escape(title)} {escape(run.version)}, {run.date.isoformat()}. {_live_run(run)}".rstrip()
    yield ""
    yield from _failed_tests(run)
    titles = list_columns(run)
    yield from _table(["operation", *titles], _matrix(make_matrix(run), titles))
    yield from _findings(run, group_findings(run))
    yield from _settled(run)
    yield from _tolerated(run)
    yield from _suite(run)
    yield from _coverage(run)
    commands = run.next_commands()
    if commands:
        yield from ("## Next", "")
        for number, each in enumerate(commands, start=1):
            yield f"{number}. {format_code(each.command)} {escape(each.reason)}"


def _failed_tests(run: VerificationRun) -> Iterator[str]:
    for failure in run.suite.failures if run.suite is not None else ():
        yield from (f"{SIGNS[Tone.BAD]} {format_code(failure.test)}", "", *_code_block(failure.message), "")


def _code_block(text: str, indent: str = "") -> Iterator[str]:
    """Yield the lines of a block of code, which no text can end."""
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", text)), default=0))
    yield from (f"{indent}{line}" for line in (fence, *escape_invisible(text).splitlines(), fence))


def _live_run(run: VerificationRun) -> str:
    for target in run.targets:
        if target.summary is not None:
            summary = target.summary
            cap = "" if summary.max_calls is None else f" of at most {summary.max_calls}"
            charged = f"; charged: {summary.charged}" if summary.charged else ""
            sent = (
                f"Sent to {target.name}: {len(summary.calls)}{cap} calls; spent, at most: {summary.spending}{charged}."
            )
            return escape(sent)
    return ""


def _matrix(listed: Iterable[OperationRows], titles: Sequence[str]) -> Iterator[list[str]]:
    """Yield each operation, and those of its statuses that have findings."""
    for group in listed:
        yield [f"**{escape(group.called)}**", *_cells(group.whole, titles)]
        for row in group.rows:
            if any(badge.findings for badge in row.cells.values()):
                yield [f"{row.status} {escape(row.phrase)}".rstrip(), *_cells(row, titles)]


def _cells(row: MatrixRow, titles: Sequence[str]) -> list[str]:
    return [_badge(row.cells[title]) for title in titles]


def _badge(badge: Badge) -> str:
    return escape(str(badge))


def _findings(run: VerificationRun, groups: Sequence[FindingGroup]) -> Iterator[str]:
    if groups:
        yield from ("## Findings", "")
    for group in groups:
        yield from (f"### {escape(group.title)} (line {group.line})", "")
        for row in group.rows:
            yield from _finding(row)
        yield ""


def _finding(row: FindingRow) -> Iterator[str]:
    finding = row.finding
    seen = f"seen on {escape(', '.join(row.targets))} at {escape(', '.join(_places(row)))}"
    yield (
        f"- {_badge(row.badge)}: **{finding.kind.title}** {format_code(row.where or str(finding.status))} "
        f"(line {row.line}, {format_code(finding.id)}, {seen})"
    )
    yield from (f"  - {label}: {escape(text)}" for label, text in row.facts if text != row.curl)
    if row.curl:
        yield from (f"  - {row.facts[-1][0]}:", "", *_code_block(row.curl, "    "))


def _places(row: FindingRow) -> Iterator[str]:
    """Yield each operation with the statuses of the finding."""
    seen = sorted({(sighting.operation, sighting.status) for _, sighting in row.seen})
    for operation, listed in groupby(seen, key=lambda each: each[0]):
        yield f"{operation} {'/'.join(str(status) for _, status in listed)}"


def _settled(run: VerificationRun) -> Iterator[str]:
    settled = [(target.name, fact) for target, report in run.judged for fact in report.settled]
    if settled:
        yield from ("## Contested facts that are settled", "")
        for name, fact in settled:
            seen = f"{escape(name)}, {format_code(fact.evidence.id)} {escape(fact.evidence.date)}"
            yield f"- {format_code(fact.pointer)} (line {run.description.line(fact.pointer)}, {seen}): in the overlay"
        yield ""


def _tolerated(run: VerificationRun) -> Iterator[str]:
    tolerated = list_tolerated(run)
    if not tolerated:
        return
    yield from (f"## {len(tolerated)} known and tolerated", "")
    for _, entry in tolerated:
        yield f"- {escape(entry.about)}: {escape(entry.reason)} Until {entry.expires}."
    yield ""


def _suite(run: VerificationRun) -> Iterator[str]:
    if run.suite is None:
        return
    unasked = run.suite.find_unasked(run.operations)
    counts = f"{run.suite.checks} checks, {format_count(run.suite.failed, 'failed test')}"
    yield from ("## Suite", "", escape(f"{counts}, not asked: {', '.join(unasked)}." if unasked else f"{counts}."), "")


def _coverage(run: VerificationRun) -> Iterator[str]:
    yield from ("## Coverage", "")
    rows: list[list[str]] = []
    undescribed: list[str] = []
    for target in run.targets:
        if target.report is None:
            rows.append([escape(target.name), _badge(NOT_RUN), "", ""])
            continue
        count = target.report.coverage.total()
        share = 100 * count.exercised // max(1, count.described)
        exercised = f"{count.exercised} of {count.described}"
        rows.append([escape(target.name), exercised, f"{share} %", str(target.report.exchanges)])
        for what, times in sorted(target.report.coverage.undescribed.items()):
            undescribed.append(f"- {escape(target.name)}: {format_code(shorten(what))} (x{times})")
    yield from _table(["target", "exercised", "share", "exchanges"], rows)
    if undescribed:
        yield from ("Seen but not described:", "", *undescribed, "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
