"""What every contender can be asked to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from scripts.bench.transports import Target


class Contender:
    """One way to make the call. What a method leaves `None` has no row in its table.

    Attributes:
        name: The name of its rows.
        imports: Code that imports it, for a fresh process.
        ready: Code that makes `client`, ready to call.
        first_call: Code that has the first persona; `base_url` is the loopback server's.
    """

    name: str
    imports: str | None = None
    ready: str | None = None
    first_call: str | None = None

    def prepare(self) -> None:
        """Called before each measured batch."""

    def decode(self, body: bytes) -> Callable[[], object] | None:
        """From the bytes of the answer to the result."""

    def encode(self) -> Callable[[], object] | None:
        """From arguments to the bytes of the request body."""

    def create(self) -> Callable[[], object] | None:
        """Make a client, ready to call over TLS."""

    def call(self, target: Target) -> Callable[[], object] | None:
        """One blocking call, from arguments to result."""

    def call_async(self, target: Target) -> Callable[[], Awaitable[object]] | None:
        """One awaited call, from arguments to result."""
