"""Rules of evidence: every claim names its sources and when they were read, and every doubt is marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from scripts.lint.contradiction_rules import suggest
from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.openapi_document import OPEN_ENUM, is_array, is_object, join_pointer

STATUSES: Final = ("documented", "corroborated", "contested", "inferred", "observed")
DOUBTS: Final = ("contested", "inferred")
AVAILABILITY: Final = "x-availability"

_SOURCE_KEYS: Final = frozenset({"title", "kind", "weight", "date"})
_SOURCE_VALUES: Final = {
    "kind": ("documentation", "source-code", "sister", "client", "upstream", "deduction", "observation"),
    "weight": ("primary", "strong", "indicative", "weak"),
}
_ENTRY_KEYS: Final = ("source", "says", "status", "drift", "read", "quote", "shown-by")
_LONGEST_QUOTE: Final = 120
_AVAILABILITY_KEYS: Final = frozenset({"since", "until", "aliases", "x-evidence", "x-doubt"})
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DATE: Final = re.compile(r"undated|\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")

_CODE_KEYS: Final = frozenset({"means", "codes", "texts", "statuses", "x-evidence"})
ERROR_MEANINGS: Final = ("quota", "saturated", "no-channel", "unknown-task", "invalid")


def check_missing(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every operation, every shared response and every open list of values has evidence."""
    holders = [operation.pointer for operation in index.operations]
    holders += [join_pointer("/components/responses", name) for name in index.components("responses")]
    holders += [pointer for pointer, schema in index.schemas if OPEN_ENUM in schema]
    for holder in holders:
        if not index.at(holder).get("x-evidence"):
            yield Problem(holder, "no x-evidence", "Name at least one source")


def check_entries(index: DescriptionIndex) -> Iterator[Problem]:
    """An entry of evidence has a source, what it says and a known status, and is on its node once."""
    for holder, node in index.evidence_holders.items():
        if "x-evidence" in node and not (is_array(node["x-evidence"]) and all(map(is_object, node["x-evidence"]))):
            yield Problem(
                join_pointer(holder, "x-evidence"), "not a list of entries", "Write `[{source, says, status}]`"
            )
    seen: set[tuple[str, str, str]] = set()
    for pointer, entry, holder in index.evidence:
        key = (holder, str(entry.get("source")), str(entry.get("says")))
        if not {"source", "says", "status"} <= entry.keys() <= set(_ENTRY_KEYS):
            yield Problem(pointer, "not `{source, says, status}`", f"Use these keys: {', '.join(_ENTRY_KEYS)}")
        elif entry["status"] not in STATUSES or not str(entry["says"]).strip():
            yield Problem(pointer, "an unknown status, or `says` is empty", f"Use one of {', '.join(STATUSES)}")
        elif key in seen:
            yield Problem(pointer, "the same entry twice", "Remove one")
        elif "shown-by" in entry and not _is_shown(index, entry["shown-by"]):
            fix = "Write an operationId and the JSON Schema of `{status, media, body}`"
            yield Problem(join_pointer(pointer, "shown-by"), "not `{operation, answer}` of a described operation", fix)
        seen.add(key)
    for pointer, node in index.objects.items():
        if "x-empty-body" in node and not is_object(node["x-empty-body"]):
            yield Problem(join_pointer(pointer, "x-empty-body"), "not an entry", "Write `{source, says, status}`")


def _is_shown(index: DescriptionIndex, shown: Any) -> bool:
    whole = is_object(shown) and shown.keys() == {"operation", "answer"} and is_object(shown["answer"])
    return whole and index.operation(str(shown["operation"])) is not None


