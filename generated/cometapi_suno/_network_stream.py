"""Network streams of httpcore's pools: they keep a call's deadline, and what arrives before the headers are read.

httpcore applies a read timeout to each read, so that it waits endlessly for a server that drips; and when h11 refuses
a response's headers, what has arrived is lost. It also sends the headers and the body of a request separately; here
they are sent together, which saves a packet and a system call.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic
from typing import Any, Self

from ._body_decoder import append_bytes

LATE_MESSAGE = "the call took longer than its total timeout"
HEAD_LIMIT = 1 << 20
"""Maximum size of a response's headers, provisional responses included, in bytes."""
_DRAIN_TIMEOUT = 0.2
"""Seconds in which the rest of a response is read whose headers h11 has refused."""
_READ_SIZE = 1 << 16
_WRITE_SIZE = 1 << 14
# Over TLS, a socket that is readable may hold nothing for us: the server sends session tickets after the handshake.
# A busy event loop may use up the first timeout before it has read what is there.
_PROBE_TIMEOUTS = (0.001, 0.01, 0.1)


class HeadTooLargeError(Exception):
    """The headers of a response are larger than the limit."""


class StepTimeout(float):
    """Seconds for one step of a call that must end at a deadline. httpcore hands it on to the network as it is."""

    __slots__ = ("end",)
    end: float

    def __new__(cls, seconds: float, deadline: float) -> Self:
        """Make a timeout of `seconds`, or less if the deadline is sooner."""
        step = super().__new__(cls, seconds)
        step.end = deadline
        return step

    def left(self) -> float:
        """Return the seconds that are left for this step.

        Raises:
            TimeoutError: The deadline has passed.
        """
        left = self.end - monotonic()
        if left <= 0:
            raise TimeoutError(LATE_MESSAGE)
        return min(self, left)


def limit_step(timeout: float | None) -> float | None:
    """Return the seconds that are left for a step."""
    return timeout.left() if isinstance(timeout, StepTimeout) else timeout


class _HeadRecorder:
    """What both streams share.

    Attributes:
        wrapped: The stream of httpcore.
        head: What has arrived since the last request, until `end_head`.
    """

    def __init__(self, wrapped: Any) -> None:
        self.wrapped = wrapped
        self.head: bytes | bytearray = b""
        self._held: bytes | None = None
        self._awaits_head: bool = False
        self._refused: bool = False

    def end_head(self) -> None:
        """Stop recording: the headers could be read."""
        self._awaits_head = self._refused = False
        self.head = b""

    def get_extra_info(self, info: str) -> Any:
        """Return what the stream knows about itself."""
        return self.wrapped.get_extra_info(info)

    def _hold(self, buffer: bytes) -> bytes:
        """Return what to write now. The first buffer after a read is held, and written with the next one."""
        if self._held is None:
            self._held, self._awaits_head = buffer, True
            self.head = b""
            return b""
        held, self._held = self._held, b""
        return held + buffer

    def _record(self, data: bytes) -> bytes:
        # Between two reads h11 looks at the data: closing the stream then means that it has refused them.
        self._refused = self._awaits_head and bool(data)
        if self._awaits_head:
            self.head = append_bytes(self.head, data)
            if len(self.head) > HEAD_LIMIT:
                self._refused = False
                raise HeadTooLargeError(f"the response's headers are larger than {HEAD_LIMIT} bytes")
        return data


class SyncNetworkStream(_HeadRecorder):
    """A network stream that keeps the deadline of a call at every read and write."""

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes, after writing what is held."""
        if self._held:
            self.write(b"", timeout)
        self._held, self._refused = None, False
        return self._record(self.wrapped.read(max_bytes, limit_step(timeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes, with the next ones if they are the first of a request."""
        buffer = self._hold(buffer)
        # httpcore grants the whole timeout to each part of the buffer that the network takes.
        for start in range(0, len(buffer), _WRITE_SIZE):
            self.wrapped.write(buffer[start : start + _WRITE_SIZE], limit_step(timeout))

    def close(self) -> None:
        """Close the connection, after reading the rest of a response whose headers were refused."""
        end = monotonic() + _DRAIN_TIMEOUT
        try:
            while self._refused and len(self.head) < HEAD_LIMIT and (left := end - monotonic()) > 0:
                data = self.wrapped.read(_READ_SIZE, left)
                self.head = append_bytes(self.head, data)
                self._refused = bool(data)
        except Exception:  # noqa: BLE001 (a broken connection is its end)
            self._refused = False
        self.wrapped.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> SyncNetworkStream:
        """Return the stream over TLS."""
        return SyncNetworkStream(self.wrapped.start_tls(ssl_context, server_hostname, limit_step(timeout)))


