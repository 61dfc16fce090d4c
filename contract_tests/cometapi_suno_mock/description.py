"""Where the gateway finds its OpenAPI description."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias, cast

from cometapi_suno_mock.compiled_schemas import DescriptionError

Source: TypeAlias = Mapping[str, Any] | str | Path

_CHECKOUT = Path(__file__).resolve().parents[2] / "generated" / "openapi.json"


def load(source: Source | None = None) -> Mapping[str, Any]:
    """Load the bundled description: the given one, else the one in the package, else the one of the checkout.

    Raises:
        DescriptionError: The file is missing, or is not an OpenAPI description as a JSON object.
    """
    if isinstance(source, Mapping):
        return dict(source)
    packaged = importlib.resources.files(__package__ or "cometapi_suno_mock") / "openapi.json"
    try:
        if source is not None:
            text = Path(source).read_text("utf-8")
        elif packaged.is_file():
            text = packaged.read_text("utf-8")
        else:
            text = _CHECKOUT.read_text("utf-8")
    except OSError as error:
        raise DescriptionError(
            f"cannot read a description: {error.strerror}: {error.filename}."
            " Pass one, or run `make generate` in a checkout."
        ) from None
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise DescriptionError(f"{source or packaged}: not JSON: {error}") from None
    if not isinstance(found, dict) or "paths" not in found:
        raise DescriptionError(f"{source or packaged}: not an OpenAPI description: `paths` is missing")
    return cast("dict[str, Any]", found)
