"""Does the client read everything the contract allows?"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from attrs import evolve
from cometapi_suno import EnvelopeError, OutcomeUnknownError, ResponseDecodeError, ResponseError, SunoError
from cometapi_suno_mock.contract import Content
from cometapi_suno_mock.media import is_array, is_object

from contract_tests.suite.support import bodies
from contract_tests.suite.support.calls import CALLS
from contract_tests.suite.support.expected_results import (
    REQUEST_ID_HEADER,
    alternatives,
    at,
    body_of,
    examples,
    json_reply,
    kind_of,
    member_of,
    models_of,
    plain,
    promised,
    response_error,
    stays_open,
    successes,
    told,
)
from contract_tests.suite.support.fake_transport import FACES, Face, Reply
from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.support.schema_walk import changed, places, reachable, same, sprinkled

Checked = Callable[[int], None]

UNHEARD_OF = "never heard of"
# Names that Python itself looks up on an object, beside those that every object has.
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


@pytest.fixture(scope="module", params=FACES)
def face(request: pytest.FixtureRequest) -> Iterator[Face]:
    """Either client, over a wire that answers what the test says."""
    with Face(request.param) as face:
        yield face


def _read(face: Face, operation: str, reply: Reply) -> Any:
    return face.call(CALLS.examples(operation)[0], reply)


def _error(face: Face, operation: str, reply: Reply) -> ResponseError:
    """The error that tells of an answer. One that leaves the outcome of a paid call open is wrapped, and says so."""
    with pytest.raises(SunoError) as raised:
        _read(face, operation, reply)
    left_open = stays_open(CONTRACT.operations[operation], reply.status, body_of(reply))
    assert isinstance(raised.value, OutcomeUnknownError if left_open else ResponseError)
    error = response_error(raised.value)
    assert same(error.body, body_of(reply))
    assert (error.response.status_code, error.response.content) == (reply.status, reply.content)
    return error


def _generated(operation: str, count: int = 4) -> Iterator[tuple[int, Any]]:
    for status, content in successes(CONTRACT.operations[operation]):
        assert content.schema is not None
        yield from ((status, body) for body in bodies.answers(content.schema.pointer, count))


def _failures(operation: str) -> Iterator[tuple[int, Content]]:
    for status, answer in CONTRACT.operations[operation].answers.items():
        yield from ((status, content) for content in answer.content.values() if status // 100 != 2)


def _error_replies(operation: str) -> Iterator[Reply]:
    """Each described error, as its examples have it."""
    for status, content in _failures(operation):
        assert content.examples, f"{operation}: {status} has no example"
        for value in content.examples.values():
            text = json.dumps(value) if content.carries_json else value
            yield Reply(status, text.encode(), {"Content-Type": content.media})
    for status, answer in CONTRACT.operations[operation].answers.items():
        if answer.may_be_empty:
            yield Reply(status, b"", {})


def test_allowed_answer_is_read_losslessly(operation: str, face: Face, checked: Checked) -> None:
    made = list(_generated(operation))
    assert len(made) >= 10
    for status, body in made:
        _is_read_without_loss(operation, face, status, body)
    checked(len(made))


@pytest.mark.slow
def test_many_allowed_answers_are_lossless(operation: str, face: Face) -> None:
    made = list(_generated(operation, 200))
    assert len(made) >= 100
    for status, body in made:
        _is_read_without_loss(operation, face, status, body)


def _is_read_without_loss(operation: str, face: Face, status: int, body: Any) -> None:
    described, reply = CONTRACT.operations[operation], json_reply(status, body)
    assert described.check_response(status=status, content_type="application/json", body=reply.content) == []
    assert same(plain(_read(face, operation, reply)), promised(described, body))


def test_huge_integer_is_read_losslessly(
    operation: str, face: Face, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the standard parser; with the `speed` extra such an integer is a float, as the README says."""
    monkeypatch.setattr("cometapi_suno._response._parse", json.loads)
    described = CONTRACT.operations[operation]
    made = [(status, sprinkled(body, {"integer": 2**64})) for status, body in examples(described)]
    for status, content in successes(described):
        assert content.schema is not None
        made += [(status, body) for body in bodies.far_answers(content.schema.pointer)]
    for status, body in made:
        assert same(plain(_read(face, operation, json_reply(status, body))), promised(described, body))
        checked(1)


def test_sample_covers_edge_cases() -> None:
    """Unknown fields, absent and null ones, text beyond the basic plane, and numbers beyond all integers."""
    found: set[str] = set()
    for operation in CONTRACT.operations.values():
        for _, content in successes(operation):
            assert content.schema is not None
            for body in bodies.answers(content.schema.pointer)[::3]:
                described = list(places(content.schema, body))
                found |= {"absent" for place in described if not place.present}
                found |= {"null" for place in described if place.present and at(body, place.steps) is None}
                found |= {"unknown" for name in body if (name,) not in {place.steps for place in described}}
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


