"""Rules of schemas and names that contradict themselves: no value fits, or a word is misspelt."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from difflib import get_close_matches
from importlib import import_module
from itertools import product
from mimetypes import MimeTypes
from typing import Any, Final

from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.media_types import strip_parameters
from scripts.openapi_document import (
    FORMATS,
    OPEN_ENUM,
    is_array,
    is_object,
    join_pointer,
    schema_types,
    split_pointer,
    walk_objects,
)

_EXTENSIONS: Final = frozenset(
    {"x-sources", "x-evidence", "x-doubt", "x-empty-body", "x-billing", "x-effect", "x-sdk", "x-required-because"}
    | {OPEN_ENUM, "x-availability", "x-harmless", "x-workflow", "x-error-codes", "x-coverage"}
)
_HARMLESS: Final = ("code", "time", "amount")
_NUMBER_FORMATS: Final = frozenset({"int32", "int64", "float", "double"})
_FORMATS: Final = FORMATS.union(_NUMBER_FORMATS, ("password", "byte", "binary"))
_NUMBERS: Final = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_STRINGS: Final = frozenset({"string"})
_OBJECTS: Final = frozenset({"object"})
_KEYWORD_TYPES: Final = {
    **dict.fromkeys(("minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType"), _STRINGS),
    **dict.fromkeys(_NUMBERS, frozenset({"integer", "number"})),
    **dict.fromkeys(("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains"), frozenset({"array"})),
    **dict.fromkeys(("properties", "additionalProperties", "minProperties", "maxProperties", "required"), _OBJECTS),
}
_BOUNDS: Final = (
    *product(("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")),
    *((f"min{what}", f"max{what}") for what in ("Length", "Items", "Properties")),
)
_MEDIA_TYPES: Final = frozenset(name for table in MimeTypes().types_map for name in table.values()).union(
    ("application/octet-stream", "application/x-www-form-urlencoded", "application/problem+json", "multipart/mixed"),
    ("multipart/form-data", "text/event-stream", "application/x-ndjson", "application/jsonl", "application/json-seq"),
    ("multipart/byteranges", "application/ndjson", "audio/midi", "*/*"),
)
_OWN_MEDIA_TYPE: Final = re.compile(
    r"(application|audio|font|image|text|video)/((vnd|prs|x)[.-][\w.+-]+|[\w.-]+\+json|\*)"
)


def suggest(word: str, known: Collection[str]) -> str:
    """Return a hint at the known word that a misspelt one was meant to be, and the known words if there are few."""
    close = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(known)[:12])}"


def check_values(index: DescriptionIndex) -> Iterator[Problem]:
    """The listed values of a schema are distinct and fit its other keywords; an open list is one of strings."""
    for pointer, schema in index.schemas:
        if schema.get("x-harmless", "code") not in _HARMLESS:
            message = f"{schema['x-harmless']} is not a kind of harmless content"
            yield Problem(join_pointer(pointer, "x-harmless"), message, suggest(str(schema["x-harmless"]), _HARMLESS))
        rest = {key: value for key, value in schema.items() if key not in ("enum", "const", OPEN_ENUM)}
        for keyword in ("enum", OPEN_ENUM):
            if keyword not in schema:
                continue
            at, values = join_pointer(pointer, keyword), schema[keyword]
            if not is_array(values) or not values:
                yield Problem(at, "not a list of values", "Name at least one value")
                continue
            if any(each in values[:place] for place, each in enumerate(values)):
                yield Problem(at, "a value is there twice", "Name each value once")
            if keyword == OPEN_ENUM and not all(each is None or isinstance(each, str) for each in values):
                yield Problem(at, "a value is not a string", "An open list has strings only. Put it in quotes")
                continue
            for value in values:
                yield from _check_value(index, rest, value, at)
        if "const" in schema:
            yield from _check_value(index, rest, schema["const"], join_pointer(pointer, "const"))


def _check_value(index: DescriptionIndex, schema: Any, value: Any, at: str) -> Iterator[Problem]:
    for complaint in index.validate(schema, value):
        yield Problem(at, f"{value!r} does not fit the schema itself: {complaint}", "Fix the value or the schema")
        return


def check_bounds(index: DescriptionIndex) -> Iterator[Problem]:
    """A value can fit all bounds, and every keyword is one of the schema's type."""
    for pointer, schema in index.schemas:
        for low, high in _BOUNDS:
            if low in schema and high in schema and schema[low] > schema[high]:
                yield Problem(join_pointer(pointer, low), f"{low} is above {high}", "Exchange or fix the two")
        types = set(schema_types(schema))
        for keyword in schema if types else ():
            needed = _KEYWORD_TYPES.get(keyword, types)
            if not needed & types:
                message = f"{keyword} says nothing of a {' or '.join(sorted(types))}"
                yield Problem(join_pointer(pointer, keyword), message, "Remove it, or fix the type")
        if "pattern" in schema:
            yield from _check_pattern(schema, join_pointer(pointer, "pattern"))
        if "format" in schema:
            yield from _check_format(schema, types, join_pointer(pointer, "format"))


