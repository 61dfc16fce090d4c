"""Larger descriptions follow our style, and the budgets of `make growth` can be missed."""

from __future__ import annotations

import pytest

from scripts.bench.budgets import MeasuredRow, MeasuredTable, RowBudget, check_budgets
from scripts.bench.scaling import CASES, GENERATE_BUDGETS, LARGEST, MIDDLE, SMALLEST
from scripts.bench.synthetic_spec import enlarge
from scripts.description_file import load
from scripts.generator.read_client import read_client

BUDGETS: dict[str, tuple[RowBudget, ...]] = {
    "generate": GENERATE_BUDGETS,
    **dict(zip(("import", "mock", "call"), ((case.budget,) for case in CASES), strict=True)),
}
GOOD = {
    "generate": {SMALLEST: 1.0, MIDDLE: 4.0, LARGEST: 12.0},
    "import": {SMALLEST: 0.010, MIDDLE: 0.010, LARGEST: 0.011},
    "mock": {SMALLEST: 0.3, MIDDLE: 0.5, LARGEST: 1.0},
    "call": {SMALLEST: 0.01, MIDDLE: 0.01, LARGEST: 0.01},
}


def check(name: str, seconds: dict[str, float]) -> list[bool]:
    """Return which budgets are met when the sizes take these seconds."""
    rows = [MeasuredRow(size, [value]) for size, value in seconds.items()]
    table = MeasuredTable(title=name, unit="s", rows=rows, budgets=BUDGETS[name])
    return [result.met for result in check_budgets([table])]


def test_larger_description_has_methods_and_models_for_each_set() -> None:
    bundled = load().bundled()
    ours, larger = read_client(bundled), read_client(enlarge(bundled, 2 * len(read_client(bundled).operations)))
    assert len(larger.operations) == 2 * len(ours.operations)
    assert len(larger.models) == 2 * len(ours.models)
    assert len(larger.enums) == 2 * len(ours.enums)


@pytest.mark.parametrize("name", GOOD)
def test_growth_within_the_budgets_is_accepted(name: str) -> None:
    assert check(name, GOOD[name]) == [True] * len(BUDGETS[name])


@pytest.mark.parametrize(
    ("name", "seconds", "met"),
    [
        ("generate", 21.0, [False, False]),
        ("generate", 19.5, [True, False]),  # 1.22 times as fast as the operations
        ("import", 0.013, [False]),
        ("mock", 2.5, [False]),
        ("call", 0.02, [False]),
    ],
)
def test_growth_beyond_a_budget_is_found(name: str, seconds: float, met: list[bool]) -> None:
    assert check(name, {**GOOD[name], LARGEST: seconds}) == met