def test_documented_answer_is_unchanged(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        assert same(plain(_read(face, operation, json_reply(status, body))), promised(described, body))
        checked(1)


def test_field_of_other_model_is_unknown_here(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        for name in sorted(_names_of_bodies()) if is_object(body) else ():
            other = {name: "text", **body}
            reply = json_reply(status, other)
            if not described.check_response(status=status, content_type="application/json", body=reply.content):
                assert same(plain(_read(face, operation, reply)), promised(described, other)), name
                checked(1)


def _names_of_bodies() -> set[str]:
    """The members that the bodies of all operations have at their top, and the error bodies anywhere."""
    shapes = [each for operation in CONTRACT.operations.values() for each in alternatives(operation)]
    for operation in CONTRACT.operations:
        schemas = {content.schema.pointer: content.schema for _, content in _failures(operation) if content.schema}
        shapes += [each for schema in schemas.values() for each in reachable(schema)]
    return {name for shape in shapes for name in shape.source.get("properties", {})}


def test_documented_error_raises_its_class(operation: str, face: Face, checked: Checked) -> None:
    for reply in _error_replies(operation):
        code, message = told(body_of(reply))
        error = _error(face, operation, reply)
        assert type(error) is kind_of(reply.status, code)
        assert (error.status_code, error.code) == (reply.status, code)
        assert error.message == message if message else error.message
        assert error.request_id == ((message or "").partition("(request id: ")[2].rstrip(")") or None)
        checked(1)


def test_error_has_request_id_of_header(operation: str, face: Face, checked: Checked) -> None:
    for reply in _error_replies(operation):
        error = _error(face, operation, evolve(reply, headers={**reply.headers, REQUEST_ID_HEADER: "20260205-1"}))
        assert error.request_id == "20260205-1"
        assert error.request_id in str(error)
        checked(1)


def test_allowed_error_body_is_reported(operation: str, face: Face, checked: Checked) -> None:
    failures = [(status, content) for status, content in _failures(operation) if content.carries_json]
    for turn, (status, content) in enumerate(failures):
        assert content.schema is not None
        for body in bodies.answers(content.schema.pointer)[turn :: len(failures)]:
            error = _error(face, operation, json_reply(status, body))
            code, message = told(body)
            assert type(error) is kind_of(status, code)
            assert (error.status_code, error.code) == (status, code)
            assert error.message == message if message else error.message
            checked(1)


def test_error_body_with_200_is_error(operation: str, face: Face, checked: Checked) -> None:
    for status, _ in successes(CONTRACT.operations[operation]):
        for reply in (each for each in _error_replies(operation) if "json" in each.headers.get("Content-Type", "")):
            code, message = told(body_of(reply))
            error = _error(face, operation, evolve(reply, status=status))
            assert type(error) is EnvelopeError
            assert (error.status_code, error.code, error.message) == (status, code, message or error.message)
            checked(1)


def test_allowed_error_is_never_success(operation: str, face: Face, checked: Checked) -> None:
    """A body without a message may not fit either; it is on the error all the same."""
    schemas = [content.schema for _, content in _failures(operation) if content.carries_json]
    for pointer in sorted({schema.pointer for schema in schemas if schema is not None}):
        for body in bodies.answers(pointer):
            error = _error(face, operation, json_reply(200, body))
            assert type(error) in (EnvelopeError, ResponseDecodeError)
            checked(1)


def test_open_enum_keeps_new_value(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    seen: set[str] = set()
    wanted: set[str] = set()
    for _, content in successes(described):
        assert content.schema is not None
        wanted |= {each.pointer for each in reachable(content.schema) if "x-extensible-enum" in each.source}
        for status, body in (*examples(described), *_generated(operation)):
            for place in places(content.schema, body) if seen != wanted else ():
                if "x-extensible-enum" in place.schema.source and place.present and place.schema.pointer not in seen:
                    seen.add(place.schema.pointer)
                    for value in (UNHEARD_OF, *place.schema.source["x-extensible-enum"]):
                        other = changed(body, (place.steps, value))
                        result = _read(face, operation, json_reply(status, other))
                        inside = place.steps[1:] if place.steps[0] == member_of(described) else place.steps
                        member = at(result, inside)
                        assert member == value
                        assert issubclass(type(member), str)
                        assert member.is_known is (value != UNHEARD_OF)
                        assert type(member).__name__ == place.schema.pointer.rpartition("/")[2]
                        assert same(plain(result), promised(described, other))
                        checked(1)
    assert seen == wanted


@pytest.mark.parametrize("value", [1, None, {"id": "nested"}], ids=["number", "null", "object"])
def test_fields_named_like_methods_are_data(operation: str, face: Face, value: Any, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        result = _read(face, operation, json_reply(status, body))
        models = models_of(result)
        names = {name for model in models for name in dir(model)} - _described_names()
        extra = dict.fromkeys((*sorted(names), *HOOKS), value)
        other = sprinkled(body, extra)
        one, two = (_read(face, operation, json_reply(status, other)) for _ in range(2))
        assert same(plain(one), promised(described, other))
        for twin in (two, _pickled(one), copy.copy(one), copy.deepcopy(one)):
            assert type(twin) is type(one)
            assert twin == one
            assert same(plain(twin), plain(one))
        assert repr(one) == repr(two)
        assert all(type(model).__name__ in repr(one) for model in models)
        assert not models or one != result
        checked(len(extra))


def _described_names() -> set[str]:
    schemas: dict[str, Any] = DESCRIPTION["components"]["schemas"]
    return {name for schema in schemas.values() for name in schema.get("properties", {})}


def _pickled(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))
