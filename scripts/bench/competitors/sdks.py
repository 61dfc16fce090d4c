"""The official SDKs, `cometapi` and the `openai` that it is made of: neither knows Suno, so they post to its path."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Literal, Optional, get_origin

import httpx

from scripts.bench.competitors.competitor import Contender
from scripts.bench.payloads import ARGUMENTS, KEY, PATH
from scripts.bench.transports import Target

_PLAIN: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


REQUIRED_LISTS = ", required lists"
"""What the name of a row ends in whose models require their lists."""


class Sdk(Contender):
    """`client.post(path, cast_to=Persona, body=...)`, with models such as the SDK's own generator writes.

    Args:
        module: The package.
        name: Its client.
        schemas: What the models are made of.
        lists: Require every list, whatever the schemas say. The SDK then reads its items one by one, where it hands
            an optional list whole to pydantic's compiled reader.
    """

    def __init__(self, module: str, name: str, schemas: Mapping[str, Any], *, lists: bool = False) -> None:
        self.name = f"{module} SDK{REQUIRED_LISTS if lists else ''}"
        package: Any = import_module(module)
        self._client, self._async_client = getattr(package, name), getattr(package, f"Async{name}")
        self._persona = _Models(schemas, lists=lists).named("Persona")
        self._construct: Any = import_module("openai._models").construct_type
        self._lists = lists
        if lists:
            return
        self.imports = f"import {module}"
        self.ready = f"from {module} import {name}\nclient = {name}(api_key={KEY!r})"
        self.first_call = (
            f"from {module} import {name}\nclient = {name}(api_key={KEY!r}, base_url=base_url)\n"
            f"client.post({PATH!r}, cast_to=object, body=arguments)"
        )

    def decode(self, body: bytes) -> Callable[[], object]:
        construct, persona = self._construct, self._persona
        return lambda: construct(type_=persona, value=json.loads(body))

    def create(self) -> Callable[[], object] | None:
        return None if self._lists else lambda: self._client(api_key=KEY)

    def call(self, target: Target) -> Callable[[], object]:
        http = httpx.Client(transport=target.transport) if target.in_memory else None
        client = self._client(api_key=KEY, base_url=target.base_url, http_client=http)
        persona = self._persona
        return lambda: client.post(PATH, cast_to=persona, body=ARGUMENTS)

    def call_async(self, target: Target) -> Callable[[], Awaitable[object]]:
        http = httpx.AsyncClient(transport=target.async_transport) if target.in_memory else None
        client = self._async_client(api_key=KEY, base_url=target.base_url, http_client=http)
        persona = self._persona
        return lambda: client.post(PATH, cast_to=persona, body=ARGUMENTS)


class _Models:
    """Pydantic models on the SDK's own base, one for each schema that is asked for."""

    def __init__(self, schemas: Mapping[str, Any], *, lists: bool) -> None:
        self._schemas = schemas
        self._lists = lists
        self._made: dict[str, Any] = {}
        self._create: Any = import_module("pydantic").create_model
        self._base: Any = import_module("openai").BaseModel

    def named(self, name: str) -> Any:
        """The model, or the literals of an enum."""
        if name not in self._made:
            schema = self._schemas[name]
            self._made[name] = Literal[*schema["enum"]] if "enum" in schema else self._model(name, schema)
        return self._made[name]

    def _model(self, name: str, schema: Mapping[str, Any]) -> Any:
        required = schema.get("required", ())
        fields: dict[str, Any] = {}
        for member, described in schema.get("properties", {}).items():
            kind = self._kind(described)
            needed = member in required or (self._lists and get_origin(kind) is list)
            fields[member] = (kind, ...) if needed else (Optional[kind], None)  # noqa: UP045 (as generated)
        return self._create(name, __base__=self._base, **fields)

    def _kind(self, schema: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            return self.named(schema["$ref"].rpartition("/")[2])
        if "oneOf" in schema:
            return self._kind(next(each for each in schema["oneOf"] if each.get("type") != "null"))
        kinds = schema.get("type", ())
        names = [name for name in ([kinds] if isinstance(kinds, str) else kinds) if name != "null"]
        if names == ["array"]:
            return list[self._kind(schema["items"])]  # type: ignore[misc]
        if len(names) != 1 or names[0] not in _PLAIN:
            return Any
        return _PLAIN[names[0]]
