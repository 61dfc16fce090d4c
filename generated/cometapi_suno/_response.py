"""An HTTP answer as plain data: status, headers, bytes. It outlives the connection and can be pickled."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._json_parser import parse_json

if TYPE_CHECKING:
    from ._secret import Secret


class Headers(Mapping[str, str]):
    """Response headers: names in any case, repeated ones joined by a comma."""

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
        """The same with every value put through `hide`, which sees them together first: it finds nothing as a rule."""
        values = b"\0".join([value for _, value in self._raw])
        return self if hide(values) == values else Headers([(name, hide(value)) for name, value in self._raw])

    def __repr__(self) -> str:
        return f"Headers({list(self)})"


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

    def hide(self, key: Secret) -> None:
        """Take out the key, should the server have sent it back: what is raised, logged and kept is made of this."""
        self.content = key.hide(self.content)
        self.headers = self.headers.hiding(key.hide)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"
