"""Evidence as the pages show it: the marked statements of a node, the list of sources, the list of drifts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from scripts.docs_site.html_fragments import SiteLink, slug
from scripts.docs_site.site_urls import SiteUrls
from scripts.lint.description_index import DescriptionIndex
from scripts.lint.evidence_rules import DOUBTS
from scripts.openapi_document import is_array, is_object


@frozen
class Mark:
    """How sure something is: a glyph, a word, and what the word means. The word is also the CSS class of the colour."""

    word: str
    glyph: str
    meaning: str

    @property
    def css(self) -> str:
        """The CSS class of its colour."""
        return slug(self.word)


MARKS: Mapping[str, Mark] = {
    mark.word: mark
    for mark in (
        Mark("contested", "≠", "Sources disagree, and no answer of the live service has settled it."),
        Mark("inferred", "≈", "No source says it; it is concluded from what others say."),
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
class EvidenceView:
    """The evidence of a node: its doubt, if it is contested or only inferred, and its statements."""

    doubt: Mark | None
    statements: list[Statement]

    def __bool__(self) -> bool:
        return bool(self.doubt or self.statements)


@frozen
class Source:
    """A source, and the nodes that it is evidence for."""

    id: str
    node: Mapping[str, Any]
    url: str | None
    links: list[SiteLink]


@frozen
class Drift:
    """A node where a real answer, or another source, differs from the documentation.

    Attributes:
        found: The statement that is marked as the drift.
        against: The other statements about the node; only the contested ones, if there are any.
    """

    id: str
    link: SiteLink
    found: Statement
    against: list[Statement]


def find_mark(word: object) -> Mark:
    """Return the mark of a status; an unknown word is shown as it is."""
    return MARKS.get(str(word)) or Mark(str(word), "·", "")


def view_evidence(node: Mapping[str, Any]) -> EvidenceView:
    """Return the evidence of a node, doubtful statements first."""
    entries = node.get("x-evidence")
    statements = [view_statement(entry) for entry in (entries if is_array(entries) else []) if is_object(entry)]
    if is_object(empty := node.get("x-empty-body")):
        statements.append(view_statement(empty))
    ranks = {word: rank for rank, word in enumerate(DOUBTS)}
    statements.sort(key=lambda each: ranks.get(each.mark.word, len(ranks)))
    return EvidenceView(find_mark(node["x-doubt"]) if node.get("x-doubt") else None, statements)


def view_statement(entry: Mapping[str, Any]) -> Statement:
    """Return an entry of `x-evidence` as the pages show it."""
    drift = None if entry.get("drift") is None else str(entry["drift"])
    return Statement(str(entry.get("source", "")), str(entry.get("says", "")), find_mark(entry.get("status")), drift)


def list_sources(index: DescriptionIndex, urls: SiteUrls) -> list[Source]:
    """Return every source, in the order of the description."""
    used: dict[str, dict[SiteLink, None]] = {}
    for _, entry, holder in index.evidence:
        used.setdefault(str(entry.get("source")), {})[urls.link(holder)] = None
    return [
        Source(name, source, _web_address(source.get("url")), list(used.get(name, {})))
        for name, source in index.data.get("x-sources", {}).items()
    ]


def list_drifts(index: DescriptionIndex, urls: SiteUrls) -> list[Drift]:
    """Return every drift, by its number."""
    found: list[Drift] = []
    for _, entry, holder in index.evidence:
        if "drift" not in entry:
            continue
        others = [view_statement(each) for _, each, at in index.evidence if at == holder and "drift" not in each]
        contested = [each for each in others if each.mark.word == "contested"]
        found.append(Drift(str(entry["drift"]), urls.link(holder), view_statement(entry), contested or others))
    return sorted(found, key=lambda drift: (len(drift.id), drift.id))


def _web_address(url: object) -> str | None:
    """Return an address that may become a link: of a web page, not of a script."""
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else None
