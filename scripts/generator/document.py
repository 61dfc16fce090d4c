"""The description as the generator's parser wants it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, cast

from scripts.generator.errors import GenerationError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# The client keeps these as the strings that came: converting would lose what the server wrote.
_KEPT_AS_STRINGS = frozenset({"uuid", "date", "date-time"})
OPEN_ENUM = "x-extensible-enum"


def for_parser(description: dict[str, Any]) -> dict[str, Any]:
    """A copy in which open enums are enums, formats that stay strings are gone, and no example is left.

    Raises:
        GenerationError: A `$ref` points at nothing, or an open enum stands where it has no name.
    """
    document = deepcopy(description)
    for pointer, node in _objects(document, ""):
        if isinstance(ref := node.get("$ref"), str) and not _resolves(document, ref):
            raise GenerationError(f"$ref {ref!r} points at nothing in this file.", f"{pointer}/$ref")
    named = document.get("components", {}).get("schemas", {})
    for schema in named.values():
        if OPEN_ENUM in schema:
            schema["enum"] = list(schema[OPEN_ENUM])
    for pointer, node in _objects(document, ""):
        if OPEN_ENUM in node and "enum" not in node:
            raise GenerationError(f"{OPEN_ENUM} outside components/schemas. Give the enum a component.", pointer)
        if node.get("format") in _KEPT_AS_STRINGS and node.get("type") in ("string", ["string", "null"]):
            del node["format"]
    return document


def open_enums(description: dict[str, Any]) -> list[str]:
    """Component names of the enums whose values the server owns."""
    schemas = description.get("components", {}).get("schemas", {})
    return [name for name, schema in schemas.items() if OPEN_ENUM in schema]


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation as (path, method, operation object), in the order of the description."""
    for path, item in description.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def _resolves(document: dict[str, Any], ref: str) -> bool:
    """Whether a reference leads to something in the same document."""
    head, *steps = ref.split("/")
    node: object = document if head == "#" else None
    for step in steps:
        key = step.replace("~1", "/").replace("~0", "~")
        node = cast("dict[str, object]", node).get(key) if isinstance(node, dict) else None
    return node is not None


def _objects(node: object, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object below `node`, examples and extensions left out: their values are data, not schemas."""
    if isinstance(node, dict):
        fields = cast("dict[str, Any]", node)
        yield pointer, fields
        for key, value in fields.items():
            if key not in ("example", "examples", "const", "enum", "default") and not key.startswith("x-"):
                yield from _objects(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(node, list):
        for index, value in enumerate(cast("list[object]", node)):
            yield from _objects(value, f"{pointer}/{index}")
