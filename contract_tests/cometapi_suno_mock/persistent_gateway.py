"""A gateway whose state survives a restart, for `cometapi-suno --mock`: a file keeps its requests, to repeat them."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cometapi_suno_mock.gateway import Gateway
from cometapi_suno_mock.http_messages import HttpRequest, Reply
from cometapi_suno_mock.settings import Settings

_MOST = 5_000  # requests that are repeated; a longer file is deleted, and the state starts empty


class PersistentGateway(Gateway):
    """A gateway that appends each request to a file. The same requests at the same times give the same state."""

    def __init__(self, path: Path) -> None:
        """Repeat the requests of the file, if there is one.

        Raises:
            OSError: The file cannot be read or written.
        """
        super().__init__(settings=Settings(polls=0, task_seconds=0))
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        requests = list(_read_requests(path))
        if len(requests) > _MOST:
            path.unlink()
            requests = []
        for at, request in requests:
            self.state.clock.pinned = at
            super().respond(request)
        self.state.clock.pinned = None

    def respond(self, request: HttpRequest) -> Reply:
        """Answer a request, and keep it."""
        reply = super().respond(request)
        kept = {"headers": dict(request.headers), "body": request.body.decode("latin-1")}
        row = {"at": self.state.clock.seconds, **request._asdict(), **kept}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        return reply


@contextmanager
def serve_persistent_gateway(path: Path) -> Generator[str]:
    """Serve a gateway with the state of a file in a thread, and yield its base URL.

    Raises:
        OSError: The file cannot be read or written.
    """
    with PersistentGateway(path).serve() as url:
        yield url


def _read_requests(path: Path) -> Iterator[tuple[float, HttpRequest]]:
    """Yield each request with the Unix time at which it came."""
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        try:
            row: dict[str, Any] = json.loads(line)
            yield row.pop("at"), HttpRequest(**{**row, "body": row["body"].encode("latin-1")})
        except (ValueError, TypeError, KeyError):
            continue  # the last line of a process that was killed
