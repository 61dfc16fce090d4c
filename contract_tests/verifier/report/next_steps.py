"""What a maintainer would type now."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Final

from attrs import frozen

from contract_tests.verifier.report.run_model import LIVE, Run
from contract_tests.verifier.report.text_escaping import line, plural

_CAREFULLY: Final = {LIVE: " TIER=free"}
"""What is asked of a target at first: nothing that can be charged."""


@frozen
class Step:
    """A command.

    Attributes:
        command: What to type.
        why: What it is good for.
    """

    command: str
    why: str


def next_steps(run: Run) -> list[Step]:
    """The commands in the order in which they help; none when nothing is left to be done."""
    return list(_steps(run))


def _steps(run: Run) -> Iterator[Step]:
    if run.suite is not None and run.suite.failures:
        test = run.suite.failures[0].test
        yield Step(line(f"python -m pytest {shlex.quote(test)}"), "See the first failed test by itself.")
    proposed = {finding.id for _, finding in run.findings() if finding.proposal}
    if proposed:
        told = f"Let the description say what {plural(len(proposed), 'finding')} would have it say; then read git diff."
        yield Step(f"make apply-overlay FILE={shlex.quote(run.overlay)}", told)
    for target in run.targets:
        if target.report is None:
            asked = f"make verify TARGET={shlex.quote(target.name)}{_CAREFULLY.get(target.name, '')}"
            yield Step(asked, f"Ask {target.name}: nothing is known of it.")
