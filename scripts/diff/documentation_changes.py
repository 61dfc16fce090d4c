"""Changes of descriptions, examples and evidence, and every other difference that no comparison has reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from scripts.diff.change import Change, Direction
from scripts.diff.client_names import ClientNames
from scripts.diff.joined_descriptions import ComparedDocument, canonical_text, do_overlap, find_changed_members
from scripts.diff.normalized_schema import as_list, as_object
from scripts.diff.policy import draft
from scripts.openapi_document import NAME_MAPS, OPEN_ENUM, is_array, is_object, join_pointer, split_pointer

_WORDS: Final = frozenset({"title", "description", "summary", "$comment", "externalDocs", "tags", "note"}) | {
    "openapi", "version", "contact", "license", "termsOfService"
}  # fmt: skip
_EXAMPLES: Final = frozenset({"example", "examples"})
_EVIDENCE: Final = frozenset(
    ["x-evidence", "x-doubt", "x-sources", "x-coverage", "x-workflow", "x-required-because", "x-empty-body"]
)
_MEANT: Final = frozenset(["x-sdk", "x-billing", "x-effect", OPEN_ENUM])
_LIVES: Final = "x-availability"
_ERROR_CODES: Final = "x-error-codes"
_ROOT: Final = frozenset(["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"])
# What JSON Schema 2020-12 is called: the keywords that are compared mean the same in each.
_DIALECTS: Final = frozenset(
    [None, "https://spec.openapis.org/oas/3.1/dialect/base", "https://json-schema.org/draft/2020-12/schema"]
)


class TextDifference(NamedTuple):
    """A difference of the two files.

    Attributes:
        pointer: Where it is; for a word, what the word is said of.
        keyword: The word, the example, the evidence or the extension; "" for anything else.
        old: What was there; None for nothing.
        new: What is there now.
    """

    pointer: str
    keyword: str
    old: Any
    new: Any


def compare_documentation(
    raw: tuple[Any, Any],
    documents: tuple[ComparedDocument, ComparedDocument],
    names: tuple[ClientNames, ClientNames],
    changes: list[Change],
) -> list[Change]:
    """Return the changes of words, examples and evidence, and of whatever `changes` do not speak of."""
    comparison = _Documentation(documents, names)
    spoken = {pointer for change in changes for pointer in (change.old, change.new) if pointer is not None}
    rest: dict[str, list[TextDifference]] = {}
    for difference in _find_differences(*raw, "", named=False):
        if difference.keyword in _WORDS | _EXAMPLES | _EVIDENCE:
            comparison.add_documentation(difference)
        elif difference.keyword == _LIVES:
            comparison.add_availability(difference)
        elif difference.keyword == _ERROR_CODES:
            comparison.add_error_codes(difference)
        elif difference.keyword == "prices":
            comparison.add_prices(difference)
        elif not any(do_overlap(difference.pointer, each) for each in spoken):
            if difference.keyword:
                comparison.add_extension(difference)
            else:
                rest.setdefault(_unit(difference.pointer), []).append(difference)
    for unit, differences in rest.items():
        comparison.add_rest(unit, differences)
    return comparison.found


class _Documentation:
    def __init__(
        self, documents: tuple[ComparedDocument, ComparedDocument], names: tuple[ClientNames, ClientNames]
    ) -> None:
        self._documents = documents
        self._names = names
        self.found: list[Change] = []

    def add_documentation(self, difference: TextDifference) -> None:
        pointer, keyword, old, new = difference
        if keyword in _EVIDENCE:
            kind, said = "evidence", _describe_evidence(keyword, old, new)
            self._add_removed_evidence(difference)
        else:
            kind = "example" if keyword in _EXAMPLES else "words"
            said = f"{keyword} {_fate(old, new)}"
        if said:
            self._add(kind, difference, join_pointer(pointer, keyword), pointer, said=said)

    def add_availability(self, difference: TextDifference) -> None:
        """Add what is on record now of how long each value is available."""
        pointer, keyword, *sides = difference
        old, new = map(as_object, sides)
        for value, *_ in find_changed_members(old, new):
            was, now = as_object(old.get(value)), as_object(new.get(value))
            said = [
                f"{key} {_name_fact(now.get(key))} now, and was {_name_fact(was.get(key))}"
                for key in ("since", "until", "aliases")
                if canonical_text(was.get(key)) != canonical_text(now.get(key))
            ]
            case = ":ended" if "until" in now and "until" not in was else ""
            at = join_pointer(pointer, keyword, value)
            if said:
                self._add(f"availability{case}", difference, at, pointer, name=value, said="; ".join(said))
            else:
                self._add("evidence", difference, at, pointer, said=f"evidence of `{value}` changed")

    def add_error_codes(self, difference: TextDifference) -> None:
        """Add what codes and texts of errors mean now: it decides their classes, and what is sent again."""
        pointer, keyword, *sides = difference
        old, new = map(_list_meanings, sides)
        at = join_pointer(pointer, keyword)
        for word in dict.fromkeys((*old, *new)):
            was, now = old.get(word, "nothing"), new.get(word, "nothing")
            if was != now:
                kind = "error-code" if word in old else "error-code-added"
                self._add(kind, difference, at, pointer, name=word, now=now, said=was)
        if old == new:
            self._add("evidence", difference, at, pointer, said=f"{keyword} changed")

    def add_prices(self, difference: TextDifference) -> None:
        """Add that another price is on record."""
        pointer, keyword, old, new = difference
        prices = [", ".join(map(_name_price, as_list(side))) or "not described" for side in (old, new)]
        kind, at = ("price" if prices[0] != prices[1] else "evidence"), join_pointer(pointer, keyword)
        said = f"prices {_fate(old, new)}"
        self._add(kind, difference, at, pointer.removesuffix("/x-billing"), name=prices[0], now=prices[1], said=said)

    def add_extension(self, difference: TextDifference) -> None:
        pointer, keyword, old, new = difference
        self._add("extension", difference, join_pointer(pointer, keyword), pointer, name=keyword, said=_fate(old, new))

    def add_rest(self, unit: str, differences: list[TextDifference]) -> None:
        """Add differences that the comparison by meaning did not speak of."""
        pointer, _, old, new = differences[0]
        first = split_pointer(unit)[0] if unit else ""
        fate = _fate(old, new) if pointer == unit else "changed"
        if first == "jsonSchemaDialect" and {old, new} <= _DIALECTS:
            kind = "rewritten"
        elif first not in _ROOT or (unit.startswith("/paths/") and "/servers" in pointer):
            kind = "unknown-keyword"
        elif not any(document.is_used(unit) for document in self._documents):
            mentioned = any(document.is_mentioned(unit) for document in self._documents)
            kind, fate = (
                "unused:elsewhere" if mentioned else "unused",
                {"added": "is new", "removed": "is gone"}.get(fate, fate),
            )
        elif fate != "changed" and unit.startswith("/components/"):
            kind = f"component-{fate}"
        else:
            kind = "rewritten"
        symbols = [symbol for each in differences for symbol in self._side(each.new).symbols_at(each.pointer)]
        self._add(kind, differences[0], pointer, unit, *symbols, said=fate)

    def _add_removed_evidence(self, difference: TextDifference) -> None:
        """Add each source that does not say anything of a place any more, or is not a source any more."""
        pointer, keyword, old, new = difference
        names = [list(as_object(side)) if keyword == "x-sources" else _sources(side) for side in (old, new)]
        for source in Counter(names[0]) - Counter(names[1]):
            says = [each["says"] for each in as_list(old) if _sources(each) == [source] and "says" in each]
            said = f": {says[0]}".rstrip(".") if says and keyword != "x-sources" else ""
            at = join_pointer(pointer, keyword)
            self._add("evidence-removed", difference, at, pointer, name=source, said=said)

    def _add(self, kind: str, difference: TextDifference, at: str, place: str, *symbols: str, **words: str) -> None:
        document = self._documents[difference.new is not None]
        made = draft(
            kind,
            (at if difference.old is not None else None, at if difference.new is not None else None),
            *(symbols or self._side(difference.new).symbols_at(place)),
            direction=Direction.NEITHER,
            verdict=None,
            subject=_name_place(document, place),
            **words,
        )
        self.found.append(made.at(document.affected_operations(place)))

    def _side(self, new: Any) -> ClientNames:
        return self._names[new is not None]


def _describe_evidence(keyword: str, old: Any, new: Any) -> str:
    """Return what became of evidence; "" when all of it is that some is gone."""
    if keyword == "x-doubt":
        if new is None:
            return f"no longer {old}"
        return f"{new} now" if old is None else f"{new} now, and was {old}"
    if keyword == "x-evidence" and all(value is None or is_array(value) for value in (old, new)):
        was, now = ({canonical_text(entry) for entry in as_list(entries)} for entries in (old, new))
        gone = len(was - now) - sum((Counter(_sources(old)) - Counter(_sources(new))).values())
        more = len(now - was) - gone
        counts = [f"{more} new" if more > 0 else "", f"{gone} changed" if gone > 0 else ""]
        said = ", ".join(filter(None, counts)) or ("in another order" if was == now else "")
        return f"evidence: {said}" if said else ""
    return f"{keyword} {_fate(old, new)}"


def _list_meanings(rows: Any) -> dict[str, str]:
    """Return what each code and text of `x-error-codes` means."""
    found: dict[str, str] = {}
    for row in filter(is_object, as_list(rows)):
        statuses = ", ".join(map(str, as_list(row.get("statuses"))))
        meaning = f"{row.get('means')} with {statuses}" if statuses else str(row.get("means"))
        found |= {str(word): meaning for key in ("codes", "texts") for word in as_list(row.get(key))}
    return found


def _name_fact(value: Any) -> str:
    if value is None:
        return "not on record"
    return ", ".join(map(str, value)) if is_array(value) else str(value)


def _name_price(price: Any) -> str:
    if not is_object(price):
        return str(price)
    variant = f" for {price['variant']}" if "variant" in price else ""
    return f"{price.get('amount')} {price.get('currency')}{variant}"


def _sources(entries: Any) -> list[str]:
    return [str(each["source"]) for each in as_list(entries) if is_object(each) and "source" in each]


def _fate(old: Any, new: Any) -> str:
    return "added" if old is None else "removed" if new is None else "changed"


def _name_place(document: ComparedDocument, pointer: str) -> str:
    """Return what a place is called at the beginning of a sentence."""
    tokens = split_pointer(pointer)
    match tokens:
        case ["components", "schemas", component, "properties", field, *rest]:
            return f"`{component}.{field}`" + _below(rest)
        case ["components", _, component, *rest]:
            return f"`{component}`" + _below(rest)
        case ["paths", path, method, *rest]:
            found = (each.id for each in document.operations if (each.path, each.method) == (path, method))
            return f"`{next(found, path)}`" + _below(rest)
        case []:
            return "The description"
        case _:
            return f"`{'/'.join(tokens)}`"


def _below(tokens: list[str]) -> str:
    return f" ({'/'.join(tokens)})" if tokens else ""


def _find_differences(old: Any, new: Any, pointer: str, *, named: bool) -> Iterator[TextDifference]:
    """Yield the differences of two values; a word's own place is the object that it is said of."""
    if is_object(old) and is_object(new):
        for key in dict.fromkeys((*old, *new)):
            before, after = old.get(key), new.get(key)
            whole = not named and (key in _WORDS | _EXAMPLES | _EVIDENCE or key.startswith("x-"))
            whole = whole or (key == "prices" and pointer.endswith("/x-billing"))
            if whole and not (key in _MEANT and is_object(before) and is_object(after)):
                # That a body may be missing is a fact; who says so is evidence.
                fact = key in _MEANT or (key == "x-empty-body" and (before is None or after is None))
                if canonical_text(before) != canonical_text(after):
                    yield TextDifference(
                        join_pointer(pointer, key) if fact else pointer, "" if fact else key, before, after
                    )
            elif key not in old or key not in new:
                yield TextDifference(join_pointer(pointer, key), "", before, after)
            else:
                yield from _find_differences(
                    before, after, join_pointer(pointer, key), named=not named and key in NAME_MAPS
                )
    elif is_array(old) and is_array(new) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _find_differences(before, after, join_pointer(pointer, index), named=False)
    elif canonical_text(old) != canonical_text(new):
        yield TextDifference(pointer, "", old, new)


def _unit(pointer: str) -> str:
    """Return the component, operation or part of the file that a place lies in."""
    tokens = pointer.split("/")
    return "/".join(tokens[: {"components": 4, "paths": 4}.get(tokens[1] if len(tokens) > 1 else "", 2)])
