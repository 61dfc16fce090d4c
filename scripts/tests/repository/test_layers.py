"""The tools do not depend on the contract tests: no file of `scripts/` names a path or module of them.

`lint-imports` checks the imports (`make check`). This test also finds paths, commands and comments.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from scripts.tests.repository.scratch_clone import ROOT

PROOF = "contract_tests"
THIS_FILE = Path(__file__).relative_to(ROOT).as_posix()


def find_mentions(root: Path) -> Iterator[str]:
    """Return the file and line of every mention below `scripts/`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "scripts"],
        cwd=root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if name != THIS_FILE and (root / name).exists():
            for number, line in enumerate((root / name).read_text("utf-8").splitlines(), 1):
                if PROOF in line:
                    yield f"{name}:{number}: {line.strip()}"


def test_no_tool_names_the_proof() -> None:
    assert list(find_mentions(ROOT)) == []


def test_mention_is_found_with_its_place(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "tool.py").write_text(f"import os\nPATH = '{PROOF}/suite'\n", "utf-8")
    (tmp_path / PROOF).mkdir()
    (tmp_path / PROOF / "test_it.py").write_text(f"# {PROOF}\n", "utf-8")
    assert list(find_mentions(tmp_path)) == [f"scripts/tool.py:2: PATH = '{PROOF}/suite'"]
