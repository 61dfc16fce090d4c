"""A description, what the rules and the reference site look up in it, and the form in which rules report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

import attrs
from jsonschema_rs import Draft202012Validator

from scripts.description_file import Description, DescriptionFileError
from scripts.media_types import is_json
from scripts.openapi_document import (
    Operation,
    copy_edited,
    find_reachable,
    is_array,
    is_object,
    join_pointer,
    locate,
    look_up,
    resolve,
    split_pointer,
    walk_objects,
    walk_operations,
    walk_schemas,
)

_CONDITIONS: Final = ("not", "if", "then", "else", "dependentSchemas")  # their schemas describe no value by themselves
_LONGEST: Final = 160


class Problem(NamedTuple):
    """What a rule says of a node: what is wrong, and how to fix it."""

    pointer: str
    message: str
    fix: str


class EvidenceEntry(NamedTuple):
    """An entry of evidence, and the pointer of the node that it is about."""

    pointer: str
    entry: dict[str, Any]
    holder: str


class DescribedResponse(NamedTuple):
    """A response of an operation, with references followed.

    Attributes:
        written: Its pointer below the operation.
        pointer: Its own pointer; that of the component when the operation refers to one.
        status: Its status, as the description writes it.
        node: The Response Object.
    """

    written: str
    pointer: str
    status: str
    node: dict[str, Any]

    @property
    def component(self) -> str:
        """The name of the shared response that it is; "" for one that is written in the operation."""
        return "" if self.pointer == self.written else split_pointer(self.pointer)[-1]


class BodyContent(NamedTuple):
    """A media type of a request or a response; a shared response counts once.

    Attributes:
        pointer: Where it is.
        owner: The operationId or the name of the shared response.
        status: The status, or `request`.
        media_type: Its name.
        node: The Media Type Object.
    """

    pointer: str
    owner: str
    status: str
    media_type: str
    node: dict[str, Any]

    @property
    def is_json(self) -> bool:
        """Whether its examples are JSON values."""
        return is_json(self.media_type)


class BodyExample(NamedTuple):
    """An Example Object of a body, its file read.

    Attributes:
        pointer: Where it is.
        content: The media type that it is an example of.
        node: The Example Object.
        value: The value; None when the file cannot be read.
        unreadable: Why the file cannot be read; "" when it can.
    """

    pointer: str
    content: BodyContent
    node: dict[str, Any]
    value: Any
    unreadable: str = ""

    @property
    def name(self) -> str:
        """Its key in `examples`."""
        return split_pointer(self.pointer)[-1]


@attrs.frozen(slots=False)
class DescriptionIndex:
    """A description and what is found in it, each looked for once."""

    description: Description

    @property
    def data(self) -> dict[str, Any]:
        """The plain values of the description."""
        return self.description.data

    @cached_property
    def objects(self) -> Mapping[str, dict[str, Any]]:
        """Every object by its pointer, without maps of names, examples, constants and extensions."""
        return dict(walk_objects(self.data))

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the file."""
        return list(walk_operations(self.data))

    @cached_property
    def evidence(self) -> list[EvidenceEntry]:
        """Every entry of evidence, in the order of the file."""
        found: list[EvidenceEntry] = []
        for holder, node in self.evidence_holders.items():
            if is_object(node.get("x-empty-body")):
                found.append(EvidenceEntry(join_pointer(holder, "x-empty-body"), node["x-empty-body"], holder))
            entries = node.get("x-evidence")
            for index, entry in enumerate(entries if is_array(entries) else []):
                if is_object(entry):
                    found.append(EvidenceEntry(join_pointer(holder, "x-evidence", index), entry, holder))
        return found

    @cached_property
    def evidence_holders(self) -> Mapping[str, dict[str, Any]]:
        """Every object that may have evidence by its pointer: those of the description, and of `x-availability`."""
        found: dict[str, dict[str, Any]] = {}
        for holder, node in self.objects.items():
            found[holder] = node
            lives = node.get("x-availability")
            for value, life in (lives if is_object(lives) else {}).items():
                if is_object(life):
                    found[join_pointer(holder, "x-availability", value)] = life
        return found

    @cached_property
    def contents(self) -> list[BodyContent]:
        """Every media type of every request and response."""
        found: list[BodyContent] = []
        for operation in self.operations:
            body = operation.node.get("requestBody", {})
            found += _contents(body, join_pointer(operation.pointer, "requestBody"), operation.id, "request")
            for response in self.responses(operation):
                if not response.component:
                    found += _contents(response.node, response.pointer, operation.id, response.status)
        for name, node in self.components("responses").items():
            at = join_pointer("/components/responses", name)
            found += _contents(node, at, name, self.shared_statuses.get(name, "?"))
        return found

    @cached_property
    def examples(self) -> list[BodyExample]:
        """Every example of a request or response, its file read."""
        return [
            self._example(join_pointer(content.pointer, "examples", name), content, node)
            for content in self.contents
            for name, node in content.node.get("examples", {}).items()
        ]

    @cached_property
    def shared_statuses(self) -> Mapping[str, str]:
        """The status that each of `components/responses` is used for."""
        return {
            response.component: response.status
            for operation in self.operations
            for response in self.responses(operation)
            if response.component
        }

    @cached_property
    def request_schemas(self) -> set[str]:
        """Pointers of the component schemas that a request can reach."""
        parts = ("requestBody", "parameters")
        return self.reachable_schemas(*(operation.node.get(part) for operation in self.operations for part in parts))

    @cached_property
    def response_schemas(self) -> set[str]:
        """Pointers of the component schemas that a response can reach."""
        return self.reachable_schemas(*(operation.node.get("responses") for operation in self.operations))

    @cached_property
    def schemas(self) -> list[tuple[str, dict[str, Any]]]:
        """Every schema that is not a boolean, with its pointer: the roots and all schemas inside them."""
        return [
            (pointer, schema)
            for root, node in self.schema_roots
            for pointer, schema in walk_schemas(node, root, without=_CONDITIONS)
            if is_object(schema)
        ]

    @cached_property
    def schema_roots(self) -> list[tuple[str, Any]]:
        """The schemas of components, parameters, headers and bodies, with their pointers."""
        roots = [(join_pointer("/components/schemas", name), node) for name, node in self.components("schemas").items()]
        holders = [
            (join_pointer("/components", kind, name), node)
            for kind in ("parameters", "headers")
            for name, node in self.components(kind).items()
        ]
        for operation in self.operations:
            parameters = enumerate(operation.node.get("parameters", []))
            holders += [(join_pointer(operation.pointer, "parameters", index), node) for index, node in parameters]
        holders += [(content.pointer, content.node) for content in self.contents]
        return roots + [(join_pointer(at, "schema"), node["schema"]) for at, node in holders if "schema" in node]

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
        """Return what `$ref` leads to, or the node itself when it has none."""
        return resolve(self.data, node)

    def responses(self, operation: Operation) -> Iterator[DescribedResponse]:
        """Yield the responses of an operation."""
        for status, node in operation.node.get("responses", {}).items():
            written = join_pointer(operation.pointer, "responses", status)
            pointer, response = locate(self.data, node, written)
            yield DescribedResponse(written, pointer, status, response)

    def success_bodies(self, operation: Operation) -> list[Any]:
        """Return the schemas of the bodies that an operation answers with 2xx."""
        return [
            media["schema"]
            for response in self.responses(operation)
            if response.status.startswith("2")
            for media in response.node.get("content", {}).values()
            if "schema" in media
        ]

    def alternatives(self, *schemas: Any) -> Iterator[dict[str, Any]]:
        """Yield what some schemas refer to, and every member of their choices and compositions."""
        for schema in map(self.resolve, schemas):
            if is_object(schema):
                yield schema
                for keyword in ("oneOf", "anyOf", "allOf"):
                    yield from self.alternatives(*schema.get(keyword, []))

    def find_properties(self, name: Any, *schemas: Any) -> list[Any]:
        """Return the schemas of a property, in all alternatives that have it."""
        if not isinstance(name, str):
            return []
        return [each["properties"][name] for each in self.alternatives(*schemas) if name in each.get("properties", {})]

    def operation(self, name: str) -> Operation | None:
        """Return the operation with an operationId."""
        return next((operation for operation in self.operations if operation.id == name), None)

    def reachable_schemas(self, *nodes: Any) -> set[str]:
        """Return the pointers of the component schemas that some nodes can reach."""
        found = find_reachable(self.data, *nodes)
        return {pointer for pointer in found if pointer.startswith("/components/schemas/")}

    def validate(self, schema: Any, value: Any) -> Iterator[str]:
        """Yield what is wrong with a value by a schema of the description, the place in the value first."""
        for error in _compile(_write(schema), self._written_components).iter_errors(value):
            place = "".join(f"/{token}" for token in error.instance_path) or "the value"
            message = error.message
            if len(message) > _LONGEST:
                message = f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 2 :]}"
            yield f"{place}: {message}"

    @cached_property
    def _written_components(self) -> str:
        return _write(self.components("schemas"), named=True)

    def _example(self, pointer: str, content: BodyContent, node: dict[str, Any]) -> BodyExample:
        if "externalValue" not in node:
            return BodyExample(pointer, content, node, node.get("value"))
        try:
            value = self.description.read_example(join_pointer(pointer, "externalValue"), str(node["externalValue"]))
        except DescriptionFileError as error:
            return BodyExample(pointer, content, node, None, error.reason)
        return BodyExample(pointer, content, node, value)


def _contents(holder: dict[str, Any], pointer: str, owner: str, status: str) -> list[BodyContent]:
    return [
        BodyContent(join_pointer(pointer, "content", media_type), owner, status, media_type, node)
        for media_type, node in holder.get("content", {}).items()
    ]


@lru_cache(maxsize=512)
def _compile(schema: str, components: str) -> Draft202012Validator:
    root = {"allOf": [json.loads(schema)], "components": {"schemas": json.loads(components)}}
    return Draft202012Validator(root, validate_formats=True)


def _write(schema: Any, *, named: bool = False) -> str:
    """Return a schema as text: the same for schemas that differ in extensions only, so that each is compiled once."""
    copy = copy_edited(schema, lambda keyword: not keyword.startswith("x-"), named=named)
    return json.dumps(copy, sort_keys=True)
