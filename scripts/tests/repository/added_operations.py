"""Kinds of operations and fields that a maintainer may add, and a program that adds them to a description."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import field, frozen

from scripts.text_and_files import kebab_case

JSON = "application/json"
CLIP = {"$ref": "#/components/parameters/ClipId"}
NOTE = {"$ref": "#/components/schemas/AddedNote"}
UUID = "2dd391cd-996b-4843-9738-1aed26f170e4"
_ERRORS = {"400": "ClipBadRequest", "401": "Unauthorized", "403": "Forbidden", "413": "PayloadTooLarge"} | {
    "429": "TooManyRequests",
    "500": "ServerError",
    "503": "ServiceUnavailable",
    "504": "GatewayTimeout",
    "524": "OriginTimeout",
}
_EVIDENCE = [{"source": "imaginary", "says": "It is there.", "status": "documented"}]

Shown = tuple[Any, Any]
"""A schema, and an example of it."""


@frozen
class AddedOperation:
    """An operation of one or several kinds.

    Attributes:
        id: Its operationId.
        kinds: What it shows.
        path: What follows `/suno/added/<id>`.
        body: The request body; `bodies` has one example for each variant instead.
        answer: The body of the success.
        schemas: Component schemas that it brings.
        shared: Parameters of the path.
        more: Members of the operation that replace the usual ones.
        refused: What lint or the generator says of it; "" when it follows everywhere.
    """

    id: str
    kinds: Sequence[str]
    path: str = ""
    method: str = "get"
    parameters: Sequence[Mapping[str, Any]] = ()
    shared: Sequence[Mapping[str, Any]] = ()
    body: Shown | None = None
    bodies: Mapping[str, Any] = field(factory=dict[str, Any])
    body_media: str = JSON
    answer: Shown = (NOTE, {"key": "C"})
    answer_media: str = JSON
    status: str = "200"
    schemas: Mapping[str, Any] = field(factory=dict[str, Any])
    more: Mapping[str, Any] = field(factory=dict[str, Any])
    refused: str = ""

    @property
    def whole_path(self) -> str:
        return f"/suno/added/{self.id}{self.path}"

    def node(self, folder: Path) -> dict[str, Any]:
        """Return the operation as the description has it, and write its examples."""
        schema, example = self.answer
        success = {
            "description": "What was asked for.",
            "headers": {"X-Oneapi-Request-Id": {"$ref": "#/components/headers/RequestId"}},
            "content": self._content(folder, self.status, self.answer_media, schema, {"one": example}),
        }
        errors = {status: {"$ref": f"#/components/responses/{name}"} for status, name in _ERRORS.items()}
        made: dict[str, Any] = {
            "operationId": self.id,
            "tags": ["added"],
            "summary": f"Show {self.kinds[0]}",
            "description": "An operation to rehearse with.",
            "security": [{"bearerAuth": []}],
            "x-sdk": {"resource": "added", "method": self.id.lower()},
            "x-billing": {"charge": "unknown", "note": "No source gives a price."},
            "x-effect": "reads" if self.method == "get" else "creates",
            "x-evidence": _EVIDENCE,
            "parameters": [{"description": "A value.", **each} if "name" in each else each for each in self.parameters],
            "responses": {self.status: success, **errors},
        }
        if self.body is None:
            del made["responses"]["413"]
        else:
            schema, example = self.body
            shown = self.bodies or {"one": example}
            content = self._content(folder, "request", self.body_media, schema, shown)
            made["requestBody"] = {"required": True, "content": content}
        return {**made, **self.more}

    def _content(self, folder: Path, status: str, media: str, schema: Any, shown: Mapping[str, Any]) -> dict[str, Any]:
        examples: dict[str, Any] = {}
        for key, value in shown.items():
            examples[key] = {"summary": "One that fits"}
            if media == JSON or media.endswith("+json"):
                name = f"{kebab_case(self.id)}.{status}-{kebab_case(key)}.synthesised.json"
                (folder / "examples" / name).write_text(json.dumps(value), "utf-8")
                examples[key]["externalValue"] = f"examples/{name}"
            else:
                examples[key]["value"] = value
        return {media: {"schema": schema, "examples": examples}}


def add_operations(folder: Path, added: Iterable[AddedOperation]) -> None:
    """Add operations to the description in a folder `openapi/`, with all that lint asks for."""
    file, added = folder / "suno.yaml", list(added)
    sections: dict[str, Any] = {
        "paths": {
            each.whole_path: {each.method: each.node(folder)} | ({"parameters": each.shared} if each.shared else {})
            for each in added
        },
        "  schemas": {name: schema for each in added for name, schema in each.schemas.items()},
        "tags": [{"name": "added", "description": "What was added."}],
        "x-sources": {
            "imaginary": {
                "title": "An imaginary gateway",
                "kind": "sister",
                "weight": "weak",
                "date": "undated",
                "read": "2026-11-22",
            }
        },
        "x-coverage": [
            {
                "page": each.id,
                "operationId": each.id,
                "variants": [name[:1].upper() + name[1:] for name in each.bodies],
                "confidence": "low",
                "unknown": ["price"],
            }
            for each in added
        ],
    }
    if NOTE["$ref"] in json.dumps(sections):
        sections["  schemas"]["AddedNote"] = described(key=text())
    written = file.read_text("utf-8")
    if "\n  imaginary: " in written:  # another edit has added it
        del sections["x-sources"]
    for place, content in sections.items():
        pad = "  " * (place.count("  ") + 1)
        rows: Any = content.items() if hasattr(content, "items") else [("", each) for each in content]
        lines = "".join(f"{pad}{f'{json.dumps(name)}:' if name else '-'} {json.dumps(node)}\n" for name, node in rows)
        assert written.count(f"\n{place}:\n") == 1
        written = written.replace(f"\n{place}:\n", f"\n{place}:\n{lines}")
    file.write_text(written, "utf-8")


def text(**more: Any) -> dict[str, Any]:
    """Return the schema of a string."""
    return {"type": "string", "description": "A text.", **more}


def described(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with these properties."""
    made = {"type": "object", "description": "An object.", "properties": properties}
    return made | ({"required": [*required]} if required else {})


def answered(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object in an answer; a required property has its reason."""
    because = {"x-required-because": dict.fromkeys(required, "It is the answer.")} if required else {}
    return described(*required, **properties) | because


def some(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with a description."""
    return {"description": "A value.", **schema}


def list_of(items: Any) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def map_of(values: Any) -> dict[str, Any]:
    """Return the schema of a map."""
    return {"type": "object", "additionalProperties": values}


def component(name: str) -> dict[str, str]:
    """Return a reference to a component schema."""
    return {"$ref": f"#/components/schemas/{name}"}
