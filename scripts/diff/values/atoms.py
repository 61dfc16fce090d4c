"""What a schema says of values of one JSON type, one claim at a time.

A claim that a search branches on: `all` (a node), `any` (some of these nodes), `one` (one of them alone), `not`, `if`,
`needs` (with this field come those), `needs-all` (with this field comes a schema of the whole).
A claim about a value itself:

| type | claims |
|---|---|
| any | `never`, `enum` values, `opaque` keyword text |
| number | `integer`, `min` n exclusive, `max` n exclusive, `multiple` n |
| string | `long` n, `short` n, `pattern` regex, `format` name |
| array | `long` n, `short` n, `item` index node, `rest` start node, `unique`, `contains` node |
| object | `long` n, `short` n, `has` name, `field` name node nullable, `fields` regex node, `names` node |
| object | `extra` names regexes node, `known` names, `free` |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from scripts.diff.values.nodes import ANNOTATIONS, Mode, Node, Pool
from scripts.diff.values.plain import TYPES, kind, text
from scripts.openapi_document import is_object

Atom: TypeAlias = tuple[Any, ...]
Literal: TypeAlias = tuple[bool, Atom]  # a claim that must be true, or false

_BOUNDS: Final[dict[str, dict[str, tuple[Any, ...]]]] = {
    "number": {
        "minimum": ("min", False),
        "exclusiveMinimum": ("min", True),
        "maximum": ("max", False),
        "exclusiveMaximum": ("max", True),
    },
    "string": {"minLength": ("long",), "maxLength": ("short",)},
    "array": {"minItems": ("long",), "maxItems": ("short",)},
    "object": {"minProperties": ("long",), "maxProperties": ("short",)},
}
# What each type's claims are made of; a keyword of another type says nothing of a value.
_OF_TYPE: Final = {
    "number": frozenset({"multipleOf", *_BOUNDS["number"]}),
    "string": frozenset({"pattern", "format", *_BOUNDS["string"]}),
    "array": frozenset(
        {"prefixItems", "items", "uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"}
        | set(_BOUNDS["array"])
    ),
    "object": frozenset(
        {"properties", "patternProperties", "additionalProperties", "required", "propertyNames", "dependentRequired"}
        | {"dependentSchemas", "unevaluatedProperties"}
        | set(_BOUNDS["object"])
    ),
}
_ANY_TYPE: Final = frozenset(
    {"type", "nullable", "enum", "const", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "$ref"}
)
_UNDERSTOOD: Final = _ANY_TYPE.union(ANNOTATIONS, {"format"}, *_OF_TYPE.values())
# Formats that are told apart here; any other is a word that is only the same or not.
FORMATS: Final = frozenset({"uuid", "date", "date-time", "uri", "email", "ipv4"})
_NUMBER_FORMATS: Final = frozenset({"int32", "int64", "float", "double"})


class Atoms:
    """The claims of nodes, each worked out once."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._found: dict[tuple[int, str], tuple[Atom, ...]] = {}
        self._names: dict[int, frozenset[str]] = {}

    def of(self, node: Node, type_: str) -> tuple[Atom, ...]:
        """What `node` says of values of a type; nothing when it takes them all."""
        key = id(node), type_
        if key not in self._found:
            self._found[key] = tuple(self._claims(node, type_))
        return self._found[key]

    def names(self, node: Node) -> frozenset[str]:
        """Every field that a node speaks of, at the object itself."""
        if id(node) not in self._names:
            self._names[id(node)] = frozenset()  # a schema that is composed of itself adds nothing
            self._names[id(node)] = frozenset(self._named(node))
        return self._names[id(node)]

    def _named(self, node: Node) -> Iterator[str]:
        for atom in self.of(node, "object"):
            match atom:
                case ("has" | "field", name, *_):
                    yield name
                case ("needs", name, names):
                    yield from (name, *names)
                case ("needs-all", name, inner):
                    yield from (name, *self.names(inner))
                case ("all" | "not", inner):
                    yield from self.names(inner)
                case ("any", inners) | ("one", inners, _) | ("if", *inners):
                    for inner in inners:
                        yield from self.names(inner)
                case _:
                    pass

    def _claims(self, node: Node, type_: str) -> Iterator[Atom]:
        schema = node.schema
        if not is_object(schema):
            if schema is False:
                yield ("never",)
            return
        allowed = _types(schema)
        if type_ == "number" and allowed & {"number", "integer"}:
            if "number" not in allowed:
                yield ("integer",)
        elif type_ not in allowed:
            yield ("never",)
            return
        for values in _lists(schema):
            yield ("enum", tuple(sorted({text(value): value for value in values if kind(value) == type_}.items())))
        yield from self._composed(node)
        if type_ in _BOUNDS:
            yield from _bounds(schema, type_)
        if type_ == "string":
            yield from _texts(schema)
        elif type_ == "array":
            yield from self._items(node)
        elif type_ == "object":
            yield from self._fields(node)
        yield from _unknown(node, type_, self.pool)

    def _composed(self, node: Node) -> Iterator[Atom]:
        schema, mode, pool = node.schema, node.mode, self.pool
        needed = node.required | pool.required(schema) if mode is Mode.TOLERANT else frozenset[str]()
        if "$ref" in schema:
            yield ("all", pool.node(pool.target(schema["$ref"]), mode, needed))
        for part in schema.get("allOf", ()):
            yield ("all", pool.node(part, mode, needed))
        if "anyOf" in schema:
            yield ("any", tuple(pool.node(part, mode, needed) for part in schema["anyOf"]))
        if "oneOf" in schema:
            parts = schema["oneOf"]
            yield ("one", tuple(pool.node(part, mode, needed) for part in parts), tuple(map(pool.node, parts)))
        if "not" in schema:
            yield ("not", pool.node(schema["not"]))
        if "if" in schema and ("then" in schema or "else" in schema):
            condition = pool.node(schema["if"])
            ways = (pool.node(schema.get(way, True), mode, needed) for way in ("then", "else"))
            yield ("if", condition, *ways)

    def _items(self, node: Node) -> Iterator[Atom]:
        schema, mode, pool = node.schema, node.mode, self.pool
        prefix = schema.get("prefixItems", ())
        for index, part in enumerate(prefix):
            yield ("item", index, pool.node(part, mode))
        if "items" in schema:
            yield ("rest", len(prefix), pool.node(schema["items"], mode))
        if schema.get("uniqueItems") is True:
            yield ("unique",)
        if "contains" in schema:
            least, most = schema.get("minContains", 1), schema.get("maxContains")
            if least == 1 and most is None:
                yield ("contains", pool.node(schema["contains"]))
            elif (least, most) != (0, None):
                yield ("opaque", "contains", f"{pool.key(schema['contains'])} {least} {most}")

    def _fields(self, node: Node) -> Iterator[Atom]:
        schema, mode, pool = node.schema, node.mode, self.pool
        described: dict[str, Any] = schema.get("properties", {})
        patterned: dict[str, Any] = schema.get("patternProperties", {})
        tolerant = mode is Mode.TOLERANT
        needed = node.required | pool.required(schema) if tolerant else frozenset[str]()
        for name in schema.get("required", ()):
            yield ("has", name)
        for name, part in described.items():
            yield ("field", name, pool.node(part, mode), tolerant and name not in needed)
        for regex, part in patterned.items():
            yield ("fields", regex, pool.node(part, mode))
        rest = schema.get("additionalProperties", True)
        if rest is not True and not (tolerant and rest is False):
            yield ("extra", tuple(described), tuple(patterned), pool.node(rest, mode))
        if "propertyNames" in schema:
            yield ("names", pool.node(schema["propertyNames"]))
        for name, names in schema.get("dependentRequired", {}).items():
            yield ("needs", name, tuple(names))
        for name, part in schema.get("dependentSchemas", {}).items():
            yield ("needs-all", name, pool.node(part, mode))
        if mode is Mode.KNOWN:
            if "additionalProperties" in schema or patterned:
                yield ("free",)
            elif described:
                yield ("known", tuple(described))


