"""Kinds of operations and fields, added to the description alone, follow everywhere or are refused by name."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from scripts.generator.generation_error import GenerationError
from scripts.generator.read_client import read_client
from scripts.lint import lint
from scripts.openapi_document import DEFAULT, load
from scripts.tests.repository.added_kinds import FOLLOWING, REFUSED
from scripts.tests.repository.added_operations import AddedOperation, add_operations
from scripts.tests.repository.scratch_clone import ScratchClone


def test_table_has_forty_kinds() -> None:
    kinds = [kind for each in (*FOLLOWING, *REFUSED) for kind in each.kinds]
    assert len(set(kinds)) == len(kinds) >= 40


@pytest.mark.slow
def test_added_operations_follow_everywhere(tmp_path: Path) -> None:
    """Client, contract suite, site and diff take them, and nothing but `openapi/` is edited."""
    clone = ScratchClone(tmp_path)
    add_operations(clone.root / "openapi", FOLLOWING)
    clone.python("-m", "scripts.lint")
    clone.python("-m", "scripts.generate")
    changed = clone.git("status", "--porcelain").splitlines()
    assert {line[3:].partition("/")[0] for line in changed} == {"openapi", "generated"}
    printed = clone.python("-m", "scripts.diff", "HEAD")
    assert [each.id for each in FOLLOWING if f"`{each.id}` is new" not in printed] == []
    asked = " or ".join(each.id for each in FOLLOWING)
    clone.python("-m", "pytest", "-n", "2", "--tb=short", "-k", asked, *_find_questions(clone))
    clone.make("docs")
    pages = "\n".join(page.read_text("utf-8") for page in (clone.root / "build" / "docs").rglob("*.html"))
    assert [each.id for each in FOLLOWING if each.whole_path not in pages] == []


def _find_questions(clone: ScratchClone) -> list[str]:
    """Return the files of the contract suite whose tests are asked of each operation."""
    settings = tomllib.loads((clone.root / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    [suite] = [folder for folder in settings["testpaths"] if not folder.startswith("scripts")]
    files = sorted((clone.root / suite).glob("test_*.py"))
    return [str(file) for file in files if "operation: str" in file.read_text("utf-8")]


@pytest.mark.parametrize("added", REFUSED, ids=lambda each: each.kinds[0])
def test_other_kind_is_refused_by_name(added: AddedOperation, tmp_path: Path) -> None:
    folder = shutil.copytree(DEFAULT.parent, tmp_path / "openapi")
    add_operations(folder, [added])
    description = load(folder / DEFAULT.name)
    findings = lint(description)
    if findings:
        said = "\n".join(map(str, findings))
    else:
        with pytest.raises(GenerationError) as refused:
            read_client(description.bundled())
        said = str(refused.value)
    assert added.refused in said
    assert added.id in said
    assert "Traceback" not in said
