"""This project's client as users install it: with and without orjson."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import orjson
from cometapi_suno import Answer, AsyncSunoClient, Headers, Response, SunoClient
from cometapi_suno.operations.personas import CREATE, build_create

from scripts.bench.competitors import Competitor
from scripts.bench.payloads import ANSWER_HEADERS, ARGUMENTS, KEY
from scripts.bench.transports import CallTarget


class ThisClient(Competitor):
    """`client.personas.create(...)`."""

    def __init__(self, *, speed: bool) -> None:
        self.name = "cometapi_suno[speed]" if speed else "cometapi_suno"
        # The client uses orjson when it is installed; here both variants are measured.
        self._reader: Any = import_module("cometapi_suno._json_parser")
        self._parse = orjson.loads if speed else self._reader.parse_with_stdlib
        self._writer: Any = import_module("cometapi_suno._json_serializer")
        self._write = self._writer.choose_serializer() if speed else self._writer.serialize_with_stdlib
        if not speed:
            # In a fresh process the installed orjson is always found, so there is only one row.
            self.imports = "import cometapi_suno"
            self.ready = f"from cometapi_suno import SunoClient\nclient = SunoClient(api_key={KEY!r})"
            # Loopback needs no TLS context, but every other client makes one.
            self.first_call = (
                "import httpx\nfrom cometapi_suno import SunoClient\n"
                f"client = SunoClient(api_key={KEY!r}, base_url=base_url, verify=httpx.create_ssl_context())\n"
                "client.personas.create(**arguments)"
            )

    def prepare(self) -> None:
        self._reader._parse = self._parse  # noqa: SLF001
        self._writer._serialize = self._write  # noqa: SLF001

    def decode(self, body: bytes) -> Callable[[], object]:
        return Answer(CREATE, Response(200, Headers(ANSWER_HEADERS), body)).parse

    def encode(self) -> Callable[[], object]:
        return lambda: build_create(**ARGUMENTS).content

    def create(self) -> Callable[[], object] | None:
        return lambda: SunoClient(api_key=KEY)

    def call(self, target: CallTarget) -> Callable[[], object] | None:
        keep = not target.in_memory  # as every other client does
        client = SunoClient(api_key=KEY, base_url=target.base_url, http_client=target.transport, keep_connections=keep)
        return lambda: client.personas.create(**ARGUMENTS)

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]] | None:
        keep = not target.in_memory
        client = AsyncSunoClient(
            api_key=KEY, base_url=target.base_url, http_client=target.async_transport, keep_connections=keep
        )
        return lambda: client.personas.create(**ARGUMENTS)


class ThisClientOverWire(Competitor):
    """This client with orjson and another kind of connection; only calls over a wire differ.

    Args:
        label: What is different, for the name of its rows.
        options: Options of the client.
    """

    def __init__(self, label: str, **options: Any) -> None:
        self.name = f"cometapi_suno[speed], {label}"
        self._base = ThisClient(speed=True)
        self._options: dict[str, Any] = {"api_key": KEY, **options}

    def prepare(self) -> None:
        self._base.prepare()

    def call(self, target: CallTarget) -> Callable[[], object] | None:
        if target.in_memory or self._options.get("http_client") == "aiohttp":  # for asyncio alone
            return None
        client = SunoClient(base_url=target.base_url, **self._options)
        return lambda: client.personas.create(**ARGUMENTS)

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]] | None:
        if target.in_memory:
            return None
        client = AsyncSunoClient(base_url=target.base_url, **self._options)
        return lambda: client.personas.create(**ARGUMENTS)
