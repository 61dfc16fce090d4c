"""One exchange over plain HTTP, and what the contract says of it."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import attrs
import httpx
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway, OperationContract, Violation
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.inprocess import GatewayTransport
from cometapi_suno_mock.media import is_object

NOT_JSON = object()
"""Stands for a body that is no JSON."""


@attrs.frozen(eq=False)
class Exchange:
    """What was asked, and what came."""

    operation: OperationContract
    path: Mapping[str, str]
    sent: Any
    status: int
    media: str | None
    content: bytes
    violations: list[Violation]
    """What the contract says against the response."""

    @property
    def value(self) -> Any:
        """The JSON value of the response."""
        try:
            return json.loads(self.content)
        except ValueError:
            return NOT_JSON

    @property
    def code(self) -> Any:
        """The code of an error, in either of its two bodies."""
        value = self.value
        if not is_object(value):
            return None
        error: Any = value.get("error", value)
        return error.get("code") if is_object(error) else None

    def __str__(self) -> str:
        told = "; ".join(map(str, self.violations)) or "as described"
        return f"{self.operation.id} {json.dumps(self.sent)[:200]}: {self.status} {self.content[:300]!r}: {told}"


@attrs.frozen
class Caller:
    """Calls operations as curl would."""

    contract: Contract
    http: httpx.Client

    def call(
        self,
        operation: OperationContract,
        path: Mapping[str, str],
        body: Any = None,
        *,
        key: str | None = DEMO_KEY,
        fault: str | None = None,
    ) -> Exchange:
        """Call an operation with a JSON body; what is None is left out."""
        content = None if body is None else json.dumps(body).encode()
        return self.send(operation, path, content, sent=body, key=key, fault=fault)

    def send(
        self,
        operation: OperationContract,
        path: Mapping[str, str],
        content: bytes | None = None,
        *,
        sent: Any = None,
        key: str | None = DEMO_KEY,
        fault: str | None = None,
    ) -> Exchange:
        """Call an operation with these bytes, which stand for the value `sent` if for any."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        if fault is not None:
            headers[HEADER] = fault
        if content is not None:
            headers["Content-Type"] = "application/json"
        place = operation.path
        for name, value in path.items():
            place = place.replace(f"{{{name}}}", quote(value, safe=""))
        response = self.http.request(operation.method, place, content=content, headers=headers)
        media = response.headers.get("content-type")
        return Exchange(
            operation,
            path,
            sent,
            response.status_code,
            media,
            response.content,
            operation.check_response(status=response.status_code, content_type=media, body=response.content),
        )


@contextmanager
def calling(server: Gateway | str, contract: Contract) -> Generator[Caller]:
    """A caller of a gateway without a socket, or of a base URL."""
    if isinstance(server, Gateway):
        http = httpx.Client(transport=GatewayTransport(server), base_url="http://127.0.0.1", trust_env=False)
    else:
        http = httpx.Client(base_url=server, trust_env=False)
    with http:
        yield Caller(contract, http)
