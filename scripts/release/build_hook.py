"""Hatchling build hook: ships the description without the maintainers' notes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final, cast

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

BUNDLE: Final = "generated/openapi.json"
WORKFLOWS: Final = "generated/arazzo.json"
# The folder of both in each distribution. The wheel is also built from the sdist, so both places have to work.
FOLDERS: Final = {"wheel": "cometapi_suno_mock", "sdist": "generated"}

# What the mock reads. Evidence, doubts and sources are for those who edit the description.
KEPT: Final = frozenset({"x-billing", "x-availability", "x-effect", "x-empty-body", "x-extensible-enum", "x-sdk"})
# The keys of an object under these keywords are names, which may look like a keyword.
_NAMED: Final = (
    {"$defs", "dependentSchemas", "encoding", "examples", "headers", "links", "mapping", "parameters", "paths"}
    | {"patternProperties", "properties", "requestBodies", "responses", "schemas", "securitySchemes", "variables"}
    | {"callbacks", "pathItems", "webhooks", "x-availability"}
)
_VALUES: Final = frozenset({"const", "default", "enum", "example", "value"})


class DescriptionHook(BuildHookInterface[Any]):
    """Adds the public description, and its workflows, to a distribution."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the public description and include it."""
        if version == "editable":
            return
        written = Path(self.root, "build", "public.json")
        written.parent.mkdir(exist_ok=True)
        written.write_text(json.dumps(strip_notes(json.loads(Path(self.root, BUNDLE).read_text("utf-8")))), "utf-8")
        for source, name in ((written, BUNDLE), (Path(self.root, WORKFLOWS), WORKFLOWS)):
            build_data["force_include"][str(source)] = f"{FOLDERS[self.target_name]}/{Path(name).name}"


def strip_notes(node: object, *, named: bool = False) -> Any:
    """Return a part of the description without notes; with `named`, its keys are names instead of keywords."""
    if isinstance(node, list):
        return [strip_notes(each) for each in cast("list[object]", node)]
    if not isinstance(node, dict):
        return node
    found: dict[str, object] = {}
    for key, value in cast("dict[str, object]", node).items():
        if named:
            found[key] = strip_notes(value)
        elif key == "x-empty-body":  # the fact is contract, its source is a note
            found[key] = True
        elif key in _VALUES or (key == "examples" and isinstance(value, list)):
            found[key] = value
        elif key in KEPT or not key.startswith("x-"):
            found[key] = strip_notes(value, named=key in _NAMED)
    return found
