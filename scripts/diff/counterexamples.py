"""Sample values of a schema in the form that jsonschema-rs gives back: small ones first, a few of each kind.

The samples are guesses: the validator decides which of them are values of the schema.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice, product
from typing import Any, Final

from jsonschema_rs import Draft202012Validator

from scripts.openapi_document import is_array, is_object

_MOST: Final = 200
_EACH: Final = 12
_DEEPEST: Final = 8
_LISTED: Final = 200
_TYPES: Final = ("null", "boolean", "integer", "number", "string", "array", "object")
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
    definitions: dict[str, Any] = schema.get("$defs", {}) if is_object(schema) else {}
    return islice(_values(schema, definitions, 0), _MOST)


def _values(schema: Any, definitions: dict[str, Any], depth: int) -> Iterator[Any]:
    if schema is False or depth > _DEEPEST:
        return
    for flat in _flattened(schema, definitions, depth):
        if "const" in flat:
            yield flat["const"]
        elif "enum" in flat:
            yield from flat["enum"]
        else:
            types = flat.get("type", _TYPES)
            for each in types if is_array(types) or types is _TYPES else [types]:
                yield from islice(_of_type(each, flat, definitions, depth), _EACH)


def _flattened(schema: Any, definitions: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """Yield the schema without references and compositions, once for each way to choose."""
    if not is_object(schema) or depth > 2 * _DEEPEST:
        yield {}
        return
    own = {keyword: value for keyword, value in schema.items() if keyword not in ("$ref", "allOf", "anyOf", "oneOf")}
    groups = [[definitions.get(schema["$ref"].rpartition("/")[2], {})]] if "$ref" in schema else []
    groups += [[part] for part in schema.get("allOf", ())]
    groups += [schema[keyword] for keyword in ("anyOf", "oneOf") if keyword in schema]
    ways = [chain.from_iterable(_flattened(part, definitions, depth + 1) for part in group) for group in groups]
    for parts in islice(product(*(islice(way, _EACH) for way in ways)), _MOST):
        merged = dict(own)
        for part in parts:
            _merge(merged, part)
        yield merged


def _merge(whole: dict[str, Any], part: dict[str, Any]) -> None:
    for keyword, value in part.items():
        if keyword == "properties":
            whole[keyword] = {**value, **whole.get(keyword, {})}
        elif keyword == "required":
            whole[keyword] = [*whole.get(keyword, []), *value]
        elif keyword in ("minLength", "minItems", "minimum", "minProperties"):
            whole[keyword] = max(value, whole.get(keyword, value))
        else:
            whole.setdefault(keyword, value)


def _of_type(name: str, schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> Iterator[Any]:
    match name:
        case "null":
            yield None
        case "boolean":
            yield from (True, False)
        case "integer" | "number":
            fits = _validator(schema, definitions)
            yield from filter(fits.is_valid, _numbers(schema, whole=name == "integer"))
        case "string":
            fits = _validator(schema, definitions)
            yield from filter(fits.is_valid, _strings(schema))
        case "array":
            yield from _arrays(schema, definitions, depth)
        case _:
            yield from _objects(schema, definitions, depth)


def _validator(schema: dict[str, Any], definitions: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "$defs": definitions}, validate_formats=True)


def _numbers(schema: dict[str, Any], *, whole: bool) -> Iterator[Any]:
    limits = [schema[each] for each in ("minimum", "maximum") if each in schema]
    limits += [schema[f"exclusive{end}"] for end in ("Minimum", "Maximum") if f"exclusive{end}" in schema]
    step = schema.get("multipleOf", 1)
    for value in (0, *limits, *(limit + each for limit in limits for each in (1, -1, 0.5, -0.5)), step, -1, 1, 0.5):
        if not (whole and value != int(value)):
            yield int(value) if value == int(value) else value


def _strings(schema: dict[str, Any]) -> Iterator[str]:
    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 0)
    if schema.get("format") in _FORMATS:
        yield _FORMATS[schema["format"]]
    yield from _matching(schema.get("pattern", ""))
    for length in dict.fromkeys((shortest, max(shortest, 1), max(longest, shortest))):
        if length <= 10_000:
            yield "a" * length
    yield from ("A", "0", "-", " ")


def _matching(pattern: str) -> Iterator[str]:
    """Yield guesses at what a pattern matches: its words, and its letters as often as its numbers say."""
    lengths = sorted({1, 2, *(int(each) for each in re.findall(r"\d{1,2}", pattern))})
    yield from re.findall(r"\w[\w-]*", pattern)
    for letter in dict.fromkeys(re.findall(r"\w", pattern)):
        yield from (letter * length for length in lengths)


def list_matches(pattern: str) -> list[str] | None:
    """Return every string that a pattern matches; None when they are many, or the pattern is not that simple."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return None
    try:
        words, rest = _alternatives(pattern[1:-1], whole=True)
    except _NotListedError:
        return None
    return words if not rest else None


