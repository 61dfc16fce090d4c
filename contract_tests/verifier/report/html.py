"""A run as one HTML page: nothing is loaded, and whatever a service said is text."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from attrs import evolve, frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from contract_tests.verifier.coverage import coverage_report
from contract_tests.verifier.coverage.coverage import Count
from contract_tests.verifier.report.badges import (
    EFFECTS,
    EVIDENCE,
    NOT_ASKED,
    NOT_EXERCISED,
    NOT_RUN,
    SEVERITIES,
    Mark,
    Tone,
    of_count,
)
from contract_tests.verifier.report.finding_rows import Entry, places, tolerated
from contract_tests.verifier.report.matrix import columns, groups
from contract_tests.verifier.report.next_steps import next_steps
from contract_tests.verifier.report.run_model import LIVE, WHOLE, Run, SuiteCell, TargetRun
from contract_tests.verifier.report.text_escaping import short, visible

_FOLDER: Final = Path(__file__).with_name("page")

_LEGEND: Final = (
    Mark(Tone.GOOD, "✔", "holds", "as described"),
    *(
        evolve(SEVERITIES[severity], detail=detail)
        for severity, detail in zip(SEVERITIES, ("a promise broken", "a surprise", "more, and harmless"), strict=True)
    ),
    Mark(Tone.WARN, "◷", "stale", "not seen for half a year"),
    evolve(EVIDENCE["contested"], detail="sources disagree"),
    evolve(EVIDENCE["inferred"], detail="no source says so"),
    Mark(Tone.PART, "◐", "some", "the others were not exercised"),
    evolve(NOT_EXERCISED, detail="nothing is known"),
    evolve(NOT_RUN, detail="nobody asked"),
)


@frozen
class _Total:
    target: str
    count: Count | None

    @property
    def share(self) -> int:
        return 100 * self.count.exercised // max(1, self.count.described) if self.count else 0


@frozen
class _Beside:
    target: str
    what: str
    times: int


@frozen
class _Covered:
    target: str
    cells: Sequence[Mark | None]


@frozen
class _Grouped:
    called: str
    rows: Sequence[_Covered]


@frozen
class _Asked:
    called: str
    cells: Sequence[Mark | None]


@frozen
class _Coverage:
    totals: Sequence[_Total]
    titles: Sequence[str]
    groups: Sequence[_Grouped]
    beside: Sequence[_Beside]


@frozen
class _Tallied:
    mark: Mark
    count: int


def render(run: Run) -> str:
    """The page."""
    style, script = (_FOLDER / "page.css").read_text("utf-8"), (_FOLDER / "page.js").read_text("utf-8")
    found = places(run)
    values: Mapping[str, Any] = {
        "run": run,
        "title": f"{'✔' if run.holds else '✘'} {run.description.data['info']['title']}: contract verdict",
        "day": f"{run.date.day} {run.date:%B %Y}",
        "style": Markup(style),  # noqa: S704 - our own file
        "style_hash": _hash(style),
        "script": Markup(script),  # noqa: S704 - our own file
        "script_hash": _hash(script),
        "steps": next_steps(run),
        "tally": list(_tally([entry for place in found for entry in place.entries])),
        "live": next((each for each in run.targets if each.name == LIVE), TargetRun(LIVE)),
        "not_asked": run.suite.not_asked(run.operations) if run.suite is not None else [],
        "coverage": _coverage(run),
        "suite": list(_suite(run)),
        "columns": columns(run),
        "groups": groups(run),
        "places": found,
        "tolerated": tolerated(run),
        "toggles": [*SEVERITIES.values(), Mark(Tone.GREY, "·", "unknown")],
        "legend": _LEGEND,
    }
    return f"{_environment().get_template('page.html.jinja').render(values)}\n"


def _tally(found: Sequence[Entry]) -> Iterator[_Tallied]:
    """How many findings have which effect on the client."""
    for effect, mark in EFFECTS.items():
        yield _Tallied(mark, sum(entry.worst.effect is effect for entry in found))


def _coverage(run: Run) -> _Coverage:
    reports = {target.name: target.report for target in run.targets}
    totals = [_Total(name, coverage_report.total(each.coverage) if each else None) for name, each in reports.items()]
    beside = [
        _Beside(name, short(what), times)
        for name, each in reports.items()
        for what, times in sorted(each.coverage.undescribed.items() if each else ())
    ]
    found = [
        _Grouped(
            called,
            [
                _Covered(
                    name,
                    [of_count(count) for count in coverage_report.counts(each.coverage, operation)] if each else (),
                )
                for name, each in reports.items()
            ],
        )
        for operation, called in run.operations.items()
    ]
    return _Coverage(totals, list(_titles()), found, beside)


def _titles() -> Iterator[str]:
    """What is counted; keywords are told by the body that they are of."""
    owner = ""
    for title in coverage_report.titles():
        owner = title.partition(" ")[0] if title != "keywords" else owner
        yield f"{owner} keywords" if title == "keywords" else title


def _suite(run: Run) -> Iterator[_Asked]:
    if run.suite is None:
        return
    for operation, called in (*run.operations.items(), (WHOLE, "the description as a whole")):
        cells = [
            _answered(run.suite.cells.get((operation, question.name)), is_due=question.each is not (operation == WHOLE))
            for question in run.suite.questions
        ]
        yield _Asked(called, cells)


def _answered(cell: SuiteCell | None, *, is_due: bool) -> Mark | None:
    """What came of a question; `None` where it is not one to be asked."""
    if cell is None:
        return evolve(NOT_ASKED, tone=Tone.WARN, glyph="▲") if is_due else None
    if cell.failed:
        return Mark(Tone.BAD, "✘", f"{cell.failed} of {cell.tests} fail")
    return Mark(Tone.GOOD, "✔", f"{cell.checks} checks")


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
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """What is printed for a value: text in which nothing steers the reader, unless it is ready HTML."""
    return value if isinstance(value, Markup) else visible(str(value))
