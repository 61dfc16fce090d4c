"""Sample values of a schema in the form that jsonschema-rs gives back: small ones first, a few of each kind.

The samples are guesses: the validator decides which of them are values of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from importlib import import_module
from itertools import islice, product
from typing import Any, Final

from jsonschema_rs import Draft202012Validator

from scripts.openapi_document import JSON_TYPES, is_object, schema_types

_MOST: Final = 200
_EACH: Final = 12
_DEEPEST: Final = 8
_LISTED: Final = 200
_MOST_REPEATS: Final = 9
_LONGEST: Final = 1000
_FORMATS: Final = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "email": "a@b.example",
    "ipv4": "192.0.2.1",
    "time": "12:00:00Z",
    "uri": "https://a.example/b",
    "uuid": "2dd391cd-996b-4843-9738-1aed26f170e4",
}


def sample_values(schema: Any) -> Iterator[Any]:
    """Yield values that follow a schema, more or less."""
    return islice(_sample(schema, 0), _MOST)


def _sample(schema: Any, depth: int = 0) -> Iterator[Any]:
    """Yield values of a schema without references: jsonschema-rs gives back none."""
    if schema is False or depth > _DEEPEST:
        return
    if not is_object(schema):
        schema = {}
    if "allOf" in schema:
        yield from _sample(reduce(_merge, schema["allOf"], _without(schema, "allOf")), depth)
    elif "anyOf" in schema:
        rest = _without(schema, "anyOf")
        for branch in schema["anyOf"]:
            yield from islice(_sample(_merge(rest, branch), depth), _MOST // len(schema["anyOf"]))
    elif "const" in schema:
        yield schema["const"]
    elif "enum" in schema:
        yield from schema["enum"]
    else:
        for name in schema_types(schema) or ("null", *JSON_TYPES.values()):
            yield from islice(_sample_type(name, schema, depth), _EACH)


def _without(schema: dict[str, Any], keyword: str) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != keyword}


def _merge(one: dict[str, Any], other: Any) -> dict[str, Any]:
    """Return what two schemas say of the same value, more or less."""
    whole = {**(other if is_object(other) else {}), **one}
    for keyword in ("properties", "required"):
        if is_object(other) and keyword in one and keyword in other:
            both = one[keyword], other[keyword]
            whole[keyword] = {**both[1], **both[0]} if keyword == "properties" else [*both[0], *both[1]]
    return whole


def _sample_type(name: str, schema: dict[str, Any], depth: int) -> Iterator[Any]:
    match name:
        case "null":
            return iter([None])
        case "boolean":
            return iter([True, False])
        case "array":
            return _sample_arrays(schema, depth)
        case "object":
            return _sample_objects(schema, depth)
        case _:
            values = _strings(schema) if name == "string" else _numbers(schema, whole=name == "integer")
            return filter(Draft202012Validator(schema, validate_formats=True).is_valid, values)


def _numbers(schema: dict[str, Any], *, whole: bool) -> Iterator[Any]:
    bounds = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
    limits = [schema[each] for each in bounds if each in schema]
    for value in (0, *limits, *(limit + each for limit in limits for each in (1, -1, 0.5, -0.5)), -1, 1, 0.5):
        if not (whole and value != int(value)):
            yield int(value) if value == int(value) else value


def _strings(schema: dict[str, Any]) -> Iterator[str]:
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    yield from _matching(schema.get("pattern", ""))
    for length in (schema.get("minLength", 0), 1, schema.get("maxLength", 0)):
        yield "a" * min(length, _LONGEST)
    yield from ("A", "0", "-", " ")


def _matching(pattern: str) -> Iterator[str]:
    """Yield guesses at what a pattern matches: its words, and its letters as often as its numbers say."""
    lengths = sorted({1, 2, *(int(each) for each in re.findall(r"\d{1,2}", pattern))})
    yield from re.findall(r"\w[\w-]*", pattern)
    for letter in dict.fromkeys(re.findall(r"\w", pattern)):
        yield from (letter * length for length in lengths)


def list_matches(pattern: str) -> list[str] | None:
    """Return every string that a pattern matches; None when they are many, or the pattern is not that simple."""
    parser: Any = import_module("re._parser")  # the only place that knows how a pattern is built
    try:
        start, *inside, end = parser.parse(pattern)
        anchored = [str(each) for _, each in (start, end)] == ["AT_BEGINNING", "AT_END"]
        return list(dict.fromkeys(_list_words(inside))) if anchored else None
    except (re.error, ValueError, OverflowError, RecursionError):
        return None  # not of Python, or without these anchors, or a word of it is not listed


def _list_words(parts: Iterable[tuple[Any, Any]]) -> list[str]:
    """Return the words that a parsed pattern matches.

    Raises:
        ValueError: They are too many, or there is a part that is not read here.
    """
    words = [""]
    for kind, content in parts:
        match str(kind), content:
            case "LITERAL", code:
                found = [chr(code)]
            case "RANGE", (first, last):
                found = [chr(code) for code in range(first, min(last, first + _LISTED) + 1)]
            case "IN", members:
                found = [word for member in members for word in _list_words([member])]
            case "SUBPATTERN", (_, 0, 0, inside):
                found = _list_words(inside)
            case "BRANCH", (_, branches):
                found = [word for branch in branches for word in _list_words(branch)]
            case "MAX_REPEAT", (least, most, inside) if most <= _MOST_REPEATS:
                once = _list_words(inside)
                times = range(least, most + 1) if len(once) ** most <= _LISTED else ()
                found = ["".join(each) for number in times for each in product(once, repeat=number)]
            case _:
                raise ValueError(kind)
        if not 0 < len(words) * len(found) <= _LISTED:
            raise ValueError(kind)
        words = [left + right for left in words for right in found]
    return words


def _sample_arrays(schema: dict[str, Any], depth: int) -> Iterator[list[Any]]:
    def sample(part: Any) -> list[Any]:
        return list(islice(_sample(part, depth + 1), _EACH)) or [None]

    options = [sample(each) for each in schema.get("prefixItems", ())]
    prefix, items = [each[0] for each in options], sample(schema.get("items", {}))
    filling = items[:1] * max(0, min(int(schema.get("minItems", 0)), _LONGEST) - len(prefix))
    yield [*prefix, *filling] if filling else []
    for value in [*(sample(schema["contains"]) if "contains" in schema else []), *items]:
        yield [*prefix, value, *filling[1:]]
    for index, each in enumerate(options):
        yield from ([*prefix[:index], value, *prefix[index + 1 :], *filling] for value in each)
    yield [*prefix, *filling, *items[:1] * 2]


def _sample_objects(schema: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    properties: dict[str, Any] = schema.get("properties", {})

    def sample(name: str) -> list[Any]:
        part = properties.get(name, schema.get("additionalProperties", {}))
        return list(islice(_sample(part, depth + 1), _EACH)) or [None]

    found = {name: sample(name)[0] for name in schema.get("required", ())}
    spare = [name for name in (*properties, "a", "b", "c", "d", "e") if name not in found]
    missing = max(0, schema.get("minProperties", 0) - len(found))
    found |= {name: sample(name)[0] for name in spare[:missing]}
    yield found
    for name in (*found, *properties, spare[-1]):
        yield from ({**found, name: value} for value in sample(name))
