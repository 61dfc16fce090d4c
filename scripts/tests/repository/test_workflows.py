"""What the workflows may do: each rule holds for every file, and the linter finds a file that breaks it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from scripts.diff.snapshot import ROOT

FOLDER: Final = ROOT / ".github" / "workflows"
NAMES: Final = sorted(path.name for path in FOLDER.glob("*.yml"))
PINNED: Final = re.compile(r"[\w-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# Commands that run code of the branch.
RUNS_CODE: Final = re.compile(r"\b(make|python3?|pip|uv|pytest)\b|\.ci/")


def workflow(name: str) -> dict[str, Any]:
    """Load a workflow."""
    reader: Any = YAML(typ="safe")
    found: dict[str, Any] = reader.load(FOLDER / name)
    return found


def steps(job: dict[str, Any], action: str = "") -> Iterator[dict[str, Any]]:
    """Return the steps of a job, or those that use an action."""
    return (step for step in job["steps"] if str(step.get("uses", "")).startswith(action))


def test_every_workflow_is_known() -> None:
    assert NAMES == ["ci.yml", "consumers.yml", "live.yml", "regenerate.yml", "release.yml"]


@pytest.mark.parametrize("name", NAMES)
def test_action_is_pinned_by_commit(name: str) -> None:
    uses = re.findall(r"uses: (.*)", (FOLDER / name).read_text("utf-8"))
    assert uses
    assert [each for each in uses if not PINNED.fullmatch(each)] == []


def test_action_has_one_commit_everywhere() -> None:
    text = "\n".join((FOLDER / name).read_text("utf-8") for name in NAMES)
    pins = dict.fromkeys(re.findall(r"uses: (.*)", text))
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


@pytest.mark.parametrize("name", NAMES)
def test_permissions_are_given_to_jobs_only(name: str) -> None:
    read = workflow(name)
    assert read["permissions"] == {}
    assert all("permissions" in job for job in read["jobs"].values())
    assert all(step["with"]["persist-credentials"] is False for job in read["jobs"].values()
               for step in steps(job, "actions/checkout"))  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_writing_job_runs_no_code_of_the_branch(name: str) -> None:
    for job in workflow(name)["jobs"].values():
        if "write" in job["permissions"].values():
            assert not [step for step in steps(job) if RUNS_CODE.search(str(step.get("run", "")))]


@pytest.mark.parametrize("name", NAMES)
def test_only_the_live_workflow_has_a_secret(name: str) -> None:
    """A pull request does not start it."""
    secrets = set(re.findall(r"secrets\.\w+", (FOLDER / name).read_text("utf-8")))
    assert secrets == ({"secrets.COMETAPI_KEY"} if name == "live.yml" else set())
    triggers = set(workflow(name)["on"])
    assert "pull_request_target" not in triggers
    assert not secrets or triggers == {"schedule", "workflow_dispatch"}


@pytest.mark.parametrize("name", ["ci.yml", "release.yml"])
def test_verdict_is_asked_after_everything_else(name: str) -> None:
    """`.ci/run` leaves out `make`: only the verdict says that recordings and mock are as described."""
    jobs = (step for job in workflow(name)["jobs"].values() for step in steps(job))
    commands = [line.strip() for step in jobs for line in str(step.get("run", "")).splitlines()]
    assert any(re.match(r"make( \|\||$)", line) for line in commands[commands.index(".ci/run") + 1 :])


def test_published_files_are_built_and_attested() -> None:
    jobs = workflow("release.yml")["jobs"]
    assert (jobs["attest"]["needs"], jobs["publish"]["needs"]) == ("build", "attest")
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["environment"] == "pypi"
    assert not list(steps(jobs["publish"], "actions/checkout"))


def test_release_is_built_from_main_only() -> None:
    """A pushed tag starts no job that publishes; what a person types reaches scripts through the environment."""
    release = workflow("release.yml")
    assert set(release["on"]) == {"workflow_dispatch"}
    assert release["jobs"]["build"]["if"] == "github.ref == 'refs/heads/main'"
    for name in NAMES:
        read = workflow(name)
        assert "tags" not in str(read["on"])
        publishing = [job for job in read["jobs"].values() if job["permissions"].get("id-token")]
        assert not publishing or name == "release.yml"
        scripts = [str(step["run"]) for job in read["jobs"].values() for step in steps(job) if "run" in step]
        assert not [text for text in scripts if "${{" in text]


SPOILED: Final = {
    "an action by its tag": (
        "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2",
        "actions/checkout@v6",
    ),
    "a template in a script": ("run: .ci/run", 'run: echo "${{ github.head_ref }}"'),
    "credentials left behind": ("          persist-credentials: false\n", ""),
    "permissions of the whole token": ("permissions: {}", "permissions: write-all"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", SPOILED)
def test_linter_finds(what: str, tmp_path: Path) -> None:
    text = (FOLDER / "ci.yml").read_text("utf-8")
    old, new = SPOILED[what]
    (tmp_path / "ci.yml").write_text(text.replace(old, new, 1), "utf-8")
    assert new in (tmp_path / "ci.yml").read_text("utf-8") != text
    linter = Path(sys.executable).with_name("zizmor")
    command = [str(linter), "--quiet", "--offline", "--persona", "auditor", str(tmp_path / "ci.yml")]
    assert subprocess.run(command, capture_output=True, check=False).returncode > 10
