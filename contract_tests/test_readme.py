"""The README's Python is what users paste first: it runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from cometapi_suno_mock import DEMO_KEY, PERSONA, Gateway

README = Path(__file__).resolve().parent.parent / "README.md"


def example(name: str) -> str:
    """The Python block of the README under `<!-- example: name -->`."""
    found = re.search(
        rf"<!-- example: {re.escape(name)} -->\n```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL
    )
    assert found, f"README.md has no example {name}"
    return found[1]


def test_the_first_example_makes_a_persona(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = example("create-persona")
    assert len([line for line in code.splitlines() if line.strip() and not line.startswith(("from", "import"))]) <= 5
    with gateway.serve() as url:
        monkeypatch.setenv("COMETAPI_BASE_URL", url)
        monkeypatch.setenv("COMETAPI_KEY", DEMO_KEY)
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 (the README is ours)
    printed = capsys.readouterr().out.strip()
    assert re.fullmatch(r"[0-9a-f-]{36}", printed)
    assert printed != PERSONA
