"""The report of a soak: rates, percentiles, problems and credits, as JSON and as Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

from contract_tests.load.soak.answer_checks import AnswerCounts


@frozen
class OperationLoad:
    """The load on one operation; times in milliseconds."""

    operation: str
    requests: int
    per_second: float
    median: float
    p95: float
    p99: float
    slowest: float


@frozen
class CreditBalance:
    """What the calls should have cost, and what the target says they cost."""

    expected: int
    taken: int


@frozen
class SoakReport:
    """Everything that a soak found.

    Attributes:
        target: Base URL.
        seconds: How long it took.
        workers: Number of processes that made the load.
        lines: One for each operation.
        total: All operations together.
        counts: The checked answers.
        credits: None when the target is not a mock.
    """

    target: str
    seconds: float
    workers: int
    lines: Sequence[OperationLoad]
    total: OperationLoad
    counts: AnswerCounts
    credits: CreditBalance | None

    @property
    def problems(self) -> list[str]:
        """The reasons why the soak fails, one line each; empty when it passes."""
        counts = self.counts
        found = [
            f"{operation}: {kind} at {pointer or '/'}, {count} times; first: {counts.first[operation, kind, pointer]}"
            for (operation, kind, pointer), count in counts.problems.most_common()
        ]
        if not counts.answers:
            found.append("no call was made")
        if self.total.requests != counts.answers.total():
            found.append(f"{self.total.requests} requests were sent, but {counts.answers.total()} answers were checked")
        if self.credits is not None and self.credits.expected != self.credits.taken:
            found.append(f"credits: the calls cost {self.credits.expected}, the target took {self.credits.taken}")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "target": self.target,
            "seconds": self.seconds,
            "workers": self.workers,
            "total": asdict(self.total),
            "operations": [asdict(line) for line in self.lines],
            "answers": dict(self.counts.answers),
            "affected": dict(self.counts.affected),
            "findings": [
                {"operation": key[0], "kind": key[1], "where": key[2], "count": count, "first": self.counts.first[key]}
                for key, count in self.counts.problems.most_common()
            ],
            "credits": None if self.credits is None else asdict(self.credits),
            "problems": self.problems,
        }

    def to_markdown(self) -> str:
        """Render the report in Markdown."""
        total = self.total
        lines = [
            "# Soak",
            "",
            f"{total.requests:,} requests to {self.target} in {self.seconds:.1f} s from {self.workers} process"
            f"{'es' if self.workers != 1 else ''}; {sum(self.counts.affected.values()):,} answers with a problem.",
            "",
            "| operation | requests | per second | median ms | p95 | p99 | slowest | with a problem |",
            "|---|--:|--:|--:|--:|--:|--:|--:|",
        ]
        lines += [_format_row(line, self.counts.affected[line.operation]) for line in self.lines]
        lines += [_format_row(total, self.counts.affected.total()), ""]
        if self.credits is not None:
            lines += [f"Credits: the calls cost {self.credits.expected:,}, the target took {self.credits.taken:,}.", ""]
        problems = [f"- {_escape_line(problem)}" for problem in self.problems]
        lines += ["## Problems", "", *problems] if problems else ["No problem."]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path) -> None:
        """Write `soak.json` and `soak.md`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "soak.json").write_text(json.dumps(self.to_dict(), indent=2) + "\n", "utf-8")
        (folder / "soak.md").write_text(self.to_markdown(), "utf-8")


def _format_row(line: OperationLoad, affected: int) -> str:
    times = " | ".join(f"{value:.1f}" for value in (line.median, line.p95, line.p99, line.slowest))
    return f"| {line.operation} | {line.requests:,} | {line.per_second:,.0f} | {times} | {affected:,} |"


def _escape_line(text: str) -> str:
    """Return text of an answer as one line without markup."""
    return " ".join(text.split()).replace("<", "&lt;").replace("|", "\\|").replace("`", "'")[:600]
