"""Provoke each described status: by a real cause where the gateway has one, else by a fault.

A single gateway is never saturated (429), does not fail (500, 503) and is not cut off from its upstream (504) or from
the proxy in front of it (524). It does not refuse a free call for lack of money (403), or an unknown id where it keeps
no state (400, for an operation that is answered from the description alone). These statuses come from a fault.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from cometapi_suno_mock import Contract, Gateway, OperationContract, Settings
from cometapi_suno_mock.handlers import HANDLERS

from contract_tests.verifier.exchange.example_calls import example_calls, path_examples
from contract_tests.verifier.exchange.raw_http import CheckedExchange, open_caller


@attrs.frozen
class Gateways:
    """Gateways that have a real cause for a status."""

    contract: Contract
    able: Gateway
    poor: Gateway
    """Every call has a price, and the balance is 0."""
    small: Gateway
    """Every body is over the limit."""

    @classmethod
    def of(cls, contract: Contract, able: Gateway | None = None) -> Gateways:
        """Make the three gateways of a description; `able` replaces the first."""
        prices = dict.fromkeys(contract.operations, 1)
        return cls(
            contract,
            able or Gateway(contract),
            Gateway(contract, settings=Settings(credits=0, prices=prices)),
            Gateway(contract, settings=Settings(max_body=1)),
        )

    def own(self, operation: OperationContract) -> set[int]:
        """Return the statuses for which a gateway has a real cause."""
        charged, keeps = operation.billing != "free", operation.id in HANDLERS
        sends = operation.body is not None
        reasons = {operation.success: True, 400: sends or keeps, 401: True, 403: charged, 413: sends}
        return {status for status, holds in reasons.items() if holds}

    def give(self, operation: OperationContract, status: int) -> CheckedExchange:
        """Make an exchange that should end in `status`."""
        if status not in self.own(operation):
            return self._example(operation, self.able, fault=f"status={status}")
        match status:
            case 400:
                return self._wrong(operation)
            case 401:
                return self._example(operation, self.able, key=None)
            case 403:
                return self._example(operation, self.poor)
            case 413:
                return self._example(operation, self.small)
            case _:
                return self._example(operation, self.able)

    def _example(self, operation: OperationContract, gateway: Gateway, **more: str | None) -> CheckedExchange:
        _, path, body = next(example_calls(operation))
        with open_caller(gateway, self.contract) as caller:
            return caller.call(operation, path, body, **more)

    def _wrong(self, operation: OperationContract) -> CheckedExchange:
        """Send a body that is not JSON; without a body, an unknown id."""
        path = dict.fromkeys(path_examples(operation), "unknown-id")
        content = None if operation.body is None else b'{"'
        with open_caller(self.able, self.contract) as caller:
            return caller.send(operation, path, content)


def find_missing_statuses(gateways: Gateways, operation: OperationContract) -> Mapping[int, CheckedExchange]:
    """Return the statuses that did not come as described, with the exchange that came instead.

    Asks for the described statuses and for those with a real cause, which must be described.
    """
    given = {status: gateways.give(operation, status) for status in {*operation.statuses, *gateways.own(operation)}}
    return {status: exchange for status, exchange in given.items() if exchange.status != status or exchange.violations}
