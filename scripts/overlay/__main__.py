"""`make apply-overlay FILE=...`: merge an OpenAPI Overlay into openapi/suno.yaml without changing other lines.

It reads Overlay 1.0 and 1.1. Comments, order, line ends and every line that the overlay does not name stay byte for
byte. An action may carry files: `x-examples`, by names relative to the folder of the description, and `x-recordings`,
by names in the folder of `--recordings`.
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

from scripts.description_file import DEFAULT, Description, DescriptionFileError, load, read_yaml
from scripts.lint import LintFinding, lint
from scripts.openapi_document import join_pointer, same_json
from scripts.overlay.overlay_actions import EXAMPLES, RECORDINGS, OverlayError, perform
from scripts.overlay.yaml_edit import edit_yaml
from scripts.text_and_files import format_path, replace_invisible, write_atomically

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
        RECORDINGS: {"type": "object", "propertyNames": {"pattern": r"^[A-Za-z0-9][A-Za-z0-9.-]*\.json$"}},
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
        recordings: The new recordings: JSON values by name.
    """

    data: dict[str, Any]
    examples: Mapping[str, Any]
    recordings: Mapping[str, Any] = attrs.field(factory=dict[str, Any])


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make apply-overlay", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("overlay", type=Path, nargs="?", help="the overlay, as YAML or JSON")
    parser.add_argument("--description", type=Path, default=DEFAULT, help="the OpenAPI description")
    parser.add_argument("--recordings", type=Path, help="the folder for recordings; without it none is written")
    options = parser.parse_args(arguments)
    if options.overlay is None:
        print("overlay: which one? make apply-overlay FILE=build/report/overlay.yaml", file=sys.stderr)
        return 2
    try:
        description = load(options.description)
        result = apply_overlay(description.data, read_overlay(options.overlay))
        files = _list_files(result, description.path.parent, options.recordings)
        findings = _write(description, result, files)
    except (OverlayError, DescriptionFileError) as error:
        print(f"overlay: {error}. Nothing was written.", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    if findings:
        print("overlay: the result would break the rules above. Nothing was written.", file=sys.stderr)
        return 1
    for path in (description.path, *files):
        print(f"overlay: {format_path(path)} is written")
    return 0


def read_overlay(path: Path) -> dict[str, Any]:
    """Read an overlay.

    Raises:
        OverlayError: The file cannot be read, or is not an Overlay 1.0 or 1.1.
    """
    try:
        overlay: dict[str, Any] = read_yaml(path)[0]
    except DescriptionFileError as error:
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
    recordings: dict[str, Any] = {}
    for index, action in enumerate(overlay["actions"]):
        try:
            perform(data, action, overlay["overlay"])
        except OverlayError as error:
            raise OverlayError(f"action {index}: {error}") from None
        examples |= action.get(EXAMPLES, {})
        recordings |= action.get(RECORDINGS, {})
    return OverlayResult(data, examples, recordings)


def write_copy(description: Description, result: OverlayResult, folder: Path) -> Description:
    """Write a changed description with all its examples into a folder, and read it from there.

    Raises:
        OverlayError: The text of the description cannot be changed as the overlay asks.
    """
    path = folder / description.path.name
    examples = description.path.parent / "examples"
    if examples.is_dir():
        shutil.copytree(examples, folder / "examples")
    text = description.path.read_bytes().decode("utf-8")
    if text.startswith("{"):  # a bundle
        text = json.dumps(result.data, indent=2, ensure_ascii=False) + "\n"
    else:
        text = edit_yaml(text, description.data, result.data)
    _put(path, text, _list_files(result, folder, None))
    copy = load(path)
    if not same_json(copy.data, result.data):
        raise OverlayError(f"{format_path(description.path)}: its text cannot be changed as the overlay asks")
    return copy


def _list_files(result: OverlayResult, folder: Path, recordings: Path | None) -> dict[Path, Any]:
    """Return the JSON values of the files that come with a description, by path."""
    files: dict[Path, Any] = {folder / name: value for name, value in result.examples.items()}
    return files | ({recordings / name: value for name, value in result.recordings.items()} if recordings else {})


def _write(description: Description, result: OverlayResult, files: Mapping[Path, Any]) -> list[LintFinding]:
    """Write the description and its new files unless a rule would be broken; return what the rules find."""
    for path in files:
        if path.exists():
            raise OverlayError(f"{format_path(path)} exists already")
    with tempfile.TemporaryDirectory() as scratch:
        copy = write_copy(description, result, Path(scratch))
        findings = [attrs.evolve(finding, path=description.path) for finding in lint(copy)]
        text = copy.path.read_bytes().decode("utf-8")
    if not findings:
        _put(description.path, text, files)
    return findings


def _put(path: Path, text: str, files: Mapping[Path, Any]) -> None:
    """Write the files, and then the description; when one cannot be written, remove the new files."""
    try:
        for file, value in files.items():
            file.parent.mkdir(exist_ok=True)
            content = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
            write_atomically(file, replace_invisible(content, lambda each: json.dumps(each)[1:-1]))
        write_atomically(path, text)
    except OSError as error:
        for file in files:
            file.unlink(missing_ok=True)
        raise OverlayError(f"{format_path(path)}: cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