def _types(schema: dict[str, Any]) -> set[str]:
    """The types that a schema allows."""
    types = schema.get("type", TYPES)
    null = {"null"} if schema.get("nullable") is True else set[str]()
    return null.union({types} if isinstance(types, str) else types)


def _lists(schema: dict[str, Any]) -> Iterator[list[Any]]:
    """The values that a schema lists."""
    if "enum" in schema:
        yield [*schema["enum"], None] if schema.get("nullable") is True else schema["enum"]
    if "const" in schema:
        yield [schema["const"]]


def _bounds(schema: dict[str, Any], type_: str) -> Iterator[Atom]:
    for keyword, (name, *more) in _BOUNDS[type_].items():
        limit = schema.get(keyword)
        if isinstance(limit, int | float) and not isinstance(limit, bool) and not (name == "long" and limit <= 0):
            yield (name, limit, *more)
    if type_ == "number" and "multipleOf" in schema:
        yield ("multiple", schema["multipleOf"])


def _texts(schema: dict[str, Any]) -> Iterator[Atom]:
    if "pattern" in schema:
        try:
            re.compile(schema["pattern"])
            yield ("pattern", schema["pattern"])
        except re.error:
            yield ("opaque", "pattern", text(schema["pattern"]))
    if (name := schema.get("format")) is not None and name not in _NUMBER_FORMATS:
        yield ("format", name) if name in FORMATS else ("opaque", "format", text(name))


def _unknown(node: Node, type_: str, pool: Pool) -> Iterator[Atom]:
    """What is not understood is kept as a word: the same word means the same."""
    schema = node.schema
    if type_ == "number" and schema.get("format") in _NUMBER_FORMATS:
        yield ("opaque", "format", text(schema["format"]))
    elsewhere = frozenset[str]().union(*(words for name, words in _OF_TYPE.items() if name != type_))
    for keyword, value in schema.items():
        if keyword.startswith("unevaluated"):
            ignored = keyword in elsewhere or value is True or (node.mode is Mode.TOLERANT and value is False)
        else:
            ignored = keyword in _UNDERSTOOD or keyword.startswith("x-")
        if not ignored:
            yield ("opaque", keyword, str(pool.key(value)) if is_object(value) else text(value))
