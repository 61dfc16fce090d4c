"""Who says what, and how sure it is: the evidence of a node as the templates show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from scripts.docs_site.html_fragments import slug
from scripts.openapi_document import is_array, is_object


@frozen
class Mark:
    """How sure something is: a glyph, a word, and what the word means. The colour comes from the word."""

    word: str
    glyph: str
    meaning: str

    @property
    def css(self) -> str:
        """The class that gives it its colour."""
        return slug(self.word)


CONTESTED, INFERRED = ("contested", "inferred")
DOUBTS = (CONTESTED, INFERRED)
MARKS: Mapping[str, Mark] = {
    mark.word: mark
    for mark in (
        Mark(CONTESTED, "≠", "Sources disagree, and no answer of the live service has settled it."),
        Mark(INFERRED, "≈", "No source says it; it is concluded from what others say."),
        Mark("documented", "¶", "A source's documentation or code says it."),
        Mark("corroborated", "✓", "A further source says the same."),
        Mark("observed", "◉", "It was seen in a real answer, or in code that works with one."),
    )
}


@frozen
class Statement:
    """One entry of evidence."""

    source: str
    says: str
    mark: Mark
    drift: str | None


@frozen
class Evidence:
    """Everything that is said of one node.

    Attributes:
        doubt: Whether the node is contested or only inferred; None when it is neither.
    """

    doubt: Mark | None
    statements: list[Statement]

    def __bool__(self) -> bool:
        return bool(self.doubt or self.statements)


def mark(word: object) -> Mark:
    """The mark of a status; a word that is none of ours is shown as it stands."""
    return MARKS.get(str(word)) or Mark(str(word), "·", "")


def evidence_of(node: Mapping[str, Any]) -> Evidence:
    """The evidence that a node of the description carries, doubtful statements first."""
    entries = node.get("x-evidence")
    statements = [statement_of(entry) for entry in (entries if is_array(entries) else []) if is_object(entry)]
    if is_object(empty := node.get("x-empty-body")):
        statements.append(statement_of(empty))
    doubt = node.get("x-doubt")
    return Evidence(
        doubt=mark(doubt) if doubt else None,
        statements=sorted(statements, key=lambda each: _rank(each.mark.word)),
    )


def statement_of(entry: Mapping[str, Any]) -> Statement:
    """One entry of `x-evidence`."""
    drift = entry.get("drift")
    return Statement(
        source=str(entry.get("source", "")),
        says=str(entry.get("says", "")),
        mark=mark(entry.get("status")),
        drift=None if drift is None else str(drift),
    )


def _rank(word: str) -> int:
    return DOUBTS.index(word) if word in DOUBTS else len(DOUBTS)
