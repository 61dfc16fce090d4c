"""Does any difference of two descriptions go unseen, and does the order of things make one?"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from scripts.description_file import DEFAULT, load
from scripts.diff import Severity, compare
from scripts.openapi_document import is_array, is_object, join_pointer
from scripts.tests.diff.diff_sample import GONE, POST, REQUEST, sample
from scripts.tests.generator.small_descriptions import describe, operation
from scripts.tests.lint.lint_sample import edited


def nodes(value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every node of a description but its root, with its pointer."""
    items = value.items() if is_object(value) else enumerate(value) if is_array(value) else ()
    for key, item in items:
        yield join_pointer(pointer, key), item
        yield from nodes(item, join_pointer(pointer, key))


def other(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}x"
        case _:
            return GONE


NODES = list(nodes(sample()))


@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(4, 24, 4))])
def test_every_edit_is_seen(part: int) -> None:
    unseen: list[str] = []
    for pointer, value in NODES[part::24]:
        for edit in (other(value), GONE):
            try:
                changes = compare(sample(), sample({pointer: edit}))
            except LookupError:
                continue  # a reference leads to nothing, which is an error and not a change
            if not changes:
                unseen.append(pointer)
    assert not unseen


def test_order_in_the_file_is_no_change() -> None:
    def turned(value: Any) -> Any:
        return {key: turned(item) for key, item in reversed(value.items())} if is_object(value) else value

    assert compare(sample(), turned(sample())) == []


def test_own_description_equals_itself() -> None:
    data = load(DEFAULT).bundled()
    assert compare(data, data) == []


@pytest.mark.parametrize("seed", [7, pytest.param(8, marks=pytest.mark.slow), pytest.param(9, marks=pytest.mark.slow)])
def test_reverted_change_is_the_opposite(seed: int) -> None:
    """What one way comes, goes the other way: no kind may be forgotten in one direction."""
    pairs = {"field-added": "field-removed", "operation-added": "operation-removed", "link-added": "link-removed"}
    random = Random(seed)
    data = load(DEFAULT)
    fields = [pointer for pointer, _ in nodes(data.data) if pointer.split("/")[-2:-1] == ["properties"]]
    # A shared link is used somewhere: without it, a reference leads to nothing.
    links = [pointer for pointer, _ in nodes(data.data["paths"], "/paths") if pointer.split("/")[-2:-1] == ["links"]]
    for pointer in (random.choice(fields), random.choice(links)):
        less = edited(data, {pointer: GONE}).data
        there = {change.kind for change in compare(less, data.data)}
        back = {change.kind for change in compare(data.data, less)}
        added = there & pairs.keys()
        assert added, pointer
        assert {pairs[kind] for kind in added} <= back, pointer


def test_field_named_like_keyword_is_field() -> None:
    changes = compare(sample(), sample({"/components/schemas/Song/properties/title": GONE}))
    assert [change.kind for change in changes] == ["field-removed"]


@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [True]},
        {"anyOf": [True, {"type": "object"}], "discriminator": {"propertyName": "name"}},
        {"oneOf": [{"allOf": [True]}, {"type": "null"}]},
    ],
)
def test_boolean_schema_in_composition_is_compared(schema: dict[str, Any]) -> None:
    at = "/components/schemas/Song/properties/more"
    plain, composed = sample({at: {"type": "object"}}), sample({at: schema})
    found = [*compare(plain, composed), *compare(composed, plain)]
    assert {change.pointer.partition("/more")[0] for change in found} == {"/components/schemas/Song/properties"}


def test_words_break_nobody() -> None:
    data = load(DEFAULT)
    words = [
        pointer for pointer, value in nodes(data.data) if pointer.endswith("/description") and isinstance(value, str)
    ]
    changed = Random(3).sample(words, 8)
    changes = compare(data.data, edited(data, dict.fromkeys(changed, "Something else.")).data)
    assert {change.severity for change in changes} == {Severity.DOCUMENTATION}
    assert {change.pointer for change in changes} == set(changed)


def evidence(*sources: str) -> list[dict[str, str]]:
    return [{"source": name, "says": f"{name} says so.", "status": "documented"} for name in sources]


@pytest.mark.parametrize(
    ("old", "new", "removed"),
    [
        (("page", "book"), ("page",), ["book"]),
        (("page", "book"), (), ["page", "book"]),
        (("page",), ("book",), ["page"]),
        (("page", "page"), ("page",), ["page"]),
        (("page",), ("page", "book"), []),
        (("page", "book"), ("book", "page"), []),
    ],
)
def test_removed_evidence_names_its_source(old: tuple[str, ...], new: tuple[str, ...], removed: list[str]) -> None:
    at = "/components/schemas/Person/x-evidence"
    changes = compare(sample({at: evidence(*old)}), sample({at: evidence(*new)} if new else {}))
    assert {change.severity for change in changes} == {Severity.DOCUMENTATION}
    found = [change.sentence for change in changes if change.kind == "evidence-removed"]
    assert found == [f"`Person`: evidence of `{name}` removed: {name} says so." for name in removed]


