"""The description in the words that openapi-python-client knows: only what it reads, one way to say each thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from scripts import media_types
from scripts.generator.generation_error import GenerationError
from scripts.openapi_document import (
    OPEN_ENUM,
    SCHEMA_LISTS,
    SCHEMA_MAPS,
    SCHEMA_SINGLES,
    Operation,
    copy_edited,
    find_parameters,
    is_array,
    is_object,
    is_reference,
    join_pointer,
    json_type,
    parse_reference,
    resolve,
    schema_types,
    walk_operations,
)

VALIDATION_ONLY: Final = frozenset(
    {"contains", "dependentSchemas", "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema"}
    | {"not", "if", "then", "else"}
)
"""Keywords with schemas that say nothing about the type."""
# The client keeps these strings as they are: converting would lose what the server wrote.
KEPT_AS_STRINGS = frozenset({"uuid", "date", "date-time"})
_DROPPED = VALIDATION_ONLY | {"title", "default", "example", "examples", "discriminator", "externalDocs", "xml"}
# A choice between members that say no more than this is about which properties go together, not about the type.
_CONDITIONS = frozenset({"required", "description"})


def use_method_names(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy whose texts name operations as users call them: `tasks.get` for the operationId in backticks."""
    names = {
        f"`{operation.id}`": f"`{sdk['resource']}.{sdk['method']}`"
        for operation in walk_operations(description)
        if {"resource", "method"} <= (sdk := operation.node.get("x-sdk", {})).keys()
    }

    def edit(text: Any) -> Any:
        for name, call in names.items() if isinstance(text, str) else ():
            text = text.replace(name, call)
        return text

    copied: dict[str, Any] = copy_edited(description, lambda _: True, {"description": edit, "summary": edit})
    return copied


