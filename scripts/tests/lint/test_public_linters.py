"""What others' linters say of the description: they find no error. They run on Node, pinned, and only here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.generate import OUTPUT

BUNDLE = OUTPUT / "openapi.json"

pytestmark = pytest.mark.slow


def npx(package: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("npx")
    assert program, "npx is needed here: install Node"
    return subprocess.run(
        [program, "--yes", package, *arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize("broken", [False, True], ids=["ours", "one without a response"])
def test_redocly_accepts_only_the_valid_description(tmp_path: Path, broken: bool) -> None:
    target = _copy(tmp_path, broken=broken)
    done = npx("@redocly/cli@2.77.0", "lint", str(target), cwd=tmp_path)
    assert (done.returncode != 0) is broken, done.stdout + done.stderr


@pytest.mark.parametrize("broken", [False, True], ids=["ours", "one without a response"])
def test_spectral_accepts_only_the_valid_description(tmp_path: Path, broken: bool) -> None:
    target = _copy(tmp_path, broken=broken)
    rules = tmp_path / "rules.yaml"
    rules.write_text("extends: spectral:oas\n", "utf-8")
    done = npx("@stoplight/spectral-cli@6.16.3", "lint", "--ruleset", str(rules), str(target), cwd=tmp_path)
    assert (done.returncode != 0) is broken, done.stdout + done.stderr


def _copy(folder: Path, *, broken: bool) -> Path:
    target = folder / "openapi.json"
    text = BUNDLE.read_text("utf-8")
    target.write_text(text.replace('"responses": {', '"answers": {', 1) if broken else text, "utf-8")
    return target
