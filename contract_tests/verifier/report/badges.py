"""Badges: the one table of signs and colours. Each badge also has a word, so that no reader depends on colour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from attrs import Factory, evolve, field, frozen

from contract_tests.verifier.coverage import Count
from contract_tests.verifier.drift.findings import ClientEffect, DriftSeverity
from contract_tests.verifier.report.run_model import Verdict
from scripts.text_and_files import format_count


class Tone(StrEnum):
    """A colour, in the order in which a reader should notice them. Grey means that nothing is known."""

    BAD = "bad"
    WARN = "warn"
    NOTE = "note"
    PART = "part"
    GOOD = "good"
    GREY = "grey"


SIGNS: Final[Mapping[Tone, str]] = {
    Tone.BAD: "✘",
    Tone.WARN: "▲",
    Tone.NOTE: "✱",
    Tone.PART: "◐",
    Tone.GOOD: "✔",
    Tone.GREY: "·",
}
ASCII_SIGNS: Final = str.maketrans(
    {"✘": "x", "▲": "!", "✱": "*", "◐": "/", "✔": "+", "·": ".", "◷": "~", "≈": "~", "⊘": "-", "─": "-", "…": "..."}
)
"""What a terminal shows that has no such signs."""
_ANSI_COLOURS: Final[Mapping[Tone, str]] = {
    Tone.BAD: "31;1",
    Tone.WARN: "33",
    Tone.NOTE: "34",
    Tone.PART: "36",
    Tone.GOOD: "32",
    Tone.GREY: "90",
}


@frozen
class Badge:
    """A cell of a table, or a marked word of a sentence.

    Attributes:
        tone: The colour.
        word: The word.
        detail: An explanation in one line.
        findings: Ids of the findings behind it.
        sign: The sign; by default that of the tone.
    """

    tone: Tone
    word: str
    detail: str = ""
    findings: tuple[str, ...] = ()
    sign: str = field(default=Factory(lambda self: SIGNS[self.tone], takes_self=True), kw_only=True)

    def __str__(self) -> str:
        return f"{self.sign} {self.word}".rstrip()

    def paint(self, *, width: int = 0, coloured: bool) -> str:
        """Return sign and word for a terminal, padded, with ANSI colours or without."""
        text = str(self).ljust(width)
        return f"\x1b[{_ANSI_COLOURS[self.tone]}m{text}\x1b[0m" if coloured else text


HOLDS: Final = Badge(Tone.GOOD, "holds")
STALE: Final = Badge(Tone.WARN, "stale", sign="◷")
TOLERATED: Final = Badge(Tone.NOTE, "tolerated", sign="≈")
NOT_RUN: Final = Badge(Tone.GREY, "not run", sign="⊘")
NOT_EXERCISED: Final = Badge(Tone.GREY, "not exercised")
NOT_ASKED: Final = Badge(Tone.GREY, "not asked")
NO_SOURCE: Final = Badge(Tone.GREY, "no source")

EVIDENCE: Final[Mapping[str, Badge]] = {
    "documented": Badge(Tone.GOOD, "documented"),
    "corroborated": Badge(Tone.GOOD, "corroborated"),
    "observed": Badge(Tone.GOOD, "observed", sign="◉"),
    "contested": Badge(Tone.WARN, "contested", sign="◇"),
    "inferred": Badge(Tone.GREY, "inferred", sign="○"),
}
EFFECTS: Final[Mapping[ClientEffect, Badge]] = {
    ClientEffect.CRASH: Badge(Tone.BAD, "crash"),
    ClientEffect.SILENTLY_WRONG: Badge(Tone.BAD, "silently wrong"),
    ClientEffect.PRESERVED: Badge(Tone.NOTE, "preserved"),
    ClientEffect.NONE: Badge(Tone.GOOD, "unharmed"),
}
SEVERITIES: Final[Mapping[DriftSeverity, Badge]] = {
    DriftSeverity.ERROR: Badge(Tone.BAD, "drift"),
    DriftSeverity.WARNING: Badge(Tone.WARN, "differs"),
    DriftSeverity.NOTE: Badge(Tone.NOTE, "noted"),
}

VERDICTS: Final[Mapping[Verdict, Tone]] = {
    Verdict.HOLDS: Tone.GOOD,
    Verdict.BROKEN: Tone.BAD,
    Verdict.INCOMPLETE: Tone.WARN,
}


STALE_AFTER: Final = timedelta(days=180)
"""What is older counts as stale. That is only shown: no verdict changes by the calendar alone."""


def format_age(age: timedelta) -> str:
    """Return an age in days, months or years."""
    days = age.days
    if days < 60:
        return format_count(days, "day") if days > 0 else "today"
    return format_count(days // 30, "month") if days < 720 else format_count(days // 365, "year")


def badge_age(day: str, today: date) -> Badge:
    """Return how long ago a source was read."""
    if not day:
        return NO_SOURCE
    age = today - date.fromisoformat(day)
    found = STALE if age > STALE_AFTER else HOLDS
    return evolve(found, word=format_age(age), detail=f"read {day}")


def badge_count(count: Count) -> Badge | None:
    """Return how much is exercised; `None` if there is nothing to exercise."""
    if not count.described:
        return None
    tone = Tone.GREY if not count.exercised else Tone.GOOD if count.exercised == count.described else Tone.PART
    return Badge(tone, f"{count.exercised}/{count.described}")
