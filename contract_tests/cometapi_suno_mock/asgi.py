"""The ASGI face: reads a request whole, hands it over, sends the reply."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from cometapi_suno_mock.messages import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send


async def answer(
    respond: Callable[[Request], Reply], max_body: int, scope: Scope, receive: Receive, send: Send
) -> None:
    """Serve one ASGI connection: a request, the lifespan of the server, or nothing else."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    if scope["type"] != "http":
        raise RuntimeError(f"{scope['type']} is not served here")
    read = await _read(receive, max_body)
    if read is None:
        return
    body, too_large = read
    reply = respond(
        Request(
            method=scope["method"],
            path=_path(scope),
            query=scope["query_string"].decode("latin-1"),
            headers={name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]},
            body=body,
            too_large=too_large,
        )
    )
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})


def _path(scope: Scope) -> str:
    """The percent-encoded path below the mount point: only that tells `a%2Fb` from `a/b`."""
    raw: bytes | None = scope.get("raw_path")
    path = raw.partition(b"?")[0].decode("latin-1") if raw is not None else quote(scope["path"])
    return path.removeprefix(scope.get("root_path", ""))


async def _read(receive: Receive, limit: int) -> tuple[bytes, bool] | None:
    """The body, and whether it was too large and so read but not kept; None for a lost client."""
    body = bytearray()
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part: bytes = message.get("body", b"")
        more = message.get("more_body", False)
        size += len(part)
        if size <= limit:
            body += part
    return (b"", True) if size > limit else (bytes(body), False)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
