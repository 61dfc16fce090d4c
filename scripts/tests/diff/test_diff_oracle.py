"""Does an independent oracle find a break that the differ missed, or none where the differ reports one?

Each case is a random description and one random change of one of its schemas. A break is a value: one that could be
sent and is refused now, or one that may come now and that a reader of the old description does not cope with. The
values are made by walking the schemas and judged by jsonschema-rs. What breaks the typed client alone, whatever the
values are, is counted apart: it is a written policy.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any, Final, NamedTuple

import pytest

from scripts.diff import Change, Direction, Severity, compare
from scripts.diff.containment import Containment
from scripts.diff.joined_descriptions import References, join_descriptions
from scripts.tests.diff.diff_instances import Judge, values
from scripts.tests.diff.diff_random import mutate, object_schema, scalar, schema

# Breaks of the client, or of who relies on what is described, without a value that shows them.
BY_POLICY: Final = frozenset(
    {"class-changed", "class-removed", "class-renamed", "field-removed", "field-renamed", "call-shape"}
)
_TRIES: Final = 60


class Case(NamedTuple):
    """A description, another one, and what was done to it."""

    old: dict[str, Any]
    new: dict[str, Any]
    mutation: str


class Place(NamedTuple):
    """A schema that is used, and how."""

    keys: tuple[str | int, ...]
    direction: Direction
    optional: bool


_POST: Final = ("paths", "/things", "post")
_ANSWER: Final = (*_POST, "responses", "200")
PLACES: Final = (
    Place((*_POST, "requestBody", "content", "application/json", "schema"), Direction.SENT, optional=False),
    Place((*_POST, "parameters", 0, "schema"), Direction.SENT, optional=False),
    Place((*_POST, "parameters", 1, "schema"), Direction.SENT, optional=False),
    Place((*_ANSWER, "content", "application/json", "schema"), Direction.READ, optional=False),
    Place((*_ANSWER, "headers", "X-Count", "schema"), Direction.READ, optional=True),
)


def case(seed: int) -> Case:
    """Return a random case."""
    rng = Random(seed)
    components = {
        "Ask": object_schema(rng, 3, ("Thing", "Word")),
        "Answer": object_schema(rng, 3, ("Thing", "Word")),
        "Thing": schema(rng, 2, ("Word",)),
        "Word": scalar(rng),
    }
    parameters = [
        {"name": "sort", "in": "query", "schema": scalar(rng)},
        {"name": "X-Trace", "in": "header", "required": True, "schema": schema(rng, 1)},
    ]
    answer = {
        "description": "Done.",
        "headers": {"X-Count": {"schema": schema(rng, 1)}},
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
    }
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ask"}}}}
    operation = {
        "operationId": "makeThing",
        "tags": ["things"],
        "parameters": parameters,
        "requestBody": body,
        "responses": {"200": answer},
    }
    old = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1.0.0"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/things": {"post": operation}},
        "components": {"schemas": components},
    }
    new = deepcopy(old)
    while True:  # a draw that does not fit is drawn again
        holder, key = rng.choice(list(_mutable(new)))
        changed = mutate(rng, holder[key])
        if changed is not None:
            mutation, holder[key] = changed
            return Case(old, new, mutation)


def _mutable(document: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    schemas = document["components"]["schemas"]
    yield from ((schemas, name) for name in ("Ask", "Ask", "Answer", "Answer", "Thing", "Word"))
    operation = document["paths"]["/things"]["post"]
    yield from ((parameter, "schema") for parameter in operation["parameters"])
    yield operation["responses"]["200"]["headers"]["X-Count"], "schema"


def witness(drawn: Case, place: Place, seed: int, tries: int) -> Any:
    """Return a value that breaks somebody at a place, as a list of one; empty when none was met."""
    judges = [Judge(document["components"]["schemas"]) for document in (drawn.old, drawn.new)]
    schemas = [_at(document, place) for document in (drawn.old, drawn.new)]
    sent = place.direction is Direction.SENT
    maker, other = (0, 1) if sent else (1, 0)
    for value in values(
        Random(seed), schemas[maker], judges[maker].components, tries, drawn.old if maker else drawn.new
    ):
        if breaks(judges, schemas, value, place):
            return [value]
    # A value of the other schema is often nearly one of this schema.
    for value in values(Random(seed), schemas[other], judges[other].components, tries, schemas[maker]):
        if breaks(judges, schemas, value, place):
            return [value]
    return []


def breaks(judges: list[Judge], schemas: list[Any], value: Any, place: Place) -> bool:
    """Return whether a value breaks somebody."""
    old, new = schemas
    if place.direction is Direction.SENT:
        return not judges[1].takes(new, value) and judges[0].reader_sends(old, value)
    return judges[1].takes(new, value) and not judges[0].reader_copes(old, value, optional=place.optional)


def shown(drawn: Case, place: Place) -> bool:
    """Return whether the differ has an example to show at a place, and jsonschema-rs agrees."""
    joined = join_descriptions(drawn.old, drawn.new)
    old, new = (_at(joined[side], place) for side in ("old", "new"))
    containment = Containment(References(joined))
    example = containment.compare(old, new, place.direction, optional=place.optional).example
    judges = [Judge(document["components"]["schemas"]) for document in (drawn.old, drawn.new)]
    schemas = [_at(document, place) for document in (drawn.old, drawn.new)]
    return example is not None and breaks(judges, schemas, json.loads(example), place)


def outcome(seed: int) -> tuple[str, str]:
    """Return what the differ and the oracle find in a case: one word, and the whole case when they disagree."""
    drawn = case(seed)
    changes = compare(drawn.old, drawn.new)
    breaking = [change for change in changes if change.severity is Severity.BREAKING]
    places = [place for place in PLACES if _reached(drawn.old, place) != _reached(drawn.new, place)]
    if any(witness(drawn, place, seed, _TRIES) for place in places):
        return ("both see a break", "") if breaking else ("missed", _in_full(seed, drawn, changes))
    if not breaking:
        return "neither sees a break", ""
    if all(change.kind in BY_POLICY for change in breaking):
        return "policy", ""
    if any(shown(drawn, place) for place in places):
        return "shown by the differ, confirmed by jsonschema-rs", ""
    if any(witness(drawn, place, seed + 1, _TRIES * 20) for place in places):
        return "both see a break", ""
    return "over-reported", _in_full(seed, drawn, breaking)


def _at(document: dict[str, Any], place: Place) -> Any:
    node: Any = document
    for key in place.keys:
        node = node[key]
    return node


def _reached(document: dict[str, Any], place: Place) -> str:
    """Return everything that the schema of a place says, by itself or by a reference."""
    components: dict[str, Any] = document["components"]["schemas"]
    text = json.dumps(_at(document, place), sort_keys=True)
    while more := [name for name in components if f'/{name}"' in text and f"[{name}]" not in text]:
        text += "".join(f"[{name}]{json.dumps(components[name], sort_keys=True)}" for name in more)
    return text


def _in_full(seed: int, drawn: Case, changes: list[Change]) -> str:
    said = "; ".join(change.sentence for change in changes)
    return f"seed {seed}, {drawn.mutation}: {said}\n{json.dumps(drawn.old)}\n{json.dumps(drawn.new)}"


def _held(seeds: range) -> Counter[str]:
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for seed in seeds:
        word, breaking = outcome(seed)
        counts[word] += 1
        if word == "missed":
            wrong.append(breaking)
    assert not wrong, f"{len(wrong)} missed\n" + "\n\n".join(wrong[:3])
    cried = counts["over-reported"] / max(1, counts["neither sees a break"] + counts["over-reported"])
    assert cried < 0.05, counts
    return counts


def test_no_break_is_missed_in_some_changes() -> None:
    counts = _held(range(40))
    assert counts["both see a break"] > 5
    assert counts["neither sees a break"] > 5


@pytest.mark.slow
def test_no_break_is_missed_in_many_changes() -> None:
    counts = _held(range(1000, 3500))
    assert counts["both see a break"] > 600
    assert counts["neither sees a break"] > 600
