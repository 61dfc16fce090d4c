"""The API key: removed from the environment, sent in one header, and redacted everywhere else."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from cometapi_suno._config import KEY_VARIABLE, find_key_problem, strip_key

from contract_tests.verifier.exchange.sanitize import Sanitizer
from contract_tests.verifier.exchange.secret_forms import SecretForms
from contract_tests.verifier.live import LiveInputError

BAD_KEY: Final = "sk-no-key-of-anybody-contract-check"
"""The key of requests that must be refused."""
PLACEHOLDER_KEY: Final = "held-by-the-proxy"
"""The key that callers give to the proxy, which does not send it on."""

REDACTED: Final = "[redacted]"

_MIN_LENGTH = 6
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")


class HeldKey:
    """The API key of a live run; repr, str, format, vars, pickle and copies do not show it.

    Args:
        value: The key itself.
    """

    __slots__ = ("_forms", "_value")

    def __init__(self, value: str) -> None:
        self._value: Callable[[], str] = lambda: value
        self._forms = SecretForms([value])

    @classmethod
    def take(cls) -> HeldKey:
        """Take the key from `COMETAPI_KEY` and remove it from the environment.

        Raises:
            LiveInputError: There is none, or it cannot be used. The message does not show it.
        """
        value = strip_key(os.environ.get(KEY_VARIABLE, ""))
        if not value:
            raise LiveInputError(f"no API key: set {KEY_VARIABLE}.")
        problem = find_key_problem(value)
        if problem is not None:
            raise LiveInputError(f"{KEY_VARIABLE} {problem}")
        if len(value) < _MIN_LENGTH:
            raise LiveInputError(
                f"{KEY_VARIABLE} has fewer than {_MIN_LENGTH} characters: too few to redact it safely."
            )
        if value == BAD_KEY:
            raise LiveInputError(f"{KEY_VARIABLE} is the key that this tool uses as a bad one.")
        os.environ.pop(KEY_VARIABLE, None)
        return cls(value)

    @property
    def header(self) -> str:
        """The value of `Authorization`."""
        return f"Bearer {self._value()}"

    def make_scrubber(self, description: Mapping[str, Any] | None = None, *, keep_contents: bool = False) -> Sanitizer:
        """Return a sanitizer that removes the key even where contents are kept."""
        return Sanitizer([self._value()], description, keep_contents=keep_contents)

    def is_in(self, content: bytes) -> bool:
        """Return whether some bytes contain the key, raw or encoded."""
        return self.redact(content) != content

    def redact(self, content: bytes) -> bytes:
        """Return the bytes without the key, raw or encoded."""
        text = self._forms.redact(content.decode("latin-1"), REDACTED)
        text = _BASE64.sub(lambda found: REDACTED if self._forms.is_inside(found[0]) else found[0], text)
        return text.encode("latin-1")

    def __repr__(self) -> str:
        return "HeldKey(...)"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("the key cannot be pickled or copied")
