"""The API key in text: raw, percent-encoded, escaped, or in base64 at any offset."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Iterator

_SHORTEST = 4
"""Shorter texts would match too much that is not secret."""


class SecretForms:
    """Finds secrets raw, percent-encoded, escaped in JSON or HTML, or in base64 at any offset.

    Args:
        secrets: The raw texts. Those of fewer than four characters are ignored.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._cores: set[str] = set()
        self.add(secrets)

    def add(self, secrets: Iterable[str]) -> None:
        """Find these secrets too."""
        for secret in secrets:
            if len(secret) >= _SHORTEST and secret not in self._patterns:
                self._patterns[secret] = re.compile("".join(map(_match_encoded, secret)))
                self._cores.update(_find_cores(secret))

    def redact(self, text: str, replacement: str) -> str:
        """Replace each secret in a text, the longest first."""
        for secret in sorted(self._patterns, key=len, reverse=True):
            text = self._patterns[secret].sub(lambda _: replacement, text)
        return text

    def is_inside(self, token: str) -> bool:
        """Return whether a run of base64 letters contains a secret."""
        return any(core in token for core in self._cores)


def _match_encoded(character: str) -> str:
    """Return a pattern of one character, raw or encoded."""
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "surrogatepass"))
    units = character.encode("utf-16-be", "surrogatepass")
    escaped = "".join(f"\\u{units[index : index + 2].hex()}" for index in range(0, len(units), 2))
    entities = {html.escape(character), f"&#{ord(character)};", f"&#x{ord(character):x};"} - {character}
    found = [f"(?i:{re.escape(each)})" for each in (encoded, escaped, *sorted(entities))]
    found += [re.escape(f"\\{character}")] if character in '/"\\' else []
    found += [r"\+"] if character == " " else []
    return f"(?:{'|'.join([re.escape(character), *found])})"


def _find_cores(secret: str) -> Iterator[str]:
    """Yield the base64 letters of a secret that do not depend on its neighbours; nothing when they are too few."""
    content = secret.encode("utf-8", "surrogatepass")
    for offset in range(3):
        # The letters at both ends depend on the neighbours.
        length = (offset + len(content)) * 8 // 6
        core = base64.b64encode(b"\0" * offset + content).decode()[-(-offset * 8 // 6) : length]
        if len(core) >= 6:
            yield core
            yield core.replace("+", "-").replace("/", "_")
