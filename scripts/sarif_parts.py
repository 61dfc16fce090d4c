"""The parts of a SARIF 2.1.0 file that every report has: the file around a run, messages and locations."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from scripts.text_and_files import escape_invisible

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def format_sarif(run: dict[str, Any]) -> str:
    """Return a file with one run."""
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def make_message(text: str) -> dict[str, str]:
    """Make a message of plain text: what SARIF would read as a link or as a placeholder is escaped."""
    return {"text": re.sub(r"([{}])", r"\1\1", re.sub(r"([\\\[\]])", r"\\\1", escape_invisible(text)))}


def make_location(file: str, line: int) -> dict[str, Any]:
    """Make the location of a line in a file of the repository."""
    artifact = {"uri": file, "uriBaseId": "%SRCROOT%"}
    return {"physicalLocation": {"artifactLocation": artifact, "region": {"startLine": max(1, line)}}}
