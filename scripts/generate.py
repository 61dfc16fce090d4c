"""`make generate`: openapi/ -> generated/, all or nothing; with `--check`, only say what would change.

Exit status: 0 done or unchanged; 1 `generated/` does not follow from `openapi/` (with `--check`); 2 the description
cannot become a client, and `generated/` is as it was.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts import openapi_document as source
from scripts.generator.document import operations, where
from scripts.generator.generation_error import GenerationError
from scripts.generator.provenance import provenance
from scripts.generator.render_package import build
from scripts.lint import refuse_unsound

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "generated"
PACKAGE = "cometapi_suno"
_SCHEMA = re.compile(r"/components/schemas/[\w.-]+")


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make generate", description=__doc__)
    parser.add_argument("--description", type=Path, default=source.DEFAULT, help="the OpenAPI description")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the folder to write")
    parser.add_argument("--check", action="store_true", help="write nothing; name the files that differ")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(dir=options.output.parent, prefix=".generated-") as scratch:
        fresh = Path(scratch) / "generated"
        try:
            generate(options.description, fresh)
        except (source.DescriptionError, GenerationError) as error:
            print(f"{error}\ngenerate: nothing was written", file=sys.stderr)
            return 2
        changes = list(differences(options.output, fresh))
        if options.check:
            for change in changes:
                print(f"generate: {change}. Change openapi/ or scripts/templates/, then run `make generate`.")
            return 1 if changes else 0
        if changes:
            swap(options.output, fresh, Path(scratch) / "old")
        print(
            f"generate: {len(changes) or 'no'} file{'' if len(changes) == 1 else 's'} changed in {options.output.name}/"
        )
    return 0


def generate(path: Path, output: Path) -> None:
    """Write everything that follows from the description at `path` into the new folder `output`.

    Raises:
        DescriptionError: The description cannot be read.
        GenerationError: It cannot become a client.
    """
    description = source.load(path)
    refuse_unsound(description)
    bundled = description.bundled()
    package = output / PACKAGE
    package.mkdir(parents=True)
    try:
        build(bundled, package)
    except GenerationError as error:
        place = error.pointer or named(str(error), bundled)
        told = str(error) if error.pointer or not place else f"{place}: {error}"
        raise GenerationError(f"{source.shown(path)}:{description.line(place)}: {told}") from error
    _write_json(output / "openapi.json", bundled)
    _write_json(output / "PROVENANCE.json", provenance(path))


def named(message: str, description: Mapping[str, Any]) -> str:
    """Pointer of the schema or the operation that a message names without saying where it is; "" for none."""
    if schema := _SCHEMA.search(message):
        return schema[0]
    for path, method, operation in operations(description):
        sdk = operation.get("x-sdk", {})
        if any(f"{name}:" in message for name in (where(path, method), f"{sdk.get('resource')}.{sdk.get('method')}")):
            return source.join(source.join("/paths", path), method)
    return ""


def differences(old: Path, new: Path) -> list[str]:
    """One line for each file that is not the same in both folders."""
    names = sorted({path.relative_to(root) for root in (old, new) for path in _files(root)})
    lines: list[str] = []
    for name in names:
        if not (new / name).exists():
            lines.append(f"{old.name}/{name} does not come from the description")
        elif not (old / name).exists():
            lines.append(f"{old.name}/{name} is missing")
        elif not filecmp.cmp(old / name, new / name, shallow=False):
            lines.append(f"{old.name}/{name} differs from what the description gives")
    return lines


def swap(output: Path, fresh: Path, old: Path) -> None:
    """Put `fresh` in the place of `output` by two renames, and put the old folder back if the second one fails."""
    if output.exists():
        output.rename(old)
    try:
        fresh.rename(output)
    except OSError:
        if old.exists():
            old.rename(output)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts]


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
