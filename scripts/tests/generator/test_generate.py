"""`make generate`: all or nothing, and the same bytes every time."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.generate import OUTPUT, find_differences, main, swap

ROOT = OUTPUT.parent
DESCRIPTION = ROOT / "openapi"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of `openapi/` to change."""
    shutil.copytree(DESCRIPTION, tmp_path / "openapi")
    return tmp_path / "openapi" / "suno.yaml"


def test_committed_client_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("seed", [pytest.param("0", marks=pytest.mark.slow), "4242"])
def test_output_is_reproducible(tmp_path: Path, seed: str) -> None:
    command = [sys.executable, "-m", "scripts.generate", "--output", str(tmp_path / "generated")]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
    assert find_differences(OUTPUT, tmp_path / "generated") == []


def test_check_names_hand_edits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "generated"
    shutil.copytree(OUTPUT, output)
    with (output / "cometapi_suno" / "errors.py").open("a") as file:
        file.write("# by hand\n")
    (output / "cometapi_suno" / "extra.py").write_text("")
    assert main(["--check", "--output", str(output)]) == 1
    output_text = capsys.readouterr().out
    assert "generated/cometapi_suno/errors.py differs" in output_text
    assert "generated/cometapi_suno/extra.py does not come from the description" in output_text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            ("#/components/schemas/Persona'", "#/components/schemas/Nobody'"),
            "#/components/schemas/Nobody does not exist",
        ),
        (("\npaths:", "\npaths: [\n"), "suno.yaml"),
        (("create-persona.request.documented.json", "nowhere.json"), "nowhere.json"),
    ],
    ids=["broken $ref", "broken YAML", "missing example"],
)
def test_bad_description_writes_nothing(
    copied: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str], expected: str
) -> None:
    output = tmp_path / "generated"
    shutil.copytree(OUTPUT, output)
    text = copied.read_text("utf-8")
    assert change[0] in text
    copied.write_text(text.replace(*change, 1), "utf-8")
    assert main(["--description", str(copied), "--output", str(output)]) == 2
    error = capsys.readouterr().err
    assert expected in error
    assert "suno.yaml:" in error
    assert find_differences(OUTPUT, output) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".generated-")] == []


def test_failed_swap_restores_output(tmp_path: Path) -> None:
    output = tmp_path / "output"
    output.mkdir()
    (output / "kept.txt").write_text("old", "utf-8")
    with pytest.raises(OSError, match="nowhere"):
        swap(output, tmp_path / "nowhere", tmp_path / "old", mark="kept.txt")
    assert (output / "kept.txt").read_text("utf-8") == "old"


def test_foreign_output_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = tmp_path / "thesis"
    foreign.mkdir()
    (foreign / "chapter.txt").write_text("mine", "utf-8")
    assert main(["--output", str(foreign)]) == 2
    assert f"{foreign} was not made by this tool: it has no PROVENANCE.json. Name another" in capsys.readouterr().err
    assert [path.name for path in foreign.iterdir()] == ["chapter.txt"]
    assert main(["--output", str(foreign / "chapter.txt" / "generated")]) == 2
    assert "File exists" in capsys.readouterr().err


def test_new_response_field_is_generated(copied: Path, tmp_path: Path) -> None:
    text = copied.read_text("utf-8")
    head, mark, tail = text.partition("    Persona:\n")
    before, properties, after = tail.partition("      properties:\n")
    field = "        mood: {type: string, description: How it sounds.}\n"
    copied.write_text(head + mark + before + properties + field + after, "utf-8")
    output = tmp_path / "a new folder" / "generated"
    assert main(["--description", str(copied), "--output", str(output)]) == 0
    assert "    mood: str | None = ABSENT\n" in (output / "cometapi_suno" / "models" / "persona.py").read_text("utf-8")
    assert [line for line in find_differences(OUTPUT, output) if "cometapi_suno" in line] == [
        "generated/cometapi_suno/models/persona.py differs from what the description gives"
    ]
