"""Exchanges over plain HTTP, validated against the contract."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
import httpx
from cometapi_suno_mock import DEMO_KEY, Contract, OperationContract, Violation
from cometapi_suno_mock.faults import HEADER

from contract_tests.verifier.exchange.example_calls import header_examples, query_examples
from scripts.openapi_document import is_object

NOT_JSON = object()
"""Marks a body that is not JSON."""


@attrs.frozen(eq=False)
class CheckedExchange:
    """A request and its answer."""

    operation: OperationContract
    path: Mapping[str, str]
    sent: Any
    status: int
    content_type: str | None
    content: bytes

    @property
    def violations(self) -> list[Violation]:
        """How the response breaks the contract."""
        return self.operation.check_response(status=self.status, content_type=self.content_type, body=self.content)

    @property
    def value(self) -> Any:
        """The JSON value of the response; `NOT_JSON` when it is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return NOT_JSON

    @property
    def code(self) -> Any:
        """The error code, from either error shape."""
        value = self.value
        if not is_object(value):
            return None
        error: Any = value.get("error", value)
        return error.get("code") if is_object(error) else None

    def __str__(self) -> str:
        verdict = "; ".join(map(str, self.violations)) or "as described"
        return f"{self.operation.id} {json.dumps(self.sent)[:200]}: {self.status} {self.content[:300]!r}: {verdict}"


@attrs.frozen
class HttpCaller:
    """Calls operations without the client, as curl would."""

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
    ) -> CheckedExchange:
        """Call an operation with a JSON body; arguments that are `None` are omitted."""
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
    ) -> CheckedExchange:
        """Call an operation with raw bytes; `sent` is their JSON value, if any. Query and headers are the examples."""
        headers = header_examples(operation)
        if key is not None:
            headers["Authorization"] = f"Bearer {key}"
        if fault is not None:
            headers[HEADER] = fault
        if content is not None:
            headers["Content-Type"] = "application/json"
        query = query_examples(operation)
        response = self.http.request(
            operation.method, operation.fill_path(path), params=query, content=content, headers=headers
        )
        content_type = response.headers.get("content-type")
        return CheckedExchange(operation, path, sent, response.status_code, content_type, response.content)
