"""The description as the generator's parser wants it: only what it reads, in the words that it knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scripts.generator import media_types
from scripts.generator.document import (
    LISTED,
    NAMED,
    OPEN_ENUM,
    SINGLE,
    parameters,
    resolved,
    step,
    types,
)
from scripts.generator.generation_error import GenerationError
from scripts.openapi_document import METHODS

# The client keeps these as the strings that came: converting would lose what the server wrote.
KEPT_AS_STRINGS = frozenset({"uuid", "date", "date-time"})
# A choice between members that say no more than this tells which fields go together, and nothing about the type.
_CONDITIONS = frozenset({"required", "not", "if", "then", "else", "description", "title"})


def for_parser(description: Mapping[str, Any]) -> dict[str, Any]:
    """What the parser is given. Bodies of errors are not in it: the client reads them without a schema.

    Raises:
        GenerationError: A `$ref` points at nothing, or an open enum stands where it has no name.
    """
    named = description.get("components", {}).get("schemas", {})
    return {
        "openapi": description["openapi"],
        "info": {key: value for key, value in description["info"].items() if key in ("title", "version")},
        "paths": {
            path: {
                method: _operation(description, path, item[method], f"/paths{step(path)}/{method}")
                for method in METHODS
                if method in item
            }
            for path, item in description.get("paths", {}).items()
        },
        "components": {
            "schemas": {
                name: _schema(description, schema, f"/components/schemas{step(name)}", component=True)
                for name, schema in named.items()
            }
        },
    }


def _operation(description: Mapping[str, Any], path: str, operation: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    made = {key: operation[key] for key in ("operationId", "tags", "summary", "description") if key in operation}
    made["parameters"] = [
        {**_plain(each), "schema": _schema(description, each["schema"], f"{pointer}/parameters/{index}/schema")}
        for index, each in enumerate(parameters(description, path, operation))
    ]
    if "requestBody" in operation:
        body = resolved(description, operation["requestBody"])
        content = {
            (kind if _is_form(kind) or media_types.is_json(kind) else media_types.BYTES): _media(
                description, kind, each, f"{pointer}/requestBody/content{step(kind)}"
            )
            for kind, each in body["content"].items()
        }
        made["requestBody"] = {"required": body.get("required", False), "content": content}
    made["responses"] = {
        status: _response(description, status, each, f"{pointer}/responses/{status}")
        for status, each in operation["responses"].items()
    }
    return made


def _response(description: Mapping[str, Any], status: str, node: Any, pointer: str) -> dict[str, Any]:
    response = resolved(description, node)
    if response is None:
        raise GenerationError(f"$ref {node['$ref']!r} points at nothing in this file.", f"{pointer}/$ref")
    made: dict[str, Any] = {"description": response.get("description", "")}
    if str(status).startswith("2") and "content" in response:
        made["content"] = {
            (kind if media_types.is_json(kind) or media_types.is_text(kind) else media_types.BYTES): _media(
                description, kind, each, f"{pointer}/content{step(kind)}"
            )
            for kind, each in response["content"].items()
        }
    return made


def _media(description: Mapping[str, Any], kind: str, content: Mapping[str, Any], pointer: str) -> dict[str, Any]:
    if _is_form(kind) or media_types.is_json(kind):
        return {"schema": _schema(description, content.get("schema", {}), f"{pointer}/schema")}
    return {"schema": {"type": "string"} if media_types.is_text(kind) else {"type": "string", "format": "binary"}}


def _is_form(kind: str) -> bool:
    return media_types.plain(kind) in (media_types.FORM, media_types.MULTIPART)


def _schema(description: Mapping[str, Any], node: Any, pointer: str, *, component: bool = False) -> Any:
    """A copy of a schema in words that the parser knows."""
    if isinstance(node, bool):
        return {} if node else False
    if "$ref" in node and resolved(description, node) is None:
        raise GenerationError(f"$ref {node['$ref']!r} points at nothing in this file.", f"{pointer}/$ref")
    if OPEN_ENUM in node and not component:
        raise GenerationError(f"{OPEN_ENUM} outside components/schemas. Give the enum a component.", pointer)
    made = _plain(node)
    made.pop("title", None)
    for keyword in NAMED:
        if keyword in node:
            made[keyword] = {
                name: _schema(description, each, f"{pointer}/{keyword}{step(name)}")
                for name, each in node[keyword].items()
            }
    for keyword in LISTED:
        if keyword in node:
            made[keyword] = [
                _schema(description, each, f"{pointer}/{keyword}/{index}") for index, each in enumerate(node[keyword])
            ]
    for keyword in SINGLE:
        if isinstance(node.get(keyword), dict):
            made[keyword] = _schema(description, node[keyword], f"{pointer}/{keyword}")
    if OPEN_ENUM in node:
        made["enum"] = list(node[OPEN_ENUM])
    if "string" in types(made) and made.get("format") in KEPT_AS_STRINGS:
        del made["format"]
    if len(made.get("allOf", [])) == 1 and "properties" not in made and "$ref" not in made["allOf"][0]:
        made = {**made.pop("allOf")[0], **made}
    _settle_values(made)
    _settle_array(made)
    _settle_object(made, component=component)
    return made


def _plain(node: Mapping[str, Any]) -> dict[str, Any]:
    """A copy without what the parser has no use for."""
    return {
        key: value
        for key, value in node.items()
        if key not in ("example", "examples", "discriminator", "externalDocs", "xml") and not key.startswith("x-")
    }


def _settle_values(schema: dict[str, Any]) -> None:
    """Constants and enums of which Python's `Literal` has none are typed by their JSON type."""
    if "const" in schema:
        value = schema["const"]
        if isinstance(value, str | bool | int):
            schema.pop("type", None)
            return
        del schema["const"]
        kinds = {dict: "object", list: "array", float: "number"}
        schema["type"] = kinds.get(cast("Any", type(value)), "null")
    values = schema.get("enum")
    if isinstance(values, list):
        present = {type(value) for value in cast("list[object]", values)}
        if float in present and present <= {int, float, type(None)}:
            del schema["enum"]
            schema.setdefault("type", ["number", "null"] if type(None) in present else "number")
        elif present == {type(None)}:
            del schema["enum"]
            schema["type"] = "null"


def _settle_array(schema: dict[str, Any]) -> None:
    """An array says what its items are."""
    if isinstance(schema.get("items"), bool):
        del schema["items"]
    if "array" in types(schema) and "items" not in schema and "prefixItems" not in schema:
        schema["items"] = {}


def _settle_object(schema: dict[str, Any], *, component: bool) -> None:
    """An object says whether it is a map; its own fields stand beside those of an `allOf`."""
    is_object = "object" in types(schema)
    if "properties" not in schema and (is_object or "patternProperties" in schema):
        bare = not component or "patternProperties" in schema
        if bare and not schema.keys() & {"additionalProperties", "allOf", "anyOf", "oneOf"}:
            schema["additionalProperties"] = True
    if "properties" not in schema:
        return
    for choice in ("anyOf", "oneOf"):
        if choice in schema and all(_CONDITIONS.issuperset(member) for member in schema[choice]):
            del schema[choice]
    if "allOf" in schema:
        own = {key: schema.pop(key) for key in ("properties", "required") if key in schema}
        schema["allOf"] = [*schema["allOf"], {"type": "object", **own}]
