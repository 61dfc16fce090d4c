"""`make growth`: what generating, importing, serving and calling cost with 12, 120 and 480 operations.

Every size is measured once a round, in turn, so that what slows the machine down slows all sizes down. Exit status 1
when a budget of `docs/growth.md` is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import frozen

from scripts.bench.budgets import MeasuredRow, MeasuredTable, RowBudget, check_budgets, format_budgets, format_table
from scripts.bench.fresh_process import measure_fresh_process, sample_fresh_process
from scripts.bench.measuring import SampledRow, measure_tables
from scripts.bench.synthetic_spec import enlarge
from scripts.description_file import load

SIZES: Final = (12, 120, 480)
SMALLEST, MIDDLE, LARGEST = (f"{size} operations" for size in SIZES)
_GENERATE: Final = """\
import json, pathlib, shutil
from scripts.generator.render_package import render_package
folder = pathlib.Path(sys.argv[1])
shutil.rmtree(folder / "cometapi_suno", ignore_errors=True)
(folder / "cometapi_suno").mkdir()
render_package(json.loads((folder / "openapi.json").read_text("utf-8")), folder / "cometapi_suno")
"""
_CLIENT: Final = """\
import httpx, cometapi_suno
answer = httpx.Response(200, content=b'{"id": "1", "name": "n"}')
client = cometapi_suno.SunoClient(api_key="sk-of-this-test", http_client=httpx.MockTransport(lambda request: answer))
def call():
    client.personas.create(root_clip_id="1", name="n", description="d", clips=["1"], is_public=False)
for _ in range(50):
    call()
"""


@frozen
class ScalingCase:
    """What is measured for every size: code, run in a process that has only run `setup`, and its budget."""

    title: str
    unit: str
    budget: RowBudget
    code: str
    setup: str = ""


CASES: Final = (
    ScalingCase("`import cometapi_suno`", "ms", RowBudget(LARGEST, 1.2, SMALLEST), "import cometapi_suno"),
    ScalingCase(
        "Starting the mock",
        "s",
        RowBudget(LARGEST, 2),
        "from cometapi_suno_mock import create_app\ncreate_app(sys.argv[1] + '/openapi.json')",
    ),
    ScalingCase(
        "500 calls, no network",
        "ms",
        RowBudget(LARGEST, 1.2, SMALLEST),
        "for _ in range(500):\n    call()",
        setup=_CLIENT,
    ),
)
# Four times as many operations may take 1.2 times four times as long.
GENERATE_BUDGETS: Final = (RowBudget(LARGEST, 20), RowBudget(LARGEST, 1.2 * SIZES[2] / SIZES[1], MIDDLE))


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make growth", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each is measured; generating at most twice")
    rounds = parser.parse_args(arguments).rounds
    with tempfile.TemporaryDirectory(prefix="growth-") as scratch:
        bundled = load().bundled()
        folders = {f"{size} operations": _write_description(Path(scratch), bundled, size) for size in SIZES}
        tables = [_measure_generating(folders, min(rounds, 2)), *(_make_table(case, folders) for case in CASES)]
        measure_tables(tables, rounds, lambda _: None)
    for table in tables:
        print(f"## {table.title}\n\n{format_table(table)}")
    print(f"## Budgets\n\n{format_budgets(tables)}")
    return 0 if all(result.met for result in check_budgets(tables)) else 1


def _write_description(scratch: Path, bundled: Mapping[str, Any], size: int) -> Path:
    folder = scratch / str(size)
    folder.mkdir()
    (folder / "openapi.json").write_text(json.dumps(enlarge(bundled, size)), "utf-8")
    return folder


def _measure_generating(folders: Mapping[str, Path], rounds: int) -> MeasuredTable:
    """Generate the client of every size into its folder."""
    rows = [MeasuredRow(name) for name in folders]
    for _ in range(rounds):
        for row in rows:
            row.values.append(measure_fresh_process(_GENERATE, str(folders[row.name]), path=()))
    title = "Generating the client, ruff included"
    return MeasuredTable(title=title, unit="s", rows=rows, budgets=GENERATE_BUDGETS)


def _make_table(case: ScalingCase, folders: Mapping[str, Path]) -> MeasuredTable:
    rows = [
        SampledRow(name, sample=sample_fresh_process(case.code, str(folder), setup=case.setup, path=(folder,)))
        for name, folder in folders.items()
    ]
    return MeasuredTable(title=case.title, unit=case.unit, rows=rows, budgets=(case.budget,))


if __name__ == "__main__":
    sys.exit(main())
