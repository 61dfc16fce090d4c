"""What a reader sees of a value: always a colour, a sign and a word, so that none of them is needed alone."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import frozen

from contract_tests.verifier.coverage.coverage import Count
from contract_tests.verifier.drift.findings import Effect, Severity


class Tone(StrEnum):
    """A colour. The order of the members is that of what a reader has to see first."""

    BAD = "bad"
    WARN = "warn"
    NOTE = "note"
    PART = "part"
    GOOD = "good"
    GREY = "grey"
    """Nothing is known."""


@frozen
class Mark:
    """A cell of a table, or a word of a sentence.

    Attributes:
        tone: The colour.
        glyph: The sign.
        word: The word.
        detail: What stands behind it, in a line.
        findings: Ids of the findings behind it.
    """

    tone: Tone
    glyph: str
    word: str
    detail: str = ""
    findings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.glyph} {self.word}"


NOT_RUN: Final = Mark(Tone.GREY, "⊘", "not run")
NOT_EXERCISED: Final = Mark(Tone.GREY, "·", "not exercised")
NOT_ASKED: Final = Mark(Tone.GREY, "·", "not asked")
NO_SOURCE: Final = Mark(Tone.GREY, "·", "no source")

EVIDENCE: Final[Mapping[str, Mark]] = {
    "documented": Mark(Tone.GOOD, "✔", "documented"),
    "corroborated": Mark(Tone.GOOD, "✔", "corroborated"),
    "observed": Mark(Tone.GOOD, "◉", "observed"),
    "contested": Mark(Tone.WARN, "◇", "contested"),
    "inferred": Mark(Tone.GREY, "○", "inferred"),
}
EFFECTS: Final[Mapping[Effect, Mark]] = {
    Effect.CRASH: Mark(Tone.BAD, "✘", "crash"),
    Effect.SILENTLY_WRONG: Mark(Tone.BAD, "✘", "silently wrong"),
    Effect.PRESERVED: Mark(Tone.NOTE, "✱", "preserved"),
    Effect.NONE: Mark(Tone.GOOD, "✔", "unharmed"),
}
SEVERITIES: Final[Mapping[Severity, Mark]] = {
    Severity.ERROR: Mark(Tone.BAD, "✘", "drift"),
    Severity.WARNING: Mark(Tone.WARN, "▲", "differs"),
    Severity.NOTE: Mark(Tone.NOTE, "✱", "noted"),
}


def of_count(count: Count) -> Mark | None:
    """How far something is exercised; `None` where there is nothing to be exercised."""
    if not count.described:
        return None
    if not count.exercised:
        return Mark(Tone.GREY, "·", f"0/{count.described}")
    whole = count.exercised == count.described
    return Mark(Tone.GOOD if whole else Tone.PART, "✔" if whole else "◐", f"{count.exercised}/{count.described}")
