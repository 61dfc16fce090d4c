"""What both clients share: options in, exchanges until there is an outcome, a value or an error out."""

from __future__ import annotations

import sys
from typing import Any, NamedTuple, TypeVar

from ._body_decoder import ACCEPT_ENCODING
from ._clock import AsyncClock, SyncClock
from ._operation import Call
from ._options import CallOptions, check_option_names, encode_headers, override_headers
from ._response_parsing import Answer
from ._retry import RetryPolicy, parse_retries
from ._retry_state import RetryState
from ._secret import Secret
from ._timeout import Timeout, parse_timeout
from ._transport import HTTPX_VERSION, AsyncTransport, PreparedRequest, SendError, SyncTransport
from ._version import __version__

T = TypeVar("T")


class ClientSettings(NamedTuple):
    """Where calls go, with which key, and how long they may take."""

    base_url: str
    key: Secret
    timeout: Timeout
    retries: RetryPolicy
    extra_headers: list[tuple[bytes, bytes]]

    def with_options(self, owner: str, options: CallOptions) -> ClientSettings:
        """The same with what was said of a call, or of all calls of a client.

        Raises:
            InvalidRequestError: A header is the client's own, or has a character that no header can carry.
        """
        check_option_names(owner, options)
        return self._replace(
            timeout=parse_timeout(options.get("timeout", self.timeout)),
            retries=parse_retries(options.get("retries", self.retries)),
            extra_headers=override_headers(self.extra_headers, encode_headers(owner, options.get("headers", {}))),
        )

    def prepare_request(self, call: Call[T]) -> PreparedRequest:
        """The HTTP request of a call."""
        operation, path, content, headers = call
        lines = [*_DEFAULT_HEADERS, *override_headers(self.extra_headers, headers), self.key.header()]
        if content is None:
            return PreparedRequest(operation.method, self.base_url + path, lines, None, path == operation.path)
        lines.append((b"Content-Type", content.media))
        return PreparedRequest(operation.method, self.base_url + path, lines, content.data, path == operation.path)


class SyncEngine:
    """Runs calls for `SunoClient`."""

    def __init__(self, settings: ClientSettings, transport: SyncTransport, clock: SyncClock) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.waiters: dict[str, Any] = {}

    def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        return self.send(call, options).parse()

    def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call until a 2xx answer is there."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        prepare_request = settings.prepare_request(call)
        state = RetryState(call, settings.retries, self.clock)
        while True:
            try:
                response = self.transport.send(prepare_request, settings.timeout)
            except SendError as failure:
                failure.hide(settings.key)
                delay = state.handle_failure(failure)
            else:
                response.hide(settings.key)
                pause = state.handle_response(response)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
            self.clock.sleep(delay)

    def derive(self, options: CallOptions) -> SyncEngine:
        """The same with other defaults, over the same connections, waiting together."""
        engine = SyncEngine(self.settings.with_options("with_options", options), self.transport, self.clock)
        engine.waiters = self.waiters
        return engine


class AsyncEngine:
    """Runs calls for `AsyncSunoClient`."""

    def __init__(self, settings: ClientSettings, transport: AsyncTransport, clock: AsyncClock) -> None:
        self.settings = settings
        self.transport = transport
        self.clock = clock
        self.waiters: dict[str, Any] = {}

    async def run(self, call: Call[T], options: CallOptions) -> T:
        """Send a call and read its result."""
        return (await self.send(call, options)).parse()

    async def send(self, call: Call[T], options: CallOptions) -> Answer[T]:
        """Send a call until a 2xx answer is there."""
        settings = self.settings.with_options(call.operation.name, options) if options else self.settings
        prepare_request = settings.prepare_request(call)
        state = RetryState(call, settings.retries, self.clock)
        while True:
            try:
                response = await self.transport.send(prepare_request, settings.timeout)
            except SendError as failure:
                failure.hide(settings.key)
                delay = state.handle_failure(failure)
            else:
                response.hide(settings.key)
                pause = state.handle_response(response)
                if pause is None:
                    return Answer(call.operation, response)
                delay = pause
            await self.clock.sleep(delay)

    def derive(self, options: CallOptions) -> AsyncEngine:
        """The same with other defaults, over the same connections, waiting together."""
        engine = AsyncEngine(self.settings.with_options("with_options", options), self.transport, self.clock)
        engine.waiters = self.waiters
        return engine


_python = ".".join(map(str, sys.version_info[:3]))
_DEFAULT_HEADERS = (
    (b"Accept", b"application/json"),
    (b"Accept-Encoding", ACCEPT_ENCODING),
    (
        b"User-Agent",
        f"cometapi-suno/{__version__} (python {_python}; httpx {HTTPX_VERSION})".encode(),
    ),
)
