"""Small helpers for text and files that several tools need."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
"""Unicode categories of characters without a glyph: control, direction, lone surrogates, line separators."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def format_count(number: int, noun: str) -> str:
    """Return a number with its noun: `1 finding`, `2 findings`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def kebab_case(name: str) -> str:
    """Return a camelCase name in kebab-case: `createPersona` -> `create-persona`."""
    return _HUMP.sub("-", name).lower()


def snake_case(name: str) -> str:
    """Return a camelCase name in snake_case: `PersonaClip` -> `persona_clip`."""
    return _HUMP.sub("_", name).lower()


def is_invisible(character: str) -> bool:
    """Return whether a character has no glyph; line feeds and tabs do not count."""
    return character not in "\n\t" and unicodedata.category(character) in _INVISIBLE


def replace_invisible(text: str, escape: Callable[[str], str]) -> str:
    """Replace every invisible character by what `escape` makes of it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(escape(each) if is_invisible(each) else each for each in text)


def escape_invisible(text: str) -> str:
    """Write every invisible character as an escape; keep line feeds and tabs."""
    return replace_invisible(text, lambda character: f"\\u{{{ord(character):x}}}")


def to_line(text: str) -> str:
    """Escape invisible characters and join the lines."""
    return " ".join(escape_invisible(text).split())


def shorten(text: str, longest: int = 160) -> str:
    """Write a text in one line; a long text is cut and its length is appended."""
    flat = to_line(text[: 4 * longest])
    return flat if len(flat) <= longest and len(text) <= 4 * longest else f"{flat[:longest]}… ({len(text)} characters)"


def format_workflow_command(level: str, text: str, *, file: str, line: int, title: str) -> str:
    """Return a workflow command of GitHub, shown at a line of a file. No text can end it or start another one."""
    properties = f"file={_escape_property(file)},line={line},title={_escape_property(title)}"
    return f"::{level} {properties}::{_escape_data(text)}"


def format_path(path: Path) -> str:
    """Return a path as messages name it: relative to the working directory when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def write_atomically(path: Path, content: str | bytes) -> Path:
    """Write a file so that it is whole or as it was, and return its path. Text is UTF-8 with the line ends it has.

    Raises:
        OSError: It cannot be written; no other file is left.
    """
    scratch = path.with_name(f"{path.name}.new")
    try:
        scratch.write_bytes(content.encode() if isinstance(content, str) else content)
        return scratch.replace(path)
    except OSError:
        scratch.unlink(missing_ok=True)
        raise


def _escape_data(text: str) -> str:
    return escape_invisible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape_data(text).replace(":", "%3A").replace(",", "%2C")
