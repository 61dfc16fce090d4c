"""`make bench`: measure every client in every table, then write `docs/benchmarks.md` and `docs/benchmarks.svg`."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from contextlib import closing
from pathlib import Path

from scripts.bench.budgets import format_budgets
from scripts.bench.fresh_process import GENERATED, ROOT, make_importable
from scripts.bench.generate_competitors import generate_competitors
from scripts.bench.measuring import measure_tables
from scripts.bench.payloads import make_bodies
from scripts.bench.transports import loopback_targets, memory_targets


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs", help="the folder to write")
    parser.add_argument("--rounds", type=int, default=93, help="how often everything is measured")
    parser.add_argument("--only", default="", help="measure only the tables with this in their title, and print them")
    options = parser.parse_args(arguments)
    description = json.loads((GENERATED / "openapi.json").read_text("utf-8"))
    left_out = generate_competitors(description)
    make_importable()
    from scripts.bench.benchmarks_page import draw_plot, format_page  # noqa: PLC0415 (they import the clients)
    from scripts.bench.tables import Comparison, make_competitors, make_tables  # noqa: PLC0415

    bodies = make_bodies(description)
    with closing(asyncio.new_event_loop()) as loop, loopback_targets(bodies) as loopback:
        comparison = Comparison(
            competitors=make_competitors(description, with_openapi_generator=left_out is None),
            memory=memory_targets(bodies),
            loopback=loopback,
            loop=loop,
        )
        tables = make_tables(comparison, options.only)
        measure_tables(tables, options.rounds, lambda done: _print_progress(done, options.rounds))
    page = format_page(tables, options.rounds, left_out)
    if options.only:
        print(page)
    else:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "benchmarks.md").write_text(page, encoding="utf-8")
        draw_plot(tables, options.output / "benchmarks.svg")
        print(format_budgets(tables))
    return 0


def _print_progress(done: int, rounds: int) -> None:
    end = "\n" if done == rounds else ""
    print(f"\rbench: round {done} of {rounds}", end=end, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
