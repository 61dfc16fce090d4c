"""Write a run down in every form."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from contract_tests.report import html, markdown
from contract_tests.report.model import Run

FORMS: Final[Mapping[str, Callable[[Run], str]]] = {"report.html": html.render, "report.md": markdown.render}
"""The files of a report, each with what it says."""


def write(run: Run, folder: Path, *, annotate: bool | None = None) -> list[Path]:
    """Write a report into a folder, in every form.

    Args:
        run: What is told.
        folder: Where to; made when it is not there.
        annotate: Whether to print annotations for GitHub, and to add the Markdown to the summary of the step; by
            default where GitHub Actions runs it.

    Returns:
        The files that were written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    for name, render in FORMS.items():
        path = folder / name
        scratch = path.with_name(f"{name}.new")
        scratch.write_text(render(run), encoding="utf-8")
        written.append(scratch.replace(path))
    if os.environ.get("GITHUB_ACTIONS") == "true" if annotate is None else annotate:
        _tell_github(run)
    return written


def _tell_github(run: Run) -> None:
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown.render(run))
    else:
        sys.stdout.write(f"{run.sentence}\n")