def normalize_operation(description: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """Return what the parser is given of an operation. Bodies of errors are left out: the client reads any."""
    node = operation.node
    made: dict[str, Any] = {key: node[key] for key in ("operationId", "tags", "summary", "description") if key in node}
    made["parameters"] = [
        {**_copy_known(each), "schema": normalize_schema(description, each["schema"], f"{pointer}/schema")}
        for pointer, each in find_parameters(description, operation)
    ]
    if "requestBody" in node:
        body = resolve(description, node["requestBody"])
        pointer = f"{operation.pointer}/requestBody/content"
        content = _normalize_content(description, body["content"], pointer, sent=True)
        made["requestBody"] = {"required": body.get("required", False), "content": content}
    made["responses"] = {}
    for status, written in node.get("responses", {}).items():
        response = resolve(description, written)
        made["responses"][status] = {"description": response.get("description", "")}
        if str(status).startswith("2") and "content" in response:
            pointer = join_pointer(operation.pointer, "responses", status, "content")
            content = _normalize_content(description, response["content"], pointer, sent=False)
            made["responses"][status]["content"] = content
    return made


def normalize_component(description: Mapping[str, Any], name: str) -> Any:
    """Return what the parser is given of a component. One that names another is a copy of it."""
    schema = resolve(description, description["components"]["schemas"][name])
    return normalize_schema(description, schema, join_pointer("/components/schemas", name), component=True)


def normalize_schema(description: Mapping[str, Any], node: Any, pointer: str, *, component: bool = False) -> Any:
    """Return a copy of a schema in words that the parser knows."""
    if isinstance(node, bool):
        return {} if node else False
    if OPEN_ENUM in node and not component:
        raise GenerationError(f"{OPEN_ENUM} outside components/schemas. Give the enum a component.", pointer)
    made = _copy_known(node)
    if is_reference(node):
        made["$ref"] = f"#{parse_reference(node['$ref'])}"
    for keyword, value in node.items():
        at = f"{pointer}/{keyword}"
        if keyword in _DROPPED:
            continue
        if keyword in SCHEMA_MAPS:
            made[keyword] = {
                name: normalize_schema(description, each, join_pointer(at, name)) for name, each in value.items()
            }
        elif keyword in SCHEMA_LISTS:
            made[keyword] = [normalize_schema(description, each, f"{at}/{index}") for index, each in enumerate(value)]
        elif keyword in SCHEMA_SINGLES and is_object(value):
            made[keyword] = normalize_schema(description, value, at)
    if OPEN_ENUM in node:
        made["enum"] = list(node[OPEN_ENUM])
    if is_array(made.get("enum")):
        made["enum"], made["x-enum-varnames"] = _encode_enum(made["enum"])
    if "string" in schema_types(made) and made.get("format") in KEPT_AS_STRINGS:
        del made["format"]
    if len(made.get("allOf", [])) == 1 and "properties" not in made and "$ref" not in made["allOf"][0]:
        made = {**made.pop("allOf")[0], **made}
    _normalize_values(made)
    _normalize_array(made)
    _normalize_object(made, component=component)
    return made


def _normalize_content(
    description: Mapping[str, Any], content: Mapping[str, Any], pointer: str, *, sent: bool
) -> dict[str, Any]:
    """Return the media types of a body: JSON and forms with their schema, text and bytes as strings."""
    made: dict[str, Any] = {}
    for media_type, node in content.items():
        form, text = sent and media_types.is_form(media_type), not sent and media_types.is_text(media_type)
        if form or media_types.is_json(media_type):
            schema = normalize_schema(
                description, node.get("schema", {}), f"{join_pointer(pointer, media_type)}/schema"
            )
            made[media_type] = {"schema": schema}
        elif text:
            made[media_type] = {"schema": {"type": "string"}}
        else:
            made[media_types.BYTES] = {"schema": {"type": "string", "format": "binary"}}
    return made


def _encode_enum(values: list[Any]) -> tuple[list[Any], list[str]]:
    """Return the values of an enum, and a name for each that is not null.

    The parser drops control characters of strings, so they are escaped; see `decode_enum_value`. It also names the
    values, and loses one of two with the same name.
    """
    encoded = [json.dumps(value)[1:-1] if isinstance(value, str) else value for value in values]
    return encoded, [f"V{index}" for index in range(len([value for value in values if value is not None]))]


def decode_enum_value(parsed: str) -> str:
    """Return the value of a string enum for what the parser has: `_encode_enum`, escaped for a Python literal."""
    encoded: str = json.loads(f'"{parsed}"')
    value: str = json.loads(f'"{encoded}"')
    return value


def _copy_known(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy without what the parser does not use; a default stays only where it is the constant."""
    made = {key: value for key, value in node.items() if key not in _DROPPED and not key.startswith("x-")}
    return made | {"default": node["const"]} if "const" in node and "default" in node else made


def _normalize_values(schema: dict[str, Any]) -> None:
    """Replace constants and enums that Python's `Literal` cannot express by their JSON type."""
    if "const" in schema:
        value = schema["const"]
        if isinstance(value, str | bool | int):
            schema.pop("type", None)
            return
        del schema["const"]
        schema["type"] = json_type(value)
    values = schema.get("enum")
    if is_array(values):
        present = {json_type(value) for value in values}
        if "number" in present and present <= {"integer", "number", "null"}:
            del schema["enum"]
            schema.setdefault("type", ["number", "null"] if "null" in present else "number")
        elif present == {"null"}:
            del schema["enum"]
            schema["type"] = "null"


def _normalize_array(schema: dict[str, Any]) -> None:
    """Give an array the schema of its items."""
    if isinstance(schema.get("items"), bool):
        del schema["items"]
    if "array" in schema_types(schema) and "items" not in schema and "prefixItems" not in schema:
        schema["items"] = {}


def _normalize_object(schema: dict[str, Any], *, component: bool) -> None:
    """Let an object say whether it is a map, and put its properties into its `allOf` where it has one."""
    is_typed = "object" in schema_types(schema)
    if "properties" not in schema and (is_typed or "patternProperties" in schema):
        untyped_members = not component or "patternProperties" in schema
        if untyped_members and not schema.keys() & {"additionalProperties", "allOf", "anyOf", "oneOf"}:
            schema["additionalProperties"] = True
    if "properties" not in schema:
        return
    for choice in ("anyOf", "oneOf"):
        if choice in schema and all(_CONDITIONS.issuperset(member) for member in schema[choice]):
            del schema[choice]
    if "allOf" in schema:
        own = {key: schema.pop(key) for key in ("properties", "required") if key in schema}
        schema["allOf"] = [*schema["allOf"], {"type": "object", **own}]
