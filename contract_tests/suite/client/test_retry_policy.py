"""What is sent again, and when: the rules alone, without a clock and without a wire."""

from __future__ import annotations

import inspect
import json
import math
import time
from email.utils import formatdate
from itertools import product
from typing import Any

import pytest
from cometapi_suno import Billing, Call, ConfigurationError, Effect, Headers, Operation, Response, RetryPolicy
from cometapi_suno._retry import Outcome, classify_response, may_retry, next_delay, parse_retries, parse_retry_after
from hypothesis import given, settings
from hypothesis import strategies as st

NO_CHANNEL = "No available channel for model suno_music under group default (request id: 20261122)"
EVERY_RUN_ALIKE = settings(deadline=None, derandomize=True, max_examples=50)

PAGE = "<html><title>Bad gateway</title></html>"
ANY_BODY: tuple[object, ...] = (
    None,
    "",
    PAGE,
    {"error": {"code": "x", "message": "no"}},
    {"code": "x", "message": "no"},
    [],
    7,
)


def _response(status: int, body: object = None, **headers: str) -> Response:
    text = body if isinstance(body, str) else "" if body is None else json.dumps(body)
    return Response(
        status, Headers([(name.encode(), value.encode("latin-1")) for name, value in headers.items()]), text.encode()
    )


def _error(code: object, message: str = "no") -> dict[str, object]:
    return {"error": {"message": message, "type": "comet_api_error", "param": "", "code": code}}


def _task_error(code: object, message: str = "no") -> dict[str, object]:
    return {"code": code, "message": message, "data": None}


# CometAPI's error page: 429, 500, 503, 504 and 524 are passing, but a 500 whose code is `invalid_request` is a bad
# request. The gateway's source: rate limiting and the choice of a channel come before any work.
@pytest.mark.parametrize("body", ANY_BODY, ids=repr)
def test_429_is_refused_whatever_its_body(body: object) -> None:
    assert classify_response(_response(429, body)) is Outcome.REFUSED


@pytest.mark.parametrize(
    "body",
    [
        _error("model_not_found"),
        _task_error("model_not_found"),
        _error(None, NO_CHANNEL),
        _error("", NO_CHANNEL.lower()),
        _task_error("get_channel_failed", NO_CHANNEL),
    ],
    ids=repr,
)
def test_503_without_a_channel_is_refused(body: object) -> None:
    assert classify_response(_response(503, body)) is Outcome.REFUSED


@pytest.mark.parametrize("body", ANY_BODY, ids=repr)
def test_any_other_503_leaves_the_outcome_open(body: object) -> None:
    assert classify_response(_response(503, body)) is Outcome.UNKNOWN


@pytest.mark.parametrize("body", [_error("invalid_request"), _task_error("invalid_request")], ids=repr)
def test_500_is_final_when_it_calls_the_request_invalid(body: object) -> None:
    assert classify_response(_response(500, body)) is Outcome.FINAL
    assert classify_response(_response(502, body)) is Outcome.UNKNOWN


@pytest.mark.parametrize("status", [500, 501, 502, 504, 507, *range(520, 531), 599])
def test_another_5xx_leaves_the_outcome_open(status: int) -> None:
    assert {classify_response(_response(status, body)) for body in ANY_BODY} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("status", [408, 425])
def test_what_asks_to_be_sent_again_leaves_the_outcome_open(status: int) -> None:
    assert {classify_response(_response(status, body)) for body in ANY_BODY} == {Outcome.UNKNOWN}


@pytest.mark.parametrize("status", [101, 303, 409, 499])
def test_possibly_done_paid_call_is_unknown(status: int) -> None:
    """303 points to the result of the call, 409 may mean that an earlier one was done, 499 that a proxy gave up."""
    for body in ANY_BODY:
        assert classify_response(_response(status, body), charged=True) is Outcome.UNKNOWN
        assert classify_response(_response(status, body), charged=False) is Outcome.FINAL


def test_any_other_answer_is_final(subtests: pytest.Subtests) -> None:
    for status in (200, 204, *(set(range(300, 309)) - {303}), *(set(range(400, 499)) - {408, 409, 425, 429})):
        with subtests.test(str(status)):
            for charged in (True, False):
                found = {classify_response(_response(status, body), charged=charged) for body in ANY_BODY}
                assert found == {Outcome.FINAL}


