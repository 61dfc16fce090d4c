"""Rules of validity: OpenAPI 3.1 by the validator from PyPI, references, schemas, and the form of our `x-` keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote

from jsonschema_rs import Draft202012Validator, ValidationError, meta

from scripts.lint.contradiction_rules import suggest
from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.openapi_document import (
    JSON_TYPES,
    METHODS,
    is_array,
    is_object,
    join_pointer,
    resolve,
    split_pointer,
    walk_schemas,
)

_OPERATION_IN_MESSAGE: Final = re.compile(r"'([a-z]+)' (?:operation )?in '([^']+)'")
_PARAMETER_TWICE: Final = re.compile(r"Duplicate parameter '(.+)'")
_OPERATION_TWICE: Final = re.compile(r"for '([a-z]+)' in '([^']+)' is not unique")
_TYPES: Final = tuple(JSON_TYPES.values())
_SCHEMA_FIX: Final = "See JSON Schema 2020-12 for what is allowed here"
_FIX: Final = "See the OpenAPI 3.1 specification for what is allowed here"

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ANYTHING: Final = _object()
_STATUS: Final = {"type": "integer", "minimum": 100, "maximum": 599}
_MEDIA: Final = _object(schema=_ANYTHING, examples=_map(_ANYTHING))
_LINK: Final = _object(parameters=_ANYTHING)
_RESPONSE: Final = _object(content=_map(_MEDIA), links=_map(_LINK))
_HEADER: Final = _object(schema=_ANYTHING)
_NAMED: Final = {"if": {"required": ["$ref"]}, "else": {"required": ["name", "in"]}}
_PARAMETER: Final = _object(schema=_ANYTHING, **dict.fromkeys(("name", "in"), _TEXT)) | _NAMED
_RESPONSES: Final = _map(_RESPONSE) | {"propertyNames": {"pattern": r"^(x-.+|default|[1-5](\d\d|XX))$"}}
_OPERATION: Final = _object("responses", responses=_RESPONSES, parameters=_list(_PARAMETER), tags=_TEXTS)
_OPERATION["properties"] |= {"requestBody": _RESPONSE, "security": _list(_ANYTHING)}
_SDK: Final = _object(bare=_TEXTS, **dict.fromkeys(("resource", "method", "unwrap"), _TEXT))
_OPERATION["properties"] |= {"x-sdk": _SDK, "x-billing": _object(note=_TEXT, unpriced=_TEXTS)}
# Braces come in pairs: the validator from PyPI relies on it.
_PATH: Final = {"pattern": r"^/([^{}]|\{[^{}]+\})*$"}
# A misspelt method would be an operation that every tool leaves out.
_PATH_ITEM: Final = _object(**dict.fromkeys(METHODS, _OPERATION), parameters=_list(_PARAMETER)) | {
    "propertyNames": {"pattern": f"^(x-.+|{'|'.join(METHODS)}|parameters|summary|description|servers)$"}
}
_SCHEMA: Final = _object(**{"x-required-because": _map(_TEXT)})
_COMPONENTS: Final = _object(
    schemas=_map(_SCHEMA),
    responses=_map(_RESPONSE),
    parameters=_map(_PARAMETER),
    headers=_map(_HEADER),
    links=_map(_LINK),
    securitySchemes=_map(_object(**{"x-sdk": _object(argument=_TEXT)})),
)
_COMPONENTS["additionalProperties"] = _map(_ANYTHING)
_ROOT: Final = _object(
    "openapi",
    "info",
    "paths",
    openapi={"type": "string", "pattern": r"^3\.1\."},
    info=_object("title", "version", title=_TEXT, version=_TEXT),
    paths=_map(_PATH_ITEM) | {"propertyNames": _PATH},
    servers=_list(_object("url", url=_TEXT)),
    tags=_list(_object("name", name=_TEXT)),
    components=_COMPONENTS,
)
_ROOT["properties"] |= {
    "x-sources": _map(_ANYTHING),
    "x-coverage": _list(_object("operationId", operationId=_TEXT, variants=_TEXTS, page=_TEXT)),
    "x-error-codes": _list(
        _object(codes=_TEXTS, texts=_TEXTS, statuses=_list(_STATUS), **{"x-evidence": _list(_object())})
    ),
    "x-workflow": _list(_object("from", "link", "to", **dict.fromkeys(("from", "link", "to"), _TEXT))),
}
_STRUCTURE: Final = Draft202012Validator(_ROOT)


def check_structure(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that what the rules walk through is an object, a list or a text where it should be."""
    for error in _STRUCTURE.iter_errors(index.data):
        at = join_pointer("", *error.instance_path)
        if "propertyNames" in error.schema_path:
            yield _explain_key(at, json.JSONDecoder().raw_decode(error.message)[0])
        else:
            yield Problem(at, error.message[:160], "See openapi/README.md and OpenAPI 3.1 for what is allowed here")


def _explain_key(at: str, key: str) -> Problem:
    """Return what is wrong with a path, a status or a method."""
    what, fix = "method", suggest(key.lower(), METHODS)
    if at == "/paths":
        what, fix = "path", "Begin it with a slash, and close each brace"
    elif at.endswith("/responses"):
        what, fix = "status", "Write one such as '404'"
    return Problem(join_pointer(at, key), f"{key} is not a {what}", fix)


