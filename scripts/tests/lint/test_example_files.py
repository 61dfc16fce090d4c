"""Example files that are missing, wrong, or of no use are reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.description_file import Description, load
from scripts.lint import lint
from scripts.tests.lint.lint_sample import edited, write_sample
from scripts.tests.lint.sample_parts import FROM_TEXT, REQUEST

if TYPE_CHECKING:
    from pathlib import Path


def test_missing_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).unlink()
    assert found(path) == [("example-unreadable", f"{REQUEST}/examples/fromText/externalValue")]


def test_invalid_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).write_text("{'text': NaN}", "utf-8")
    assert found(path) == [("example-unreadable", f"{REQUEST}/examples/fromText/externalValue")]


def test_example_against_its_schema_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).write_text('{"text": 7}', "utf-8")
    assert found(path) == [("example-invalid", f"{REQUEST}/examples/fromText")]


def test_orphan_example_file_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / "left-over.json").write_text("{}", "utf-8")
    assert found(path) == [("example-orphan", "")]


def test_example_file_named_twice_is_reported(sample: Description) -> None:
    again = {"summary": "Again", "externalValue": f"examples/{FROM_TEXT}"}
    findings = lint(edited(sample, {f"{REQUEST}/examples/again": again}))
    assert [finding.rule for finding in findings] == ["example-orphan"]


def test_wrong_example_file_name_is_reported(tmp_path: Path) -> None:
    path = write_sample(tmp_path)
    (tmp_path / "examples" / FROM_TEXT).rename(tmp_path / "examples" / "song.json")
    path.write_text(path.read_text("utf-8").replace(FROM_TEXT, "song.json"), "utf-8")
    assert found(path) == [("example-name", f"{REQUEST}/examples/fromText/externalValue")]


def found(path: Path) -> list[tuple[str, str]]:
    return [(finding.rule, finding.pointer) for finding in lint(load(path))]
