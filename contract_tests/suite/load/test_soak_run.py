"""The whole soak over loopback: one master and two workers, in a separate environment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno_mock import Gateway, Settings

from contract_tests.suite.support.wheel import ROOT, UV, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with Locust, whose pytest plugin must not load in ours."""
    folder = tmp_path_factory.mktemp("soak") / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    interpreter = folder / "bin" / "python"
    locked = ROOT / "scripts" / "requirements" / "soak.txt"
    run(UV, "pip", "install", "--quiet", "--python", interpreter, "--require-hashes", "-r", locked)
    return interpreter


def run_soak(python: Path, report: Path, *arguments: str) -> tuple[int, Any]:
    """Run a soak of two seconds, and return its exit status and its report."""
    command = [python, "-m", "contract_tests.load.soak", "--seconds", "2", "--users", "10", "--report", report]
    done = subprocess.run(
        [*map(str, command), *arguments], cwd=ROOT, capture_output=True, text=True, timeout=150, check=False
    )
    path = report / "soak.json"
    assert path.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(path.read_text("utf-8"))


def test_two_workers_find_no_problem(python: Path, tmp_path: Path) -> None:
    status, report = run_soak(python, tmp_path, "--workers", "2")
    assert (status, report["problems"]) == (0, [])
    assert report["workers"] == 2
    assert report["total"]["requests"] == sum(report["answers"].values()) > 300
    assert report["credits"]["expected"] == report["credits"]["taken"] > 0
    assert (tmp_path / "soak.md").read_text("utf-8").startswith("# Soak")


def test_every_missing_deep_field_is_reported(python: Path, tmp_path: Path) -> None:
    gateway = Gateway(settings=Settings(credits=10**12, capacity=100_000))
    known = len(gateway.state.personas)
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    with gateway.serve() as url:
        status, report = run_soak(python, tmp_path, "--workers", "2", "--target", url)
    made = len(gateway.state.personas) - known
    assert status == 1
    assert report["affected"] == {"createPersona": made}
    assert made > 0
    assert report["credits"]["expected"] == report["credits"]["taken"]


def test_number_of_requests_ends_a_soak(python: Path, tmp_path: Path) -> None:
    status, report = run_soak(python, tmp_path, "--requests", "300", "--seconds", "60")
    assert (status, report["problems"]) == (0, [])
    assert report["seconds"] < 50
    assert report["total"]["requests"] >= 300


def test_live_service_is_refused_before_anything_is_sent(python: Path, tmp_path: Path) -> None:
    command = [str(python), "-m", "contract_tests.load.soak", "--target", "https://api.cometapi.com"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "live service" in done.stderr
