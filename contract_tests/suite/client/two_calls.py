"""Two calls of either client, played against a scripted server through each kind of pool."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from cometapi_suno import AsyncSunoClient, RetryPolicy, SunoClient

from contract_tests.suite.client.scripted_server import Received, ScriptedServer, answer, persona, task
from contract_tests.suite.support.secret_leaks import KEY

QUICK = RetryPolicy(attempts=4, first_delay=0.001, max_delay=0.002)
REFUSED = answer(429, {"error": {"message": "busy", "type": "comet_api_error", "param": "", "code": "rate_limit"}})
Client = SunoClient | AsyncSunoClient
Story = Callable[[Any], Awaitable[Any]]


async def await_either(value: Any) -> Any:
    """Return what a call of either client gives."""
    if inspect.isawaitable(value):
        return await value
    return value


def play(face: str, server: ScriptedServer, story: Story, **options: Any) -> Any:
    """Run a story with either client; it awaits what the client returns with `await_either`."""
    given: dict[str, Any] = {"api_key": KEY, "base_url": server.url, "retries": QUICK, "timeout": 5} | options

    async def run() -> Any:
        injected: Any = given.get("http_client")
        try:
            if face == "async":
                async with AsyncSunoClient(**given) as client:
                    return await story(client)
            with SunoClient(**given) as sync_client:
                return await story(sync_client)
        finally:
            if injected is not None:
                await await_either(injected.close() if face == "sync" else injected.aclose())

    return asyncio.run(run())


def create_persona(client: Client, name: str) -> Any:
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def read_name(request: Received) -> str:
    """Return the name of the persona that a request asks for."""
    name: str = json.loads(request.body)["name"]
    return name


def render_persona(request: Received) -> bytes:
    """Return a response with the persona that a request asks for."""
    return answer(200, persona(read_name(request)))


def render_task(request: Received) -> bytes:
    """Return a response with the task that a request asks for."""
    return answer(200, task(request.target.rpartition("/")[2]))


async def create_two_personas(client: Client) -> list[str]:
    return [(await await_either(create_persona(client, name))).name for name in ("first", "second")]


async def get_two_tasks(client: Client) -> list[str]:
    return [(await await_either(client.tasks.get(name))).task_id for name in ("a", "b")]


INJECTED: dict[str, dict[str, Callable[[], Any] | None]] = {
    "its own pool": {"sync": None, "async": None},
    "an injected transport": {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport},
    "an injected client": {"sync": httpx.Client, "async": httpx.AsyncClient},
}
EVERY_POOL = pytest.mark.parametrize("pool", INJECTED)


def make_options(pool: str, face: str) -> dict[str, Any]:
    """Return the options with which a client sends through a pool of `EVERY_POOL`."""
    make = INJECTED[pool][face]
    return {} if make is None else {"http_client": make()}
