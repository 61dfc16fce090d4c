"""Are schemas described, named, used, strict where we ask and tolerant where we read?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Problem
from scripts.openapi_document import is_object, join, split

_COMPONENT: Final = re.compile("/components/schemas/[^/]+")
# Those of JSON Schema 2020-12, by vocabulary, and those that OpenAPI 3.1 adds.
_KEYWORDS: Final = """
    $schema $id $ref $anchor $dynamicRef $dynamicAnchor $vocabulary $comment $defs
    allOf anyOf oneOf not if then else dependentSchemas prefixItems items contains
    properties patternProperties additionalProperties propertyNames unevaluatedItems unevaluatedProperties
    type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern
    maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired
    title description default deprecated readOnly writeOnly examples
    format contentEncoding contentMediaType contentSchema
    discriminator xml externalDocs example
"""


def described(document: Document) -> Iterator[Problem]:
    """Every component schema, property, parameter, header, tag and link has a description."""
    nodes: list[tuple[str, Any]] = []
    for kind in ("schemas", "parameters", "headers", "links", "securitySchemes"):
        nodes += [(join(f"/components/{kind}", name), node) for name, node in document.components(kind).items()]
    for pointer, schema in document.schemas:
        at = f"{pointer}/properties"
        nodes += [(join(at, name), node) for name, node in schema.get("properties", {}).items()]
    for operation in document.operations:
        parameters = enumerate(operation.node.get("parameters", []))
        nodes += [(f"{operation.pointer}/parameters/{index}", document.resolve(node)) for index, node in parameters]
        for status, response in operation.node.get("responses", {}).items():
            at = f"{join(join(operation.pointer, 'responses'), status)}/links"
            shown = response.get("links", {}).items()
            nodes += [(join(at, name), document.resolve(node)) for name, node in shown]
    nodes += [(f"/tags/{index}", node) for index, node in enumerate(document.data.get("tags", []))]
    for pointer, node in nodes:
        if is_object(node) and not str(node.get("description", "")).strip():
            yield Problem(pointer, "no description", "Say in a line what it is")


def present(document: Document) -> Iterator[Problem]:
    """Every body has a schema."""
    for content in document.contents:
        if "schema" not in content.node:
            yield Problem(content.pointer, "no schema", "Refer to one of components/schemas")


def known(document: Document) -> Iterator[Problem]:
    """Every keyword is one of JSON Schema or OpenAPI: one that is misspelt says nothing, to any tool."""
    keywords = frozenset(_KEYWORDS.split())
    for pointer, schema in document.schemas:
        for keyword in schema:
            if keyword not in keywords and not keyword.startswith("x-"):
                yield Problem(join(pointer, keyword), "no such keyword", "Mend it, or take it out")


def named(document: Document) -> Iterator[Problem]:
    """An object with properties is a component: the client has one class for each, of the same name."""
    for pointer, schema in document.schemas:
        if "properties" in schema and not _COMPONENT.fullmatch(pointer):
            yield Problem(pointer, "an object without a name", "Move it to components/schemas and refer to it")


def used(document: Document) -> Iterator[Problem]:
    """Every component is referred to."""
    targets = set(document.references.values())
    for operation in document.operations:
        for choice in operation.node.get("security", []):
            targets.update(f"#{join('/components/securitySchemes', name)}" for name in choice)
    for kind, nodes in document.data.get("components", {}).items():
        for name in nodes:
            pointer = join(f"/components/{kind}", name)
            if f"#{pointer}" not in targets:
                yield Problem(pointer, "nothing refers to it", "Use it or take it out")


def apart(document: Document) -> Iterator[Problem]:
    """No schema serves requests and responses: one is strict, the other tolerant."""
    for pointer in sorted(document.request_schemas & document.response_schemas):
        yield Problem(pointer, "a request and a response share it", "Make two of it")


def required_described(document: Document) -> Iterator[Problem]:
    """What an object requires is among its properties."""
    for pointer, schema in document.schemas:
        if "properties" in schema:
            for name in schema.get("required", []):
                if name not in schema["properties"]:
                    at = join(pointer, "required")
                    yield Problem(at, f"{name} is not among the properties", "Describe it, or take it out")


def required_explained(document: Document) -> Iterator[Problem]:
    """A response requires only what the caller cannot do without: each name has its reason, and no reason is idle."""
    for pointer, schema in _read(document):
        required, reasons = schema.get("required", []), schema.get("x-required-because", {})
        for name in required:
            if not reasons.get(name):
                at = join(pointer, "required")
                yield Problem(
                    at, f"{name} is required without a reason", "Give it one in x-required-because, or free it"
                )
        for name in reasons:
            if name not in required:
                at = join(pointer, "x-required-because")
                yield Problem(at, f"{name} is not required", "Take the reason out")


def open_to_more(document: Document) -> Iterator[Problem]:
    """A response takes unknown fields and unknown values: its objects are not closed, its lists of values are open."""
    for pointer, schema in _read(document):
        for keyword in ("additionalProperties", "unevaluatedProperties"):
            if schema.get(keyword) is False:
                yield Problem(join(pointer, keyword), "closes a response", "Take it out: the service may add fields")
        if "enum" in schema:
            yield Problem(join(pointer, "enum"), "closes a list of values", "Write x-extensible-enum in its place")


def _read(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    for pointer, schema in document.schemas:
        tokens = split(pointer)
        component = "/" + "/".join(tokens[:3])
        if component in document.response_schemas or "responses" in tokens:
            yield pointer, schema
