"""The scripts of the workflows, run unchanged on a remote in a folder, with a `gh` that records its calls."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.diff.snapshot import ROOT
from scripts.tests.release.release_repository import Repository
from scripts.tests.repository.test_workflows import NAMES, steps, workflow

GH = """#!/bin/sh
printf '%s\\n' "$*" >> "$GH_CALLS"
case "$1 $2" in
  "issue list") printf '%s' "$GH_ISSUE" ;;
  "pr list") printf '%s' "$GH_PULLS" ;;
esac
"""


def script(name: str, job: str, step: str) -> str:
    """Return the script of a step."""
    (found,) = (each["run"] for each in steps(workflow(name)["jobs"][job]) if each.get("name") == step)
    return str(found)


class ScriptRunner:
    """Runs scripts as a runner of GitHub Actions does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.output = folder / "output"
        self.summary = folder / "summary"
        gh = folder / "bin" / "gh"
        gh.parent.mkdir(parents=True)
        gh.write_text(GH, "utf-8")
        gh.chmod(0o755)
        self.calls.touch()

    def run(self, text: str, cwd: Path, **environment: str) -> int:
        """Run a script with the default shell of a workflow."""
        known = {"GH_CALLS": self.calls, "GITHUB_OUTPUT": self.output, "GITHUB_STEP_SUMMARY": self.summary}
        given = {"PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}", "GIT_CONFIG_GLOBAL": os.devnull}
        command = ["bash", "-e", "-c", text]
        everything = os.environ | {key: str(value) for key, value in known.items()} | given | environment
        return subprocess.run(command, cwd=cwd, env=everything, capture_output=True, check=False).returncode

    def called(self) -> list[str]:
        """Return the calls of `gh`, one line each."""
        return self.calls.read_text("utf-8").splitlines()


@pytest.fixture
def runner(tmp_path: Path) -> ScriptRunner:
    return ScriptRunner(tmp_path / "runner")


class RemoteRepository(Repository):
    """A repository that others clone and push to."""

    def clone(self, name: str) -> Path:
        """Make a clean clone."""
        folder = self.root.parent / name
        self.git("clone", "--quiet", str(self.root), str(folder))
        return folder

    def touched(self, branch: str) -> list[str]:
        """Return the files of the last commit of a branch."""
        return self.git("show", "--format=", "--name-only", branch).split()


@pytest.fixture
def remote(tmp_path: Path) -> RemoteRepository:
    (tmp_path / "remote").mkdir()
    found = RemoteRepository(tmp_path / "remote")
    found.git("checkout", "--quiet", "-b", "elsewhere")  # git refuses a push to the branch that is checked out
    return found


def regenerate(runner: ScriptRunner, remote: RemoteRepository) -> int:
    """Run the first job after `generated/` and, maliciously, another file have changed; return the exit status."""
    clone = remote.clone("first")
    (clone / "generated" / "cometapi_suno" / "client.py").write_text("new = True\n", "utf-8")
    (clone / "generated" / "fresh.py").write_text("fresh = True\n", "utf-8")
    (clone / "CHANGELOG.md").write_text("Mischief.\n", "utf-8")
    status = runner.run(script("regenerate.yml", "generate", "Keep the difference"), clone)
    (runner.folder / "regenerated.patch").write_bytes((clone / "regenerated.patch").read_bytes())
    return status


def deliver(runner: ScriptRunner, remote: RemoteRepository, branch: str, **environment: str) -> int:
    """Run the job `deliver` of `regenerate.yml` on a branch and return the exit status."""
    clone = remote.clone("second")
    subprocess.run(["git", "checkout", "--quiet", branch], cwd=clone, check=True)
    names = {"GITHUB_REF_NAME": branch, "GITHUB_REF": f"refs/heads/{branch}", "DEFAULT_BRANCH": "main"}
    text = script("regenerate.yml", "deliver", "Commit what may change, and nothing else")
    return runner.run(text, clone, **names, GITHUB_SHA="0" * 40, RUNNER_TEMP=str(runner.folder), **environment)


