"""A release is refused for each thing that is missing, and for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.release.release_check import main
from scripts.tests.diff.diff_sample import GONE, SONG
from scripts.tests.release.release_repository import Repository

SECTION = "# Changelog\n\n## [0.3.0] - 2026-01-01\n\n### Added\n\n- Songs.\n"
CLIENT = "generated/cometapi_suno/_version.py"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository that is ready to release 0.3.0."""
    found = Repository(tmp_path)
    found.write(CLIENT, '"""The version."""\n\n__version__ = "0.3.0"\n')
    found.write("CHANGELOG.md", SECTION)
    found.commit()
    return found


def test_complete_release_passes_before_and_after_its_tag(repository: Repository) -> None:
    assert main(["v0.3.0", "--root", str(repository.root)]) == 0
    repository.git("tag", "v0.3.0")
    assert main(["v0.3.0", "--root", str(repository.root)]) == 0


@pytest.mark.parametrize("tag", ["0.3.0", "v0.3.1", "v0.3", "v0.3.0 ", "$(id)"])
def test_tag_must_be_the_version(repository: Repository, tag: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([tag, "--root", str(repository.root)]) == 1
    assert "the tag has to be v0.3.0" in capsys.readouterr().err


def _changelog_without(repository: Repository) -> None:
    repository.write("CHANGELOG.md", SECTION.replace("[0.3.0] - 2026-01-01", "[Unreleased]"))


def _changelog_empty(repository: Repository) -> None:
    repository.write("CHANGELOG.md", SECTION.replace("- Songs.\n", ""))


def _client_old(repository: Repository) -> None:
    repository.write(CLIENT, '__version__ = "0.2.0"\n')


def _client_gone(repository: Repository) -> None:
    (repository.root / CLIENT).unlink()


def _readme_unpublished(repository: Repository) -> None:
    repository.write("README.md", "<!-- unpublished: later -->\nmake build\n<!-- /unpublished -->\n")


def _readme_relative(repository: Repository) -> None:
    repository.write("README.md", "See [the changelog](CHANGELOG.md).\n")


def _urls_gone(repository: Repository) -> None:
    repository.write("pyproject.toml", '[project]\nname = "songs"\n')


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_changelog_without, "CHANGELOG.md: no section for 0.3.0"),
        (_changelog_empty, "CHANGELOG.md: the section of 0.3.0 is empty"),
        (_client_old, "_version.py says 0.2.0, info.version 0.3.0. Run make"),
        (_client_gone, "_version.py"),
        (_readme_unpublished, "README.md: it says that no release exists"),
        (_readme_relative, "README.md: CHANGELOG.md is a relative link"),
        (_urls_gone, "pyproject.toml: no project.urls"),
    ],
)
def test_missing_part_is_reported(
    repository: Repository, spoil: Callable[[Repository], None], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(repository)
    assert main(["v0.3.0", "--root", str(repository.root)]) == 1
    assert message in capsys.readouterr().err


def test_low_version_is_refused(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.git("tag", "v0.3.0")
    repository.describe({f"{SONG}/title": GONE, "/info/version": "0.3.1"})
    repository.write(CLIENT, '__version__ = "0.3.1"\n')
    repository.write("CHANGELOG.md", SECTION.replace("0.3.0", "0.3.1"))
    assert main(["v0.3.1", "--root", str(repository.root)]) == 1
    assert "0.3.1 is too low after v0.3.0" in capsys.readouterr().out
