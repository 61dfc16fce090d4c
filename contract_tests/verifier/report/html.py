"""A run as one HTML page, which loads nothing. Text of a service is escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

from attrs import evolve
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contract_tests.verifier.coverage import COLUMNS
from contract_tests.verifier.report import badges
from contract_tests.verifier.report.badges import Badge, Tone, badge_count
from contract_tests.verifier.report.finding_rows import group_findings, list_tolerated
from contract_tests.verifier.report.matrix import list_columns, make_matrix
from contract_tests.verifier.report.run_model import (
    LIVE,
    WHOLE,
    QuestionResult,
    SuiteQuestion,
    TargetRun,
    VerificationRun,
)
from scripts.text_and_files import escape_invisible, shorten

Cells: TypeAlias = Sequence[Badge | None]

_FOLDER: Final = Path(__file__).with_name("page")
_SEVERITY_DETAILS: Final = ("breaks the contract", "unexpected", "more than described, harmless")
_LEGEND: Final = (
    evolve(badges.HOLDS, detail="as described"),
    *(
        evolve(badge, detail=detail)
        for badge, detail in zip(badges.SEVERITIES.values(), _SEVERITY_DETAILS, strict=True)
    ),
    evolve(badges.STALE, detail="not seen or read for half a year"),
    evolve(badges.EVIDENCE["contested"], detail="sources disagree"),
    evolve(badges.EVIDENCE["inferred"], detail="without a source"),
    Badge(Tone.PART, "some", "the others were not exercised"),
    evolve(badges.NOT_EXERCISED, detail="nothing is known"),
    evolve(badges.NOT_RUN, detail="the target was not checked"),
)


def render(run: VerificationRun) -> str:
    """Render the page."""
    style, script = (_FOLDER / "page.css").read_text("utf-8"), (_FOLDER / "page.js").read_text("utf-8")
    found, verdict = group_findings(run), Badge(badges.VERDICTS[run.verdict], "")
    effects = [row.worst.effect for group in found for row in group.rows]
    reports = [(target.name, target.report) for target in run.targets]
    values: Mapping[str, Any] = {
        "run": run,
        "title": f"{verdict.sign} {run.description.data['info']['title']}: contract verdict",
        "verdict": verdict,
        "day": f"{run.date.day} {run.date:%B %Y}",
        "style": Markup(style),  # noqa: S704 - our own file
        "style_hash": _hash(style),
        "script": Markup(script),  # noqa: S704 - our own file
        "script_hash": _hash(script),
        "commands": run.next_commands(),
        "effects": [(badge, effects.count(effect)) for effect, badge in badges.EFFECTS.items()],
        "live": next((each for each in run.targets if each.name == LIVE), TargetRun(LIVE)),
        "unasked": run.suite.find_unasked(run.operations) if run.suite is not None else [],
        "totals": [(name, each.coverage.total() if each else None) for name, each in reports],
        "aspects": [column.title for column in COLUMNS],
        "coverage": list(_coverage(run)),
        "undescribed": [
            (name, shorten(what), times)
            for name, report in reports
            for what, times in sorted(report.coverage.undescribed.items() if report else ())
        ],
        "suite": list(_suite(run)),
        "columns": list_columns(run),
        "groups": make_matrix(run),
        "found": found,
        "tolerated": list_tolerated(run),
        "toggles": [*badges.SEVERITIES.values(), Badge(Tone.GREY, "unknown")],
        "legend": _LEGEND,
        "signs": badges.SIGNS,
        "not_run": badges.NOT_RUN,
        "tolerated_sign": badges.TOLERATED.sign,
    }
    return f"{_environment().get_template('page.html.jinja').render(values)}\n"


def _coverage(run: VerificationRun) -> Iterator[tuple[str, list[tuple[str, Cells]]]]:
    """Yield each operation with the cells of each target; a target that was not run has none."""
    for operation, called in run.operations.items():
        targets: list[tuple[str, Cells]] = []
        for target in run.targets:
            counts = target.report.coverage.counts(operation) if target.report else ()
            targets.append((target.name, [badge_count(count) for count in counts]))
        yield called, targets


def _suite(run: VerificationRun) -> Iterator[tuple[str, Cells]]:
    """Yield each operation with a cell for each question."""
    if run.suite is None:
        return
    for operation, called in (*run.operations.items(), (WHOLE, "the description as a whole")):
        results = {question: run.suite.results.get((operation, question.name)) for question in run.suite.questions}
        yield called, [_badge_result(question, operation, result) for question, result in results.items()]


def _badge_result(question: SuiteQuestion, operation: str, result: QuestionResult | None) -> Badge | None:
    if result is None:
        return Badge(Tone.WARN, badges.NOT_ASKED.word) if question.is_due(operation) else None
    if result.failed:
        return Badge(Tone.BAD, f"{result.failed} of {result.tests} fail")
    return Badge(Tone.GOOD, f"{result.checks} checks")


def _hash(text: str) -> Markup:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return Markup(f"'sha256-{digest}'")  # noqa: S704 - base64


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )


def _finalize(value: object) -> object:
    """Escape invisible characters, except in ready HTML."""
    return value if isinstance(value, Markup) else escape_invisible(str(value))
