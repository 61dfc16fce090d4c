"""What does the client do outside the contract?"""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import httpx
import pytest
from cometapi_suno import (
    AsyncClock,
    EnvelopeError,
    NotDeliveredError,
    ResponseDecodeError,
    ResponseError,
    SunoError,
    SyncClock,
    Timeout,
)
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import join_pointer

from contract_tests.suite.support.error_invariants import (
    check_delivery_error,
    check_error,
    check_response_error,
    pickle_round_trip,
)
from contract_tests.suite.support.expected_results import (
    contract_allows,
    expected_error_body,
    expected_error_class,
    expected_value,
    is_model,
    json_reply,
    leaves_outcome_open,
    read_attribute,
    response_error,
    sound_reply,
    success_alternatives,
    success_contents,
    success_examples,
    to_plain_json,
    value_at,
)
from contract_tests.suite.support.fake_transport import CLIENT_KINDS, SERVER, ClientDriver, Reply
from contract_tests.suite.support.faulty_server import CONNECTION_FAULTS, FaultyServer, refused_url, serve_faulty
from contract_tests.suite.support.loaded_spec import ANSWERING_JSON, CALLS, CONTRACT
from contract_tests.suite.support.response_faults import (
    FAILED,
    FAULTS,
    MAX_RESPONSE_BYTES,
    PAGE,
    REFUSALS,
    REFUSED,
    Answer,
    Fault,
    NoResponse,
    Raises,
    Returns,
    expected_send_counts,
    find_faults,
    page,
    raises_error,
    reply,
)
from contract_tests.suite.support.schema_walk import (
    ABSENT,
    KINDS,
    Place,
    member_places,
    same_json,
    with_changes,
    with_extra_members,
)
from contract_tests.suite.support.secret_leaks import KEY, find_leaks, render_error, render_object

T = TypeVar("T")

Checked = Callable[[int], None]

OTHER_VALUES: tuple[Any, ...] = (7, "text", True, [], {}, 0.5)


@pytest.fixture(scope="module", params=CLIENT_KINDS)
def face(request: pytest.FixtureRequest) -> Iterator[ClientDriver]:
    """Either client over a fake transport."""
    with ClientDriver(request.param, max_response_bytes=MAX_RESPONSE_BYTES) as face:
        yield face


@pytest.fixture
def described(operation: str) -> OperationContract:
    """Return the contract of the operation."""
    return CONTRACT.operations[operation]


def _read(face: ClientDriver, described: OperationContract, answer: Answer) -> Any:
    return face.call(CALLS.examples(described.id)[0], answer)


def _error(face: ClientDriver, described: OperationContract, answer: Answer) -> SunoError:
    with pytest.raises(SunoError) as raised:
        _read(face, described, answer)
    return raised.value


def _answered(face: ClientDriver, described: OperationContract, answer: Reply) -> ResponseError:
    """Return the `ResponseError` of an answer, checked to hold all of it."""
    error = _error(face, described, answer)
    assert isinstance(error, ResponseError) is not leaves_outcome_open(
        described, answer.status, expected_error_body(answer)
    )
    return check_response_error(response_error(error), described, answer)


