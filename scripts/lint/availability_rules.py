"""Rules of facts with a date: when a source was read, how long a value is available, what a call costs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from scripts.lint.description_index import DescriptionIndex
from scripts.lint.lint_finding import Problem
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import OPEN_ENUM, is_array, is_object, join_pointer

AVAILABILITY: Final = "x-availability"
NO_PRICE: Final = "none on record"
LONGEST_QUOTE: Final = 120

_AVAILABILITY_KEYS: Final = frozenset({"since", "until", "aliases", "x-evidence", "x-doubt"})
_PRICE_KEYS: Final = frozenset({"amount", "currency", "source", "read"})
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def check_reading(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a source has the day on which it was read; an entry may have a later one, and a short quote."""
    sources: dict[str, Any] = index.data.get("x-sources", {})
    for name, source in sources.items():
        if is_object(source) and not _is_day(source.get("read")):
            at = join_pointer("/x-sources", name)
            yield Problem(at, "no day on which it was read", "Add `read: 'YYYY-MM-DD'`")
    for pointer, entry, _ in index.evidence:
        if "read" in entry and not _is_day(entry["read"]):
            yield Problem(join_pointer(pointer, "read"), f"{entry['read']} is not a day", "Write 'YYYY-MM-DD'")
        quote = entry.get("quote", "-")
        if not isinstance(quote, str) or not 0 < len(quote.strip()) <= LONGEST_QUOTE:
            fix = f"Quote at most {LONGEST_QUOTE} characters"
            yield Problem(join_pointer(pointer, "quote"), "not a short quote", fix)


def check_availability(index: DescriptionIndex) -> Iterator[Problem]:
    """`x-availability` is about values of the open list next to it: since, until, aliases, with evidence."""
    for pointer, schema in index.objects.items():
        if AVAILABILITY not in schema:
            continue
        at, known = join_pointer(pointer, AVAILABILITY), schema.get(OPEN_ENUM)
        if not is_object(schema[AVAILABILITY]) or not is_array(known):
            yield Problem(at, "not `{value: {since, until, aliases}}` of an open list", "Move it to x-extensible-enum")
            continue
        names = list(known)
        for value, life in schema[AVAILABILITY].items():
            here = join_pointer(at, value)
            if value not in known:
                yield Problem(here, f"{value} is not in x-extensible-enum", "Add it there, or remove it here")
            elif not is_object(life) or not life.keys() <= _AVAILABILITY_KEYS or not life.get("x-evidence"):
                fix = f"Write {', '.join(sorted(_AVAILABILITY_KEYS))}; x-evidence is required"
                yield Problem(here, "not a life with evidence", fix)
            else:
                yield from _check_life(life, names, here)


def check_prices(index: DescriptionIndex) -> Iterator[Problem]:
    """The `prices` of a call have amount, currency, source and day, or are none on record; `unpriced` are variants."""
    for operation in index.operations:
        billing = operation.node.get("x-billing")
        if not is_object(billing):
            continue
        variants = set(find_variants(index, operation))
        for name in billing.get("unpriced", []):
            if name not in variants:
                at_name = join_pointer(operation.pointer, "x-billing", "unpriced")
                yield Problem(at_name, f"{name} is not a variant of the request", "Name one of its variants")
        if billing.get("prices", NO_PRICE) == NO_PRICE:
            continue
        at, prices = join_pointer(operation.pointer, "x-billing", "prices"), billing["prices"]
        if not is_array(prices) or not prices:
            yield Problem(at, "no prices", f"Write `[{{amount, currency, source, read}}]`, or `{NO_PRICE}`")
            continue
        seen: set[str | None] = set()
        for number, price in enumerate(prices):
            here = join_pointer(at, number)
            if not is_object(price) or not _PRICE_KEYS <= price.keys() <= _PRICE_KEYS | {"variant"}:
                yield Problem(here, "not `{amount, currency, source, read, variant?}`", "Add or remove keys")
            else:
                yield from _check_price(price, variants, index.data.get("x-sources", {}), seen, here)


def _check_life(life: Mapping[str, Any], names: list[Any], at: str) -> Iterator[Problem]:
    for key in ("since", "until"):
        value = life.get(key, "undated")
        if not (_is_day(value) or _MONTH.fullmatch(str(value)) or value == "undated"):
            fix = "Write 'YYYY-MM-DD', 'YYYY-MM', or undated"
            yield Problem(join_pointer(at, key), f"{value} is not a day", fix)
    since, until = str(life.get("since", "undated")), str(life.get("until", "undated"))
    if "undated" not in (since, until) and until < since[: len(until)]:
        yield Problem(join_pointer(at, "until"), f"{until} is before {since}", "Correct one of the two")
    aliases = life.get("aliases", ["-"])
    if not is_array(aliases) or not aliases:
        yield Problem(join_pointer(at, "aliases"), "not a list of names", "Name at least one, or remove it")
        return
    for alias in aliases:
        if not isinstance(alias, str) or alias in names:
            fix = "Name each value and alias once"
            yield Problem(join_pointer(at, "aliases"), f"{alias} is the name of another value", fix)
        elif alias != "-":
            names.append(alias)


def _check_price(
    price: Mapping[str, Any], variants: set[str], sources: Mapping[str, Any], seen: set[str | None], at: str
) -> Iterator[Problem]:
    amount, variant = price["amount"], str(price["variant"]) if "variant" in price else None
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 <= amount < float("inf"):
        yield Problem(join_pointer(at, "amount"), f"{amount} is not an amount", "Write a number, such as 0.02")
    if not re.fullmatch("[A-Z]{3}", str(price["currency"])):
        yield Problem(join_pointer(at, "currency"), f"{price['currency']} is not a currency", "Write USD, EUR, ...")
    if str(price["source"]) not in sources:
        yield Problem(join_pointer(at, "source"), f"no source {price['source']}", "Name one of x-sources")
    if not _is_day(price["read"]):
        yield Problem(join_pointer(at, "read"), f"{price['read']} is not a day", "Write 'YYYY-MM-DD'")
    if variant is not None and variant not in variants:
        yield Problem(
            join_pointer(at, "variant"), f"{variant} is not a variant of the request", "Name one, or remove it"
        )
    if variant in seen:
        yield Problem(at, "a second price of the same call", "Keep the price that is valid")
    seen.add(variant)


def _is_day(value: object) -> bool:
    """Check that a value is a day of the calendar, as YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
