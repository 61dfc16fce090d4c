"""`make docs`: openapi/ -> build/docs/, a reference site that asks no other host for anything.

Zensical lays the pages out. Of the generators that install from PyPI alone it is the one that is worked on and runs on
Python 3.11: MkDocs had its last release in 2024, Material for MkDocs has announced the end of its maintenance in favour
of Zensical, and Sphinx has left 3.11 behind. Its pages read well on a phone and in the dark, and need no font or script
from elsewhere.

Exit status: 0 done; 2 the description cannot become a site, and the old one is as it was.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
from pathlib import Path
from textwrap import dedent

from scripts import openapi_document as source
from scripts.docs_site.site_pages import Site
from scripts.docs_site.zensical_build import SiteError, lay_out, write_sources
from scripts.generate import swap
from scripts.generator.errors import GenerationError
from scripts.lint import refuse_unsound

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "docs"
ERRORS = ROOT / "scripts" / "templates" / "errors.py"


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make docs", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--description", type=Path, default=source.DEFAULT, help="the OpenAPI description")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the folder to write")
    options = parser.parse_args(arguments)
    output: Path = options.output
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=output.parent, prefix=".docs-") as scratch:
        try:
            pages = build(options.description, Path(scratch) / "source")
            site = lay_out(Path(scratch) / "source")
        except (source.DescriptionError, GenerationError, SiteError) as error:
            print(f"docs: {error}", file=sys.stderr)
            return 2
        swap(output, site, Path(scratch) / "old")
    print(f"docs: {pages} pages in {source.shown(output)}/. Open index.html; `make mock` serves it, with its search.")
    return 0


def build(path: Path, folder: Path) -> int:
    """Write what the site is made from into the new folder `folder`; return the number of pages.

    Raises:
        DescriptionError: The description cannot be read.
        GenerationError: It cannot become a client, so its calls cannot be shown.
    """
    description = source.load(path)
    refuse_unsound(description)
    site = Site(description, error_tree())
    pages = list(site.pages())
    write_sources(site.title, pages, folder)
    return len(pages)


def error_tree() -> str:
    """The client's exceptions, as the docstring of its module draws them."""
    told = ast.get_docstring(ast.parse(ERRORS.read_text("utf-8"))) or ""
    return dedent("\n".join(each for each in told.split("\n") if each.startswith("  ")))


if __name__ == "__main__":
    sys.exit(main())
