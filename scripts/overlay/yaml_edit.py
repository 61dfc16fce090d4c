"""Edit a YAML text: change its value, and no line that does not have to change.

A round-trip writer wraps and quotes the whole file in its own style. Here the parsed nodes give positions, and
ruamel.yaml writes each changed piece, which is then inserted. Comments inside a replaced piece are lost.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from scripts.openapi_document import is_array, is_object, same_json
from scripts.strict_parsing import compose_yaml
from scripts.text_and_files import is_invisible, replace_invisible

WIDTH: Final = 120
_STEP: Final = 2
_FEWEST_WORDS: Final = 4
"""A text of fewer words is not folded."""
_QUOTED: Final = frozenset({"says"})
"""Keys whose values are written in double quotes, whatever is in them."""


class _Change(NamedTuple):
    """A replacement: from `start` to `end`, by `text`."""

    start: int
    end: int
    text: str


class _Slot(NamedTuple):
    """The position of a value: after the colon of a key, or after a dash.

    Attributes:
        start: The position right after the colon or the dash.
        column: That of the key or the dash.
        is_item: Whether it is after a dash.
    """

    start: int
    column: int
    is_item: bool


def edit_yaml(text: str, old: Any, new: Any) -> str:
    """Return the text with as few lines changed as it takes to have the value `new`.

    Args:
        text: YAML, a mapping in block style at the top.
        old: Its value.
        new: The value that it is to have.
    """
    before = text.replace("\r\n", "\n")
    changes = _Editor(before).changes(_Slot(0, -_STEP, is_item=False), compose_yaml(before), old, new)
    after = before
    for start, end, replacement in sorted(changes, reverse=True):
        after = after[:start] + replacement + after[end:]
    return after if before == text else _restore_line_ends(text, after)


def escape_in_yaml(text: str) -> str:
    """Escape the invisible characters of a YAML text, whose strings with such characters are in double quotes."""
    return replace_invisible(text, lambda each: f"\\u{ord(each):04x}" if ord(each) < 0x10000 else f"\\U{ord(each):08x}")


def quote_invisible(value: Any) -> Any:
    """Put strings with invisible characters into double quotes, in which they can be escaped."""
    if is_object(value):
        return {quote_invisible(name): quote_invisible(item) for name, item in value.items()}
    if is_array(value):
        return [quote_invisible(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and any(map(is_invisible, value)) else value


def _restore_line_ends(before: str, after: str) -> str:
    """Return the text after a change with the line ends that its lines had before; new lines get the most common."""
    old, new = before.split("\n"), after.split("\n")
    known = [line.removesuffix("\r") for line in old]
    usual = "\r" if before.count("\r\n") * 2 > before.count("\n") else ""
    ends = [usual] * (len(new) - 1) + [""]
    for first, start, size in SequenceMatcher(None, known, new, autojunk=False).get_matching_blocks():
        for offset in range(size):
            if start + offset < len(new) - 1:
                ends[start + offset] = old[first + offset][len(known[first + offset]) :]
    return "\n".join(line + end for line, end in zip(new, ends, strict=True))


class _Editor:
    """Finds what has to change in one text."""

    def __init__(self, text: str) -> None:
        self._text = text

    def changes(self, slot: _Slot, node: Any, old: Any, new: Any) -> Iterator[_Change]:
        """Yield what has to change in the text of a value."""
        if same_json(old, new):
            return
        found: list[_Change] | None = None
        if _is_block(node, "mapping") and is_object(new) and old.keys() & new.keys():
            found = list(self._edit_mapping(node, old, new))
        elif _is_block(node, "sequence") and is_array(new):
            found = self._edit_sequence(node, old, new)
        yield from [self._replace(slot, node, new)] if found is None else found

    def _edit_mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Change]:
        column = node.start_mark.column
        last = node
        for key, value in node.value:
            if key.value in new:
                slot = _Slot(self._text.index(":", key.end_mark.index) + 1, column, is_item=False)
                yield from self.changes(slot, value, old[key.value], new[key.value])
                last = value
            else:
                yield self._remove(key, value)
        added = {key: value for key, value in new.items() if key not in old}
        if added:
            yield self._insert(last, _write_block(added, column))

    def _edit_sequence(self, node: Any, old: list[Any], new: list[Any]) -> list[_Change] | None:
        """Return the changes when items were removed, changed in place, or added at the end; else None."""
        column = node.start_mark.column
        kept = _find_kept(old, new) if len(old) != len(new) else list(range(len(old)))
        if not kept:
            return None
        found: list[_Change] = []
        for index, item in enumerate(node.value):
            dash = self._text.rindex("-", 0, item.start_mark.index + 1)
            if index in kept:
                found += self.changes(_Slot(dash + 1, column, is_item=True), item, old[index], new[kept.index(index)])
            else:
                found.append(self._remove(item, item))
        if len(new) > len(kept):
            found.append(self._insert(node.value[kept[-1]], _write_block(new[len(kept) :], column)))
        return found

    def _replace(self, slot: _Slot, node: Any, new: Any) -> _Change:
        """Replace a value: on the line of its key or dash when the new one is short, else below."""
        end = max(slot.start, self._end(node))
        if not (is_object(new) or is_array(new)):
            room = WIDTH - (slot.start - self._line_start(slot.start)) - 1
            return _Change(slot.start, end, " " + "\n".join(_write_scalar(new, room, slot.column + _STEP)))
        line = _write_inline(new)
        if _is_short(new) and slot.start - self._line_start(slot.start) + 1 + len(line) <= WIDTH:
            return _Change(slot.start, end, f" {line}")
        lines = _write_block(new, slot.column + _STEP)
        return _Change(slot.start, end, " " + "\n".join(lines).lstrip() if slot.is_item else "\n" + "\n".join(lines))

    def _remove(self, first: Any, last: Any) -> _Change:
        """Remove whole lines."""
        return _Change(self._line_start(first.start_mark.index), self._line_end(self._end(last)) + 1, "")

    def _insert(self, node: Any, lines: Sequence[str]) -> _Change:
        """Insert lines after the last line of a node."""
        position = self._line_end(self._end(node))
        return _Change(position, position, "".join(f"\n{line}" for line in lines))

    def _line_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _line_end(self, position: int) -> int:
        found = self._text.find("\n", position)
        return len(self._text) if found < 0 else found

    def _end(self, node: Any) -> int:
        """Return where the text of a node ends; the parser ends a block where the next token starts."""
        if _is_block(node, "mapping") and node.value:
            return self._end(node.value[-1][1])
        if _is_block(node, "sequence") and node.value:
            return self._end(node.value[-1])
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return start + len(self._text[start:end].rstrip())


def _is_block(node: Any, kind: str) -> bool:
    return bool(node.id == kind and not node.flow_style)


def _find_kept(old: list[Any], new: list[Any]) -> list[int]:
    """Return the indices of the old items that the new list starts with, in their order."""
    kept: list[int] = []
    for index, item in enumerate(old):
        if len(kept) < len(new) and same_json(item, new[len(kept)]):
            kept.append(index)
    return kept


def _write_block(value: Any, column: int) -> list[str]:
    """Return the lines of a collection in block style, indented by `column`."""
    if is_object(value):
        pairs = [(f"{_write_inline(key)}:", item) for key, item in value.items()]
    else:
        pairs = [("-", item) for item in value]
    lines: list[str] = []
    for head, item in pairs:
        start = f"{' ' * column}{head} "
        if not (is_object(item) or is_array(item)):
            first, *rest = _write_scalar(item, WIDTH - len(start), column + _STEP)
            lines += [start + first, *rest]
            continue
        line = start + _write_inline(item)
        if _is_short(item) and len(line) <= WIDTH:
            lines.append(line)
            continue
        below = _write_block(item, column + _STEP)
        lines += (
            [line[:column] + f"- {below[0].lstrip()}", *below[1:]] if head == "-" else [line[:column] + head, *below]
        )
    return lines


def _write_scalar(value: Any, room: int, column: int) -> list[str]:
    """Return a scalar on one line, or a long text folded below its key, indented by `column`."""
    line = _write_inline(value)
    words = value.split(" ") if isinstance(value, str) else []
    if len(line) <= room or len(words) < _FEWEST_WORDS or "" in words or not value.isprintable() or value[0] == "#":
        return [line]
    return [
        ">-",
        *textwrap.wrap(
            value,
            WIDTH,
            initial_indent=" " * column,
            subsequent_indent=" " * column,
            break_long_words=False,
            break_on_hyphens=False,
        ),
    ]


def _is_short(value: Any) -> bool:
    """Return whether a value fits one line by its shape: a scalar, or a collection that is not nested deeper."""
    if is_object(value):
        return not any(is_object(item) or (is_array(item) and not _is_short(item)) for item in value.values())
    if is_array(value):
        return not any(is_object(item) or is_array(item) for item in value)
    return True


def _write_inline(value: Any) -> str:
    """Return a value on one line, as ruamel.yaml writes it."""
    writer: Any = YAML(pure=True)
    writer.default_flow_style = True
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.width = 1_000_000
    stream = io.StringIO()
    writer.dump([_quote(quote_invisible(value))], stream)
    return escape_in_yaml(stream.getvalue().strip()).removeprefix("[").removesuffix("]")


def _quote(value: Any, key: str = "") -> Any:
    if is_object(value):
        return {name: _quote(item, name) for name, item in value.items()}
    if is_array(value):
        return [_quote(item) for item in value]
    if isinstance(value, str) and key in _QUOTED and not isinstance(value, DoubleQuotedScalarString):
        return DoubleQuotedScalarString(value)
    # Inside brackets, libyaml refuses plain text that has a colon, such as `https://`.
    return SingleQuotedScalarString(value) if isinstance(value, str) and ":" in value and value.isprintable() else value
