"""The templates: every value that they print is escaped, and every fragment is one line of HTML."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from scripts.docs_site import html_fragments

TEMPLATES = Path(__file__).resolve().parent / "templates"


class Fragments:
    """The macros of a template, each called by its name.

    Args:
        template: Name of the file.
        codes: Addresses of code words that a text of the description may mention.
    """

    def __init__(self, template: str, codes: Mapping[str, str]) -> None:
        self._macros: Any = _environment().get_template(template).make_module({"codes": codes})

    def render(self, macro: str, *values: object) -> str:
        """What a macro makes of its values, in one line."""
        html = getattr(self._macros, macro)(*values)
        return " ".join(str(html).split("\n")).strip()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    filters: dict[str, Callable[..., object]] = {
        "prose": _prose,
        "paragraphs": _paragraphs,
        "code": html_fragments.code_block,
        "slug": html_fragments.slug,
    }
    environment.filters |= filters
    return environment


@pass_context
def _prose(context: Context, value: object) -> Markup:
    return html_fragments.prose(value, context["codes"])


def _paragraphs(value: object) -> list[str]:
    return str(value or "").split("\n\n")


def _shown(value: object) -> object:
    """What is printed for a value: text without control characters, unless it is ready HTML."""
    return value if isinstance(value, Markup) else html_fragments.printed(value)
