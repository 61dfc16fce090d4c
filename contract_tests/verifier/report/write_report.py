"""Write the report of a run: a file of each form, and an overlay with what the description should say."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.proposals.proposals import make_overlay
from contract_tests.verifier.report import html, junit, markdown, sarif
from contract_tests.verifier.report.finding_rows import to_yaml
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.overlay.yaml_edit import escape_in_yaml, quote_invisible
from scripts.text_and_files import format_path, write_atomically

DEFAULT_FOLDER: Final = Path("build") / "report"
OVERLAY: Final = "overlay.yaml"
FORMS: Final[Mapping[str, Callable[[VerificationRun], str]]] = {
    "report.html": html.render,
    "report.md": markdown.render,
    "junit.xml": junit.render,
    "report.sarif": sarif.render,
}


def check_folder(folder: Path) -> None:
    """Check that the report can be written, before anything is sent.

    Raises:
        VerifierInputError: It cannot.
    """
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        reason = f"{format_path(existing)} is not a writable folder"
        raise VerifierInputError(f"--report {format_path(folder)}: cannot be written: {reason}")


def write_report(run: VerificationRun, folder: Path) -> list[Path]:
    """Write every file of the report, each complete or not at all.

    Args:
        run: The run.
        folder: The folder; made if it is missing. An overlay of an earlier run is removed.

    Returns:
        The files that were written.

    Raises:
        VerifierInputError: A file cannot be written.
    """
    contents = {name: render(run) for name, render in FORMS.items()}
    proposed = _render_overlay(run)
    if proposed is not None:
        contents[OVERLAY] = proposed
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if proposed is None:
            (folder / OVERLAY).unlink(missing_ok=True)
        return [
            write_atomically(folder / name, content.encode("utf-8", "backslashreplace"))
            for name, content in contents.items()
        ]
    except OSError as error:
        raise VerifierInputError(f"--report {format_path(folder)}: cannot be written: {error.strerror}") from None


def _render_overlay(run: VerificationRun) -> str | None:
    """Render what the description should say as an OpenAPI Overlay; `None` if nothing is proposed."""
    findings = {finding.id: finding for _, finding in run.findings() if finding.proposal}
    settled = {each.pointer: each for _, report in run.judged for each in report.settled}.values()
    if not findings and not settled:
        return None
    names = dict.fromkeys(target.name for target, report in run.judged if report.findings or report.settled)
    title = f"Drift of {' and '.join(names)}"
    proposed = make_overlay(run.description.bundled(), findings.values(), title, run.date, settled)
    if proposed is None:
        return None
    return escape_in_yaml(to_yaml(quote_invisible(proposed), 120))