def test_each_fault_has_one_outcome(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for fault in _take_half(find_faults(described), described, face):
        try:
            _meet(described, fault, face)
        except BaseException as error:
            error.add_note(f"fault: {fault.name}")  # a subtest for each costs a tenth of the suite
            raise
        checked(1)


def _meet(described: OperationContract, fault: Fault, face: ClientDriver) -> None:
    sound = sound_reply(described).content
    answer, outcome = fault.apply(sound), fault.outcome
    face.wire.requests.clear()
    if isinstance(outcome, Returns):
        result = to_plain_json(_read(face, described, answer))
        assert same_json(result, expected_value(described, json.loads(sound)))
    elif not raises_error(described, fault, sound):
        assert isinstance(answer, Reply)
        assert same_json(to_plain_json(_read(face, described, answer)), json.loads(answer.content))
    elif isinstance(outcome, Raises) and "got" in outcome.says and contract_allows(described, answer):
        assert same_json(to_plain_json(_read(face, described, answer)), outcome.says["body"])
    else:
        error = _error(face, described, answer)
        if isinstance(outcome, NoResponse):
            check_delivery_error(error, described, sent=outcome.sent)
        else:
            assert isinstance(answer, Reply)
            assert type(check_response_error(response_error(error), described, answer)) is outcome.kind
            found = response_error(error)
            assert {name: getattr(found, name) for name in outcome.says} == outcome.says
            assert found.__cause__ is None
    assert [str(request.url)[: len(SERVER)] for request in face.wire.requests] == [SERVER]


def test_status_decides_error_class(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    """Each client asks each status with a sixth of the bodies; each operation starts with another one."""
    for place, status in enumerate((*REFUSED, *FAILED), start=_turn(described, face)):
        answers = [(json_reply(status, body), code, message) for body, code, message in REFUSALS.values()]
        answers += [
            (answer, None, None) for answer in (reply("", status, media=None), page(status), reply("no", status))
        ]
        for answer, code, message in answers[place % 6 :: 6]:
            error = _answered(face, described, answer)
            assert type(error) is expected_error_class(status, code)
            assert (error.code, error.body) == (code, expected_error_body(answer))
            assert message is None or error.message == message
            assert answer.content != PAGE.encode() or "Just a moment" in error.message
            checked(1)


def test_error_is_picklable_and_hides_key(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    """Each client gets a tenth of the errors for each operation; for all operations it gets all."""
    sound = sound_reply(described).content
    answers = [fault.apply(sound) for fault in find_faults(described) if raises_error(described, fault, sound)]
    answers += [page(status) for status in (*REFUSED, *FAILED)]
    for answer in answers[_turn(described, face) % 10 :: 10]:
        check_error(_error(face, described, answer), described)
        checked(1)


def _take_half(items: Iterable[T], described: OperationContract, face: ClientDriver) -> list[T]:
    """Return every second item. The other client gets the other half, and they swap with each operation."""
    return list(items)[_turn(described, face) % 2 :: 2]


def _turn(described: OperationContract, face: ClientDriver) -> int:
    """Return where a sample starts: elsewhere for each operation, and far apart for the two clients."""
    return list(CONTRACT.operations).index(described.id) + 5 * CLIENT_KINDS.index(face.kind)


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_only_safe_calls_are_resent(described: OperationContract, kind: str, checked: Checked) -> None:
    """A call that may have been charged is sent once; a refused or undelivered one is sent again."""

    def at_once(_: float) -> None:
        pass

    async def at_once_too(_: float) -> None:
        pass

    clock = AsyncClock(sleep=at_once_too) if kind == "async" else SyncClock(sleep=at_once)
    sound = sound_reply(described).content
    with ClientDriver(kind, clock=clock, retries=2, max_response_bytes=MAX_RESPONSE_BYTES) as face:
        for answer, times in _take_half(expected_send_counts(described, sound), described, face):
            face.wire.requests.clear()
            _error(face, described, answer)
            assert len(face.wire.requests) == times, answer
            assert len({request.read() for request in face.wire.requests}) == 1
            checked(1)


@pytest.fixture(scope="module")
def broken() -> Iterator[FaultyServer]:
    """A server on 127.0.0.1 whose connections break."""
    with serve_faulty() as server:
        yield server


@pytest.fixture(scope="module", params=CLIENT_KINDS)
def real_face(request: pytest.FixtureRequest, broken: FaultyServer) -> Iterator[ClientDriver]:
    """Either client over sockets to the faulty server."""
    with ClientDriver(request.param, http_client=None, base_url=broken.url) as face:
        yield face


def test_broken_connection_is_unknown_outcome(
    described: OperationContract,
    real_face: ClientDriver,
    broken: FaultyServer,
    *,
    caplog: pytest.LogCaptureFixture,
    checked: Checked,
    subtests: pytest.Subtests,
) -> None:
    for how, manner in _take_half(CONNECTION_FAULTS.items(), described, real_face):
        broken.manner = manner
        patience = Timeout(read=0.03 if manner.waits else 5)
        with subtests.test(how), caplog.at_level(logging.DEBUG):
            with pytest.raises(SunoError) as raised:
                real_face.call(CALLS.examples(described.id)[0], timeout=patience)
            check_delivery_error(raised.value, described, sent=True)
            check_error(raised.value, described)
            assert find_leaks(broken.requests.get(timeout=5)) != []
            assert broken.requests.empty()
            assert find_leaks(caplog.text) == []
        checked(1)


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_refused_connection_is_not_delivered(described: OperationContract, kind: str) -> None:
    with ClientDriver(kind, http_client=None, base_url=refused_url()) as face, pytest.raises(SunoError) as raised:
        face.call(CALLS.examples(described.id)[0])
    check_delivery_error(raised.value, described, sent=False)
    check_error(raised.value, described)


def test_injected_client_follows_no_redirect(described: OperationContract, face: ClientDriver) -> None:
    """Redirects, cookies and exceptions (which carry the request) of the injected client have no effect."""
    kind = httpx.AsyncClient if face.kind == "async" else httpx.Client
    injected: Any = kind(transport=face.wire, follow_redirects=True, cookies={"visited": "1"})
    with ClientDriver(face.kind, http_client=injected) as other:
        for name in ("301 to https://elsewhere.example/suno", "308 to /suno/other/", "ConnectError", "ReadTimeout"):
            face.wire.requests.clear()
            face.wire.reply = FAULTS[name].apply(b"{}")
            with pytest.raises(SunoError) as raised:
                other.call(CALLS.examples(described.id)[0])
            check_error(raised.value, described)
            assert len(face.wire.requests) == 1
            assert "cookie" not in face.wire.requests[0].headers


def test_same_request_same_fingerprint(described: OperationContract, face: ClientDriver) -> None:
    calls = CALLS.examples(described.id)
    found: list[str] = []
    for call in (*calls, *calls):
        with pytest.raises(NotDeliveredError) as raised:
            face.call(call, httpx.ConnectError)
        found.append(raised.value.fingerprint)
    assert found[: len(calls)] == found[len(calls) :]
    assert len(set(found)) == len(calls)


def _places(described: OperationContract) -> Iterator[tuple[int, Any, Place]]:
    """Yield each described member that the examples reach, once."""
    seen: set[tuple[object, ...]] = set()
    for status, content in success_contents(described):
        assert content.schema is not None
        for body in content.examples.values():
            for place in member_places(content.schema, body):
                where = (place.schema.pointer, *(0 if isinstance(step, int) else step for step in place.steps))
                if where not in seen:
                    seen.add(where)
                    yield status, body, place


def _judge_member(face: ClientDriver, described: OperationContract, answer: Reply, place: Place, got: str) -> None:
    """Check a body with one changed member: kept where possible, else an error with its pointer."""
    body = expected_error_body(answer)
    if not place.required or contract_allows(described, answer):
        assert same_json(to_plain_json(_read(face, described, answer)), expected_value(described, body)), place.pointer
        return
    error = _answered(face, described, answer)
    assert same_json(error.body, body)
    if is_object(body) and body.get("code", "success") != "success":
        assert type(error) is EnvelopeError, place.pointer
        return
    assert isinstance(error, ResponseDecodeError), place.pointer
    # Without what tells alternatives apart, the error may speak of any of them.
    lacking = {
        join_pointer("", name) for each in success_alternatives(described) for name in each.source.get("required", ())
    }
    assert error.pointer == place.pointer or (place.pointer in lacking and error.pointer in lacking)
    assert error.got == got or error.pointer != place.pointer
    assert error.expected
    assert error.pointer in str(error)


def test_missing_member_is_kept_or_reported(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for status, body, place in _take_half(_places(described), described, face):
        answer = json_reply(status, with_changes(body, (place.steps, ABSENT)))
        _judge_member(face, described, answer, place, "nothing")
        checked(1)


def test_null_member_is_kept_or_reported(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for status, body, place in _take_half(_places(described), described, face):
        _judge_member(face, described, json_reply(status, with_changes(body, (place.steps, None))), place, "null")
        checked(1)


def test_wrong_type_is_kept_or_reported(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for status, body, place in _take_half(_places(described), described, face):
        wrong = [each for each in OTHER_VALUES if KINDS[type(each)] not in place.kinds and not place.allows(each)]
        for value in wrong if place.required else wrong[:1]:
            answer = json_reply(status, with_changes(body, (place.steps, value)))
            _judge_member(face, described, answer, place, KINDS[type(value)])
            checked(1)


def test_absent_optional_member_is_none(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for status, body, place in _places(described):
        inside = place.steps if expected_value(described, body) is body else place.steps[1:]
        owner = value_at(_read(face, described, json_reply(status, body)), inside[:-1]) if inside else None
        if is_model(owner) and not place.present:
            assert read_attribute(owner, str(place.steps[-1])) is None, place.pointer
        checked(1)


def test_new_member_is_kept(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    for status, body in success_examples(described):
        for new in ("text", 7, None, [1], {"nested": {"deeper": None}}):
            other = with_extra_members(body, {"quite new": new})
            assert same_json(
                to_plain_json(_read(face, described, json_reply(status, other))), expected_value(described, other)
            )
            checked(1)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_any_json_is_kept_whole(described: OperationContract, face: ClientDriver, checked: Checked) -> None:
    """The example bodies of all operations are sent as answers to each operation."""
    for each in CONTRACT.operations.values():
        for _, body in success_examples(each):
            value = _value_or_error(face, described, json_reply(200, body))
            if isinstance(value, ResponseError):
                assert same_json(value.body, body)
            else:
                assert same_json(to_plain_json(value), expected_value(described, body))
            checked(1)


def _value_or_error(face: ClientDriver, described: OperationContract, answer: Reply) -> Any:
    try:
        return _read(face, described, answer)
    except ResponseError as error:
        return check_response_error(error, described, answer)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_deep_json_is_kept_whole(
    described: OperationContract, face: ClientDriver, checked: Checked, subtests: pytest.Subtests
) -> None:
    status, body = next(success_examples(described))
    for depth in (100, 300, 600, 900, 10_000):
        deep = '{"of":' * depth + "1" + "}" * depth
        with subtests.test(f"{depth} levels"):
            _value_or_error(face, described, reply(json.dumps(body)[:-1] + f', "deep": {deep}}}', status))
        checked(1)


def test_leak_search_finds_every_form() -> None:
    header = f"Bearer {KEY}"
    parts = [b64encode(header[start:].encode()).decode() for start in range(len("Bearer "))]
    for shown in (header, quote(header), quote_plus(header), *parts):
        assert find_leaks("nothing", shown) != []


@pytest.mark.parametrize("kind", CLIENT_KINDS)
def test_client_shows_no_key(kind: str) -> None:
    with ClientDriver(kind) as face:
        client: Any = face.client
        resources = [
            getattr(client, name.partition(".")[0]) for name in {each.sdk for each in CONTRACT.operations.values()}
        ]
        for each in (client, client.with_options(timeout=1), *resources):
            assert find_leaks(*render_object(each)) == []
        with pytest.raises(TypeError) as refused:
            pickle_round_trip(client)
        assert find_leaks(*render_error(refused.value)) == []


def test_clients_share_no_state(described: OperationContract, face: ClientDriver) -> None:
    """Nor do two calls: what was said of one is not said of the next."""
    call, answer = CALLS.examples(described.id)[0], sound_reply(described)
    with ClientDriver(
        face.kind, api_key="another-key", access_token="another-key", base_url="https://another.example/prefix"
    ) as other:
        face.wire.requests.clear()
        face.call(call, answer, headers={"X-Trace": "1"}, timeout=1)
        other.call(call, answer)
        face.call(call, answer)
    first, third = face.wire.requests
    [second] = other.wire.requests
    assert (second.url.host, second.headers["authorization"]) == ("another.example", "Bearer another-key")
    assert find_leaks(repr(second.headers.raw)) == []
    assert (third.url.host, third.headers["authorization"]) == (first.url.host, f"Bearer {KEY}")
    assert "x-trace" not in {*second.headers, *third.headers}
    assert third.extensions["timeout"] == second.extensions["timeout"] != first.extensions["timeout"]
