"""Values that a schema of the description allows, as schemathesis makes them: many, odd, and the same every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, cast
from urllib.parse import unquote

import schemathesis
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import look
from cometapi_suno_mock.schemas import Schema
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Config, GenerationMode

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.support.schema_walk import ABSENT, SCHEMAS, changed, places, sprinkled

MORE: tuple[dict[str, Any], ...] = (
    {"new field": [None, {"of": {"any": ["depth"]}}], "größer": 2**64 - 1, "": "\u2028\x00"},
    {'😀\n"\\': -1.5e300, "new": {}, "newer": [], "newest": False},
)
"""Fields that no description names."""


@cache
def requests(operation: str, count: int = 8) -> list[tuple[dict[str, str], Any]]:
    """Path parameters and bodies that an operation takes; a body of None is none."""
    described = CONTRACT.operations[operation]
    drawn: list[tuple[dict[str, str], Any]] = []
    for case in _cases(DESCRIPTION, described.path, described.method, count):
        path: dict[str, str] = case.path_parameters or {}
        decoded = {name: unquote(value) for name, value in path.items()}
        drawn.append((decoded, None if described.body is None else case.body))
    return drawn


@cache
def answers(pointer: str, count: int = 4) -> list[Any]:
    """Different values of the schema at a pointer: `count` by schemathesis, each varied within the schema."""
    return [value for value in _answers(pointer, count) if not beyond_64_bits(value)]


def far_answers(pointer: str, count: int = 4) -> list[Any]:
    """Those of them that have an integer of more than 64 bits, which some parsers cannot hold."""
    return [value for value in _answers(pointer, count) if beyond_64_bits(value)]


def beyond_64_bits(value: Any) -> bool:
    """Whether a JSON value has an integer of more than 64 bits."""
    if is_object(value):
        return any(beyond_64_bits(member) for member in value.values())
    if is_array(value):
        return any(beyond_64_bits(item) for item in value)
    return isinstance(value, int) and not -(2**63) <= value < 2**64


@cache
def _answers(pointer: str, count: int) -> list[Any]:
    """The schema is published as the request body of an operation of its own: schemathesis makes requests only."""
    body = {"required": True, "content": {"application/json": {"schema": look(DESCRIPTION, pointer)}}}
    mirror = {"/mirror": {"post": {"requestBody": body, "responses": {"200": {"description": "none"}}}}}
    document = {key: DESCRIPTION[key] for key in ("openapi", "info", "components")} | {"paths": mirror}
    made = [case.body for case in _cases(document, "/mirror", "POST", count)]
    schema = SCHEMAS.at(pointer)
    varied = [other for value in made for other in _variations(schema, value) if not schema.check(other)]
    return list({json.dumps(value, sort_keys=True): value for value in (*made, *varied)}.values())


def _variations(schema: Schema, value: Any) -> Iterator[Any]:
    """The value with nulls wherever they are allowed, with nothing but what is required, and each with more."""
    described = sorted(places(schema, value), key=lambda place: -len(place.steps))
    nulled = changed(value, *((place.steps, None) for place in described if place.allows(None)))
    stripped = changed(value, *((place.steps, ABSENT) for place in described if not place.required))
    yield from (nulled, stripped)
    yield from (sprinkled(each, more) for each in (value, nulled, stripped) for more in MORE)


@cache
def _schema(document: str) -> Any:
    return schemathesis.openapi.from_dict(json.loads(document), config=cast("Any", Config).from_dict({}))


def _cases(document: Any, path: str, method: str, count: int) -> list[Any]:
    drawn: list[Any] = []
    strategy = _schema(json.dumps(document))[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(cast("Any", HealthCheck)),
    )
    @given(strategy)
    def draw(case: Any) -> None:
        drawn.append(case)

    draw()
    return drawn
