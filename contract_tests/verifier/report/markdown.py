"""A run as Markdown: for a reader of files, and for the summary of a step in CI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from contract_tests.verifier.coverage import coverage_report
from contract_tests.verifier.report.badges import NOT_RUN
from contract_tests.verifier.report.finding_rows import Entry, Place, places, tolerated
from contract_tests.verifier.report.matrix import Group, Row, columns, groups
from contract_tests.verifier.report.next_steps import next_steps
from contract_tests.verifier.report.run_model import Run
from contract_tests.verifier.report.text_escaping import line, plural, short


def render(run: Run) -> str:
    """The whole report."""
    return "\n".join(_lines(run)) + "\n"


def words(text: str) -> str:
    """Text that is text in Markdown, also in a cell of a table: no markup, no HTML, one line."""
    flat = line(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]|~#@])", r"\\\1", flat)


def code(text: str) -> str:
    """Text of a service as code, also in a cell of a table: nothing in it is a link, a mention or the code's end."""
    flat = line(text).replace("|", "\\|") or " "
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", flat)), default=0))
    return f"{fence} {flat} {fence}" if len(fence) > 1 or flat.startswith("\\") else f"{fence}{flat}{fence}"


def _lines(run: Run) -> Iterator[str]:
    yield f"# {'✔' if run.holds else '✘'} {words(run.sentence)}"
    yield ""
    title = run.description.data["info"]["title"]
    yield f"{words(title)} {words(run.version)}, {run.date.isoformat()}. {_live(run)}".rstrip()
    yield ""
    titles = columns(run)
    yield from _table(["operation", *titles], _matrix(groups(run), titles))
    yield from _findings(places(run))
    yield from _tolerated(tolerated(run))
    yield from _suite(run)
    yield from _coverage(run)
    steps = next_steps(run)
    if steps:
        yield "## Next"
        yield ""
        yield from (f"{number}. {code(step.command)} {words(step.why)}" for number, step in enumerate(steps, start=1))


def _live(run: Run) -> str:
    for target in run.targets:
        if target.account is not None:
            given = target.account
            most = "" if given.cap is None else f" of at most {given.cap}"
            told = f"Sent to {target.name}: {len(given.calls)}{most} calls; spent, at most: {given.spending}."
            return words(told)
    return ""


def _matrix(listed: Iterable[Group], titles: Sequence[str]) -> Iterator[list[str]]:
    """Each operation, and each of its statuses where there is something to see."""
    for group in listed:
        yield [f"**{words(group.called)}**", *_marks(group.whole, titles)]
        for row in group.rows:
            if any(mark.findings for mark in row.cells.values()):
                yield [f"{row.status} {words(row.phrase)}".rstrip(), *_marks(row, titles)]


def _marks(row: Row, titles: Sequence[str]) -> list[str]:
    return [words(str(row.cells[title])) for title in titles]


def _findings(found: Sequence[Place]) -> Iterator[str]:
    if found:
        yield "## Findings"
        yield ""
    for place in found:
        yield f"### {words(place.title)} (line {place.line})"
        yield ""
        for entry in place.entries:
            yield from _finding(entry)
        yield ""


def _finding(entry: Entry) -> Iterator[str]:
    finding = entry.finding
    yield (
        f"- {words(str(entry.mark))}: **{finding.kind.title}** {code(entry.where or str(finding.status))} "
        f"(line {entry.line}, {code(finding.id)}, seen on {words(', '.join(entry.targets))} at "
        f"{words(', '.join(_where(entry)))})"
    )
    yield f"  - described: {words(finding.expected)}; **actual**: {code(entry.came)}"
    note = f": {code(entry.worst.effect_note)}" if entry.worst.effect_note else ""
    yield f"  - client: {words(str(entry.effect_mark))}{note}"
    evidence = entry.worst.evidence
    yield f"  - evidence: {code(evidence.exchange)} {words(evidence.date)}".rstrip()
    yield f"  - proposal: {'in the overlay' if entry.finding.proposal else 'none: a person has to decide'}"


def _where(entry: Entry) -> Iterator[str]:
    """The operations and statuses, each once."""
    seen = sorted({(each.sighting.operation, each.sighting.status) for each in entry.seen})
    for operation, listed in groupby(seen, key=lambda each: each[0]):
        yield f"{operation} {'/'.join(str(status) for _, status in listed)}"


def _tolerated(found: Sequence[Entry]) -> Iterator[str]:
    if not found:
        return
    yield f"## {len(found)} known and tolerated"
    yield ""
    for entry in found:
        assert entry.tolerated is not None
        yield f"- {words(entry.tolerated.about)}: {words(entry.tolerated.reason)} Until {entry.tolerated.expires}."
    yield ""


def _suite(run: Run) -> Iterator[str]:
    if run.suite is None:
        return
    yield "## Suite"
    yield ""
    missing = run.suite.not_asked(run.operations)
    told = f"{run.suite.checks} checks, {plural(run.suite.failed, 'failed test')}"
    yield words(f"{told}, not asked: {', '.join(missing)}." if missing else f"{told}.")
    yield ""
    for failure in run.suite.failures:
        yield f"- ✘ {code(failure.test)}: {code(failure.message[-300:])}"
    if run.suite.failures:
        yield ""


def _coverage(run: Run) -> Iterator[str]:
    yield "## Coverage"
    yield ""
    rows: list[list[str]] = []
    beside: list[str] = []
    for target in run.targets:
        if target.report is None:
            rows.append([words(target.name), words(str(NOT_RUN)), "", ""])
            continue
        count = coverage_report.total(target.report.coverage)
        share = 100 * count.exercised // max(1, count.described)
        judged = str(target.report.exchanges)
        rows.append([words(target.name), f"{count.exercised} of {count.described}", f"{share} %", judged])
        undescribed = target.report.coverage.undescribed
        beside += [
            f"- {words(target.name)}: {code(short(what))} (x{times})" for what, times in sorted(undescribed.items())
        ]
    yield from _table(["target", "exercised", "share", "exchanges"], rows)
    if beside:
        yield from ("Seen but not described:", "", *beside, "")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{' --- |' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""
