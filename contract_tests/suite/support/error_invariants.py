"""Invariants of every error: picklable, copyable, informative, without the key."""

from __future__ import annotations

import copy
import pickle
import re
from typing import Any

from cometapi_suno import DeliveryError, NoAnswerError, NotDeliveredError, OutcomeUnknownError, ResponseError, SunoError
from cometapi_suno_mock import OperationContract

from contract_tests.suite.support.expected_results import is_free_read
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import find_leaks, render_error


def check_error(error: SunoError, operation: OperationContract) -> None:
    """Assert the invariants of every error."""
    assert str(error).startswith(f"{operation.sdk}: "), error
    for twin in (pickle_round_trip(error), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert (str(twin), repr(twin), twin.args) == (str(error), repr(error), error.args)
        assert _comparable_state(twin) == _comparable_state(error)
    assert find_leaks(*render_error(error)) == []


def check_response_error(error: ResponseError, operation: OperationContract, answer: Reply) -> ResponseError:
    """Assert that the error holds the whole answer."""
    assert (error.operation, error.status_code) == (operation.sdk, answer.status)
    assert str(answer.status) in str(error)
    assert error.message, "no message"
    assert error.message in str(error)
    assert error.response.status_code == answer.status
    assert error.response.content == answer.content
    assert {name: error.response.headers[name] for name in answer.headers} == answer.headers
    return error


def check_delivery_error(error: SunoError, operation: OperationContract, *, sent: bool) -> None:
    """Assert that an error without an answer has the right class and the fingerprint."""
    unclear = NoAnswerError if is_free_read(operation) else OutcomeUnknownError
    assert type(error) is (unclear if sent else NotDeliveredError)
    assert isinstance(error, DeliveryError)
    assert error.operation == operation.sdk
    assert re.fullmatch("[0-9a-f]{10}", error.fingerprint)
    assert error.__cause__ is not None
    assert type(error.__cause__).__name__ in str(error)
    if isinstance(error, OutcomeUnknownError):
        assert error.fingerprint in str(error)
        assert "charged" in str(error)


def pickle_round_trip(value: Any) -> Any:
    """Return the value after pickling and unpickling."""
    return pickle.loads(pickle.dumps(value))


def _comparable_state(error: SunoError) -> dict[str, Any]:
    """Return the attributes of an error in a comparable form."""
    response: Any = vars(error).get("response")
    state = {name: value for name, value in vars(error).items() if name != "response"}
    return state | ({"response": (response.status_code, dict(response.headers), response.content)} if response else {})
