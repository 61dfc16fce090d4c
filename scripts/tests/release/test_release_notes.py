"""The changelog's section is drafted from the changes, and a missing one is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.release.release_notes import check_section, main
from scripts.tests.diff.diff_sample import GONE, LABEL, REMIX, REQUEST, SONG, C
from scripts.tests.release.release_repository import CLIENT, Repository

EDITS: dict[str, Any] = {
    "/info/version": "0.4.0",
    f"{SONG}/title": GONE,
    f"{SONG}/tempo": {"type": "number", "description": "Beats."},
    f"{SONG}/id/description": "What it is known by.",
    f"{SONG}/id/x-doubt": "inferred",
    f"{REQUEST}/tags/deprecated": True,
    f"{REQUEST}/title/maxLength": 120,
    f"{REMIX}/x-billing/charge": "paid",
}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def draft(repository: Repository, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Return the lines of the draft by heading, and its title under ""."""
    assert main(["--root", str(repository.root)]) == 0
    found: dict[str, list[str]] = {"": []}
    heading = ""
    for line in filter(None, capsys.readouterr().out.splitlines()):
        heading = line.removeprefix("### ") if line.startswith("### ") else heading
        found.setdefault(heading, []).append(line)
    return {name: lines[1:] if name else lines for name, lines in found.items()}


def test_change_is_under_its_heading(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.describe(EDITS)
    repository.write("generated/cometapi_suno/client.py", f"{CLIENT}\n    def close(self) -> None:\n        return\n")
    notes = draft(repository, capsys)
    assert notes[""][0].startswith("## [0.4.0] - 20")
    assert notes["Removed"] == ["- **Breaking:** Field `title` of `Song` is gone. (`Song.title`)"]
    assert notes["Added"] == ["- Field `tempo` of `Song` is new. (`Song.tempo`)", "- `SunoClient.close` is new."]
    assert [line.partition("(`")[2] for line in notes["Deprecated"]] == ["songs.create(tags=)`)"]
    touched = ("songs.create(title=)", "songs.remix")
    assert all(any(name in line for line in notes["Changed"]) for name in touched)


def test_new_class_is_one_line(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.describe({f"{C}/Label": LABEL, f"{SONG}/label": {"$ref": f"#{C}/Label"}})
    label = "class Label:\n    name: str\n    home_town: str\n"
    repository.write("generated/cometapi_suno/client.py", f"{label}\n\n{CLIENT}")
    assert draft(repository, capsys)["Added"] == [
        "- Field `label` of `Song` is new. (`Song.label`)",
        "- The class `Label` is new, with `name`, `home_town`.",
    ]


def test_documentation_is_one_line(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.describe(EDITS)
    assert draft(repository, capsys)["Changed"][-1] == "- Documentation: evidence in 1 place, wording in 1 place."


def test_first_release_adds_every_call(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    calls = [line.split("`")[1] for line in draft(repository, capsys)["Added"]]
    assert calls == ["songs.create", "songs.list", "songs.get", "songs.remix"]


def test_unchanged_tree_says_so(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.commit()
    assert draft(repository, capsys)[""][1] == "Nothing has changed."


def test_draft_passes_the_check(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.describe(EDITS)
    assert main(["--root", str(repository.root), "--check", "0.4.0"]) == 1
    capsys.readouterr()
    assert main(["--root", str(repository.root)]) == 0
    repository.write("CHANGELOG.md", f"# Changelog\n\n{capsys.readouterr().out}")
    assert main(["--root", str(repository.root), "--check", "0.4.0"]) == 0
    assert main(["--root", str(repository.root), "--check", "v0.4.0"]) == 0


@pytest.mark.parametrize(
    ("changelog", "problem"),
    [
        ("## [Unreleased]\n\n- More.\n", "no section"),
        ("## [1.2.0] - 2026-01-01\n\n## [1.1.0]\n\n- More.\n", "is empty"),
        ("## [1.2.0] - 2026-01-01\n\n### Added\n\n### Changed\n", "is empty"),
        ("## [11.2.0]\n\n- More.\n", "no section"),
        ("## [1.2.0] - 2026-01-01\n\n### Added\n\n- More.\n", None),
        ("## 1.2.0\n\n* More.\n", None),
    ],
)
def test_section_must_exist_and_have_entries(changelog: str, problem: str | None) -> None:
    found = check_section(changelog, "1.2.0")
    assert (found is None) if problem is None else (found is not None and problem in found)


def test_section_is_shown_alone(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.write(
        "CHANGELOG.md", "# Log\n\n## [1.2.0] - 2026-01-01\n\n### Added\n\n- More.\n\n## [1.1.0]\n\n- Less.\n"
    )
    assert main(["--root", str(repository.root), "--show", "v1.2.0"]) == 0
    assert capsys.readouterr().out == "### Added\n\n- More.\n"
    assert main(["--root", str(repository.root), "--show", "v1.3.0"]) == 1


def test_unknown_base_is_refused(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(repository.root), "--base", "v9.9.9"]) == 2
    assert "v9.9.9 is neither a file nor a revision" in capsys.readouterr().err
