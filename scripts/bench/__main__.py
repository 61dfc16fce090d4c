"""`make bench`: measure, then write `docs/benchmarks.md` and `docs/benchmarks.svg`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from scripts.bench import places
from scripts.bench.rivals import make_rivals


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--output", type=Path, default=places.DOCS, help="the folder to write")
    parser.add_argument("--rounds", type=int, default=93, help="how often everything is measured")
    parser.add_argument("--only", default="", help="measure the tables whose title has this, and print them alone")
    options = parser.parse_args(arguments)
    description = json.loads((places.GENERATED / "openapi.json").read_text("utf-8"))
    left_out = make_rivals(description)
    places.make_importable()
    from scripts.bench.comparing import compare  # noqa: PLC0415 (it imports what has become importable only now)

    return compare(description, left_out, output=options.output, rounds=options.rounds, only=options.only)


if __name__ == "__main__":
    sys.exit(main())
