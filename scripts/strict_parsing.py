"""Strict parsing of YAML and JSON: plain values that can be written as JSON again, with the line of each node."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import CollectionEndEvent, CollectionStartEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

# Deeper than anything that is described, and shallower than what any of the tools can follow.
DEEPEST: Final = 50
_MOST: Final = 200_000
_TOO_DEEP: Final = "it is nested too deeply"


class StrictParseError(ValueError):
    """A text that is refused. The message is the reason.

    Attributes:
        line: The 1-based line that it is about.
        tokens: What leads from the root to the node that it is about; empty for the whole text.
    """

    def __init__(self, reason: str, line: int = 1, tokens: tuple[str | int, ...] = ()) -> None:
        super().__init__(reason)
        self.line = line
        self.tokens = tokens


def parse_yaml(text: str) -> tuple[Any, dict[tuple[str | int, ...], int]]:
    """Return the plain value of a YAML text, and the 1-based line of every node by what leads to it.

    Raises:
        StrictParseError: It is not YAML 1.2, repeats a key, or holds what JSON cannot.
    """
    lines: dict[tuple[str | int, ...], int] = {(): 1}
    try:
        root = compose_yaml(text)
        return None if root is None else _convert(root, (), lines), lines
    except ReaderError as error:
        code: int = getattr(error, "character", 0)
        line = text.count("\n", 0, text.index(chr(code))) + 1
        raise StrictParseError(f"the character {code:#06x} is not allowed in YAML", line) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        reason = getattr(error, "problem", None) or error
        raise StrictParseError(str(reason), mark.line + 1 if mark else 1) from error
    except RecursionError as error:
        raise StrictParseError(_TOO_DEEP) from error


def parse_json(text: str, deepest: int | None = None) -> Any:
    """Return the plain value of a JSON text, which may be nested as deep as `deepest`, if that is given.

    Raises:
        StrictParseError: It is not JSON, repeats a key, holds what JSON in UTF-8 cannot, or is nested too deeply.
    """
    try:
        value = json.loads(
            text, parse_constant=_refuse_constant, parse_float=_parse_float, object_pairs_hook=_build_object
        )
        if deepest is not None and _depth(value) > deepest:
            raise StrictParseError(_TOO_DEEP)
        return _check_json(value)
    except json.JSONDecodeError as error:
        raise StrictParseError(error.msg, error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise StrictParseError(_explain(error)) from error


class _UntypedResolver(VersionedResolver):
    """Leaves the types of scalars to `_scalar`: trying ruamel.yaml's patterns takes half of the time of reading."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # noqa: ARG002
        """Return the tag of a node without one."""
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return self.DEFAULT_MAPPING_TAG if kind is MappingNode else self.DEFAULT_SEQUENCE_TAG


@lru_cache(maxsize=2)
def compose_yaml(text: str) -> Any:
    """Return the nodes of a YAML text, whose scalars are all strings. One run reads the same description several times.

    Raises:
        YAMLError: It is not YAML.
        RecursionError: It is nested too deeply.
    """
    reader: Any = YAML(typ="safe")  # parses in C where ruamel.yaml.clib is installed
    depth = 0
    for event in reader.parse(text):  # not recursive, as composing is: too deep a text would end the process
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > 10 * DEEPEST:
            raise RecursionError
    composer: Any = YAML(typ="safe")
    composer.Resolver = _UntypedResolver
    return composer.compose(text)


def _convert(node: Any, tokens: tuple[str | int, ...], lines: dict[tuple[str | int, ...], int]) -> Any:
    line = node.start_mark.line + 1
    if len(tokens) > DEEPEST:
        raise StrictParseError(_TOO_DEEP, line)
    if len(lines) > _MOST:  # aliases can make a text of 300 bytes as large as the memory
        raise StrictParseError(f"it has more than {_MOST} nodes", line)
    if _FOREIGN_TAG.fullmatch(node.tag or ""):
        raise StrictParseError(f"the tag {node.tag} is not of JSON. Remove it", line, tokens)
    if node.id == "sequence":
        items: list[Any] = []
        for index, item in enumerate(node.value):
            at = (*tokens, index)
            lines[at] = item.start_mark.line + 1
            items.append(_convert(item, at, lines))
        return items
    if node.id == "mapping":
        mapping: dict[str, Any] = {}
        for key_node, value in node.value:
            key_line, key = key_node.start_mark.line + 1, key_node.value
            if not _is_text(key_node):
                raise StrictParseError("a key is not a string. Put it in quotes", key_line, tokens)
            at = (*tokens, key)
            if key in mapping:
                raise StrictParseError("the key is here twice", key_line, at)
            lines[at] = key_line
            mapping[key] = _convert(value, at, lines)
        return mapping
    try:
        return _scalar(node)
    except ValueError as error:
        raise StrictParseError(_explain(error), line, tokens) from error


def _scalar(node: Any) -> Any:
    """Return the value of a scalar by the core schema of YAML 1.2, whatever version the parser speaks."""
    text = str(node.value)
    if _is_text(node):
        return text
    return _check_json(next(value(text) for pattern, value in _CORE_SCHEMA if pattern.fullmatch(text)))


def _is_text(node: Any) -> bool:
    if node.id != "scalar":
        return False
    return bool(node.style) or _is_plain_string(node.value)  # a style means quotes or a block


@lru_cache(maxsize=1 << 12)  # keys repeat
def _is_plain_string(text: str) -> bool:
    return not any(pattern.fullmatch(text) for pattern, _ in _CORE_SCHEMA)


def _parse_float(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_constant(text)


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON value")


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object. `json.loads` would keep one of two equal keys."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the name {key!r} is repeated in one object")
        found[key] = value
    return found


def _check_json(value: Any) -> Any:
    """Return the value itself.

    Raises:
        ValueError: It cannot be written as JSON in UTF-8 again.
    """
    json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    return value


def _depth(value: Any) -> int:
    match value:
        case {**members}:
            return 1 + max(map(_depth, members.values()), default=0)
        case [*items]:
            return 1 + max(map(_depth, items), default=0)
        case _:
            return 1


def _explain(error: Exception) -> str:
    """Return what is wrong, in one line without Python's advice to its users."""
    if isinstance(error, RecursionError):
        return _TOO_DEEP
    if isinstance(error, UnicodeEncodeError):
        return "a text has half a surrogate pair"
    return str(error).partition(";")[0]


_FOREIGN_TAG: Final = re.compile(
    r"!.+|tag:yaml\.org,2002:(?!(str|int|float|bool|null|seq|map|timestamp|merge|value)$).*"
)
_CORE_SCHEMA: Final[tuple[tuple[re.Pattern[str], Callable[[str], Any]], ...]] = (
    (re.compile("|~|null|Null|NULL"), lambda _: None),
    (re.compile("true|True|TRUE"), lambda _: True),
    (re.compile("false|False|FALSE"), lambda _: False),
    (re.compile("[-+]?[0-9]+"), int),
    (re.compile("0o[0-7]+"), lambda text: int(text, 8)),
    (re.compile("0x[0-9a-fA-F]+"), lambda text: int(text, 16)),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), _parse_float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"), _refuse_constant),
)
