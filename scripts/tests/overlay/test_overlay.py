"""`make apply-overlay`: the description changes where the overlay says, nowhere else, and not at all on an error."""

from __future__ import annotations

import json
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest

from scripts.description_file import load
from scripts.overlay.__main__ import main
from scripts.overlay.overlay_actions import format_jsonpath
from scripts.overlay.yaml_edit import edit_yaml
from scripts.tests.lint.lint_sample import SAMPLE, write_sample

COMMENTED = SAMPLE.replace("paths:\n", "# What it can do.\npaths:  # two things\n").replace(
    "        id: {type: string, description: Id of the song.}\n",
    "        # Never empty.\n        id: {type: string, description: Id of the song.}  # a UUID, so far\n\n",
)
SONG = "$.components.schemas.Song"
SEEN = {"source": "page", "says": "In an answer.", "status": "observed"}
LYRICS = {"type": "string", "description": "The lyrics.", "x-evidence": [SEEN]}


def overlay(*actions: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"overlay": "1.0.0", "info": {"title": "Seen", "version": "1"}, "actions": list(actions), **other}


@pytest.fixture
def description(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample with comments in it, in the working directory."""
    monkeypatch.chdir(tmp_path)
    write_sample(tmp_path).write_text(COMMENTED, "utf-8")
    return Path("songs.yaml")


def run(description: Path, text: object) -> int:
    """Run the verb on an overlay, which may be any text."""
    Path("change.yaml").write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return main(["change.yaml", "--description", str(description)])


def changed(description: Path) -> list[str]:
    """Return the removed and added lines, as in a diff."""
    lines = ndiff(COMMENTED.splitlines(), description.read_text("utf-8").splitlines())
    return [line for line in lines if line[0] in "+-"]


def test_new_field_adds_only_its_lines(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else moves: no comment, no quote, no empty line."""
    assert run(description, overlay({"target": f"{SONG}.properties", "update": {"lyrics": LYRICS}})) == 0
    assert changed(description) == [
        "+         lyrics:",
        "+           type: string",
        "+           description: The lyrics.",
        "+           x-evidence:",
        '+             - {source: page, says: "In an answer.", status: observed}',
    ]
    assert capsys.readouterr().out == "overlay: songs.yaml is written\n"


def test_entry_is_appended_to_list(description: Path) -> None:
    """An update of a list appends one entry to it."""
    action = {"target": f"{SONG}.properties.length['x-evidence']", "update": {**SEEN, "status": "contested"}}
    assert run(description, overlay(action)) == 0
    assert changed(description) == [
        '+             - {source: page, says: "In an answer.", status: contested}',
    ]


def test_inline_list_stays_inline(description: Path) -> None:
    assert (
        run(description, overlay({"target": "$.components.schemas.FromText.properties.mood.enum", "update": "odd"}))
        == 0
    )
    assert changed(description) == [
        "-         mood: {type: string, enum: [glad, sad], description: The mood.}",
        "+         mood: {type: string, enum: [glad, sad, odd], description: The mood.}",
    ]


def test_removed_node_loses_only_its_line(description: Path) -> None:
    action = {"target": "$.components.responses.BadRequest['x-empty-body']", "remove": True}
    assert run(description, overlay(action)) == 0
    assert changed(description) == [
        '-       x-empty-body: {source: code, says: "Sometimes empty.", status: observed, drift: D2}',
    ]


LONG = {"data": {"id": "2dd391cd-996b-4843-9738-1aed26f170e4", "length": 9}}


def long_song(name: str) -> dict[str, Any]:
    """Return an action that adds an example of a response with its file."""
    return {
        "target": "$.paths['/songs/{song_id}'].get.responses['200'].content['application/json'].examples",
        "update": {"long": {"summary": "A long song", "externalValue": name}},
        "x-examples": {name: LONG},
    }


def test_action_writes_example_file(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "examples/get-song.200-long.recorded.json"
    action = long_song(name)
    assert run(description, overlay(action)) == 0
    assert json.loads(Path(name).read_text("utf-8")) == LONG
    assert changed(description) == [f"+                 long: {{summary: A long song, externalValue: {name}}}"]
    assert capsys.readouterr().out.splitlines() == [
        "overlay: songs.yaml is written",
        f"overlay: {name} is written",
    ]
    assert run(description, overlay(action)) == 2
    assert f"{name} exists already" in capsys.readouterr().err


def test_result_that_breaks_rule_is_not_written(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A field needs a description; the rule, the file and the place are named."""
    before = description.read_bytes()
    assert run(description, overlay({"target": f"{SONG}.properties", "update": {"lyrics": {"type": "string"}}})) == 1
    output = capsys.readouterr()
    assert "songs.yaml:" in output.out
    assert "/components/schemas/Song/properties/lyrics" in output.out
    assert output.err == "overlay: the result would break the rules above. Nothing was written.\n"
    assert description.read_bytes() == before


LONG_TEXT = " ".join(["Songs that last longer than an hour"] * 8)


def test_long_text_is_folded(description: Path) -> None:
    """No line gets longer than those of the description."""
    assert run(description, overlay({"target": SONG, "update": {"description": LONG_TEXT}})) == 0
    assert load(description).data["components"]["schemas"]["Song"]["description"] == LONG_TEXT
    added = [line[2:] for line in changed(description) if line[0] == "+"]
    assert len(added) == 4
    assert added[0].endswith("description: >-")
    assert max(map(len, added)) <= 120


def test_line_ends_are_kept(description: Path) -> None:
    """A file with CRLF keeps it, also in the lines that are new; one with both keeps each."""
    whole = COMMENTED.replace("\n", "\r\n")
    mixed = COMMENTED.replace("paths:", "\r\npaths:").replace("paths:  # two things\n", "paths:  # two things\r\n")
    for before in (whole, mixed):
        description.write_bytes(before.encode())
        action = {"target": f"{SONG}.properties", "update": {"lyrics": LYRICS}}
        assert run(description, overlay(action)) == 0
        lines = description.read_bytes().decode().split("\n")
        assert [line for line in ndiff(before.split("\n"), lines) if line[0] == "-"] == []
        assert len(lines) == before.count("\n") + 6
        assert all(line.endswith("\r") for line in lines[:-1]) is (before is whole)


def test_remove_may_be_false(description: Path) -> None:
    """As if it were not there."""
    actions = ({"target": SONG, "remove": False}, {"target": SONG, "remove": False, "update": {"x-a": 1}})
    assert run(description, overlay(*actions)) == 0
    assert changed(description) == ["+       x-a: 1"]


def test_name_may_be_escaped(description: Path) -> None:
    assert run(description, overlay({"target": "$.paths['\\u002fsongs'].post", "update": {"x-a": 1}})) == 0
    assert changed(description) == ["+       x-a: 1"]


# Without a glyph: they turn text around, end a line, or join letters.
INVISIBLE = "\u202e\u2066\u2028\u2029\u0085\u200b\ufeff\x7f"


def test_invisible_characters_are_escaped(description: Path) -> None:
    """A reader sees what is applied: in the description and in an example file."""
    name = "examples/get-song.200-odd.recorded.json"
    action = long_song(name) | {"x-examples": {name: {"data": {"id": INVISIBLE, "length": 9}}}}
    update = {"target": SONG, "update": {"description": f"Before{INVISIBLE}after.", f"x-{INVISIBLE}": [INVISIBLE]}}
    assert run(description, overlay(update, action)) == 0
    song = load(description).data["components"]["schemas"]["Song"]
    assert (song["description"], song[f"x-{INVISIBLE}"]) == (f"Before{INVISIBLE}after.", [INVISIBLE])
    assert json.loads(Path(name).read_text("utf-8"))["data"]["id"] == INVISIBLE
    assert not set(description.read_text("utf-8") + Path(name).read_text("utf-8")) & set(INVISIBLE)
    assert edit_yaml("a: 1\n", {"a": 1}, {"a": "\U000e0001"}) == 'a: "\\U000e0001"\n'


UPDATE: dict[str, Any] = {"target": SONG, "update": {"x-a": 1}}
BAD: dict[str, tuple[object, str]] = {
    "no file": (None, "change.yaml:1: No such file or directory"),
    "no YAML": ("overlay: [", "change.yaml:2: did not find"),
    "no text": ("\0", "change.yaml:1: "),
    "too deep": ("[" * 3000 + "]" * 3000, "change.yaml:1: "),
    "in itself": ("overlay: &a [*a]\n", "change.yaml:1: it is nested too deeply"),
    "a name twice": ("overlay: 1.0.0\noverlay: 1.0.0\n", "change.yaml:2: /overlay: the key is here twice"),
    "empty": ("", "change.yaml: /: not an Overlay 1.0 or 1.1: "),
    "a list": ([UPDATE], "change.yaml: /: not an Overlay 1.0 or 1.1: "),
    "an OpenAPI document": (SAMPLE, "change.yaml: /: not an Overlay 1.0 or 1.1: "),
    "another version": (overlay(UPDATE) | {"overlay": "2.0.0"}, "change.yaml: /overlay: not an Overlay 1.0 or 1.1: "),
    "no number": (
        "overlay: 1.0.0\ninfo: {title: a, version: '1'}\nactions: [{target: $, update: {a: .nan}}]\n",
        "change.yaml:3: /actions/0/update/a: .nan is not a JSON value",
    ),
    "no actions": (overlay(), "change.yaml: /actions: not an Overlay 1.0 or 1.1: "),
    "an action that does nothing": (overlay({"target": SONG}), "change.yaml: /actions/0: not an Overlay 1.0 or 1.1: "),
    "an action of a later version": (
        overlay({**UPDATE, "copy": "$.a"}),
        "change.yaml: /actions/0/copy: not an Overlay 1.0 or 1.1: ",
    ),
    "a target that is not a path": (
        overlay({**UPDATE, "target": "Song"}),
        "/actions/0/target: not an Overlay 1.0 or 1.1: ",
    ),
    "an unsupported path": (
        overlay({**UPDATE, "target": "$.[Song"}),
        "action 0: $.[Song: not a JSONPath of RFC 9535: ",
    ),
    "a target that is not there": (
        overlay(UPDATE, {**UPDATE, "target": f"{SONG}s"}),
        f"action 1: {SONG}s selects nothing",
    ),
    "an index that is not there": (overlay({**UPDATE, "target": "$.servers[1]"}), "$.servers[1] selects nothing"),
    "a text that is updated": (overlay({**UPDATE, "target": f"{SONG}.type"}), "only objects can be merged"),
    "an object that gets a text": (overlay({"target": SONG, "update": "x"}), "only objects can be merged"),
    "the whole is removed": (overlay({"target": "$", "remove": True}), "the whole description cannot be removed"),
    "an example outside of its folder": (
        overlay({**UPDATE, "x-examples": {"../x.json": 1}}),
        "change.yaml: /actions/0/x-examples: not an Overlay 1.0 or 1.1: ",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_invalid_overlay_changes_nothing(name: str, description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, words = BAD[name]
    if text is None:
        assert main(["change.yaml", "--description", str(description)]) == 2
    else:
        assert run(description, text) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("overlay: ")
    assert output.err.endswith(". Nothing was written.\n")
    assert output.err.count("\n") == 1
    assert words in output.err
    assert description.read_text("utf-8") == COMMENTED
    assert {path.name for path in Path.cwd().iterdir()} <= {"songs.yaml", "change.yaml", "examples"}


def test_missing_input_is_reported_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "overlay: which one? make apply-overlay FILE=build/report/overlay.yaml\n"
    (tmp_path / "broken.yaml").write_text("paths: [", "utf-8")
    assert main([str(tmp_path / "x.yaml"), "--description", str(tmp_path / "broken.yaml")]) == 2
    assert "broken.yaml:2: did not find" in capsys.readouterr().err


def test_full_disk_leaves_description_whole(
    description: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced in one step, and an example that was written before it is removed."""
    name = "examples/get-song.200-long.recorded.json"
    action = long_song(name)

    replace = Path.replace

    def full(self: Path, target: Path) -> Path:
        if target == description:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    assert run(description, overlay(action)) == 2
    assert "songs.yaml: cannot be written: No space left on device" in capsys.readouterr().err
    assert description.read_text("utf-8") == COMMENTED
    assert not Path(name).exists()
    assert not list(Path.cwd().glob("*.new"))


@pytest.mark.parametrize(
    ("pointer", "path"),
    [
        ("", "$"),
        ("/paths/~1songs~1{song_id}/get", "$.paths['/songs/{song_id}'].get"),
        ("/x-sources/page", "$['x-sources'].page"),
        ("/servers/0/url", "$.servers[0].url"),
    ],
)
def test_pointer_is_written_as_jsonpath(pointer: str, path: str, description: Path) -> None:
    assert format_jsonpath(load(description).data, pointer) == path
