"""What type checkers say of calls as users write them: right ones pass, and each wrong one is found."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cometapi_suno
import pytest

HERE = Path(__file__).parent / "typing"
PACKAGE = Path(cometapi_suno.__file__).parent.parent
BIN = Path(sys.executable).parent

Command = Callable[[Path], Sequence[str]]
CHECKERS: Mapping[str, Command] = {
    "mypy": lambda path: ["mypy", "--config-file=", "--strict", "--no-error-summary", str(path)],
    "basedpyright": lambda path: ["basedpyright", "--project", str(path.parent), str(path)],
    "pyrefly": lambda path: ["pyrefly", "check", "--output-format=min-text", f"--search-path={PACKAGE}", str(path)],
    "ty": lambda path: ["ty", "check", "--output-format=concise", f"--extra-search-path={PACKAGE}", str(path)],
}


def _run_checker(checker: str, source: Path, folder: Path) -> tuple[set[int], str]:
    """Return the lines in which a checker finds errors, and its output. It sees the calls alone, as at a user's."""
    path = folder / "calls.py"
    path.write_text(source.read_text("utf-8"), "utf-8")
    settings = f'{{"extraPaths": ["{PACKAGE.as_posix()}"], "typeCheckingMode": "standard"}}'
    (folder / "pyrightconfig.json").write_text(settings, "utf-8")
    name, *arguments = CHECKERS[checker](path)
    environment = {"MYPYPATH": str(PACKAGE), "PATH": str(BIN), "VIRTUAL_ENV": sys.prefix, "HOME": str(folder)}
    command = [str(BIN / name), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    said = done.stdout + done.stderr
    errors = [line for line in said.split("\n") if "error" in line.lower()]
    return {int(number) for line in errors for number in re.findall(r"calls\.py:(\d+)", line)}, said


@pytest.mark.slow
def test_types_of_the_package_are_complete() -> None:
    """What pyright knows without inferring: other type checkers infer differently."""
    command = [str(BIN / "basedpyright"), "--verifytypes", "cometapi_suno", "--ignoreexternal", "--outputjson"]
    environment = {"PYTHONPATH": str(PACKAGE), "PATH": str(BIN), "VIRTUAL_ENV": sys.prefix}
    done = subprocess.run(
        command, cwd=PACKAGE, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    found = json.loads(done.stdout)["typeCompleteness"]
    assert found["exportedSymbolCounts"]["withKnownType"] > 500
    assert found["completenessScore"] >= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_type_checker_takes_calls_that_are_right(checker: str, tmp_path: Path) -> None:
    found, said = _run_checker(checker, HERE / "user_calls.py", tmp_path)
    assert found == set(), said


@pytest.mark.slow
@pytest.mark.parametrize("checker", CHECKERS)
def test_type_checker_finds_only_wrong_calls(checker: str, tmp_path: Path) -> None:
    source = HERE / "mistaken_calls.txt"
    marks = [line.partition("# wrong") for line in source.read_text("utf-8").split("\n")]
    wrong = {number for number, (_, mark, but) in enumerate(marks, 1) if mark and checker not in but.split()}
    found, said = _run_checker(checker, source, tmp_path)
    assert len(wrong) > 10
    assert found == wrong, said
