"""The API key and the access token: removed from the environment, sent in one header, redacted everywhere else."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Final

from cometapi_suno._config import KEY_VARIABLE, TOKEN_VARIABLE, find_key_problem, strip_key
from cometapi_suno_mock import Contract

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.sanitize import Sanitizer, make_redactor
from contract_tests.verifier.live.planned_requests import KeyChoice

BAD_KEY: Final = "sk-no-key-of-anybody-contract-check"
"""The key of requests that must be refused."""
PLACEHOLDER_KEY: Final = "held-by-the-proxy"
"""The key that callers give to the proxy, which does not send it on."""

_MIN_LENGTH = 6


class HeldSecrets:
    """The secrets of a live run; repr, str, format, vars, pickle and copies do not show them.

    Args:
        key: The API key.
        token: The access token of the account; empty for none.
    """

    __slots__ = ("_redact", "_values")

    def __init__(self, key: str, token: str = "") -> None:
        values = {KeyChoice.REAL: key, KeyChoice.BAD: BAD_KEY} | ({KeyChoice.TOKEN: token} if token else {})
        self._values: Callable[[], Mapping[KeyChoice, str]] = lambda: values
        self._redact = make_redactor(self._list())

    @classmethod
    def take(cls) -> HeldSecrets:
        """Take both from `COMETAPI_KEY` and `COMETAPI_ACCESS_TOKEN` and remove them from the environment.

        Raises:
            VerifierInputError: The key is missing, or one of them cannot be used. The message does not show it.
        """
        key, token = _read_variable(KEY_VARIABLE), _read_variable(TOKEN_VARIABLE)
        if not key:
            raise VerifierInputError(f"no API key: set {KEY_VARIABLE}.")
        for variable in (KEY_VARIABLE, TOKEN_VARIABLE):
            os.environ.pop(variable, None)
        return cls(key, token)

    def authorize(self, choice: KeyChoice) -> str:
        """Return the value of `Authorization`.

        Raises:
            ValueError: The access token is missing.
        """
        if choice not in self._values():
            raise ValueError("the access token is missing")
        return f"Bearer {self._values()[choice]}"

    def make_scrubber(self, contract: Contract | None = None, *, keep_contents: bool = False) -> Sanitizer:
        """Return a sanitizer that removes the secrets even where contents are kept."""
        return Sanitizer(self._list(), contract, keep_contents=keep_contents)

    def is_in(self, content: bytes) -> bool:
        """Return whether some bytes contain a secret, in whatever form it is written."""
        return self.redact(content) != content

    def redact(self, content: bytes) -> bytes:
        """Return the bytes without the secrets, in whatever form they are written."""
        return self._redact(content)

    def _list(self) -> list[str]:
        return [value for choice, value in self._values().items() if choice is not KeyChoice.BAD]

    def __repr__(self) -> str:
        return "HeldSecrets(...)"

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        raise TypeError("the secrets cannot be pickled or copied")


def has_token() -> bool:
    """Return whether the environment has an access token."""
    return bool(strip_key(os.environ.get(TOKEN_VARIABLE, "")))


def _read_variable(variable: str) -> str:
    """Return a secret from the environment; empty if it is not set."""
    value = strip_key(os.environ.get(variable, ""))
    problem = find_key_problem(value) if value else None
    if problem is not None:
        raise VerifierInputError(f"{variable} {problem}")
    if value and len(value) < _MIN_LENGTH:
        raise VerifierInputError(f"{variable} has fewer than {_MIN_LENGTH} characters: too few to redact it safely.")
    if value == BAD_KEY:
        raise VerifierInputError(f"{variable} is the key that this tool uses as a bad one.")
    return value
