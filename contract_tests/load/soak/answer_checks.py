"""Checks of answers, by the contract and by the client's own decoding, and their counts. Pure: no IO."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

from attrs import define, field, frozen
from cometapi_suno import Answer, Call, Response, ResponseDecodeError, SunoError
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.credits import get_price

T = TypeVar("T")

_MOST_KINDS = 1_000


@frozen
class AnswerProblem:
    """One thing wrong with one answer.

    Attributes:
        operation: `operationId`.
        kind: `contract: ...`, `client: ...`, `status` or `connection`.
        pointer: JSON pointer into the answer.
        message: The whole message.
    """

    operation: str
    kind: str
    pointer: str
    message: str


@frozen
class CheckedAnswer:
    """The result of checking an answer.

    Attributes:
        value: What the client decoded; None when it could not, or when a refusal was expected.
        problems: What is wrong.
        charged: Credits that the call cost.
    """

    value: Any
    problems: Sequence[AnswerProblem]
    charged: int


class AnswerChecker:
    """Checks answers against a contract."""

    def __init__(self, contract: Contract) -> None:
        self._operations = {operation.sdk: operation for operation in contract.operations.values()}

    def find_operation(self, call: Call[Any]) -> OperationContract:
        """Return the operation of a call."""
        return self._operations[call.operation.name]

    def check(self, call: Call[T], response: Response, expected_status: int = 200) -> CheckedAnswer:
        """Check a response whose status should be `expected_status`."""
        operation = self.find_operation(call)
        status = response.status_code
        violations = operation.check_response(
            status=status, content_type=response.headers.get("content-type"), body=response.content
        )
        problems = [
            AnswerProblem(operation.id, f"contract: {each.kind}", each.instance, f"{each.pointer}: {each.message}")
            for each in violations
        ]
        if status != expected_status:
            message = f"{status} instead of {expected_status}: {response.text[:300]}"
            problems.append(AnswerProblem(operation.id, "status", "", message))
        if not 200 <= status < 300:
            return CheckedAnswer(None, problems, 0)
        body = json.loads(call.content.data) if call.content is not None else None
        charged = get_price(operation, body, {})
        try:
            value = Answer(call.operation, response).parse()
        except SunoError as error:
            pointer = error.pointer if isinstance(error, ResponseDecodeError) else ""
            problems.append(AnswerProblem(operation.id, f"client: {type(error).__name__}", pointer, str(error)))
            return CheckedAnswer(None, problems, charged)
        return CheckedAnswer(value, problems, charged)

    def report_no_answer(self, call: Call[Any], reason: str) -> CheckedAnswer:
        """Return the result for a call without an answer."""
        return CheckedAnswer(None, [AnswerProblem(self.find_operation(call).id, "connection", "", reason)], 0)


ProblemKey = tuple[str, str, str]
"""Operation, kind and pointer of problems that are counted together."""


@define
class AnswerCounts:
    """Counts of answers and their problems, added up over users, processes and machines.

    Attributes:
        answers: Answers by `operationId`.
        affected: Those of them with a problem.
        problems: How often each problem occurred.
        first: The first message of each.
        charged: Credits that the calls cost.
    """

    answers: Counter[str] = field(factory=Counter[str])
    affected: Counter[str] = field(factory=Counter[str])
    problems: Counter[ProblemKey] = field(factory=Counter[ProblemKey])
    first: dict[ProblemKey, str] = field(factory=dict[ProblemKey, str])
    charged: int = 0

    def add(self, operation: str, checked: CheckedAnswer) -> None:
        """Count one answer."""
        self.answers[operation] += 1
        self.charged += checked.charged
        if checked.problems:
            self.affected[operation] += 1
        for each in checked.problems:
            self._count((each.operation, each.kind, each.pointer), 1, each.message)

    def take(self) -> dict[str, Any]:
        """Return everything as plain values, for another process, and reset all counts."""
        taken = {
            "answers": dict(self.answers),
            "affected": dict(self.affected),
            "problems": [[*key, count, self.first[key]] for key, count in self.problems.items()],
            "charged": self.charged,
        }
        for counts in (self.answers, self.affected, self.problems, self.first):
            counts.clear()
        self.charged = 0
        return taken

    def merge(self, taken: dict[str, Any]) -> None:
        """Add what another process has taken."""
        self.answers.update(taken["answers"])
        self.affected.update(taken["affected"])
        self.charged += taken["charged"]
        for operation, kind, pointer, count, message in taken["problems"]:
            self._count((operation, kind, pointer), count, message)

    def _count(self, key: ProblemKey, count: int, message: str) -> None:
        if key not in self.problems and len(self.problems) >= _MOST_KINDS:
            key = ("", f"more than {_MOST_KINDS} kinds of problems", "")
        self.problems[key] += count
        self.first.setdefault(key, message)
