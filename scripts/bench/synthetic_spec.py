"""Descriptions of as many operations as wanted, in our style: each further set has paths and schemas of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, cast

_SCHEMAS = "#/components/schemas/"


def enlarged(description: Mapping[str, Any], operations: int) -> dict[str, Any]:
    """A description with this many operations, ours first."""
    made = deepcopy(dict(description))
    paths, schemas = made.pop("paths"), made["components"].pop("schemas")
    made["paths"], made["components"]["schemas"] = {}, {}
    left, number = operations, 0
    while left > 0:
        made["components"]["schemas"] |= {
            _named(name, number): _set(schema, number) for name, schema in schemas.items()
        }
        for path, item in paths.items():
            kept = {
                method: _operation(value, number)
                for method, value in item.items()
                if left > 0 and (left := left - 1) >= 0
            }
            if kept:
                made["paths"][f"/set{number}{path}" if number else path] = kept
        number += 1
    return made


def _named(name: str, number: int) -> str:
    return f"{name}Set{number}" if number else name


def _operation(operation: Mapping[str, Any], number: int) -> dict[str, Any]:
    if not number:
        return deepcopy(dict(operation))
    made: dict[str, Any] = _set(operation, number)
    made["operationId"] = f"{made['operationId']}Set{number}"
    made["tags"] = [f"{tag}{number}" for tag in made["tags"]]
    sdk = made["x-sdk"]
    made["x-sdk"] = {key: sdk[key] for key in ("method", "unwrap", "bare") if key in sdk}
    made["x-sdk"]["resource"] = f"{sdk['resource']}{number}"
    if "bare" in sdk:
        made["x-sdk"]["bare"] = [_named(name, number) for name in sdk["bare"]]
    for response in made["responses"].values():
        response.pop("links", None)
    return made


def _set(node: Any, number: int) -> Any:
    """A copy whose references lead to the schemas of the set."""
    if isinstance(node, dict):
        return {key: _set(value, number) for key, value in cast("dict[str, Any]", node).items()}
    if isinstance(node, list):
        return [_set(value, number) for value in cast("Sequence[Any]", node)]
    if isinstance(node, str) and node.startswith(_SCHEMAS):
        return f"{_SCHEMAS}{_named(node.removeprefix(_SCHEMAS), number)}"
    return node
