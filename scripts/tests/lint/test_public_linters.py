"""What others' linters say of the description: they find no error. They run on Node, pinned, and only here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts.generate import OUTPUT
from scripts.tests.npx import REDOCLY, SPECTRAL, npx

BUNDLE = OUTPUT / "openapi.json"

pytestmark = pytest.mark.slow


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """The description, and one without a response: a linter that finds nothing in it would prove nothing."""
    text = BUNDLE.read_text("utf-8")
    (tmp_path / "ours.json").write_text(text, "utf-8")
    (tmp_path / "broken.json").write_text(text.replace('"responses": {', '"answers": {', 1), "utf-8")
    return ["ours.json", "broken.json"]


def test_redocly_accepts_only_the_valid_description(tmp_path: Path, files: list[str]) -> None:
    done = npx(REDOCLY, "lint", "--format=json", *files, cwd=tmp_path)
    ours, end = json.JSONDecoder().raw_decode(done.stdout)
    broken = json.loads(done.stdout[end:])
    assert ours["totals"]["errors"] == 0, ours["problems"]
    assert broken["totals"]["errors"] == 1


def test_spectral_accepts_only_the_valid_description(tmp_path: Path, files: list[str]) -> None:
    (tmp_path / "rules.yaml").write_text("extends: spectral:oas\n", "utf-8")
    done = npx(SPECTRAL, "lint", "--ruleset", "rules.yaml", "--format", "json", "--quiet", *files, cwd=tmp_path)
    errors = [Path(each["source"]).name for each in json.loads(done.stdout) if each["severity"] == 0]
    assert errors == ["broken.json"], done.stdout
