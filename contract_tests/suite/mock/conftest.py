"""A caller that talks to a gateway in the same thread, and small descriptions to build gateways from."""

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
"""What both separations send; the rest tells them apart."""


@attrs.frozen
class Caller:
    """Calls a gateway without a socket."""

    gateway: Gateway
    key: str = DEMO_KEY

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """One request as it stands."""
        sent = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.gateway.respond(HttpRequest(method, path, headers=sent, body=body))

    def get(self, path: str, **headers: str) -> Any:
        """The JSON of a GET that is answered 200."""
        return _value(self.send("GET", path, b"", **headers))

    def post(self, path: str, body: Any, **headers: str) -> Any:
        """The JSON of a POST that is answered 200."""
        return _value(self.send("POST", path, json.dumps(body).encode(), **headers))

    def refused(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of a call that is not answered 200; without a body it is a GET."""
        reply = self.send("GET", path) if body is None else self.send("POST", path, json.dumps(body).encode())
        assert reply.status != 200, reply
        return reply.status, json.loads(reply.body)

    def submit(self, kind: str, body: Any) -> str:
        """The id of a task that was submitted."""
        task_id: str = self.post(f"/suno/submit/{kind}", body)["data"]
        return task_id

    def submit_upload(self) -> str:
        """The id of a task that uploads a clip."""
        task_id: str = self.post("/suno/uploads/audio-url", {"url": "https://example.com/a.mp3"})["data"]
        return task_id

    def look(self, task_id: str) -> Any:
        """The task as one look shows it."""
        return self.get(f"/suno/fetch/{task_id}")["data"]

    def finished(self, task_id: str) -> Any:
        """The task once it has ended."""
        self.gateway.state.finish_all()
        return self.look(task_id)


def _value(reply: Reply) -> Any:
    assert reply.status == 200, reply
    return json.loads(reply.body)


@pytest.fixture
def caller(gateway: Gateway) -> Caller:
    """A caller of the shared fresh gateway."""
    return Caller(gateway)


@pytest.fixture
def balance(gateway: Gateway) -> Callable[[], dict[str, int]]:
    """The figures of the demo key's account; that they add up is checked each time."""

    def read() -> dict[str, int]:
        view = gateway.state.accounts[DEMO_KEY].view()
        assert view["granted"] == view["balance"] + view["reserved"] + view["spent"]
        return view

    return read


@pytest.fixture(scope="session")
def sources() -> set[str]:
    """Ids of the description's `x-sources`: of the tree's, since an installed mock carries no notes."""
    bundle = Path(__file__).resolve().parents[3] / "generated" / "openapi.json"
    return set(json.loads(bundle.read_text("utf-8"))["x-sources"])