class _NotListedError(Exception):
    """A pattern matches too many strings, or is written in a way that is not read here."""


def _alternatives(text: str, *, whole: bool = False) -> tuple[list[str], str]:
    """Return what the alternatives at the beginning of a pattern match, and the rest of the pattern."""
    found, words = list[str](), [""]
    while text and text[0] != ")":
        if text[0] == "|":
            if whole:  # each alternative has only one of the anchors
                raise _NotListedError
            found, words, text = [*found, *words], [""], text[1:]
            continue
        ways, text = _atom(text)
        ways, text = _repeated(ways, text)
        if len(words) * len(ways) > _LISTED:
            raise _NotListedError
        words = [left + right for left in words for right in ways]
    return list(dict.fromkeys([*found, *words])), text


def _atom(text: str) -> tuple[list[str], str]:
    if group := re.match(r"\((\?:)?", text):
        words, rest = _alternatives(text[group.end() :])
        if not rest.startswith(")"):
            raise _NotListedError
        return words, rest[1:]
    if letters := re.match(r"\[((?:\w-\w|[\w .,:;_/-])+)\]", text):
        found: list[str] = []
        for each in re.finditer(r"(\w)-(\w)|(.)", letters[1]):
            found += each[3] or map(chr, range(ord(each[1]), ord(each[2]) + 1))
        return found, text[letters.end() :]
    if letter := re.match(r"\\([^\w])|([^\\.*+?{}()\[\]|^$])", text):
        return [letter[1] or letter[2]], text[letter.end() :]
    raise _NotListedError


def _repeated(words: list[str], text: str) -> tuple[list[str], str]:
    times = re.match(r"\{(\d)(?:,(\d))?\}|(\?)", text)
    if times is None:
        return words, text
    least, most = (0, 1) if times[3] else (int(times[1]), int(times[2] or times[1]))
    if len(words) ** most > _LISTED:
        raise _NotListedError
    powers = range(least, most + 1)
    return ["".join(each) for power in powers for each in product(words, repeat=power)], text[times.end() :]


def _arrays(schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> Iterator[list[Any]]:
    shortest = int(schema.get("minItems", 0))
    prefix = [next(_values(each, definitions, depth + 1), None) for each in schema.get("prefixItems", ())]
    items = list(islice(_values(schema.get("items", {}), definitions, depth + 1), _EACH))
    wanted = list(islice(_values(schema["contains"], definitions, depth + 1), _EACH)) if "contains" in schema else []
    filling = items[:1] or [None]
    if shortest <= 100:
        for value in wanted:
            yield [*prefix, value, *filling * (shortest - len(prefix) - 1)]
        yield (prefix + filling * shortest)[: max(shortest, len(prefix))] if shortest else []
        for index, each in enumerate(schema.get("prefixItems", ())):
            for value in islice(_values(each, definitions, depth + 1), _EACH):
                yield [*prefix[:index], value, *prefix[index + 1 :]]
        for value in items:
            yield [*prefix, value, *filling * (shortest - len(prefix) - 1)]
        yield [*prefix, *filling * 2]
        yield [*prefix, *filling * (max(shortest, len(prefix)) + 1)]


def _objects(schema: dict[str, Any], definitions: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    properties: dict[str, Any] = schema.get("properties", {})
    more = schema.get("additionalProperties", {})

    def values(name: str) -> list[Any]:
        return list(islice(_values(properties.get(name, more), definitions, depth + 1), _EACH))

    base = {name: (values(name) or [None])[0] for name in schema.get("required", ())}
    spare = [name for name in (*properties, "a", "b", "c", "d", "e") if name not in base]
    filled = dict(base)
    for name in spare:
        if len(filled) >= schema.get("minProperties", 0):
            break
        filled[name] = (values(name) or [None])[0]
    yield filled
    for name in (*base, *properties, spare[-1]):
        for value in values(name):
            yield {**filled, name: value}