def check_doubts_marked(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a node with a contested or an inferred entry has the mark `x-doubt`."""
    for holder, statuses in _statuses(index).items():
        doubt = index.at(holder).get("x-doubt")
        if "contested" in statuses and doubt != "contested":
            yield Problem(holder, "an entry is contested, the node is not marked", "Add `x-doubt: contested`")
        elif "inferred" in statuses and doubt not in DOUBTS:
            yield Problem(holder, "an entry is inferred, the node is not marked", "Add `x-doubt: inferred`")


def check_doubts_backed(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that the mark `x-doubt` is backed by two contested entries or one that is inferred."""
    statuses = _statuses(index)
    for holder, node in index.evidence_holders.items():
        if "x-doubt" not in node:
            continue
        doubt, found = node["x-doubt"], statuses.get(holder, [])
        at = join_pointer(holder, "x-doubt")
        if doubt not in DOUBTS:
            yield Problem(at, f"{doubt} is not a doubt", f"Write {' or '.join(DOUBTS)}")
        elif doubt == "contested" and found.count("contested") < 2:
            yield Problem(at, "contested by fewer than two entries", "Show each side as a contested entry")
        elif doubt == "inferred" and "inferred" not in found:
            yield Problem(at, "inferred by no entry", "Say what it was inferred from")


def check_sources_known(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an entry names a source of `x-sources`."""
    sources = _sources(index)
    for pointer, entry, _ in index.evidence:
        source = str(entry.get("source", ""))
        if source and source not in sources:
            yield Problem(pointer, f"no source {source}", "Add it to x-sources, or name one that is there")


def check_sources(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a source has a title, a known kind, a known weight, and a date or `undated`."""
    for name, source in _sources(index).items():
        at = join_pointer("/x-sources", name)
        if not _SOURCE_KEYS <= source.keys() <= _SOURCE_KEYS | {"read", "url"}:
            yield Problem(at, "not `{title, kind, weight, date, read, url?}`", "Add or remove keys")
            continue
        for key, values in _SOURCE_VALUES.items():
            if source[key] not in values:
                yield Problem(join_pointer(at, key), f"{source[key]} is not a {key}", f"Use one of {', '.join(values)}")
        if not _DATE.fullmatch(str(source["date"])):
            yield Problem(join_pointer(at, "date"), f"{source['date']} is not a date", "Write YYYY-MM-DD, or undated")
        if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", str(source.get("url", "https://none"))):
            message = f"{source['url']} is not an address"
            yield Problem(join_pointer(at, "url"), message, "Write https://..., or leave it out")


def check_reading(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a source has the day on which it was read; an entry may have a later one, and a short quote."""
    for name, source in _sources(index).items():
        if not is_day(source.get("read")):
            at = join_pointer("/x-sources", name)
            yield Problem(at, "no day on which it was read", "Add `read: 'YYYY-MM-DD'`")
    for pointer, entry, _ in index.evidence:
        if "read" in entry and not is_day(entry["read"]):
            yield Problem(join_pointer(pointer, "read"), f"{entry['read']} is not a day", "Write 'YYYY-MM-DD'")
        quote = entry.get("quote", "-")
        if not isinstance(quote, str) or not 0 < len(quote.strip()) <= _LONGEST_QUOTE:
            fix = f"Quote at most {_LONGEST_QUOTE} characters"
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


def check_sources_used(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that evidence names each source."""
    named = {str(entry.get("source")) for _, entry, _ in index.evidence}
    for name in _sources(index):
        if name not in named:
            at = join_pointer("/x-sources", name)
            yield Problem(at, f"no evidence names {name}", "Put the evidence back, or remove the source")


def check_drift_numbers(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that drifts from the documentation are numbered D1, D2, ... without a gap, each on one entry."""
    seen: dict[int, str] = {}
    for pointer, entry, holder in index.evidence:
        if "drift" not in entry:
            continue
        label = str(entry["drift"])
        number = int(label[1:]) if re.fullmatch(r"D[1-9]\d*", label) else None
        if number is None:
            yield Problem(pointer, f"{label} is not a number of a difference", "Write D and a number")
        elif number in seen:
            yield Problem(pointer, f"{label} is at {seen[number]} too", "Give it the next free number")
        else:
            seen[number] = holder
    for number in range(1, max(seen, default=0)):
        if number not in seen:
            yield Problem("", f"no entry has `drift: D{number}`", "Put it back, or renumber")


def _sources(index: DescriptionIndex) -> dict[str, Any]:
    found: dict[str, Any] = index.data.get("x-sources", {})
    return found


def _statuses(index: DescriptionIndex) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pointer, entry, holder in index.evidence:
        if pointer != join_pointer(holder, "x-empty-body"):
            found.setdefault(holder, []).append(str(entry.get("status")))
    return found


def check_error_codes(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a row of `x-error-codes` has a known meaning, codes or texts that no other row has, and evidence."""
    seen: set[str] = set()
    for number, row in enumerate(index.data.get("x-error-codes", [])):
        at = join_pointer("/x-error-codes", number)
        if row.get("means") not in ERROR_MEANINGS:
            yield Problem(at, "no known meaning", f"Add `means: {' | '.join(ERROR_MEANINGS)}`")
            continue
        words = [*row.get("codes", []), *row.get("texts", [])]
        unknown = sorted(row.keys() - _CODE_KEYS)
        if unknown:
            yield Problem(join_pointer(at, unknown[0]), f"no such key {unknown[0]}", suggest(unknown[0], _CODE_KEYS))
        if not words or not all(str(word).strip() and word not in seen for word in words):
            fix = "Name each code and text once: an empty text is part of any message"
            yield Problem(at, "no codes and texts, or one that is empty or that another row has", fix)
        seen |= {str(word) for word in words}
        entries = row.get("x-evidence", [])
        if not entries or any(str(entry.get("source")) not in _sources(index) for entry in entries):
            yield Problem(at, "no evidence of a known source", "Add `x-evidence: [{source, says, status}]`")


def _check_life(life: Mapping[str, Any], names: list[Any], at: str) -> Iterator[Problem]:
    for key in ("since", "until"):
        value = life.get(key, "undated")
        if not (is_day(value) or _MONTH.fullmatch(str(value)) or value == "undated"):
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


def is_day(value: object) -> bool:
    """Check that a value is a day of the calendar, as YYYY-MM-DD."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
