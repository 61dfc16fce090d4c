"""The API key, hidden everywhere except in the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, Self


class Secret:
    """A key that repr, str, format, vars, pickle and copies do not show.

    `header()` returns the `Authorization` header, `hide()` removes the key from a text.
    """

    __slots__ = ("header", "hide")

    def __init__(self, value: str) -> None:
        raw = value.encode("ascii")
        line = (b"Authorization", b"Bearer " + raw)

        def header() -> tuple[bytes, bytes]:
            return line

        def hide(text: bytes) -> bytes:
            return text.replace(raw, b"[the API key]")

        self.header: Callable[[], tuple[bytes, bytes]] = header
        self.hide: Callable[[bytes], bytes] = hide

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
        raise TypeError("an API key cannot be pickled. Create the client in the process that uses it.")
