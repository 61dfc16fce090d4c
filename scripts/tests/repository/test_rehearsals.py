"""Edits of `openapi/` alone are rehearsed as two releases: client, mock, notes and version follow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.tests.repository.description_edits import DescriptionEditor
from scripts.tests.repository.scratch_clone import ScratchClone

MOCK_CALL = """
import cometapi_suno, cometapi_suno_mock
from cometapi_suno_mock.httpx_transport import GatewayTransport
transport = GatewayTransport(cometapi_suno_mock.Gateway())
client = cometapi_suno.SunoClient(api_key="sk-mock", base_url="http://127.0.0.1", http_client=transport)
print(client.clips.midi("1").midi_url)
"""
NEW_FIELD = "from cometapi_suno import Persona; print(Persona.from_dict({'id': '1', 'mood': 'calm'}).mood)"


class Releases:
    """A clone in which one edit after the other is generated and released."""

    def __init__(self, folder: Path) -> None:
        self.clone = ScratchClone(folder)
        self.edit = DescriptionEditor(self.clone.root)

    def release(self) -> tuple[str, str]:
        """Take the version that the gate demands, release it, and return it with the drafted notes."""
        refused = self.clone.python("-m", "scripts.release.version_gate", "--untyped", status=1)
        demanded = re.search(r"Make it (\S+) or higher", refused)
        assert demanded is not None, refused
        self.edit.set_version(demanded[1])
        self.clone.python("-m", "scripts.release.version_gate", "--untyped")
        notes = self.clone.make("release-notes")
        self.clone.make("generate")
        changed = self.clone.git("status", "--porcelain").splitlines()
        assert {line[3:].partition("/")[0] for line in changed} == {"openapi", "generated"}
        self.clone.git("add", "--all")
        self.clone.git("commit", "--quiet", "--message", "Release")
        self.clone.git("tag", f"v{demanded[1]}")
        return demanded[1], notes


def next_version(version: str, *, breaking: bool) -> str:
    """Return the next version by semantic versioning: before 1.0.0, a break raises the minor version."""
    major, minor, patch = map(int, version.split("."))
    if major == 0:
        return f"0.{minor + 1}.0" if breaking else f"0.{minor}.{patch + 1}"
    return f"{major + 1}.0.0" if breaking else f"{major}.{minor + 1}.0"


@pytest.mark.slow
def test_edits_of_the_description_follow_everywhere(tmp_path: Path) -> None:
    """What is added is a compatible release; a field that is renamed is a breaking one."""
    releases = Releases(tmp_path)
    clone, version = releases.clone, releases.clone.version

    releases.edit.add_field()
    releases.edit.add_operation()
    version, notes = _release_after(releases, version, breaking=False)
    assert "- Field `mood` of `Persona` is new. (`Persona.mood`)" in notes
    assert "- `getMidi` is new: GET /suno/act/midi/{clip_id}. (`clips.midi`)" in notes
    assert clone.python("-c", NEW_FIELD) == "calm\n"
    assert clone.python("-c", MOCK_CALL) == "https://cdn1.suno.ai/2dd391cd-996b-4843-9738-1aed26f170e4.mid\n"

    releases.edit.rename("mp4_file_url", "video_file_url")
    version, notes = _release_after(releases, version, breaking=True)
    renamed = r"^- \*\*Breaking:\*\* Field `mp4_file_url` of .* is now called `video_file_url`"
    assert re.search(renamed, notes, re.MULTILINE)
    clone.python("-m", "scripts.lint")


def _release_after(releases: Releases, version: str, *, breaking: bool) -> tuple[str, str]:
    released, notes = releases.release()
    assert released == next_version(version, breaking=breaking)
    return released, notes
