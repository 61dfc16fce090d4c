"""`python -m scripts.lint [path]`: exit 0 clean, 1 with findings, 2 when the file cannot be read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sized
from pathlib import Path

from scripts.lint import STAGES, lint
from scripts.openapi_document import DEFAULT, DescriptionError, load, shown


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lint", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=DEFAULT, help="the OpenAPI description")
    options = parser.parse_args(arguments)
    try:
        findings = lint(load(options.path))
    except DescriptionError as error:
        print(f"{error}. [unreadable]", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    broken = {finding.rule for finding in findings}
    verdict = f"{_count(findings, 'finding')} of {_count(broken, 'rule')}" if findings else "no findings"
    print(f"lint: {shown(options.path)}: {verdict} ({sum(map(len, STAGES))} rules asked)")
    return 1 if findings else 0


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
