"""`make docs`: openapi/ and docs/guide/ -> build/docs/, a site that asks no other host for anything.

Zensical renders the pages: it is the one maintained site generator that installs from PyPI alone, runs on Python 3.11
and needs no font or script from other hosts. (MkDocs had its last release in 2024, Material for MkDocs is ending in
favour of Zensical, and Sphinx has dropped 3.11.)

Exit status: 0 done; 2 the description or a guide cannot become a site, and the old site is unchanged.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from scripts import description_file, text_and_files
from scripts.docs_site.guides import GuideError
from scripts.docs_site.site_pages import ReferenceSite
from scripts.docs_site.zensical_build import ASSETS, SiteError, build_site, write_sources
from scripts.generate import swap
from scripts.generator.generation_error import GenerationError
from scripts.lint import STAGES, refuse_unsound

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "docs"


def main(arguments: list[str] | None = None) -> int:
    """Run the verb."""
    parser = argparse.ArgumentParser(prog="make docs", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--description", type=Path, default=description_file.DEFAULT, help="the OpenAPI description")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="the folder to write")
    options = parser.parse_args(arguments)
    output: Path = options.output
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".docs-") as scratch:
            pages = write_pages(options.description, Path(scratch) / "source")
            site = build_site(Path(scratch) / "source")
            swap(output, site, Path(scratch) / "old", mark=ASSETS[0].name)
    except (description_file.DescriptionFileError, GenerationError, GuideError, SiteError, OSError) as error:
        print(f"docs: {error}", file=sys.stderr)
        return 2
    folder = text_and_files.format_path(output)
    print(f"docs: {pages} pages in {folder}/. Open index.html; `make mock` serves it, with its search.")
    return 0


def write_pages(path: Path, folder: Path) -> int:
    """Write the input of the site into the new folder `folder`, and return the number of pages.

    Raises:
        DescriptionFileError: The description cannot be read, or the lint finds something.
        GenerationError: It cannot become a client, so its calls cannot be shown.
        GuideError: A guide inserts something that does not exist.
    """
    description = description_file.load(path)
    refuse_unsound(description, STAGES)  # pages show examples and evidence, which the client does not need
    site = ReferenceSite(description)
    pages = list(site.pages())
    write_sources(site.title, pages, folder)
    return len(pages)


if __name__ == "__main__":
    sys.exit(main())
