"""The next version follows from the changes since the last release."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.diff import Severity
from scripts.release.since_release import Version, compare_with_release
from scripts.release.version_gate import main
from scripts.tests.diff.diff_sample import GONE
from scripts.tests.release.release_repository import CLIENT, Repository

SONG = "/components/schemas/Song/properties"
FIELD_GONE: dict[str, Any] = {f"{SONG}/title": GONE}
FIELD_MORE: dict[str, Any] = {f"{SONG}/tempo": {"type": "number", "description": "Beats."}}
WORDS: dict[str, Any] = {f"{SONG}/id/description": "What it is known by."}

USER = """
from cometapi_suno import SunoClient

def make(client: SunoClient) -> str:
    return client.songs.create(title="La", mood="calm").id
"""


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A repository whose description says 0.3.0, released as such."""
    found = Repository(tmp_path)
    found.git("tag", "v0.3.0")
    return found


def gate(repository: Repository, *arguments: str) -> int:
    return main(["--root", str(repository.root), *arguments])


@pytest.mark.parametrize(
    ("last", "worst", "needed"),
    [
        ((0, 3, 1), Severity.BREAKING, (0, 4, 0)),
        ((0, 3, 1), Severity.COMPATIBLE, (0, 3, 2)),
        ((0, 3, 1), Severity.DOCUMENTATION, (0, 3, 2)),
        ((0, 3, 1), None, (0, 3, 1)),
        ((1, 3, 1), Severity.BREAKING, (2, 0, 0)),
        ((1, 3, 1), Severity.COMPATIBLE, (1, 4, 0)),
        ((1, 3, 1), Severity.DOCUMENTATION, (1, 3, 2)),
        ((1, 3, 1), None, (1, 3, 1)),
    ],
)
def test_next_version_is_semantic(
    last: tuple[int, int, int], worst: Severity | None, needed: tuple[int, int, int]
) -> None:
    assert Version(*last).next_after(worst) == Version(*needed)


def test_first_release_may_have_any_version(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repository = Repository(tmp_path)
    repository.git("tag", "vocals")
    assert gate(repository) == 0
    assert "nothing was released yet" in capsys.readouterr().out


def test_unchanged_tree_keeps_its_version(repository: Repository) -> None:
    repository.write("README.md", "Songs.")
    repository.commit()
    assert gate(repository) == 0


@pytest.mark.parametrize(
    ("edits", "refused", "enough"),
    [(FIELD_GONE, "0.3.9", "0.4.0"), (FIELD_MORE, "0.3.0", "0.3.1"), (WORDS, "0.3.0", "0.3.1")],
    ids=["breaking", "compatible", "documentation"],
)
def test_description_change_requires_version(
    repository: Repository, edits: dict[str, Any], refused: str, enough: str
) -> None:
    repository.describe({**edits, "/info/version": refused})
    assert gate(repository) == 1
    repository.describe({**edits, "/info/version": enough})
    assert gate(repository) == 0


def test_requiring_change_is_named_with_its_place(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.describe({**FIELD_GONE, **FIELD_MORE})
    assert gate(repository) == 1
    output = capsys.readouterr().out
    assert "0.3.0 is too low after v0.3.0. Make it 0.4.0 or higher" in output
    assert "Field `title` of `Song` is gone. [field-removed]" in output
    assert f"{SONG}/title" in output
    assert "is new" not in output


def test_prerelease_of_the_required_version_passes(repository: Repository) -> None:
    repository.describe({**FIELD_GONE, "/info/version": "0.4.0rc1"})
    assert gate(repository) == 0


def test_name_lost_by_the_client_is_breaking(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.write("generated/cometapi_suno/__init__.py", "")
    assert gate(repository) == 1
    assert "`SunoClient` is gone. [client-removed]" in capsys.readouterr().out


def test_argument_lost_to_options_is_breaking(repository: Repository) -> None:
    """`**options` takes any name at run time, but no type checker lets an unknown one pass."""
    repository.write("generated/cometapi_suno/client.py", CLIENT.replace(' mood: str = "calm",', ""))
    repository.describe({"/info/version": "0.3.1"})
    assert gate(repository) == 1


def test_new_required_argument_is_breaking(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.write("generated/cometapi_suno/client.py", CLIENT.replace(' = "calm"', ""))
    assert gate(repository) == 1
    assert "must be given now" in capsys.readouterr().out


def test_new_name_of_the_client_is_compatible(repository: Repository) -> None:
    repository.write("generated/cometapi_suno/client.py", f"{CLIENT}\n    def close(self) -> None:\n        return\n")
    assert gate(repository) == 1
    repository.describe({"/info/version": "0.3.1"})
    assert gate(repository) == 0


def test_description_change_is_reported_once(repository: Repository) -> None:
    repository.write("generated/cometapi_suno/client.py", CLIENT.replace("class Song:", "class Song:\n    title: str"))
    repository.commit("v0.3.1")
    repository.describe(FIELD_GONE)
    repository.write("generated/cometapi_suno/client.py", CLIENT)
    symbols = [
        symbol for change in compare_with_release("v0.3.1", repository.root).changes for symbol in change.symbols
    ]
    assert symbols.count("Song.title") == 1


def test_tagged_release_is_compared_with_the_one_before(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.describe({**FIELD_GONE, "/info/version": "0.3.1"})
    repository.commit("v0.3.1")
    assert gate(repository) == 1
    assert "too low after v0.3.0" in capsys.readouterr().out


def test_edit_after_a_tag_is_compared_with_it(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    repository.describe({**FIELD_GONE, "/info/version": "0.4.0"})
    repository.commit("v0.4.0")
    repository.describe({**FIELD_GONE, **WORDS, "/info/version": "0.4.0", f"{SONG}/length": GONE})
    assert gate(repository) == 1
    assert "too low after v0.4.0" in capsys.readouterr().out


def test_tag_of_another_branch_is_ignored(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "other")
    repository.describe({**FIELD_GONE, "/info/version": "0.9.0"})
    repository.commit("v0.9.0")
    repository.git("checkout", "--quiet", "main")
    repository.describe({**WORDS, "/info/version": "0.3.1"})
    assert gate(repository) == 0


def test_shallow_clone_without_tags_is_reported(
    repository: Repository, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.commit()
    clone = tmp_path_factory.mktemp("clone") / "songs"
    repository.git("clone", "--quiet", "--depth=1", "--no-tags", repository.root.as_uri(), str(clone))
    assert main(["--root", str(clone)]) == 2
    assert "git fetch --unshallow --tags" in capsys.readouterr().err


def test_unknown_base_is_refused(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert gate(repository, "--base", "v9.9.9") == 2
    assert "v9.9.9 is neither a file nor a revision" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("client", "verdict"),
    [(CLIENT, 0), (CLIENT.replace("title: str", "title: int"), 1)],
    ids=["it still does", "it no longer does"],
)
def test_calls_of_users_still_type_check(repository: Repository, client: str, verdict: int) -> None:
    repository.write("typing/user_calls.py", USER)
    repository.commit("v0.3.1")
    repository.write("generated/cometapi_suno/client.py", client)
    repository.describe({"/info/version": "0.3.2"})
    assert gate(repository) == verdict
    assert gate(repository, "--untyped") == 0