class AsyncNetworkStream(_HeadRecorder):
    """A network stream for asyncio, which keeps deadlines by cancelling."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes, after writing what is held."""
        if self._held:
            await self.write(b"", timeout)
        self._held, self._refused = None, False
        return self._record(await self.wrapped.read(max_bytes, timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes, with the next ones if they are the first of a request."""
        if buffer := self._hold(buffer):
            await self.wrapped.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection, after reading the rest of a response whose headers were refused."""
        end = monotonic() + _DRAIN_TIMEOUT
        try:
            while self._refused and len(self.head) < HEAD_LIMIT and (left := end - monotonic()) > 0:
                data = await self.wrapped.read(_READ_SIZE, left)
                self.head = append_bytes(self.head, data)
                self._refused = bool(data)
        except Exception:  # noqa: BLE001 (a broken connection is its end)
            self._refused = False
        await self.wrapped.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> AsyncNetworkStream:
        """Return the stream over TLS."""
        return AsyncNetworkStream(await self.wrapped.start_tls(ssl_context, server_hostname, timeout))


def has_buffered_bytes(stream: Any) -> bool:
    """Check whether a stream has received more than it has returned: its socket does not show it then.

    Raises:
        AttributeError: The stream is of an unknown kind.
    """
    if isinstance(stream, _HeadRecorder):
        stream = stream.wrapped
    if not hasattr(stream, "aclose"):
        # A socket has no buffer, except for TLS within the TLS of a proxy.
        return hasattr(stream, "_incoming") and bool(stream._incoming.pending or stream.ssl_obj.pending())
    inner = stream._stream
    while hasattr(inner, "transport_stream"):  # TLS: the rest of what it has received, encrypted or not
        if inner._read_bio.pending or inner._ssl_object.pending():
            return True
        inner = inner.transport_stream
    return bool(inner._protocol.read_queue)


def has_arrived(stream: Any) -> bool:
    """Check whether something may be read from a stream at once: bytes, or the end of the connection."""
    with suppress(AttributeError):  # of an unknown kind: its socket is asked alone
        if has_buffered_bytes(stream):
            return True
    return stream.get_extra_info("is_readable") is True


def is_silence(error: Exception) -> bool:
    """Check whether a read of httpcore or httpcore2 failed because nothing came in time."""
    return type(error).__name__ == "ReadTimeout"


def plan_probes(stream: Any) -> Iterator[float]:
    """Yield the timeouts of reads that tell what has arrived, while something has."""
    for timeout in _PROBE_TIMEOUTS:
        if not has_arrived(stream):
            return
        yield timeout


def find_addresses(host: str, port: int) -> list[str]:
    """Return the addresses of a host with several; else, and if it is unknown, the host itself."""
    try:
        found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [host]
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    return addresses if len(addresses) > 1 else [host]


class SyncNetwork:
    """The network of a sync pool, with what httpcore uses of one that repeats nothing."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **options: Any) -> SyncNetworkStream:
        """Make a connection. `socket.create_connection` would grant the whole timeout to each address of a name."""
        *others, last = find_addresses(host, port) if isinstance(timeout, StepTimeout) else [host]
        for address in others:
            left = limit_step(timeout)
            try:
                return SyncNetworkStream(self._backend.connect_tcp(address, port, timeout=left, **options))
            except Exception:  # noqa: BLE001, S112 (the next address may work)
                continue
        return SyncNetworkStream(self._backend.connect_tcp(last, port, timeout=limit_step(timeout), **options))


class AsyncNetwork:
    """The network of an async pool, like `SyncNetwork`."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **options: Any
    ) -> AsyncNetworkStream:
        """Make a connection."""
        return AsyncNetworkStream(await self._backend.connect_tcp(host, port, timeout=timeout, **options))
