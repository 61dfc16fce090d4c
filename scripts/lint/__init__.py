"""Rules that the description keeps, beyond being OpenAPI. `python -m scripts.lint` prints what breaks them."""

from scripts.lint.lint_finding import Finding, Problem
from scripts.lint.rules import STAGES
from scripts.lint.run_lint import lint, refuse_unsound

__all__ = ["STAGES", "Finding", "Problem", "lint", "refuse_unsound"]
