"""Examples made from the description alone: the reply of an operation without a handler, and a first request."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from cometapi_suno_mock.contract import Contract, OperationContract
from cometapi_suno_mock.http_messages import Reply, json_reply, text_reply
from cometapi_suno_mock.media import is_json, is_object, write_json
from cometapi_suno_mock.pointers import look_up, parse_reference

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
    if is_json(media):
        text = _REQUEST_ID.sub(f"(request id: {request_id})", write_json(value).decode())
        return json_reply(status, request_id, json.loads(text))._replace(media=media)
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
    return content.media, build_value(document, content.schema.source if content.schema is not None else {})


def build_value(document: Mapping[str, Any], schema: Any) -> Any:
    """Return a small value that a schema of the description allows."""
    return _ValueBuilder(document).build(schema)


class _RecursionError(Exception):
    """A schema contains itself without end."""


class _ValueBuilder:
    """Builds small values: every described property, one item per array, the first of several alternatives."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def build(self, schema: Any, inside: frozenset[str] = frozenset()) -> Any:
        """Return a value that the schema allows.

        Args:
            schema: The schema.
            inside: The references that it is reached by.

        Raises:
            _RecursionError: It requires itself.
        """
        if not is_object(schema):
            return None
        for keyword in ("const", "default", "example"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("examples", "enum", "x-extensible-enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        if "$ref" in schema:
            pointer = parse_reference(schema["$ref"])
            if pointer in inside:
                raise _RecursionError
            return self.build(look_up(self._document, pointer), inside | {pointer})
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema and "properties" not in schema:
                return self._build_first(schema[keyword], inside)
        if "allOf" in schema:
            return self._build_all(schema, inside)
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        if kind == "array":
            return self._build_items(schema, inside)
        return _SCALARS[kind](schema) if kind in _SCALARS else self._build_object(schema, inside)

    def _build_first(self, choices: Sequence[Any], inside: frozenset[str]) -> Any:
        for choice in choices[:-1]:
            with suppress(_RecursionError):
                return self.build(choice, inside)
        return self.build(choices[-1], inside)

    def _build_all(self, schema: Mapping[str, Any], inside: frozenset[str]) -> Any:
        """Return the value of the part that is not an object, or one object with the properties of all parts."""
        own = {key: value for key, value in schema.items() if key != "allOf"}
        parts = [*schema["allOf"], *([own] if "properties" in own else [])]
        values = [self.build(part, inside) for part in parts]
        if not all(map(is_object, values)):
            return next(value for value in values if not is_object(value))
        return {name: value for whole in values for name, value in whole.items()}

    def _build_items(self, schema: Mapping[str, Any], inside: frozenset[str]) -> Any:
        first = [self.build(part, inside) for part in schema.get("prefixItems", ())]
        needed = int(schema.get("minItems", 0))
        if len(first) >= max(needed, 1):
            return first
        try:
            return [*first, *(self.build(schema.get("items", {}), inside) for _ in range(max(needed - len(first), 1)))]
        except _RecursionError:
            if needed > len(first):
                raise
            return first

    def _build_object(self, schema: Mapping[str, Any], inside: frozenset[str]) -> Any:
        made: dict[str, Any] = {}
        for name, part in schema.get("properties", {}).items():
            try:
                made[name] = self.build(part, inside)
            except _RecursionError:
                if name in schema.get("required", ()):
                    raise
        return made


_SCALARS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "string": lambda schema: "string".ljust(int(schema.get("minLength", 0)), "g")[: schema.get("maxLength")],
    "integer": lambda schema: int(schema.get("minimum", schema.get("maximum", 0))),
    "number": lambda schema: schema.get("minimum", schema.get("maximum", 0)),
    "boolean": lambda schema: True,
    "null": lambda schema: None,
}
