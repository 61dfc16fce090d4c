"""A whole run as one model, and that model as terminal table, page, Markdown, JUnit, SARIF and annotations."""

from contract_tests.verifier.report.run_model import (
    WHOLE,
    Question,
    Run,
    Suite,
    SuiteCell,
    SuiteFailure,
    TargetRun,
)
from contract_tests.verifier.report.write_report import write

__all__ = ["WHOLE", "Question", "Run", "Suite", "SuiteCell", "SuiteFailure", "TargetRun", "write"]
