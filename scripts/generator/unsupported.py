"""What the client does not support is refused before anything is parsed, with the operation named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from scripts import media_types
from scripts.generator.generation_error import GenerationError
from scripts.generator.normalize import VALIDATION_ONLY
from scripts.lint.operation_rules import VERSION
from scripts.openapi_document import (
    DEFAULT_STYLES,
    Located,
    Operation,
    find_parameters,
    is_object,
    is_reference,
    join_pointer,
    locate,
    look_up,
    parse_reference,
    schema_types,
    split_pointer,
    subschemas,
    walk_schemas,
)

_TYPE_KEYWORDS = frozenset({"$ref", "type", "properties", "oneOf", "anyOf", "allOf"})
# Headers that the client sets itself. OpenAPI ignores parameters of the first three names.
_CLIENT_HEADERS = frozenset({"accept", "authorization", "content-type", "cookie", "host", "user-agent"})


def check_document(description: Mapping[str, Any]) -> None:
    """Check what belongs to no operation: the version, the first server, and the paths.

    Raises:
        GenerationError: The client does not support it.
    """
    if not VERSION.fullmatch(str(description["info"]["version"])):
        raise GenerationError("it becomes the package's version. Write MAJOR.MINOR.PATCH.", "/info/version")
    servers = description.get("servers", [])
    _refuse(not servers, "there is none. The client needs a base URL.", "/servers")
    if servers[0].get("variables") or not servers[0]["url"].startswith(("https://", "http://")):
        raise GenerationError("the first server must be an absolute URL without variables.", "/servers/0")
    for path, item in description.get("paths", {}).items():
        for keyword in ("$ref", "servers"):
            if keyword in item:
                pointer = join_pointer("/paths", path, keyword)
                raise GenerationError(f"{path}: {keyword} of a path is not supported.", pointer)


@frozen
class SupportChecker:
    """Checks operations one by one, with the schemas that they reach."""

    _description: Mapping[str, Any]
    _checked: dict[tuple[str, bool], None] = field(factory=dict, init=False)

    def check(self, operation: Operation) -> list[str]:
        """Check an operation, and return the components that it reaches and no earlier operation did.

        Raises:
            GenerationError: It uses something that the client does not support.
        """
        pointer, node, earlier = operation.pointer, operation.node, {pointer for pointer, _ in self._checked}
        method = operation.method.upper()
        _refuse(method in ("HEAD", "TRACE"), f"the method {method} is not supported.", pointer)
        _refuse("operationId" not in node, "it has no operationId.", pointer)
        _refuse("servers" in node, "a server for one operation is not supported.", f"{pointer}/servers")
        self._check_security(node, f"{pointer}/security")
        try:
            parameters = find_parameters(self._description, operation)
        except LookupError as error:
            raise GenerationError(f"the $ref of a parameter points at nothing: {error}.") from error
        for parameter in parameters:
            self._check_parameter(parameter)
        if "requestBody" in node:
            self._check_request(self._follow(node["requestBody"], f"{pointer}/requestBody"))
        for status, written in node.get("responses", {}).items():
            response = self._follow(written, join_pointer(pointer, "responses", status))
            if str(status).startswith("2"):
                self._check_response(f"{response.pointer}/content", response.node.get("content", {}))
        reached = dict.fromkeys(pointer for pointer, _ in self._checked if pointer not in earlier)
        return [split_pointer(each)[2] for each in reached if each.startswith("/components/schemas/")]

    def _follow(self, node: Any, pointer: str) -> Located:
        try:
            return locate(self._description, node, pointer)
        except LookupError as error:
            reason = f"$ref {node['$ref']!r} points at nothing in this file."
            raise GenerationError(reason, f"{pointer}/$ref") from error

    def _check_security(self, node: Mapping[str, Any], pointer: str) -> None:
        schemes = self._description.get("components", {}).get("securitySchemes", {})
        requirements = node.get("security", self._description.get("security", []))
        for name in (name for requirement in requirements for name in requirement):
            scheme = self._follow(schemes.get(name, {}), pointer).node
            if (scheme.get("type"), str(scheme.get("scheme")).lower()) != ("http", "bearer"):
                raise GenerationError(f"the security scheme {name} is not http bearer.", pointer)

    def _check_parameter(self, parameter: Located) -> None:
        pointer, node = parameter
        name, place = node.get("name"), str(node.get("in"))
        what = f"the {place} parameter {name}"
        style, explode = DEFAULT_STYLES.get(place, ("", False))  # the only ones that are supported
        _refuse(not style or place == "cookie", f"{what} is not supported.", pointer)
        _refuse("schema" not in node, f"{what} has no schema, which is not supported.", pointer)
        if node.get("style", style) != style or node.get("explode", explode) != explode:
            raise GenerationError(f"the style of {what} is not supported.", pointer)
        _refuse(node.get("allowReserved"), f"allowReserved of {what} is not supported.", pointer)
        _refuse(place == "header" and str(name).lower() in _CLIENT_HEADERS, f"{what} is set by the client.", pointer)
        self._check_plain_value(what, node["schema"], f"{pointer}/schema", lists_allowed=place == "query")
        self._check_schemas(node["schema"], f"{pointer}/schema", sent=False)

    def _check_plain_value(self, what: str, schema: Any, pointer: str, *, lists_allowed: bool) -> None:
        """Check that a parameter or a field of a form is a plain value, or a list of plain values."""
        pointer, node = self._follow(schema, pointer)
        if not is_object(node):
            return
        if "object" in schema_types(node) or node.keys() & {"properties", "additionalProperties", "patternProperties"}:
            raise GenerationError(f"{what} is an object, which is not supported.", pointer)
        if "array" in schema_types(node) and not lists_allowed:
            raise GenerationError(f"{what} is an array, which is not supported there.", pointer)
        for at, member in subschemas(node, pointer):
            is_item = at == f"{pointer}/items"
            self._check_plain_value(what, member, at, lists_allowed=lists_allowed and not is_item)

    def _check_request(self, body: Located) -> None:
        content = body.node.get("content", {})
        _refuse(len(content) != 1, "a request body must have exactly one media type.", body.pointer)
        ((media_type, node),) = content.items()
        pointer = join_pointer(body.pointer, "content", media_type)
        _refuse(media_types.is_stream(media_type, node), f"a request body of {media_type} is not supported.", pointer)
        _refuse("encoding" in node, "the encoding of a form is not supported.", f"{pointer}/encoding")
        if not (media_types.is_form(media_type) or media_types.is_json(media_type)):
            return
        schema = node.get("schema", {})
        if media_types.strip_parameters(media_type) == media_types.FORM:
            at, form = self._follow(schema, f"{pointer}/schema")
            for name, member in form.get("properties", {}).items() if is_object(form) else ():
                member_pointer = join_pointer(at, "properties", name)
                self._check_plain_value(f"the form field {name}", member, member_pointer, lists_allowed=True)
        self._check_schemas(schema, f"{pointer}/schema", sent=True)

    def _check_response(self, pointer: str, content: Mapping[str, Any]) -> None:
        if len(content) > 1:
            kinds = ", ".join(content)
            raise GenerationError(f"several media types of a success ({kinds}) are not supported.", pointer)
        for media_type, node in content.items():
            if media_types.is_stream(media_type, node):
                raise GenerationError(f"a response of {media_type} is a stream, which is not supported.", pointer)
            if media_types.is_json(media_type):
                self._check_schemas(node.get("schema", {}), join_pointer(pointer, media_type, "schema"), sent=False)

    def _check_schemas(self, schema: Any, pointer: str, *, sent: bool) -> None:
        """Check a schema and all that it reaches, each component once."""
        for place in walk_schemas(schema, pointer, without=VALIDATION_ONLY):
            if is_reference(place.node):
                self._follow(place.node, place.pointer)
                target = parse_reference(place.node["$ref"])
                if (target, sent) not in self._checked:
                    self._checked[target, sent] = None
                    self._check_schemas(look_up(self._description, target), target, sent=sent)
            elif place.node is False and not place.pointer.endswith(("/additionalProperties", "/items")):
                raise GenerationError("the schema `false` accepts nothing.", place.pointer)
            elif is_object(place.node):
                self._check_schema(place.node, place.pointer, sent=sent)

    def _check_schema(self, node: Mapping[str, Any], pointer: str, *, sent: bool) -> None:
        _refuse("$dynamicRef" in node, "$dynamicRef is not supported.", pointer)
        choices = [each for each in (*node.get("oneOf", []), *node.get("anyOf", [])) if is_object(each)]
        if "discriminator" in node and not choices:
            raise GenerationError("a discriminator without oneOf or anyOf is not supported.", pointer)
        if "properties" in node and any(each.keys() & _TYPE_KEYWORDS for each in choices):
            reason = "properties next to oneOf or anyOf are not supported. Put them into its members."
            raise GenerationError(reason, pointer)
        composed: list[Any] = node.get("allOf", [])
        for member in composed if len(composed) > 1 or "properties" in node else []:
            target = self._follow(member, pointer).node
            types = schema_types(target) if is_object(target) else []
            if types and types != ["object"]:
                raise GenerationError(f"an allOf of {', '.join(types)} is not supported, only of objects.", pointer)
        if sent and "properties" in node and node.get("additionalProperties") not in (None, False):
            reason = "a request object with both properties and additionalProperties is not supported."
            raise GenerationError(reason, pointer)
        values = node.get("enum", [])
        if "string" in schema_types(node) and len(set(values)) != len(values):
            raise GenerationError("an enum lists a value twice.", pointer)


def _refuse(condition: object, reason: str, pointer: str) -> None:
    if condition:
        raise GenerationError(reason, pointer)
