"""Does a lane run what it says, on what was installed?"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scripts.diff.snapshot import ROOT
from scripts.release.dependency_matrix import LANES, main, suite


@pytest.mark.parametrize("lane", LANES)
def test_the_tests_of_a_lane_are_there(lane: str) -> None:
    assert [name for name in suite(lane) if not (ROOT / name).exists()] == []
    assert {"contract_tests/suite/client", "contract_tests/suite/mock"} < set(suite(lane))


def test_a_lane_that_nobody_knows_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["slowest"])
    assert ended.value.code == 2
    assert "lowest" in capsys.readouterr().err


@pytest.mark.slow
def test_a_run_that_finds_the_tree_s_packages_ends_at_once() -> None:
    path = os.pathsep.join(str(ROOT / name) for name in ("generated", "contract_tests"))
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "contract_tests.suite.support.assert_installed_wheel",
        "contract_tests/suite/test_readme.py",
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"cometapi_suno comes from {ROOT / 'generated'}" in done.stderr
    assert "passed" not in done.stdout
