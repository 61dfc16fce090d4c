"""Renders the package: the templates with the view of a client, and the modules that are the same for every client."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from openapi_python_client.strings import safe_for_docstring

from scripts.generator.cli_commands import list_commands
from scripts.generator.client_view import ClientView, EnumView, ModelView
from scripts.generator.extensions import MODULES
from scripts.generator.generation_error import GenerationError
from scripts.generator.python_names import PACKAGE_EXPORTS
from scripts.generator.read_client import read_client

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
WIDTH = 120


def render_package(description: Mapping[str, Any], package: Path) -> None:
    """Write the package for a bundled description into the empty folder `package`.

    Raises:
        GenerationError: The description cannot become a client.
    """
    client = read_client(description)
    files = _render_files(client)
    unused = MODULES.difference(*(each.extension.exports for each in client.resources if each.extension))
    for name in ("models", "operations", "resources"):
        (package / name).mkdir()
    for template in sorted(TEMPLATES.glob("*.py")):
        if template.stem not in unused:
            files[template.name] = template.read_text("utf-8")
    for path, text in files.items():
        (package / path).write_text(text, encoding="utf-8", newline="\n")
    style = ("--line-length", str(WIDTH), "--target-version", "py311")
    run_ruff(package, "check", *style, "--fix-only", "--select", "F401,I")
    run_ruff(package, "format", *style)


def _render_files(client: ClientView) -> dict[str, str]:
    """Return the text of every file that depends on the description, by its path."""

    def render(template: str, **values: object) -> str:
        return _environment().get_template(f"{template}.jinja").render(client=client, **values)

    exports = _find_exports(client)
    files = {"py.typed": "", "client.py": render("client.py"), "_version.py": render("_version.py")}
    files |= {f"{name}.py": render(f"{name}.py") for name in ("_body_codes", "_call_facts", "_retired_values")}
    resources = {each.attribute: each.description for each in client.resources}
    files["_cli_commands.py"] = render("_cli_commands.py", commands=list_commands(client), resources=resources)
    for model in client.models:
        files[f"models/{model.module}.py"] = render("model.py", model=model)
    for enum in client.enums:
        files[f"models/{enum.module}.py"] = render("open_enum.py", enum=enum)
    for resource in client.resources:
        files[f"operations/{resource.module}.py"] = render("operations.py", resource=resource)
        files[f"resources/{resource.module}.py"] = render("resource.py", resource=resource)
    if client.notified is not None:
        files["hooks.py"] = render("hooks.py", operation=client.notified)
    for name in ("models", "operations", "resources"):
        files[f"{name}/__init__.py"] = render(f"{name}_init.py")
    public_names = sorted(name for names in exports.values() for name in names)
    files["__init__.py"] = render("__init__.py", exports=exports, public_names=public_names)
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


@cache
def _environment() -> Environment:
    """Return the environment of the templates, which compiles each once in a process."""
    environment = Environment(  # noqa: S701 (Python is rendered, not HTML; values are escaped by `literal` and `docstring`)
        loader=FileSystemLoader(TEMPLATES), trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(literal=write_literal, docstring=format_docstring)
    return environment


def write_literal(value: Any) -> str:
    """Return the Python source of a value; a named tuple is written without the fields that have their default."""
    if hasattr(value, "_asdict"):
        given = {name: item for name, item in value._asdict().items() if item != value._field_defaults.get(name, ...)}
        return f"{type(value).__name__}({', '.join(f'{name}={write_literal(item)}' for name, item in given.items())})"
    if isinstance(value, tuple):
        items = [write_literal(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    return ascii(value)


def format_docstring(text: str, indent: int = 0) -> str:
    """Return a docstring literal for `text`: wrapped, and escaped so that no text can end it."""
    pad = " " * indent
    lines = [line for part in text.split("\n") for line in _wrap(part, WIDTH - indent)]
    escaped = safe_for_docstring("\n".join(lines)).split("\n")
    if len(escaped) == 1 and len(escaped[0]) + indent + 6 <= WIDTH and not escaped[0].endswith(('"', "\\")):
        return f'"""{escaped[0]}"""'
    body = "\n".join(f"{pad}{line}".rstrip() for line in escaped[1:])
    return f'"""{escaped[0]}\n{body}\n{pad}"""' if body else f'"""{escaped[0]}\n{pad}"""'


def _wrap(line: str, width: int) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    hanging = f"{indent}    " if indent else ""
    return textwrap.wrap(line, width - 4, initial_indent="", subsequent_indent=hanging, break_on_hyphens=False) or [""]


def run_ruff(folder: Path, command: str, *options: str) -> None:
    """Run a command of ruff on the Python of a folder, without the settings of the repository.

    Raises:
        GenerationError: It failed, so something is not Python.
    """
    words = [sys.executable, "-m", "ruff", command, "--isolated", "--no-cache", "--quiet", *options, "."]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GenerationError(f"ruff failed on the generated code: {done.stderr.strip() or done.stdout.strip()}")
