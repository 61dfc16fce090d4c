"""What holds for every error: it can be carried about, it tells something, and it does not tell the key."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

from cometapi_suno import DeliveryError, NoAnswerError, NotDeliveredError, OutcomeUnknownError, ResponseError, SunoError
from cometapi_suno_mock import OperationContract

from contract_tests.suite.support.expected_results import only_reads
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import leaks, shown_by_error


def judge(error: SunoError, operation: OperationContract) -> None:
    """Hold an error against what holds for all of them."""
    assert str(error).startswith(f"{operation.sdk}: "), error
    for twin in (pickled(error), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert (str(twin), repr(twin), twin.args) == (str(error), repr(error), error.args)
        assert _told(twin) == _told(error)
    assert leaks(*shown_by_error(error)) == []


def judge_answer(error: ResponseError, operation: OperationContract, answer: Reply) -> ResponseError:
    """Nothing of an answer is lost: the whole of it is on the error."""
    assert (error.operation, error.status_code) == (operation.sdk, answer.status)
    assert str(answer.status) in str(error)
    assert error.message, "no message"
    assert error.message in str(error)
    assert error.response.status_code == answer.status
    assert error.response.content == answer.content
    assert {name: error.response.headers[name] for name in answer.headers} == answer.headers
    return error


def judge_delivery(error: SunoError, operation: OperationContract, *, sent: bool) -> None:
    """An error without an answer tells what may have happened, and the digits by which the request is known."""
    unclear = NoAnswerError if only_reads(operation) else OutcomeUnknownError
    assert type(error) is (unclear if sent else NotDeliveredError)
    assert isinstance(error, DeliveryError)
    assert error.operation == operation.sdk
    assert re.fullmatch("[0-9a-f]{10}", error.fingerprint)
    assert error.__cause__ is not None
    assert type(error.__cause__).__name__ in str(error)
    if isinstance(error, OutcomeUnknownError):
        assert error.fingerprint in str(error)
        assert "charged" in str(error)
        assert error.response is None


def pickled(value: Any) -> Any:
    """What comes out of a pickle of a value."""
    return pickle.loads(pickle.dumps(value))


def _told(error: SunoError) -> dict[str, Any]:
    """The attributes of an error; those of its response in place of it, for it has no equality."""
    response: Any = vars(error).get("response")
    told = {name: value for name, value in vars(error).items() if name != "response"}
    return told | ({"response": (response.status_code, dict(response.headers), response.content)} if response else {})
