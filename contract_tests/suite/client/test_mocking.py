"""Users' own tests: `unittest.mock` replaces methods of a client, and makes clients that check arguments."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any
from unittest.mock import create_autospec, patch

import pytest
from cometapi_suno import AsyncSunoClient, SunoClient

CLIENTS: dict[str, type[SunoClient | AsyncSunoClient]] = {"sync": SunoClient, "async": AsyncSunoClient}
PERSONA = {"root_clip_id": "a", "name": "n", "description": "", "clips": ["a"], "is_public": False}

MAKERS: dict[str, Callable[[type[Any]], Any]] = {
    "of a client": lambda cls: create_autospec(_connect(cls)),
    "of the class": create_autospec,
    "of the class, as an instance": lambda cls: create_autospec(cls, instance=True),
}


def _connect(cls: type[Any]) -> Any:
    return cls(api_key="k" * 20, base_url="http://a.localhost")


def _result(value: Any) -> Any:
    async def wait() -> Any:
        return await value

    return asyncio.run(wait()) if inspect.isawaitable(value) else value


@pytest.mark.parametrize("autospec", [None, True])
def test_method_of_a_client_can_be_patched(autospec: bool | None, face: str) -> None:
    client = _connect(CLIENTS[face])
    real = client.personas.create
    with patch.object(client.personas, "create", autospec=autospec) as create:
        create.return_value = "made"
        assert _result(client.personas.create(**PERSONA)) == "made"
    assert client.personas.create == real
    with patch.object(client.tasks, "wait") as wait, patch.object(client, "music"):
        wait.return_value = "done"
        assert _result(client.tasks.wait("a")) == "done"


@pytest.mark.parametrize("maker", MAKERS)
def test_autospec_has_the_resources_and_checks_arguments(maker: str, face: str) -> None:
    mock = MAKERS[maker](CLIENTS[face])
    mock.personas.create.return_value = "made"
    assert _result(mock.personas.create(**PERSONA)) == "made"
    mock.tasks.wait.return_value = "done"
    assert _result(mock.tasks.wait("a", timeout=3)) == "done"
    with pytest.raises(TypeError):
        mock.personas.create(root_clip_id="a")
    with pytest.raises(AttributeError):
        _ = mock.personas.remove


def test_autospec_of_a_resource_checks_arguments(face: str) -> None:
    mock = create_autospec(_connect(CLIENTS[face]).personas)
    mock.create.return_value = "made"
    assert _result(mock.create(**PERSONA)) == "made"
    with pytest.raises(TypeError):
        mock.create(root_clip_id="a")
