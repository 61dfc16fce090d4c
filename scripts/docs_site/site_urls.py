"""Addresses: which page and anchor of the site shows a node of the description."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs

from scripts.docs_site.html_fragments import SiteLink, file_name, slug
from scripts.generator.python_names import name_operation
from scripts.lint.description_index import DescriptionIndex
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import (
    Operation,
    find_parameters,
    is_object,
    is_reference,
    join_pointer,
    parse_reference,
    split_pointer,
)

REFERENCE, ERRORS, MODELS = ("reference.html", "errors.html", "models.html")
DATES, DRIFT, SOURCES = ("dates.html", "drift.html", "sources.html")
_KINDS: Mapping[str, str] = {"securitySchemes": "authentication", "headers": "header"}


@attrs.frozen(slots=False)
class SiteUrls:
    """The addresses of a description's nodes. All pages are in one folder."""

    index: DescriptionIndex

    def link(self, pointer: str) -> SiteLink:
        """Return the link to the node at a JSON pointer, or to its nearest ancestor that is shown."""
        names = self._operation_names
        match split_pointer(pointer):
            case ["paths", path, method, *below] if (at := join_pointer("/paths", path, method)) in names:
                name, page = names[at], file_name(*names[at].split("."))
                if below[:1] == ["responses"] and len(below) > 1:
                    return SiteLink(f"{name}, {below[1]}", f"{page}#{response_anchor(below[1])}")
                return SiteLink(name, page)
            case ["components", "schemas", name, "properties", prop, *_]:
                return SiteLink(f"{name}.{prop}", f"{self.page_of(name)}#{slug(name, prop)}")
            case ["components", "schemas", name, *_]:
                return SiteLink(name, f"{self.page_of(name)}#{slug(name)}")
            case ["components", "responses", name, *_]:
                return SiteLink(name, f"{ERRORS}#{slug('responses', name)}")
            case ["components", "parameters", name, *_] if name in self._parameter_pages:
                return SiteLink(f"parameter {name}", self._parameter_pages[name])
            case ["components", kind, name, *_]:
                return SiteLink(f"{_KINDS.get(kind, kind)} {name}", f"{REFERENCE}#{slug(kind, name)}")
            case ["servers", position, *_]:
                return SiteLink("base URL", f"{REFERENCE}#{slug('servers', position)}")
            case tokens:
                return SiteLink(tokens[0] if tokens else "the whole description", REFERENCE)

    def link_schema(self, name: str) -> SiteLink:
        """Return the link to a component schema."""
        return self.link(join_pointer("/components/schemas", name))

    def call_name(self, operation: Operation) -> str:
        """Return what users type after `client.` for an operation."""
        return self._operation_names[operation.pointer]

    def operation_page(self, operation: Operation, variant: str | None = None) -> str:
        """Return the page of an operation, or of one of its variants, named as the client names it."""
        names = [*self.call_name(operation).split("."), *([variant] if variant else [])]
        return file_name(*names)

    def page_of(self, name: str) -> str:
        """Return the page that shows a component schema in full."""
        return self._pages.get(name, MODELS)

    def schemas_of(self, page: str) -> list[str]:
        """Return the component schemas that a page shows in full, in the order of the description."""
        return [name for name in self.index.components("schemas") if self.page_of(name) == page]

    @cached_property
    def code_links(self) -> Mapping[str, SiteLink]:
        """Links for the code words that a text may mention: operations, by operationId or call, and schemas."""
        links = {name: self.link_schema(name) for name in self.index.components("schemas")}
        for operation in self.index.operations:
            links[operation.id] = links[self.call_name(operation)] = self.link(operation.pointer)
        return links

    @cached_property
    def _operation_names(self) -> Mapping[str, str]:
        return {operation.pointer: ".".join(name_operation(operation.node)) for operation in self.index.operations}

    @cached_property
    def _parameter_pages(self) -> Mapping[str, str]:
        """Addresses of shared parameters, each on the page of the first operation that has it."""
        found: dict[str, str] = {}
        for operation in self.index.operations:
            for place in find_parameters(self.index.data, operation):
                match split_pointer(place.pointer):
                    case ["components", "parameters", name]:
                        anchor = slug("parameter", str(place.node.get("name", "")))
                        found.setdefault(name, f"{self.operation_page(operation)}#{anchor}")
                    case _:
                        pass
        return found

    @cached_property
    def _pages(self) -> Mapping[str, str]:
        """Schemas that are not on the page of models: a request's is with its operation, an error's with the errors."""
        failures, others = (self._response_schemas(failed=failed) for failed in (True, False))
        pages = dict.fromkeys(failures - others, ERRORS)
        for operation in self.index.operations:
            if (name := component_name(body_schema(operation))) is not None:
                pages[name] = self.operation_page(operation)
                pages |= {each: self.operation_page(operation, each) for each in find_variants(self.index, operation)}
        return pages

    def _response_schemas(self, *, failed: bool) -> set[str]:
        """Return the names of the component schemas in the responses of failed calls, or of the others."""
        contents = [
            response.node.get("content", {})
            for operation in self.index.operations
            for response in self.index.responses(operation)
            if (response.status >= "4") is failed
        ]
        return {split_pointer(pointer)[2] for pointer in self.index.reachable_schemas(*contents)}


def response_anchor(status: str) -> str:
    """Return the anchor of a response on its operation's page."""
    return f"response-{slug(status)}"


def body_schema(operation: Operation) -> Any:
    """Return the schema of an operation's request body, references not followed; an empty one without a body."""
    for content in operation.node.get("requestBody", {}).get("content", {}).values():
        return content.get("schema", {})
    return {}


def alternatives(schema: Any) -> list[Any]:
    """Return the alternatives of a schema; none when it has no choice."""
    return (schema.get("anyOf") or schema.get("oneOf") or []) if is_object(schema) else []


def component_name(node: Any) -> str | None:
    """Return the name of the component that a node refers to, if it is a reference."""
    return split_pointer(parse_reference(node["$ref"]))[-1] if is_reference(node) else None
