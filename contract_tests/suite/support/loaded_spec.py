"""The bundled description, loaded once at collection, so that tests can be generated from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cometapi_suno_mock import Contract, Gateway, OperationContract
from cometapi_suno_mock.pointers import look, resolve

CONTRACT: Contract = Gateway().contract
DESCRIPTION: Mapping[str, Any] = CONTRACT.description

TAKING_A_BODY = [operation.id for operation in CONTRACT.operations.values() if operation.body is not None]
"""The operationIds of operations with a request body."""


def request_examples(operation: OperationContract) -> Iterator[tuple[str, Any]]:
    """Yield name and value of each request body example."""
    if operation.body is not None:
        for content in operation.body.content.values():
            yield from content.examples.items()


def path_examples(description: Mapping[str, Any], operation: OperationContract) -> dict[str, str]:
    """Return the example value of each path parameter."""
    return {
        parameter.name: str(look(description, parameter.pointer)["example"])
        for parameter in operation.parameters
        if parameter.place == "path"
    }


def example_calls(
    description: Mapping[str, Any], operation: OperationContract
) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Yield name, path parameters and body (`None` without one) of each example call."""
    path = path_examples(description, operation)
    if operation.body is None:
        yield "path", path, None
    for name, body in request_examples(operation):
        yield name, path, body


def variants(description: Mapping[str, Any], operation: OperationContract) -> list[str]:
    """Return the pointers of the request body variants; one pointer when there are no alternatives."""
    if operation.body is None:
        return []
    schema = next(content.schema for content in operation.body.content.values())
    if schema is None:
        return []
    choices: list[dict[str, Any]] = schema.source.get("anyOf", schema.source.get("oneOf", []))
    return [resolve(description, choice["$ref"].removeprefix("#")) for choice in choices] or [schema.pointer]
