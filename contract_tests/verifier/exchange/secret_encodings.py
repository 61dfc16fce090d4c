"""A secret under its disguises: percent-encoded, escaped in JSON or HTML, or in base64 at any offset."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator

_SHORTEST = 4
"""A shorter text would be found in what is no secret."""


class Forms:
    """Texts that must not remain, and how to find them.

    Args:
        secrets: The texts as they are. Those of fewer than four letters are left alone.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._cores: set[str] = set()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Look for these too."""
        for secret in secrets:
            if len(secret) >= _SHORTEST and secret not in self._patterns:
                self._patterns[secret] = re.compile("".join(map(_disguises, secret)))
                self._cores.update(_cores(secret))

    def cross_out(self, text: str, instead: str) -> str:
        """The text with something else in the place of each secret; the longest first."""
        for secret in sorted(self._patterns, key=len, reverse=True):
            text = self._patterns[secret].sub(lambda _: instead, text)
        return text

    def inside(self, token: str) -> bool:
        """Whether a run of base64 letters holds a secret."""
        return any(core in token for core in self._cores)


def decoded(token: str) -> Iterator[str]:
    """The texts that a run of base64 letters may stand for, at each of its four offsets."""
    letters = token.rstrip("=").replace("-", "+").replace("_", "/")
    for offset in range(4):
        part = letters[offset:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        try:
            content = base64.b64decode(part + "=" * (-len(part) % 4))
        except (binascii.Error, ValueError):
            continue
        yield content.decode("latin-1")


def _disguises(character: str) -> str:
    """A pattern for one letter in any of its disguises."""
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
    entities = {html.escape(character), f"&#{ord(character)};", f"&#x{ord(character):x};"} - {character}
    found = [f"(?i:{re.escape(each)})" for each in (encoded, escaped, *sorted(entities))]
    found += [re.escape(f"\\{character}")] if character in '/"\\' else []
    found += [r"\+"] if character == " " else []
    return f"(?:{'|'.join([re.escape(character), *found])})"


def _cores(secret: str) -> Iterator[str]:
    """The letters of base64 that stand for a secret whatever stands around it; none when they are too few to tell."""
    content = secret.encode("utf-8", "surrogatepass")
    for offset in range(3):
        # The letters at both ends depend on the neighbours.
        length = (offset + len(content)) * 8 // 6
        core = base64.b64encode(b"\0" * offset + content).decode()[-(-offset * 8 // 6) : length]
        if len(core) >= 6:
            yield core
            yield core.replace("+", "-").replace("/", "_")
