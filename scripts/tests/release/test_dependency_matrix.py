"""A lane of the dependency matrix runs tests that exist, and refuses a name that it does not know."""

from __future__ import annotations

import subprocess

import pytest

from scripts.release.dependency_matrix import LANES, ROOT, main


def read_pytest_arguments(lane: str) -> list[str]:
    """Return what the Makefile passes to pytest for a lane."""
    command = ["make", "--dry-run", "--old-file=.venv/.check", "lane", f"LANE={lane}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.replace("\\\n", " ").partition(" -- ")[2].split()


@pytest.mark.parametrize("lane", LANES)
def test_tests_of_a_lane_exist(lane: str) -> None:
    option, plugin, *tests = read_pytest_arguments(lane)
    assert (option, plugin.rpartition(".")[2]) == ("-p", "assert_installed_wheel")
    assert len(tests) >= 5
    assert [name for name in tests if not (ROOT / name).exists()] == []


def test_newest_lane_runs_all_tests_of_the_others() -> None:
    newest = set(read_pytest_arguments("newest"))
    assert set(read_pytest_arguments("lowest")) < newest
    folders = tuple(f"{name}/" for name in newest)
    assert all(name in newest or name.startswith(folders) for name in read_pytest_arguments("locked"))


def test_unknown_lane_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["slowest", "--", "tests"])
    assert ended.value.code == 2
    assert "lowest" in capsys.readouterr().err
