"""The registers of the site: every source with where it is used, and every drift with what is said against what."""

from __future__ import annotations

from attrs import frozen

from scripts.docs_site.evidence_views import CONTESTED, Statement, statement_of
from scripts.docs_site.site_urls import Place, Places
from scripts.lint.description_index import DescriptionIndex


@frozen
class Source:
    """A source, and the places that it speaks of."""

    id: str
    title: str
    kind: str
    weight: str
    date: str
    url: str | None
    places: list[Place]


@frozen
class Drift:
    """A place where a real answer, or another source, differs from the documentation.

    Attributes:
        found: The statement that is marked as the drift.
        against: What else is said there; the contested statements, if there are any.
    """

    id: str
    place: Place
    found: Statement
    against: list[Statement]


def sources(document: DescriptionIndex, places: Places) -> list[Source]:
    """Every source, in the order of the description."""
    used: dict[str, dict[Place, None]] = {}
    for evidence in document.evidence:
        used.setdefault(str(evidence.entry.get("source")), {})[places.of(evidence.holder)] = None
    return [
        Source(
            id=name,
            title=str(source.get("title", name)),
            kind=str(source.get("kind", "")),
            weight=str(source.get("weight", "")),
            date=str(source.get("date", "")),
            url=_web_address(source.get("url")),
            places=list(used.get(name, {})),
        )
        for name, source in document.data.get("x-sources", {}).items()
    ]


def drifts(document: DescriptionIndex, places: Places) -> list[Drift]:
    """Every drift by its number."""
    found: list[Drift] = []
    for evidence in document.evidence:
        if "drift" not in evidence.entry:
            continue
        statement = statement_of(evidence.entry)
        others = [
            statement_of(each.entry)
            for each in document.evidence
            if each.holder == evidence.holder and each.entry is not evidence.entry and "drift" not in each.entry
        ]
        contested = [each for each in others if each.mark.word == CONTESTED]
        found.append(Drift(str(statement.drift), places.of(evidence.holder), statement, contested or others))
    return sorted(found, key=lambda drift: (len(drift.id), drift.id))


def _web_address(url: object) -> str | None:
    """An address that may become a link: of a web page, not of a script."""
    text = str(url or "")
    return text if text.startswith(("https://", "http://")) else None
