"""Rules that the description keeps, beyond being OpenAPI. `python -m scripts.lint` prints what breaks them."""

from scripts.lint.run_lint import STAGES, LintFinding, lint, refuse_unsound

__all__ = ["STAGES", "LintFinding", "lint", "refuse_unsound"]
