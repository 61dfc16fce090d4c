"""A change of `openapi/` alone: client, mock, docs, coverage, changelog draft and version follow, and all is green."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.tests.repository.description_edits import Description
from scripts.tests.repository.scratch_clone import Scratch

pytestmark = pytest.mark.slow


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path)


def proven(scratch: Scratch) -> str:
    """What `make` and the checks of the description print, when they are green."""
    scratch.python("-m", "scripts.lint")
    scratch.python("-m", "scripts.generate")
    verdict = scratch.python("-m", "contract_tests.suite.run_suite")
    changed = scratch.git("status", "--porcelain").splitlines()
    assert {line[3:].partition("/")[0] for line in changed} <= {"openapi", "generated"}
    return verdict


def demanded(scratch: Scratch) -> str:
    """The version that the gate asks for, which it then takes."""
    told = scratch.python("-m", "scripts.release.version_gate", "--untyped", status=1)
    needed = re.search(r"Make it (\S+) or higher", told)
    assert needed is not None, told
    Description(scratch.root).set_version(needed[1])
    scratch.python("-m", "scripts.release.version_gate", "--untyped")
    return needed[1]


def documented(scratch: Scratch, word: str) -> bool:
    """Whether the reference site, made anew, speaks of a thing."""
    scratch.python("-m", "scripts.docs_site")
    pages = (scratch.root / "build" / "docs").rglob("*.html")
    return any(word in page.read_text("utf-8") for page in pages)


def bumped(version: str, *, breaking: bool) -> str:
    """The next version, by semantic versioning: before 1.0.0, a break raises the minor."""
    major, minor, patch = map(int, version.split("."))
    if major == 0:
        return f"0.{minor + 1}.0" if breaking else f"0.{minor}.{patch + 1}"
    return f"{major + 1}.0.0" if breaking else f"{major}.{minor + 1}.0"


def test_a_new_field_follows_everywhere(scratch: Scratch) -> None:
    released = scratch.version
    Description(scratch.root).add_field()
    assert "The contract holds" in proven(scratch)
    code = "from cometapi_suno import Persona; print(Persona.from_dict({'id': '1', 'mood': 'calm'}).mood)"
    assert scratch.python("-c", code) == "calm\n"
    assert documented(scratch, "Mood of the persona.")
    assert demanded(scratch) == bumped(released, breaking=False)
    assert "- Field `mood` of `Persona` is new. (`Persona.mood`)" in scratch.python(
        "-m", "scripts.release.release_notes"
    )


def test_a_new_operation_follows_everywhere(scratch: Scratch) -> None:
    released = scratch.version
    Description(scratch.root).add_operation()
    assert re.search(r"^clips\.midi +✔", proven(scratch), re.MULTILINE)
    code = """
import cometapi_suno, cometapi_suno_mock
from cometapi_suno_mock.inprocess import GatewayTransport
transport = GatewayTransport(cometapi_suno_mock.Gateway())
client = cometapi_suno.SunoClient(api_key="sk-mock", base_url="http://127.0.0.1", http_client=transport)
print(client.clips.midi("1").midi_url)
"""
    assert scratch.python("-c", code) == "https://cdn1.suno.ai/2dd391cd-996b-4843-9738-1aed26f170e4.mid\n"
    assert documented(scratch, "Get the notes of a clip")
    assert demanded(scratch) == bumped(released, breaking=False)
    assert "- `getMidi` is new: GET /suno/act/midi/{clip_id}. (`clips.midi`)" in scratch.python(
        "-m", "scripts.release.release_notes"
    )


def test_a_breaking_rename_follows_everywhere(scratch: Scratch) -> None:
    released = scratch.version
    Description(scratch.root).rename("mp4_file_url", "video_file_url")
    assert "The contract holds" in proven(scratch)
    assert documented(scratch, "video_file_url")
    assert not documented(scratch, "mp4_file_url")
    assert demanded(scratch) == bumped(released, breaking=True)
    notes = scratch.python("-m", "scripts.release.release_notes")
    assert re.search(
        r"^- \*\*Breaking:\*\* Field `mp4_file_url` of .* is now called `video_file_url`", notes, re.MULTILINE
    )
