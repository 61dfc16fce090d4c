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
from attrs import frozen

HERE = Path(__file__).parent / "typing"
PACKAGE = Path(cometapi_suno.__file__).parent.parent
BIN = Path(sys.executable).parent

Command = Callable[[Path], Sequence[str]]
CHECKERS: Mapping[str, Command] = {
    "mypy": lambda _: ["mypy", "--config-file=", "--strict", "--no-error-summary"],
    "basedpyright": lambda folder: ["basedpyright", "--project", str(folder)],
    "pyrefly": lambda _: ["pyrefly", "check", "--output-format=min-text", f"--search-path={PACKAGE}"],
    "ty": lambda _: ["ty", "check", "--output-format=concise", f"--extra-search-path={PACKAGE}"],
}
SOURCES = {"right": HERE / "user_calls.py", "wrong": HERE / "mistaken_calls.txt"}


@frozen
class CheckerRun:
    """One run of a checker over both files: it reads the package once.

    Attributes:
        checker: Its name.
        errors: The lines in which it finds errors, by file.
        output: What it printed.
    """

    checker: str
    errors: Mapping[str, set[int]]
    output: str


@pytest.fixture(scope="module", params=CHECKERS)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> CheckerRun:
    """A checker that sees the calls alone, as at a user's."""
    folder = tmp_path_factory.mktemp(request.param)
    for name, source in SOURCES.items():
        (folder / f"{name}.py").write_text(source.read_text("utf-8"), "utf-8")
    settings = f'{{"extraPaths": ["{PACKAGE.as_posix()}"], "typeCheckingMode": "standard"}}'
    (folder / "pyrightconfig.json").write_text(settings, "utf-8")
    command, *arguments = CHECKERS[request.param](folder)
    environment = {"MYPYPATH": str(PACKAGE), "PATH": str(BIN), "VIRTUAL_ENV": sys.prefix, "HOME": str(folder)}
    done = subprocess.run(
        [str(BIN / command), *arguments, *(str(folder / f"{name}.py") for name in SOURCES)],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    errors = [line for line in said.split("\n") if "error" in line.lower()]
    found = {
        name: {int(number) for line in errors for number in re.findall(rf"\b{name}\.py:(\d+)", line)}
        for name in SOURCES
    }
    return CheckerRun(request.param, found, said)


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
def test_type_checker_accepts_right_calls(ran: CheckerRun) -> None:
    assert ran.errors["right"] == set(), ran.output


@pytest.mark.slow
def test_type_checker_finds_only_wrong_calls(ran: CheckerRun) -> None:
    marks = [line.partition("# wrong") for line in SOURCES["wrong"].read_text("utf-8").split("\n")]
    wrong = {number for number, (_, mark, but) in enumerate(marks, 1) if mark and ran.checker not in but.split()}
    assert len(wrong) > 10
    assert ran.errors["wrong"] == wrong, ran.output
