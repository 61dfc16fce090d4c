"""What is sent again, through both clients: each failure, each kind of call, how often, after which waits."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import httpx
import pytest
from attrs import frozen
from cometapi_suno import (
    AsyncSunoClient,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    DeliveryError,
    EnvelopeError,
    NoAnswerError,
    NotDeliveredError,
    NotFoundError,
    OutcomeUnknownError,
    PayloadTooLargeError,
    QuotaError,
    RateLimitError,
    RedirectError,
    ResponseDecodeError,
    ResponseError,
    RetryPolicy,
    ServerError,
    ServiceUnavailableError,
    SunoError,
)
from cometapi_suno._body_decoder import BodyDecodeError

from contract_tests.suite.client.virtual_time_client import WALL, Act, Client, Stage, in_turn
from contract_tests.suite.support.expected_results import expected_value, json_reply, success_examples, to_plain_json
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.loaded_spec import CALLS, CONTRACT
from contract_tests.suite.support.response_faults import MAYBE_DELIVERED, NEVER_DELIVERED, page, reply

# Whether a call of this kind is sent again when it may have been done: only what costs nothing and changes nothing.
KINDS: Mapping[str, bool] = {
    "fetchTask": True,  # free, reads
    "fetchTasks": True,  # free, reads, by POST
    "createPersona": False,  # paid, creates
    "submitMusic": False,  # paid, creates
    "submitUpload": False,  # price unknown, creates
    "getTiming": False,  # price unknown, reads
}
WAITS = [0.25, 0.5, 1.0]
"""What the default policy waits when chance always gives the middle: half of 0.5, 1 and 2 seconds."""

INVALID = {"error": {"message": "bad", "type": "comet_api_error", "param": "", "code": "invalid_request"}}
BUSY = {"error": {"message": "busy", "type": "comet_api_error", "param": "", "code": "rate_limit"}}
NO_CHANNEL = {"error": {"message": "no channel", "type": "comet_api_error", "param": "", "code": "model_not_found"}}
NO_CHANNEL_TOLD = {"code": "x", "message": "No available channel for model suno_music", "data": None}
SATURATED = {"code": "upstream_load_saturated", "message": "busy", "data": None}
TASK_ERROR = {"code": "fail_to_fetch_task", "message": "no such thing", "data": None}


@frozen
class Refused:
    """Nothing was done: any call is sent again; at the end there is this error."""

    act: Act
    kind: type[SunoError]


@frozen
class Open:
    """It may have been done: only free reads are sent again."""

    act: Act
    kind: type[SunoError]


@frozen
class Unclear:
    """Sending it again changes nothing, but a call that may be charged may have been done."""

    act: Act
    kind: type[SunoError]


@frozen
class Final:
    """Sending it again changes nothing."""

    act: Act
    kind: type[SunoError]


Row = Refused | Open | Unclear | Final


def _cut_reply(status: int, body: object = TASK_ERROR) -> Reply:
    """Return a response whose connection fails one byte before its end."""
    return Reply(status, json.dumps(body).encode()[:-1], error=httpx.ReadError)


def _rows() -> dict[str, Row]:
    rows: dict[str, Row] = {error.__name__: Refused(error, NotDeliveredError) for error in NEVER_DELIVERED}
    rows |= {error.__name__: Open(error, NoAnswerError) for error in MAYBE_DELIVERED}
    for error in (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError):
        rows[f"{error.__name__} within the body"] = Open(Reply(200, b'{"id"', error=error), NoAnswerError)
    packed = gzip.compress(b"{}" * 4000)
    rows |= {
        "429 with an empty body": Refused(reply("", 429), RateLimitError),
        "429 with an error": Refused(json_reply(429, BUSY), RateLimitError),
        "429 with a page": Refused(page(429), RateLimitError),
        "503 without a channel, by code": Refused(json_reply(503, NO_CHANNEL), ServiceUnavailableError),
        "503 without a channel, by message": Refused(json_reply(503, NO_CHANNEL_TOLD), ServiceUnavailableError),
        "503 with a page": Open(page(503), ServiceUnavailableError),
        "500 with an empty body": Open(reply("", 500), ServerError),
        "a broken gzip": Open(reply("{", Content_Encoding="gzip"), NoAnswerError),
        "gzip without its end": Open(reply(packed[:-12], Content_Encoding="gzip"), NoAnswerError),
        "an unrequested encoding": Open(reply("{", Content_Encoding="br"), NoAnswerError),
        "200 that says saturated": Refused(json_reply(200, SATURATED), RateLimitError),
        "200 that says saturated within a message": Refused(
            json_reply(200, {"code": 500, "message": json.dumps(SATURATED), "data": None}), RateLimitError
        ),
        "500 that says saturated": Refused(json_reply(500, SATURATED), RateLimitError),
        "200 without quota": Final(json_reply(200, {**SATURATED, "code": "quota_not_enough"}), QuotaError),
        "200 that is a refusal": Final(json_reply(200, TASK_ERROR), EnvelopeError),
        "200 with a page": Final(page(200), ResponseDecodeError),
        "200 with an empty body": Final(reply(""), ResponseDecodeError),
        "500 invalid_request": Final(json_reply(500, INVALID), ServerError),
        "401 within the body": Final(_cut_reply(401), AuthenticationError),
        "404 within the body": Final(_cut_reply(404), NotFoundError),
        "429 within the body": Open(_cut_reply(429), RateLimitError),
        "503 within the body": Open(_cut_reply(503), ServiceUnavailableError),
        "503 without a channel, within the body": Open(_cut_reply(503, NO_CHANNEL), ServiceUnavailableError),
        "500 invalid_request, within the body": Final(_cut_reply(500, INVALID), ServerError),
        "409 within the body": Unclear(_cut_reply(409), ResponseError),
        "403 without quota": Final(
            json_reply(403, {"error": {"code": "quota_not_enough", "message": "no"}}), QuotaError
        ),
    }
    rows |= {f"{status} with a page": Open(page(status), ServerError) for status in (500, 502, 504, 520, 524)}
    rows |= {f"{status} with an error": Open(json_reply(status, TASK_ERROR), ServerError) for status in (500, 502, 504)}
    rows |= {str(status): Open(json_reply(status, TASK_ERROR), ResponseError) for status in (408, 425)}
    rows |= {
        str(status): Unclear(json_reply(status, TASK_ERROR), kind)
        for status, kind in {303: RedirectError, 409: ResponseError}.items()
    }
    kinds = {302: RedirectError, 400: BadRequestError, 401: AuthenticationError, 404: NotFoundError}
    kinds |= {413: PayloadTooLargeError}
    return rows | {str(status): Final(json_reply(status, TASK_ERROR), kind) for status, kind in kinds.items()}


ROWS = _rows()
EVERY_KIND = pytest.mark.parametrize("operation", KINDS)


def _sound(operation: str) -> tuple[Reply, Any]:
    """Return a valid answer, and what is promised of it."""
    described = CONTRACT.operations[operation]
    status, body = next(success_examples(described))
    return json_reply(status, body), expected_value(described, body)


def _call(stage: Stage, operation: str, client: Client | None = None, **options: Any) -> Any:
    return stage.run(CALLS.examples(operation)[0].invoke(client or stage.client, **options))


def _error(stage: Stage, operation: str, client: Client | None = None, **options: Any) -> SunoError:
    with pytest.raises(SunoError) as raised:
        _call(stage, operation, client, **options)
    return raised.value


def _is_repeated(row: Row, operation: str) -> bool:
    return isinstance(row, Refused) or (isinstance(row, Open) and KINDS[operation])


@EVERY_KIND
def test_lasting_failure_is_retried_where_safe(face: str, operation: str, subtests: pytest.Subtests) -> None:
    for name, case in ROWS.items():
        with subtests.test(name):
            _repeats_what_lasts(face, operation, case)


def _repeats_what_lasts(face: str, operation: str, case: Row) -> None:
    stage = Stage(face, lambda _: case.act)
    error = _error(stage, operation)
    repeated = _is_repeated(case, operation)
    assert len(stage.line.requests) == (4 if repeated else 1)
    assert stage.slept == (WAITS if repeated else [])
    hidden = isinstance(case, Open | Unclear) and not KINDS[operation]
    assert type(error) is (OutcomeUnknownError if hidden else case.kind)
    if isinstance(error, OutcomeUnknownError):
        assert type(error.__cause__) is (
            case.kind if isinstance(case.act, Reply) and case.act.status >= 300 else _failure(case.act)
        )
    if isinstance(error, DeliveryError):
        assert error.operation == CONTRACT.operations[operation].sdk
        assert len(error.fingerprint) == 10


def _failure(act: Act) -> type[Exception]:
    """Return the cause of a delivery error."""
    if not isinstance(act, Reply):
        return act
    return act.error or BodyDecodeError


@EVERY_KIND
def test_passing_failure_costs_one_retry(face: str, operation: str, subtests: pytest.Subtests) -> None:
    sound, value = _sound(operation)
    for name, case in ROWS.items():
        stage = Stage(face, in_turn(case.act, sound))
        with subtests.test(name):
            if _is_repeated(case, operation):
                assert to_plain_json(_call(stage, operation)) == value
                assert stage.slept == WAITS[:1]
            else:
                _error(stage, operation)
                assert len(stage.line.requests) == 1


@EVERY_KIND
def test_what_is_sent_again_is_the_same_request(face: str, operation: str) -> None:
    stage = Stage(face, in_turn(httpx.ConnectError, reply("", 429), _sound(operation)[0]))
    _call(stage, operation, headers={"X-Trace": "1"})
    first, *others = [
        (request.method, request.url, request.headers.raw, request.content) for request in stage.line.requests
    ]
    assert others == [first, first]


@EVERY_KIND
def test_each_failure_is_judged_for_itself(face: str, operation: str) -> None:
    """Refused twice, then open: a call that may be charged stops there, and says what it saw last."""
    stage = Stage(face, in_turn(httpx.ConnectTimeout, reply("", 429), page(502), _sound(operation)[0]))
    if KINDS[operation]:
        _call(stage, operation)
        return
    error = _error(stage, operation)
    assert isinstance(error, OutcomeUnknownError)
    assert error.response is not None
    assert error.response.status_code == 502
    assert error.fingerprint in str(error)
    assert len(stage.line.requests) == 3


@pytest.mark.parametrize(("retries", "sent"), [(0, 1), (1, 2), (2, 3), (6, 7), (RetryPolicy(attempts=3), 3)])
def test_a_call_a_client_and_a_derived_client_say_how_often(face: str, retries: int | RetryPolicy, sent: int) -> None:
    stage = Stage(face, lambda _: httpx.ConnectError, retries=retries)
    _error(stage, "createPersona")
    assert len(stage.line.requests) == sent
    stage = Stage(face, lambda _: httpx.ConnectError)
    _error(stage, "createPersona", retries=retries)
    assert len(stage.line.requests) == sent
    derived = stage.client.with_options(retries=retries)
    _error(stage, "createPersona", derived)
    assert len(stage.line.requests) == 2 * sent


def test_the_nearest_word_on_repeating_counts(face: str) -> None:
    """The call's before the derived client's before the client's."""
    stage = Stage(face, lambda _: httpx.ConnectError, retries=5)
    derived = stage.client.with_options(retries=2)
    counts: list[int] = []
    for client, options in ((stage.client, {}), (derived, {}), (derived, {"retries": 0}), (stage.client, {})):
        before = len(stage.line.requests)
        _error(stage, "fetchTask", client, **options)
        counts.append(len(stage.line.requests) - before)
    assert counts == [6, 3, 1, 6]


