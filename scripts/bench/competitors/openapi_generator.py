"""openapi-generator's Python clients, from the same description: blocking on urllib3, asynchronous on httpx."""

from __future__ import annotations

import io
import json
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import httpx

from scripts.bench.competitors.competitor import Contender
from scripts.bench.generate_competitors import OPENAPI_GENERATOR, OPENAPI_GENERATOR_ASYNC
from scripts.bench.payloads import ANSWER_HEADERS, ARGUMENTS, KEY
from scripts.bench.transports import Target

_IMPORTS = f"from {OPENAPI_GENERATOR} import ApiClient, Configuration, PersonaRequest, PersonasApi"


class OpenapiGenerator(Contender):
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

    def call(self, target: Target) -> Callable[[], object]:
        made = self._sync
        client = made.ApiClient(made.Configuration(host=target.base_url, access_token=KEY))
        if target.in_memory:
            client.rest_client.pool_manager = _MemoryPool(target.body)
        api, request = made.PersonasApi(client), made.PersonaRequest
        return lambda: api.create_persona(request(**ARGUMENTS))

    def call_async(self, target: Target) -> Callable[[], Awaitable[object]]:
        made = self._async
        client = made.ApiClient(made.Configuration(host=target.base_url, access_token=KEY))
        if target.in_memory:
            client.rest_client.pool_manager = httpx.AsyncClient(transport=target.async_transport)
        api, request = made.PersonasApi(client), made.PersonaRequest
        return lambda: api.create_persona(request(**ARGUMENTS))


class _MemoryPool:
    """Stands where urllib3's pool is: there is no httpx below this client to put a transport into."""

    def __init__(self, body: bytes) -> None:
        self._response: Any = import_module("urllib3").HTTPResponse
        self._body = body
        self._headers = {name.decode(): value.decode() for name, value in ANSWER_HEADERS}

    def request(self, *_: object, **__: object) -> object:
        return self._response(io.BytesIO(self._body), headers=self._headers, status=200, preload_content=False)
