"""The official SDKs: `cometapi` and `openai`, which it is built on. They have no Suno methods and post to its path."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from importlib import import_module
from typing import Any, Literal, Optional, get_origin

import httpx

from scripts.bench.competitors import Competitor
from scripts.bench.payloads import ARGUMENTS, KEY, PATH
from scripts.bench.transports import CallTarget

REQUIRED_LISTS = ", required lists"
"""End of a row's name when its models require their lists."""
_SCALARS: dict[str, Any] = {"string": str, "integer": int, "number": float, "boolean": bool}


class SdkClient(Competitor):
    """`client.post(path, cast_to=Persona, body=...)`, with models such as the SDK's own generator writes.

    Args:
        module: The package.
        name: Its client.
        schemas: The component schemas that the models are made from.
        lists: Require every list, whatever the schemas say. The SDK reads a required list item by item, but passes an
            optional list as a whole to pydantic's compiled validator.
    """

    def __init__(self, module: str, name: str, schemas: Mapping[str, Any], *, lists: bool = False) -> None:
        self.name = f"{module} SDK{REQUIRED_LISTS if lists else ''}"
        package: Any = import_module(module)
        self._client, self._async_client = getattr(package, name), getattr(package, f"Async{name}")
        self._persona = _ModelFactory(schemas, lists=lists).get("Persona")
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

    def call(self, target: CallTarget) -> Callable[[], object]:
        http = httpx.Client(transport=target.transport) if target.in_memory else None
        client = self._client(api_key=KEY, base_url=target.base_url, http_client=http)
        persona = self._persona
        return lambda: client.post(PATH, cast_to=persona, body=ARGUMENTS)

    def call_async(self, target: CallTarget) -> Callable[[], Awaitable[object]]:
        http = httpx.AsyncClient(transport=target.async_transport) if target.in_memory else None
        client = self._async_client(api_key=KEY, base_url=target.base_url, http_client=http)
        persona = self._persona
        return lambda: client.post(PATH, cast_to=persona, body=ARGUMENTS)


class _ModelFactory:
    """Makes pydantic models on the SDK's base class from component schemas, on request."""

    def __init__(self, schemas: Mapping[str, Any], *, lists: bool) -> None:
        self._schemas = schemas
        self._lists = lists
        self._made: dict[str, Any] = {}
        self._create: Any = import_module("pydantic").create_model
        self._base: Any = import_module("openai").BaseModel

    def get(self, name: str) -> Any:
        """Return the model of a schema, or the literals of an enum."""
        if name not in self._made:
            schema = self._schemas[name]
            self._made[name] = Literal[*schema["enum"]] if "enum" in schema else self._make_model(name, schema)
        return self._made[name]

    def _make_model(self, name: str, schema: Mapping[str, Any]) -> Any:
        required = schema.get("required", ())
        fields: dict[str, Any] = {}
        for member, described in schema.get("properties", {}).items():
            kind = self._convert_type(described)
            needed = member in required or (self._lists and get_origin(kind) is list)
            fields[member] = (kind, ...) if needed else (Optional[kind], None)  # noqa: UP045 (as generated)
        return self._create(name, __base__=self._base, **fields)

    def _convert_type(self, schema: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            return self.get(schema["$ref"].rpartition("/")[2])
        if "oneOf" in schema:
            return self._convert_type(next(each for each in schema["oneOf"] if each.get("type") != "null"))
        kinds = schema.get("type", ())
        names = [name for name in ([kinds] if isinstance(kinds, str) else kinds) if name != "null"]
        if names == ["array"]:
            return list[self._convert_type(schema["items"])]  # type: ignore[misc]
        if len(names) != 1 or names[0] not in _SCALARS:
            return Any
        return _SCALARS[names[0]]