def _check_pattern(schema: dict[str, Any], at: str) -> Iterator[Problem]:
    """Compare the lengths of the texts that a whole pattern matches with the bounds."""
    pattern = schema["pattern"]
    try:
        parser: Any = import_module("re._parser")  # the only place that knows the lengths
        shortest, longest = parser.parse(pattern).getwidth()
    except (re.error, OverflowError, RecursionError):
        return  # valid in JSON Schema, and not in Python
    start, end = pattern.startswith("^"), pattern.endswith("$")
    if shortest > schema.get("maxLength", shortest) or (start and end and longest < schema.get("minLength", 0)):
        yield Problem(at, "no text fits both the pattern and the length", "Fix one of them")
    if re.search(r"^\$.|.\^$|(?<!\\)\$[A-Za-z0-9]|[A-Za-z0-9]\^", pattern):
        yield Problem(at, "no text fits the pattern: `^` is its start and `$` its end", "Fix the pattern")


def _check_format(schema: dict[str, Any], types: set[str], at: str) -> Iterator[Problem]:
    name = schema["format"]
    if name not in _FORMATS:
        yield Problem(at, f"{name} is not a known format", suggest(str(name), _FORMATS))
    elif types and not types & ({"integer", "number"} if name in _NUMBER_FORMATS else {"string"}):
        message = f"{name} is not a format of a {' or '.join(sorted(types))}"
        yield Problem(at, message, "Remove it, or fix the type")


def check_choices(index: DescriptionIndex) -> Iterator[Problem]:
    """A choice has each alternative once, and the values of a discriminator lead to its alternatives."""
    for pointer, schema in index.schemas:
        for keyword in ("oneOf", "anyOf", "allOf"):
            members = schema.get(keyword, [])
            if any(each in members[:place] for place, each in enumerate(members)):
                yield Problem(join_pointer(pointer, keyword), "an alternative is there twice", "Name each once")
        discriminator = schema.get("discriminator", {})
        mapping, name = discriminator.get("mapping", {}), discriminator.get("propertyName")
        choices = [each for keyword in ("oneOf", "anyOf") for each in schema.get(keyword, []) if is_object(each)]
        members = [index.resolve(each) for each in choices]
        if members and name is not None and not any(name in each.get("properties", {}) for each in members):
            at = join_pointer(pointer, "discriminator", "propertyName")
            yield Problem(at, f"no alternative has the property {name}", "Name one that they have")
        targets = {each.get("$ref") for each in choices}
        for value, target in mapping.items():
            if target not in targets:
                at = join_pointer(pointer, "discriminator", "mapping", value)
                yield Problem(at, f"{target} is not one of the alternatives", "Name one of them")


def check_media_types(index: DescriptionIndex) -> Iterator[Problem]:
    """Each media type is a known one: a misspelt one would never be sent."""
    for content in index.contents:
        name = strip_parameters(content.media_type)
        if name not in _MEDIA_TYPES and not _OWN_MEDIA_TYPE.fullmatch(name):
            message = f"{content.media_type} is not a known media type"
            yield Problem(content.pointer, message, suggest(name, _MEDIA_TYPES))


def check_extensions(index: DescriptionIndex) -> Iterator[Problem]:
    """No key with `x-` is a misspelt one of those that `openapi/README.md` explains: no tool would read it."""
    for pointer, node in walk_objects(index.data):
        if split_pointer(pointer)[-1:] != ["headers"]:
            for key in filter(re.compile("x-").match, node):
                if key not in _EXTENSIONS and get_close_matches(key, _EXTENSIONS, n=1, cutoff=0.75):
                    yield Problem(join_pointer(pointer, key), f"no such key {key}", suggest(key, _EXTENSIONS))
