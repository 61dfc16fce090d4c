"""Options of a single call or of all calls of a client: timeout, retries and headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypedDict

from .errors import InvalidRequestError

if TYPE_CHECKING:
    from ._retry import RetryPolicy
    from ._timeout import Timeout

# The client sets these itself, or they belong to the connection (RFC 9110, section 7.6.1).
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
    """Options that every call takes in addition to its arguments.

    Attributes:
        timeout: Seconds for each step of the call, or a `Timeout`.
        retries: How many times the call may be sent again, or a `RetryPolicy`; 0 turns retries off.
        headers: Additional request headers. Headers that the client sets itself are refused.
    """

    timeout: float | Timeout
    retries: int | RetryPolicy
    headers: Mapping[str, str]


_OPTION_NAMES = frozenset(CallOptions.__annotations__)


def check_option_names(owner: str, options: CallOptions) -> None:
    """Check that all options exist, as Python checks the names of arguments.

    Raises:
        TypeError: An option does not exist.
    """
    for name in options:
        if name not in _OPTION_NAMES:
            raise TypeError(f"{owner}() got an unexpected keyword argument {name!r}")


def override_headers(
    headers: list[tuple[bytes, bytes]], by: Sequence[tuple[bytes, bytes]]
) -> list[tuple[bytes, bytes]]:
    """Return `headers` and `by` together; a header in `by` replaces those of the same name in `headers`."""
    if not by:
        return headers
    names = {name.lower() for name, _ in by}
    return [*(header for header in headers if header[0].lower() not in names), *by]


def encode_headers(owner: str, headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Encode request headers.

    Raises:
        InvalidRequestError: The client sets the header itself, or its name or value is not valid in HTTP.
    """
    if not isinstance(headers, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise InvalidRequestError(
            f"{owner}: headers must be a mapping of names to values, not {type(headers).__name__}."
        )
    encoded: list[tuple[bytes, bytes]] = []
    for name, value in headers.items():
        if not isinstance(name, str) or not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidRequestError(f"{owner}: the name and value of header {name!r} must be strings.")
        if not name or not _TOKEN_CHARACTERS.issuperset(name):
            raise InvalidRequestError(f"{owner}: {name!r} is not a valid header name. Use letters, digits and hyphens.")
        if name.lower() in _CLIENT_HEADERS:
            raise InvalidRequestError(f"{owner}: the header {name} is set by the client. Leave it out.")
        if value != value.strip() or not all(character == "\t" or " " <= character <= "~" for character in value):
            raise InvalidRequestError(
                f"{owner}: the value of header {name} is not valid. "
                "Use printable ASCII without white space at its ends."
            )
        encoded.append((name.encode("ascii"), value.encode("ascii")))
    return encoded


def list_public_names(owner: object) -> list[str]:
    """Return what tab completion offers of a client or a resource: no internals."""
    return [name for name in object.__dir__(owner) if not name.startswith("_") or name.startswith("__")]