PRICES = "/paths/~1songs/post/x-billing/prices"
LIVES = "/components/schemas/Voice/x-availability"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            {LIVES: {"bass": {"since": "2025-05-03"}}},
            {LIVES: {"bass": {"since": "2025-05-03", "until": "2026-09-09"}}},
            "`Voice`: the end of `bass` is on record now, so the client warns of it: until 2026-09-09 now, and was not "
            "on record.",
        ),
        (
            {LIVES: {"bass": {"until": "2026-09-09"}}},
            {LIVES: {"bass": {"until": "2026-10-01", "aliases": ["low", "deep"]}}},
            "`Voice`: `bass`: until 2026-10-01 now, and was 2026-09-09; aliases low, deep now, and was not on record.",
        ),
        (
            {LIVES: {"bass": {"until": "2026-09-09"}}},
            {},
            "`Voice`: `bass`: until not on record now, and was 2026-09-09.",
        ),
        (
            {PRICES: [{"amount": 0.02, "currency": "USD", "read": "2026-11-26"}]},
            {PRICES: [{"amount": 0.03, "currency": "USD", "read": "2026-11-27"}]},
            "The price of `createSong` is 0.03 USD now, and was 0.02 USD.",
        ),
        (
            {PRICES: "none on record"},
            {PRICES: [{"amount": 1, "currency": "EUR", "variant": "FromTune"}]},
            "The price of `createSong` is 1 EUR for FromTune now, and was none on record.",
        ),
    ],
)
def test_dated_fact_is_told_in_full(old: dict[str, Any], new: dict[str, Any], sentence: str) -> None:
    assert [change.sentence for change in compare(sample(old), sample(new))] == [sentence]


def test_price_read_again_is_documentation() -> None:
    """The same price on another day."""
    old, new = ([{"amount": 0.02, "currency": "USD", "read": day}] for day in ("2026-11-26", "2026-11-27"))
    (change,) = compare(sample({PRICES: old}), sample({PRICES: new}))
    assert (change.kind, change.severity) == ("evidence", Severity.DOCUMENTATION)


def test_removed_source_is_named() -> None:
    changes = compare(sample({"/x-sources/book": {"title": "A book"}}), sample())
    assert "The description: evidence of `book` removed." in [change.sentence for change in changes]


def test_used_component_is_not_called_unused() -> None:
    """It is used by a part of it, by an escaped reference, as a path item, or only by a webhook."""
    schemas = {"A B": {"type": "object", "properties": {"x": {"enum": ["a", "b"]}}}}
    turned = {"A B": {"type": "object", "properties": {"x": {"enum": ["b", "a"]}}}}
    for reference in ("#/components/schemas/A%20B", "#/components/schemas/A%20B/properties/x"):
        paths = {"/a": {"get": operation("getA", result={"$ref": reference})}}
        found = compare(describe(paths, schemas), describe(paths, turned))
        assert [(change.kind, "no operation" in change.sentence) for change in found] == [("rewritten", False)]
    hook = {"hook": {"post": operation("hear", result={"$ref": "#/components/schemas/A%20B"})}}
    paths = {"/a": {"get": operation("getA")}}
    found = compare(describe(paths, schemas, webhooks=hook), describe(paths, turned, webhooks=hook))
    assert not any("no operation uses" in change.sentence for change in found)


def test_undecided_change_says_so() -> None:
    """jsonschema-rs does not compare patterns of endless languages."""
    at = f"{REQUEST}/title/pattern"
    (change,) = compare(sample({at: "^[a-z]+$"}), sample({at: "^[a-z0-9]+$"}))
    assert (change.severity, change.example) == (Severity.BREAKING, None)
    assert change.sentence.endswith(" It could not be decided whether this breaks anything, so it counts as breaking.")


CODES: dict[str, Any] = {"means": "quota", "codes": ["poor", "broke"], "texts": ["no money"]}


@pytest.mark.parametrize(
    ("rows", "severity", "sentence"),
    [
        (
            [{**CODES, "codes": ["poor"]}],
            Severity.BREAKING,
            "An error with `broke` means nothing now, and meant quota: ",
        ),
        (
            [{**CODES, "means": "invalid"}],
            Severity.BREAKING,
            "An error with `poor` means invalid now, and meant quota: ",
        ),
        ([{**CODES, "statuses": [403]}], Severity.BREAKING, "An error with `poor` means quota with 403 now, and meant"),
        (
            [CODES, {"means": "invalid", "codes": ["bad"]}],
            Severity.COMPATIBLE,
            "An error with `bad` means invalid now.",
        ),
        (
            [{**CODES, "x-evidence": [{"source": "page"}]}],
            Severity.DOCUMENTATION,
            "The description: x-error-codes changed.",
        ),
    ],
)
def test_meaning_of_error_codes_is_compared(rows: list[dict[str, Any]], severity: Severity, sentence: str) -> None:
    old = {**sample(), "x-error-codes": [CODES]}
    first, *_ = compare(old, {**old, "x-error-codes": rows})
    assert (first.severity, first.sentence[: len(sentence)]) == (severity, sentence)


def test_name_that_the_generator_refuses_is_a_new_name() -> None:
    (change,) = compare(sample(), sample({f"{POST}/x-sdk/method": "with_raw_response"}))
    assert (change.kind, change.severity) == ("sdk-renamed", Severity.BREAKING)
    assert compare(sample(), sample({f"{POST}/x-sdk/method": 1}))
    assert compare(sample(), sample({f"{POST}/x-sdk/unwrap": ["data"]}))
