"""The mock's own server without the mock: it gives the same response to every request."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.serving import get_base_url, listen, run

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_BODY = b'{"text":"' + b"x" * 2_600 + b'"}'
_START: dict[str, Any] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", str(len(_BODY)).encode()), (b"content-type", b"application/json")],
}


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Send the fixed response."""
    await receive()
    await send(_START)
    await send({"type": "http.response.body", "body": _BODY})


def main() -> int:
    """Serve on a free port until a signal comes, and print the URL."""
    with listen("127.0.0.1", 0) as listener:
        run(app, listener, lambda: print(get_base_url(listener), flush=True))  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
