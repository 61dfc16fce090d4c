"""What the client cannot do yet is refused before anything is generated, with the operation named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from attrs import frozen

from scripts.generator import media_types
from scripts.generator.document import fields, operations, parameters, resolved, step, subschemas, types, where
from scripts.generator.generation_error import GenerationError

# How OpenAPI writes a parameter unless it says otherwise; nothing else is supported.
_USUAL_STYLES = {"path": ("simple", False), "query": ("form", True), "header": ("simple", False)}
# What the client sets itself: OpenAPI ignores parameters of the first three names.
_OWN_HEADERS = frozenset({"accept", "authorization", "content-type", "cookie", "host", "user-agent"})
_FIELDS = ("properties", "additionalProperties", "patternProperties")


def refuse_unsupported(description: Mapping[str, Any]) -> None:
    """Look at every operation, and at each schema that one of them reaches.

    Raises:
        GenerationError: One uses something that the client cannot do.
    """
    _check_servers(description)
    seen: set[str] = set()
    for path, item in description.get("paths", {}).items():
        for key in ("$ref", "servers"):
            if key in item:
                raise GenerationError(f"{path}: {key} of a path is not supported.", f"/paths{step(path)}/{key}")
    for path, method, raw in operations(description):
        if "operationId" not in raw:
            raise GenerationError(f"{where(path, method)}: no operationId.")
        _Check(description, where(path, method), f"/paths{step(path)}/{method}", seen).operation(path, method, raw)


def _check_servers(description: Mapping[str, Any]) -> None:
    for index, server in enumerate(description.get("servers", [])[:1]):
        if server.get("variables") or not server["url"].startswith(("https://", "http://")):
            raise GenerationError("the first server must be an absolute URL without variables.", f"/servers/{index}")


@frozen
class _Check:
    """The checks of one operation."""

    description: Mapping[str, Any]
    where: str
    pointer: str
    seen: set[str]

    def refuse(self, reason: str, pointer: str) -> NoReturn:
        raise GenerationError(f"{self.where}: {reason}", pointer)

    def operation(self, path: str, method: str, raw: Mapping[str, Any]) -> None:
        if method == "trace":
            self.refuse("the method TRACE is not supported.", self.pointer)
        if "servers" in raw:
            self.refuse("a server of its own is not supported.", f"{self.pointer}/servers")
        self._security(raw)
        for each in parameters(self.description, path, raw):
            self._parameter(each)
        if "requestBody" in raw:
            self._request(resolved(self.description, raw["requestBody"]))
        for status, node in raw.get("responses", {}).items():
            response = resolved(self.description, node) if str(status).startswith("2") else None
            if response is not None:
                self._response(f"{self.pointer}/responses/{status}/content", response.get("content", {}))

    def _security(self, raw: Mapping[str, Any]) -> None:
        schemes = self.description.get("components", {}).get("securitySchemes", {})
        needs = raw.get("security", self.description.get("security", []))
        for name in (name for need in needs for name in need):
            scheme = fields(resolved(self.description, schemes.get(name)))
            if (scheme.get("type"), str(scheme.get("scheme")).lower()) != ("http", "bearer"):
                self.refuse(f"the security scheme {name} is not http bearer.", f"{self.pointer}/security")

    def _parameter(self, parameter: Mapping[str, Any]) -> None:
        name, place = parameter.get("name"), str(parameter.get("in"))
        told, pointer = f"the {place} parameter {name}", f"{self.pointer}/parameters"
        if place not in _USUAL_STYLES:
            self.refuse(f"{told} is not supported.", pointer)
        if "schema" not in parameter:
            self.refuse(f"{told} has no schema, and is not supported.", pointer)
        style, explode = _USUAL_STYLES[place]
        if parameter.get("style", style) != style or parameter.get("explode", explode) != explode:
            self.refuse(f"the style of {told} is not supported.", pointer)
        if parameter.get("allowReserved"):
            self.refuse(f"allowReserved of {told} is not supported.", pointer)
        if place == "header" and str(name).lower() in _OWN_HEADERS:
            self.refuse(f"{told} is set by the client.", pointer)
        self._plain_value(told, parameter["schema"], pointer, depth=0 if place == "query" else 1)
        self._schemas(parameter["schema"], f"{pointer}/{name}/schema")

    def _plain_value(self, told: str, schema: Any, pointer: str, depth: int) -> None:
        """A parameter or a field of a form is text, or one list of such."""
        node = fields(resolved(self.description, schema))
        if "object" in types(node) or any(key in node for key in _FIELDS):
            self.refuse(f"{told} is an object, which is not supported.", pointer)
        if "array" in types(node):
            if depth:
                self.refuse(f"{told} is an array, which is not supported there.", pointer)
            self._plain_value(told, node.get("items"), pointer, depth=2)
        for member in (*node.get("oneOf", []), *node.get("anyOf", []), *node.get("allOf", [])):
            self._plain_value(told, member, pointer, depth)

    def _request(self, body: Mapping[str, Any] | None) -> None:
        pointer = f"{self.pointer}/requestBody"
        content = (body or {}).get("content", {})
        if len(content) != 1:
            self.refuse("a request body must have just one media type.", pointer)
        ((kind, each),) = content.items()
        if media_types.is_stream(kind, each):
            self.refuse(f"a request body of {kind} is not supported.", pointer)
        if "encoding" in each:
            self.refuse("the encoding of a form is not supported.", f"{pointer}/content{step(kind)}/encoding")
        form, multipart = (media_types.plain(kind) == known for known in (media_types.FORM, media_types.MULTIPART))
        if not (form or multipart or media_types.is_json(kind)):
            return
        schema = each.get("schema", {})
        if form:
            for name, member in fields(resolved(self.description, schema)).get("properties", {}).items():
                self._plain_value(f"the form field {name}", member, pointer, depth=0)
        self._schemas(schema, f"{pointer}/content{step(kind)}/schema", sent=True)

    def _response(self, pointer: str, content: Mapping[str, Any]) -> None:
        if len(content) > 1:
            self.refuse(f"several media types of a success ({', '.join(content)}) are not supported.", pointer)
        for kind, each in content.items():
            if media_types.is_stream(kind, each):
                self.refuse(f"a response of {kind} comes as a stream, which is not supported.", pointer)
            if media_types.is_json(kind):
                self._schemas(each.get("schema", {}), f"{pointer}{step(kind)}/schema")

    def _schemas(self, schema: Any, pointer: str, *, sent: bool = False) -> None:
        """Check a schema and all that it reaches, each component once."""
        for place, node in self._reached(schema, pointer, sent=sent):
            if node is False:
                self.refuse("the schema `false` allows nothing.", place)
            self._schema(fields(node), place, sent=sent)

    def _reached(self, schema: Any, pointer: str, *, sent: bool) -> Iterator[tuple[str, Any]]:
        waiting = [(pointer, schema)]
        while waiting:
            place, node = waiting.pop()
            if isinstance(ref := fields(node).get("$ref"), str):
                if (key := f"{ref} {sent}") not in self.seen:
                    self.seen.add(key)
                    waiting.append((ref.removeprefix("#"), resolved(self.description, node)))
                continue
            yield place, node
            waiting += [
                (f"{place}{inner}", each)
                for inner, each in subschemas(fields(node))
                if each is not False or inner not in ("/additionalProperties", "/items")
            ]

    def _schema(self, node: Mapping[str, Any], place: str, *, sent: bool) -> None:
        if "$dynamicRef" in node:
            self.refuse("$dynamicRef is not supported.", place)
        choices = [*node.get("oneOf", []), *node.get("anyOf", [])]
        if "discriminator" in node and not choices:
            self.refuse("a discriminator without oneOf or anyOf is not supported.", place)
        if "properties" in node and any(
            each.keys() & {"$ref", "type", "properties", "oneOf", "anyOf", "allOf"} for each in choices
        ):
            self.refuse("fields beside a oneOf or anyOf are not supported: put them into its members.", place)
        composed: list[Any] = node.get("allOf", [])
        for member in composed if len(composed) > 1 or "properties" in node else []:
            kinds = types(fields(resolved(self.description, member)))
            if kinds and kinds != ["object"]:
                self.refuse(f"an allOf of what is no object ({', '.join(kinds)}) is not supported.", place)
        if sent and "properties" in node and node.get("additionalProperties") not in (None, False):
            self.refuse("a request object with both properties and additionalProperties is not supported.", place)
        if "string" in types(node) and len(set(node.get("enum", []))) != len(node.get("enum", [])):
            self.refuse("an enum names a value twice.", place)
