"""Remove each piece of the real description in turn, in a seeded order: a rule must find each removal."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from scripts.description_file import Description, load
from scripts.lint import STAGES, lint
from scripts.lint.description_index import DescriptionIndex
from scripts.lint.link_rules import find_links
from scripts.lint.operation_rules import check_statuses
from scripts.tests.lint.lint_sample import GONE, edited

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SEED = 20251122
TRIED = 30
"""Of the examples, of which there are many; of everything else, each piece is tried."""


@pytest.fixture(scope="module")
def real() -> Description:
    return load()


@pytest.fixture(scope="module")
def document(real: Description) -> DescriptionIndex:
    return DescriptionIndex(real)


def rules_that_find(real: Description, pointer: str, *themes: str) -> set[str]:
    """Return which rules of some themes find that the node at a pointer is gone."""
    asked = {rule: check for stage in STAGES for rule, check in stage.items() if rule.startswith(themes)}
    return {finding.rule for finding in lint(edited(real, {pointer: GONE}), [asked])}


def shuffled(pointers: Iterable[str]) -> list[str]:
    """Return pointers in a seeded order: validators are cached across descriptions, so the order must not matter."""
    order = list(pointers)
    random.Random(SEED).shuffle(order)
    return order


def test_real_description_has_no_findings(real: Description) -> None:
    assert lint(real) == []


def test_missing_evidence_of_operation_is_found(real: Description, document: DescriptionIndex) -> None:
    holders = shuffled(f"{operation.pointer}/x-evidence" for operation in document.operations)
    found = {holder: rules_that_find(real, holder, "evidence") for holder in holders}
    assert [holder for holder, rules in found.items() if "evidence-missing" not in rules] == []


def test_every_removed_doubt_is_found(real: Description, document: DescriptionIndex) -> None:
    marks = shuffled(f"{pointer}/x-doubt" for pointer, node in document.objects.items() if "x-doubt" in node)
    found = {mark: rules_that_find(real, mark, "doubt") for mark in marks}
    assert [mark for mark, rules in found.items() if rules != {"doubt-unmarked"}] == []


def test_every_removed_source_is_found(real: Description) -> None:
    sources = shuffled(f"/x-sources/{name}" for name in real.data["x-sources"])
    found = {source: rules_that_find(real, source, "source") for source in sources}
    assert [source for source, rules in found.items() if rules != {"source-unknown"}] == []


def test_removed_example_is_found(real: Description, document: DescriptionIndex) -> None:
    examples = {example.pointer: example for example in document.examples}
    for pointer in shuffled(examples)[:TRIED]:
        expected = "example-orphan" if "externalValue" in examples[pointer].node else "example-missing"
        assert expected in rules_that_find(real, pointer, "example"), pointer


def test_response_of_another_status_is_found(real: Description, document: DescriptionIndex) -> None:
    """A 401 that refers to the shared 403, and so on; the 400 of an operation may be its own."""
    rule = {"response-status": check_statuses}
    asked = [f"{operation.pointer}/responses/401/$ref" for operation in document.operations]
    for pointer in asked:
        findings = lint(edited(real, {pointer: "#/components/responses/Forbidden"}), [rule])
        assert [finding.pointer for finding in findings] == [pointer.removesuffix("/$ref")]


def test_every_removed_parameter_example_is_found(real: Description) -> None:
    parameters = real.data["components"]["parameters"]
    pointers = shuffled(f"/components/parameters/{name}/example" for name in parameters)
    found = {pointer: rules_that_find(real, pointer, "example") for pointer in pointers}
    assert [pointer for pointer, rules in found.items() if rules != {"example-parameter"}] == []


def test_removed_example_file_is_found(real: Description, tmp_path: Path) -> None:
    shutil.copytree(real.path.parent, tmp_path / "openapi")
    copy = Description(tmp_path / "openapi" / real.path.name, real.data, real.lines)
    asked = {rule: check for rule, check in STAGES[-1].items() if rule.startswith("example")}
    for name in shuffled(file.name for file in (tmp_path / "openapi" / "examples").iterdir())[:TRIED]:
        file = tmp_path / "openapi" / "examples" / name
        content = file.read_bytes()
        file.unlink()
        findings = lint(copy, [asked])
        assert [(finding.rule, name in finding.message) for finding in findings] == [("example-unreadable", True)]
        file.write_bytes(content)


def test_every_removed_link_is_found(real: Description, document: DescriptionIndex) -> None:
    for pointer in shuffled(link.pointer for link in find_links(document)):
        assert rules_that_find(real, pointer, "link") == {"link-workflow"}, pointer


def test_every_removed_shared_link_is_found(real: Description) -> None:
    for name in real.data["components"]["links"]:
        assert rules_that_find(real, f"/components/links/{name}", "ref-broken") == {"ref-broken"}, name


def test_every_removed_workflow_step_is_found(real: Description) -> None:
    steps = shuffled(f"/x-workflow/{index}" for index in range(len(real.data["x-workflow"])))
    found = {step: rules_that_find(real, step, "link") for step in steps}
    assert [step for step, rules in found.items() if rules != {"link-workflow"}] == []


def test_all_known_drifts_are_there(document: DescriptionIndex) -> None:
    """The record of the service counts 29 differences between its pages and practice."""
    numbers = [evidence.entry["drift"] for evidence in document.evidence if "drift" in evidence.entry]
    assert sorted(numbers, key=lambda number: int(number[1:])) == [f"D{number}" for number in range(1, 30)]


def test_all_twelve_pages_are_covered(real: Description) -> None:
    pages = {row["page"] for row in real.data["x-coverage"]}
    assert len({page for page in pages if not page.startswith("cometapi-cli")}) == 12
