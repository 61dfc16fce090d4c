"""The suite hands its results to the report as a file: does each outcome arrive?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from attrs import evolve

from contract_tests.suite.pytest_results_plugin import QUESTIONS
from contract_tests.suite.verifier.live_command_runner import ROOT, environment
from contract_tests.verifier.report.run_model import WHOLE, QuestionResult, SuiteResults

TESTS = """
import pytest

@pytest.fixture
def operation(request):
    request.node.user_properties.append(("operation", "createPersona"))

def test_passes(request, operation):
    request.node.user_properties.append(("checks", 7))

def test_fails(operation):
    assert "\\ud800" == "b"

def test_of_parts(operation, subtests):
    with subtests.test("one"):
        pass
    with subtests.test("two"):
        assert "of parts" == ""

def test_of_the_whole():
    pass

@pytest.fixture
def broken():
    raise RuntimeError("broken")

def test_whose_setup_fails(broken):
    pass
"""


def test_outcomes_arrive_in_the_report(tmp_path: Path) -> None:
    """From pytest in another process; a failed setup counts as a failure, not as a test, and a subtest as neither."""
    (tmp_path / "test_client_sends.py").write_text(TESTS, "utf-8")
    plugins = [
        "--disable-plugin-autoload",
        "-p",
        "contract_tests.suite.pytest_results_plugin",
        "-p",
        "no:cacheprovider",
    ]
    command = [sys.executable, "-m", "pytest", "-q", *plugins, "--rootdir", ".", "--suite-results", "results.json"]
    done = subprocess.run(command, cwd=tmp_path, env=environment(None), capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    suite = SuiteResults.read(tmp_path / "results.json")
    assert all(0 < result.seconds < 60 for result in suite.results.values())
    assert {place: evolve(result, seconds=0) for place, result in suite.results.items()} == {
        ("createPersona", "test_client_sends"): QuestionResult(tests=3, failed=2, checks=9),
        (WHOLE, "test_client_sends"): QuestionResult(tests=1, failed=1, checks=2),
    }
    first, part, parts, second = suite.failures
    assert (first.test, first.operations) == ("test_client_sends.py::test_fails", ("createPersona",))
    assert (first.file, first.line) == (
        "test_client_sends.py",
        TESTS.splitlines().index("def test_fails(operation):") + 1,
    )
    assert "assert" in first.message
    assert part.test == parts.test == "test_client_sends.py::test_of_parts"
    assert "of parts" in part.message
    assert (second.test, second.operations) == ("test_client_sends.py::test_whose_setup_fails", ())
    assert suite.find_unasked({"getWav": "clips.wav"})[0] == "clips.wav: sends"


def test_every_question_has_its_file() -> None:
    for question in QUESTIONS:
        assert (ROOT / "contract_tests" / "suite" / f"{question['name']}.py").is_file()
