"""`python -m scripts.lint`: output and exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scripts.lint import STAGES
from scripts.lint.__main__ import main
from scripts.openapi_document import load
from scripts.tests.lint.lint_sample import SAMPLE, write_sample

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

RULES = sum(map(len, STAGES))


def test_clean_description_exits_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == f"lint: {path}: no findings ({RULES} rules asked)\n"


def test_finding_has_place_reason_and_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sample(tmp_path)
    without = SAMPLE.replace("      x-effect: reads\n", "")
    path.write_text(without, "utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["songs.yaml"]) == 1
    line = 1 + without.splitlines().index("    get:")
    assert capsys.readouterr().out.splitlines() == [
        f"songs.yaml:{line}: /paths/~1songs~1{{song_id}}/get: no known x-effect. "
        "Add creates or reads. [operation-effect]",
        f"lint: songs.yaml: 1 finding of 1 rule ({RULES} rules asked)",
    ]


def test_findings_are_in_file_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    path.write_text(
        SAMPLE.replace("x-effect: reads", "x-effect: x").replace("x-effect: creates", "x-effect: x"), "utf-8"
    )
    main([str(path)])
    first, second, _ = capsys.readouterr().out.splitlines()
    assert f":{load(path).line('/paths/~1songs/post/x-effect')}: " in first
    assert f":{load(path).line('/paths/~1songs~1{song_id}/get/x-effect')}: " in second


def test_missing_file_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.yaml")]) == 2
    assert capsys.readouterr().err == f"{tmp_path}/none.yaml:1: No such file or directory. [unreadable]\n"


def test_invalid_yaml_exits_2_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("openapi: 3.1.0\ninfo: {title: 'X\n", "utf-8")
    assert main([str(path)]) == 2
    assert f"{path}:3: " in capsys.readouterr().err
