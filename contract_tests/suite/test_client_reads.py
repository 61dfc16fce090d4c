"""Does the client read everything the contract allows?"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from attrs import evolve
from cometapi_suno import EnvelopeError, OutcomeUnknownError, ResponseDecodeError, ResponseError, SunoError
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.operation_contract import MediaTypeContract

from contract_tests.suite.support import bodies
from contract_tests.suite.support.expected_results import (
    REQUEST_ID_HEADER,
    expected_error_body,
    expected_error_class,
    expected_result,
    expected_value,
    find_models,
    is_result,
    json_reply,
    leaves_outcome_open,
    read_code_and_message,
    response_error,
    success_alternatives,
    success_contents,
    success_examples,
    to_plain_json,
    unwrapped_member,
    value_at,
)
from contract_tests.suite.support.fake_transport import CLIENT_KINDS, ClientDriver, Reply
from contract_tests.suite.support.loaded_spec import ANSWERING_JSON, CALLS, CONTRACT, DESCRIPTION
from contract_tests.suite.support.schema_walk import (
    member_places,
    reachable_schemas,
    same_json,
    with_changes,
    with_extra_members,
)

Checked = Callable[[int], None]

UNHEARD_OF = "never heard of"
# Names that Python looks up on an object, in addition to those of every object.
HOOKS = (
    "__await__",
    "__bool__",
    "__copy__",
    "__deepcopy__",
    "__fspath__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getstate__",
    "__iter__",
    "__setstate__",
)


@pytest.fixture(scope="module", params=CLIENT_KINDS)
def face(request: pytest.FixtureRequest) -> Iterator[ClientDriver]:
    """Either client over a fake transport."""
    with ClientDriver(request.param) as face:
        yield face


@pytest.fixture(scope="module")
def clients() -> Iterator[Sequence[ClientDriver]]:
    """Both clients, for a test that generates its values: that costs more than reading them twice."""
    with ClientDriver("sync") as sync_client, ClientDriver("async") as async_client:
        yield sync_client, async_client


def _read(face: ClientDriver, operation: str, reply: Reply) -> Any:
    return face.call(CALLS.examples(operation)[0], reply)


def _error(face: ClientDriver, operation: str, reply: Reply) -> ResponseError:
    """Return the `ResponseError` of an answer, unwrapped from an `OutcomeUnknownError`."""
    with pytest.raises(SunoError) as raised:
        _read(face, operation, reply)
    left_open = leaves_outcome_open(CONTRACT.operations[operation], reply.status, expected_error_body(reply))
    assert isinstance(raised.value, OutcomeUnknownError if left_open else ResponseError)
    error = response_error(raised.value)
    assert same_json(error.body, expected_error_body(reply))
    assert (error.response.status_code, error.response.content) == (reply.status, reply.content)
    return error


def _generated(operation: str, count: int = 4) -> Iterator[tuple[int, Any]]:
    for status, content in success_contents(CONTRACT.operations[operation]):
        assert content.schema is not None
        yield from ((status, body) for body in bodies.answers(content.schema.pointer, count))


def _failures(operation: str) -> Iterator[tuple[int, MediaTypeContract]]:
    for status, answer in CONTRACT.operations[operation].answers.items():
        yield from ((status, content) for content in answer.content.values() if status // 100 != 2)


def _error_replies(operation: str) -> Iterator[Reply]:
    """Yield each described error, from its examples."""
    for status, content in _failures(operation):
        assert content.examples, f"{operation}: {status} has no example"
        for value in content.examples.values():
            text = json.dumps(value) if content.carries_json else value
            yield Reply(status, text.encode(), {"Content-Type": content.media})
    for status, answer in CONTRACT.operations[operation].answers.items():
        if answer.may_be_empty:
            yield Reply(status, b"", {})


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_allowed_answer_is_read_losslessly(operation: str, clients: Sequence[ClientDriver], checked: Checked) -> None:
    made = list(_generated(operation))
    assert made
    for status, body in made:
        _check_lossless(operation, clients, status, body)
    checked(len(clients) * len(made))


@pytest.mark.parametrize("operation", ANSWERING_JSON)
@pytest.mark.slow
@pytest.mark.parametrize("face", ["sync"], indirect=True)
def test_many_allowed_answers_are_lossless(operation: str, face: ClientDriver) -> None:
    """Both clients read with the same decoder, and both read some answers in `make test`: one client is enough here."""
    made = list(_generated(operation, 40))
    assert made
    for status, body in made:
        _check_lossless(operation, [face], status, body)


def _check_lossless(operation: str, clients: Sequence[ClientDriver], status: int, body: Any) -> None:
    described, reply = CONTRACT.operations[operation], json_reply(status, body)
    [media] = described.answers[status].content
    assert described.check_response(status=status, content_type=media, body=reply.content) == []
    expected = expected_value(described, body)
    for client in clients:
        assert same_json(to_plain_json(_read(client, operation, reply)), expected)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_huge_integer_is_read_losslessly(
    operation: str, face: ClientDriver, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the standard parser; with the `speed` extra such an integer is a float, as the README says."""
    monkeypatch.setattr("cometapi_suno._json_parser._parse", json.loads)
    described = CONTRACT.operations[operation]
    made = [(status, with_extra_members(body, {"integer": 2**64})) for status, body in success_examples(described)]
    for status, content in success_contents(described):
        assert content.schema is not None
        made += [(status, body) for body in bodies.far_answers(content.schema.pointer)]
    for status, body in made:
        assert same_json(
            to_plain_json(_read(face, operation, json_reply(status, body))), expected_value(described, body)
        )
        checked(1)


