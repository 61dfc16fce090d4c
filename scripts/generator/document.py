"""The description as data: its operations and their parameters, its schemas, and what a reference leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from scripts.openapi_document import METHODS, join, split

OPEN_ENUM = "x-extensible-enum"
# Keywords of a schema that hold schemas: by name, in a list, and one.
NAMED = ("properties", "patternProperties", "$defs")
LISTED = ("allOf", "anyOf", "oneOf", "prefixItems")
SINGLE = ("items", "additionalProperties")


def open_enums(description: Mapping[str, Any]) -> list[str]:
    """Component names of the enums whose values the server owns."""
    schemas = description.get("components", {}).get("schemas", {})
    return [name for name, schema in schemas.items() if OPEN_ENUM in schema]


def operations(description: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (path, method, operation object), in the order of the description."""
    for path, item in description.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def where(path: str, method: str) -> str:
    """An operation, as messages name it."""
    return f"{method.upper()} {path}"


def calls_as_typed(description: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with each operation that a text names in backticks called what users type: `tasks.get`."""
    names = {
        f"`{operation['operationId']}`": f"`{sdk['resource']}.{sdk['method']}`"
        for _, _, operation in operations(description)
        if {"resource", "method"} <= (sdk := operation.get("x-sdk", {})).keys() and "operationId" in operation
    }

    def said(node: Any, key: str = "") -> Any:
        if isinstance(node, dict):
            return {name: said(value, name) for name, value in cast("dict[str, Any]", node).items()}
        if isinstance(node, list | tuple):
            return [said(each) for each in cast("list[Any]", node)]
        if isinstance(node, str) and key in ("description", "summary"):
            for name, call in names.items():
                node = node.replace(name, call)
        return node

    typed: dict[str, Any] = said(dict(description))
    return typed


def parameters(description: Mapping[str, Any], path: str, operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of an operation and of its path, references followed; the operation's own come first."""
    found: dict[tuple[Any, Any], dict[str, Any]] = {}
    for each in (*operation.get("parameters", []), *description["paths"][path].get("parameters", [])):
        parameter = resolved(description, each)
        if parameter is not None:
            found.setdefault((parameter.get("name"), parameter.get("in")), parameter)
    return list(found.values())


def resolved(description: Mapping[str, Any], node: Any) -> Any:
    """What a node stands for: itself, or what its `$ref` leads to; `None` when it leads nowhere."""
    seen: set[str] = set()
    while isinstance(node, dict) and isinstance(ref := cast("dict[str, Any]", node).get("$ref"), str):
        if ref in seen:
            return None
        seen.add(ref)
        node = _at(description, ref)
    return cast("Any", node)


def fields(node: Any) -> dict[str, Any]:
    """The members of an object; none when it is no object."""
    return cast("dict[str, Any]", node) if isinstance(node, dict) else {}


def subschemas(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The schemas directly in a schema, each with its pointer from there."""
    for keyword in NAMED:
        for name, each in schema.get(keyword, {}).items():
            yield f"{step(keyword)}{step(name)}", each
    for keyword in LISTED:
        for index, each in enumerate(schema.get(keyword, [])):
            yield f"/{keyword}/{index}", each
    for keyword in SINGLE:
        if keyword in schema:
            yield f"/{keyword}", schema[keyword]


def step(key: str) -> str:
    """One step of a JSON pointer."""
    return join("", key)


def types(schema: Mapping[str, Any]) -> list[str]:
    """The JSON types that a schema names; none when it leaves them open."""
    named = schema.get("type", [])
    return [named] if isinstance(named, str) else list(named)


def _at(description: Mapping[str, Any], ref: str) -> Any:
    node: Any = description if ref.partition("/")[0] == "#" else None
    for key in split(ref):
        node = cast("dict[str, Any]", node).get(key) if isinstance(node, dict) else None
    return node
