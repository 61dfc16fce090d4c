"""Read `openapi/suno.yaml`: plain values, the line of every node, and the form with the examples in place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeGuard

import attrs
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.reader import ReaderError

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
"""The members of a path that are operations."""
DEFAULT: Final = Path(__file__).resolve().parent.parent / "openapi" / "suno.yaml"


class DescriptionError(Exception):
    """The description cannot be used. The message is `file:line: pointer: reason`.

    Attributes:
        reason: What is wrong, without the place.
        pointer: The node that it is about, as a JSON pointer; empty for the whole file.
    """

    def __init__(self, path: Path, line: int, reason: str, pointer: str = "") -> None:
        where = f"{pointer}: " if pointer else ""
        super().__init__(f"{shown(path)}:{line}: {where}{reason}")
        self.reason = reason
        self.pointer = pointer


@attrs.frozen
class Description:
    """The description as written.

    Attributes:
        path: The YAML file. Example files are looked up beside it.
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
            DescriptionError: An example file is missing or is not JSON.
        """
        bundle: dict[str, Any] = self._bundle(self.data, "")
        return bundle

    def read_example(self, pointer: str, external_value: str) -> Any:
        """Return the content of the example file that the node at `pointer` names.

        Raises:
            DescriptionError: The file is missing or is not JSON.
        """
        try:
            text = (self.path.parent / external_value).read_text("utf-8")
            value = json.loads(text, parse_constant=_refuse, object_pairs_hook=_without_repeats)
            return _writable(value)
        except (OSError, ValueError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else _reason(error)
            reason = f"cannot read {external_value}: {reason}"
            raise DescriptionError(self.path, self.line(pointer), reason, pointer) from error

    def _bundle(self, node: Any, pointer: str) -> Any:
        if is_array(node):
            return [self._bundle(item, join(pointer, index)) for index, item in enumerate(node)]
        if not is_object(node):
            return node
        copy: dict[str, Any] = {}
        for key, value in node.items():
            at = join(pointer, key)
            if key == "externalValue" and isinstance(value, str) and pointer.count("/examples/"):
                copy["value"] = self.read_example(at, value)
            else:
                copy[key] = self._bundle(value, at)
        return copy


def load(path: Path = DEFAULT) -> Description:
    """Read a description.

    Raises:
        DescriptionError: The file is missing, is not YAML 1.2, repeats a key, or holds what JSON cannot.
    """
    data, lines = read(path)
    if not is_object(data):
        raise DescriptionError(path, 1, "a description is a mapping with the key `openapi`")
    return Description(path=path, data=data, lines=lines)


def read(path: Path) -> tuple[Any, dict[str, int]]:
    """The plain value of a YAML file, and the 1-based line of every node by JSON pointer.

    Raises:
        DescriptionError: The file is missing, is not YAML 1.2, repeats a key, or holds what JSON cannot.
    """
    lines: dict[str, int] = {"": 1}
    text = ""
    try:
        text = path.read_text("utf-8")
        root = _composed(text)
        return None if root is None else _plain(root, "", path, lines), lines
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise DescriptionError(path, line, f"not UTF-8: {error.reason}") from error
    except ReaderError as error:
        code: int = getattr(error, "character", 0)
        line = text.count("\n", 0, text.index(chr(code))) + 1
        raise DescriptionError(path, line, f"the character {code:#06x} may not stand here") from error
    except (OSError, YAMLError) as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        raise DescriptionError(path, mark.line + 1 if mark else 1, str(reason)) from error
    except RecursionError as error:
        raise DescriptionError(path, 1, _reason(error)) from error


def shown(path: Path) -> str:
    """Return a path as messages name it: relative to the working directory when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def join(pointer: str, token: str | int) -> str:
    """Return the JSON pointer of a child."""
    return f"{pointer}/{str(token).replace('~', '~0').replace('/', '~1')}"


def split(pointer: str) -> list[str]:
    """Return the tokens of a JSON pointer."""
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:]]


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a plain value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Tell whether a plain value is a JSON array."""
    return isinstance(value, list)


@lru_cache(maxsize=2)
def _composed(text: str) -> Any:
    """The nodes of a YAML text: one run reads the same description several times."""
    reader: Any = YAML(typ="safe")  # parses in C where ruamel.yaml.clib is installed
    return reader.compose(text)


def _plain(node: Any, pointer: str, path: Path, lines: dict[str, int]) -> Any:
    if pointer.count("/") > _DEEPEST:
        raise DescriptionError(path, node.start_mark.line + 1, _TOO_DEEP)
    if node.id == "sequence":
        items: list[Any] = []
        for index, item in enumerate(node.value):
            at = join(pointer, index)
            lines[at] = item.start_mark.line + 1
            items.append(_plain(item, at, path, lines))
        return items
    if node.id == "mapping":
        mapping: dict[str, Any] = {}
        for key_node, value in node.value:
            line, key = key_node.start_mark.line + 1, key_node.value
            if not _is_text(key_node):
                raise DescriptionError(path, line, "a key is not a string. Put it in quotes", pointer)
            at = join(pointer, key)
            if key in mapping:
                raise DescriptionError(path, line, "the key stands here twice", at)
            lines[at] = line
            mapping[key] = _plain(value, at, path, lines)
        return mapping
    try:
        return _scalar(node)
    except ValueError as error:
        line = node.start_mark.line + 1
        raise DescriptionError(path, line, _reason(error), pointer) from error


def _scalar(node: Any) -> Any:
    """Return what a scalar stands for by the core schema of YAML 1.2, whatever version the parser speaks."""
    text = str(node.value)
    if _is_text(node):
        return text
    return _writable(next(value(text) for pattern, value in _CORE_SCHEMA if pattern.fullmatch(text)))


def _is_text(node: Any) -> bool:
    if node.id != "scalar":
        return False
    # A style means quotes or a block.
    return bool(node.style) or not any(pattern.fullmatch(node.value) for pattern, _ in _CORE_SCHEMA)


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is no JSON value")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of an example. Of two equal keys, JSON readers would keep one."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands twice in an object")
        found[key] = value
    return found


def _writable(value: Any) -> Any:
    """The value itself.

    Raises:
        ValueError: It cannot be written as JSON in UTF-8 again, or is nested deeper than the tools follow it.
    """
    if _depth(value) > _DEEPEST:
        raise ValueError(_TOO_DEEP)
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


def _depth(value: Any) -> int:
    inner = value.values() if is_object(value) else value if is_array(value) else ()
    return 1 + max(map(_depth, inner), default=0)


def _reason(error: Exception) -> str:
    """What is wrong, in one line without Python's advice to its own users."""
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    return str(error).partition(";")[0]


# Deeper than anything that is described, and shallower than what any of the tools can follow.
_DEEPEST: Final = 50
_TOO_DEEP: Final = "it is nested too deeply"


_CORE_SCHEMA: Final[tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]] = (
    (re.compile("|~|null|Null|NULL"), lambda _: None),
    (re.compile("true|True|TRUE"), lambda _: True),
    (re.compile("false|False|FALSE"), lambda _: False),
    (re.compile("[-+]?[0-9]+"), int),
    (re.compile("0o[0-7]+"), lambda text: int(text, 8)),
    (re.compile("0x[0-9a-fA-F]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _refuse),
)
