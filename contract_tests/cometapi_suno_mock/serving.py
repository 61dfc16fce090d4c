"""Serve over a socket, in a thread or in the foreground. One worker, because the state is in its memory."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import socket
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from cometapi_suno_mock.coalescing_protocol import CoalescingProtocol

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from starlette.types import ASGIApp

_PATIENCE = 10.0
_GRACE_STEPS = 50


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
        for task in list(state.tasks):
            task.cancel()


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
