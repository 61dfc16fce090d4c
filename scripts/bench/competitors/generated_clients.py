"""openapi-python-client with its own templates, from the same description."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from importlib import import_module

from scripts.bench.competitors.competitor import Contender
from scripts.bench.generate_competitors import STOCK
from scripts.bench.payloads import ARGUMENTS, KEY
from scripts.bench.transports import Target


class Stock(Contender):
    """`create_persona.sync(client=client, body=PersonaRequest(...))`."""

    name = "openapi-python-client"
    imports = f"import {STOCK}"
    ready = (
        f"from {STOCK} import AuthenticatedClient\nfrom {STOCK}.api.personas import create_persona\n"
        f"client = AuthenticatedClient(base_url='https://api.cometapi.com', token={KEY!r})"
    )
    first_call = (
        f"from {STOCK} import AuthenticatedClient\nfrom {STOCK}.api.personas import create_persona\n"
        f"from {STOCK}.models import PersonaRequest\n"
        f"client = AuthenticatedClient(base_url=base_url, token={KEY!r})\n"
        "create_persona.sync(client=client, body=PersonaRequest(**arguments))"
    )

    def __init__(self) -> None:
        self._client = import_module(STOCK).AuthenticatedClient
        self._create = import_module(f"{STOCK}.api.personas.create_persona")
        models = import_module(f"{STOCK}.models")
        self._persona, self._request = models.Persona, models.PersonaRequest

    def decode(self, body: bytes) -> Callable[[], object]:
        read = self._persona.from_dict
        return lambda: read(json.loads(body))

    def encode(self) -> Callable[[], object]:
        request = self._request
        return lambda: json.dumps(
            request(**ARGUMENTS).to_dict(), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()

    def create(self) -> Callable[[], object]:
        return lambda: self._client(base_url="https://api.cometapi.com", token=KEY).get_httpx_client()

    def call(self, target: Target) -> Callable[[], object]:
        arguments = {"transport": target.transport}
        client = self._client(base_url=target.base_url, token=KEY, httpx_args=arguments)
        send, request = self._create.sync, self._request
        return lambda: send(client=client, body=request(**ARGUMENTS))

    def call_async(self, target: Target) -> Callable[[], Awaitable[object]]:
        arguments = {"transport": target.async_transport}
        client = self._client(base_url=target.base_url, token=KEY, httpx_args=arguments)
        send, request = self._create.asyncio, self._request
        return lambda: send(client=client, body=request(**ARGUMENTS))
