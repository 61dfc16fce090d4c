"""Tests as a user would write them with the fixtures of the mock; the environment tests copy and run this file.

It imports nothing of this repository. Plugins are loaded as they are installed: asyncio, anyio, httpx, respx, xdist.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import respx
from cometapi_suno import AsyncSunoClient, SongFromLyrics, SunoClient, TaskNotFoundError
from cometapi_suno_mock import Gateway

CLIP = "2dd391cd-996b-4843-9738-1aed26f170e4"


def test_sync_fixture(suno_client: SunoClient, suno_mock: Gateway) -> None:
    persona = suno_client.personas.create(root_clip_id=CLIP, name="Ada", description="", clips=[CLIP], is_public=False)
    assert persona.name == "Ada"
    assert [exchange.operation for exchange in suno_mock.exchanges] == ["createPersona"]


def test_wait_ends_at_once(suno_client: SunoClient) -> None:
    """A wait on the fixture must not take real seconds."""
    began = time.monotonic()
    task_id = suno_client.music.submit(SongFromLyrics(prompt="la", mv="chirp-auk"))
    assert suno_client.tasks.wait(str(task_id)).status == "SUCCESS"
    assert time.monotonic() - began < 2


def test_wait_for_unknown_task_ends_at_once(suno_client: SunoClient) -> None:
    began = time.monotonic()
    with pytest.raises(TaskNotFoundError):
        suno_client.tasks.wait("unknown")
    assert time.monotonic() - began < 2


@pytest.mark.asyncio
async def test_async_fixture_with_pytest_asyncio(async_suno_client: AsyncSunoClient) -> None:
    persona = await async_suno_client.personas.create(
        root_clip_id=CLIP, name="Zoë", description="", clips=[CLIP], is_public=False
    )
    assert persona.name == "Zoë"


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_async_fixture_with_anyio(async_suno_client: AsyncSunoClient, anyio_backend: str) -> None:
    task_id = await async_suno_client.lyrics.submit(prompt="the moon")
    assert (await async_suno_client.tasks.wait(task_id)).status == "SUCCESS"


def test_pytest_httpx_sees_the_request(httpx_mock: Any) -> None:
    httpx_mock.add_response(json={"id": "p1", "name": "Ada"})
    with SunoClient(api_key="sk-of-a-user-0123456789", base_url="https://gateway.example") as client:
        persona = client.personas.create(root_clip_id=CLIP, name="Ada", description="", clips=[CLIP], is_public=False)
    assert persona.id == "p1"
    (request,) = httpx_mock.get_requests()
    assert request.url.path == "/suno/persona/create"
    assert b'"Ada"' in request.content


def test_respx_routes(suno_routes: Mapping[str, respx.Route]) -> None:
    with SunoClient(api_key="sk-mock") as client:
        client.personas.create(root_clip_id=CLIP, name="Ada", description="", clips=[CLIP], is_public=False)
    assert suno_routes["createPersona"].called


def test_injected_client_hook_reads_the_request(suno_mock_url: str) -> None:
    """An event hook may read `request.content`."""
    seen: list[bytes] = []

    def read_body(request: httpx.Request) -> None:
        seen.append(request.content)

    hooks = {"request": [read_body]}
    with (
        httpx.Client(event_hooks=hooks) as inner,
        SunoClient(api_key="sk-mock", base_url=suno_mock_url, http_client=inner) as client,
    ):
        client.personas.create(root_clip_id=CLIP, name="Ada", description="", clips=[CLIP], is_public=False)
    assert b'"Ada"' in seen[0]
