"""What each source is claimed to say, and how a claim is recognized in the source's text.

A claim is an entry of evidence. Its `quote`, where it has one, must be in the text. Its *terms* (code in backticks and
figures of `says`, and the name of the field that the entry is about) are found there together with a few *marks*:
whether a term is required, optional or gone, its type, method and figures. Wording and layout are not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import find_reachable, is_array, is_object, join_pointer, split_pointer

_CODE: Final = re.compile(r"`([^`]+)`")
_FIGURE: Final = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*(?![\w]|-\w)")
_SENTENCE: Final = re.compile(r"(?<=[.!?;\u3002])\s+")
# Marks of one family exclude each other, so that a new one contradicts what was recorded.
_MARKS: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "need": {
        "optional": re.compile(
            r"optional|(?:not|no longer|needn't) (?:be |is |are )?(?:required|mandatory|needed)", re.IGNORECASE
        ),
        "required": re.compile(
            r"(?<!not )(?<!no longer )(?:required|mandatory)|\bmust(?! not)\b|\bhas to\b|\bneeded\b", re.IGNORECASE
        ),
    },
    "life": {
        "gone": re.compile(
            r"deprecated|retired|discontinued|removed|no longer (?!required|needed|mandatory)|sunset", re.IGNORECASE
        )
    },
    "type": {
        name: re.compile(rf"\b{name}\b", re.IGNORECASE)
        for name in ("string", "integer", "number", "boolean", "array", "object")
    },
    "nullable": {"null": re.compile(r"\bnull(?:able)?\b", re.IGNORECASE)},
    "method": {name: re.compile(rf"\b{name}\b") for name in ("GET", "POST", "PUT", "PATCH", "DELETE")},
}
_NEAR: Final = 60  # characters around a term in which a figure belongs to it


@attrs.frozen
class Claim:
    """An entry of evidence, and what rests on it.

    Attributes:
        source: The id of its source.
        pointer: Where the entry is in the description.
        holder: The pointer of what the entry is about.
        says: What the source says, in our words.
        status: How sure it is: documented, contested, ...
        quote: Words of the source that must be in its text; "" when the entry quotes none.
        terms: Codes, figures and names that are looked for.
        operations: The operations that reach the holder; all of them when it is of the whole description.
    """

    source: str
    pointer: str
    holder: str
    says: str
    status: str
    quote: str
    terms: tuple[str, ...]
    operations: tuple[str, ...]

    @property
    def key(self) -> str:
        """What the record knows the claim by: it is another claim when its text or its place changes."""
        return f"{self.holder}: {self.says}"


def collect_claims(index: DescriptionIndex) -> dict[str, list[Claim]]:
    """Return the claims of a description by source, every source of `x-sources` included."""
    found: dict[str, list[Claim]] = {name: [] for name in index.data.get("x-sources", {})}
    reached = {each.id: (each.pointer, find_reachable(index.data, each.node)) for each in index.operations}
    for pointer, entry in _walk_evidence(index.data):
        holder = pointer.rpartition("/x-e")[0]
        source, says = str(entry.get("source")), str(entry.get("says", ""))
        claim = Claim(
            source,
            pointer,
            holder,
            says,
            str(entry.get("status")),
            str(entry.get("quote", "")),
            _find_terms(says, holder),
            tuple(name for name, (at, places) in reached.items() if _rests(holder, at, places)),
        )
        found.setdefault(source, []).append(claim)
    return found


def find_marks(claim: Claim, lines: list[str]) -> set[str]:
    """Return which terms of a claim are in a text, each with the marks found in the same sentence or table row."""
    return {mark for sentence in _split(lines) for mark in _read_marks(claim.terms, sentence)}


def find_lost(claim: Claim, lines: list[str], recorded: set[str], names: set[str]) -> list[str]:
    """Return the recorded marks that a text no longer has.

    A mark may have moved from the row of its term to one of the next two lines: a table that became a list.

    Args:
        claim: The claim.
        lines: The text.
        recorded: What `find_marks` returned for the text that the claim was made from.
        names: The terms of all claims of the source; a line that begins with one is about another thing.
    """
    present = find_marks(claim, lines)
    if recorded <= present:
        return []
    for position, line in enumerate(lines):
        own = [term for term in claim.terms if _locate(term, line)]
        following: list[str] = []
        for after in lines[position + 1 : position + 3] if own else ():
            if any(name not in own and after.startswith(name) for name in names):
                break
            following.append(after)
        present |= _read_marks(claim.terms, " ".join([line, *following]))
    return sorted(recorded - present)


def find_contradictions(claim: Claim, lines: list[str], recorded: set[str]) -> list[str]:
    """Return the marks of a text that contradict the recorded ones: another need, type or method, or an end of life."""
    present = find_marks(claim, lines)
    found: list[str] = []
    for mark in sorted(present - recorded):
        name, colon, _ = mark.rpartition(": ")
        family = name.rpartition(" ")[2] if colon else ""
        before = {each for each in recorded if each.startswith(f"{name}: ")}
        if family in {"life", "nullable"} or (family in _MARKS and before and not before & present):
            found.append(mark)
    return found


def find_passage(claim: Claim, lines: list[str], recorded: set[str]) -> str:
    """Return the sentence of a text that has most of the recorded marks, or "" when none has any."""
    scores = [(len(_read_marks(claim.terms, each) & recorded), -len(each), each) for each in _split(lines)]
    best = max(scores, default=(0, 0, ""))
    return best[2] if best[0] else ""


def has_quote(quote: str, lines: list[str]) -> bool:
    """Return whether words are in a text; case, line breaks and spaces do not matter."""
    return _squeeze(quote) in _squeeze(" ".join(lines))


def _walk_evidence(node: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every entry of evidence with its pointer, those inside extensions too."""
    if is_array(node):
        for position, item in enumerate(node):
            yield from _walk_evidence(item, join_pointer(pointer, position))
    if not is_object(node):
        return
    for key, value in node.items():
        at = join_pointer(pointer, key)
        if key == "x-evidence" and is_array(value):
            yield from ((join_pointer(at, number), entry) for number, entry in enumerate(value) if is_object(entry))
        elif key == "x-empty-body" and is_object(value):
            yield at, value
        else:
            yield from _walk_evidence(value, at)


