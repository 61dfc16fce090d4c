"""The page of the mock's figures and its budgets; the load generator counts what the gateway has seen."""

from __future__ import annotations

import pytest
from cometapi_suno_mock import Gateway

from contract_tests.load.mock_bench.__main__ import make_request
from contract_tests.load.mock_bench.load_generator import LoadResult, run_load
from contract_tests.load.mock_bench.mock_bench_page import FIXED, MOCK, PRISM, ServerFigures, format_page, make_tables
from scripts.bench.budgets import check_budgets

MEGABYTE = 1024**2


def loads(*rates: int, p99: float = 0.001) -> list[LoadResult]:
    """Return a round of one second for each rate."""
    return [LoadResult(answers=rate, others=0, seconds=1.0, median=0.0005, p99=p99) for rate in rates]


def missed(*servers: ServerFigures) -> list[str]:
    """Return the titles of the tables whose budget is missed."""
    return [result.table.title for result in check_budgets(make_tables(servers)) if not result.met]


GOOD = ServerFigures(MOCK, [0.3, 0.2, 0.9], 59.4 * MEGABYTE, loads(300, 600, 900))


def test_rate_is_compared_within_a_round() -> None:
    prism = ServerFigures(PRISM, [2.0], 150 * MEGABYTE, loads(100, 100, 450))
    (rate,) = [result.measured for result in check_budgets(make_tables([GOOD, prism])) if result.budget.at_least]
    assert rate == 3.0
    assert missed(GOOD, prism) == []
    assert missed(GOOD, ServerFigures(PRISM, [2.0], 150 * MEGABYTE, loads(101, 201, 450))) == ["answers"]


@pytest.mark.parametrize(
    ("mock", "titles"),
    [
        (GOOD, []),
        (ServerFigures(MOCK, [0.6], 50 * MEGABYTE, loads(1)), ["first answer"]),
        (ServerFigures(MOCK, [0.1], 61 * MEGABYTE, loads(1)), ["memory"]),
        (ServerFigures(MOCK, [0.1], 50 * MEGABYTE, loads(1, p99=0.0031)), ["p99"]),
    ],
)
def test_budget_is_met_or_missed(mock: ServerFigures, titles: list[str]) -> None:
    assert missed(mock) == titles


def test_page_shows_spread_misses_and_what_is_left_out() -> None:
    slow = ServerFigures(MOCK, [0.2], 50 * MEGABYTE, loads(100, 3000, 200, p99=0.009))
    page = format_page([slow, ServerFigures(FIXED, [0.1], 30 * MEGABYTE, loads(400, p99=0.004))], 3, "no Node")
    assert "| the mock | 200 | 50.0 | 200 (100 to 3,000) | 0.5 (0.5 to 0.5) | 9.0 (9.0 to 9.0) |" in page
    assert "| p99 | the mock | at most 3 ms | 9 | **missed** |" in page
    assert "Prism is left out: no Node" in page
    assert "the server without the mock had a p99 of 4.0 ms" in page
    assert "x Prism" not in page
    assert "the server without the mock had" not in format_page([GOOD], 3, None)


def test_load_counts_what_the_gateway_has_seen(gateway: Gateway) -> None:
    with gateway.serve() as url:
        result = run_load(url, make_request(url), 4, 0.05)
    assert result.answers == gateway.seen > 4
    assert result.others == 0
    assert 0 < result.median <= result.p99 <= result.seconds


def test_other_statuses_are_counted_separately(gateway: Gateway) -> None:
    gateway.faults.add("status=503; nth=2")
    with gateway.serve() as url:
        result = run_load(url, make_request(url), 1, 0.05)
    assert (result.others, result.answers) == (1, gateway.seen - 1)
