"""What ships of the description: its contract, without the notes of those who maintain it. Run by hatchling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE: Final = "generated/openapi.json"
# Where each kind of distribution carries it. The wheel is built from the sdist too, so both places have to work.
PLACES: Final = {"wheel": "cometapi_suno_mock/openapi.json", "sdist": BUNDLE}

# What the mock reads. Evidence, doubts and sources are for those who edit the description.
KEPT: Final = frozenset({"x-billing", "x-effect", "x-empty-body", "x-extensible-enum", "x-sdk"})
# Under these keys an object's keys are names of somebody's choice, which may look like a keyword.
_NAMED: Final = (
    {"$defs", "dependentSchemas", "encoding", "examples", "headers", "links", "mapping", "parameters", "paths"}
    | {"patternProperties", "properties", "requestBodies", "responses", "schemas", "securitySchemes", "variables"}
    | {"callbacks", "pathItems", "webhooks"}
)
_VALUES: Final = frozenset({"const", "default", "enum", "example", "value"})


class Hook(BuildHookInterface[Any]):
    """Puts the public description where the distribution wants it."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the public description, and have it included."""
        if version == "editable":
            return
        written = Path(self.root, "build", "public.json")
        written.parent.mkdir(exist_ok=True)
        written.write_text(json.dumps(public(json.loads(Path(self.root, BUNDLE).read_text("utf-8")))), "utf-8")
        build_data["force_include"][str(written)] = PLACES[self.target_name]


def public(node: object, *, named: bool = False) -> Any:
    """A part of the description without notes; `named` when its keys are names rather than keywords."""
    if isinstance(node, list):
        return [public(each) for each in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    found: dict[str, object] = {}
    for key, value in cast("dict[str, object]", node).items():
        if named:
            found[key] = public(value)
        elif key == "x-empty-body":  # that it may be empty is contract; who says so is a note
            found[key] = True
        elif key in _VALUES or (key == "examples" and isinstance(value, list)):
            found[key] = value
        elif key in KEPT or not key.startswith("x-"):
            found[key] = public(value, named=key in _NAMED)
    return found
