"""Secrets, the API key and the access token: hidden everywhere except in the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, Self

_MIN_LENGTH = 6


class Secret:
    """A secret that repr, str, format, vars, pickle and copies do not show.

    `header()` returns the `Authorization` header, `hide()` removes the secret from bytes, in whatever form it is
    written.

    Args:
        value: The secret.
        label: What `hide` writes in its place, in brackets; `[...]` in the place of a secret that is shorter.

    Attributes:
        redactable: The secret is long enough to be found: a shorter one appears in ordinary text by chance, and stays.
    """

    __slots__ = ("header", "hide", "redactable")

    def __init__(self, value: str, label: str = "the API key") -> None:
        raw = value.encode("ascii")
        line = (b"Authorization", b"Bearer " + raw)
        redactor: Callable[[bytes], bytes] | None = None

        def header() -> tuple[bytes, bytes]:
            return line

        def hide(text: bytes) -> bytes:
            nonlocal redactor
            if len(raw) < _MIN_LENGTH:
                return text
            if redactor is None:
                from ._redaction import make_redactor

                mask = f"[{label}]".encode()
                # A longer mask would let a text grow that repeats the secret.
                redactor = make_redactor(raw, mask if len(mask) <= len(raw) else b"[...]")
            return redactor(text)

        self.header: Callable[[], tuple[bytes, bytes]] = header
        self.hide: Callable[[bytes], bytes] = hide
        self.redactable: bool = len(raw) >= _MIN_LENGTH

    def with_other(self, other: Secret) -> Secret:
        """Return this secret, which then hides another one too."""
        hide_own, hide_other = self.hide, other.hide
        both = object.__new__(Secret)
        both.header = self.header
        both.hide = lambda text: hide_other(hide_own(text))
        both.redactable = self.redactable and other.redactable
        return both

    def hide_text(self, text: str) -> str:
        """Remove the secret from a text."""
        return self.hide(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def __repr__(self) -> str:
        return "Secret(...)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Never:
        raise TypeError("a secret cannot be pickled. Create the client in the process that uses it.")
