"""Is it an OpenAPI 3.1 document at all? References first, then schemas, then the validator from PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from jsonschema_rs import ValidationError, meta
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.description import is_object, join
from scripts.lint.document import METHODS, Document, look_up
from scripts.lint.finding import Problem

_OPERATION_IN_MESSAGE = re.compile(r"'([a-z]+)' (?:operation )?in '([^']+)'")
_OPERATION_TWICE = re.compile(r"for '([a-z]+)' in '([^']+)' is not unique")
_FIX = "See the OpenAPI 3.1 specification for what may stand here"
_KINDS: Final = {dict: "an object", list: "a list"}
_PARTS: Final[dict[str, type[dict[str, Any]] | type[list[Any]]]] = {
    "paths": dict,
    "components": dict,
    "tags": list,
    "x-sources": dict,
    "x-coverage": list,
    "x-workflow": list,
}


def shape(document: Document) -> Iterator[Problem]:
    """The parts that the other rules walk through are objects and lists where they should be."""
    data = document.data
    if not str(data.get("openapi", "")).startswith("3.1."):
        yield Problem("/openapi", "not an OpenAPI 3.1 document", "Write `openapi: 3.1.0`")
    for key, kind in _PARTS.items():
        if not isinstance(data.get(key, kind()), kind):
            yield Problem(f"/{key}", f"not {_KINDS[kind]}", _FIX)
    for key in ("paths", "components"):
        nodes = data.get(key)
        if is_object(nodes):
            for name, node in nodes.items():
                if not is_object(node):
                    yield Problem(join(f"/{key}", name), "not an object", _FIX)


def references(document: Document) -> Iterator[Problem]:
    """Every `$ref` leads to something in this file."""
    for pointer, target in document.references.items():
        at = join(pointer, "$ref")
        if not target.startswith("#/"):
            yield Problem(at, f"{target} is not in this file", "Write a reference as `#/components/...`")
            continue
        try:
            document.at(target[1:])
        except LookupError:
            yield Problem(at, f"{target} does not exist", "Add it, or mend the reference")


def schemas(document: Document) -> Iterator[Problem]:
    """Every component schema is a JSON Schema."""
    for name, schema in document.components("schemas").items():
        try:
            meta.validate(schema)
        except ValidationError as error:
            pointer = join("/components/schemas", name)
            for token in error.instance_path:
                pointer = join(pointer, token)
            yield Problem(pointer, _first_line(error.message), "See JSON Schema 2020-12 for what may stand here")


def openapi(document: Document) -> Iterator[Problem]:
    """The validator for OpenAPI 3.1 has nothing to say."""
    for error in OpenAPIV31SpecValidator(document.data).iter_errors():
        yield Problem(_locate(document, error), _first_line(error.message), _FIX)


def _locate(document: Document, error: Any) -> str:
    pointer = ""
    for token in error.absolute_path:
        pointer = join(pointer, token)
    if pointer and _exists(document, pointer):
        return pointer
    for pattern in (_OPERATION_TWICE, _OPERATION_IN_MESSAGE):
        if named := pattern.search(error.message):
            method, path = named.groups()
            pointer = join(join("/paths", path), method)
            if method in METHODS and _exists(document, pointer):
                return pointer
    return ""


def _exists(document: Document, pointer: str) -> bool:
    try:
        look_up(document.data, pointer)
    except LookupError:
        return False
    return True


def _first_line(message: str) -> str:
    return message.partition("\n")[0].rstrip(".")[:200]
