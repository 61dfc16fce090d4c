"""Text of the description on its way into a page: whatever it holds, it comes out as text."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from markupsafe import Markup, escape

_LEXERS: Any = import_module("pygments.lexers")  # Pygments ships no types
_CLASSES: Mapping[Any, str] = import_module("pygments.token").STANDARD_TYPES
_NEVER_SHOWN = ("Cc", "Cs")  # control characters and lone surrogates
_LINE_END = Markup("&#10;")  # a page's HTML is one line, so that Markdown finds no structure in it


def line(text: object) -> str:
    """A text in one line, without control characters."""
    return printed(text).strip()


def printed(text: object) -> str:
    """A value as a template prints it: no control characters, and never more than one space in a row."""
    return re.sub(r"\s+", " ", _clean("" if text is None else str(text)))


def prose(text: object, links: Mapping[str, str]) -> Markup:
    """A text of the description as HTML: pairs of backticks become code, nothing else is markup.

    Args:
        text: What the description says.
        links: Addresses of code that has a page, such as an operationId.
    """
    parts = re.split(r"`([^`]+)`", line(text))
    return Markup("").join(
        _code(part, links.get(part)) if index % 2 else escape(part) for index, part in enumerate(parts)
    )


def heading(text: object) -> str:
    """A text as a Markdown heading may hold it: every ASCII sign is a character reference, so none is structure."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", line(text))


def slug(*names: str) -> str:
    """An anchor for a name, or for a chain of them; different names have different anchors."""
    return ".".join(re.sub(r"[^A-Za-z0-9_-]", lambda sign: f"~{ord(sign[0]):x}~", name) for name in names)


def kebab(name: str) -> str:
    """A file name for a name in camel case."""
    return slug(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower())


def code_block(code: str, language: str) -> Markup:
    """Highlighted code. Its line breaks are written as character references."""
    shown = "\n".join(_clean(each) for each in code.strip("\n").split("\n"))
    tokens = _LEXERS.get_lexer_by_name(language, stripnl=False, ensurenl=False).get_tokens(shown)
    body = Markup("").join(_token(_CLASSES.get(kind, ""), value) for kind, value in tokens)
    return Markup('<div class="highlight"><pre><code>{}</code></pre></div>').format(body)


def json_text(value: Any) -> str:
    """A JSON value as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _token(css: str, value: str) -> Markup:
    text = _LINE_END.join(value.split("\n"))
    return Markup('<span class="{}">{}</span>').format(css, text) if css else text


def _code(text: str, address: str | None) -> Markup:
    code = Markup("<code>{}</code>").format(text)
    return code if address is None else Markup('<a href="{}">{}</a>').format(address, code)


def _clean(text: str) -> str:
    return "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or unicodedata.category(sign) not in _NEVER_SHOWN
    )
