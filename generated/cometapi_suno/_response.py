"""HTTP responses as data: status, headers and body. They do not depend on a connection and can be pickled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._json_parser import parse_json

if TYPE_CHECKING:
    from ._secret import Secret


class Headers(Mapping[str, str]):
    """Response headers. Names ignore case; the values of a repeated header are joined by commas."""

    __slots__ = ("_items", "_raw")

    def __init__(self, raw: Sequence[tuple[bytes, bytes]]) -> None:
        self._raw = raw
        self._items: dict[str, str] | None = None

    def _decoded(self) -> dict[str, str]:
        if self._items is None:
            items: dict[str, str] = {}
            for raw_name, raw_value in self._raw:
                name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
                items[name] = f"{items[name]}, {value}" if name in items else value
            self._items = items
        return self._items

    def __getitem__(self, name: str) -> str:
        return self._decoded()[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._decoded())

    def __len__(self) -> int:
        return len(self._decoded())

    def hiding(self, hide: Callable[[bytes], bytes]) -> Headers:
        """Return the headers with `hide` applied to every value. It rarely changes one, so try all at once first."""
        values = b"\0".join([value for _, value in self._raw])
        return self if hide(values) == values else Headers([(name, hide(value)) for name, value in self._raw])

    def __repr__(self) -> str:
        return f"Headers({list(self)})"


class Response:
    """An HTTP response.

    Attributes:
        status_code: HTTP status as an int.
        headers: Response headers; names ignore case.
        content: The decompressed body.
    """

    __slots__ = ("content", "headers", "status_code")

    def __init__(self, status_code: int, headers: Headers, content: bytes) -> None:
        self.status_code: int = status_code
        self.headers: Headers = headers
        self.content: bytes = content

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """Parse the body as JSON.

        Raises:
            ValueError: The body is not JSON.
        """
        return parse_json(self.content)

    def hide(self, key: Secret) -> None:
        """Remove the API key if the server sent it back: errors, logs and results are made from this response."""
        self.content = key.hide(self.content)
        self.headers = self.headers.hiding(key.hide)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"
