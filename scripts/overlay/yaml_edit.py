"""Change a YAML text so that it means something else, and leave every line that need not change as it is.

A parser that writes a whole file again wraps and quotes as it likes. Here the nodes only tell the places; the pieces
that change are written by ruamel.yaml and put in between. Comments inside a piece that is replaced go with it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString

from scripts.openapi_document import is_array, is_object

WIDTH: Final = 120
_STEP: Final = 2
_QUOTED: Final = frozenset({"says"})
"""Keys whose values are written in double quotes, whatever is in them."""


class _Change(NamedTuple):
    """A piece of the text and what comes in its place."""

    start: int
    end: int
    text: str


class _Slot(NamedTuple):
    """Where a value stands: behind the colon of a key, or behind a dash.

    Attributes:
        start: The place right behind the colon or the dash.
        column: That of the key or the dash.
        is_item: Whether it stands behind a dash.
    """

    start: int
    column: int
    is_item: bool


def edit(text: str, old: Any, new: Any) -> str:
    """The text with as few lines changed as it takes for it to mean `new`.

    Args:
        text: YAML, a mapping in block style at the top.
        old: What it means, as plain values.
        new: What it should mean.
    """
    reader: Any = YAML(typ="safe")  # parses in C where ruamel.yaml.clib is installed; the marks are the same
    root: Any = reader.compose(text)
    changes = _Editor(text).changes(_Slot(0, -_STEP, is_item=False), root, old, new)
    for start, end, instead in sorted(changes, reverse=True):
        text = text[:start] + instead + text[end:]
    return text


class _Editor:
    """Finds the places in one text.

    Args:
        text: The text as it was.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def changes(self, slot: _Slot, node: Any, old: Any, new: Any) -> Iterator[_Change]:
        """What has to change in the text of a value."""
        if same(old, new):
            return
        found: list[_Change] | None = None
        if _is_block(node, "mapping") and is_object(new) and old.keys() & new.keys():
            found = list(self._in_mapping(node, old, new))
        elif _is_block(node, "sequence") and is_array(new):
            found = self._in_sequence(node, old, new)
        yield from [self._instead(slot, node, new)] if found is None else found

    def _in_mapping(self, node: Any, old: dict[str, Any], new: dict[str, Any]) -> Iterator[_Change]:
        column = node.start_mark.column
        last = node
        for key, value in node.value:
            if key.value in new:
                slot = _Slot(self._text.index(":", key.end_mark.index) + 1, column, is_item=False)
                yield from self.changes(slot, value, old[key.value], new[key.value])
                last = value
            else:
                yield self._without(key, value)
        added = {key: value for key, value in new.items() if key not in old}
        if added:
            yield self._after(last, _block(added, column))

    def _in_sequence(self, node: Any, old: list[Any], new: list[Any]) -> list[_Change] | None:
        """The changes when items were taken out, changed where they stand, or added at the end; else `None`."""
        column = node.start_mark.column
        kept = _kept(old, new) if len(old) != len(new) else list(range(len(old)))
        if not kept:
            return None
        found: list[_Change] = []
        for index, item in enumerate(node.value):
            dash = self._text.rindex("-", 0, item.start_mark.index + 1)
            if index in kept:
                found += self.changes(_Slot(dash + 1, column, is_item=True), item, old[index], new[kept.index(index)])
            else:
                found.append(self._without(item, item))
        if len(new) > len(kept):
            found.append(self._after(node.value[kept[-1]], _block(new[len(kept) :], column)))
        return found

    def _instead(self, slot: _Slot, node: Any, new: Any) -> _Change:
        """Another value in the place of one: on the line of its key or dash when it is short, else below."""
        end = max(slot.start, self._end(node))
        line = _inline(new)
        if _is_short(new) and slot.start - self._line_start(slot.start) + 1 + len(line) <= WIDTH:
            return _Change(slot.start, end, f" {line}")
        lines = _block(new, slot.column + _STEP)
        return _Change(slot.start, end, " " + "\n".join(lines).lstrip() if slot.is_item else "\n" + "\n".join(lines))

    def _without(self, first: Any, last: Any) -> _Change:
        """Nothing in the place of whole lines."""
        return _Change(self._line_start(first.start_mark.index), self._line_end(self._end(last)) + 1, "")

    def _after(self, node: Any, lines: Sequence[str]) -> _Change:
        """Lines below the last line of a node."""
        place = self._line_end(self._end(node))
        return _Change(place, place, "".join(f"\n{line}" for line in lines))

    def _line_start(self, place: int) -> int:
        return self._text.rfind("\n", 0, place) + 1

    def _line_end(self, place: int) -> int:
        found = self._text.find("\n", place)
        return len(self._text) if found < 0 else found

    def _end(self, node: Any) -> int:
        """Where the text of a node ends: that of a block is said to end where the next thing starts."""
        if _is_block(node, "mapping") and node.value:
            return self._end(node.value[-1][1])
        if _is_block(node, "sequence") and node.value:
            return self._end(node.value[-1])
        start, end = int(node.start_mark.index), int(node.end_mark.index)
        return start + len(self._text[start:end].rstrip())


def _is_block(node: Any, kind: str) -> bool:
    return bool(node.id == kind and not node.flow_style)


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are the same, of the same types all through: 1, 1.0 and true are three."""
    if is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(same(item, other[key]) for key, item in one.items())
    if is_array(one) and is_array(other):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and bool(one == other)


def _kept(old: list[Any], new: list[Any]) -> list[int]:
    """The places of the old items that the new list starts with, in their order."""
    kept: list[int] = []
    for index, item in enumerate(old):
        if len(kept) < len(new) and same(item, new[len(kept)]):
            kept.append(index)
    return kept


def _block(value: Any, column: int) -> list[str]:
    """A collection in block style, its lines indented by `column`."""
    if is_object(value):
        pairs = [(f"{_inline(key)}:", item) for key, item in value.items()]
    else:
        pairs = [("-", item) for item in value]
    lines: list[str] = []
    for head, item in pairs:
        line = f"{' ' * column}{head} {_inline(item)}"
        if _is_short(item) and (len(line) <= WIDTH or not (is_object(item) or is_array(item))):
            lines.append(line)
            continue
        below = _block(item, column + _STEP)
        lines += (
            [line[:column] + f"- {below[0].lstrip()}", *below[1:]] if head == "-" else [line[:column] + head, *below]
        )
    return lines


def _is_short(value: Any) -> bool:
    """Whether a value may stand on one line: an object or a list that holds no object which holds more."""
    if is_object(value):
        return not any(is_object(item) or (is_array(item) and not _is_short(item)) for item in value.values())
    if is_array(value):
        return not any(is_object(item) or is_array(item) for item in value)
    return True


def _inline(value: Any) -> str:
    """A value on one line, as ruamel.yaml writes it."""
    writer: Any = YAML(pure=True)
    writer.default_flow_style = True
    writer.allow_unicode = True
    writer.brace_single_entry_mapping_in_flow_sequence = True
    writer.width = 1_000_000
    stream = io.StringIO()
    writer.dump([_quoted(value)], stream)
    return stream.getvalue().strip().removeprefix("[").removesuffix("]")


def _quoted(value: Any, key: str = "") -> Any:
    if is_object(value):
        return {name: _quoted(item, name) for name, item in value.items()}
    if is_array(value):
        return [_quoted(item) for item in value]
    if isinstance(value, str) and key in _QUOTED:
        return DoubleQuotedScalarString(value)
    # libyaml reads no plain text with a colon in it inside brackets, as `https://` has.
    return SingleQuotedScalarString(value) if isinstance(value, str) and ":" in value and value.isprintable() else value
