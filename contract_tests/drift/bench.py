"""`python -m contract_tests.drift.bench`: how many exchanges are judged in a second, on one core."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

import httpx
from cometapi_suno_mock import Gateway

from contract_tests.drift.exchange import Exchange
from contract_tests.drift.judge import Judge
from contract_tests.drift.replay import Replay
from contract_tests.drift.selftest.drifted import drifted
from contract_tests.drift.targets import MockTarget, RecordedTarget

SECONDS = 2.0


def main() -> int:
    """Run the verb."""
    recorded, made = list(RecordedTarget().exchanges()), list(MockTarget().exchanges())
    contract = Gateway().contract
    other = [case.exchange for case in drifted(contract.description) if case.description is None]
    for title, exchanges in (("recorded", recorded), ("mock", made), ("drifted", other)):
        judge = Judge(contract)
        sys.stdout.write(f"judged, {title}: {_rate(judge.observe, exchanges):,.0f} exchanges/s of processor time\n")
    sys.stdout.write(f"replayed: {1000 / _rate(_replay, recorded):.2f} ms each\n")
    return 0


def _replay(exchange: Exchange) -> None:
    with httpx.Client(transport=Replay([exchange]), base_url="http://127.0.0.1", trust_env=False) as http:
        body = exchange.request.body
        http.request(exchange.request.method, exchange.request.path, content=body.content if body else None)


def _rate(do: Callable[[Exchange], object], exchanges: Sequence[Exchange]) -> float:
    for exchange in exchanges:
        do(exchange)
    count, start = 0, time.process_time()
    while time.process_time() - start < SECONDS:
        for exchange in exchanges:
            do(exchange)
        count += len(exchanges)
    return count / (time.process_time() - start)


if __name__ == "__main__":
    sys.exit(main())
