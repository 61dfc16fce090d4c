"""Is a live run clean once its proposals are accepted, and is every other line of the description unchanged?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import StandIn
from contract_tests.suite.verifier.test_live_drift import DRIFT, SEND
from contract_tests.suite.verifier.test_verify_targets import verify
from scripts import description_file
from scripts.overlay.__main__ import main as merge
from scripts.overlay.overlay_actions import format_jsonpath

# Drift that can be described; a persona without its id, or JSON that breaks off, cannot.
ACCEPTED = [
    "an undescribed field",
    "an undescribed field deep in a task",
    "a status that is not described",
    "another content type",
    "no body",
    "an undescribed header",
]
SEPARATELY = {
    "a field, a list of values and a status": ["a name that is a number", "an unknown status of a task", "a redirect"],
    "null": ["a name that is null"],  # of the field that is a number above
}
MINE = Path("openapi/suno.yaml")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in a folder with a copy of the description."""
    shutil.copytree(description_file.DEFAULT.parent, tmp_path / "openapi")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETAPI_KEY", KEY)


def bundled(name: str) -> str:
    """Write the bundle of the copy to a file; return its name."""
    Path(name).write_text(json.dumps(description_file.load(MINE).bundled()), "utf-8")
    return name


def _judged_again(description: str) -> int:
    (folder,) = Path("build/live").iterdir()
    return verify("--target", "live", "--judge", str(folder), "--description", description)


def _accept(drifts: list[str]) -> tuple[list[str], list[str], dict[str, Any]]:
    """Run live against a drifted stand-in, accept the proposals; return the lines before and after and the overlay."""
    stand_in = StandIn()
    for name in drifts:
        stand_in.gateway.faults.add(DRIFT[name][0])
    with stand_in.serve() as base:
        verify("--base-url", base, *SEND, "--description", bundled("before.json"))
    before = MINE.read_text("utf-8").splitlines()
    assert merge(["build/report/overlay.yaml", "--description", str(MINE)]) == 0  # and it is lint-clean
    overlay: dict[str, Any] = description_file.read_yaml(Path("build/report/overlay.yaml"))[0]
    return before, MINE.read_text("utf-8").splitlines(), overlay


def _find_unrelated_lines(before: list[str], after: list[str], overlay: dict[str, Any]) -> Iterator[str]:
    """Yield the changed lines that do not belong to a node at or below a target of an action."""
    (Path("old") / "openapi").mkdir(parents=True)
    (Path("old") / MINE).write_text("\n".join(before) + "\n", "utf-8")
    targets = tuple(action["target"] for action in overlay["actions"])
    went, came = set[int](), set[int]()
    for kind, first, end, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            went.update(range(first + 1, end + 1))
            came.update(range(start + 1, stop + 1))
    for path, lines, differ in ((Path("old") / MINE, before, went), (MINE, after, came)):
        description = description_file.load(path)
        named = {
            line
            for pointer, line in description.lines.items()
            if line in differ and format_jsonpath(description.data, pointer).startswith(targets)
        }
        yield from (lines[line - 1] for line in sorted(differ - named))


def _check(drifts: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    before, after, overlay = _accept(drifts)
    output = capsys.readouterr().out
    written = Path("build/report/report.html").read_text("utf-8")
    for name in drifts:
        operation, status, kind, place = DRIFT[name][1]
        assert f"{kind.title}: {operation} {status} response {place}".rstrip() in output
        assert kind.title in written.lower()
    assert not find_leaks(output, *(path.read_bytes() for path in Path.cwd().rglob("*") if path.is_file()))
    assert list(_find_unrelated_lines(before, after, overlay)) == []
    comments = [line for line in before if line.strip().startswith("#")]
    assert [line for line in after if line.strip().startswith("#")] == comments
    assert _judged_again(bundled("after.json")) == 0
    assert "The contract holds: " in capsys.readouterr().out
    assert json.loads(Path("build/report/report.sarif").read_text("utf-8"))["runs"][0]["results"] == []
    assert not Path("build/report/overlay.yaml").exists()


def test_accepted_drifts_are_clean_again(capsys: pytest.CaptureFixture[str]) -> None:
    _check(ACCEPTED, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("drifts", SEPARATELY.values(), ids=SEPARATELY)
def test_changed_types_are_accepted(drifts: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _check(drifts, capsys)


@pytest.mark.slow
def test_broken_json_is_not_proposed(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON that breaks off is found again after all proposals are accepted."""
    stand_in = StandIn()
    stand_in.gateway.faults.add(DRIFT["JSON that breaks off"][0])
    only = ("--tier", "free", "--only", "submitUpload", "--rate", "1000", "--yes")
    with stand_in.serve() as base:
        assert verify("--base-url", base, *only, "--description", bundled("before.json")) == 1
    assert "body that cannot be read" in capsys.readouterr().out
    overlay = Path("build/report/overlay.yaml")
    assert not overlay.exists() or merge([str(overlay), "--description", str(MINE)]) == 0
    assert _judged_again(bundled("after.json")) == 1
