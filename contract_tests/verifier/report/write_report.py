"""Write a run down in every form."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from contract_tests.verifier.report import github_annotations, html, junit, markdown, sarif
from contract_tests.verifier.report.run_model import Run

FORMS: Final[Mapping[str, Callable[[Run], str]]] = {
    "report.html": html.render,
    "report.md": markdown.render,
    "junit.xml": junit.render,
    "report.sarif": sarif.render,
}
"""The files of a report, each with what it says."""


def write(run: Run, folder: Path, *, annotate: bool | None = None) -> list[Path]:
    """Write a report into a folder, in every form. Each file is there whole or not.

    Args:
        run: What is told.
        folder: Where to; made when it is not there.
        annotate: Whether to print annotations for GitHub; by default where GitHub Actions runs it.

    Returns:
        The files that were written.
    """
    told = {name: render(run).encode("utf-8", "backslashreplace") for name, render in FORMS.items()}
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, content in told.items():
        scratch = folder / f"{name}.new"
        scratch.write_bytes(content)
        written.append(scratch.replace(folder / name))
    if os.environ.get("GITHUB_ACTIONS") == "true" if annotate is None else annotate:
        sys.stdout.write(github_annotations.render(run))
    return written
