"""Does an overlay change the description where it says, nowhere else, and not at all when something is wrong?"""

from __future__ import annotations

import json
from difflib import ndiff
from pathlib import Path
from typing import Any

import pytest

from scripts.openapi_document import load
from scripts.overlay.__main__ import main
from scripts.overlay.overlay_actions import path_of
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
    """The verb on an overlay, which may be any text."""
    Path("change.yaml").write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return main(["change.yaml", "--description", str(description)])


def changed(description: Path) -> list[str]:
    """The lines that went and came, as in a diff."""
    lines = ndiff(COMMENTED.splitlines(), description.read_text("utf-8").splitlines())
    return [line for line in lines if line[0] in "+-"]


CITED = [
    "-   page: {title: The page, kind: documentation, weight: primary, date: undated, cited: 4}",
    "+   page: {title: The page, kind: documentation, weight: primary, date: undated, cited: 5}",
]


def test_a_new_field_adds_its_lines_and_one_citation(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing else moves: no comment, no quote, no empty line."""
    assert run(description, overlay({"target": f"{SONG}.properties", "update": {"lyrics": LYRICS}})) == 0
    assert changed(description) == [
        *CITED,
        "+         lyrics:",
        "+           type: string",
        "+           description: The lyrics.",
        "+           x-evidence:",
        '+             - {source: page, says: "In an answer.", status: observed}',
    ]
    assert capsys.readouterr().out == "overlay: songs.yaml is written\n"


def test_an_entry_is_added_at_the_end_of_a_list(description: Path) -> None:
    """An update of a list appends one entry to it."""
    action = {"target": f"{SONG}.properties.length['x-evidence']", "update": {**SEEN, "status": "contested"}}
    assert run(description, overlay(action)) == 0
    assert changed(description) == [
        *CITED,
        '+             - {source: page, says: "In an answer.", status: contested}',
    ]


def test_a_list_on_one_line_stays_on_it(description: Path) -> None:
    assert (
        run(description, overlay({"target": "$.components.schemas.FromText.properties.mood.enum", "update": "odd"}))
        == 0
    )
    assert changed(description) == [
        "-         mood: {type: string, enum: [glad, sad], description: The mood.}",
        "+         mood: {type: string, enum: [glad, sad, odd], description: The mood.}",
    ]


def test_what_is_removed_goes_with_its_line_and_its_citation(description: Path) -> None:
    """Only the code speaks of an empty body."""
    action = {"target": "$.components.responses.BadRequest['x-empty-body']", "remove": True}
    assert run(description, overlay(action)) == 0
    assert changed(description) == [
        "-   code: {title: The code, kind: source-code, weight: indicative, date: '2025-04-11', cited: 2}",
        "+   code: {title: The code, kind: source-code, weight: indicative, date: '2025-04-11', cited: 1}",
        '-       x-empty-body: {source: code, says: "Sometimes empty.", status: observed, drift: D2}',
    ]


def test_a_new_source_is_cited_as_often_as_it_is(description: Path) -> None:
    """Whatever the overlay says of that."""
    source = {"title": "Answers", "kind": "observation", "weight": "primary", "date": "2026-11-22", "cited": 9}
    seen = {**LYRICS, "x-evidence": [{**SEEN, "source": "gate-2026-11-22"}]}
    actions = (
        {"target": "$['x-sources']", "update": {"gate-2026-11-22": source}},
        {"target": f"{SONG}.properties", "update": {"lyrics": seen, "beat": seen}},
    )
    assert run(description, overlay(*actions)) == 0
    assert load(description).data["x-sources"]["gate-2026-11-22"] == {**source, "cited": 2}
    assert [line for line in changed(description) if line[0] == "-"] == []


LONG = {"data": {"id": "2dd391cd-996b-4843-9738-1aed26f170e4", "length": 9}}


def long_song(name: str) -> dict[str, Any]:
    """Another example of an answer, in a file of its own."""
    return {
        "target": "$.paths['/songs/{song_id}'].get.responses['200'].content['application/json'].examples",
        "update": {"long": {"summary": "A long song", "externalValue": name}},
        "x-examples": {name: LONG},
    }


def test_an_action_may_bring_an_example_of_its_own(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
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
    assert f"{name} is there already" in capsys.readouterr().err


def test_what_would_break_a_rule_is_not_written(description: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A field needs a description; the rule, the file and the place are named."""
    before = description.read_bytes()
    assert run(description, overlay({"target": f"{SONG}.properties", "update": {"lyrics": {"type": "string"}}})) == 1
    told = capsys.readouterr()
    assert "songs.yaml:" in told.out
    assert "/components/schemas/Song/properties/lyrics" in told.out
    assert told.err == "overlay: the result would break the rules above. Nothing was written.\n"
    assert description.read_bytes() == before


UPDATE: dict[str, Any] = {"target": SONG, "update": {"x-a": 1}}
BAD: dict[str, tuple[object, str]] = {
    "no file": (None, "change.yaml:1: No such file or directory"),
    "no YAML": ("overlay: [", "change.yaml:2: did not find"),
    "no text": ("\0", "change.yaml:1: "),
    "too deep": ("[" * 3000 + "]" * 3000, "change.yaml:1: "),
    "in itself": ("overlay: &a [*a]\n", "change.yaml:1: it is nested too deeply"),
    "a name twice": ("overlay: 1.0.0\noverlay: 1.0.0\n", "change.yaml:2: /overlay: the key is here twice"),
    "empty": ("", "change.yaml: /: no Overlay 1.0: "),
    "a list": ([UPDATE], "change.yaml: /: no Overlay 1.0: "),
    "an OpenAPI document": (SAMPLE, "change.yaml: /: no Overlay 1.0: "),
    "another version": (overlay(UPDATE) | {"overlay": "2.0.0"}, "change.yaml: /overlay: no Overlay 1.0: "),
    "no number": (
        "overlay: 1.0.0\ninfo: {title: a, version: '1'}\nactions: [{target: $, update: {a: .nan}}]\n",
        "change.yaml:3: /actions/0/update/a: .nan is not a JSON value",
    ),
    "no actions": (overlay(), "change.yaml: /actions: no Overlay 1.0: "),
    "an action that does nothing": (overlay({"target": SONG}), "change.yaml: /actions/0: no Overlay 1.0: "),
    "an action of another kind": (overlay({**UPDATE, "copy": "$.a"}), "change.yaml: /actions/0: no Overlay 1.0: "),
    "a target that is no path": (overlay({**UPDATE, "target": "Song"}), "/actions/0/target: no Overlay 1.0: "),
    "a path that is not understood": (overlay({**UPDATE, "target": "$..Song"}), "action 0: $..Song: only names, "),
    "a target that is not there": (
        overlay(UPDATE, {**UPDATE, "target": f"{SONG}s"}),
        f"action 1: {SONG}s selects nothing",
    ),
    "an index that is not there": (overlay({**UPDATE, "target": "$.servers[1]"}), "$.servers[1] selects nothing"),
    "a text that is updated": (overlay({**UPDATE, "target": f"{SONG}.type"}), "only an object takes an object"),
    "an object that gets a text": (overlay({"target": SONG, "update": "x"}), "only an object takes an object"),
    "the whole is removed": (overlay({"target": "$", "remove": True}), "the whole description cannot be removed"),
    "an example outside of its folder": (
        overlay({**UPDATE, "x-examples": {"../x.json": 1}}),
        "change.yaml: /actions/0/x-examples: no Overlay 1.0: ",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_an_overlay_that_cannot_be_used_changes_nothing(
    name: str, description: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, words = BAD[name]
    if text is None:
        assert main(["change.yaml", "--description", str(description)]) == 2
    else:
        assert run(description, text) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("overlay: ")
    assert told.err.endswith(". Nothing was written.\n")
    assert told.err.count("\n") == 1
    assert words in told.err
    assert description.read_text("utf-8") == COMMENTED
    assert {path.name for path in Path.cwd().iterdir()} <= {"songs.yaml", "change.yaml", "examples"}


def test_no_overlay_and_no_description_are_said_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "overlay: which one? make apply-overlay FILE=build/report/overlay.yaml\n"
    (tmp_path / "broken.yaml").write_text("paths: [", "utf-8")
    assert main([str(tmp_path / "x.yaml"), "--description", str(tmp_path / "broken.yaml")]) == 2
    assert "broken.yaml:2: did not find" in capsys.readouterr().err


def test_a_disk_that_takes_nothing_keeps_the_description_whole(
    description: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is put in its place in one step, and an example that was written before it goes again."""
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
def test_a_pointer_has_a_path(pointer: str, path: str, description: Path) -> None:
    assert path_of(load(description).data, pointer) == path
