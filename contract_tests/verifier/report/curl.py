"""The curl command that repeats what a finding was seen on, with the example of the description."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final

from contract_tests.verifier.drift.findings import DriftFinding
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.openapi_document import find_parameters, format_path, resolve, walk_operations

_KEY: Final = '-H "Authorization: Bearer $COMETAPI_KEY"'
"""The shell fills in the key: a report never has its value."""


def format_curl(run: VerificationRun, finding: DriftFinding) -> str:
    """Return a command for the operation of a finding; empty when the description has no such operation."""
    document: dict[str, Any] = run.description.data
    operation = next((each for each in walk_operations(document) if each.id == finding.operation), None)
    if operation is None:
        return ""
    path = operation.path
    for _, parameter in find_parameters(document, operation):
        if parameter.get("in") == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example", "ID")))
    words = [f"curl -sS -i -X {operation.method.upper()} {shlex.quote(document['servers'][0]['url'] + path)}", _KEY]
    body = resolve(document, operation.node.get("requestBody", {}))
    for media, content in body.get("content", {}).items():
        examples: dict[str, Any] = content.get("examples", {})
        shown: dict[str, Any] = resolve(document, next(iter(examples.values()), dict[str, Any]()))
        value = json.dumps(shown.get("value", {}), ensure_ascii=False)
        if "externalValue" in shown:
            value = f"@{format_path(run.description.path.parent / shown['externalValue'])}"
        words += [f"-H {shlex.quote(f'Content-Type: {media}')}", f"-d {shlex.quote(value)}"]
        break
    return " ".join(words)
