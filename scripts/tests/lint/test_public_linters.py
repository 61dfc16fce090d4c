"""What others' linters say of the description: they find no error. They run on Node, pinned, and only here."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.generate import OUTPUT
from scripts.tests.npx import REDOCLY, SPECTRAL, npx

BUNDLE = OUTPUT / "openapi.json"

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("broken", [False, True], ids=["ours", "one without a response"])
def test_redocly_accepts_only_the_valid_description(tmp_path: Path, broken: bool) -> None:
    target = _copy(tmp_path, broken=broken)
    done = npx(REDOCLY, "lint", str(target), cwd=tmp_path)
    assert (done.returncode != 0) is broken, done.stdout + done.stderr


@pytest.mark.parametrize("broken", [False, True], ids=["ours", "one without a response"])
def test_spectral_accepts_only_the_valid_description(tmp_path: Path, broken: bool) -> None:
    target = _copy(tmp_path, broken=broken)
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: spectral:oas\n", "utf-8")
    done = npx(SPECTRAL, "lint", "--ruleset", str(rules), str(target), cwd=tmp_path)
    assert (done.returncode != 0) is broken, done.stdout + done.stderr


def _copy(folder: Path, *, broken: bool) -> Path:
    target = folder / "openapi.json"
    text = BUNDLE.read_text("utf-8")
    target.write_text(text.replace('"responses": {', '"answers": {', 1) if broken else text, "utf-8")
    return target