def test_branch_gets_one_commit_of_generated_files(runner: ScriptRunner, remote: RemoteRepository) -> None:
    remote.git("branch", "topic")
    assert regenerate(runner, remote) == 0
    assert runner.output.read_text("utf-8") == "changed=true\n"
    assert deliver(runner, remote, "topic") == 0
    assert remote.touched("topic") == ["generated/cometapi_suno/client.py", "generated/fresh.py"]
    assert runner.called() == ["auth setup-git"]


@pytest.mark.parametrize(("pulls", "opened"), [("0", 1), ("1", 0)])
def test_main_gets_one_pull_request(runner: ScriptRunner, remote: RemoteRepository, pulls: str, opened: int) -> None:
    before = remote.git("rev-parse", "main")
    assert regenerate(runner, remote) == 0
    assert deliver(runner, remote, "main", GH_PULLS=pulls) == 0
    assert remote.git("rev-parse", "main") == before
    assert remote.touched("regenerated") == ["generated/cometapi_suno/client.py", "generated/fresh.py"]
    assert sum(call.startswith("pr create --head regenerated --base main") for call in runner.called()) == opened


def test_patch_changes_only_generated_files(runner: ScriptRunner, remote: RemoteRepository) -> None:
    """The first job runs the branch's code, so its patch is not trusted."""
    remote.git("branch", "topic")
    clone = remote.clone("first")
    for name in ("CHANGELOG.md", "generated/cometapi_suno/client.py"):
        (clone / name).write_text("Mischief.\n", "utf-8")
    patch = subprocess.run(["git", "diff", "--binary"], cwd=clone, capture_output=True, check=True).stdout
    (runner.folder / "regenerated.patch").write_bytes(patch)
    assert deliver(runner, remote, "topic") == 0
    assert remote.touched("topic") == ["generated/cometapi_suno/client.py"]


def test_unchanged_tree_delivers_nothing(runner: ScriptRunner, remote: RemoteRepository) -> None:
    clone = remote.clone("first")
    assert runner.run(script("regenerate.yml", "generate", "Keep the difference"), clone) == 0
    assert not runner.output.exists()


@pytest.mark.parametrize(
    ("issue", "calls"),
    [("", ["issue list", "issue create"]), ("7", ["issue list", "issue edit 7", "issue comment 7"])],
)
def test_drift_has_one_issue(runner: ScriptRunner, tmp_path: Path, issue: str, calls: list[str]) -> None:
    (tmp_path / "report.md").write_text("# Drift\n" + "x" * 100_000, "utf-8")
    text = script("live.yml", "tell", "One issue, however many nights")
    assert runner.run(text, tmp_path, GH_ISSUE=issue, RUN="https://runs.example/1", TITLE="Drift") == 0
    assert [call for call, start in zip(runner.called(), calls, strict=True) if not call.startswith(start)] == []
    body = (tmp_path / "body.md").read_text("utf-8")
    assert body.startswith("Found by [the run](https://runs.example/1).\n\n# Drift\n")
    assert len(body) < 65_536


@pytest.mark.parametrize("status", [0, 1, 3])
def test_report_is_shown_and_its_status_is_read(runner: ScriptRunner, tmp_path: Path, status: int) -> None:
    """make ends with 2 for drift and for a service that could not be asked; only the first opens the issue."""
    folder = tmp_path / "build" / "report"
    folder.mkdir(parents=True)
    (folder / "report.md").write_text("# Report\n", "utf-8")
    run = {"invocations": [{"exitCode": status}], "results": []}
    (folder / "report.sarif").write_text(json.dumps({"runs": [run]}), "utf-8")
    assert runner.run(script("live.yml", "verify", "Report"), tmp_path) == 0
    assert runner.summary.read_text("utf-8") == "# Report\n"
    assert runner.output.read_text("utf-8") == f"status={status}\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", [*NAMES, ".ci/run"])
def test_shellcheck_finds_nothing(name: str) -> None:
    linter = str(Path(sys.executable).with_name("shellcheck"))
    jobs: dict[str, Any] = {} if name == ".ci/run" else workflow(name)["jobs"]
    scripts = [str(step["run"]) for job in jobs.values() for step in steps(job) if "run" in step]
    for text in scripts or [(ROOT / name).read_text("utf-8")]:
        done = subprocess.run([linter, "--shell=bash", "-"], input=text, capture_output=True, text=True, check=False)
        assert done.stdout == "", text
