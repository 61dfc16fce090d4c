"""`make generate`: openapi/ -> generated/, all or nothing; with `--check`, only list what would change.

Exit status: 0 done or unchanged; 1 `generated/` does not follow from `openapi/` (with `--check`); 2 the description
cannot become a client, and `generated/` is as it was.
"""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from scripts import description_file, text_and_files
from scripts.generator import render_package as renderer
from scripts.generator.arazzo_document import build_arazzo_document
from scripts.generator.generation_error import GenerationError
from scripts.generator.template_rendering import TEMPLATES
from scripts.lint import refuse_unsound
from scripts.text_and_files import format_count

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "generated"
PACKAGE = "cometapi_suno"
PROVENANCE = "PROVENANCE.json"


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make generate", description=__doc__)
    parser.add_argument("--description", type=Path, default=description_file.DEFAULT, help="the OpenAPI description")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the folder to write")
    parser.add_argument("--check", action="store_true", help="write nothing; name the files that differ")
    options = parser.parse_args(arguments)
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=options.output.parent, prefix=".generated-") as scratch:
            fresh = Path(scratch) / "generated"
            generate(options.description, fresh)
            changes = list(find_differences(options.output, fresh))
            if options.check:
                for change in changes:
                    print(f"generate: {change}. Change openapi/ or scripts/templates/, then run `make generate`.")
                return 1 if changes else 0
            if changes:
                swap(options.output, fresh, Path(scratch) / "old", mark=PROVENANCE)
    except (description_file.DescriptionFileError, GenerationError, OSError) as error:
        print(f"{error}\ngenerate: nothing was written", file=sys.stderr)
        return 2
    print(f"generate: {format_count(len(changes), 'file')} changed in {options.output.name}/")
    return 0


def generate(path: Path, output: Path) -> None:
    """Write the client, the bundled description, its workflows and its provenance into a new folder.

    Raises:
        DescriptionFileError: The description cannot be read.
        GenerationError: It cannot become a client.
    """
    description = description_file.load(path)
    refuse_unsound(description)
    bundled = description.bundled()
    package = output / PACKAGE
    package.mkdir(parents=True)
    try:
        renderer.render_package(bundled, package)
        workflows = build_arazzo_document(bundled)
    except GenerationError as error:
        place = f"{text_and_files.format_path(path)}:{description.line(error.pointer)}"
        raise GenerationError(f"{place}: {error}") from error
    _write_json(output / "openapi.json", bundled)
    if workflows:
        _write_json(output / "arazzo.json", workflows)
    _write_json(output / PROVENANCE, find_provenance(path))


def find_provenance(description: Path) -> dict[str, object]:
    """Return the digests of all inputs and the versions of the tools, the same on any machine."""
    folder, modules, templates = description.parent, Path(renderer.__file__).parent, TEMPLATES
    return {
        "description": _digest([description, *sorted((folder / "examples").glob("*.json"))], folder),
        "templates": _digest(sorted(path for path in templates.iterdir() if path.is_file()), templates),
        "driver": _digest(sorted(modules.glob("*.py")), modules),
        "tools": {name: version(name) for name in ("openapi-python-client", "ruff")},
    }


def find_differences(old: Path, new: Path) -> list[str]:
    """Return a line for each file that is not the same in both folders."""
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


def swap(output: Path, fresh: Path, old: Path, *, mark: str) -> None:
    """Replace `output` by `fresh` with two renames, and restore the old folder if the second one fails.

    Raises:
        OSError: A folder cannot be renamed, or `output` is neither empty nor a folder with the file `mark`.
    """
    if output.exists():
        if not (output / mark).exists() and (not output.is_dir() or any(output.iterdir())):
            raise FileExistsError(f"{output} was not made by this tool: it has no {mark}. Name another --output.")
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


def _digest(paths: Iterable[Path], root: Path) -> str:
    """Return the SHA-256 of names and contents, with the line ends of the repository."""
    digest = sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return f"sha256:{digest.hexdigest()}"


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())
