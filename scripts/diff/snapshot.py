"""A description to compare: from a file, or from a commit of this repository."""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from scripts.description_file import DEFAULT, Description, DescriptionFileError, load
from scripts.diff.change import Change
from scripts.lint import refuse_unsound
from scripts.openapi_document import is_object
from scripts.strict_parsing import DEEPEST, StrictParseError, parse_json
from scripts.text_and_files import format_path

ROOT: Final = DEFAULT.parent.parent
_FOLDER: Final = DEFAULT.parent.name


class SnapshotError(Exception):
    """There is nothing to compare. The message says where it was looked for."""


@attrs.frozen
class Snapshot:
    """A description with its examples in place.

    Attributes:
        name: Where it comes from, as messages name it.
        data: Its content.
        line: The line of a JSON pointer in the file; always 1 when it was not YAML.
    """

    name: str
    data: dict[str, Any]
    line: Callable[[str], int] = attrs.field(default=lambda _: 1, eq=False, repr=False)


def read(source: str | Path, root: Path = ROOT) -> Snapshot:
    """Read a description from a file (YAML, or bundled JSON), a folder like `openapi/`, or a git revision.

    Raises:
        SnapshotError: It is none of them.
        DescriptionFileError: It cannot be read.
    """
    path = Path(source)
    if path.is_dir():
        path /= DEFAULT.name
    if path.is_file():
        return _from_json(path) if path.suffix == ".json" else _from_yaml(load(path), format_path(path))
    with tempfile.TemporaryDirectory(prefix="description-") as folder:
        extract(str(source), _FOLDER, Path(folder), root)
        path = Path(folder) / _FOLDER / DEFAULT.name
        if not path.is_file():
            raise SnapshotError(f"{source} has no {_FOLDER}/{DEFAULT.name}.")
        name = f"{source}:{_FOLDER}/{DEFAULT.name}"
        try:
            return _from_yaml(load(path), name)
        except DescriptionFileError as error:
            raise SnapshotError(str(error).replace(str(path), name)) from error


def format_place(change: Change, old: Snapshot, new: Snapshot) -> str:
    """Return where a change is: `file:line: pointer`, in the new description where it is there."""
    if change.new is not None:
        return f"{new.name}:{new.line(change.new)}: {change.new or '/'}"
    return f"{old.name}:{old.line(change.old or '')}: {change.old or '/'}"


def extract(revision: str, inside: str, folder: Path, root: Path = ROOT) -> bool:
    """Write a folder of the repository as it was at a revision; False when it was not there.

    Raises:
        SnapshotError: The revision does not exist.
    """
    known = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if known is None:
        raise SnapshotError(f"{revision} is neither a file nor a revision of this repository.")
    packed = git(root, "archive", "--format=tar", known.decode().strip(), inside)
    if packed is None:
        return False
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return True


def git(root: Path, *arguments: str) -> bytes | None:
    """Return what a git command prints; None when it fails."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def _from_yaml(description: Description, name: str) -> Snapshot:
    refuse_unsound(description)
    # Where the example files are elsewhere, the names that stand for them are compared.
    here = (description.path.parent / "examples").is_dir()
    return Snapshot(name, description.bundled() if here else description.data, description.line)


def _from_json(path: Path) -> Snapshot:
    try:
        data = parse_json(path.read_text("utf-8"), DEEPEST)
    except StrictParseError as error:
        raise SnapshotError(f"{format_path(path)}:{error.line}: {error}") from error
    except (OSError, ValueError) as error:
        raise SnapshotError(f"{format_path(path)}: {error}") from error
    if not is_object(data) or not isinstance(data.get("paths"), Mapping):
        raise SnapshotError(f"{format_path(path)}: not a description: it has no `paths`.")
    refuse_unsound(Description(path, data, {}))
    return Snapshot(format_path(path), data)
