"""How each described status comes about: by itself where the gateway has a reason, else by a fault.

A gateway alone is not saturated (429), does not fail (500, 503) and is not cut off from upstream (504) or from the
proxy in front of it (524). Nor can one refuse a free call for lack of money (403), or an id where it keeps none (400,
for an operation that is answered from the description alone). There, a fault stands in.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from cometapi_suno_mock import Contract, Gateway, OperationContract, Settings
from cometapi_suno_mock.operations import HANDLERS

from contract_tests.suite.support.loaded_spec import example_calls, path_examples
from contract_tests.suite.support.raw_http import Exchange, calling


@attrs.frozen
class Gateways:
    """Gateways that have their reasons."""

    contract: Contract
    able: Gateway
    poor: Gateway
    """Every call costs something, and nobody has anything."""
    small: Gateway
    """Every body is too large."""

    @classmethod
    def of(cls, contract: Contract, able: Gateway | None = None) -> Gateways:
        """Three gateways of a description, or two beside one that is there."""
        prices = dict.fromkeys(contract.operations, 1)
        return cls(
            contract,
            able or Gateway(contract),
            Gateway(contract, settings=Settings(credits=0, prices=prices)),
            Gateway(contract, settings=Settings(max_body=1)),
        )

    def own(self, operation: OperationContract) -> set[int]:
        """The statuses that a gateway has a reason of its own for."""
        charged, keeps = operation.billing != "free", operation.id in HANDLERS
        sends = operation.body is not None
        reasons = {200: True, 400: sends or keeps, 401: True, 403: charged, 413: sends}
        return {status for status, holds in reasons.items() if holds}

    def give(self, operation: OperationContract, status: int) -> Exchange:
        """An exchange that should end in `status`."""
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

    def _example(self, operation: OperationContract, gateway: Gateway, **more: str | None) -> Exchange:
        _, path, body = next(example_calls(self.contract.description, operation))
        with calling(gateway, self.contract) as caller:
            return caller.call(operation, path, body, **more)

    def _wrong(self, operation: OperationContract) -> Exchange:
        """No JSON as the body; where there is no body, an id that nobody knows."""
        path = dict.fromkeys(path_examples(self.contract.description, operation), "nobody")
        content = None if operation.body is None else b'{"'
        with calling(self.able, self.contract) as caller:
            return caller.send(operation, path, content)


def missing(gateways: Gateways, operation: OperationContract) -> Mapping[int, Exchange]:
    """The statuses that did not come, or not as described, with what came instead.

    Those of the description, and those that a gateway has a reason for: they have to be described.
    """
    given = {status: gateways.give(operation, status) for status in {*operation.statuses, *gateways.own(operation)}}
    return {status: exchange for status, exchange in given.items() if exchange.status != status or exchange.violations}
