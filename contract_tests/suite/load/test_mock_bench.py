"""Figures made up by hand give the page that they should; the load counts what the gateway has seen."""

from __future__ import annotations

from typing import Final

import pytest
from cometapi_suno_mock import Gateway

from contract_tests.load.mock_bench.__main__ import request_for
from contract_tests.load.mock_bench.load_generator import Came, load
from contract_tests.load.mock_bench.mock_bench_page import FIXED, MOCK, PRISM, Row, limits, page


def rounds(*rates: int, p99: float = 1.0) -> list[Came]:
    """A round of one second for each rate."""
    return [Came(answers=rate, others=0, seconds=1.0, median=0.5, p99=p99) for rate in rates]


GOOD: Final = Row(MOCK, [0.3, 0.2, 0.9], 59.4, rounds(300, 600, 900))


def test_a_rate_is_compared_within_a_round() -> None:
    prism = Row(PRISM, [2.0], 150, rounds(100, 100, 450))
    kept = {limit.what: (limit.measured, limit.kept) for limit in limits([GOOD, prism])}
    assert kept["answers per second"] == ("3.0 x", True)
    slower = Row(PRISM, [2.0], 150, rounds(101, 201, 450))
    assert {limit.what: limit.kept for limit in limits([GOOD, slower])}["answers per second"] is False


@pytest.mark.parametrize(
    ("row", "missed"),
    [
        (GOOD, []),
        (Row(MOCK, [0.6], 50, rounds(1)), ["start to first answer"]),
        (Row(MOCK, [0.1], 60, rounds(1)), ["memory"]),
        (Row(MOCK, [0.1], 50, rounds(1, p99=3.0)), ["p99"]),
    ],
)
def test_a_limit_is_met_or_missed(row: Row, missed: list[str]) -> None:
    assert [limit.what for limit in limits([row]) if not limit.kept] == missed


def test_the_page_says_what_is_missed_what_is_left_out_and_what_the_server_alone_does() -> None:
    slow = Row(MOCK, [0.2], 50, rounds(100, p99=9.0))
    told = page([slow, Row(FIXED, [], 30, rounds(400, p99=4.0))], 3, "no Node")
    assert "| p99 | under 3 ms | 9.0 ms | **missed** |" in told
    assert "Prism is left out: no Node" in told
    assert "the server alone had a p99 of 4.0 ms" in told
    assert "x Prism" not in told
    assert "the server alone" not in page([GOOD], 3, None)


def test_the_load_counts_what_the_gateway_has_seen(gateway: Gateway) -> None:
    with gateway.serve() as url:
        came = load(url, request_for(url), 4, 0.05)
    assert came.answers == gateway.seen > 4
    assert came.others == 0
    assert 0 < came.median <= came.p99 <= came.seconds * 1e3


def test_other_statuses_are_counted_apart(gateway: Gateway) -> None:
    gateway.faults.add("status=503; nth=2")
    with gateway.serve() as url:
        came = load(url, request_for(url), 1, 0.05)
    assert (came.others, came.answers) == (1, gateway.seen - 1)
