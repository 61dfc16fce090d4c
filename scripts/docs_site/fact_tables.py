"""Facts that age, as tables: until when a value is available, what a call costs, how old the evidence is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from scripts.docs_site.evidence_views import EvidenceView, view_evidence
from scripts.docs_site.html_fragments import SiteLink
from scripts.docs_site.site_urls import SiteUrls
from scripts.lint.description_index import DescriptionIndex
from scripts.lint.evidence_rules import AVAILABILITY
from scripts.openapi_document import OPEN_ENUM, find_reading_days, is_array, is_object


@frozen
class ValueLife:
    """A value of an open list, and what is on record of its availability."""

    holder: SiteLink
    value: str
    since: str
    until: str
    aliases: list[str]
    evidence: EvidenceView


@frozen
class PriceRow:
    """A price of a call; without an amount where none is on record."""

    operation: SiteLink
    variant: str
    amount: str
    source: str
    read: str


@frozen
class EvidenceAge:
    """The days on which the newest and the oldest source of an operation were read."""

    operation: SiteLink
    newest: str
    oldest: str
    sources: int


def list_lives(index: DescriptionIndex, urls: SiteUrls) -> list[ValueLife]:
    """Return every value of the lists that say until when a value is available, in the order of the lists."""
    found: list[ValueLife] = []
    for pointer, schema in index.schemas:
        if not is_object(lives := schema.get(AVAILABILITY)):
            continue
        values: list[Any] = schema.get(OPEN_ENUM, [])
        for value in map(str, values):
            life: Mapping[str, Any] = each if is_object(each := lives.get(value)) else {}
            since, until = (str(life.get(key, "")) for key in ("since", "until"))
            aliases = [str(each) for each in life.get("aliases", [])]
            found.append(ValueLife(urls.link(pointer), value, since, until, aliases, view_evidence(life)))
    return found


def list_prices(index: DescriptionIndex, urls: SiteUrls) -> list[PriceRow]:
    """Return the prices of every call that is not free, in the order of the description."""
    found: list[PriceRow] = []
    for operation in index.operations:
        billing: Mapping[str, Any] = operation.node.get("x-billing", {})
        prices, link = billing.get("prices"), urls.link(operation.pointer)
        for price in prices if is_array(prices) else []:
            variant, source, read = (str(price.get(key, "")) for key in ("variant", "source", "read"))
            found.append(PriceRow(link, variant, f"{price.get('amount')} {price.get('currency')}", source, read))
        if isinstance(prices, str):
            found.append(PriceRow(link, "", "", "", ""))
    return found


def list_ages(index: DescriptionIndex, urls: SiteUrls) -> list[EvidenceAge]:
    """Return how old the evidence of each operation is, the oldest first."""
    found = [
        EvidenceAge(urls.link(operation.pointer), max(days), min(days), len(days))
        for operation in index.operations
        if (days := find_reading_days(index.data, operation.node))
    ]
    return sorted(found, key=lambda each: each.newest)