def _find_terms(says: str, holder: str) -> tuple[str, ...]:
    tokens = split_pointer(holder)
    names = [tokens[-1]] if len(tokens) > 1 and tokens[-2] in {"properties", "x-availability"} else []
    codes = _CODE.findall(says)
    figures = _FIGURE.findall(_CODE.sub(" ", says))
    return tuple(dict.fromkeys([*names, *codes, *figures]))


def _rests(holder: str, operation: str, reached: set[str]) -> bool:
    if not holder.startswith(("/paths/", "/components/")):
        return True
    return f"{holder}/".startswith(f"{operation}/") or any(f"{holder}/".startswith(f"{at}/") for at in reached)


def _read_marks(terms: tuple[str, ...], sentence: str) -> set[str]:
    found: set[str] = set()
    places = {term: place for term in terms if (place := _locate(term, sentence))}
    for term, place in places.items():
        found.add(term)
        found |= {f"{term} with: {other}" for other in places if other > term}
        for family, marks in _MARKS.items():
            if family != "method" or term.startswith("/"):
                found |= {f"{term} {family}: {name}" for name, mark in marks.items() if mark.search(sentence)}
        around = sentence[max(0, place.start() - _NEAR) : place.start()] + " " + sentence[place.end() :][:_NEAR]
        found |= {f"{term} figure: {figure}" for figure in _FIGURE.findall(around)}
    return found


def _split(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from _SENTENCE.split(line)


def _locate(term: str, sentence: str) -> re.Match[str] | None:
    """Find a term as a whole: `chirp-v3` is not in `chirp-v3-5`, and a path without a slash is not in one with it."""
    after = r"(?![\w/-]|\.\w)" if term.startswith("/") else r"(?![\w-]|\.\w)"
    return re.search(rf"(?<![\w-]){re.escape(term)}{after}", sentence)


def _squeeze(text: str) -> str:
    return re.sub(r"[\s`*|\"]+", "", text).casefold()