@pytest.mark.parametrize("billing", Billing)
@pytest.mark.parametrize("effect", Effect)
def test_only_a_free_read_is_repeated_when_its_outcome_is_open(billing: Billing, effect: Effect) -> None:
    operation: Operation[Any] = Operation(
        name="things.do", method="POST", path="/do", billing=billing, effect=effect, decode=str
    )
    assert may_retry(operation, Outcome.NEVER_DELIVERED)
    assert may_retry(operation, Outcome.REFUSED)
    assert not may_retry(operation, Outcome.FINAL)
    assert may_retry(operation, Outcome.UNKNOWN) is (billing is Billing.FREE and effect is Effect.READS)


def test_every_outcome_of_every_kind_of_call_is_decided() -> None:
    repeated = {
        (outcome, billing, effect)
        for outcome, billing, effect in product(Outcome, Billing, Effect)
        if may_retry(Operation(name="", method="", path="", billing=billing, effect=effect, decode=str), outcome)
    }
    kinds = len(Billing) * len(Effect)
    assert len(repeated) == 2 * kinds + 1


_SECONDS = st.floats(0, 1e6)
_POLICIES = st.builds(
    RetryPolicy,
    attempts=st.integers(1, 12),
    budget=_SECONDS,
    first_delay=_SECONDS,
    max_delay=_SECONDS,
    max_retry_after=_SECONDS,
)
_DRAWS = st.floats(0, 1, exclude_max=True)


@EVERY_RUN_ALIKE
@given(policy=_POLICIES, attempt=st.integers(1, 5000), elapsed=_SECONDS, hint=st.none() | _SECONDS, draw=_DRAWS)
def test_a_delay_keeps_within_every_bound(
    policy: RetryPolicy, attempt: int, elapsed: float, hint: float | None, draw: float
) -> None:
    delay = next_delay(policy, attempt=attempt, elapsed=elapsed, hint=hint, draw=draw)
    if delay is None:
        return
    assert attempt < policy.attempts
    assert elapsed + delay <= policy.budget
    if hint is None:
        assert 0 <= delay <= min(policy.max_delay, policy.first_delay * 2 ** (attempt - 1))
    else:
        assert delay == hint <= policy.max_retry_after


@EVERY_RUN_ALIKE
@given(policy=_POLICIES, attempt=st.integers(1, 12), hint=st.none() | _SECONDS, draw=_DRAWS)
def test_a_call_is_given_up_only_for_a_reason(
    policy: RetryPolicy, attempt: int, hint: float | None, draw: float
) -> None:
    delay = next_delay(policy, attempt=attempt, elapsed=0.0, hint=hint, draw=draw)
    spent = attempt >= policy.attempts
    too_long = hint is not None and hint > policy.max_retry_after
    over = policy.budget < (
        hint if hint is not None else min(policy.max_delay, policy.first_delay * 2 ** (attempt - 1))
    )
    assert delay is not None or spent or too_long or over


@EVERY_RUN_ALIKE
@given(policy=_POLICIES, draws=st.lists(_DRAWS, min_size=12, max_size=12), takes=st.floats(0, 100))
def test_policy_limits_attempts_and_time(policy: RetryPolicy, draws: list[float], takes: float) -> None:
    elapsed, sent = takes, 1
    for draw in draws:
        delay = next_delay(policy, attempt=sent, elapsed=elapsed, hint=None, draw=draw)
        if delay is None:
            break
        assert elapsed + delay <= policy.budget
        elapsed += delay + takes
        sent += 1
    assert sent <= policy.attempts


@pytest.mark.parametrize(
    ("attempt", "ceiling"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (5000, 8.0)]
)
@pytest.mark.parametrize("draw", [0.0, 0.25, 0.75])
def test_the_delay_is_drawn_from_the_whole_range_which_doubles(attempt: int, ceiling: float, draw: float) -> None:
    policy = RetryPolicy(attempts=10_000)
    assert next_delay(policy, attempt=attempt, elapsed=0, hint=None, draw=draw) == draw * ceiling


