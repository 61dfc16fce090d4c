"""The whole soak over loopback: one master and two workers, in an environment of their own."""

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
    """The interpreter of an environment with Locust, which is kept out of ours: it brings a pytest plugin along."""
    folder = tmp_path_factory.mktemp("soak") / "venv"
    run(UV, "venv", "--quiet", "--python", sys.executable, folder)
    interpreter = folder / "bin" / "python"
    locked = ROOT / "scripts" / "requirements" / "soak.txt"
    run(UV, "pip", "install", "--quiet", "--python", interpreter, "--require-hashes", "-r", locked)
    return interpreter


def soak(python: Path, report: Path, *arguments: str) -> tuple[int, Any]:
    """The exit code and the report of a soak of ten seconds."""
    command = [
        str(python),
        "-m",
        "contract_tests.load.soak",
        "--seconds",
        "10",
        "--users",
        "10",
        "--report",
        str(report),
    ]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    told = report / "soak.json"
    assert told.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(told.read_text("utf-8"))


def test_a_master_and_two_workers_find_nothing_and_the_credits_balance(python: Path, tmp_path: Path) -> None:
    code, told = soak(python, tmp_path, "--workers", "2")
    assert (code, told["problems"]) == (0, [])
    assert told["workers"] == 2
    assert told["total"]["requests"] == sum(told["answers"].values()) > 500
    assert told["credits"]["expected"] == told["credits"]["taken"] > 0
    assert (tmp_path / "soak.md").read_text("utf-8").startswith("# Soak")


def test_with_one_deep_field_removed_every_affected_answer_is_reported_and_the_soak_fails(
    python: Path, tmp_path: Path
) -> None:
    gateway = Gateway(settings=Settings(credits=10**12, capacity=100_000))
    known = len(gateway.world.personas)
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    with gateway.serve() as url:
        code, told = soak(python, tmp_path, "--workers", "2", "--target", url)
    made = len(gateway.world.personas) - known
    assert code == 1
    assert told["affected"] == {"createPersona": made}
    assert made > 0
    assert told["credits"]["expected"] == told["credits"]["taken"]


def test_a_number_of_requests_ends_a_soak_in_one_process(python: Path, tmp_path: Path) -> None:
    code, told = soak(python, tmp_path, "--requests", "300")
    assert (code, told["problems"]) == (0, [])
    assert told["seconds"] < 10
    assert told["total"]["requests"] >= 300


def test_the_live_service_is_refused_before_anything_is_sent(python: Path, tmp_path: Path) -> None:
    command = [str(python), "-m", "contract_tests.load.soak", "--target", "https://api.cometapi.com"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "live service" in done.stderr
