"""What both clients share: options in, one exchange, a value or an error out."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import TypedDict, TypeVar

from attrs import frozen

from ._operation import Billing, Call
from ._read import read
from ._secret import Secret
from ._transport import HTTPX_VERSION, AsyncTransport, Delivery, ExchangeFailed, Outgoing, SyncTransport, Timeout
from ._version import __version__
from .errors import DeliveryError, InvalidRequestError, NotDeliveredError, OutcomeUnknownError

T = TypeVar("T")

_OURS = frozenset({"authorization", "host", "content-length", "content-type", "transfer-encoding", "connection"})


class CallOptions(TypedDict, total=False):
    """What every call takes beside its own arguments.

    Attributes:
        timeout: Seconds for each step of the call, or a `Timeout`.
        headers: Further request headers. Those that the client itself sets are refused.
    """

    timeout: float | Timeout
    headers: Mapping[str, str]


@frozen
class Settings:
    """Where calls go, with which key, and how long they may take."""

    base_url: str
    key: Secret
    timeout: Timeout

    def outgoing(self, call: Call[T], options: CallOptions) -> tuple[Outgoing, Timeout]:
        """The HTTP request of a call, and its timeout.

        Raises:
            InvalidRequestError: A header is the client's own, or has a character that no header can carry.
        """
        headers = [
            ("Authorization", f"Bearer {self.key.reveal()}"),
            ("Accept", "application/json"),
            ("User-Agent", _USER_AGENT),
        ]
        if call.content is not None:
            headers.append(("Content-Type", "application/json"))
        for name, value in options.get("headers", {}).items():
            _check_header(call.operation.name, name, value)
            headers.append((name, value))
        url = self.base_url + call.path
        return Outgoing(call.operation.method, url, headers, call.content), as_timeout(
            options.get("timeout", self.timeout)
        )


class SyncEngine:
    """Runs calls for `SunoClient`."""

    def __init__(self, settings: Settings, transport: SyncTransport) -> None:
        self.settings = settings
        self.transport = transport

    def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        outgoing, timeout = self.settings.outgoing(call, options)
        try:
            response = self.transport.exchange(outgoing, timeout)
        except ExchangeFailed as failure:
            raise _delivery_error(call, failure) from failure.cause
        return read(call.operation, response)


class AsyncEngine:
    """Runs calls for `AsyncSunoClient`."""

    def __init__(self, settings: Settings, transport: AsyncTransport) -> None:
        self.settings = settings
        self.transport = transport

    async def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        outgoing, timeout = self.settings.outgoing(call, options)
        try:
            response = await self.transport.exchange(outgoing, timeout)
        except ExchangeFailed as failure:
            raise _delivery_error(call, failure) from failure.cause
        return read(call.operation, response)


def as_timeout(value: float | Timeout) -> Timeout:
    """A number of seconds as a `Timeout` of that many seconds for each step."""
    return value if isinstance(value, Timeout) else Timeout(value, value, value, value)


def _delivery_error(call: Call[T], failure: ExchangeFailed) -> DeliveryError:
    name, cause = call.operation.name, f"{type(failure.cause).__name__}: {failure.cause}".rstrip(": ")
    if failure.delivery is Delivery.NEVER:
        return NotDeliveredError(
            f"{name}: no connection was made ({cause}). Nothing was sent, so nothing was charged.",
            operation=name,
            fingerprint=call.fingerprint,
        )
    risk = (
        "" if call.operation.billing is Billing.FREE else " It may have been done, and charged; it is not sent again."
    )
    return OutcomeUnknownError(
        f"{name}: outcome unknown: the request went out and no answer came back ({cause}).{risk} "
        f"Fingerprint {call.fingerprint}.",
        operation=name,
        fingerprint=call.fingerprint,
    )


def _check_header(operation: str, name: str, value: str) -> None:
    if name.lower() in _OURS:
        raise InvalidRequestError(f"{operation}: the header {name} is set by the client.")
    if not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
        raise InvalidRequestError(f"{operation}: {name!r} is no header name.")
    if not all(character == "\t" or " " <= character <= "~" for character in value):
        raise InvalidRequestError(f"{operation}: the value of header {name} has a character that no header can carry.")


_USER_AGENT = f"cometapi-suno/{__version__} (python {platform.python_version()}; httpx {HTTPX_VERSION})"
