"""Generates the clients of the other generators from the same description, once per description and tool version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from copy import deepcopy
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from scripts.bench.fresh_process import COMPETITORS
from scripts.generator.normalize import KEPT_AS_STRINGS
from scripts.openapi_document import OPEN_ENUM, walk_objects

STOCK = "stock_suno"
OPENAPI_GENERATOR = "openapi_generator_suno"
OPENAPI_GENERATOR_ASYNC = "openapi_generator_async_suno"


def generate_competitors(description: Mapping[str, Any]) -> str | None:
    """Fill `COMPETITORS` with the clients of this description. Without Java, openapi-generator's are left out.

    Returns:
        Why openapi-generator is left out; None when it takes part.
    """
    document = make_portable(description)
    java = shutil.which("java")
    tools = f"{version('openapi-python-client')} {version('openapi-generator-cli')} {bool(java)}"
    fingerprint = sha256((json.dumps(document) + tools).encode()).hexdigest()
    stamp = COMPETITORS / "generated-from.txt"
    if not stamp.exists() or stamp.read_text() != fingerprint:
        shutil.rmtree(COMPETITORS, ignore_errors=True)
        COMPETITORS.mkdir(parents=True)
        _run_openapi_python_client(document)
        if java:
            _run_openapi_generator(document)
        stamp.write_text(fingerprint)
    return None if java else "openapi-generator is left out: it needs Java, and no `java` is on the PATH"


def make_portable(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy that every generator reads like ours: open enums as enums, no formats that our client ignores."""
    copy = deepcopy(dict(description))
    for _, node in walk_objects(copy):
        if OPEN_ENUM in node:
            node["enum"] = list(node[OPEN_ENUM])
        if isinstance(node.get("const"), bool):  # openapi-python-client writes Python with a syntax error for it
            del node["const"]
            node["type"] = "boolean"
        if node.get("format") in KEPT_AS_STRINGS and node.get("type") in ("string", ["string", "null"]):
            del node["format"]
    return copy


def _run_openapi_python_client(document: Mapping[str, Any]) -> None:
    source = _write_document(document, "stock.json")
    command = [_find_tool("openapi-python-client"), "generate", "--meta", "none"]
    _run_generator([*command, "--path", str(source), "--output-path", str(COMPETITORS / STOCK)])


def _run_openapi_generator(document: dict[str, Any]) -> None:
    _remove_unsupported(document)
    source = _write_document(document, "openapi-generator.json")
    for package, library in ((OPENAPI_GENERATOR, "urllib3"), (OPENAPI_GENERATOR_ASYNC, "httpx")):
        folder = COMPETITORS / f"{package}-project"
        command = [_find_tool("openapi-generator-cli"), "generate", "-g", "python", "--library", library]
        _run_generator(
            [*command, "-i", str(source), "-o", str(folder), f"--additional-properties=packageName={package}"]
        )
        shutil.move(folder / package, COMPETITORS / package)
        shutil.rmtree(folder)


def _remove_unsupported(document: Mapping[str, Any]) -> None:
    """Remove what openapi-generator stops at: links with a body, and schemas of the type null alone."""
    for _, node in walk_objects(document):
        node.pop("links", None)
        if node.get("type") == "null":
            del node["type"]


def _write_document(document: Mapping[str, Any], name: str) -> Path:
    path = COMPETITORS / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _find_tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _run_generator(command: Sequence[str]) -> None:
    """Run a generator. It finds its formatter in this interpreter's folder."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    result = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{result.stdout}\n{result.stderr}")
