"""An HTTP answer as plain data: status, headers, bytes. It outlives the connection and can be pickled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any


class Headers(Mapping[str, str]):
    """Response headers: names in any case, repeated ones joined by a comma."""

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self._items: dict[str, str] = {}
        for name, value in items:
            key = name.lower()
            self._items[key] = f"{self._items[key]}, {value}" if key in self._items else value

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"Headers({list(self._items)})"


class Response:
    """What the server answered.

    Attributes:
        status_code: HTTP status as a plain int.
        headers: Response headers, names in any case.
        content: The body's bytes, decompressed.
    """

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, status_code: int, headers: Headers, content: bytes) -> None:
        self.status_code = status_code
        self.headers = headers
        self.content = content

    @property
    def text(self) -> str:
        """The body as text; bytes that are no UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body parsed as JSON.

        Raises:
            ValueError: The body is no JSON.
        """
        return parse_json(self.content)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


_decoder = json.JSONDecoder(parse_constant=_refuse_constant)


def parse_json(content: bytes) -> Any:
    """Parse UTF-8 JSON.

    Raises:
        ValueError: Not UTF-8, not JSON, or nested too deep.
    """
    try:
        return _decoder.decode(content.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deep") from None
