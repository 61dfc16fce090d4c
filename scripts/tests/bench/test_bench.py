"""What the benchmark says of what was measured. Nothing is timed here."""

from __future__ import annotations

import json

from scripts.bench.bench_paths import GENERATED
from scripts.bench.budgets import Promise
from scripts.bench.measuring import Case
from scripts.bench.payloads import bodies
from scripts.bench.report import summary
from scripts.bench.tables import Table


def _case(name: str, *seconds: float) -> Case:
    return Case("Call", name, sample=lambda: 0.0, seconds=list(seconds))


def test_a_ratio_is_taken_within_a_round() -> None:
    """The second round was ten times slower for both, which is no matter: the rounds say 2, 2 and 3."""
    floor, ours = _case("floor", 1.0, 10.0, 1.0), _case("ours", 2.0, 20.0, 3.0)
    assert ours.times(floor) == 2.0


def test_each_promise_is_met_or_missed_and_none_is_made_up() -> None:
    table = Table(
        title="Call",
        about="",
        cases=[_case("floor", 4e-6), _case("ours", 2e-6)],
        promises=[
            Promise("ours", 0.5, "floor"),
            Promise("ours", 0.4, "floor"),
            Promise("ours", 1.9, ""),
            Promise("ours", 0.5, "left out"),
            Promise("left out", 0.5, "floor"),
        ],
    )
    assert summary([table]).splitlines()[4:] == [
        "| Call | ours | 0.5 x floor | 0.5 | met |",
        "| Call | ours | 0.4 x floor | 0.5 | **missed** |",
        "| Call | ours | 1.9 µs | 2 | **missed** |",
    ]


def test_the_bodies_have_the_sizes_that_the_tables_name() -> None:
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    assert {size: round(len(body) / 1000) for size, body in bodies(description).items()} == {"4 KB": 4, "37 KB": 38}
