"""`make`: run the contract suite, verify the mock and the recordings, and report both together.

Exit status: 0 if the contract holds, 1 if it does not, 2 if the suite could not run, 3 if a question was not asked.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from contract_tests.suite.pytest_results_plugin import QUESTIONS, SuiteResultsWriter

FOLDER: Final = Path(__file__).resolve().parent
RESULTS: Final = Path("build") / "suite-results.json"


def main() -> int:
    """Run the suite and the verifier and return the exit status."""
    files = [str(FOLDER / f"{question['name']}.py") for question in QUESTIONS]
    parallel = ["-n", "auto", "--dist", "worksteal"]
    arguments = ["--no-header", "--tb=short", *parallel, *files]
    status = pytest.main(arguments, plugins=[SuiteResultsWriter(RESULTS)])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        sys.stderr.write("verdict: the suite could not run; see above.\n")
        return 2
    # Imported only now: pytest has to import the mock itself, because it rewrites it.
    from contract_tests.verifier.command_line import main as verify
    from contract_tests.verifier.live.signals import Interrupts

    with Interrupts() as interrupts:
        return verify(interrupts, ["--suite-results", str(RESULTS)])


if __name__ == "__main__":
    sys.exit(main())