def test_no_policy_makes_a_paid_call_go_out_twice(face: str) -> None:
    policy = RetryPolicy(attempts=100, budget=1e9, max_retry_after=1e9)
    stage = Stage(face, lambda _: httpx.ReadTimeout, retries=policy)
    assert isinstance(_error(stage, "createPersona", retries=policy), OutcomeUnknownError)
    assert len(stage.line.requests) == 1


@pytest.mark.parametrize("retries", [-1, True, 1.5, "2"], ids=repr)
def test_bad_retry_count_is_refused_at_once(face: str, retries: Any) -> None:
    stage = Stage(face, in_turn())
    assert isinstance(_error(stage, "createPersona", retries=retries), ConfigurationError)
    with pytest.raises(ConfigurationError):
        stage.client.with_options(retries=retries)
    with pytest.raises(ConfigurationError):
        Stage(face, in_turn(), retries=retries)


@EVERY_KIND
@pytest.mark.parametrize(
    ("asked", "waited"),
    [("7", 7.0), ("0", 0.0), ("30", 30.0), (formatdate(WALL + 12, usegmt=True), 12.0), ("soon", 0.25)],
)
def test_retry_after_is_waited_for(face: str, operation: str, asked: str, waited: float) -> None:
    sound, value = _sound(operation)
    stage = Stage(face, in_turn(reply("", 429, Retry_After=asked), sound))
    assert to_plain_json(_call(stage, operation)) == value
    assert stage.slept == [waited]


