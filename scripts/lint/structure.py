"""Is it an OpenAPI 3.1 document at all? References first, then schemas, then the validator from PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema_rs import ValidationError, meta
from openapi_spec_validator import OpenAPIV31SpecValidator

from scripts.description import join
from scripts.lint.document import METHODS, Document, look_up
from scripts.lint.finding import Problem

_OPERATION_IN_MESSAGE = re.compile(r"'([a-z]+)' (?:operation )?in '([^']+)'")
_OPERATION_TWICE = re.compile(r"for '([a-z]+)' in '([^']+)' is not unique")
_FIX = "See the OpenAPI 3.1 specification for what may stand here"


def references(document: Document) -> Iterator[Problem]:
    """Every `$ref` leads to something in this file."""
    for pointer, node in document.objects.items():
        if "$ref" not in node or pointer.endswith("/properties"):
            continue
        at, target = join(pointer, "$ref"), node["$ref"]
        if not isinstance(target, str) or not target.startswith("#/"):
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
