"""The API key: taken out of the environment once, shown in one header, and crossed out of everything else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Final

from contract_tests.verifier.exchange.sanitize import GONE, Scrubber
from contract_tests.verifier.exchange.secret_encodings import Forms
from contract_tests.verifier.live.errors import BadInputError

VARIABLE: Final = "COMETAPI_KEY"
BAD_KEY: Final = "sk-no-key-of-anybody-contract-check"
"""What is sent where a key that is refused is wanted."""
PLACEHOLDER: Final = "held-by-the-proxy"
"""What callers of the proxy give as a key. It goes nowhere."""

_SHORTEST = 6
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")


class Key:
    """The API key. repr, str, format, vars, pickle and copies do not show it.

    Args:
        value: The key itself.
    """

    __slots__ = ("_forms", "_value")

    def __init__(self, value: str) -> None:
        self._value: Callable[[], str] = lambda: value
        self._forms = Forms([value])

    @classmethod
    def take(cls) -> Key:
        """The key from `COMETAPI_KEY`, which is gone from the environment afterwards.

        Raises:
            BadInputError: There is none, or it cannot be used. The key is not shown.
        """
        value = os.environ.get(VARIABLE, "").strip("\ufeff \t\r\n")
        if not value:
            raise BadInputError(f"no API key: set {VARIABLE}.")
        if value.lower().startswith("bearer "):
            raise BadInputError(f"{VARIABLE} starts with 'Bearer '. Set it to the key alone.")
        if not all("!" <= character <= "~" for character in value):
            raise BadInputError(f"{VARIABLE} has a space, a line break or a non-ASCII character inside.")
        if len(value) < _SHORTEST:
            raise BadInputError(
                f"{VARIABLE} has fewer than {_SHORTEST} characters: it could not be told from other text."
            )
        if value == BAD_KEY:
            raise BadInputError(f"{VARIABLE} is the key that stands for a bad one.")
        os.environ.pop(VARIABLE, None)
        return cls(value)

    @property
    def header(self) -> str:
        """The value of `Authorization`."""
        return f"Bearer {self._value()}"

    def scrubber(self) -> Scrubber:
        """What takes the key, and everything else that nobody should read, out of exchanges."""
        return Scrubber([self._value()])

    def is_in(self, content: bytes) -> bool:
        """Whether some bytes hold the key in any of its forms."""
        return self.cross_out(content) != content

    def cross_out(self, content: bytes) -> bytes:
        """The bytes without the key in any of its forms; the same bytes when it is not in them."""
        text = self._forms.cross_out(content.decode("latin-1"), GONE)
        text = _BASE64.sub(lambda found: GONE if self._forms.inside(found[0]) else found[0], text)
        return text.encode("latin-1")

    def __repr__(self) -> str:
        return "Key(...)"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("the key stays in its process")
