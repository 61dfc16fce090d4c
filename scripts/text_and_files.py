"""Small helpers for text and files that several tools need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

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
