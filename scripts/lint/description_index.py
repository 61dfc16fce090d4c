"""The description as the rules see it: one walk over it, and what that found."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

import attrs

from scripts.openapi_document import METHODS, Description, DescriptionError, is_array, is_object, join, split

_OPAQUE: Final = frozenset({"value", "example", "const", "default", "enum"})  # what stands below is data
_SCHEMA_MAPS: Final = ("properties", "patternProperties", "$defs")
_SCHEMA_LISTS: Final = ("oneOf", "anyOf", "allOf", "prefixItems")
_SCHEMA_SINGLES: Final = ("items", "additionalProperties", "contains", "propertyNames")


class Operation(NamedTuple):
    """An operation of a path."""

    pointer: str
    path: str
    method: str
    node: dict[str, Any]

    @property
    def id(self) -> str:
        """Its operationId, or what stands in for one that is missing."""
        return str(self.node.get("operationId", f"{self.method} {self.path}"))


class Evidence(NamedTuple):
    """One entry of evidence, and the node that it speaks of."""

    pointer: str
    entry: dict[str, Any]
    holder: str


class Content(NamedTuple):
    """A media type of a request or of a response, once for each place where it is written."""

    pointer: str
    owner: str
    status: str
    media_type: str
    node: dict[str, Any]

    @property
    def is_json(self) -> bool:
        """Whether its examples are JSON values."""
        return self.media_type == "application/json" or self.media_type.endswith("+json")


class Example(NamedTuple):
    """An Example Object with the value that it stands for."""

    pointer: str
    content: Content
    node: dict[str, Any]
    value: Any
    unreadable: str = ""


@attrs.frozen(slots=False)
class Document:
    """A description and the indexes that the rules share."""

    description: Description

    @property
    def data(self) -> dict[str, Any]:
        """The plain values of the description."""
        return self.description.data

    @cached_property
    def objects(self) -> Mapping[str, dict[str, Any]]:
        """Every object of the description by its pointer; examples and constants are not entered."""
        found: dict[str, dict[str, Any]] = {}
        _collect(self.data, "", found)
        return found

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Every `$ref` by the pointer of the object that holds it."""
        return {pointer: node["$ref"] for pointer, node in self.objects.items() if isinstance(node.get("$ref"), str)}

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the file."""
        return [
            Operation(join(join("/paths", path), method), path, method, node)
            for path, item in self.data["paths"].items()
            for method, node in item.items()
            if method in METHODS
        ]

    @cached_property
    def evidence(self) -> list[Evidence]:
        """Every entry of evidence, in the order of the file."""
        found: list[Evidence] = []
        for holder, node in self.objects.items():
            if is_object(node.get("x-empty-body")):
                found.append(Evidence(join(holder, "x-empty-body"), node["x-empty-body"], holder))
            entries = node.get("x-evidence")
            for index, entry in enumerate(entries if is_array(entries) else []):
                if is_object(entry):
                    found.append(Evidence(f"{holder}/x-evidence/{index}", entry, holder))
        return found

    @cached_property
    def contents(self) -> list[Content]:
        """Every media type of a request or response; a shared response counts once, under its own name."""
        found: list[Content] = []
        for operation in self.operations:
            body = operation.node.get("requestBody", {})
            at = join(operation.pointer, "requestBody")
            found += _contents(body, at, operation.id, "request")
            for status, response in operation.node.get("responses", {}).items():
                at = join(join(operation.pointer, "responses"), status)
                found += _contents(response, at, operation.id, status)
        statuses = self.shared_statuses
        for name, response in self.components("responses").items():
            at = join("/components/responses", name)
            found += _contents(response, at, name, statuses.get(name, "?"))
        return found

    @cached_property
    def examples(self) -> list[Example]:
        """Every example of a request or response, its file read."""
        return [
            self._example(join(join(content.pointer, "examples"), name), content, node)
            for content in self.contents
            for name, node in content.node.get("examples", {}).items()
            if is_object(node)
        ]

    @cached_property
    def shared_statuses(self) -> Mapping[str, str]:
        """The status that each of `components/responses` is used for."""
        found: dict[str, str] = {}
        for operation in self.operations:
            for status, response in operation.node.get("responses", {}).items():
                if "$ref" in response:
                    found[split(response["$ref"])[-1]] = status
        return found

    @cached_property
    def request_schemas(self) -> frozenset[str]:
        """Pointers of the component schemas that a request can reach."""
        return self._reached("requestBody", "parameters")

    @cached_property
    def response_schemas(self) -> frozenset[str]:
        """Pointers of the component schemas that a response can reach."""
        return self._reached("responses")

    @cached_property
    def schemas(self) -> list[tuple[str, dict[str, Any]]]:
        """Every schema with its pointer: those below, and all schemas inside them."""
        return [found for pointer, node in self.schema_roots for found in subschemas(node, pointer)]

    @cached_property
    def schema_roots(self) -> list[tuple[str, Any]]:
        """The schemas of components, parameters, headers and bodies, with their pointers."""
        roots = [(join("/components/schemas", name), node) for name, node in self.components("schemas").items()]
        for kind in ("parameters", "headers"):
            for name, node in self.components(kind).items():
                roots.append((join(join(f"/components/{kind}", name), "schema"), node.get("schema")))
        for operation in self.operations:
            for index, node in enumerate(operation.node.get("parameters", [])):
                roots.append((f"{operation.pointer}/parameters/{index}/schema", node.get("schema")))
        roots += [(join(content.pointer, "schema"), content.node.get("schema")) for content in self.contents]
        return [(pointer, node) for pointer, node in roots if node is not None]

    @cached_property
    def canonical_schemas(self) -> str:
        """The component schemas as text, without annotations: the same for descriptions that take the same values."""
        return canonical(self.components("schemas"))

    def components(self, kind: str) -> dict[str, Any]:
        """Return the components of a kind by name."""
        found: dict[str, Any] = self.data.get("components", {}).get(kind, {})
        return found

    def at(self, pointer: str) -> Any:
        """Return the node at a JSON pointer.

        Raises:
            LookupError: There is none.
        """
        return look_up(self.data, pointer)

    def resolve(self, node: Any) -> Any:
        """Return what a reference leads to, or the node itself when it is none."""
        while is_object(node) and isinstance(node.get("$ref"), str):
            node = self.at(node["$ref"].removeprefix("#"))
        return node

    def operation(self, name: str) -> Operation | None:
        """Return the operation with an operationId."""
        return next((operation for operation in self.operations if operation.id == name), None)

    def place(self, pointer: str) -> str:
        """Name the place of a node: the operation or the component that it is in, else the part of the file."""
        tokens = split(pointer)
        if tokens[0] == "paths" and len(tokens) > 2:
            operation = self.data["paths"][tokens[1]][tokens[2]]
            return str(operation.get("operationId", tokens[1]))
        if tokens[0] == "components" and len(tokens) > 2:
            return tokens[2]
        return tokens[0]

    def _example(self, pointer: str, content: Content, node: dict[str, Any]) -> Example:
        if "externalValue" not in node:
            return Example(pointer, content, node, node.get("value"))
        at = join(pointer, "externalValue")
        try:
            value = self.description.read_example(at, str(node["externalValue"]))
        except DescriptionError as error:
            return Example(pointer, content, node, None, error.reason)
        return Example(pointer, content, node, value)

    def _reached(self, *parts: str) -> frozenset[str]:
        below: dict[str, list[str]] = {}  # the targets of the references in each part of an operation or component
        for holder, target in self.references.items():
            if "/links/" not in holder:
                root = "/".join(holder.split("/")[: 4 if holder.startswith("/components/") else 5])
                below.setdefault(root, []).append(target.removeprefix("#"))
        waiting = [join(operation.pointer, part) for operation in self.operations for part in parts]
        reached: set[str] = set()
        while waiting:
            for pointer in below.get(waiting.pop(), []):
                if pointer not in reached:
                    reached.add(pointer)
                    waiting.append(pointer)
        return frozenset(pointer for pointer in reached if pointer.startswith("/components/schemas/"))


def look_up(value: Any, pointer: str) -> Any:
    """Return the part of a JSON value at a JSON pointer.

    Raises:
        LookupError: There is none.
    """
    for token in split(pointer):
        if is_array(value):
            if not token.isdecimal():
                raise LookupError(pointer)
            value = value[int(token)]
        elif is_object(value):
            value = value[token]
        else:
            raise LookupError(pointer)
    return value


def canonical(schema: Any) -> str:
    """Return a schema as text, without the extensions that say nothing of values."""
    return json.dumps(_bare(schema), sort_keys=True)


def subschemas(schema: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a schema and all schemas inside it, without following references and without what it forbids.

    The schemas `true` and `false` say nothing that a rule asks for.
    """
    if not is_object(schema):
        return
    yield pointer, schema
    for keyword in _SCHEMA_MAPS:
        for name, node in schema.get(keyword, {}).items():
            yield from subschemas(node, join(f"{pointer}/{keyword}", name))
    for keyword in _SCHEMA_LISTS:
        for index, node in enumerate(schema.get(keyword, [])):
            yield from subschemas(node, f"{pointer}/{keyword}/{index}")
    for keyword in _SCHEMA_SINGLES:
        yield from subschemas(schema.get(keyword), f"{pointer}/{keyword}")


def _bare(node: Any) -> Any:
    if is_array(node):
        return [_bare(item) for item in node]
    if is_object(node):
        return {key: _bare(value) for key, value in node.items() if not key.startswith("x-")}
    return node


def _contents(holder: Any, pointer: str, owner: str, status: str) -> list[Content]:
    content: dict[str, Any] = holder.get("content", {}) if is_object(holder) else {}
    return [
        Content(join(join(pointer, "content"), media_type), owner, status, media_type, node)
        for media_type, node in content.items()
    ]


def _collect(node: Any, pointer: str, found: dict[str, dict[str, Any]]) -> None:
    if is_object(node):
        found[pointer] = node
        opaque = frozenset[str]() if pointer.endswith("/properties") else _OPAQUE
        for key, value in node.items():
            if key not in opaque and isinstance(value, (dict, list)):
                _collect(value, join(pointer, key), found)
    elif is_array(node):
        for index, value in enumerate(node):
            if isinstance(value, (dict, list)):
                _collect(value, f"{pointer}/{index}", found)
