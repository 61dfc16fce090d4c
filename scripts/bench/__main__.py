"""`make bench`: measure, then write `docs/benchmarks.md` and `docs/benchmarks.svg`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.bench.fresh_process import GENERATED, ROOT, make_importable
from scripts.bench.generate_competitors import generate_competitors


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
    from scripts.bench.runner import compare  # noqa: PLC0415 (imports what has just become importable)

    return compare(description, left_out, output=options.output, rounds=options.rounds, only=options.only)


if __name__ == "__main__":
    sys.exit(main())
