"""Is it an OpenAPI 3.1 document at all? References first, then schemas, then the validator from PyPI."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError, meta

from scripts.lint.description_index import Document, look_up, subschemas
from scripts.lint.lint_finding import Problem
from scripts.lint.schema_validation import complaints
from scripts.openapi_document import METHODS, is_object, join

_OPERATION_IN_MESSAGE = re.compile(r"'([a-z]+)' (?:operation )?in '([^']+)'")
_OPERATION_TWICE = re.compile(r"for '([a-z]+)' in '([^']+)' is not unique")
_SCHEMA_FIX = "See JSON Schema 2020-12 for what may stand here"
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
            circle = _leads_back(document, target)
        except LookupError:
            yield Problem(at, f"{target} does not exist", "Add it, or mend the reference")
        else:
            if circle:
                yield Problem(at, f"{target} leads back to itself", "Refer to what is written out")


def _leads_back(document: Document, target: str) -> bool:
    """Whether following the references from a target never ends."""
    seen: set[str] = set()
    while target not in seen:
        seen.add(target)
        node = document.at(target[1:])
        target = str(node.get("$ref", "")) if is_object(node) else ""
        if not target.startswith("#/"):
            return False
    return True


def schemas(document: Document) -> Iterator[Problem]:
    """Every schema is a JSON Schema, and its patterns are expressions."""
    for pointer, schema in document.schema_roots:
        try:
            meta.validate(schema)
        except ValidationError as error:
            yield Problem(_below(pointer, error.instance_path), _first_line(error.message), _SCHEMA_FIX)
            continue
        for at, inner in subschemas(schema, pointer):
            try:
                Draft202012Validator({"pattern": inner.get("pattern", "")})
            except ValidationError:
                yield Problem(join(at, "pattern"), f"{inner['pattern']} is no regular expression", _SCHEMA_FIX)


def defaults(document: Document) -> Iterator[Problem]:
    """What a schema gives as its default, it takes."""
    for pointer, schema in document.schemas:
        if "default" in schema:
            for complaint in complaints(document, schema, schema["default"]):
                yield Problem(join(pointer, "default"), complaint, "Mend the default or the schema")


def openapi(document: Document) -> Iterator[Problem]:
    """The validator for OpenAPI 3.1 has nothing to say."""
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415 - slow to import, and only the lint asks this

    for error in OpenAPIV31SpecValidator(document.data).iter_errors():
        yield Problem(_locate(document, error), _first_line(error.message), _FIX)


def _locate(document: Document, error: Any) -> str:
    pointer = _below("", error.absolute_path)
    if pointer and _exists(document, pointer):
        return pointer
    for pattern in (_OPERATION_TWICE, _OPERATION_IN_MESSAGE):
        if named := pattern.search(error.message):
            method, path = named.groups()
            pointer = join(join("/paths", path), method)
            if method in METHODS and _exists(document, pointer):
                return pointer
    return ""


def _below(pointer: str, tokens: Iterable[str | int]) -> str:
    for token in tokens:
        pointer = join(pointer, token)
    return pointer


def _exists(document: Document, pointer: str) -> bool:
    try:
        look_up(document.data, pointer)
    except LookupError:
        return False
    return True


def _first_line(message: str) -> str:
    return message.partition("\n")[0].rstrip(".")[:200]
