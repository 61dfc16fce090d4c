"""The budget: what is counted, what is over a cap, and what ends a run."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from contract_tests.suite.verifier.stand_in_gateway import step
from contract_tests.verifier.live.limits import Budget, Cost, CountedCall, Refusal, price_of
from contract_tests.verifier.live.planned_requests import KeyChoice


def test_cap_on_calls() -> None:
    budget, look = Budget(max_calls=3), step("fetchTask", uses=10)
    given = [budget.reserve(look) for _ in range(5)]
    assert [isinstance(each, CountedCall) for each in given] == [True, True, True, False, False]
    assert isinstance(given[3], Refusal)
    assert given[3].code == "cap-calls"
    assert budget.stopped == given[3] == given[4]


def test_call_beyond_the_plan_ends_the_run() -> None:
    """A caller that repeats a paid call exceeds what the user agreed to."""
    budget, persona, look = Budget(max_calls=9), step("createPersona"), step("fetchTask")
    assert isinstance(budget.reserve(persona), CountedCall)
    refused = budget.reserve(persona)
    assert isinstance(refused, Refusal)
    assert refused.code == "cap-plan"
    assert budget.reserve(look) is refused


def test_cap_on_cost() -> None:
    """0.1 three times is 0.3, and not a bit more."""
    prices = {"submitMusic": Decimal("0.1")}
    budget, song = Budget(max_calls=99, max_cost=Decimal("0.3"), prices=prices), step("submitMusic", uses=9)
    given = [budget.reserve(song) for _ in range(4)]
    assert [isinstance(each, CountedCall) for each in given] == [True, True, True, False]
    assert budget.spent == Cost(Decimal("0.3"), 0)
    assert budget.stopped is not None
    assert budget.stopped.code == "cap-cost"


def test_unknown_price_is_not_sent_under_a_cap() -> None:
    budget = Budget(max_calls=99, max_cost=Decimal(1000))
    refused = budget.reserve(step("createPersona"))
    assert isinstance(refused, Refusal)
    assert refused.code == "cap-cost"
    assert budget.calls == []


@pytest.mark.parametrize(
    ("called", "key", "price"),
    [
        ("createPersona", KeyChoice.REAL, None),
        ("createPersona", KeyChoice.BAD, Decimal(0)),
        ("submitMusic", KeyChoice.REAL, Decimal("0.5")),
        ("submitMusic", KeyChoice.BAD, Decimal(0)),
        ("fetchTask", KeyChoice.REAL, Decimal(0)),
        ("getTiming", KeyChoice.REAL, None),
    ],
)
def test_price_of_a_call(called: str, key: KeyChoice, price: Decimal | None) -> None:
    """`x-billing` says paid of createPersona and submitMusic, free of fetchTask, and nothing certain of getTiming."""
    assert price_of(step(called, key=key), {"submitMusic": Decimal("0.5")}) == price


def test_sum_with_unknown_prices() -> None:
    assert str(Cost.of([])) == "0"
    assert str(Cost.of([Decimal("0.10"), Decimal("0.20")])) == "0.3"
    assert str(Cost.of([None])) == "price unknown of 1 call"
    assert str(Cost.of([None, Decimal("1E+1"), None])) == "price unknown of 2 calls, 10 for the others"


@pytest.mark.parametrize("cap", [1, 7, 64])
def test_threads_share_one_cap(cap: int) -> None:
    budget, look = Budget(max_calls=cap), step("fetchTask", uses=10_000)
    start = threading.Barrier(8)

    def race(_: int) -> int:
        start.wait()
        return sum(isinstance(budget.reserve(look), CountedCall) for _ in range(100))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(race, range(8))) == cap
    assert [entry.number for entry in budget.calls] == list(range(1, cap + 1))


def test_first_reason_to_stop_is_kept() -> None:
    budget, heard = Budget(max_calls=9), list[str]()
    with budget.notify(lambda: heard.append("before")):
        budget.stop(Refusal("first", "the first"))
        budget.stop(Refusal("second", "the second"))
    with budget.notify(lambda: heard.append("late")):
        pass
    assert heard == ["before", "late"]
    assert budget.stopped == Refusal("first", "the first")


def test_wait_until_idle() -> None:
    budget = Budget(max_calls=9)
    entry = budget.reserve(step("fetchTask"))
    assert isinstance(entry, CountedCall)
    assert not budget.wait_idle(lambda: True)
    timer = threading.Timer(0.02, lambda: budget.settle(entry, "200", answered=True))
    timer.start()
    assert budget.wait_idle(lambda: False)
    timer.join()
