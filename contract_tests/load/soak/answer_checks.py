"""What is wrong with an answer: by the contract, and by the client's own reading. Pure: no IO."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from attrs import frozen
from cometapi_suno import Answer, Call, Response, ResponseDecodeError, SunoError
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.prices import price

T = TypeVar("T")


@frozen
class Finding:
    """One thing wrong with one answer.

    Attributes:
        operation: `operationId`.
        kind: What sort of thing: `contract: ...`, `client: ...`, `status`, `connection`.
        where: JSON pointer into the answer.
        message: All of it, in words.
    """

    operation: str
    kind: str
    where: str
    message: str


@frozen
class Verdict:
    """What an answer comes to.

    Attributes:
        value: What the client read; `None` when it could not, or when a refusal was due.
        findings: What is wrong.
        charged: Credits that the call cost.
    """

    value: Any
    findings: Sequence[Finding]
    charged: int


class Judge:
    """Judges answers.

    Args:
        contract: The description.
    """

    def __init__(self, contract: Contract) -> None:
        self._operations = {operation.sdk: operation for operation in contract.operations.values()}

    def operation(self, call: Call[Any]) -> OperationContract:
        """What the description has for a call."""
        return self._operations[call.operation.name]

    def judge(self, call: Call[T], response: Response, due: int = 200) -> Verdict:
        """The verdict on an answer whose status should be `due`."""
        operation = self.operation(call)
        status = response.status_code
        violations = operation.check_response(
            status=status, content_type=response.headers.get("content-type"), body=response.content
        )
        found = [
            Finding(operation.id, f"contract: {each.kind}", each.instance, f"{each.pointer}: {each.message}")
            for each in violations
        ]
        if status != due:
            found.append(Finding(operation.id, "status", "", f"{status} instead of {due}: {response.text[:300]}"))
        charged = price(operation, _body(call), {}) if 200 <= status < 300 else 0
        if not 200 <= status < 300:
            return Verdict(None, found, charged)
        try:
            value = Answer(call.operation, response).parse()
        except SunoError as error:
            where = error.pointer if isinstance(error, ResponseDecodeError) else ""
            found.append(Finding(operation.id, f"client: {type(error).__name__}", where, str(error)))
            return Verdict(None, found, charged)
        return Verdict(value, found, charged)

    def lost(self, call: Call[Any], reason: str) -> Verdict:
        """The verdict on a call that got no answer."""
        return Verdict(None, [Finding(self.operation(call).id, "connection", "", reason)], 0)


def _body(call: Call[Any]) -> Any:
    return json.loads(call.content.data) if call.content is not None else None
