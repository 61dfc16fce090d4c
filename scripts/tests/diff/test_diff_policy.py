"""Is the policy written down, and do the names of the client that changes speak of exist?"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from scripts.diff import compare
from scripts.diff.document import Document
from scripts.diff.symbols import Symbols
from scripts.diff.values.nodes import Pool, tagged
from scripts.diff.views import Views
from scripts.openapi_document import DEFAULT, load
from scripts.tests.diff import test_diff_oracle as oracle
from scripts.tests.diff.diff_policy import WRITTEN
from scripts.tests.diff.diff_sample import sample
from scripts.tests.diff.test_diff_breaking import BREAKING
from scripts.tests.diff.test_diff_harmless import HARMLESS

ROOT = DEFAULT.parent.parent
PACKAGE = ROOT / "generated" / "cometapi_suno"


def test_every_kind_of_change_is_in_the_table_of_the_policy() -> None:
    """The tests of each change ask the same of whatever else it is told as."""
    kinds = {row[1] for row in BREAKING.values()} | {row[2] for row in HARMLESS.values()}
    assert len(kinds) > 40
    assert {kind for kind in kinds if not WRITTEN.fullmatch(kind)} == set()


def test_what_changes_call_a_class_is_what_the_client_exports() -> None:
    exported = re.findall(r"from \.models\.\w+ import (\w+) as", (PACKAGE / "__init__.py").read_text("utf-8"))
    assert set(_symbols()[0].classes.values()) == set(exported)


def test_what_changes_call_a_field_a_member_or_an_argument_is_in_the_client() -> None:
    symbols, document = _symbols()
    models = _classes("models")
    for component, name in symbols.classes.items():
        schema = document.components("schemas")[component]
        for wire in schema.get("properties", {}):
            assert symbols.field(name, wire).partition(".")[2] in models[name], (name, wire)
        values = schema.get("x-extensible-enum", [])
        for value in values:
            assert symbols.member(name, values, value).partition(".")[2] in models[name], (name, value)
    resources = _classes("resources")
    for operation in document.operations:
        resource, _, method = symbols.call(operation).partition(".")
        assert method in resources[f"{resource.capitalize()}Resource"]
        for _, wire in operation.parameters:
            argument = symbols.argument(operation, wire).partition("(")[2].removesuffix("=)")
            assert argument in resources[f"{resource.capitalize()}Resource"][method]


@pytest.mark.slow
@pytest.mark.parametrize("answer", [[], None], ids=["sees nothing", "cries at everything"])
def test_the_oracle_notices_a_differ_that_is_wrong(answer: list[Any] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking = next(iter(compare(sample(), sample({"/components/schemas/Song/required": ["state"]}))))

    def wrong(_: object, __: object) -> list[Any]:
        return [breaking] if answer is None else answer

    monkeypatch.setattr(oracle, "compare", wrong)
    words = {oracle.outcome(seed)[0] for seed in Random(1).sample(range(10_000), 15)}
    assert ("over-reported" if answer is None else "missed") in words


def _symbols() -> tuple[Symbols, Document]:
    data = tagged(load(DEFAULT).data, "old")
    document = Document(data)
    return Symbols(document, Views(Pool({"old": data}))), document


def _classes(folder: str) -> dict[str, dict[str, set[str]]]:
    """By class, its members; by method, its arguments."""
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
