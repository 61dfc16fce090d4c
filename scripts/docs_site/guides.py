"""The guides: Markdown of `docs/`, with inserts from the client, the README and the description."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any, is_typeddict

import cometapi_suno
from attrs import frozen

from scripts.docs_site.html_fragments import SiteLink, single_line
from scripts.text_and_files import format_path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "docs" / "guide" / "index.md"
GUIDES = tuple(
    ROOT / "docs" / name
    for name in (
        "guide/options.md",
        "guide/failures.md",
        "guide/waiting.md",
        "guide/raw-answers.md",
        "guide/testing.md",
        "guide/money.md",
        "lost-answers.md",
        "guide/explore.md",
    )
)
README = ROOT / "README.md"
_INSERT = re.compile(r"^<!-- insert: (\S+) ?(.*?) -->$", re.MULTILINE)
_ENTRY = re.compile(r"^    (\w+): (.+(?:\n {8}.+)*)$", re.MULTILINE)
_CODE_OR_WORD = re.compile(r"^```.*?^```|(?<!\[)`([\w.]+)`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?:[\w.-]+/)*([\w-]+)\.md\b")


class GuideError(Exception):
    """A guide inserts something that does not exist. The message names both."""


@frozen
class DocumentedName:
    """A name of the client and what its docstring says: an option with its default, or an exception."""

    name: str
    text: str
    default: str = ""
    attributes: tuple[str, ...] = ()


def read_guide(path: Path, insert: Callable[[str, list[str]], str], links: Mapping[str, SiteLink]) -> tuple[str, str]:
    """Return the title of a guide, and its Markdown for the site.

    Args:
        path: The file.
        insert: Returns what replaces `<!-- insert: name arguments -->`.
        links: Links of code words, such as `tasks.get`.

    Raises:
        GuideError: It inserts something that does not exist.
    """
    text = path.read_text("utf-8")

    def link(found: re.Match[str]) -> str:
        target = links.get(found[1] or "")
        return f"[{found[0]}]({target.address})" if target else found[0]

    def replace(found: re.Match[str]) -> str:
        try:
            return insert(found[1], found[2].split())
        except (LookupError, AttributeError) as error:
            raise GuideError(f"{format_path(path)}: {found[0]}: {error}") from error

    text = _LINK.sub(r"](\1.html", _CODE_OR_WORD.sub(link, text))
    text = _INSERT.sub(replace, text)
    return text.partition("\n")[0].removeprefix("# "), text


def find_block(name: str) -> str:
    """Return the fenced block of the README that follows `<!-- name -->` or `<!-- kind: name -->`.

    Raises:
        LookupError: There is none.
    """
    block = rf"^<!-- (?:\w+: )?{re.escape(name)} -->$.*?(^```\w+\n.*?^```$)"
    found = re.search(block, README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    if found is None:
        raise LookupError(f"{README.name} has no block {name}")
    return found[1]


def list_options(owner: str) -> list[DocumentedName]:
    """Return the arguments of a class of the client, or the keys of its typed dict, with their defaults."""
    documented: Any = getattr(cometapi_suno, owner)
    names = documented.__annotations__ if is_typeddict(documented) else inspect.signature(documented).parameters
    return [
        DocumentedName(name, text, _format_default(getattr(names[name], "default", None)))
        for name, text in read_entries(documented).items()
        if name in names
    ]


def list_errors(names: list[str]) -> list[DocumentedName]:
    """Return what the docstrings of exceptions say."""
    found: list[DocumentedName] = []
    for name in names:
        error = getattr(cometapi_suno, name)
        meaning = single_line((inspect.getdoc(error) or "").partition("\n\nAttributes:")[0])
        found.append(DocumentedName(name, meaning, attributes=tuple(read_entries(error))))
    return found


def read_error_tree() -> str:
    """Return the tree of the client's exceptions from the docstring of their module."""
    lines = (inspect.getdoc(cometapi_suno.errors) or "").split("\n")
    return dedent("\n".join(each for each in lines if each.startswith("  ")))


def read_entries(documented: object) -> dict[str, str]:
    """Return the entries of a docstring's sections by name."""
    return {name: single_line(text) for name, text in _ENTRY.findall(inspect.getdoc(documented) or "")}


def _format_default(value: object) -> str:
    """Return a default as it is typed: an object of the client is made without arguments."""
    if value is None or isinstance(value, int | float | str):
        return "" if value is None else repr(value)
    return f"{type(value).__name__}()"
