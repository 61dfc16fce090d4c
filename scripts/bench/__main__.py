"""`make bench`: measure, then write `docs/benchmarks.md` and `docs/benchmarks.svg`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.bench import bench_paths
from scripts.bench.generate_competitors import make_rivals


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=bench_paths.DOCS, help="the folder to write")
    parser.add_argument("--rounds", type=int, default=93, help="how often everything is measured")
    parser.add_argument("--only", default="", help="measure the tables whose title has this, and print them alone")
    options = parser.parse_args(arguments)
    description = json.loads((bench_paths.GENERATED / "openapi.json").read_text("utf-8"))
    left_out = make_rivals(description)
    bench_paths.make_importable()
    from scripts.bench.runner import compare  # noqa: PLC0415 (it imports what has become importable only now)

    return compare(description, left_out, output=options.output, rounds=options.rounds, only=options.only)


if __name__ == "__main__":
    sys.exit(main())
