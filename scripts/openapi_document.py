"""The OpenAPI description as data: JSON pointers, references, keywords, and walking its parts.

All tools of this folder and the verifier use it. It knows OpenAPI 3.1, JSON Schema 2020-12 and the keys
of `openapi/README.md`, and does no IO.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeGuard
from urllib.parse import quote, unquote

DEFAULT_STYLES: Final[Mapping[str, tuple[str, bool]]] = {
    "path": ("simple", False),
    "query": ("form", True),
    "header": ("simple", False),
    "cookie": ("form", True),
}
"""The default `style` and `explode` of a parameter, by its place."""
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The members of a Path Item that are operations."""

SCHEMA_MAPS: Final = ("properties", "patternProperties", "dependentSchemas", "$defs")
"""Keywords of JSON Schema that hold schemas by name."""
SCHEMA_LISTS: Final = ("allOf", "anyOf", "oneOf", "prefixItems")
"""Keywords that hold a list of schemas."""
SCHEMA_SINGLES: Final = (
    *("items", "contains", "unevaluatedItems", "additionalProperties", "propertyNames", "unevaluatedProperties"),
    *("not", "if", "then", "else", "contentSchema"),
)
"""Keywords that hold one schema."""
ANNOTATIONS: Final = frozenset(
    {"title", "description", "default", "deprecated", "readOnly", "writeOnly", "examples", "$comment"}
    | {"example", "externalDocs", "xml", "summary"}
)
"""Keywords that do not change which values a schema accepts."""
OPEN_ENUM: Final = "x-extensible-enum"
"""The keyword of an open list: its known values, to which the server may add others."""
FORMATS: Final = frozenset(
    {"date", "date-time", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6", "uri"}
    | {
        "uri-reference",
        "iri",
        "iri-reference",
        "uuid",
        "uri-template",
        "json-pointer",
        "relative-json-pointer",
        "regex",
    }
)
"""The formats of JSON Schema, which jsonschema-rs checks."""
DATA: Final = frozenset({"const", "default", "enum", "example", "value"})
"""Keywords whose content is a value, not a part of the description. So is `examples` of a schema, which is a list."""
NAME_MAPS: Final = frozenset(
    {*SCHEMA_MAPS, "dependentRequired", "mapping"}
    | {"schemas", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes", "links"}
    | {"callbacks", "pathItems", "paths", "webhooks", "content", "encoding", "scopes", "variables"}
)
"""Keywords whose object has names chosen by authors as its keys, not keywords."""

JSON_TYPES: Final[Mapping[type, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}
"""The JSON Schema type of each Python type that a parsed JSON value can have."""

_INDEX: Final = re.compile("0|[1-9][0-9]*", re.ASCII)


class Located(NamedTuple):
    """A part of a description, and where it is."""

    pointer: str
    node: Any


class Operation(NamedTuple):
    """An operation of a path."""

    pointer: str
    path: str
    method: str
    node: dict[str, Any]

    @property
    def id(self) -> str:
        """Its operationId, or method and path when it has none."""
        return str(self.node.get("operationId", f"{self.method} {self.path}"))


def join_pointer(pointer: str, *tokens: str | int) -> str:
    """Return the JSON pointer of what the tokens lead to, from a pointer on."""
    for token in tokens:  # a loop: a generator would take four times as long
        pointer += "/" + str(token).replace("~", "~0").replace("/", "~1")
    return pointer


def split_pointer(pointer: str) -> list[str]:
    """Return the tokens of a JSON pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def look_up(document: Any, pointer: str) -> Any:
    """Return the node at a JSON pointer.

    Raises:
        LookupError: There is none.
    """
    node = document
    for token in split_pointer(pointer):
        if is_array(node) and _INDEX.fullmatch(token):
            node = node[int(token)]
        elif is_object(node):
            node = node[token]
        else:
            raise LookupError(pointer)
    return node


def parse_reference(reference: str) -> str:
    """Return the JSON pointer in a `$ref` to the same document.

    Raises:
        LookupError: It leads to another document, or has an anchor in place of a pointer.
    """
    document, _, fragment = reference.partition("#")
    pointer = unquote(fragment)
    if document or (pointer and not pointer.startswith("/")):
        raise LookupError(f"{reference} is not in this file")
    return pointer


def format_reference(pointer: str) -> str:
    """Return the `$ref` that leads to a JSON pointer of the same document."""
    return "#" + quote(pointer, safe="/~")


def is_reference(node: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a node is a Reference Object, or a schema with `$ref`."""
    return is_object(node) and isinstance(node.get("$ref"), str)


def locate(document: Any, node: Any, pointer: str = "") -> Located:
    """Follow `$ref` from a node until a node that has none, and return that one with its pointer.

    Args:
        document: The whole description.
        node: Where to begin.
        pointer: The pointer of `node`, to be returned when it has no `$ref`.

    Raises:
        LookupError: A reference leads nowhere, or back to itself. The message says which.
    """
    seen: set[str] = set()
    while is_reference(node):
        pointer = parse_reference(node["$ref"])
        if pointer in seen:
            raise LookupError(f"{node['$ref']} leads back to itself")
        seen.add(pointer)
        try:
            node = look_up(document, pointer)
        except LookupError:
            raise LookupError(f"{node['$ref']} does not exist") from None
    return Located(pointer, node)


def resolve(document: Any, node: Any) -> Any:
    """Return what `$ref` leads to, or the node itself when it has none.

    Raises:
        LookupError: A reference leads nowhere, or back to itself.
    """
    return locate(document, node).node


def walk_operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield every operation below `paths`, in the order of the file."""
    for path, item in document.get("paths", {}).items():
        place = locate(document, item, join_pointer("/paths", path))
        for method, node in place.node.items():
            if method in METHODS:
                yield Operation(join_pointer(place.pointer, method), path, method, node)


def find_parameters(document: Mapping[str, Any], operation: Operation) -> list[Located]:
    """Return the parameters of an operation and of its path, references followed; the operation's own come first.

    A parameter of the operation replaces the one of the path with the same `in` and `name`. The names of headers are
    compared without case.
    """
    found: dict[tuple[Any, str], Located] = {}
    item = operation.pointer.rpartition("/")[0]
    for pointer, node in ((operation.pointer, operation.node), (item, look_up(document, item))):
        for index, parameter in enumerate(node.get("parameters", [])):
            place = locate(document, parameter, join_pointer(pointer, "parameters", index))
            kind, name = place.node.get("in"), str(place.node.get("name"))
            found.setdefault((kind, name.lower() if kind == "header" else name), place)
    return list(found.values())


def find_effect(method: str, operation: Mapping[str, Any]) -> str:
    """Return whether an operation reads or creates, by `x-effect` or its method."""
    return str(operation.get("x-effect", "reads" if method in ("get", "head", "options") else "creates"))


def find_credential(document: Mapping[str, Any], operation: Mapping[str, Any]) -> str:
    """Return the client's argument with the secret of an operation, by `x-sdk` of its first security scheme."""
    named = [name for each in operation.get("security", document.get("security", [])) for name in each]
    schemes = document.get("components", {}).get("securitySchemes", {})
    scheme: Mapping[str, Any] = resolve(document, schemes.get(named[0], {})) if named else {}
    return str(scheme.get("x-sdk", {}).get("argument", "api_key"))


def find_reading_days(document: Mapping[str, Any], operation: Mapping[str, Any]) -> list[str]:
    """Return the days on which the sources of an operation and of its responses were read."""
    holders = [operation, *operation.get("responses", {}).values()]
    evidence = [entry for holder in holders if is_object(holder) for entry in holder.get("x-evidence", [])]
    return [day for entry in evidence if (day := find_reading_day(document, entry))]


def find_reading_day(document: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Return the day on which the source of an entry of `x-evidence` was read; empty if unknown."""
    source = document.get("x-sources", {}).get(str(entry.get("source")))
    day = entry.get("read") or (source.get("read") if is_object(source) else None)
    return day if isinstance(day, str) else ""


def subschemas(schema: Any, pointer: str = "") -> Iterator[Located]:
    """Yield the schemas directly inside a schema, boolean ones too. References are not followed."""
    if not is_object(schema):
        return
    for keyword in schema:
        if keyword in SCHEMA_MAPS:
            for name, node in schema[keyword].items():
                yield Located(join_pointer(pointer, keyword, name), node)
        elif keyword in SCHEMA_LISTS:
            for index, node in enumerate(schema[keyword]):
                yield Located(join_pointer(pointer, keyword, index), node)
        elif keyword in SCHEMA_SINGLES:
            yield Located(join_pointer(pointer, keyword), schema[keyword])


def walk_schemas(schema: Any, pointer: str = "", *, without: Collection[str] = ()) -> Iterator[Located]:
    """Yield a schema and every schema inside it, boolean ones too. References are not followed.

    Args:
        schema: Where to begin.
        pointer: The pointer of `schema`.
        without: Keywords whose schemas are left out, such as `not`.
    """
    yield Located(pointer, schema)
    if is_object(schema):
        kept = {keyword: value for keyword, value in schema.items() if keyword not in without} if without else schema
        for at, node in subschemas(kept, pointer):
            yield from walk_schemas(node, at, without=without)


def walk_objects(node: Any) -> Iterator[Located]:
    """Yield every object of a description or of a part of it. References are not followed.

    Left out are maps of names (their members are yielded), and what is data: constants, examples and extensions.
    """
    waiting: list[tuple[Any, str, bool]] = [(node, "", False)]
    while waiting:  # not recursive: a generator for each level costs more than the walk
        node, pointer, named = waiting.pop()
        inner: list[tuple[Any, str, bool]] = []
        if is_array(node):
            inner = [(item, f"{pointer}/{index}", False) for index, item in enumerate(node)]
        elif is_object(node):
            if not named:
                yield Located(pointer, node)
            inner = [
                (value, join_pointer(pointer, key), not named and key in NAME_MAPS)
                for key, value in node.items()
                if isinstance(value, (dict, list)) and (named or not is_data(key, value))
            ]
        waiting += reversed(inner)


def is_data(keyword: str, value: Any) -> bool:
    """Return whether the content of a keyword is data: a constant, an example or an extension."""
    return keyword in DATA or keyword.startswith("x-") or (keyword == "examples" and is_array(value))


def copy_edited(
    node: Any,
    keep: Callable[[str], bool],
    edits: Mapping[str, Callable[[Any], Any]] | None = None,
    *,
    named: bool = False,
) -> Any:
    """Return a copy of a part of a description: with some of its keywords, some of them edited. Data is not copied.

    Args:
        node: The part.
        keep: Whether a keyword is in the copy.
        edits: What becomes of the content of a keyword.
        named: The keys of `node` are names, not keywords: each stays.
    """
    if is_array(node):
        return [copy_edited(item, keep, edits) for item in node]
    if not is_object(node):
        return node
    copy: dict[str, Any] = {}
    for name, value in node.items():
        if not (named or keep(name)):
            continue
        if edits and name in edits and not named:
            copy[name] = edits[name](value)
        elif not isinstance(value, (dict, list)) or (is_data(name, value) and not named):
            copy[name] = value
        else:
            copy[name] = copy_edited(value, keep, edits, named=name in NAME_MAPS and not named)
    return copy


def find_references(node: Any) -> Iterator[tuple[str, str]]:
    """Yield every `$ref` of a description or of a part of it, after the pointer of the object that has it."""
    for at, found in walk_objects(node):
        if is_reference(found):
            yield at, found["$ref"]


def find_reachable(document: Mapping[str, Any], *nodes: Any) -> set[str]:
    """Return the pointers of everything that some nodes refer to, directly or through others.

    Raises:
        LookupError: A reference leads nowhere.
    """
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        for _, reference in find_references(waiting.pop()):
            pointer = parse_reference(reference)
            if pointer not in found:
                found.add(pointer)
                waiting.append(look_up(document, pointer))
    return found


def json_type(value: Any) -> str:
    """Return the JSON Schema type of a plain value: 1 is an integer, 1.0 a number."""
    return JSON_TYPES[type(value)]


def schema_types(schema: Mapping[str, Any]) -> list[str]:
    """Return the JSON types that a schema names; none when it leaves them open."""
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def same_json(one: Any, other: Any) -> bool:
    """Return whether two plain values are the same, of the same types all through: 1, 1.0 and true are three."""
    if is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(same_json(item, other[key]) for key, item in one.items())
    if is_array(one) and is_array(other):
        return len(one) == len(other) and all(map(same_json, one, other))
    return type(one) is type(other) and bool(one == other)


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Return whether a plain value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a plain value is a JSON array."""
    return isinstance(value, list)
