"""What only the words, the evidence and the examples say; and a look that nothing else has been overlooked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from scripts.diff.change import Change, Direction, Severity
from scripts.diff.reach import Reach
from scripts.diff.values.nodes import NAMED
from scripts.diff.values.plain import text
from scripts.diff.views import listed
from scripts.openapi_document import is_array, is_object, join

_WORDS: Final = frozenset({"title", "description", "summary", "$comment", "externalDocs", "tags", "note"}) | {
    "openapi", "version", "contact", "license", "termsOfService"
}  # fmt: skip
_EXAMPLES: Final = frozenset({"example", "examples"})
_EVIDENCE: Final = frozenset(
    ["x-evidence", "x-doubt", "x-sources", "x-coverage", "x-workflow", "x-required-because", "x-empty-body"]
)
_MEANT: Final = frozenset(["x-sdk", "x-billing", "x-effect", "x-extensible-enum"])
_ROOT: Final = frozenset(["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"])


class Difference(NamedTuple):
    """A difference of the two files.

    Attributes:
        pointer: Where it is; for a word, what the word is said of.
        keyword: The word, the example, the evidence or the extension; "" for anything else.
        old: What stood there; None for nothing.
        new: What stands there now.
    """

    pointer: str
    keyword: str
    old: Any
    new: Any


def told(old: Any, new: Any, reaches: tuple[Reach, Reach], changes: list[Change]) -> Iterator[Change]:
    """Yield what is only told, and whatever differs that no change speaks of."""
    spoken = {pointer for change in changes for pointer in (change.old, change.new) if pointer is not None}
    plain: dict[str, list[Difference]] = {}
    for difference in _differences(old, new, "", named=False):
        keyword = difference.keyword
        if keyword in _WORDS | _EXAMPLES | _EVIDENCE:
            yield _documentation(difference, reaches)
        elif not any(_touches(difference.pointer, each) for each in spoken):
            if keyword:
                yield _extension(difference, reaches)
            else:
                plain.setdefault(_unit(difference.pointer), []).append(difference)
    for unit, differences in plain.items():
        yield _left(unit, differences, reaches)


def _documentation(difference: Difference, reaches: tuple[Reach, Reach]) -> Change:
    pointer, keyword, old, new = difference
    at = join(pointer, keyword)
    if keyword in _EVIDENCE:
        kind, said = "evidence", _evidence(keyword, old, new)
    else:
        kind = "example" if keyword in _EXAMPLES else "words"
        said = f"{keyword} {'added' if old is None else 'removed' if new is None else 'changed'}"
    where = reaches[1] if new is not None else reaches[0]
    return Change(
        severity=Severity.DOCUMENTATION,
        kind=kind,
        direction=Direction.NEITHER,
        operations=where.operations(pointer),
        old=at if old is not None else None,
        new=at if new is not None else None,
        sentence=f"{_capital(where.name(pointer))}: {said}.",
        symbols=where.symbols(pointer),
    )


def _evidence(keyword: str, old: Any, new: Any) -> str:
    if keyword == "x-doubt":
        if new is None:
            return f"no longer {old}"
        return f"{new} now" if old is None else f"{new} now, and was {old}"
    if keyword == "x-evidence" and all(value is None or is_array(value) for value in (old, new)):
        was, now = ({text(entry) for entry in listed(entries)} for entries in (old, new))
        counts = [f"{len(now - was)} new" if now - was else "", f"{len(was - now)} gone" if was - now else ""]
        return f"evidence: {', '.join(filter(None, counts)) or 'in another order'}"
    return f"{keyword} {'added' if old is None else 'removed' if new is None else 'changed'}"


def _extension(difference: Difference, reaches: tuple[Reach, Reach]) -> Change:
    pointer, keyword, old, new = difference
    at = join(pointer, keyword)
    where = reaches[1] if new is not None else reaches[0]
    return Change(
        severity=Severity.COMPATIBLE,
        kind="extension",
        direction=Direction.NEITHER,
        operations=where.operations(pointer),
        old=at if old is not None else None,
        new=at if new is not None else None,
        sentence=f"{_capital(where.name(pointer))}: `{keyword}` is another one; this differ does not know it.",
        symbols=where.symbols(pointer),
    )


def _left(unit: str, differences: list[Difference], reaches: tuple[Reach, Reach]) -> Change:
    """Differences that the comparison by meaning did not speak of."""
    pointer, _, old, new = differences[0]
    where = reaches[1] if new is not None else reaches[0]
    used = any(reach.is_used(unit) for reach in reaches)
    name = _capital(where.name(unit))
    first = unit.split("/")[1] if unit else ""
    fate = "" if pointer != unit else "is new" if old is None else "is gone" if new is None else ""
    if (first not in _ROOT) or (unit.startswith("/paths/") and "/servers" in pointer):
        severity, kind, said = Severity.BREAKING, "unknown-keyword", f"{name} is not understood by this differ."
    elif not used:
        severity, kind, said = Severity.DOCUMENTATION, "unused", f"{name} {fate or 'changed'}; no operation uses it."
    elif fate and unit.startswith("/components/"):
        kind = "component-added" if new is not None else "component-removed"
        severity, said = Severity.DOCUMENTATION, f"{name} {fate}."
    else:
        severity, kind = Severity.DOCUMENTATION, "rewritten"
        said = f"{name} is written differently, and means the same."
    return Change(
        severity=severity,
        kind=kind,
        direction=Direction.NEITHER,
        operations=where.operations(unit),
        old=pointer if old is not None else None,
        new=pointer if new is not None else None,
        sentence=said,
        symbols=tuple(dict.fromkeys(name for each in differences for name in where.symbols(each.pointer))),
    )


def _differences(old: Any, new: Any, pointer: str, *, named: bool) -> Iterator[Difference]:
    """The differences of two values; a word's own place is the object that it is said of."""
    if is_object(old) and is_object(new):
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            whole = not named and (key in _WORDS | _EXAMPLES | _EVIDENCE or key.startswith("x-"))
            if whole and not (key in _MEANT and is_object(before) and is_object(after)):
                # That a body may be missing is a fact; who says so is evidence.
                fact = key in _MEANT or (key == "x-empty-body" and (before is None or after is None))
                if text(before) != text(after):
                    yield Difference(join(pointer, key) if fact else pointer, "" if fact else key, before, after)
            elif key not in old or key not in new:
                yield Difference(join(pointer, key), "", before, after)
            else:
                yield from _differences(before, after, join(pointer, key), named=not named and key in NAMED)
    elif is_array(old) and is_array(new) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differences(before, after, join(pointer, index), named=False)
    elif text(old) != text(new):
        yield Difference(pointer, "", old, new)


def _unit(pointer: str) -> str:
    """The component, operation or part of the file that a place lies in."""
    tokens = pointer.split("/")
    return "/".join(tokens[: {"components": 4, "paths": 4}.get(tokens[1] if len(tokens) > 1 else "", 2)])


def _touches(pointer: str, other: str) -> bool:
    return pointer == other or pointer.startswith(f"{other}/") or other.startswith(f"{pointer}/")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
