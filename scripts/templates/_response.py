"""HTTP responses as data: status, headers and body. They do not depend on a connection and can be pickled."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ._json_parser import DEFAULT_MEMORY, parse_json, parse_json_start

if TYPE_CHECKING:
    from ._secret import Secret

_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s;"']+)""", re.IGNORECASE)
# Encodings that read this in another way can hide the key from redaction: UTF-7, EBCDIC, ISO-2022, `unicode_escape`.
_PLAIN = b"a+-~\\u0041\x1b(B"
_LEAST_MEMORY = 1 << 21  # a small limit is not meant for memory
_SLACK = 1 << 16  # a text as long as the limit takes three times as much, and its braces a little more
_OPENING = re.compile(rb"\s*[{\[]")


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

    def hide(self, key: Secret) -> Headers:
        """Return the headers without the key, which a server may send back in values and names."""
        joined = b"\n".join(part for item in self._raw for part in item)
        if key.hide(joined) == joined:
            return self
        return Headers([(key.hide(name), key.hide(value)) for name, value in self._raw])

    def __repr__(self) -> str:
        return f"Headers({list(self)})"


class Response:
    """An HTTP response.

    Attributes:
        status_code: HTTP status as an int.
        headers: Response headers; names ignore case.
        content: The decompressed body.
        interrupted_by: Class of the error that broke off the body, such as `ReadTimeout`; "" if the body is whole.
    """

    __slots__ = ("_key", "_memory", "content", "headers", "interrupted_by", "status_code")

    def __init__(
        self,
        status_code: int,
        headers: Headers,
        content: bytes,
        interrupted_by: str = "",
        *,
        memory: int = DEFAULT_MEMORY,
    ) -> None:
        self.status_code: int = status_code
        self.headers: Headers = headers
        self.content: bytes = content
        self.interrupted_by: str = interrupted_by
        self._key: Secret | None = None
        self._memory = max(memory, _LEAST_MEMORY) + _SLACK

    @property
    def text(self) -> str:
        """The body as text, by the charset of its content type, else UTF-8; what cannot be decoded is replaced."""
        return self.decode_start(len(self.content))

    def decode_start(self, length: int) -> str:
        """Return the text of the first `length` bytes of the body."""
        return self.content[:length].decode(_find_charset(self.headers.get("content-type", "")), "replace")

    def json(self) -> Any:
        """Parse the body as JSON.

        Raises:
            ValueError: The body is not JSON, or would take more memory than three times `max_response_bytes`.
        """
        return parse_json(self.content, self._memory - len(self.content))

    def parse_start(self) -> Any:
        """Parse the start of a JSON body that was cut or takes too much memory; see `parse_json_start`."""
        return parse_json_start(self.content, self._memory - len(self.content))

    def is_whole_result(self) -> bool:
        """Check whether a 2xx body that broke off is whole nevertheless: a JSON object or array shows where it ends."""
        if self.status_code // 100 != 2 or not _OPENING.match(self.content):
            return False
        try:
            self.json()
        except ValueError:
            return False
        return True

    def hide(self, key: Secret) -> None:
        """Remove the key from a response that is an error; remember it for `redact` if this may become a result."""
        if self.status_code // 100 == 2:
            self._key = key
        else:
            self.headers, self.content = self.headers.hide(key), key.hide(self.content)

    def redact(self) -> Response:
        """Return the response without the API key, which the server may have sent back.

        Errors, logs and pickles are made from it; results are left as they are.
        """
        key = self._key
        if key is None:
            return self
        content = key.hide(self.content)
        memory = self._memory if content is self.content else self._memory - len(content)
        return Response(self.status_code, self.headers.hide(key), content, self.interrupted_by, memory=memory)

    def redact_text(self, text: str) -> str:
        """Return a text that was made from the response without the API key."""
        return self._key.hide_text(text) if self._key else text

    def __reduce__(self) -> tuple[Any, ...]:
        redacted = self.redact()
        return Response, (redacted.status_code, redacted.headers, redacted.content, redacted.interrupted_by)

    def __repr__(self) -> str:
        return f"<Response {self.status_code}, {len(self.content)} bytes>"


def _find_charset(content_type: str) -> str:
    """Return the name of the charset, if Python can decode it and redaction can read it, else UTF-8."""
    found = _CHARSET.search(content_type)
    if found:
        try:
            name = codecs.lookup(found[1]).name
            if name.startswith(("utf-16", "utf-32")) or _PLAIN.decode(name, "replace") == _PLAIN.decode():
                return name
        except (LookupError, ValueError):
            pass
    return "utf-8"
