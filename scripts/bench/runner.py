"""One run: everyone in every table, then the page and the plot."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from scripts.bench.measuring import run
from scripts.bench.payloads import bodies
from scripts.bench.plot import draw
from scripts.bench.report import page, summary
from scripts.bench.tables import Field, contenders, tables
from scripts.bench.transports import loopback_targets, memory_targets


def compare(description: Mapping[str, Any], left_out: str | None, *, output: Path, rounds: int, only: str) -> int:
    """Measure and write the page and the plot into `output`; with `only`, print the tables that it names.

    Args:
        description: The bundled description.
        left_out: Why openapi-generator does not take part; None when it does.
        output: The folder to write.
        rounds: How often everything is measured.
        only: A part of the titles of the wanted tables; "" wants them all.
    """
    sizes = bodies(description)
    with closing(asyncio.new_event_loop()) as loop, loopback_targets(sizes) as loopback:
        field = Field(
            contenders=contenders(description, with_openapi_generator=left_out is None),
            memory=memory_targets(sizes),
            loopback=loopback,
            loop=loop,
            only=only,
        )
        measured = tables(field)
        run([case for table in measured for case in table.cases], rounds, lambda done: _tell(done, rounds))
    text = page(measured, rounds, left_out)
    if only:
        print(text)
    else:
        output.mkdir(exist_ok=True)
        (output / "benchmarks.md").write_text(text, encoding="utf-8")
        draw(measured, output / "benchmarks.svg")
        print(summary(measured))
    return 0


def _tell(done: int, rounds: int) -> None:
    print(f"\rbench: round {done} of {rounds}", end="\n" if done == rounds else "", file=sys.stderr, flush=True)
