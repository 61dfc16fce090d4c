"""`python -m scripts.diff BASE [NEW]`: exit 0 when both could be compared, 2 when one cannot be read.

BASE and NEW are files (YAML, or bundled JSON), folders like `openapi/`, or git revisions.
"""

from __future__ import annotations

import argparse
import sys

from scripts.diff import render
from scripts.diff.compare import compare
from scripts.diff.snapshot import SnapshotError, read
from scripts.openapi_document import DEFAULT, DescriptionError

_FORMATS = {
    "text": render.as_text,
    "markdown": render.as_markdown,
    "json": render.as_json,
    "github": render.as_github,
}


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="python -m scripts.diff", description=__doc__)
    parser.add_argument("base", metavar="BASE", help="the description that users have")
    parser.add_argument("new", metavar="NEW", nargs="?", default=str(DEFAULT), help="the one that they will get")
    parser.add_argument("--format", choices=_FORMATS, default="text", help="how to print it")
    options = parser.parse_args(arguments)
    try:
        old, new = read(options.base), read(options.new)
        changes = compare(old.data, new.data)
    except (SnapshotError, DescriptionError, LookupError) as error:
        print(f"diff: {error}", file=sys.stderr)
        return 2
    print(_FORMATS[options.format](changes, old, new))
    return 0


if __name__ == "__main__":
    sys.exit(main())
