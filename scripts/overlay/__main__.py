"""`make apply-overlay FILE=...`: merge an OpenAPI Overlay into openapi/suno.yaml without changing other lines.

It reads Overlay 1.0 and 1.1. Comments, order, line ends and every line that the overlay does not name stay byte for
byte. An action may carry files in `x-examples`: their names relative to the folder of the description, with their JSON
values.
Unlike in the standard, a target that selects nothing is an error: it is most likely misspelt.

Exit status: 0 done; 1 the result would break a rule of `python -m scripts.lint`; 2 the overlay or the description
cannot be used. Unless it is 0, nothing was written.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import attrs
from jsonschema_rs import Draft202012Validator

from scripts import openapi_document as source
from scripts.lint import LintFinding, lint
from scripts.openapi_document import format_path, join_pointer, same_json
from scripts.overlay.overlay_actions import EXAMPLES, OverlayError, perform
from scripts.overlay.yaml_edit import edit_yaml
from scripts.text_and_files import replace_invisible, write_atomically

_ACTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["target"],
    "anyOf": [{"required": ["update"]}, {"required": ["remove"]}, {"required": ["copy"]}],
    "properties": {
        "target": {"type": "string", "pattern": r"^\$"},
        "description": {"type": "string"},
        "update": {},
        "copy": {"type": "string", "pattern": r"^\$"},
        "remove": {"type": "boolean"},
        EXAMPLES: {
            "type": "object",
            "propertyNames": {"pattern": r"^examples/[A-Za-z0-9][A-Za-z0-9.-]*\.json$"},
        },
    },
    "patternProperties": {"^x-": {}},
    "additionalProperties": False,
}
_OVERLAY: Final = Draft202012Validator(
    {
        "type": "object",
        "required": ["overlay", "info", "actions"],
        "properties": {
            "overlay": {"type": "string", "pattern": r"^1\.[01]\.\d+$"},
            "info": {
                "type": "object",
                "required": ["title", "version"],
                "properties": {"title": {"type": "string"}, "version": {"type": "string"}, "description": True},
            },
            "extends": {"type": "string"},
            "actions": {"type": "array", "minItems": 1, "items": _ACTION},
        },
        "if": {"properties": {"overlay": {"pattern": r"^1\.0\."}}},
        "then": {"properties": {"actions": {"items": {"properties": {"copy": False}}}}},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
)


@attrs.frozen
class OverlayResult:
    """A description after an overlay.

    Attributes:
        data: The description's plain values.
        examples: The new example files: JSON values by name.
    """

    data: dict[str, Any]
    examples: Mapping[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make apply-overlay", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("overlay", type=Path, nargs="?", help="the overlay, as YAML or JSON")
    parser.add_argument("--description", type=Path, default=source.DEFAULT, help="the OpenAPI description")
    options = parser.parse_args(arguments)
    if options.overlay is None:
        print("overlay: which one? make apply-overlay FILE=build/report/overlay.yaml", file=sys.stderr)
        return 2
    try:
        description = source.load(options.description)
        result = apply_overlay(description.data, read_overlay(options.overlay))
        text = edit_yaml(description.path.read_bytes().decode("utf-8"), description.data, result.data)
        findings = _write(description.path, text, result)
    except (OverlayError, source.DescriptionFileError) as error:
        print(f"overlay: {error}. Nothing was written.", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    if findings:
        print("overlay: the result would break the rules above. Nothing was written.", file=sys.stderr)
        return 1
    for name in (description.path.name, *result.examples):
        print(f"overlay: {format_path(description.path.parent / name)} is written")
    return 0


def read_overlay(path: Path) -> dict[str, Any]:
    """Read an overlay.

    Raises:
        OverlayError: The file cannot be read, or is not an Overlay 1.0 or 1.1.
    """
    try:
        overlay: dict[str, Any] = source.read_yaml(path)[0]
    except source.DescriptionFileError as error:
        raise OverlayError(f"{' '.join(str(error).split())[:300]}") from None
    for wrong in _OVERLAY.iter_errors(overlay):
        pointer = join_pointer("", *wrong.instance_path) or "/"
        raise OverlayError(f"{format_path(path)}: {pointer}: not an Overlay 1.0 or 1.1: {wrong.message[:160]}")
    return overlay


def apply_overlay(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> OverlayResult:
    """Return the description with an overlay merged in; the arguments are not changed.

    Raises:
        OverlayError: A target selects nothing, or something that cannot be updated.
    """
    data: dict[str, Any] = deepcopy(dict(document))
    examples: dict[str, Any] = {}
    for index, action in enumerate(overlay["actions"]):
        try:
            perform(data, action, overlay["overlay"])
        except OverlayError as error:
            raise OverlayError(f"action {index}: {error}") from None
        examples |= action.get(EXAMPLES, {})
    return OverlayResult(data, examples)


def _write(path: Path, text: str, result: OverlayResult) -> list[LintFinding]:
    """Write the description and its new examples unless a rule would be broken; return what the rules find."""
    folder = path.parent
    for name in result.examples:
        if (folder / name).exists():
            raise OverlayError(f"{format_path(folder / name)} exists already")
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch) / path.name
        if (folder / "examples").is_dir():
            shutil.copytree(folder / "examples", Path(scratch) / "examples")
        _put(trial, text, result.examples)
        description = source.load(trial)
        if not same_json(description.data, result.data):
            raise OverlayError(f"{format_path(path)}: its text cannot be changed as the overlay asks")
        findings = [attrs.evolve(finding, path=path) for finding in lint(description)]
    if not findings:
        _put(path, text, result.examples)
    return findings


def _put(path: Path, text: str, examples: Mapping[str, Any]) -> None:
    """Write the examples, and then the description; when one cannot be written, remove the new files."""
    files = {
        path.parent / name: replace_invisible(
            json.dumps(value, indent=2, ensure_ascii=False), lambda each: json.dumps(each)[1:-1]
        )
        + "\n"
        for name, value in examples.items()
    }
    try:
        for file, content in files.items():
            file.parent.mkdir(exist_ok=True)
            write_atomically(file, content)
        write_atomically(path, text)
    except OSError as error:
        for file in files:
            file.unlink(missing_ok=True)
        raise OverlayError(f"{format_path(path)}: cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
