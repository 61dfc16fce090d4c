"""The clients that other generators make from the same description.

openapi-python-client with its own templates; openapi-generator: blocking on urllib3, asynchronous on httpx.
"""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import httpx

from scripts.bench.competitors import Competitor
from scripts.bench.generate_competitors import OPENAPI_GENERATOR, OPENAPI_GENERATOR_ASYNC, STOCK
from scripts.bench.payloads import ANSWER_HEADERS, ARGUMENTS, KEY
from scripts.bench.transports import CallTarget

_IMPORTS = f"from {OPENAPI_GENERATOR} import ApiClient, Configuration, PersonaRequest, PersonasApi"


class StockClient(Competitor):
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

    def call(self, target: CallTarget) -> Callable[[], object]:
        arguments = {"transport": target.transport}
        client = self._client(base_url=target.base_url, token=KEY, httpx_args=arguments)
        send, request = self._create.sync, self._request
        return lambda: send(client=client, body=request(**ARGUMENTS))

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]]:
        arguments = {"transport": target.async_transport}
        client = self._client(base_url=target.base_url, token=KEY, httpx_args=arguments)
        send, request = self._create.asyncio, self._request
        return lambda: send(client=client, body=request(**ARGUMENTS))


class OpenapiGeneratorClient(Competitor):
    """`PersonasApi(client).create_persona(PersonaRequest(...))`."""

    name = "openapi-generator"
    imports = f"import {OPENAPI_GENERATOR}"
    ready = f"{_IMPORTS}\nclient = PersonasApi(ApiClient(Configuration(access_token={KEY!r})))"
    first_call = (
        f"{_IMPORTS}\nclient = PersonasApi(ApiClient(Configuration(host=base_url, access_token={KEY!r})))\n"
        "client.create_persona(PersonaRequest(**arguments))"
    )

    def __init__(self) -> None:
        self._sync: Any = import_module(OPENAPI_GENERATOR)
        self._async: Any = import_module(OPENAPI_GENERATOR_ASYNC)

    def decode(self, body: bytes) -> Callable[[], object]:
        read = self._sync.Persona.from_dict
        return lambda: read(json.loads(body))

    def encode(self) -> Callable[[], object]:
        request = self._sync.PersonaRequest
        return lambda: request(**ARGUMENTS).to_json().encode()

    def create(self) -> Callable[[], object]:
        made = self._sync
        return lambda: made.PersonasApi(made.ApiClient(made.Configuration(access_token=KEY)))

    def call(self, target: CallTarget) -> Callable[[], object]:
        made = self._sync
        client = made.ApiClient(made.Configuration(host=target.base_url, access_token=KEY))
        if target.in_memory:
            client.rest_client.pool_manager = _MemoryPool(target.body)
        api, request = made.PersonasApi(client), made.PersonaRequest
        return lambda: api.create_persona(request(**ARGUMENTS))

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]]:
        made = self._async
        client = made.ApiClient(made.Configuration(host=target.base_url, access_token=KEY))
        if target.in_memory:
            client.rest_client.pool_manager = httpx.AsyncClient(transport=target.async_transport)
        api, request = made.PersonasApi(client), made.PersonaRequest
        return lambda: api.create_persona(request(**ARGUMENTS))


class _MemoryPool:
    """Replaces urllib3's pool: this client has no httpx transport that could be replaced."""

    def __init__(self, body: bytes) -> None:
        self._response: Any = import_module("urllib3").HTTPResponse
        self._body = body
        self._headers = {name.decode(): value.decode() for name, value in ANSWER_HEADERS}

    def request(self, *_: object, **__: object) -> object:
        return self._response(io.BytesIO(self._body), headers=self._headers, status=200, preload_content=False)
