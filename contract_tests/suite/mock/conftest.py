"""A caller that calls a gateway in the same thread, and request bodies that several tests use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, Gateway
from cometapi_suno_mock.http_messages import HttpRequest, Reply

PERSONA_BODY = {
    "root_clip_id": FINISHED_CLIP,
    "name": "Persona Title",
    "description": "Persona Description",
    "clips": [FINISHED_CLIP],
    "is_public": True,
}
"""The documented request."""

STEMS_BODY = {
    "task": "gen_stem",
    "generation_type": "TEXT",
    "title": "demo",
    "mv": "chirp-auk",
    "prompt": "",
    "make_instrumental": True,
    "continued_aligned_prompt": None,
    "continue_at": None,
    "stem_type_id": 91,
}
"""The fields that both kinds of stem separation send."""


@attrs.frozen
class Caller:
    """Calls a gateway without a socket."""

    gateway: Gateway
    key: str = DEMO_KEY

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """Send one request."""
        sent = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.gateway.respond(HttpRequest(method, path, headers=sent, body=body))

    def get(self, path: str, **headers: str) -> Any:
        """Return the JSON of a GET that is answered with 200."""
        return _value(self.send("GET", path, b"", **headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """Return the JSON of a POST that is answered with 200."""
        return _value(self.send("POST", path, json.dumps(body).encode(), **headers))

    def refused(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and JSON of a refused call; without a body it is a GET."""
        reply = self.send("GET", path) if body is None else self.send("POST", path, json.dumps(body).encode())
        assert reply.status != 200, reply
        return reply.status, json.loads(reply.body)

    def submit(self, kind: str, body: Any) -> str:
        """Submit a task and return its id."""
        task_id: str = self.post(f"/suno/submit/{kind}", body)["data"]
        return task_id

    def submit_upload(self) -> str:
        """Submit an upload and return its id."""
        task_id: str = self.post("/suno/uploads/audio-url", {"url": "https://example.com/a.mp3"})["data"]
        return task_id

    def look(self, task_id: str) -> Any:
        """Poll a task."""
        return self.get(f"/suno/fetch/{task_id}")["data"]

    def finished(self, task_id: str) -> Any:
        """Finish a task and return it."""
        self.gateway.state.finish_all()
        return self.look(task_id)


def _value(reply: Reply) -> Any:
    assert reply.status == 200, reply
    return json.loads(reply.body)


@pytest.fixture
def caller(gateway: Gateway) -> Caller:
    """Return a caller of the shared fresh gateway."""
    return Caller(gateway)


@pytest.fixture
def balance(gateway: Gateway) -> Callable[[], dict[str, int]]:
    """Return a function that returns the figures of the demo account and checks their sum."""

    def read() -> dict[str, int]:
        view = gateway.state.accounts[DEMO_KEY].view()
        assert view["granted"] == view["balance"] + view["reserved"] + view["spent"]
        return view

    return read


@pytest.fixture(scope="session")
def sources() -> set[str]:
    """Return the ids of `x-sources` in the checkout: an installed mock carries no evidence."""
    bundle = Path(__file__).resolve().parents[3] / "generated" / "openapi.json"
    return set(json.loads(bundle.read_text("utf-8"))["x-sources"])
