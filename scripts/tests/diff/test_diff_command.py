"""Does the command read what it is given, and print what each reader needs?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.description_file import DEFAULT, load
from scripts.diff.__main__ import main
from scripts.diff.snapshot import ROOT
from scripts.tests.diff.diff_sample import GONE, SONG, sample

EDITS: dict[str, Any] = {
    f"{SONG}/title": GONE,
    f"{SONG}/tempo": {"type": "number", "description": "Beats."},
    f"{SONG}/id/description": "What it is known by, 100 %.",
    "/components/schemas/Song/required": ["state"],
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """Two descriptions, one with the edits."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(json.dumps(sample(), indent=1), "utf-8")
    new.write_text(json.dumps(sample(EDITS), indent=1), "utf-8")
    return str(old), str(new)


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(list(arguments)) == 0
    return capsys.readouterr().out


def test_the_text_names_file_line_severity_sentence_and_kind(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(capsys, *files).splitlines()
    gone = next(index for index, line in enumerate(lines) if "[field-removed]" in line)
    number = (
        Path(files[0]).read_text("utf-8").splitlines().index('     "title": {', 400 if len(lines) > 1000 else 0) + 1
    )
    place, _, rest = lines[gone].partition(": /")
    assert place.startswith(files[0])
    assert int(place.rpartition(":")[2]) >= number
    assert rest.endswith("breaking: Field `title` of `Song` is gone. [field-removed]")
    assert lines[gone + 1].strip() == "Song.title (createSong, listSongs, getSong)"
    assert lines[-1].endswith("2 breaking, 1 compatible, 1 documentation")


def test_a_break_shows_a_value_where_there_is_one(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A song without its id may come now: the shortest one has its state alone."""
    assert 'Field `id` of `Song` may be absent now. For example {"state": ""}.' in printed(capsys, *files)


def test_the_json_holds_all_of_a_change(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(printed(capsys, *files, "--format", "json"))
    assert found["counts"] == {"breaking": 2, "compatible": 1, "documentation": 1}
    gone = next(change for change in found["changes"] if change["kind"] == "field-removed")
    assert gone == {
        "severity": "breaking",
        "kind": "field-removed",
        "direction": "read",
        "operations": ["createSong", "listSongs", "getSong"],
        "old": f"{SONG}/title",
        "new": None,
        "sentence": "Field `title` of `Song` is gone.",
        "symbols": ["Song.title"],
        "example": None,
    }


def test_the_markdown_has_one_list_for_each_severity(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = printed(capsys, *files, "--format", "markdown").splitlines()
    assert [line for line in lines if line.startswith("####")] == [
        "#### Breaking",
        "#### Compatible",
        "#### Documentation",
    ]
    assert "- Field `title` of `Song` is gone. `Song.title` (createSong, listSongs, getSong)" in lines


def test_annotations_leave_out_documentation(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    *commands, verdict = printed(capsys, *files, "--format", "github").splitlines()
    assert [command.partition(" ")[0] for command in commands] == ["::warning", "::warning", "::notice"]
    assert all(f"file={files[1]},line=" in command for command in commands)
    assert any(
        "title=breaking%3A field-removed::Field `title` of `Song` is gone. [Song.title]" in each for each in commands
    )
    assert verdict.startswith("diff: ")


def test_a_description_is_equal_to_its_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = tmp_path / "openapi.json"
    bundle.write_text(json.dumps(load(DEFAULT).bundled()), "utf-8")
    assert printed(capsys, str(bundle)).endswith("no change\n")
    assert printed(capsys, str(DEFAULT.parent), str(bundle)).endswith("no change\n")


def test_a_revision_is_read_from_the_history(capsys: pytest.CaptureFixture[str]) -> None:
    head = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", "HEAD:openapi/suno.yaml"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if head.returncode == 0:  # an sdist has no history to read
        assert "diff: HEAD:openapi/suno.yaml -> " in printed(capsys, "HEAD")


@pytest.mark.parametrize("name", ["nothing", "--output=/tmp/x", "HEAD:README.md"])
def test_what_is_no_description_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--", name]) == 2
    assert "neither a file nor a revision" in capsys.readouterr().err


def test_a_file_that_is_no_description_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {"list.json": "[]", "text.json": "songs", "deep.json": "[" * 100_000, "twice.json": '{"a": 1, "a": 2}'}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
        assert main([str(tmp_path / name)]) == 2
        said = capsys.readouterr().err
        assert name in said
        assert said.count("\n") == 1


def test_the_command_runs_by_its_name(files: tuple[str, str]) -> None:
    command = [sys.executable, "-W", "error", "-m", "scripts.diff", files[0], files[0]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.rpartition(": ")[2]) == (0, "no change\n"), done.stderr
