"""Does make take what a caller sets as data, never as a command?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from scripts.diff.snapshot import ROOT

# Each would create a file named `pwned` where its text is run: by make, by the shell, in quotes of either kind.
HOSTILE = [
    "$(shell touch pwned)",
    "v1'$(shell${IFS}touch${IFS}pwned)'",
    "$$(touch pwned)",
    "$(touch pwned)",
    "`touch pwned`",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "x; touch pwned #",
    "x && touch pwned",
    "x\ntouch pwned\n",
    "$(eval $(shell touch pwned))",
]
# git allows all but these in the name of a tag: control characters, spaces, and ~ ^ : ? * [ \
TAGS = [
    f"v1.0.0{end}" for end in ("'", '"', "$(shell${IFS}touch${IFS}pwned)", "`touch${IFS}pwned`", ";touch${IFS}pwned")
]

_MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = sorted(set(re.findall(r"^\.PHONY: (\S+)$", _MAKEFILE, re.MULTILINE)) - {"clean"})
VARIABLES = sorted({
    *re.findall(r"\$\$\{?([A-Z][A-Z_]+)", _MAKEFILE),
    *re.findall(r"^(?:override |export )?([A-Z][A-Z_]+) *[:?]?=", _MAKEFILE, re.MULTILINE),
    "SHELL", "MAKEFILE_LIST", "UNKNOWN",
})  # fmt: skip
COMMANDS = {"RUN", "PYTHON"}
STUB = """#!/usr/bin/env bash
printf '%s\\0' "$@" >> "$LOG"
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The Makefile in a folder where every command only writes its arguments down."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "scripts" / "requirements", tmp_path / "scripts" / "requirements")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "x.whl").touch()
    names = set(re.findall(r"\$\(BIN\)/([a-z-]+)", _MAKEFILE)) | {"python"}
    for folder in (".venv", ".venv/soak", ".venv/bench"):
        for name in names:
            command = tmp_path / folder / "bin" / name
            command.parent.mkdir(parents=True, exist_ok=True)
            command.write_text(STUB, "utf-8")
            command.chmod(0o755)
    for stamp in (".uv", ".dev", ".docs", ".check", "soak/.done", "bench/.done"):
        (tmp_path / ".venv" / stamp).touch()
    return tmp_path


def run(tree: Path, *arguments: str, **environment: str) -> list[str]:
    """Run make and return every argument of every command that it ran."""
    log = tree / "log"
    log.write_bytes(b"")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE") and name not in VARIABLES}
    given = kept | {"LOG": str(log)} | environment
    subprocess.run(["make", "-s", *arguments], cwd=tree, env=given, capture_output=True, check=False, timeout=10)
    assert not (tree / "pwned").exists(), (arguments, environment)
    return log.read_text("utf-8").split("\0")[:-1]


def _set(names: Sequence[str], value: str) -> list[str]:
    return [f"{name}={value}" for name in names]


def test_variables_are_found() -> None:
    """The list is read from the Makefile."""
    assert {"TAG", "BASE_URL", "FILE", "TARGET", "PYTHON", "MOCK", "LANE", "RUN", "TIER", "LOCK"} <= set(VARIABLES)
    assert {"verify", "release-check", "lane", "mock", "build", "lock"} <= set(TARGETS)


@pytest.mark.parametrize("tag", TAGS)
def test_tag_arrives_as_it_is_named(tag: str, tree: Path) -> None:
    subprocess.run(["git", "check-ref-format", f"refs/tags/{tag}"], check=True)
    assert run(tree, "release-check", f"TAG={tag}") == ["-m", "scripts.release.release_check", tag]
    assert run(tree, "release-check", TAG=tag) == ["-m", "scripts.release.release_check", tag]


def test_arguments_arrive(tree: Path) -> None:
    given = ("TARGET=my file.har", "BASE_URL=http://127.0.0.1/$x'", "TIER=free read", "YES=1", "VERIFY=--host h")
    assert run(tree, "verify", *given)[2:] == [
        "--target", "my file.har", "--base-url", "http://127.0.0.1/$x'", "--tier", "free", "--tier", "read",
        "--yes", "--host", "h",
    ]  # fmt: skip
    assert run(tree, "apply-overlay", "FILE=a b$c.yaml")[2] == "a b$c.yaml"
    assert run(tree, "mock", "MOCK=--profile seed")[2:] == ["--port", "4010", "--profile", "seed"]
    assert run(tree, "diff")[2:] == ["HEAD", "--format", "text"]


@pytest.mark.slow
@pytest.mark.parametrize("target", TARGETS)
def test_no_value_is_run(target: str, tree: Path) -> None:
    """Every variable, by argument and by environment; those that name a command apart, so that the others are read."""
    data = [name for name in VARIABLES if name not in COMMANDS]
    for value in HOSTILE:
        run(tree, target, *_set(data, value))
        run(tree, target, **dict.fromkeys(set(data) - {"SHELL"}, value))
        run(tree, target, f"RUN={value}")
        run(tree, target, RUN=value)


@pytest.mark.slow
def test_no_interpreter_runs_a_value(tree: Path) -> None:
    """Every verb makes the environment by the same rule, which alone reads PYTHON."""
    (tree / ".venv" / ".uv").unlink()
    for value in HOSTILE:
        run(tree, "test", f"PYTHON={value}")
        run(tree, "test", PYTHON=value)