@pytest.mark.parametrize("asked", ["31", "86400", "9" * 60, formatdate(WALL + 3600, usegmt=True)])
def test_a_longer_retry_after_is_not_waited_for(face: str, asked: str) -> None:
    stage = Stage(face, lambda _: reply("", 429, Retry_After=asked))
    error = _error(stage, "createPersona")
    assert type(error) is RateLimitError
    assert error.response.headers["Retry-After"] == asked
    assert (len(stage.line.requests), stage.slept) == (1, [])
    patient = RetryPolicy(max_retry_after=1e9, budget=1e10)
    _error(stage, "createPersona", retries=patient)
    assert len(stage.line.requests) == 5


def test_retry_after_is_kept_by_reads(face: str) -> None:
    sound, value = _sound("fetchTask")
    stage = Stage(face, in_turn(reply("", 502, Retry_After="9"), sound))
    assert to_plain_json(_call(stage, "fetchTask")) == value
    assert stage.slept == [9.0]


def test_nothing_is_sent_when_the_budget_is_used_up(face: str) -> None:
    """25 s each: sent at 0, 25.25 and 50.75; the next would go out after 60 s."""
    stage = Stage(face, lambda _: reply("", 429), takes=25.0)
    _error(stage, "createPersona")
    assert stage.line.times == [0.0, 25.25, 50.75]


