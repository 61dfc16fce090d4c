"""Callers of gateways in process, and the statuses that a gateway does not answer as described."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager

import httpx
from cometapi_suno_mock import Contract, Gateway, OperationContract
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.verifier.exchange.http_caller import (
    SMALL,
    CheckedExchange,
    HttpCaller,
    StatusCallers,
    poor_settings,
)


@contextmanager
def open_caller(gateway: Gateway, contract: Contract) -> Generator[HttpCaller]:
    """Open a caller of a gateway."""
    with httpx.Client(transport=GatewayTransport(gateway), base_url="http://127.0.0.1", trust_env=False) as http:
        yield HttpCaller(contract, http)


@contextmanager
def open_status_callers(contract: Contract, able: Gateway | None = None) -> Generator[StatusCallers]:
    """Open callers of the gateways that have a real cause for a status; `able` replaces the first."""
    poor, small = Gateway(contract, settings=poor_settings(contract)), Gateway(contract, settings=SMALL)
    with ExitStack() as stack:
        gateways = (able or Gateway(contract), poor, small)
        yield StatusCallers(*(stack.enter_context(open_caller(each, contract)) for each in gateways))


def find_missing_statuses(callers: StatusCallers, operation: OperationContract) -> Mapping[int, CheckedExchange]:
    """Return the statuses that did not come as described, with the exchange that came instead.

    Asks for the described statuses and for those with a real cause, which must be described.
    """
    asked = {*operation.statuses, *callers.find_causes(operation)}
    given = {status: callers.provoke(operation, status) for status in asked}
    return {status: exchange for status, exchange in given.items() if exchange.status != status or exchange.violations}
