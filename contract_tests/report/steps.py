"""What a maintainer would type now."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen

from contract_tests.drift.targets import TARGETS
from contract_tests.live.recorder import RECORDINGS
from contract_tests.report.model import Run, TargetRun
from contract_tests.report.plain import line, plural

OVERLAY: Final = "build/drift.overlay.yaml"


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
    if run.next_command:
        yield Step(line(run.next_command), "What this run asks for next.")
    if run.suite is not None and run.suite.failures:
        test = run.suite.failures[0].test
        yield Step(line(f"python -m pytest {shlex.quote(test)}"), "See the first failed test by itself.")
    proposed = {finding.id for _, finding in run.findings() if finding.proposal}
    if proposed:
        names = dict.fromkeys(_named(target) for target, finding in run.findings() if finding.proposal)
        asked = f"python -m contract_tests.drift {' '.join(map(shlex.quote, names))} --overlay {OVERLAY}"
        yield Step(line(asked), f"Write what {plural(len(proposed), 'finding')} would have the description say.")
        yield Step(f"python -m scripts.overlay {OVERLAY}", "Accept it, after a look at it, and read git diff.")
    for target in run.targets:
        if target.report is None and not run.next_command:
            yield Step(f"make verify TARGET={target.name}", f"Ask {target.name}: nothing is known of it.")


def _named(target: TargetRun) -> str:
    """What the drift engine is told to read a target again."""
    if target.name in TARGETS or target.account is None:
        return target.name
    return _relative(target.account.folder / RECORDINGS)


def _relative(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
