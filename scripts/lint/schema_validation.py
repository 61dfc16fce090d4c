"""Does a value fit a schema of the description? Validators are compiled once, whatever the annotations say."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jsonschema_rs import Draft202012Validator, ValidationError

from scripts.lint.description_index import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.lint.description_index import Document

_LONGEST: Final = 160


def complaints(document: Document, schema: Any, value: Any) -> Iterator[str]:
    """Yield what is wrong with a value, the place in it first."""
    for error in _validator(canonical(schema), document.canonical_schemas).iter_errors(value):
        yield f"{_place(error)}: {_shortened(error.message)}"


@lru_cache(maxsize=512)
def _validator(schema: str, components: str) -> Draft202012Validator:
    root = {"allOf": [json.loads(schema)], "components": {"schemas": json.loads(components)}}
    return Draft202012Validator(root, validate_formats=True)


def _place(error: ValidationError) -> str:
    return "".join(f"/{token}" for token in error.instance_path) or "the value"


def _shortened(message: str) -> str:
    return message if len(message) <= _LONGEST else f"{message[: _LONGEST // 2]} ... {message[-_LONGEST // 2 :]}"
