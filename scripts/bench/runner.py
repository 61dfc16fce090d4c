"""One run of `make bench`: every client in every table, then the page and the plot."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from scripts.bench.benchmarks_page import draw_plot, format_page
from scripts.bench.budgets import format_budgets
from scripts.bench.measuring import measure_tables
from scripts.bench.payloads import make_bodies
from scripts.bench.tables import Comparison, make_competitors, make_tables
from scripts.bench.transports import loopback_targets, memory_targets


def compare(description: Mapping[str, Any], left_out: str | None, *, output: Path, rounds: int, only: str) -> int:
    """Measure, and write the page and the plot into `output`; with `only`, print the chosen tables instead.

    Args:
        description: The bundled description.
        left_out: Why openapi-generator does not take part; None when it does.
        output: The folder to write.
        rounds: How often everything is measured.
        only: A part of the titles of the wanted tables; "" for all of them.
    """
    bodies = make_bodies(description)
    with closing(asyncio.new_event_loop()) as loop, loopback_targets(bodies) as loopback:
        comparison = Comparison(
            competitors=make_competitors(description, with_openapi_generator=left_out is None),
            memory=memory_targets(bodies),
            loopback=loopback,
            loop=loop,
        )
        tables = make_tables(comparison, only)
        measure_tables(tables, rounds, lambda done: _print_progress(done, rounds))
    page = format_page(tables, rounds, left_out)
    if only:
        print(page)
    else:
        output.mkdir(exist_ok=True)
        (output / "benchmarks.md").write_text(page, encoding="utf-8")
        draw_plot(tables, output / "benchmarks.svg")
        print(format_budgets(tables))
    return 0


def _print_progress(done: int, rounds: int) -> None:
    end = "\n" if done == rounds else ""
    print(f"\rbench: round {done} of {rounds}", end=end, file=sys.stderr, flush=True)
