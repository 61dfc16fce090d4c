"""Rules that the description keeps, beyond being OpenAPI. `python -m scripts.lint` prints what breaks them."""

from scripts.lint.lint_finding import LintFinding, Problem
from scripts.lint.run_lint import STAGES, lint, refuse_unsound

__all__ = ["STAGES", "LintFinding", "Problem", "lint", "refuse_unsound"]