def test_extreme_policies_do_not_overflow() -> None:
    policy = RetryPolicy(attempts=10**9, budget=1e308, first_delay=1e308, max_delay=1e308, max_retry_after=1e308)
    delay = next_delay(policy, attempt=10**8, elapsed=0.0, hint=None, draw=0.9)
    assert delay is not None
    assert math.isfinite(delay)


NOW = 1_900_000_000.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("0120", 120.0),
        (formatdate(NOW + 90, usegmt=True), 90.0),
        (formatdate(NOW - 90, usegmt=True), 0.0),
        (formatdate(NOW + 90), 90.0),
    ],
)
def test_retry_after_is_read_as_seconds_and_as_a_date(value: str, seconds: float) -> None:
    assert parse_retry_after(_response(429, **{"Retry-After": value}), NOW) == seconds


@pytest.mark.parametrize(
    "value", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"]
)
@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_http_dates_are_utc(value: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 9110, 5.6.7; the number is 1994-11-06T08:49:37Z."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert parse_retry_after(_response(503, **{"Retry-After": value}), 784_111_777.0 - 30) == 30.0
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "value",
    ["", " ", "soon", "-1", "+5", "1.5", "1e3", "0x10", "٣", "²", "5 s", "5, 6", "Wed, 31 Feb 2030 00:00:00 GMT"],
)
def test_what_is_neither_seconds_nor_a_date_is_no_hint(value: str) -> None:
    response = Response(429, Headers([(b"Retry-After", value.encode())]), b"")
    assert parse_retry_after(response, NOW) is None
    assert parse_retry_after(_response(429), NOW) is None


def test_a_huge_number_of_seconds_is_still_a_number_and_too_long() -> None:
    hint = parse_retry_after(_response(429, **{"Retry-After": "9" * 400}), NOW)
    assert hint is not None
    assert 1e8 < hint < math.inf
    assert next_delay(RetryPolicy(), attempt=1, elapsed=0.0, hint=hint, draw=0.0) is None


@EVERY_RUN_ALIKE
@given(
    st.text(st.characters(max_codepoint=255))
    | st.from_regex(r"\A\w{3}, \d\d \w{3} \d{2,6} \d\d:\d\d:\d\d [+-]?\w{0,8}\Z")
)
def test_whatever_the_header_says_is_no_hint_or_a_time_to_come(value: str) -> None:
    hint = parse_retry_after(Response(429, Headers([(b"retry-after", value.encode("utf-8"))]), b""), NOW)
    assert hint is None or 0 <= hint < math.inf


@pytest.mark.parametrize("repetitions", [0, 1, 9])
def test_a_number_is_how_often_a_call_may_be_repeated(repetitions: int) -> None:
    assert parse_retries(repetitions) == RetryPolicy(attempts=repetitions + 1)
    assert parse_retries(policy := RetryPolicy(attempts=3)) is policy


@pytest.mark.parametrize("value", [-1, 1.5, True, "3", None, math.nan, [1]], ids=repr)
def test_what_is_no_number_of_repetitions_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="retries is"):
        parse_retries(value)


@pytest.mark.parametrize("name", inspect.signature(RetryPolicy).parameters)
@pytest.mark.parametrize("value", [-1, -0.1, math.nan, math.inf, "1", None, True], ids=repr)
def test_bad_policy_is_refused_by_field(name: str, value: Any) -> None:
    with pytest.raises(ConfigurationError, match=f"retries: {name} is"):
        RetryPolicy(**{name: value})


@pytest.mark.parametrize("attempts", [0, 2.5])
def test_attempts_are_a_positive_integer(attempts: Any) -> None:
    with pytest.raises(ConfigurationError, match="attempts"):
        RetryPolicy(attempts=attempts)


def test_fingerprint_identifies_the_request() -> None:
    operation: Operation[Any] = Operation(
        name="x", method="GET", path="/a", billing=Billing.FREE, effect=Effect.READS, decode=str
    )
    found = {Call(operation=operation, path=path).fingerprint for path in ("/a", "/b", "/a?x=1", "/a")}
    assert len(found) == 3
