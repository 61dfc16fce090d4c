"""Calls operations over plain HTTP, validates what comes against the contract, and provokes each described status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import attrs
import httpx
from cometapi_suno_mock import DEMO_KEY, Contract, OperationContract, Settings, Violation
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.handlers import HANDLERS

from contract_tests.verifier.exchange.example_calls import example_calls, header_examples, path_examples, query_examples
from scripts.openapi_document import is_object

SMALL: Final = Settings(max_body=1)
"""The settings of a gateway for which every body is over the limit."""


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
        """The JSON value of the response; `None` when it is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

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


def poor_settings(contract: Contract) -> Settings:
    """Return the settings of a gateway where every call has a price, and the balance is 0."""
    return Settings(credits=0, prices=dict.fromkeys(contract.operations, 1))


@attrs.frozen
class StatusCallers:
    """Callers of gateways that have a real cause for a status.

    A single gateway is never saturated (429), does not fail (500, 503) and is not cut off from its upstream (504) or
    from the proxy in front of it (524). It does not refuse a free call for lack of money (403), or an unknown id where
    it keeps no state (400, for an operation that is answered from the description alone). These statuses come from a
    fault.

    Attributes:
        able: Of a gateway that does what it is asked.
        poor: Of one with `poor_settings`.
        small: Of one with the settings `SMALL`.
    """

    able: HttpCaller
    poor: HttpCaller | None = None
    small: HttpCaller | None = None

    def find_causes(self, operation: OperationContract) -> set[int]:
        """Return the statuses for which a gateway has a real cause."""
        keeps_state, sends = operation.id in HANDLERS, operation.body is not None
        causes = {
            operation.success: True,
            400: sends or keeps_state,
            401: True,
            403: operation.billing != "free" and self.poor is not None,
            413: sends and self.small is not None,
        }
        return {status for status, exists in causes.items() if exists}

    def provoke(self, operation: OperationContract, status: int) -> CheckedExchange:
        """Make a call that should end in a status: with a real cause if there is one, else with a fault."""
        _, path, body = next(example_calls(operation))
        if status not in self.find_causes(operation):
            return self.able.call(operation, path, body, fault=f"status={status}")
        if status == 401:
            return self.able.call(operation, path, body, key="sk-unknown")
        if status == 400:  # a body that is not JSON; without a body, an unknown id
            unknown = dict.fromkeys(path_examples(operation), "unknown-id")
            return self.able.send(operation, unknown, None if operation.body is None else b'{"')
        caller = {403: self.poor, 413: self.small}.get(status) or self.able
        return caller.call(operation, path, body)
