"""Examples made from the description alone: the reply of an operation without a handler, and a first request."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.http_messages import Reply, json_reply, text_reply
from cometapi_suno_mock.media import JSON, is_object, write_json
from cometapi_suno_mock.pointers import look_up, parse_reference

if TYPE_CHECKING:
    from cometapi_suno_mock.contract import Contract, OperationContract

_DEEPEST = 8
_REQUEST_ID = re.compile(r"\(request id: [^)]*\)")


def format_curl_hint(contract: Contract, base: str, key: str) -> str:
    """Return a curl command that works when pasted: the first operation that has an example body."""
    for operation in contract.operations.values():
        for content in operation.body.content.values() if operation.body is not None else ():
            for body in content.examples.values():
                words = ["curl", "-s", base + operation.path, "-H", f"Authorization: Bearer {key}"]
                words += ["-H", f"Content-Type: {content.media}", "-d", write_json(body).decode()]
                return shlex.join(words)
    return shlex.join(["curl", "-s", base])


def build_example_reply(contract: Contract, operation: OperationContract, status: int, request_id: str) -> Reply:
    """Return the example of a described response as a reply that carries this request id."""
    made = build_example(contract.description, operation, status)
    if made is None:
        return Reply(status, request_id)
    media, value = made
    if media == JSON:
        text = _REQUEST_ID.sub(f"(request id: {request_id})", write_json(value).decode())
        return json_reply(status, request_id, json.loads(text))
    return text_reply(status, request_id, media, value if isinstance(value, str) else write_json(value).decode())


def build_example(
    document: Mapping[str, Any], operation: OperationContract, status: int = 200
) -> tuple[str, Any] | None:
    """Return media type and body of a described response, JSON before text; None for a response without a body.

    The body is the first described example, or else a value that the schema allows.
    """
    answer = operation.answers.get(status)
    offers = sorted(answer.content.values(), key=lambda content: not content.carries_json) if answer else []
    if not offers:
        return None
    content = offers[0]
    if content.examples:
        return content.media, next(iter(content.examples.values()))
    return content.media, _ExampleBuilder(document).build(content.schema.source if content.schema is not None else {})


class _ExampleBuilder:
    """Builds small values: every described property, one item per array, the first of several alternatives."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def build(self, schema: Any, depth: int = 0) -> Any:
        """Return a value that the schema allows."""
        if not is_object(schema):
            return None
        for keyword in ("const", "default", "example"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("examples", "enum", "x-extensible-enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        if "$ref" in schema:
            return self.build(look_up(self._document, parse_reference(schema["$ref"])), depth + 1)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return self.build(schema[keyword][0], depth)
        if "allOf" in schema:
            return self._build_all(schema, depth)
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        return _SCALARS[kind](schema) if kind in _SCALARS else self._build_compound(kind, schema, depth)

    def _build_all(self, schema: Mapping[str, Any], depth: int) -> Any:
        whole: dict[str, Any] = {}
        for part in (*schema["allOf"], {key: value for key, value in schema.items() if key != "allOf"}):
            whole |= self.build(part, depth + 1)
        return whole

    def _build_compound(self, kind: str, schema: Mapping[str, Any], depth: int) -> Any:
        if kind == "array":
            length = max(int(schema.get("minItems", 0)), 0 if depth >= _DEEPEST else 1)
            return [self.build(schema.get("items", {}), depth + 1) for _ in range(length)]
        required: Sequence[str] = schema.get("required", ())
        return {
            name: self.build(part, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if depth < _DEEPEST or name in required
        }


_SCALARS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "string": lambda schema: "string".ljust(int(schema.get("minLength", 0)), "g")[: schema.get("maxLength")],
    "integer": lambda schema: int(schema.get("minimum", schema.get("maximum", 0))),
    "number": lambda schema: schema.get("minimum", schema.get("maximum", 0)),
    "boolean": lambda schema: True,
    "null": lambda schema: None,
}
