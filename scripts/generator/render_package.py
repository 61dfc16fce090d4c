"""Renders the package: the templates with the view of a client, and the modules that are the same for every client."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scripts.generator.cli_commands import list_commands
from scripts.generator.client_view import ClientView, EnumView, ModelView
from scripts.generator.extensions import MODULES
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import PACKAGE_EXPORTS
from scripts.generator.read_client import read_client
from scripts.generator.template_rendering import TEMPLATES, WIDTH, render_template

_FOLDERS = {
    "models": "Models and open enums, one module each. The package exports them lazily.",
    "operations": "Operations without IO: each builds a `Call` and decodes its result. Both clients use them.",
    "resources": "The resources of the clients, one module each.",
}
"""The docstring of each package within the package."""


def render_package(description: Mapping[str, Any], package: Path) -> None:
    """Write the package for a bundled description into the empty folder `package`.

    Raises:
        GenerationError: The description cannot become a client.
    """
    client = read_client(description)
    for folder in _FOLDERS:
        (package / folder).mkdir()
    for path, text in {**_render_modules(client), **_render_parts(client)}.items():
        (package / path).write_text(text, encoding="utf-8", newline="\n")
    style = ("--line-length", str(WIDTH), "--target-version", "py311")
    run_ruff(package, "check", *style, "--fix-only", "--select", "F401,I")
    run_ruff(package, "format", *style)


def _render_modules(client: ClientView) -> dict[str, str]:
    """Return the text of the modules that a client has once, by their paths."""
    unused = MODULES.difference(*(each.extension.exports for each in client.resources if each.extension))
    exports = _find_exports(client)
    values = {
        "client": client,
        "commands": list_commands(client),
        "resources": {each.attribute: each.description for each in client.resources},
        "exports": exports,
        "public_names": sorted(name for names in exports.values() for name in names),
    }
    files = {"py.typed": "", "client.py": render_template("client.py", **values)}
    for path in TEMPLATES.glob("*.py"):
        files[path.name] = path.read_text("utf-8")
    for path in TEMPLATES.glob("_*.jinja"):
        files[path.stem] = render_template(path.stem, **values)
    return {path: text for path, text in files.items() if path.removesuffix(".py") not in unused}


def _render_parts(client: ClientView) -> dict[str, str]:
    """Return the text of the modules of models, enums, operations and resources, by their paths."""
    files = {f"{folder}/__init__.py": f'"""{doc}"""\n' for folder, doc in _FOLDERS.items()}
    for model in client.models:
        files[f"models/{model.module}.py"] = render_template("model.py", client=client, model=model)
    for enum in client.enums:
        files[f"models/{enum.module}.py"] = render_template("open_enum.py", enum=enum)
    for resource in client.resources:
        path = f"{resource.module}.py"
        files[f"operations/{path}"] = render_template("operations.py", client=client, resource=resource)
        files[f"resources/{path}"] = render_template("resource.py", resource=resource)
    if client.notified is not None:
        files["hooks.py"] = render_template("hooks.py", operation=client.notified)
    return files


def _find_exports(client: ClientView) -> dict[str, list[str]]:
    """Return the public names of the package by module."""
    exports = {module: list(names) for module, names in PACKAGE_EXPORTS.items()}
    if client.notified is not None:
        exports[".hooks"] = ["parse_notification"]
    classes: list[ModelView | EnumView] = [*client.models, *client.enums]
    for each in classes:
        exports.setdefault(f".models.{each.module}", []).append(each.class_name)
    for extension in (each.extension for each in client.resources):
        if extension:
            exports |= {f".{module}": list(names) for module, names in extension.exports.items() if names}
    for operation in client.operations:
        for sequence in operation.sequences:
            exports.setdefault(f".resources.{operation.resource}", []).append(sequence.result)
    return dict(sorted(exports.items()))


def run_ruff(folder: Path, command: str, *options: str) -> None:
    """Run a command of ruff on the Python of a folder, without the settings of the repository.

    Raises:
        GenerationError: It failed, so something is not Python.
    """
    words = [sys.executable, "-m", "ruff", command, "--isolated", "--no-cache", *options, "."]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationError(
            f"ruff failed on the Python made from the description: {done.stderr.strip() or done.stdout.strip()}"
        )
