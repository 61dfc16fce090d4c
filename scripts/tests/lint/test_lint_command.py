"""`python -m scripts.lint`: output and exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scripts.description_file import load
from scripts.lint import STAGES
from scripts.lint.__main__ import main
from scripts.tests.lint.lint_sample import SAMPLE, write_sample

if TYPE_CHECKING:
    from pathlib import Path

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
        "    get:",
        "    ^",
        f"lint: songs.yaml: 1 finding of 1 rule ({RULES} rules asked)",
    ]


def test_caret_is_under_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    path.write_text(SAMPLE.replace("enum: [glad, sad]", "enum: [1, 2]"), "utf-8")
    assert main([str(path)]) == 1
    _, line, caret, *_ = capsys.readouterr().out.splitlines()
    assert line[caret.index("^") :].startswith("enum: [1, 2]")


def test_github_format_is_an_annotation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    path.write_text(SAMPLE.replace("text/html", "text/htlm"), "utf-8")
    assert main([str(path), "--format", "github"]) == 1
    annotation = capsys.readouterr().out.splitlines()[0]
    assert annotation.startswith(f"::error file={path},line=")
    assert "title=media-type::" in annotation
    assert "Did you mean text/html?" in annotation


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("strin", '"strin" is not a type. Did you mean string?'),
        ("[string, null]", "null is not a type. Write 'null' in quotes."),
        ("{a: b}", '{"a": "b"} is not a type. Use one of array, boolean, integer, null, number, object, string.'),
    ],
)
def test_wrong_type_is_named(written: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    path.write_text(
        SAMPLE.replace("{type: string, description: The t", f"{{type: {written}, description: The t"), "utf-8"
    )
    assert main([str(path)]) == 1
    assert f"/type: {said} [schema-invalid]" in capsys.readouterr().out


HOSTILE = {
    "aliases": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)),
    "brackets": "[" * 100_000,
    "braces": "{a: " * 100_000,
    "dashes": "- " * 100_000,
    "an alias of itself": "a: &a [*a]\n",
    "a tag": "openapi: !mine 3.1.0\n",
    "a tag of Python": "openapi: !!python/object:os.system x\n",
    "half a surrogate pair": 'openapi: "\\ud800"\n',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_ends_in_one_line(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_text(HOSTILE[name], "utf-8")
    assert main([str(path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{path}:1: ")
    assert said.err.count("\n") == 1


def test_example_outside_the_folder_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "secret.json").write_text('{"data": {}}', "utf-8")
    (tmp_path / "openapi").mkdir()
    path = write_sample(tmp_path / "openapi")
    path.write_text(SAMPLE.replace("examples/get-song.200.recorded.json", "../secret.json"), "utf-8")
    assert main([str(path)]) == 1
    assert "outside the folder of the description" in capsys.readouterr().out


def test_findings_are_in_file_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_sample(tmp_path)
    path.write_text(
        SAMPLE.replace("x-effect: reads", "x-effect: x").replace("x-effect: creates", "x-effect: x"), "utf-8"
    )
    main([str(path)])
    first, _, _, second, *_ = capsys.readouterr().out.splitlines()
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