def test_sample_covers_edge_cases() -> None:
    """Unknown fields, absent and null ones, text beyond the basic plane, and numbers beyond all integers."""
    found: set[str] = set()
    for operation in CONTRACT.operations.values():
        for _, content in success_contents(operation):
            assert content.schema is not None
            for body in bodies.answers(content.schema.pointer)[::3]:
                described = list(member_places(content.schema, body))
                found |= {"absent" for place in described if not place.present}
                found |= {"null" for place in described if place.present and value_at(body, place.steps) is None}
                names = body if is_object(body) else ()
                found |= {"unknown" for name in names if (name,) not in {place.steps for place in described}}
                found |= set(_oddities(body))
    assert found == {"absent", "null", "unknown", "text", "number"}


def _oddities(value: Any) -> Iterator[str]:
    if is_object(value):
        for name, member in value.items():
            yield from (*_oddities(name), *_oddities(member))
    elif is_array(value):
        for item in value:
            yield from _oddities(item)
    elif isinstance(value, str) and any(character > "\uffff" for character in value):
        yield "text"
    elif isinstance(value, float) and abs(value) > 2**64:
        yield "number"


def test_documented_answer_is_unchanged(operation: str, face: ClientDriver, checked: Checked) -> None:
    """Text and bytes are, whatever they say."""
    described = CONTRACT.operations[operation]
    for content in described.answers[described.success].content.values():
        shown = [json.dumps(each) if content.carries_json else each for each in content.examples.values()]
        others = [] if content.carries_json else ["", "\u00e4\U0001f600", '{"error": {"message": "no"}}']
        for text in (*shown, *others):
            answer = Reply(described.success, text.encode(), {"Content-Type": content.media})
            result = to_plain_json(_read(face, operation, answer))
            assert repr(result) == repr(expected_result(described, answer.content))
            checked(1)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_field_of_other_model_is_unknown_here(operation: str, face: ClientDriver, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in success_examples(described):
        for name in sorted(_names_of_bodies()) if is_object(body) else ():
            other = {name: "text", **body}
            reply = json_reply(status, other)
            [media] = described.answers[status].content
            if not described.check_response(status=status, content_type=media, body=reply.content):
                assert same_json(to_plain_json(_read(face, operation, reply)), expected_value(described, other)), name
                checked(1)


def _names_of_bodies() -> set[str]:
    """The members that the bodies of all operations have at their top, and the error bodies anywhere."""
    shapes = [each for operation in CONTRACT.operations.values() for each in success_alternatives(operation)]
    for operation in CONTRACT.operations:
        schemas = {content.schema.pointer: content.schema for _, content in _failures(operation) if content.schema}
        shapes += [each for schema in schemas.values() for each in reachable_schemas(schema)]
    return {name for shape in shapes for name in shape.source.get("properties", {})}


def test_documented_error_raises_its_class(operation: str, face: ClientDriver, checked: Checked) -> None:
    for reply in _error_replies(operation):
        code, message = read_code_and_message(expected_error_body(reply))
        error = _error(face, operation, reply)
        assert type(error) is expected_error_class(reply.status, code, message)
        assert (error.status_code, error.code) == (reply.status, code)
        assert error.message == message if message else error.message
        assert error.request_id == ((message or "").partition("(request id: ")[2].rstrip(")") or None)
        checked(1)


def test_error_has_request_id_of_header(operation: str, face: ClientDriver, checked: Checked) -> None:
    for reply in _error_replies(operation):
        error = _error(face, operation, evolve(reply, headers={**reply.headers, REQUEST_ID_HEADER: "20260205-1"}))
        assert error.request_id == "20260205-1"
        assert error.request_id in str(error)
        checked(1)


def test_allowed_error_body_is_reported(operation: str, face: ClientDriver, checked: Checked) -> None:
    failures = [(status, content) for status, content in _failures(operation) if content.carries_json]
    for turn, (status, content) in enumerate(failures):
        assert content.schema is not None
        for body in bodies.answers(content.schema.pointer)[turn :: len(failures)]:
            error = _error(face, operation, json_reply(status, body))
            code, message = read_code_and_message(body)
            assert type(error) is expected_error_class(status, code, message)
            assert (error.status_code, error.code) == (status, code)
            assert error.message == message if message else error.message
            checked(1)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_error_body_with_200_is_error(operation: str, face: ClientDriver, checked: Checked) -> None:
    for status, _ in success_contents(CONTRACT.operations[operation]):
        for reply in (each for each in _error_replies(operation) if "json" in each.headers.get("Content-Type", "")):
            code, message = read_code_and_message(expected_error_body(reply))
            if is_result(CONTRACT.operations[operation], reply.content):
                assert same_json(
                    to_plain_json(_read(face, operation, evolve(reply, status=status))), json.loads(reply.content)
                )
                continue
            error = _error(face, operation, evolve(reply, status=status))
            assert type(error) is expected_error_class(status, code, message)
            assert (error.status_code, error.code, error.message) == (status, code, message or error.message)
            checked(1)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_allowed_error_is_never_success(operation: str, face: ClientDriver, checked: Checked) -> None:
    """A body without a message may not fit either; it is on the error all the same."""
    schemas = [content.schema for _, content in _failures(operation) if content.carries_json]
    for pointer in sorted({schema.pointer for schema in schemas if schema is not None}):
        for body in bodies.answers(pointer):
            reply = json_reply(CONTRACT.operations[operation].success, body)
            if is_result(CONTRACT.operations[operation], reply.content):
                assert same_json(to_plain_json(_read(face, operation, reply)), body)
            else:
                assert type(_error(face, operation, reply)) in (EnvelopeError, ResponseDecodeError)
            checked(1)


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_open_enum_keeps_new_value(operation: str, face: ClientDriver, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    seen: set[str] = set()
    wanted: set[str] = set()
    for _, content in success_contents(described):
        assert content.schema is not None
        wanted |= {each.pointer for each in reachable_schemas(content.schema) if "x-extensible-enum" in each.source}
        for status, body in (*success_examples(described), *_generated(operation)):
            for place in member_places(content.schema, body) if seen != wanted else ():
                if "x-extensible-enum" in place.schema.source and place.present and place.schema.pointer not in seen:
                    seen.add(place.schema.pointer)
                    for value in (UNHEARD_OF, *place.schema.source["x-extensible-enum"]):
                        other = with_changes(body, (place.steps, value))
                        result = _read(face, operation, json_reply(status, other))
                        inside = place.steps[1:] if place.steps[0] == unwrapped_member(described) else place.steps
                        member = value_at(result, inside)
                        assert member == value
                        assert issubclass(type(member), str)
                        assert member.is_known is (value != UNHEARD_OF)
                        assert type(member).__name__ == place.schema.pointer.rpartition("/")[2]
                        assert same_json(to_plain_json(result), expected_value(described, other))
                        checked(1)
    assert seen == wanted


@pytest.mark.parametrize("operation", ANSWERING_JSON)
def test_fields_named_like_methods_are_data(operation: str, face: ClientDriver, checked: Checked) -> None:
    """Each name holds a number, null or an object in turn; each operation starts with another one."""
    described = CONTRACT.operations[operation]
    turn = list(CONTRACT.operations).index(operation)
    for status, body in success_examples(described):
        result = _read(face, operation, json_reply(status, body))
        models = find_models(result)
        names = {name for model in models for name in dir(model)} - _described_names()
        values = (1, None, {"id": "nested"})
        extra = {name: values[place % 3] for place, name in enumerate((*sorted(names), *HOOKS), start=turn)}
        other = with_extra_members(body, extra)
        one, two = (_read(face, operation, json_reply(status, other)) for _ in range(2))
        assert same_json(to_plain_json(one), expected_value(described, other))
        for twin in (two, _pickled(one), copy.copy(one), copy.deepcopy(one)):
            assert type(twin) is type(one)
            assert twin == one
            assert same_json(to_plain_json(twin), to_plain_json(one))
        assert repr(one) == repr(two)
        assert all(type(model).__name__ in repr(one) for model in models)
        assert not models or one != result
        checked(len(extra))


def _described_names() -> set[str]:
    schemas: dict[str, Any] = DESCRIPTION["components"]["schemas"]
    return {name for schema in schemas.values() for name in schema.get("properties", {})}


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))
