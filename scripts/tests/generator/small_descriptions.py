"""Small descriptions to generate from, and a fresh interpreter to try the result in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from scripts.generator.render_package import render_package


def describe(paths: dict[str, Any], schemas: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a description with these paths and component schemas."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1.2.3"},
        "servers": [{"url": "https://small.test"}],
        "paths": paths,
        "components": {"schemas": schemas or {}},
        **more,
    }


def operation(name: str, *, result: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return an operation that answers 200 with a JSON body."""
    schema = result or {"type": "object", "properties": {"ok": {"type": "boolean"}}}
    answer = {"description": "Done.", "content": {"application/json": {"schema": schema}}}
    return {"operationId": name, "tags": ["things"], "responses": {"200": answer}, **more}


def body(schema: dict[str, Any], media: str = "application/json") -> dict[str, Any]:
    """Return a required request body."""
    return {"required": True, "content": {media: {"schema": schema}}}


def generated(description: dict[str, Any], folder: Path) -> Path:
    """Generate the package of a description and return it."""
    package = folder / "cometapi_suno"
    package.mkdir(parents=True)
    render_package(description, package)
    return package


def run(package: Path, code: str) -> Any:
    """Run `code` in a fresh interpreter that finds this package, not the installed one; return the JSON it prints."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", f"import json, cometapi_suno\n{code}"]
    done = subprocess.run(
        command, cwd=package.parent, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
