"""The ASGI face: reads a request whole, hands it over, and sends the reply, spoiled on its way if it is to be."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cometapi_suno_mock.http_messages import Delivery, Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Message, Receive, Scope, Send

_LINGER_NOT = struct.pack("ii", 1, 0)


async def answer(
    respond: Callable[[Request], Reply], max_body: int, scope: Scope, receive: Receive, send: Send, *, path: str
) -> None:
    """Serve one HTTP request."""
    message = await receive()
    body = message.get("body", b"")
    if message.get("more_body", False):
        message, body = await _read_on(message, receive, max_body)
    if message["type"] == "http.disconnect":
        return
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    reply = respond(Request(scope["method"], path, scope["query_string"].decode("latin-1"), headers, body))
    start = {"type": "http.response.start", "status": reply.status, "headers": reply.raw_headers}
    if reply.delivery is not None:
        await _deliver(reply.delivery, start, reply.body, receive, send)
        return
    await send(start)
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})


async def _deliver(delivery: Delivery, start: dict[str, Any], body: bytes, receive: Receive, send: Send) -> None:
    """Send a reply as its delivery has it, as long as the client is there."""
    if await _gone(receive, delivery.delay):
        return
    if delivery.reset:
        await _break_off(receive, send, politely=False)
        return
    await send(start)
    for piece in delivery.pieces(body):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        if await _gone(receive, delivery.pause):
            return
    if delivery.cut is not None and delivery.cut < len(body):
        await _break_off(receive, send, politely=True)
        return
    await send({"type": "http.response.body", "body": b""})


async def _gone(receive: Receive, seconds: float) -> bool:
    """Wait, and tell whether the client went away meanwhile."""
    if not seconds:
        return False
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


async def _break_off(receive: Receive, send: Send, *, politely: bool) -> None:
    """Close the connection in the middle of things: with what was sent still arriving, or with a reset.

    ASGI has no word for it. uvicorn's `send` is a method of an object that holds the transport; behind another
    server, or a middleware of one's own, the connection ends by an error of this application.
    """
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError("the connection ends here on purpose")
    if politely:
        transport.close()
    else:
        connection = transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass


def path_of(scope: Scope) -> str:
    """The percent-encoded path below the mount point: only that tells `a%2Fb` from `a/b`."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw is not None else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))


async def _read_on(message: Message, receive: Receive, limit: int) -> tuple[Message, bytes]:
    """The last message, and the body; of one above the limit, no more than it takes to tell."""
    body = bytearray(message.get("body", b""))
    while message.get("more_body", False):
        message = await receive()
        if len(body) <= limit:
            body += message.get("body", b"")
    return message, bytes(body)


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the lifespan of the server, in which there is nothing to do; a web socket is refused."""
    if scope["type"] != "lifespan":
        raise RuntimeError(f"{scope['type']} is not served here")
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def is_console(method: str, path: str) -> bool:
    """Whether a call belongs to the console; none of its paths is one of the service."""
    return path.startswith(("/__mock__/", "/docs/")) or (path in ("/", "/docs") and method in ("GET", "HEAD"))
