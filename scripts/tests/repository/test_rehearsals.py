"""Edits of `openapi/` alone are rehearsed as a release: client, mock, notes and version follow."""

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


def next_version(version: str) -> str:
    """Return the version of the next compatible release: before 1.0.0, it raises the last number."""
    major, minor, patch = map(int, version.split("."))
    return f"{major}.{minor + 1}.0" if major else f"0.{minor}.{patch + 1}"


@pytest.mark.slow
def test_edits_of_the_description_follow_everywhere(tmp_path: Path) -> None:
    """What is added is a compatible release; CONTRIBUTING.md shows a breaking one, and its test runs that."""
    clone = ScratchClone(tmp_path)
    edit = DescriptionEditor(clone.root)
    edit.add_field()
    edit.add_operation()

    refused = clone.python("-m", "scripts.release.version_gate", "--untyped", status=1)
    demanded = re.search(r"Make it (\S+) or higher", refused)
    assert demanded is not None, refused
    assert demanded[1] == next_version(clone.version)
    edit.set_version(demanded[1])
    clone.python("-m", "scripts.release.version_gate", "--untyped")
    notes = clone.make("release-notes")
    assert "- Field `mood` of `Persona` is new. (`Persona.mood`)" in notes
    assert "- `getMidi` is new: GET /suno/act/midi/{clip_id}. (`clips.midi`)" in notes

    clone.make("generate")
    changed = clone.git("status", "--porcelain").splitlines()
    assert {line[3:].partition("/")[0] for line in changed} == {"openapi", "generated"}
    assert clone.python("-c", NEW_FIELD) == "calm\n"
    assert clone.python("-c", MOCK_CALL) == "https://cdn1.suno.ai/2dd391cd-996b-4843-9738-1aed26f170e4.mid\n"
    clone.python("-m", "scripts.lint")
