"""`make`: run the contract suite, judge the mock and the recordings, and print who keeps what, operation by question.

Exit status: 0 when everything holds, 1 when something does not or was not asked, 2 when the suite could not run.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from contract_tests.suite.pytest_results_plugin import QUESTIONS, Recorder

FILES = Path(__file__).resolve().parent


def main() -> int:
    """Run the verb."""
    recorder = Recorder()
    files = [str(FILES / f"{name}.py") for name in QUESTIONS]
    parallel = ["-n", "auto", "--dist", "worksteal"]
    status = pytest.main(["--no-header", "--tb=short", *parallel, *files], plugins=[recorder])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        sys.stderr.write("verdict: the suite could not run; see above.\n")
        return 2
    # Only now: this imports the mock, and pytest rewrites what it imports.
    from contract_tests.verifier.command_line import with_suite

    return with_suite(recorder)


if __name__ == "__main__":
    sys.exit(main())
