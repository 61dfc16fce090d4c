"""Is the policy written down, and do the names of the client that changes speak of exist?"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scripts.description_file import DEFAULT, load
from scripts.diff import compare
from scripts.diff.client_names import ClientNames
from scripts.diff.joined_descriptions import ComparedDocument, References, join_descriptions
from scripts.diff.policy import RULES
from scripts.tests.diff import test_diff_oracle as oracle
from scripts.tests.diff.diff_policy import WRITTEN
from scripts.tests.diff.diff_sample import sample
from scripts.tests.diff.test_diff_breaking import BREAKING
from scripts.tests.diff.test_diff_harmless import HARMLESS

ROOT = DEFAULT.parent.parent
PACKAGE = ROOT / "generated" / "cometapi_suno"


def test_every_kind_is_in_the_policy() -> None:
    """The tests of each change ask the same of every kind that it is reported as."""
    kinds = {row[1] for row in BREAKING.values()} | {row[2] for row in HARMLESS.values()}
    assert len(kinds) > 40
    assert {kind for kind in kinds if not WRITTEN.fullmatch(kind)} == set()


def test_every_rule_is_in_the_policy() -> None:
    kinds = {kind.partition(":")[0] for kind in RULES if kind != "values"}
    assert {kind for kind in kinds if not WRITTEN.fullmatch(kind)} == set()


def test_class_names_are_what_the_client_exports() -> None:
    names = ClientNames(load(DEFAULT).bundled())
    exported = re.findall(r"from \.models\.\w+ import (\w+) as", (PACKAGE / "__init__.py").read_text("utf-8"))
    assert set(names.classes) == set(exported)


def test_members_and_arguments_are_in_the_client() -> None:
    description = load(DEFAULT).bundled()
    names = ClientNames(description)
    models, resources = _classes("models"), _classes("resources")
    for name in names.classes:
        assert set(names.members(name)) <= models[name].keys(), name
    joined = References(join_descriptions(description, description))
    for operation in ComparedDocument(description, "new", joined).operations:
        resource, _, method = names.call(operation).partition(".")
        arguments = resources[f"{resource.capitalize()}Resource"][method]
        for place, wire in operation.parameters:
            assert names.parameter(operation, place, wire).name in arguments


@pytest.mark.slow
@pytest.mark.parametrize("answer", [[], None], ids=["sees nothing", "cries at everything"])
def test_oracle_notices_a_wrong_differ(answer: list[Any] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking = next(iter(compare(sample(), sample({"/components/schemas/Song/required": ["state"]}))))

    def wrong(_: object, __: object) -> list[Any]:
        return [breaking] if answer is None else answer

    monkeypatch.setattr(oracle, "compare", wrong)
    words = {oracle.outcome(seed)[0] for seed in Random(1).sample(range(10_000), 15)}
    assert ("over-reported" if answer is None else "missed") in words


def _classes(folder: str) -> dict[str, dict[str, set[str]]]:
    """Return the members of each class and the arguments of each method."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in sorted(Path(PACKAGE / folder).glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = dict(_members(node))
    return found


def _members(node: ast.ClassDef) -> list[tuple[str, set[str]]]:
    members: list[tuple[str, set[str]]] = []
    for each in node.body:
        if isinstance(each, ast.FunctionDef):
            members.append((each.name, {arg.arg for arg in (*each.args.args, *each.args.kwonlyargs)}))
        elif isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            members.append((each.target.id, set()))
        elif isinstance(each, ast.Assign):
            members += [(target.id, set()) for target in each.targets if isinstance(target, ast.Name)]
    return members
