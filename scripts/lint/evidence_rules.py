"""Is everything that is claimed backed by a source, and every doubt marked?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Problem
from scripts.openapi_document import is_array, is_object, join

STATUSES: Final = ("documented", "corroborated", "contested", "inferred", "observed")
DOUBTS: Final = ("contested", "inferred")
KINDS: Final = ("documentation", "source-code", "sister", "client", "upstream", "deduction", "observation")
WEIGHTS: Final = ("primary", "strong", "indicative", "weak")

_SOURCE_KEYS: Final = frozenset({"title", "kind", "weight", "date", "url", "cited"})
_DATE: Final = re.compile(r"undated|\d{4}(-\d{2}){0,2}")


def missing(document: Document) -> Iterator[Problem]:
    """Every operation, every shared response and every open list of values has evidence."""
    holders = [operation.pointer for operation in document.operations]
    holders += [join("/components/responses", name) for name in document.components("responses")]
    holders += [pointer for pointer, schema in document.schemas if "x-extensible-enum" in schema]
    for holder in holders:
        if not document.at(holder).get("x-evidence"):
            yield Problem(holder, "no x-evidence", "Name at least one source")


def shape(document: Document) -> Iterator[Problem]:
    """An entry of evidence has a source, what it says and a known status, and stands once on its node."""
    for holder, node in document.objects.items():
        if "x-evidence" in node and not (is_array(node["x-evidence"]) and all(map(is_object, node["x-evidence"]))):
            yield Problem(join(holder, "x-evidence"), "not a list of entries", "Write `[{source, says, status}]`")
    seen: set[tuple[str, str, str]] = set()
    for evidence in document.evidence:
        entry = evidence.entry
        key = (evidence.holder, str(entry.get("source")), str(entry.get("says")))
        if not {"source", "says", "status"} <= entry.keys() <= {"source", "says", "status", "drift"}:
            yield Problem(evidence.pointer, "not `{source, says, status}`", "Add or take out keys; `drift` may follow")
        elif entry["status"] not in STATUSES or not str(entry["says"]).strip():
            yield Problem(evidence.pointer, "an unknown status, or says nothing", f"Use one of {', '.join(STATUSES)}")
        elif key in seen:
            yield Problem(evidence.pointer, "the same entry twice", "Take one out")
        seen.add(key)


def doubts_marked(document: Document) -> Iterator[Problem]:
    """A node with a contested or an inferred entry carries the mark `x-doubt`."""
    for holder, statuses in _statuses(document).items():
        doubt = document.at(holder).get("x-doubt")
        if "contested" in statuses and doubt != "contested":
            yield Problem(holder, "an entry is contested, the node is not marked", "Add `x-doubt: contested`")
        elif "inferred" in statuses and doubt not in DOUBTS:
            yield Problem(holder, "an entry is inferred, the node is not marked", "Add `x-doubt: inferred`")


def doubts_backed(document: Document) -> Iterator[Problem]:
    """The mark `x-doubt` rests on entries: two sides of a contest, or one inference."""
    statuses = _statuses(document)
    for holder, node in document.objects.items():
        doubt, found = node.get("x-doubt"), statuses.get(holder, [])
        at = join(holder, "x-doubt")
        if "x-doubt" not in node or holder.endswith("/properties"):
            continue
        if doubt not in DOUBTS:
            yield Problem(at, f"{doubt} is no doubt", f"Write {' or '.join(DOUBTS)}")
        elif doubt == "contested" and found.count("contested") < 2:
            yield Problem(at, "contested by fewer than two entries", "Show each side as a contested entry")
        elif doubt == "inferred" and "inferred" not in found:
            yield Problem(at, "inferred by no entry", "Say what it was inferred from")


def sources_known(document: Document) -> Iterator[Problem]:
    """An entry names a source of `x-sources`."""
    sources = _sources(document)
    for evidence in document.evidence:
        source = str(evidence.entry.get("source", ""))
        if source and source not in sources:
            yield Problem(evidence.pointer, f"no source {source}", "Add it to x-sources, or name one of those")


def sources_shape(document: Document) -> Iterator[Problem]:
    """A source has a title, a known kind, a known weight and a date, or says that it has none."""
    for name, source in _sources(document).items():
        at = join("/x-sources", name)
        if not is_object(source) or not {"title", "kind", "weight", "date", "cited"} <= source.keys() <= _SOURCE_KEYS:
            yield Problem(at, "not `{title, kind, weight, date, url?, cited}`", "Add or take out keys")
        elif source["kind"] not in KINDS:
            yield Problem(join(at, "kind"), f"{source['kind']} is no kind", f"Use one of {', '.join(KINDS)}")
        elif source["weight"] not in WEIGHTS:
            yield Problem(join(at, "weight"), f"{source['weight']} is no weight", f"Use one of {', '.join(WEIGHTS)}")
        elif not _DATE.fullmatch(str(source["date"])):
            yield Problem(join(at, "date"), f"{source['date']} is no date", "Write YYYY-MM-DD, or undated")


def sources_tally(document: Document) -> Iterator[Problem]:
    """`cited` of a source says how many entries name it, so that none is lost unnoticed."""
    counted = Counter(str(evidence.entry.get("source")) for evidence in document.evidence)
    for name, source in _sources(document).items():
        said: Any = source.get("cited") if is_object(source) else None
        at = join("/x-sources", name)
        if not counted[name]:
            yield Problem(at, f"no evidence names {name}", "Put the evidence back, or take the source out")
        elif said != counted[name]:
            message = f"evidence names {name} {counted[name]} times, `cited` says {said}"
            fix = f"Put back what is missing; or, on purpose, write `cited: {counted[name]}`"
            yield Problem(join(at, "cited"), message, fix)


def drift(document: Document) -> Iterator[Problem]:
    """Known differences between page and practice are numbered D1, D2, ... without a gap, each on one entry."""
    seen: dict[int, str] = {}
    for evidence in document.evidence:
        label = str(evidence.entry.get("drift", "D0"))
        if "drift" not in evidence.entry:
            continue
        number = int(label[1:]) if re.fullmatch(r"D[1-9]\d*", label) else None
        if number is None:
            yield Problem(evidence.pointer, f"{label} is no number of a difference", "Write D and a number")
        elif number in seen:
            yield Problem(evidence.pointer, f"{label} stands at {seen[number]} too", "Give it the next free number")
        else:
            seen[number] = evidence.holder
    for number in range(1, max(seen, default=0)):
        if number not in seen:
            yield Problem("", f"no entry has `drift: D{number}`", "Put it back, or renumber")


def _sources(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document.data.get("x-sources", {})
    return found


def _statuses(document: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for evidence in document.evidence:
        if evidence.pointer != join(evidence.holder, "x-empty-body"):
            found.setdefault(evidence.holder, []).append(str(evidence.entry.get("status")))
    return found
