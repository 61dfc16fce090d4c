"""Kinds of operations and fields that cannot follow everywhere are refused by name.

Those that do follow are added by the contract suite, which can ask its questions of them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.description_file import DEFAULT, load
from scripts.generator.generation_error import GenerationError
from scripts.generator.read_client import read_client
from scripts.lint import lint
from scripts.tests.repository.added_kinds import FOLLOWING, REFUSED
from scripts.tests.repository.added_operations import AddedOperation, add_operations


def test_table_has_forty_kinds() -> None:
    kinds = [kind for each in (*FOLLOWING, *REFUSED) for kind in each.kinds]
    assert len(set(kinds)) == len(kinds) >= 40


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
