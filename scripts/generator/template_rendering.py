"""Renders single templates: the filters that write Python source, and the words in which both clients differ."""

from __future__ import annotations

import textwrap
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader
from openapi_python_client.strings import safe_for_docstring

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
WIDTH = 120


class ClientMode(NamedTuple):
    """The words in which the text of the sync and of the async client differ.

    Attributes:
        name: Begins the names of private classes.
        prefix: Begins the names of public classes.
        define: Begins the definition of a method.
        awaits: Stands before a call that may wait; templates call it `await`, and ask `if await`.
    """

    name: str
    prefix: str
    define: str
    awaits: str


MODES = (ClientMode("Sync", "", "def", ""), ClientMode("Async", "Async", "async def", "await "))


def render_template(name: str, **values: object) -> str:
    """Return the Python source that the template of a module becomes."""
    return _environment().get_template(f"{name}.jinja").render(modes=MODES, **values)


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
