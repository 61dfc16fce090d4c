"""A wrong edit of the description: every verb reports one line with the place, and leaves everything as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import generate
from scripts.diff import __main__ as diff
from scripts.docs_site import __main__ as docs
from scripts.lint import __main__ as lint
from scripts.tests.lint.lint_sample import write_sample

# The original text, its replacement, and text of the line that is named.
EDITS = {
    "a reference to nothing": ("SongEnvelope'}", "SongEnvelop'}", "SongEnvelop'}"),
    "a reference that is not text": ("{$ref: '#/components/schemas/SongEnvelope'}", "{$ref: 5}", "{$ref: 5}"),
    "an indent of a tab": ("      operationId: getSong", "\toperationId: getSong", "\toperationId"),
    "a duplicate key": ("      tags: [songs]\n", "      tags: [songs]\n      tags: []\n", "tags: []"),
    "a text where x-sdk should be": ("{resource: songs, method: create, unwrap: data}", "songs.create", "songs.create"),
    "a path whose brace is open": ("  /songs/{song_id}:", "  /songs/{song_id:", "  /songs/{song_id:"),
    "an operation without a body": ("  /songs:\n", "  /songs:\n    delete:\n", "    delete:"),
    "an unknown method": ("    post:\n", "    pots:\n", "    pots:"),
    "an invalid status": ("        '200':", "        'ok':", "        'ok':"),
    "a version that is a number": ("version: 1.0.0", "version: 1.0", "version: 1.0"),
    "no servers": ('servers: [{url: "https://songs.example"}]', "servers:", "servers:"),
    "an unknown type": ("type: string", "type: strng", "type: strng"),
    "a number out of range": ("type: string", "type: number, maximum: 1e999", "1e999"),
    "a control character": ("Makes a song", "Makes a\x01song", "Makes a"),
}


@pytest.mark.parametrize("name", EDITS)
def test_every_verb_reports_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new, named = EDITS[name]
    right, wrong = write_sample(tmp_path), tmp_path / "wrong.yaml"
    text = right.read_text("utf-8").replace(old, new, 1)
    wrong.write_text(text, "utf-8")
    place = f"wrong.yaml:{text.count(chr(10), 0, text.index(named)) + 1}: "
    output = tmp_path / "out"
    output.mkdir()
    (output / "old").touch()
    monkeypatch.chdir(tmp_path)

    assert lint.main(["wrong.yaml"])
    assert any(each.startswith(place) for each in "".join(capsys.readouterr()).splitlines())
    assert generate.main(["--description", "wrong.yaml", "--output", "out"]) == 2
    message, nothing = capsys.readouterr().err.splitlines()
    assert message.startswith(place)
    assert nothing == "generate: nothing was written"
    assert diff.main([right.name, "wrong.yaml"]) == 2
    assert capsys.readouterr().err == f"diff: {message}\n"
    assert docs.main(["--description", "wrong.yaml", "--output", "out"]) == 2
    assert capsys.readouterr().err == f"docs: {message}\n"
    assert [path.name for path in output.iterdir()] == ["old"]
