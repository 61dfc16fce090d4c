"""Examples from the description: responses, and a first request."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.http_messages import Reply, json_reply, text_reply
from cometapi_suno_mock.media import JSON, is_object, write_json
from cometapi_suno_mock.pointers import look, target

if TYPE_CHECKING:
    from cometapi_suno_mock.contract import Answer, Content, Contract, OperationContract


_DEEPEST = 8
_REQUEST_ID = re.compile(r"\(request id: [^)]*\)")


def sample(document: Mapping[str, Any], operation: OperationContract, status: int = 200) -> tuple[str, Any] | None:
    """Media type and body of a described answer: JSON before text; None for one without a body."""
    answer = operation.answers.get(status)
    content = _preferred(answer) if answer is not None else None
    if content is None:
        return None
    if content.examples:
        return content.media, next(iter(content.examples.values()))
    return content.media, _Maker(document).value(content.schema.source if content.schema is not None else {})


def described_reply(contract: Contract, operation: OperationContract, status: int, request_id: str) -> Reply:
    """A reply made from the description alone, its request id put right."""
    made = sample(contract.description, operation, status)
    if made is None:
        return Reply(status, request_id)
    media, value = made
    if media == JSON:
        text = _REQUEST_ID.sub(f"(request id: {request_id})", write_json(value).decode())
        return json_reply(status, request_id, json.loads(text))
    return text_reply(status, request_id, media, value if isinstance(value, str) else write_json(value).decode())


def _preferred(answer: Answer) -> Content | None:
    offers = sorted(answer.content.values(), key=lambda content: not content.carries_json)
    return offers[0] if offers else None


class _Maker:
    """Makes small values: every described property, one item per list, the first of alternatives."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def value(self, schema: Any, depth: int = 0) -> Any:
        """A value that the schema allows."""
        if not is_object(schema):
            return None
        for keyword in ("const", "default", "example"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("examples", "enum", "x-extensible-enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        if "$ref" in schema:
            return self.value(look(self._document, target(schema["$ref"])), depth + 1)
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                return self.value(schema[keyword][0], depth)
        if "allOf" in schema:
            return self._merged(schema, depth)
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        return _SIMPLE[kind](schema) if kind in _SIMPLE else self._compound(kind, schema, depth)

    def _merged(self, schema: Mapping[str, Any], depth: int) -> Any:
        whole: dict[str, Any] = {}
        for part in (*schema["allOf"], {key: value for key, value in schema.items() if key != "allOf"}):
            whole |= self.value(part, depth + 1)
        return whole

    def _compound(self, kind: str, schema: Mapping[str, Any], depth: int) -> Any:
        if kind == "array":
            length = max(int(schema.get("minItems", 0)), 0 if depth >= _DEEPEST else 1)
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(length)]
        required: Sequence[str] = schema.get("required", ())
        return {
            name: self.value(part, depth + 1)
            for name, part in schema.get("properties", {}).items()
            if depth < _DEEPEST or name in required
        }


_Simple = Callable[[Mapping[str, Any]], Any]
_SIMPLE: Mapping[str, _Simple] = {
    "string": lambda schema: "string".ljust(int(schema.get("minLength", 0)), "g")[: schema.get("maxLength")],
    "integer": lambda schema: int(schema.get("minimum", schema.get("maximum", 0))),
    "number": lambda schema: schema.get("minimum", schema.get("maximum", 0)),
    "boolean": lambda schema: True,
    "null": lambda schema: None,
}


def first_call(contract: Contract, base: str, key: str) -> str:
    """A curl command that works when pasted: the first operation that comes with an example body."""
    for operation in contract.operations.values():
        for content in operation.body.content.values() if operation.body is not None else ():
            for body in content.examples.values():
                words = ["curl", "-s", base + operation.path, "-H", f"Authorization: Bearer {key}"]
                words += ["-H", f"Content-Type: {content.media}", "-d", write_json(body).decode()]
                return shlex.join(words)
    return shlex.join(["curl", "-s", base])
