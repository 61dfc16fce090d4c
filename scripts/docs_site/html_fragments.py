"""HTML of the pages: templates that escape every value, so that a text of the description is never markup."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sized
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from attrs import frozen
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from scripts.text_and_files import format_count, kebab_case

_TEMPLATES = Path(__file__).resolve().parent / "templates"
_LEXERS: Any = import_module("pygments.lexers")  # Pygments ships no types
_CLASSES: Mapping[Any, str] = import_module("pygments.token").STANDARD_TYPES
_NEVER_SHOWN = ("Cc", "Cs")  # control characters and lone surrogates
_LINE_END = Markup("&#10;")  # a page's HTML is one line, so that Markdown finds no structure in it


@frozen
class SiteLink:
    """A node's name for people, and the address of what the site says about it."""

    label: str
    address: str


class Fragments:
    """The macros of a template, each called by its name.

    Args:
        template: Name of the file.
        links: Links of code words that a text may mention, such as an operationId.
    """

    def __init__(self, template: str, links: Mapping[str, SiteLink]) -> None:
        self._macros: Any = _environment().get_template(template).make_module({"links": links})

    def render(self, macro: str, *values: object) -> str:
        """Return what a macro makes of its values, in one line."""
        html = getattr(self._macros, macro)(*values)
        return " ".join(str(html).split("\n")).strip()


def single_line(text: object) -> str:
    """Return a text in one line, without control characters."""
    return _print(text).strip()


def escape_heading(text: object) -> str:
    """Return a text for a Markdown heading: ASCII punctuation becomes character references, so none is structure."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", single_line(text))


def slug(*names: str) -> str:
    """Return an anchor for a name, or for a chain of them; different names have different anchors."""
    return ".".join(re.sub(r"[^A-Za-z0-9_-]", lambda sign: f"~{ord(sign[0]):x}~", name) for name in names)


def file_name(*names: str) -> str:
    """Return the file name of a page, from names in camel case."""
    return ".".join(slug(kebab_case(name)) for name in names) + ".html"


def json_text(value: Any) -> str:
    """Return a JSON value as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def example_origin(example: Mapping[str, Any]) -> str:
    """Return the origin of an Example Object by the name of its file; "" for an inline example."""
    parts = str(example.get("externalValue", "")).rsplit(".", 2)
    return parts[1] if len(parts) > 1 else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    filters: dict[str, Callable[..., object]] = {
        "prose": _render_prose,
        "paragraphs": _split_paragraphs,
        "code": _highlight,
        "lines": _keep_lines,
        "slug": slug,
        "json": json_text,
        "origin": example_origin,
        "count": _count,
    }
    environment.filters |= filters
    return environment


@pass_context
def _render_prose(context: Context, text: object) -> Markup:
    """Return a text of the description as HTML: pairs of backticks become code, nothing else is markup."""
    html = Markup("")
    for position, part in enumerate(re.split(r"`([^`]+)`", single_line(text))):
        if position % 2 == 0:
            html += escape(part)
            continue
        link = context["links"].get(part)
        code = Markup("<code>{}</code>").format(part if link is None else link.label)
        html += code if link is None else Markup('<a href="{}">{}</a>').format(link.address, code)
    return html


def _split_paragraphs(text: object) -> list[str]:
    return str(text or "").split("\n\n")


def _count(items: Sized, noun: str) -> str:
    return format_count(len(items), noun)


def _finalize(value: object) -> object:
    return value if isinstance(value, Markup) else _print(value)


def _highlight(code: str, language: str) -> Markup:
    """Return highlighted code. Its line breaks are written as character references."""
    text = "\n".join(_clean(each) for each in code.strip("\n").split("\n"))
    html = Markup("")
    for kind, value in _LEXERS.get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(text):
        css, token = _CLASSES.get(kind, ""), _LINE_END.join(value.split("\n"))
        html += Markup('<span class="{}">{}</span>').format(css, token) if css else token
    return Markup('<div class="highlight"><pre><code>{}</code></pre></div>').format(html)


def _keep_lines(text: str) -> Markup:
    """Return a text of several lines, for a text area."""
    return _LINE_END.join(_clean(each) for each in text.split("\n"))


def _print(text: object) -> str:
    """Return a value as a template prints it: without control characters, and with single spaces only."""
    return re.sub(r"\s+", " ", _clean("" if text is None else str(text)))


def _clean(text: str) -> str:
    return "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) not in _NEVER_SHOWN
    )
