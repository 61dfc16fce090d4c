"""A pytest plugin that writes the results of the contract suite, by operation and question, into a JSON file.

`contract_tests/verifier/report/suite_results.schema.json` documents the file. `run_suite` uses the plugin; by hand:
`python -m pytest -p contract_tests.suite.pytest_results_plugin --suite-results FILE contract_tests/suite/test_*.py`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import define, field


def _question(name: str, title: str, text: str, *, per_operation: bool = True) -> dict[str, Any]:
    return {"name": name, "title": title, "text": text, "per_operation": per_operation}


_DESCRIPTION_LINE: Final = re.compile(r"(openapi/\S+?):(\d+): ")
QUESTIONS: Final = (
    _question("test_description", "description", "Is the description sound?", per_operation=False),
    _question("test_client_sends", "sends", "Does the client send only what the contract allows?"),
    _question("test_client_reads", "reads", "Does the client read everything the contract allows?"),
    _question("test_client_outside", "outside", "What does the client do outside the contract?"),
    _question("test_server_keeps", "server", "Does a server keep the contract?"),
    _question("test_workflow", "workflow", "Does the workflow work end to end?"),
    _question("test_drift", "drift", "Has the service drifted?"),
    _question("test_checks_can_fail", "self-test", "Can the checks fail?", per_operation=False),
)
"""The questions in the order of their columns; `name` is the stem of the test file that asks."""


@define
class SuiteResultsWriter:
    """Collects the outcome of every test and writes the file at the end. xdist reports to the controller only.

    Attributes:
        path: The file.
    """

    path: Path
    _results: dict[tuple[str | None, str], dict[str, float]] = field(
        factory=lambda: defaultdict(lambda: {"tests": 0, "failed": 0, "checks": 0, "seconds": 0.0}), init=False
    )
    _failures: list[dict[str, Any]] = field(factory=list[dict[str, Any]], init=False)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test for its question and each of its operations; without operations, for the whole.

        A subtest is not counted, because its test is; when it failed, its message is kept.
        """
        if report.when != "call" and not report.failed:
            return
        file, line, _ = report.location
        question = Path(file).stem
        operations = [str(value) for name, value in report.user_properties if name == "operation"]
        checks = sum(int(str(value)) for name, value in report.user_properties if name == "checks") or 1
        places: Sequence[str | None] = operations or [None]
        for operation in () if isinstance(report, pytest.SubtestReport) else places:
            result = self._results[operation, question]
            result["tests"] += report.when == "call"
            result["failed"] += report.failed
            result["checks"] += checks
            result["seconds"] += report.duration / len(places)
        if report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = str(getattr(crash, "message", "") or report.longreprtext)
            if place := _DESCRIPTION_LINE.match(message):
                file, line = place[1], int(place[2]) - 1
            self._failures.append({
                "test": report.nodeid,
                "question": question,
                "operations": operations,
                "message": message,
                "file": file,
                "line": (line or 0) + 1,
            })  # fmt: skip

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        results = [
            {"operation": operation, "question": question, **counts}
            for (operation, question), counts in self._results.items()
        ]
        content = {"questions": QUESTIONS, "results": results, "failures": self._failures}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(content, indent=1), "utf-8", errors="backslashreplace")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the file."""
    parser.addoption("--suite-results", type=Path, metavar="FILE", help="write the results for the verifier's report")


def pytest_configure(config: pytest.Config) -> None:
    """Collect in the process that reports, not in a worker of xdist."""
    path = config.getoption("--suite-results")
    if path is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SuiteResultsWriter(path))
