"""What can be said of a single call, or of all calls of a client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypedDict

from ._retry import RetryPolicy
from ._timeout import Timeout
from .errors import InvalidRequestError

# Set by the client itself, or told apart by HTTP/1.1 alone.
_CLIENT_HEADERS = frozenset(
    {
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_TOKEN_CHARACTERS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class CallOptions(TypedDict, total=False):
    """What every call takes beside its own arguments.

    Attributes:
        timeout: Seconds for each step of the call, or a `Timeout`.
        retries: How often the call may be sent again, or a `RetryPolicy`; 0 never repeats.
        headers: Further request headers. Those that the client itself sets are refused.
    """

    timeout: float | Timeout
    retries: int | RetryPolicy
    headers: Mapping[str, str]


_OPTION_NAMES = frozenset(CallOptions.__annotations__)


def check_option_names(owner: str, options: CallOptions) -> None:
    """Refuse what is no option, as Python refuses an argument that a function does not have.

    Raises:
        TypeError: With the first such name.
    """
    for name in options:
        if name not in _OPTION_NAMES:
            raise TypeError(f"{owner}() got an unexpected keyword argument {name!r}")


def override_headers(lines: list[tuple[bytes, bytes]], by: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Header lines, of which those with a name that is said anew are left out."""
    if not by:
        return lines
    names = {name.lower() for name, _ in by}
    return [*(line for line in lines if line[0].lower() not in names), *by]


def encode_headers(owner: str, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Header lines for the request.

    Raises:
        InvalidRequestError: A header is the client's own, or has a character that no header can carry.
    """
    if not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError(f"{owner}: headers must be a mapping, not {type(headers).__name__}.")
    lines: list[tuple[bytes, bytes]] = []
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidRequestError(f"{owner}: the header {name!r} and its value must be strings.")
        if not name or not _TOKEN_CHARACTERS.issuperset(name):
            raise InvalidRequestError(f"{owner}: {name!r} is no header name.")
        if name.lower() in _CLIENT_HEADERS:
            raise InvalidRequestError(f"{owner}: the header {name} is set by the client.")
        if value != value.strip() or not all(character == "\t" or " " <= character <= "~" for character in value):
            raise InvalidRequestError(
                f"{owner}: the value of header {name} has a character, or a blank around it, that no header can carry."
            )
        lines.append((name.encode("ascii"), value.encode("ascii")))
    return lines