def test_message_counts_attempts_and_charges(face: str) -> None:
    stage = Stage(face, lambda _: httpx.ConnectError)
    assert "tried 4 times. Nothing was sent or charged." in str(_error(stage, "createPersona"))
    assert "tried once" in str(_error(stage, "createPersona", retries=0))
    assert "The call may have been done and charged; it is not sent again" in str(
        _error(Stage(face, lambda _: httpx.ReadError), "createPersona")
    )


def test_undocumented_call_counts_as_paid(face: str) -> None:
    stage = Stage(face, lambda _: httpx.ReadTimeout)
    with pytest.raises(OutcomeUnknownError, match="request GET"):
        stage.run(stage.client.request("GET", "/suno/act/midi/1"))
    assert len(stage.line.requests) == 1


def test_a_raw_answer_is_repeated_for_in_the_same_way(face: str) -> None:
    sound, value = _sound("fetchTask")
    stage = Stage(face, in_turn(page(502), reply("", 429), sound))
    answer = stage.run(stage.client.tasks.with_raw_response.get("id"))
    assert answer.response.content == sound.content
    assert json.loads(answer.response.content)["data"] == value
    assert len(stage.line.requests) == 3


def test_a_cancelled_call_is_not_sent_again() -> None:
    stage = Stage("async", lambda _: httpx.ConnectError)
    client = stage.client
    assert isinstance(client, AsyncSunoClient)

    async def cancelled() -> None:
        call = asyncio.create_task(client.tasks.get("id"))
        await asyncio.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(60)

    stage.drive(cancelled())
    assert len(stage.line.requests) == 1
