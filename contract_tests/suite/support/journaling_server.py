"""A mock gateway that appends each created persona to a file: `python -m ... PORT JOURNAL`.

The line is written before the answer is sent, so it survives a kill in between.
"""

from __future__ import annotations

import json
import os
import sys

from cometapi_suno_mock import Gateway, Settings
from cometapi_suno_mock.http_messages import HttpRequest, Reply
from cometapi_suno_mock.serving import get_base_url, listen, run


class JournalingGateway(Gateway):
    """Creates personas slowly, so that a kill finds calls in flight.

    Args:
        journal: A file descriptor to append to.
    """

    def __init__(self, journal: int) -> None:
        super().__init__(settings=Settings())
        self._journal = journal
        self.faults.add("delay=0.03; operation=createPersona")

    def respond(self, request: HttpRequest) -> Reply:
        reply = super().respond(request)
        if request.path == "/suno/persona/create" and reply.status == 200:
            os.write(self._journal, f"{json.loads(request.body)['name']}\n".encode())
        return reply


def main() -> None:
    """Serve until killed; print the base URL."""
    journal = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with listen("127.0.0.1", int(sys.argv[1])) as listener:
        base = get_base_url(listener)

        def ready() -> None:
            sys.stdout.write(base + "\n")
            sys.stdout.flush()

        run(JournalingGateway(journal), listener, ready)


if __name__ == "__main__":
    main()
