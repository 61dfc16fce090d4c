"""Where on the site a node of the description is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from scripts.docs_site.html_fragments import kebab, slug
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import Operation, is_array, is_object, split

INDEX, ERRORS, MODELS, DRIFT, SOURCES = ("index.html", "errors.html", "models.html", "drift.html", "sources.html")


@attrs.frozen
class Place:
    """A node's name for people, and the address of what the site says of it."""

    label: str
    address: str


@attrs.frozen(slots=False)
class Places:
    """The addresses of a description's nodes. All pages lie in one folder."""

    document: DescriptionIndex

    def of(self, pointer: str) -> Place:
        """The place of the node at a JSON pointer, or of the nearest thing above it that has one."""
        tokens = split(pointer)
        match tokens:
            case ["paths", path, method, "responses", status, *_] if method in self._operations.get(path, {}):
                operation = self._operations[path][method]
                return Place(f"{operation.id}, {status}", f"{operation_page(operation.id)}#{response_anchor(status)}")
            case ["paths", path, method, *_] if method in self._operations.get(path, {}):
                operation = self._operations[path][method]
                return Place(operation.id, operation_page(operation.id))
            case ["components", "schemas", name, "properties", prop, *_]:
                return Place(f"{name}.{prop}", f"{self.home(name)}#{slug(name, prop)}")
            case ["components", "schemas", name, *_]:
                return self.schema(name)
            case ["components", "responses", name, *_]:
                return Place(name, f"{ERRORS}#{slug(name)}")
            case ["components", kind, name, *_]:
                return Place(f"{_KINDS.get(kind, kind)} {name}", f"{INDEX}#{slug(kind, name)}")
            case ["servers", index, *_]:
                return Place("base URL", f"{INDEX}#{slug('servers', index)}")
            case [top, *_]:
                return Place(top, INDEX)
            case _:
                return Place("the whole description", INDEX)

    def schema(self, name: str) -> Place:
        """The place of a component schema."""
        return Place(name, f"{self.home(name)}#{slug(name)}")

    def home(self, name: str) -> str:
        """The page that shows a component schema in full."""
        return self._homes.get(name, MODELS)

    def names_of(self, page: str) -> list[str]:
        """The component schemas that a page shows in full, in the order of the description."""
        return [name for name in self.document.components("schemas") if self.home(name) == page]

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """Addresses of the code words that a text may mention: operationIds and component schemas."""
        schemas = {name: self.schema(name).address for name in self.document.components("schemas")}
        return schemas | {operation.id: operation_page(operation.id) for operation in self.document.operations}

    @cached_property
    def _operations(self) -> Mapping[str, Mapping[str, Operation]]:
        found: dict[str, dict[str, Operation]] = {}
        for operation in self.document.operations:
            found.setdefault(operation.path, {})[operation.method] = operation
        return found

    @cached_property
    def _homes(self) -> Mapping[str, str]:
        """A request's schema is at home with its operation, an error's with the errors, all others are models."""
        homes: dict[str, str] = {}
        homes |= dict.fromkeys(self._reachable(failing=True) - self._reachable(failing=False), ERRORS)
        for operation in self.document.operations:
            body = body_schema(operation)
            if (name := ref_name(body)) is None:
                continue
            homes[name] = operation_page(operation.id)
            homes |= {each: variant_page(operation.id, each) for each in self.variants(operation)}
        return homes

    def variants(self, operation: Operation) -> list[str]:
        """The component schemas that an operation's request body may be, when there is a choice."""
        schema: Any = self.document.resolve(body_schema(operation))
        names = [ref_name(member) for member in choices(schema)]
        return [name for name in names if name is not None]

    def _reachable(self, *, failing: bool) -> set[str]:
        """The component schemas that the answers to failed calls can hold, or those to others."""
        waiting: list[Any] = [
            self.document.resolve(response).get("content", {})
            for operation in self.document.operations
            for status, response in operation.node.get("responses", {}).items()
            if (status >= "4") is failing
        ]
        found: set[str] = set()
        while waiting:
            for name in _references(waiting.pop()):
                if name not in found:
                    found.add(name)
                    waiting.append(self.document.components("schemas").get(name, {}))
        return found


def operation_page(operation_id: str) -> str:
    """The page of an operation."""
    return f"{kebab(operation_id)}.html"


def variant_page(operation_id: str, name: str) -> str:
    """The page of one of the bodies that an operation takes."""
    return f"{kebab(operation_id)}.{kebab(name)}.html"


def response_anchor(status: str) -> str:
    """The anchor of a response on its operation's page."""
    return f"response-{slug(status)}"


def body_schema(operation: Operation) -> Any:
    """The schema of an operation's request body, as it is written there; an empty one when there is no body."""
    for content in operation.node.get("requestBody", {}).get("content", {}).values():
        return content.get("schema", {})
    return {}


def choices(schema: Any) -> list[Any]:
    """The schemas that a schema lets one choose from; none when there is no choice."""
    found: Any = schema.get("anyOf") or schema.get("oneOf") if is_object(schema) else None
    return found if is_array(found) else []


def ref_name(schema: Any) -> str | None:
    """The name of the component that a schema refers to, if it is a reference."""
    if is_object(schema) and isinstance(schema.get("$ref"), str):
        return split(schema["$ref"].removeprefix("#"))[-1]
    return None


def _references(node: Any) -> Iterator[str]:
    if is_object(node):
        if (name := ref_name(node)) is not None:
            yield name
        for key, value in node.items():
            if key not in ("examples", "example", "const", "enum", "default") and not key.startswith("x-"):
                yield from _references(value)
    elif is_array(node):
        for value in node:
            yield from _references(value)


_KINDS: Mapping[str, str] = {"securitySchemes": "authentication", "headers": "header", "parameters": "parameter"}