def check_references(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every `$ref` leads to something in this file."""
    for pointer, node in index.objects.items():
        if "$ref" not in node:
            continue
        at, target = join_pointer(pointer, "$ref"), node["$ref"]
        if not isinstance(target, str) or not target.startswith("#/"):
            yield Problem(at, f"{target} is not in this file", "Write a reference as `#/components/...`")
            continue
        try:
            resolve(index.data, node)
        except LookupError as error:
            yield Problem(at, str(error), "Fix the reference, or add what it names")
            continue
        kind = _find_kind(split_pointer(pointer))
        found = split_pointer(unquote(target[1:]))[1:2]
        if kind and found != [kind]:
            yield Problem(at, f"{target} is not one of components/{kind}", "Refer to a component of that kind")


def _find_kind(where: list[str]) -> str:
    """Return the kind of components that a reference refers to, by the key that it is below."""
    inside = where[2:] if where[:1] == ["components"] else where
    for depth in (-2, -1):
        if len(inside) >= -depth and inside[depth] in ("parameters", "headers", "responses", "links", "examples"):
            return inside[depth] if "schema" not in inside else ""
    return ""


def check_schemas(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that every schema is a JSON Schema, and its patterns are regular expressions."""
    for pointer, schema in index.schema_roots:
        try:
            meta.validate(schema)
        except ValidationError as error:
            at, message = join_pointer(pointer, *error.instance_path), _first_line(error.message)
            yield _explain_type(index, at) or Problem(at, message, _SCHEMA_FIX)
            continue
        for at, inner in walk_schemas(schema, pointer):
            if not is_object(inner) or "pattern" not in inner:
                continue
            try:
                Draft202012Validator({"pattern": inner["pattern"]})
            except ValidationError:
                message = f"{inner['pattern']} is not a regular expression"
                yield Problem(join_pointer(at, "pattern"), message, _SCHEMA_FIX)


def _explain_type(index: DescriptionIndex, at: str) -> Problem | None:
    """Return what is wrong with a `type`, which the meta-schema says of all its alternatives at once."""
    value = index.at(at)
    names = value if is_array(value) else [value]
    wrong = [each for each in names if each not in _TYPES]
    *_, above, key = ("", *split_pointer(at))
    if key != "type" or above == "properties" or not wrong:
        return None
    fix = "Write 'null' in quotes" if wrong[0] is None else suggest(str(wrong[0]), _TYPES)
    return Problem(at, f"{json.dumps(wrong[0])} is not a type", fix)


def check_defaults(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a default fits its schema."""
    for pointer, schema in index.schemas:
        if "default" in schema:
            for complaint in index.validate(schema, schema["default"]):
                yield Problem(join_pointer(pointer, "default"), complaint, "Fix the default or the schema")


def check_openapi(index: DescriptionIndex) -> Iterator[Problem]:
    """Check the description with openapi-spec-validator, and its schemas with the same meta-schema in jsonschema-rs."""
    # Slow to import, and only needed here.
    from openapi_spec_validator import OpenAPIV31SpecValidator  # noqa: PLC0415
    from openapi_spec_validator.validation.keywords import OpenAPIV31SchemaValidator  # noqa: PLC0415

    class CheckedSchemas(OpenAPIV31SchemaValidator):
        """The rules for schemas except for the meta-schema, which took three quarters of the time of a lint."""

        def __call__(self, schema: Any, require_properties: bool = True, meta_checked: bool = False) -> Iterator[Any]:
            del meta_checked
            return super().__call__(schema, require_properties, meta_checked=True)

    keywords = dict[str, Any](OpenAPIV31SpecValidator.keyword_validators, schema=CheckedSchemas)

    class Validator(OpenAPIV31SpecValidator):
        keyword_validators = keywords

    dialect = _load_dialect()
    for pointer, schema in index.schemas:
        for error in dialect.iter_errors(schema):
            yield Problem(join_pointer(pointer, *error.instance_path), _first_line(error.message), _SCHEMA_FIX)
    for error in Validator(index.data).iter_errors():
        yield Problem(_locate_error(index, error), _first_line(error.message), _FIX)


@cache
def _load_dialect() -> Draft202012Validator:
    """Return the validator of what OpenAPI adds to JSON Schema; `check_schemas` has checked the rest."""
    folder = files("openapi_schema_validator") / "schemas" / "oas3.1" / "vocabularies"
    return Draft202012Validator(json.loads((folder / "base").read_text("utf-8")), validate_formats=True)


def _locate_error(index: DescriptionIndex, error: Any) -> str:
    pointer = join_pointer("", *error.absolute_path)
    if pointer and _exists(index, pointer):
        return pointer
    if twice := _PARAMETER_TWICE.fullmatch(error.message):
        for holder, node in index.objects.items():
            parameters = node.get("parameters")
            some = map(index.resolve, parameters if is_array(parameters) else ())
            names = [(each["name"], each["in"]) for each in some]
            if any(name == twice[1] and names.count((name, place)) > 1 for name, place in names):
                return join_pointer(holder, "parameters")
    for pattern in (_OPERATION_TWICE, _OPERATION_IN_MESSAGE):
        if named := pattern.search(error.message):
            method, path = named.groups()
            pointer = join_pointer("/paths", path, method)
            if method in METHODS and _exists(index, pointer):
                return pointer
    return ""


def _exists(index: DescriptionIndex, pointer: str) -> bool:
    try:
        index.at(pointer)
    except LookupError:
        return False
    return True


def _first_line(message: str) -> str:
    return message.partition("\n")[0].rstrip(".")[:200]
