"""How each described status comes about: by itself where the gateway has a reason, else by a fault.

A gateway alone is not saturated (429), does not fail (500, 503) and is not cut off from upstream (504) or from the
proxy in front of it (524). Nor can one refuse a free call for lack of money (403). There, a fault stands in.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs
from cometapi_suno_mock import Contract, Gateway, OperationContract, Settings

from contract_tests.support.described import example_calls, path_examples
from contract_tests.support.exchanges import Exchange, calling


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
            able or Gateway(contract.description),
            Gateway(contract.description, settings=Settings(credits=0, prices=prices)),
            Gateway(contract.description, settings=Settings(max_body=1)),
        )

    def give(self, operation: OperationContract, status: int) -> Exchange:
        """An exchange that should end in `status`."""
        match status:
            case 200:
                return self._example(operation, self.able)
            case 400:
                return self._wrong(operation)
            case 401:
                return self._example(operation, self.able, key=None)
            case 403 if operation.billing != "free":
                return self._example(operation, self.poor)
            case 413 if operation.body is not None:
                return self._example(operation, self.small)
            case _:
                return self._example(operation, self.able, fault=f"status={status}")

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
    """The described statuses that did not come, or not as described, with what came instead."""
    given = {status: gateways.give(operation, status) for status in operation.statuses}
    return {status: exchange for status, exchange in given.items() if exchange.status != status or exchange.violations}
