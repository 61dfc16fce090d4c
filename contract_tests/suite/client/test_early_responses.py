"""Nothing is sent, and nothing is read as a response, when a new connection brings bytes before the request."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cometapi_suno import NotDeliveredError

from contract_tests.suite.client.scripted_server import ScriptedServer, answer, persona
from contract_tests.suite.client.two_calls import EVERY_POOL, REFUSED, create_two_personas, make_options, play


async def _leave(_: httpcore.AsyncNetworkStream) -> None:
    """Leave what has arrived in the socket's buffer."""


async def _receive(stream: Any) -> None:
    """Let the event loop receive what has arrived, as uvloop may before it hands the connection over."""
    transport = stream._stream._transport
    transport.resume_reading()
    await asyncio.sleep(0.01)
    transport.pause_reading()


async def _stall_read(stream: Any) -> None:
    """Let the event loop be so busy that the timeout of the first read is over before the loop looks at the socket."""
    read = stream.read

    async def read_late(max_bytes: int, timeout: float | None = None) -> bytes:
        stream.read = read
        data: bytes = await read(max_bytes, 0)
        return data

    stream.read = read_late


def _connect_slowly(
    monkeypatch: pytest.MonkeyPatch,
    done: threading.Semaphore,
    after: Callable[[httpcore.AsyncNetworkStream], Awaitable[None]] = _leave,
) -> None:
    """Let connections be ready only after the server has done something on each."""

    def delay(connect: Callable[..., httpcore.NetworkStream]) -> Callable[..., httpcore.NetworkStream]:
        def connect_slowly(*arguments: Any, **options: Any) -> httpcore.NetworkStream:
            stream = connect(*arguments, **options)
            assert done.acquire(timeout=10)
            return stream

        return connect_slowly

    def delay_async(connect: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def connect_slowly(*arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
            stream: httpcore.AsyncNetworkStream = await connect(*arguments, **options)
            assert done.acquire(timeout=10)
            await after(stream)
            return stream

        return connect_slowly

    anyio_backend: Any = httpcore.AnyIOBackend
    for name in ("connect_tcp", "connect_unix_socket"):
        monkeypatch.setattr(httpcore.SyncBackend, name, delay(getattr(httpcore.SyncBackend, name)))
        monkeypatch.setattr(anyio_backend, name, delay_async(getattr(anyio_backend, name)))


EARLY = pytest.mark.parametrize(
    "early", [REFUSED, answer(200, persona("stale")), b"\0", b""], ids=["429", "200", "byte", "end"]
)


@contextmanager
def _serve_early(early: bytes, done: threading.Semaphore, path: Path | None = None) -> Generator[ScriptedServer]:
    """Serve connections that get bytes, or their end, before a request; check that none is sent."""
    received: list[bytes] = []
    address, family = (("127.0.0.1", 0), socket.AF_INET) if path is None else (str(path), socket.AF_UNIX)
    with socket.create_server(address, family=family) as listening:

        def serve() -> None:
            while True:
                try:
                    connection = listening.accept()[0]
                except OSError:
                    return
                with connection, suppress(ConnectionError):  # the client resets it, with bytes that it has not read
                    if early:
                        connection.sendall(early)
                        done.release()
                        received.append(connection.recv(1 << 16))
                if not early:
                    done.release()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield ScriptedServer(lambda _: [], f"http://127.0.0.1:{1 if path else listening.getsockname()[1]}")
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)
    assert set(received) <= {b""}


@EARLY
@EVERY_POOL
def test_nothing_is_sent_after_early_response(
    face: str, pool: str, early: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives before the request was sent is not its response."""
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done)
    with _serve_early(early, done) as server, pytest.raises(NotDeliveredError, match="before the request"):
        play(face, server, create_two_personas, **make_options(pool, face))


@EARLY
@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the system has no Unix sockets")
def test_nothing_is_sent_over_unix_socket_after_early_response(
    face: str, early: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done)
    path = tmp_path / "socket"
    make: Any = httpx.HTTPTransport if face == "sync" else httpx.AsyncHTTPTransport
    with _serve_early(early, done, path) as server, pytest.raises(NotDeliveredError, match="before the request"):
        play(face, server, create_two_personas, http_client=make(uds=str(path)))


@EARLY
@EVERY_POOL
@pytest.mark.parametrize("arrival", [_receive, _stall_read])
def test_early_response_is_seen_by_busy_event_loop(
    pool: str,
    early: bytes,
    arrival: Callable[[httpcore.AsyncNetworkStream], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop may have received the bytes before anyone looks, or give up the look in the turn in which they come."""
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done, arrival)
    with _serve_early(early, done) as server, pytest.raises(NotDeliveredError, match="before the request"):
        play("async", server, create_two_personas, **make_options(pool, "async"))
