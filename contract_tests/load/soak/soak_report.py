"""The report of a soak: rates, percentiles, findings, credits; as JSON, and as Markdown for people."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from contract_tests.load.soak.counters import Tally


@frozen
class Line:
    """How one operation fared; milliseconds."""

    operation: str
    requests: int
    per_second: float
    median: float
    p95: float
    p99: float
    slowest: float


@frozen
class Credits:
    """What the calls should have cost, and what the target says that they did."""

    expected: int
    taken: int


@frozen
class Report:
    """Everything that a soak found.

    Attributes:
        target: Base URL.
        seconds: How long it took.
        workers: Processes that made the load.
        lines: One for each operation.
        total: The same for all of them.
        tally: What was found.
        credits: `None` when the target does not tell.
    """

    target: str
    seconds: float
    workers: int
    lines: Sequence[Line]
    total: Line
    tally: Tally
    credits: Credits | None

    @property
    def problems(self) -> list[str]:
        """Why the soak fails, one line each; empty when it does not."""
        tally = self.tally
        found = [
            f"{operation}: {kind} at {where or 'the top'}, {count} times; first: {tally.first[operation, kind, where]}"
            for (operation, kind, where), count in tally.findings.most_common()
        ]
        if not tally.answers:
            found.append("no call was made")
        if self.total.requests != tally.answers.total():
            found.append(f"{self.total.requests} requests were sent, but {tally.answers.total()} answers were judged")
        if self.credits is not None and self.credits.expected != self.credits.taken:
            found.append(f"credits: the calls cost {self.credits.expected}, the target took {self.credits.taken}")
        return found

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values."""
        return {
            "target": self.target,
            "seconds": self.seconds,
            "workers": self.workers,
            "total": asdict(self.total),
            "operations": [asdict(line) for line in self.lines],
            "answers": dict(self.tally.answers),
            "affected": dict(self.tally.affected),
            "findings": [
                {"operation": place[0], "kind": place[1], "where": place[2], "count": count, "first": message}
                for place, count in self.tally.findings.most_common()
                for message in [self.tally.first[place]]
            ],
            "credits": None if self.credits is None else asdict(self.credits),
            "problems": self.problems,
        }

    def to_markdown(self) -> str:
        """The report as a page."""
        total = self.total
        told = [
            "# Soak",
            "",
            f"{total.requests:,} requests to {self.target} in {self.seconds:.1f} s from {self.workers} process"
            f"{'es' if self.workers != 1 else ''}; {sum(self.tally.affected.values()):,} answers with a finding.",
            "",
            "| operation | requests | per second | median ms | p95 | p99 | slowest | with a finding |",
            "|---|--:|--:|--:|--:|--:|--:|--:|",
        ]
        told += [_row(line, self.tally.affected[line.operation]) for line in self.lines]
        told += [_row(total, self.tally.affected.total()), ""]
        if self.credits is not None:
            told += [f"Credits: the calls cost {self.credits.expected:,}, the target took {self.credits.taken:,}.", ""]
        problems = self.problems
        told += ["## Findings", "", *(f"- {_inline(problem)}" for problem in problems)] if problems else ["No finding."]
        return "\n".join(told) + "\n"

    def write(self, folder: Path) -> None:
        """Write `soak.json` and `soak.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "soak.json").write_text(json.dumps(self.to_dict(), indent=2) + "\n", "utf-8")
        (folder / "soak.md").write_text(self.to_markdown(), "utf-8")


def _row(line: Line, affected: int) -> str:
    times = " | ".join(f"{value:.1f}" for value in (line.median, line.p95, line.p99, line.slowest))
    return f"| {line.operation} | {line.requests:,} | {line.per_second:,.0f} | {times} | {affected:,} |"


def _inline(text: str) -> str:
    """Text of an answer, as one line that holds no markup."""
    return " ".join(text.split()).replace("<", "&lt;").replace("|", "\\|").replace("`", "'")[:600]
