"""Reading the description's file: its content, the line of each node, and the example files that it names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from scripts.openapi_document import is_array, is_object, join_pointer
from scripts.strict_parsing import DEEPEST, StrictParseError, parse_json, parse_yaml
from scripts.text_and_files import format_path

DEFAULT: Final = Path(__file__).resolve().parent.parent / "openapi" / "suno.yaml"


class DescriptionFileError(Exception):
    """The description cannot be used. The message is `file:line: pointer: reason`.

    Attributes:
        reason: What is wrong, without the place.
        pointer: The node that it is about, as a JSON pointer; empty for the whole file.
    """

    def __init__(self, path: Path, line: int, reason: str, pointer: str = "") -> None:
        where = f"{pointer}: " if pointer else ""
        super().__init__(f"{format_path(path)}:{line}: {where}{reason}")
        self.reason = reason
        self.pointer = pointer


@attrs.frozen
class Description:
    """The description as written.

    Attributes:
        path: The YAML file. Paths of example files are relative to its folder.
        data: Its content as plain JSON values, in the order of the file.
        lines: The 1-based line of every node, by JSON pointer.
    """

    path: Path
    data: dict[str, Any]
    lines: Mapping[str, int] = attrs.field(repr=False)

    def line(self, pointer: str) -> int:
        """Return the line of the node at a JSON pointer, or of its nearest ancestor."""
        while pointer not in self.lines:
            pointer, slash, _ = pointer.rpartition("/")
            if not slash:
                return 1
        return self.lines[pointer]

    def bundled(self) -> dict[str, Any]:
        """Return a copy in which each example's `externalValue` has become its `value`.

        Raises:
            DescriptionFileError: An example file is missing or is not JSON.
        """
        bundle: dict[str, Any] = self._bundle(self.data, "")
        return bundle

    def read_example(self, pointer: str, external_value: str) -> Any:
        """Return the content of the example file that the node at `pointer` names.

        Raises:
            DescriptionFileError: The file is missing or is not JSON.
        """
        try:
            return parse_json(_find_below(self.path.parent, external_value).read_text("utf-8"), DEEPEST)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            line = f":{error.line}" if isinstance(error, StrictParseError) else ""
            reason = f"cannot read {external_value}{line}: {reason}"
            raise DescriptionFileError(self.path, self.line(pointer), reason, pointer) from error

    def _bundle(self, node: Any, pointer: str) -> Any:
        if is_array(node):
            return [self._bundle(item, join_pointer(pointer, index)) for index, item in enumerate(node)]
        if not is_object(node):
            return node
        copy: dict[str, Any] = {}
        for key, value in node.items():
            at = join_pointer(pointer, key)
            if key == "externalValue" and isinstance(value, str) and pointer.count("/examples/"):
                copy["value"] = self.read_example(at, value)
            else:
                copy[key] = self._bundle(value, at)
        return copy


def load(path: Path = DEFAULT) -> Description:
    """Read a description.

    Raises:
        DescriptionFileError: The file is missing, is not YAML 1.2, repeats a key, or holds what JSON cannot.
    """
    data, lines = read_yaml(path)
    if not is_object(data):
        raise DescriptionFileError(path, 1, "a description is a mapping with the key `openapi`")
    return Description(path=path, data=data, lines=lines)


def read_yaml(path: Path) -> tuple[Any, dict[str, int]]:
    """Return the plain value of a YAML file, and the 1-based line of every node by JSON pointer.

    Raises:
        DescriptionFileError: The file is missing, is not YAML 1.2, repeats a key, or holds what JSON cannot.
    """
    try:
        data, lines = parse_yaml(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DescriptionFileError(path, line, f"not UTF-8: {error.reason}") from error
    except OSError as error:
        raise DescriptionFileError(path, 1, error.strerror or str(error)) from error
    except StrictParseError as error:
        raise DescriptionFileError(path, error.line, str(error), join_pointer("", *error.tokens)) from error
    return data, {join_pointer("", *tokens): line for tokens, line in lines.items()}


def _find_below(folder: Path, name: str) -> Path:
    """Return the path of a file in a folder; the bundle is published, so nothing else may get into it."""
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        raise ValueError("it is outside the folder of the description")
    return folder / name
