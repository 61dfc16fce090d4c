"""What is compared: each module makes one family of clients do the same work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from scripts.bench.transports import CallTarget


class Competitor:
    """One way to make the call. A method that returns None leaves the client out of that table.

    Attributes:
        name: The name of its rows.
        imports: Code that imports it, for a fresh process.
        ready: Code that makes `client`, ready to call.
        first_call: Code that gets the first persona; `base_url` is the loopback server's.
    """

    name: str
    imports: str | None = None
    ready: str | None = None
    first_call: str | None = None

    def prepare(self) -> None:
        """Prepare the process for this client, before each measured batch."""

    def decode(self, body: bytes) -> Callable[[], object] | None:
        """Return a function that decodes the bytes of a response to the result."""

    def encode(self) -> Callable[[], object] | None:
        """Return a function that encodes the arguments to the bytes of the request body."""

    def create(self) -> Callable[[], object] | None:
        """Return a function that makes a client, ready to call over TLS."""

    def call(self, target: CallTarget) -> Callable[[], object] | None:
        """Return a function that makes one blocking call, from arguments to result."""

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]] | None:
        """Return a function that makes one awaited call, from arguments to result."""
