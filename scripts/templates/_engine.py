"""What both clients share: options in, exchanges until there is an outcome, a value or an error out."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from ._attempt import Attempt
from ._clock import AsyncClock, SyncClock
from ._inflate import ACCEPTED
from ._operation import Call
from ._options import CallOptions, check_names, encode_headers, overridden
from ._read import Answer
from ._retry import RetryPolicy, as_policy
from ._secret import Secret
from ._timeout import Timeout, as_timeout
from ._transport import HTTPX_VERSION, AsyncTransport, ExchangeFailed, Outgoing, SyncTransport
from ._version import __version__

if TYPE_CHECKING:
    from ._wait_async import AsyncWaiter
    from ._wait_sync import SyncWaiter
    from ._waiting import Poll

T = TypeVar("T")


class Settings(NamedTuple):
    """Where calls go, with which key, and how long they may take."""

    base_url: str
    key: Secret
    timeout: Timeout
    retries: RetryPolicy
    extra_headers: list[tuple[bytes, bytes]]

    def with_options(self, owner: str, options: CallOptions) -> Settings:
        """The same with what was said of a call, or of all calls of a client.

        Raises:
            InvalidRequestError: A header is the client's own, or has a character that no header can carry.
        """
        check_names(owner, options)
        return self._replace(
            timeout=as_timeout(options.get("timeout", self.timeout)),
            retries=as_policy(options.get("retries", self.retries)),
            extra_headers=overridden(self.extra_headers, encode_headers(owner, options.get("headers", {}))),
        )

    def outgoing(self, call: Call[T]) -> Outgoing:
        """The HTTP request of a call."""
        operation, path, content, headers = call
        lines = [*_FIXED, *overridden(self.extra_headers, headers), self.key.header()]
        if content is None:
            return Outgoing(operation.method, self.base_url + path, lines, None, path == operation.path)
        lines.append((b"Content-Type", content.media))
        return Outgoing(operation.method, self.base_url + path, lines, content.data, path == operation.path)


class SyncEngine:
    """Runs calls for `SunoClient`."""

    def __init__(self, settings: Settings, transport: SyncTransport, clock: SyncClock) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self._waiters: dict[str, SyncWaiter[Any]] = {}

    def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        return self.answer(call, options).parse()

    def answer(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call until a 2xx answer is there."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        outgoing = settings.outgoing(call)
        attempt = Attempt(call, settings.retries, self.clock)
        while True:
            try:
                response = self.transport.exchange(outgoing, settings.timeout)
            except ExchangeFailed as failure:
                failure.hide(settings.key)
                delay = attempt.failed(failure)
            else:
                response.hide(settings.key)
                pause = attempt.answered(response)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
            self.clock.sleep(delay)

    def derived(self, options: CallOptions) -> SyncEngine:
        """The same with other defaults, over the same connections, waiting together."""
        engine = SyncEngine(self.settings.with_options("with_options", options), self.transport, self.clock)
        engine._waiters = self._waiters
        return engine

    def waiter(self, poll: Poll[T]) -> SyncWaiter[T]:
        """What all who wait on this client share."""
        from ._wait_sync import SyncWaiter

        return self._waiters.setdefault(poll.name, SyncWaiter(poll, self.clock))


class AsyncEngine:
    """Runs calls for `AsyncSunoClient`."""

    def __init__(self, settings: Settings, transport: AsyncTransport, clock: AsyncClock) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self._waiters: dict[str, AsyncWaiter[Any]] = {}

    async def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        return (await self.answer(call, options)).parse()

    async def answer(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call until a 2xx answer is there."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        outgoing = settings.outgoing(call)
        attempt = Attempt(call, settings.retries, self.clock)
        while True:
            try:
                response = await self.transport.exchange(outgoing, settings.timeout)
            except ExchangeFailed as failure:
                failure.hide(settings.key)
                delay = attempt.failed(failure)
            else:
                response.hide(settings.key)
                pause = attempt.answered(response)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
            await self.clock.sleep(delay)

    def derived(self, options: CallOptions) -> AsyncEngine:
        """The same with other defaults, over the same connections, waiting together."""
        engine = AsyncEngine(self.settings.with_options("with_options", options), self.transport, self.clock)
        engine._waiters = self._waiters
        return engine

    def waiter(self, poll: Poll[T]) -> AsyncWaiter[T]:
        """What all who wait on this client share."""
        from ._wait_async import AsyncWaiter

        return self._waiters.setdefault(poll.name, AsyncWaiter(poll, self.clock))


_python = ".".join(map(str, sys.version_info[:3]))
_FIXED = (
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", ACCEPTED),
    (
        b"User-Agent",
        f"cometapi-suno/{__version__} (python {_python}; httpx {HTTPX_VERSION})".encode(),
    ),
)
