"""The parts that the rules walk through have the shape that they count on: no rule need doubt it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jsonschema_rs import Draft202012Validator

from scripts.lint.lint_finding import Problem
from scripts.openapi_document import METHODS, join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.lint.description_index import Document

_TEXT: Final = {"type": "string"}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _map(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": values}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ANYTHING: Final = _object()
_MEDIA: Final = _object(schema=_ANYTHING, examples=_map(_ANYTHING))
_LINK: Final = _object(parameters=_ANYTHING)
_RESPONSE: Final = _object(content=_map(_MEDIA), links=_map(_LINK))
_HEADER: Final = _object(schema=_ANYTHING)
_NAMED: Final = {"if": {"required": ["$ref"]}, "else": {"required": ["name", "in"]}}
_PARAMETER: Final = _object(schema=_ANYTHING, **dict.fromkeys(("name", "in"), _TEXT)) | _NAMED
_RESPONSES: Final = _map(_RESPONSE) | {"propertyNames": {"pattern": r"^(x-.+|default|[1-5](\d\d|XX))$"}}
_OPERATION: Final = _object("responses", responses=_RESPONSES, parameters=_list(_PARAMETER), tags=_TEXTS)
_OPERATION["properties"] |= {"requestBody": _RESPONSE, "security": _list(_ANYTHING)}
_OPERATION["properties"] |= {"x-sdk": _ANYTHING, "x-billing": _ANYTHING}
# Its braces in pairs: the validator from PyPI counts on it.
_PATH: Final = {"pattern": r"^/([^{}]|\{[^{}]+\})*$"}
# A misspelt method would be an operation that every tool leaves out.
_PATH_ITEM: Final = _object(**dict.fromkeys(METHODS, _OPERATION), parameters=_list(_PARAMETER)) | {
    "propertyNames": {"pattern": f"^(x-.+|{'|'.join(METHODS)}|parameters|summary|description|servers)$"}
}
_SCHEMA: Final = _object(**{"x-required-because": _map(_TEXT)})
_COMPONENTS: Final = _object(
    schemas=_map(_SCHEMA),
    responses=_map(_RESPONSE),
    parameters=_map(_PARAMETER),
    headers=_map(_HEADER),
    links=_map(_LINK),
)
_COMPONENTS["additionalProperties"] = _map(_ANYTHING)
_ROOT: Final = _object(
    "openapi",
    "info",
    "paths",
    openapi={"type": "string", "pattern": r"^3\.1\."},
    info=_object("title", "version", title=_TEXT, version=_TEXT),
    paths=_map(_PATH_ITEM) | {"propertyNames": _PATH},
    servers=_list(_ANYTHING),
    tags=_list(_object("name", name=_TEXT)),
    components=_COMPONENTS,
)
_ROOT["properties"] |= {
    "x-sources": _map(_ANYTHING),
    "x-coverage": _list(_object("operationId", operationId=_TEXT, variants=_TEXTS)),
    "x-workflow": _list(_object("from", "link", "to", **dict.fromkeys(("from", "link", "to"), _TEXT))),
}
_VALIDATOR: Final = Draft202012Validator(_ROOT)


def shape(document: Document) -> Iterator[Problem]:
    """What the rules walk through is an object, a list or a text where it should be."""
    for error in _VALIDATOR.iter_errors(document.data):
        pointer = ""
        for token in error.instance_path:
            pointer = join(pointer, token)
        yield Problem(pointer, error.message[:160], "See openapi/README.md and OpenAPI 3.1 for what stands here")
