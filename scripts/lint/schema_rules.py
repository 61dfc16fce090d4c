"""Rules of schemas: described, named, used; strict in requests, tolerant in responses."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any, Final

from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.openapi_document import (
    ANNOTATIONS,
    SCHEMA_LISTS,
    SCHEMA_MAPS,
    SCHEMA_SINGLES,
    find_references,
    is_object,
    join_pointer,
    parse_reference,
    split_pointer,
)

_COMPONENT: Final = re.compile("/components/schemas/[^/]+")
_CLASS: Final = re.compile("[A-Z][A-Za-z0-9]*")
# JSON Schema 2020-12, and what OpenAPI 3.1 adds.
_KEYWORDS: Final = frozenset((*SCHEMA_MAPS, *SCHEMA_LISTS, *SCHEMA_SINGLES, *(ANNOTATIONS - {"summary"}))).union(
    ("$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$vocabulary", "type", "enum", "const"),
    ("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "maxLength", "minLength", "pattern"),
    ("maxItems", "minItems", "uniqueItems", "maxContains", "minContains", "maxProperties", "minProperties"),
    ("required", "dependentRequired", "format", "contentEncoding", "contentMediaType", "discriminator"),
)

_MEMBERS: Final = frozenset({"properties", "additionalProperties", "patternProperties", "allOf", "anyOf", "oneOf"})


def check_descriptions(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every component schema, property, parameter, header, tag and link has a description."""
    nodes: list[tuple[str, Any]] = []
    for kind in ("schemas", "parameters", "headers", "links", "securitySchemes"):
        nodes += [(join_pointer("/components", kind, name), node) for name, node in index.components(kind).items()]
    for pointer, schema in index.schemas:
        properties = schema.get("properties", {})
        nodes += [(join_pointer(pointer, "properties", name), node) for name, node in properties.items()]
    for operation in index.operations:
        for position, node in enumerate(operation.node.get("parameters", [])):
            nodes.append((join_pointer(operation.pointer, "parameters", position), index.resolve(node)))
        for response in index.responses(operation):
            if not response.component:
                links = response.node.get("links", {}).items()
                nodes += [(join_pointer(response.pointer, "links", name), index.resolve(node)) for name, node in links]
    nodes += [(f"/tags/{position}", node) for position, node in enumerate(index.data.get("tags", []))]
    for pointer, node in nodes:
        if is_object(node) and not str(node.get("description", "")).strip():
            yield Problem(pointer, "no description", "Say in a line what it is")


def check_bodies(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every body has a schema."""
    for content in index.contents:
        if "schema" not in content.node:
            yield Problem(content.pointer, "no schema", "Refer to one of components/schemas")


def check_keywords(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every keyword is one of JSON Schema or OpenAPI: tools ignore one that is misspelt."""
    for pointer, schema in index.schemas:
        for keyword in schema:
            if keyword not in _KEYWORDS and not keyword.startswith("x-"):
                yield Problem(join_pointer(pointer, keyword), "no such keyword", "Fix it, or remove it")


def check_names(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that an object with properties is a component: the client has one class for each, of the same name."""
    for name in index.components("schemas"):
        if not _CLASS.fullmatch(name):
            yield Problem(join_pointer("/components/schemas", name), "not the name of a class", "Write it as SongCover")
    for pointer, schema in index.schemas:
        if "properties" in schema and not _COMPONENT.fullmatch(pointer):
            yield Problem(pointer, "an object without a name", "Move it to components/schemas and refer to it")


def check_free_objects(index: DescriptionIndex) -> Iterator[Problem]:
    """An object of any members says so. In a component that names none, each member is a drift."""
    for pointer, schema in index.schemas:
        is_object_only = schema.get("type") in ("object", ["object"]) and not schema.keys() & _MEMBERS
        if is_object_only and not _COMPONENT.fullmatch(pointer):
            yield Problem(pointer, "an object without members", "Describe them, or write `additionalProperties: true`")


def check_used(index: DescriptionIndex) -> Iterator[Problem]:
    """Every component is referred to."""
    targets = {parse_reference(target) for _, target in find_references(index.data)}
    for operation in index.operations:
        for choice in operation.node.get("security", []):
            targets.update(join_pointer("/components/securitySchemes", name) for name in choice)
    for kind, nodes in index.data.get("components", {}).items():
        for name in nodes:
            pointer = join_pointer("/components", kind, name)
            if pointer not in targets:
                yield Problem(pointer, "nothing refers to it", "Use it or remove it")


def check_shared(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that no schema serves requests and responses: one is strict, the other tolerant."""
    for pointer in sorted(index.request_schemas & index.response_schemas):
        yield Problem(pointer, "a request and a response share it", "Make two of it")


def check_required_described(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that what an object requires is among its properties."""
    for pointer, schema in index.schemas:
        if "properties" in schema:
            for name in schema.get("required", []):
                if name not in schema["properties"]:
                    at = join_pointer(pointer, "required")
                    yield Problem(at, f"{name} is not among the properties", "Describe it, or remove it")


def check_required_explained(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a response requires only what the caller needs: each required name has its reason, and vice versa."""
    for pointer, schema in _find_schemas(index, index.response_schemas, "responses"):
        required, reasons = schema.get("required", []), schema.get("x-required-because", {})
        for name in required:
            if not reasons.get(name):
                fix = "Give one in x-required-because, or make it optional"
                yield Problem(join_pointer(pointer, "required"), f"{name} is required without a reason", fix)
        for name in reasons:
            if name not in required:
                yield Problem(
                    join_pointer(pointer, "x-required-because"), f"{name} is not required", "Remove the reason"
                )


def check_open(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a response accepts unknown fields and values: no object and no list of values is closed."""
    for pointer, schema in _find_schemas(index, index.response_schemas, "responses"):
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if schema.get(keyword) is False:
                at = join_pointer(pointer, keyword)
                yield Problem(at, "closes a response", "Remove it: the service may add fields")
        if "enum" in schema:
            yield Problem(join_pointer(pointer, "enum"), "closes a list of values", "Write x-extensible-enum instead")


def check_access(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that no request has a read-only field, and no response a write-only one: the client reads neither."""
    for pointer, schema in _find_schemas(index, index.request_schemas, "requestBody", "parameters"):
        if schema.get("readOnly"):
            fix = "Remove readOnly, or describe the field in the response only"
            yield Problem(join_pointer(pointer, "readOnly"), "a request does not send what is only read", fix)
    for pointer, schema in _find_schemas(index, index.response_schemas, "responses"):
        if schema.get("writeOnly"):
            fix = "Remove writeOnly, or describe the field in the request only"
            yield Problem(join_pointer(pointer, "writeOnly"), "a response does not have what is only written", fix)


def _find_schemas(
    index: DescriptionIndex, components: Container[str], *places: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas in some components, and in some places outside components/schemas."""
    for pointer, schema in index.schemas:
        tokens = split_pointer(pointer)
        if tokens[:2] == ["components", "schemas"]:
            is_meant = join_pointer("", *tokens[:3]) in components
        else:
            is_meant = not set(places).isdisjoint(tokens)
        if is_meant:
            yield pointer, schema
