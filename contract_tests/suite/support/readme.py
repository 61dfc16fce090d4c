"""The Python examples of the pages."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"


def example(name: str, page: Path = README) -> str:
    """Return the Python block of a page under `<!-- example: name -->`."""
    found = re.search(rf"<!-- example: {re.escape(name)} -->\n```python\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    assert found, f"{page.name} has no example {name}"
    return found[1]


def list_examples(folder: Path) -> list[tuple[Path, str]]:
    """Return the pages of a folder, each with the names of its Python examples."""
    name = re.compile(r"^<!-- example: (.*) -->$", re.MULTILINE)
    return [(page, each) for page in sorted(folder.glob("*.md")) for each in name.findall(page.read_text("utf-8"))]
