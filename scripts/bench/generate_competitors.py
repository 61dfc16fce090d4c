"""Lets the other generators make their clients of the same description, once for each description and version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from scripts.bench.bench_paths import RIVALS
from scripts.bench.portable_spec import understood

STOCK = "stock_suno"
OPENAPI_GENERATOR = "openapi_generator_suno"
OPENAPI_GENERATOR_ASYNC = "openapi_generator_async_suno"


def make_rivals(description: Mapping[str, Any]) -> str | None:
    """Have `RIVALS` hold the clients of this description. Without Java, openapi-generator's are left out.

    Returns:
        Why openapi-generator is left out; None when it is there.
    """
    document = understood(description)
    java = shutil.which("java")
    tools = f"{version('openapi-python-client')} {version('openapi-generator-cli')} {bool(java)}"
    made = sha256((json.dumps(document) + tools).encode()).hexdigest()
    mark = RIVALS / "made-of.txt"
    if not mark.exists() or mark.read_text() != made:
        shutil.rmtree(RIVALS, ignore_errors=True)
        RIVALS.mkdir(parents=True)
        _stock(document)
        if java:
            _openapi_generator(document)
        mark.write_text(made)
    return None if java else "openapi-generator is left out: it needs Java, and there is none on the PATH"


def _stock(document: Mapping[str, Any]) -> None:
    source = _written(document, "stock.json")
    command = [_tool("openapi-python-client"), "generate", "--meta", "none"]
    _done([*command, "--path", str(source), "--output-path", str(RIVALS / STOCK)])


def _openapi_generator(document: dict[str, Any]) -> None:
    _loosen(document)
    source = _written(document, "openapi-generator.json")
    for package, library in ((OPENAPI_GENERATOR, "urllib3"), (OPENAPI_GENERATOR_ASYNC, "httpx")):
        folder = RIVALS / f"{package}-project"
        command = [_tool("openapi-generator-cli"), "generate", "-g", "python", "--library", library]
        _done([*command, "-i", str(source), "-o", str(folder), f"--additional-properties=packageName={package}"])
        shutil.move(folder / package, RIVALS / package)
        shutil.rmtree(folder)


def _loosen(node: object) -> None:
    """Take out what openapi-generator stops at: links with a body, and schemas that are null alone."""
    if isinstance(node, dict):
        fields = cast("dict[str, object]", node)
        fields.pop("links", None)
        if fields.get("type") == "null":
            del fields["type"]
        for value in fields.values():
            _loosen(value)
    elif isinstance(node, list):
        for value in cast("list[object]", node):
            _loosen(value)


def _written(document: Mapping[str, Any], name: str) -> Path:
    path = RIVALS / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _done(command: Sequence[str]) -> None:
    """Run a generator. It finds its formatter beside this Python."""
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    result = subprocess.run(command, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed:\n{result.stdout}\n{result.stderr}")
