"""`python -m scripts.release.release_check v1.2.3`: check whether a tag may be released; list all that is missing.

The tag names the version of the description, the client was made from it, the changelog has its section, and the
version is as high as the changes require. Exit status: 0 it may; 1 it may not, or the check could not be made.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scripts.description_file import DescriptionFileError
from scripts.diff.snapshot import ROOT, SnapshotError, read
from scripts.release import version_gate
from scripts.release.release_notes import check_section

_CLIENT: Final = Path("generated", "cometapi_suno", "_version.py")
_UNPUBLISHED: Final = "<!-- unpublished: "
_RELATIVE_LINK: Final = re.compile(r"\]\((?!https?://|#)([^)\s]+)\)")
_VERSION: Final = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.release.release_check", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("tag", help="the tag, which need not exist yet")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    try:
        problems = list(_find_problems(options.tag, options.root))
    except (SnapshotError, DescriptionFileError, OSError) as error:
        problems = [str(error)]
    for problem in problems:
        print(f"release {options.tag}: {problem}", file=sys.stderr)
    # Last, because it prints its own reasons.
    refused = version_gate.main(["--root", str(options.root)])
    if problems or refused:
        return 1
    print(f"release {options.tag}: nothing is missing")
    return 0


def _find_problems(tag: str, root: Path) -> Iterator[str]:
    version = str(read(root / "openapi").data["info"]["version"])
    if tag != f"v{version}":
        yield f"info.version is {version}, so the tag has to be v{version}"
    client = _VERSION.search((root / _CLIENT).read_text("utf-8"))
    if client is None or client[1] != version:
        yield f"{_CLIENT} says {client[1] if client else 'nothing'}, info.version {version}. Run make, and commit"
    problem = check_section((root / "CHANGELOG.md").read_text("utf-8"), version)
    if problem:
        yield f"CHANGELOG.md: {problem}"
    # The README is the page of the package on the index: what it shows must work there.
    readme = (root / "README.md").read_text("utf-8")
    if _UNPUBLISHED in readme:
        yield "README.md: it says that no release exists. Replace the block marked `unpublished`"
    if not tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"].get("urls"):
        yield "pyproject.toml: no project.urls. Add the addresses of the repository and the changelog"
    relative = _RELATIVE_LINK.search(readme)
    if relative:
        yield f"README.md: {relative[1]} is a relative link, which leads nowhere on an index. Make it absolute"


if __name__ == "__main__":
    sys.exit(main())
