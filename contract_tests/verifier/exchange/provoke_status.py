"""Provoke each described status: by a real cause where a gateway has one, else by a fault.

A single gateway is never saturated (429), does not fail (500, 503) and is not cut off from its upstream (504) or from
the proxy in front of it (524). It does not refuse a free call for lack of money (403), or an unknown id where it keeps
no state (400, for an operation that is answered from the description alone). These statuses come from a fault.
"""

from __future__ import annotations

from typing import Final

from attrs import frozen
from cometapi_suno_mock import Contract, OperationContract, Settings
from cometapi_suno_mock.handlers import HANDLERS

from contract_tests.verifier.exchange.example_calls import example_calls, path_examples
from contract_tests.verifier.exchange.raw_http import CheckedExchange, HttpCaller

SMALL: Final = Settings(max_body=1)
"""Every body is over the limit."""


def poor_settings(contract: Contract) -> Settings:
    """Return the settings of a gateway where every call has a price, and the balance is 0."""
    return Settings(credits=0, prices=dict.fromkeys(contract.operations, 1))


@frozen
class StatusCallers:
    """Callers of gateways that have a real cause for a status.

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
