"""Synthetic descriptions of any number of operations: copies of ours, each with other paths and schema names."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from scripts.openapi_document import copy_edited

_SCHEMAS = "#/components/schemas/"


def enlarge(description: Mapping[str, Any], operations: int) -> dict[str, Any]:
    """Return a description with this many operations; the first ones are ours."""
    larger = deepcopy(dict(description))
    paths, schemas = larger.pop("paths"), larger["components"].pop("schemas")
    larger["paths"], larger["components"]["schemas"] = {}, {}
    left, number = operations, 0
    while left > 0:
        larger["components"]["schemas"] |= {
            _rename(name, number): _rename_references(schema, number) for name, schema in schemas.items()
        }
        for path, item in paths.items():
            methods = list(item.items())[: max(left, 0)]
            left -= len(methods)
            if methods:
                name = f"/set{number}{path}" if number else path
                larger["paths"][name] = {method: _copy_operation(operation, number) for method, operation in methods}
        number += 1
    return larger


def _rename(name: str, number: int) -> str:
    return f"{name}Set{number}" if number else name


def _copy_operation(operation: Mapping[str, Any], number: int) -> dict[str, Any]:
    if not number:
        return deepcopy(dict(operation))
    copy: dict[str, Any] = _rename_references(operation, number)
    copy["operationId"] = f"{copy['operationId']}Set{number}"
    copy["tags"] = [f"{tag}{number}" for tag in copy["tags"]]
    sdk = operation["x-sdk"]
    copy["x-sdk"] = {key: sdk[key] for key in ("method", "unwrap", "bare") if key in sdk}
    copy["x-sdk"]["resource"] = f"{sdk['resource']}{number}"
    if "bare" in sdk:
        copy["x-sdk"]["bare"] = [_rename(name, number) for name in sdk["bare"]]
    billing = copy["x-billing"]
    if "unpriced" in billing:
        copy["x-billing"] = {**billing, "unpriced": [_rename(name, number) for name in billing["unpriced"]]}
    for response in copy["responses"].values():
        response.pop("links", None)
    return copy


def _rename_references(node: Any, number: int) -> Any:
    """Return a copy whose references lead to the renamed schemas; `x-sdk` of schemas, which names some, is left out."""

    def rename(reference: str) -> str:
        return f"{_SCHEMAS}{_rename(reference.removeprefix(_SCHEMAS), number)}" if _SCHEMAS in reference else reference

    def rename_all(mapping: dict[str, str]) -> dict[str, str]:
        return {value: rename(reference) for value, reference in mapping.items()}

    return copy_edited(node, lambda keyword: keyword != "x-sdk", {"$ref": rename, "mapping": rename_all})
