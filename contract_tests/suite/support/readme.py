"""The Python examples of the README."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).resolve().parents[3] / "README.md"


def example(name: str) -> str:
    """Return the Python block of the README under `<!-- example: name -->`."""
    found = re.search(
        rf"<!-- example: {re.escape(name)} -->\n```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert found, f"README.md has no example {name}"
    return found[1]
