"""`python -m scripts.lint [path]`: exit 0 clean, 1 with findings, 2 when the file cannot be read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.lint import STAGES, lint
from scripts.openapi_document import DEFAULT, DescriptionFileError, format_path, load
from scripts.text_and_files import format_count


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="python -m scripts.lint", description=__doc__)
    parser.add_argument("path", type=Path, nargs="?", default=DEFAULT, help="the OpenAPI description")
    options = parser.parse_args(arguments)
    try:
        findings = lint(load(options.path))
    except DescriptionFileError as error:
        print(f"{error}. [unreadable]", file=sys.stderr)
        return 2
    for finding in findings:
        print(finding)
    broken = {finding.rule for finding in findings}
    found = f"{format_count(len(findings), 'finding')} of {format_count(len(broken), 'rule')}"
    rules = sum(map(len, STAGES))
    print(f"lint: {format_path(options.path)}: {found if findings else 'no findings'} ({rules} rules asked)")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
