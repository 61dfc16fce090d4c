"""Serve over a socket, in a thread or in the foreground. One worker, because the state is in its memory."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from collections.abc import Callable, Generator
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http import auto

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    Base = asyncio.Protocol

else:
    Base = auto.AutoHTTPProtocol

_PATIENCE = 10.0
_GRACE_STEPS = 50


class CoalescingTransport:
    """A transport that collects what is written in one iteration of the event loop, and writes it at once."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self.is_closing = transport.is_closing

    def write(self, data: bytes) -> None:
        """Collect data, to be written together with what follows in this iteration."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)

    def close(self) -> None:
        """Write what was collected, then close."""
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        """Write what was collected, unless the connection was lost: uvloop raises an error then."""
        if self._parts and not self._transport.is_closing():
            self._transport.write(b"".join(self._parts))
        self._parts.clear()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class CoalescingProtocol(Base):
    """uvicorn's protocol on a coalescing transport. A connection without a whole request head for a while is closed."""

    idle_timeout = 30.0
    """Seconds."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._coalescing = CoalescingTransport(transport)
        super().connection_made(cast("asyncio.Transport", self._coalescing))
        self._watched: Any = None
        self._watch = asyncio.get_running_loop().call_later(self.idle_timeout, self._close_if_idle)

    def connection_lost(self, exc: Exception | None) -> None:
        self._watch.cancel()
        super().connection_lost(exc)

    def _close_if_idle(self) -> None:
        """Close the connection when no request has begun since the last check, and none is being answered."""
        cycle: Any = getattr(self, "cycle", None)
        if cycle is self._watched and (cycle is None or cycle.response_complete):
            self._coalescing.close()
            return
        self._watched = cycle
        self._watch = asyncio.get_running_loop().call_later(self.idle_timeout, self._close_if_idle)

    def eof_received(self) -> bool | None:
        """Write the response before the event loop closes the connection: a client may stop sending and still read."""
        self._coalescing.flush()
        return super().eof_received()


class _GatewayServer(uvicorn.Server):
    """A server that reports when it is ready, and stops without a delay."""

    def __init__(self, app: ASGIApp, ready: Callable[[], Any]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="error",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,  # the same request gets the same bytes
            lifespan="off",
            ws="none",
            http=CoalescingProtocol,
        )
        super().__init__(config)
        self._ready = ready
        self._stopped = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def main_loop(self) -> None:
        """Serve until `stop` is called. uvicorn itself would poll ten times a second."""
        self._loop = asyncio.get_running_loop()
        if not self.should_exit:
            await self._stopped.wait()

    def stop(self) -> None:
        """Stop the server, from any thread or a signal handler."""
        self.should_exit = True
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: the server has stopped
                self._loop.call_soon_threadsafe(self._stopped.set)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish responses in progress, but do not wait for those that a fault delays."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        state = self.server_state
        for connection in list(state.connections):
            connection.shutdown()
        for _ in range(_GRACE_STEPS):
            if not (state.tasks or state.connections):
                break
            await asyncio.sleep(0.01)
        for connection in list(state.connections):
            connection.transport.abort()
        # Each ends without its connection; uvicorn would log a cancelled one as an error.
        if tasks := list(state.tasks):
            await asyncio.wait(tasks, timeout=1)


def listen(host: str, port: int) -> socket.socket:
    """Open a listening socket; port 0 takes a free port.

    Raises:
        OSError: The address is not available.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048)


def get_base_url(listener: socket.socket) -> str:
    """Return the base URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextlib.contextmanager
def serve_in_thread(app: ASGIApp, *, host: str, port: int) -> Generator[str]:
    """Serve in a thread until the `with` block ends, and yield the base URL.

    Raises:
        OSError: The address is not available.
        TimeoutError: The server did not start, or did not stop.
    """
    with listen(host, port) as listener:
        ready = threading.Event()
        server = _GatewayServer(app, ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="cometapi-suno-mock", daemon=True)
        thread.start()
        try:
            if not ready.wait(_PATIENCE):
                raise TimeoutError(f"the gateway did not start within {_PATIENCE:.0f} s")
            yield get_base_url(listener)
        finally:
            server.stop()
            thread.join(_PATIENCE)
        if thread.is_alive():
            raise TimeoutError(f"the gateway did not stop within {_PATIENCE:.0f} s")


def run(app: ASGIApp, listener: socket.socket, ready: Callable[[], Any]) -> None:
    """Serve in the foreground until SIGINT or SIGTERM, then return."""
    # Exempt the imported modules: scanning them for garbage takes milliseconds in the middle of a response.
    gc.freeze()
    gc.set_threshold(10_000)
    server = _GatewayServer(app, ready)

    def stop(*_: Any) -> None:
        server.stop()

    # uvicorn raises the signal again when it has stopped; this handler makes that harmless.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    server.run([listener])
