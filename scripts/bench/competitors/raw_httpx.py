"""Calls without a generated client: httpx alone, the baseline of every table, and its transport alone."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import orjson

from scripts.bench.competitors import Competitor
from scripts.bench.payloads import ARGUMENTS, KEY, PATH
from scripts.bench.transports import CallTarget

_HEADERS = {"Authorization": f"Bearer {KEY}"}


class HttpxClient(Competitor):
    """`client.post(url, json=...).json()`, untyped."""

    name = "httpx"
    imports = "import httpx"
    ready = "import httpx\nclient = httpx.Client()"
    first_call = (
        f"import httpx\nclient = httpx.Client(base_url=base_url, headers={_HEADERS!r})\n"
        f"client.post({PATH!r}, json=arguments).json()"
    )

    def decode(self, body: bytes) -> Callable[[], object]:
        return lambda: json.loads(body)

    def encode(self) -> Callable[[], object]:
        # The way httpx encodes `json=`.
        return lambda: json.dumps(ARGUMENTS, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()

    def create(self) -> Callable[[], object]:
        return httpx.Client

    def call(self, target: CallTarget) -> Callable[[], object]:
        client = httpx.Client(transport=target.transport, headers=_HEADERS)
        url = target.base_url + PATH
        return lambda: client.post(url, json=ARGUMENTS).json()

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]]:
        client = httpx.AsyncClient(transport=target.async_transport, headers=_HEADERS)
        url = target.base_url + PATH

        async def call() -> object:
            return (await client.post(url, json=ARGUMENTS)).json()

        return call


class HttpxOrjsonClient(Competitor):
    """`httpx` with the response decoded by orjson."""

    name = "httpx, orjson"

    def decode(self, body: bytes) -> Callable[[], object]:
        return lambda: orjson.loads(body)

    def encode(self) -> Callable[[], object]:
        return lambda: orjson.dumps(ARGUMENTS)

    def call(self, target: CallTarget) -> Callable[[], object]:
        client = httpx.Client(transport=target.transport, headers=_HEADERS)
        url = target.base_url + PATH
        return lambda: orjson.loads(client.post(url, json=ARGUMENTS).content)

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]]:
        client = httpx.AsyncClient(transport=target.async_transport, headers=_HEADERS)
        url = target.base_url + PATH

        async def call() -> object:
            return orjson.loads((await client.post(url, json=ARGUMENTS)).content)

        return call


class HttpxTransportOnly(Competitor):
    """httpx's transport alone, with a prepared request: a client on this transport cannot cost less."""

    name = "httpx transport, orjson"

    def call(self, target: CallTarget) -> Callable[[], object] | None:
        if target.in_memory:
            return None
        transport, request = httpx.HTTPTransport(), _prepare_request(target)

        def call() -> object:
            stream: Any = transport.handle_request(request).stream
            body = b"".join(stream)
            stream.close()
            return orjson.loads(body)

        return call

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]] | None:
        if target.in_memory:
            return None
        transport, request = httpx.AsyncHTTPTransport(), _prepare_request(target)

        async def call() -> object:
            stream: Any = (await transport.handle_async_request(request)).stream
            body = b"".join([part async for part in stream])
            await stream.aclose()
            return orjson.loads(body)

        return call


def _prepare_request(target: CallTarget) -> httpx.Request:
    timeout = {"timeout": httpx.Timeout(5).as_dict()}
    return httpx.Request("POST", target.base_url + PATH, headers=_HEADERS, json=ARGUMENTS, extensions=timeout)
