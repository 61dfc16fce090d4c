"""The model of a measured row and its budget, and the bench's inputs. Nothing is timed here."""

from __future__ import annotations

import json

from scripts.bench.budgets import MeasuredRow, MeasuredTable, RowBudget, check_budgets, format_budgets, format_table
from scripts.bench.fresh_process import GENERATED, measure_fresh_process
from scripts.bench.measuring import SampledRow, measure_tables
from scripts.bench.payloads import make_bodies

TABLE = MeasuredTable(
    title="Call",
    rows=[MeasuredRow("baseline", [4e-6]), MeasuredRow("ours", [2e-6])],
    budgets=[
        RowBudget("ours", 0.5, "baseline"),
        RowBudget("ours", 0.4, "baseline", reason="known"),
        RowBudget("ours", 1.9),
        RowBudget("baseline", 2, "ours", at_least=True),
        RowBudget("baseline", 2.1, "ours", at_least=True),
        RowBudget("ours", 0.5, "left out"),
        RowBudget("left out", 0.5, "baseline"),
    ],
)


def test_ratio_is_taken_within_a_round() -> None:
    """The second round was ten times slower for both rows, which changes nothing: the ratios are 2, 2 and 3."""
    baseline, ours = MeasuredRow("baseline", [1.0, 10.0, 1.0]), MeasuredRow("ours", [2.0, 20.0, 3.0])
    assert ours.ratio_to(baseline) == 2.0


def test_budget_is_met_missed_or_left_out() -> None:
    assert [result.met for result in check_budgets([TABLE])] == [True, False, False, True, False]
    assert format_budgets([TABLE]).splitlines()[2:] == [
        "| Call | ours | at most 0.5 x baseline | 0.5 | met |",
        "| Call | ours | at most 0.4 x baseline | 0.5 | **missed** |",
        "| Call | ours | at most 1.9 µs | 2 | **missed** |",
        "| Call | baseline | at least 2 x ours | 2 | met |",
        "| Call | baseline | at least 2.1 x ours | 2 | **missed** |",
        "",
        "Call: known",
    ]


def test_table_shows_amounts_and_ratios() -> None:
    rows = [MeasuredRow("baseline", [0.4, 0.1, 0.2]), MeasuredRow("ours", [0.008, 0.002, 0.004])]
    table = MeasuredTable(title="Call", unit="ms", rows=rows)
    assert format_table(table, bold=["ours"]).splitlines() == [
        "| | ms | ratio |",
        "|---|---:|---:|",
        "| baseline | 200 | 1.00 |",
        "| **ours** | 4.00 | 0.0200 |",
    ]


def test_every_row_is_measured_in_its_rounds() -> None:
    """Of six rounds, a row takes part in all, or in every third; a row that was measured elsewhere stays as it is."""
    order: list[str] = []

    def make_row(name: str, every: int) -> SampledRow:
        def sample() -> float:
            order.append(name)
            return 1.0

        return SampledRow(name, sample=sample, every=every)

    always, third = make_row("a", 1), make_row("b", 3)
    done = MeasuredRow("done", [1.0])
    measure_tables([MeasuredTable(title="T", rows=[always, third, done])], 6, lambda _: None)
    assert (len(always.values), len(third.values), done.values) == (6, 2, [1.0])
    assert "".join(order) == "abaabaaa"


def test_fresh_process_counts_code_and_not_setup() -> None:
    spin = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass"
    assert measure_fresh_process("pass", setup=spin) < 0.1
    assert measure_fresh_process(f"import subprocess\nsubprocess.run([sys.executable, '-c', {spin!r}])") > 0.2


def test_bodies_have_the_sizes_in_the_titles() -> None:
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    sizes = {size: round(len(body) / 1000) for size, body in make_bodies(description).items()}
    assert sizes == {"4 KB": 4, "37 KB": 38}
