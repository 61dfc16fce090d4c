"""`make apply-overlay FILE=...`: merge an OpenAPI Overlay 1.0 into openapi/suno.yaml, and touch no other line.

Comments, order and every line that the overlay does not name stay byte for byte. A source's `cited` follows the entries
of evidence that were added or removed. An action may carry files in `x-examples`, from their names in the folder of the
description to their JSON values.

Exit status: 0 done; 1 the result would break a rule of `python -m scripts.lint`; 2 the overlay or the description
cannot be used. Unless it is 0, nothing was written.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import attrs
from jsonschema_rs import Draft202012Validator

from scripts import openapi_document as source
from scripts.lint import lint
from scripts.lint.description_index import Document
from scripts.lint.lint_finding import Finding
from scripts.openapi_document import is_object, shown
from scripts.overlay.overlay_actions import EXAMPLES, OverlayError, perform
from scripts.overlay.yaml_edit import edit, same

_ACTION: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["target"],
    "anyOf": [{"required": ["update"]}, {"required": ["remove"]}],
    "properties": {
        "target": {"type": "string", "pattern": r"^\$"},
        "description": {"type": "string"},
        "update": {},
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
            "overlay": {"type": "string", "pattern": r"^1\.0\.\d+$"},
            "info": {
                "type": "object",
                "required": ["title", "version"],
                "properties": {"title": {"type": "string"}, "version": {"type": "string"}},
            },
            "extends": {"type": "string"},
            "actions": {"type": "array", "minItems": 1, "items": _ACTION},
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }
)


@attrs.frozen
class Result:
    """What an overlay makes of a description.

    Attributes:
        data: The description's plain values.
        examples: New files beside it, by name.
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
        result = apply(description.data, read(options.overlay))
        text = edit(description.path.read_text("utf-8"), description.data, result.data)
        findings = _write(description.path, text, result)
    except (OverlayError, source.DescriptionError) as error:
        print(f"overlay: {error}. Nothing was written.", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    if findings:
        print("overlay: the result would break the rules above. Nothing was written.", file=sys.stderr)
        return 1
    for name in (description.path.name, *result.examples):
        print(f"overlay: {shown(description.path.parent / name)} is written")
    return 0


def read(path: Path) -> dict[str, Any]:
    """The overlay of a file.

    Raises:
        OverlayError: It cannot be read, or is no Overlay 1.0.
    """
    try:
        overlay: dict[str, Any] = source.read(path)[0]
    except source.DescriptionError as error:
        raise OverlayError(f"{' '.join(str(error).split())[:300]}") from None
    for wrong in _OVERLAY.iter_errors(overlay):
        pointer = "".join(f"/{step}" for step in wrong.instance_path) or "/"
        raise OverlayError(f"{shown(path)}: {pointer}: no Overlay 1.0: {wrong.message[:160]}")
    return overlay


def apply(document: Mapping[str, Any], overlay: Mapping[str, Any]) -> Result:
    """The description with an overlay merged in; what was given is not changed.

    Raises:
        OverlayError: A target selects nothing, or nothing that can be updated.
    """
    data: dict[str, Any] = deepcopy(dict(document))
    examples: dict[str, Any] = {}
    for index, action in enumerate(overlay["actions"]):
        try:
            perform(data, action)
        except OverlayError as error:
            raise OverlayError(f"action {index}: {error}") from None
        examples |= action.get(EXAMPLES, {})
    _follow_citations(document, data)
    return Result(data, examples)


def _follow_citations(before: Mapping[str, Any], after: dict[str, Any]) -> None:
    """Let `cited` of each source follow the entries that came or went; a new source is cited as often as it is."""
    old, new = _citations(before), _citations(after)
    sources: Any = after.get("x-sources", {})
    known: Any = before.get("x-sources", {})
    for name, entry in sources.items() if is_object(sources) else ():
        if is_object(entry):
            said = known[name].get("cited", 0) if name in known else 0
            entry["cited"] = said + new[name] - (old[name] if name in known else 0)


def _citations(data: Mapping[str, Any]) -> Counter[str]:
    document = Document(source.Description(Path(), dict(data), {}))
    return Counter(str(evidence.entry.get("source")) for evidence in document.evidence)


def _write(path: Path, text: str, result: Result) -> list[Finding]:
    """Write the description and its new examples, unless rules would be broken; return what the rules say."""
    folder = path.parent
    for name in result.examples:
        if (folder / name).exists():
            raise OverlayError(f"{shown(folder / name)} is there already")
    with tempfile.TemporaryDirectory() as scratch:
        trial = Path(scratch) / path.name
        if (folder / "examples").is_dir():
            shutil.copytree(folder / "examples", Path(scratch) / "examples")
        _put(trial, text, result.examples)
        description = source.load(trial)
        if not same(description.data, result.data):
            raise OverlayError(f"{shown(path)}: its text cannot be changed so that it means what it should")
        findings = [attrs.evolve(finding, path=path) for finding in lint(description)]
    if not findings:
        _put(path, text, result.examples)
    return findings


def _put(path: Path, text: str, examples: Mapping[str, Any]) -> None:
    """Write the examples, and then the description in one step; of what fails, nothing stays."""
    scratch = path.with_name(f"{path.name}.new")
    files = [path.parent / name for name in examples]
    try:
        for file, value in zip(files, examples.values(), strict=True):
            file.parent.mkdir(exist_ok=True)
            file.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8", newline="\n")
        scratch.write_text(text, "utf-8", newline="")
        scratch.replace(path)
    except OSError as error:
        for file in (*files, scratch):
            file.unlink(missing_ok=True)
        raise OverlayError(f"{shown(path)}: cannot be written: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
