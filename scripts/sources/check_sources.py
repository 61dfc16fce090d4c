"""Compare each source with its record: claims whose source changed, new pages, and OpenAPI documents of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from scripts.description_file import DescriptionFileError
from scripts.diff.change import Severity
from scripts.diff.compare import compare
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import is_object
from scripts.sources.claims import Claim, find_contradictions, find_lost, find_passage, has_quote
from scripts.sources.reading import Document
from scripts.sources.source_record import SourceRecord, compute_digest

_MESSAGES: Final = frozenset({"parameters", "requestBody", "responses"})
_FEWEST_LINKS: Final = 3
_LINK: Final = re.compile(r"https?://[^\s)\]>\"']+")


class State(StrEnum):
    """What became of a source since it was recorded."""

    UNCHANGED = "unchanged"
    REWORDED = "reworded"
    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"
    UNRECORDED = "unrecorded"
    UNREADABLE = "unreadable"
    UNWATCHED = "unwatched"


@attrs.frozen
class SourceChange:
    """A claim that a source no longer supports as it did, or something new in a source.

    Attributes:
        pointer: The entry of evidence, or the source, in the description.
        sentence: What happened.
        claim: The claim; None for something new.
        was: Quote or marks that went.
        now: Quote, marks or passage in their place.
    """

    pointer: str
    sentence: str
    claim: Claim | None = None
    was: tuple[str, ...] = ()
    now: tuple[str, ...] = ()


@attrs.frozen
class SourceResult:
    """The outcome for one source.

    Attributes:
        name: Its id.
        pointer: Where it is in the description.
        state: What became of it.
        note: A reason, or what to do.
        changes: What touches a claim. Only these fail a run.
        unchecked: Claims of a changed source that have neither terms nor a quote: somebody has to read them again.
    """

    name: str
    pointer: str
    state: State
    note: str = ""
    changes: list[SourceChange] = attrs.field(factory=list)
    unchecked: list[Claim] = attrs.field(factory=list)


def check_source(
    index: DescriptionIndex, name: str, document: Document | None, record: SourceRecord | None, claims: list[Claim]
) -> SourceResult:
    """Compare one source with its record.

    Args:
        index: The description.
        name: The id of the source.
        document: What was read; None when it has no address and no file was given.
        record: Its record, if it was recorded.
        claims: What rests on it.
    """
    pointer = f"/x-sources/{name}"
    if document is None:
        return SourceResult(name, pointer, State.UNWATCHED, "no address; give a file with --file")
    if document.unreadable:
        return SourceResult(name, pointer, State.UNREADABLE, document.unreadable)
    if document.gone:
        gone = [SourceChange(claim.pointer, f"{name} is gone: {document.gone}", claim) for claim in claims]
        return SourceResult(name, pointer, State.GONE, document.gone, gone)
    if document.unmodified:
        return SourceResult(name, pointer, State.UNCHANGED)
    changes = [change for claim in claims for change in _compare_quote(claim, document.lines)]
    same = record is not None and compute_digest(document.lines) == record.digest
    if not same:
        changes += _compare_description(index, pointer, document)
    if record is None:
        state = State.CHANGED if changes else State.UNRECORDED
        return SourceResult(name, pointer, state, "record it with --record", changes)
    if same and not changes:
        return SourceResult(name, pointer, State.UNCHANGED)
    names = {term for claim in claims for term in claim.terms}
    for claim in claims:
        if claim.key in record.marks:
            changes += _compare_marks(claim, document.lines, set(record.marks[claim.key]), names)
    pages = _find_new_pages(index, document, record.links) if record.links else ()
    news = [SourceChange(pointer, f"{name} names a new page: {link}") for link in pages]
    state = State.CHANGED if changes else State.NEW if news else State.REWORDED
    unchecked = [claim for claim in claims if not claim.quote and not record.marks.get(claim.key)]
    return SourceResult(name, pointer, state, "", changes + news, unchecked)


def find_links(document: Document) -> list[str]:
    """Return the links of an index of pages, such as `llms.txt`: a document most of whose lines have one; else none."""
    lines = [line for line in document.body.splitlines() if line.strip()]
    links = [link[0].rstrip(".,") for line in lines if (link := _LINK.search(line))]
    is_list = len(links) >= _FEWEST_LINKS and 2 * len(links) >= len(lines)
    return sorted(set(links)) if is_list and "<html" not in document.body[:500].lower() else []


def _find_new_pages(index: DescriptionIndex, document: Document, known: list[str]) -> Iterator[str]:
    """Yield the links of an index that were not recorded and whose line has a word of a call that creates something."""
    creating = [each for each in index.operations if each.node.get("x-effect") == "creates"]
    words = {each.path.strip("/").partition("/")[0] for each in creating}
    words |= {str(tag) for each in creating for tag in each.node.get("tags", [])}
    pattern = re.compile("|".join(rf"\b{re.escape(word.removesuffix('s'))}" for word in sorted(words)), re.IGNORECASE)
    new = set(find_links(document)) - set(known)
    for line in document.body.splitlines() if words else ():
        link = _LINK.search(line)
        if link and link[0].rstrip(".,") in new and pattern.search(line):
            yield link[0].rstrip(".,")


def _compare_quote(claim: Claim, lines: list[str]) -> Iterator[SourceChange]:
    if claim.quote and not has_quote(claim.quote, lines):
        close = get_close_matches(claim.quote, lines, n=1, cutoff=0.3)
        now = (close[0],) if close else ()
        yield SourceChange(claim.pointer, f"{claim.source} no longer has the quoted words", claim, (claim.quote,), now)


def _compare_marks(claim: Claim, lines: list[str], recorded: set[str], names: set[str]) -> Iterator[SourceChange]:
    lost = find_lost(claim, lines, recorded, names)
    gained = find_contradictions(claim, lines, recorded)
    if lost or gained:
        passage = find_passage(claim, lines, recorded)
        terms = [mark for mark in lost if ": " not in mark]
        reason = f"no longer names {', '.join(terms)}" if terms else "says something else here"
        now = (*gained, *([passage] if passage else []))
        yield SourceChange(claim.pointer, f"{claim.source} {reason}", claim, tuple(terms or lost), now)


def _compare_description(index: DescriptionIndex, pointer: str, document: Document) -> Iterator[SourceChange]:
    """Compare the messages of the operations that an OpenAPI document shares with the description."""
    theirs = _parse_openapi(document.body)
    shared = [each for each in index.operations if theirs and is_object(theirs["paths"].get(each.path))]
    if theirs is None or not shared:
        return
    ours, other = _without_paths(index), _without_paths(index)
    components: dict[str, Any] = index.data.get("components", {})
    other["components"] = {**components, **theirs.get("components", {})}
    for operation in shared:
        node = theirs["paths"][operation.path].get(operation.method)
        if not is_object(node):
            reason = f"it describes {operation.path} without {operation.method.upper()}"
            yield SourceChange(operation.pointer, reason)
            continue
        messages: dict[str, Any] = {
            part: node[part] for part in ("parameters", "requestBody", "responses") if part in node
        }
        kept = {part: value for part, value in operation.node.items() if part not in _MESSAGES}
        ours["paths"].setdefault(operation.path, {})[operation.method] = operation.node
        answered: dict[str, Any] = {"responses": {}, **kept, **messages}
        other["paths"].setdefault(operation.path, {})[operation.method] = answered
    try:
        found = compare(ours, other)
    except (DescriptionFileError, LookupError, ValueError, TypeError, AttributeError) as error:
        yield SourceChange(pointer, f"it describes {shared[0].path}, and cannot be compared: {error}")
        return
    yield from (
        SourceChange(change.old or pointer, f"its OpenAPI document differs: {change.sentence}")
        for change in found
        if change.severity is not Severity.DOCUMENTATION
    )


def _without_paths(index: DescriptionIndex) -> dict[str, Any]:
    return {key: {} if key == "paths" else value for key, value in index.data.items() if key != "x-workflow"}


def _parse_openapi(body: str) -> dict[str, Any] | None:
    if "openapi" not in body or "paths" not in body or body.lstrip().startswith("<"):
        return None
    reader: Any = YAML(typ="safe")
    try:
        value: Any = reader.load(body)
    except (YAMLError, ValueError, RecursionError):
        return None
    return value if is_object(value) and "openapi" in value and is_object(value.get("paths")) else None
