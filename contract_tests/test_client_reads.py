"""Does the client read everything the contract allows?"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cometapi_suno import EnvelopeError, ResponseDecodeError, ResponseError
from cometapi_suno_mock.media import is_array, is_object

from contract_tests.support import bodies
from contract_tests.support.calls import CALLS
from contract_tests.support.described import CONTRACT, DESCRIPTION
from contract_tests.support.places import changed, places, reachable, same, sprinkled
from contract_tests.support.results import (
    REQUEST_ID_HEADER,
    at,
    examples,
    json_reply,
    kind_of,
    member_of,
    models_of,
    plain,
    promised,
    successes,
    told,
)
from contract_tests.support.wire import FACES, Face, Reply

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
    with pytest.raises(ResponseError) as raised:
        _read(face, operation, reply)
    return raised.value


def _generated(operation: str) -> Iterator[tuple[int, Any]]:
    for status, content in successes(CONTRACT.operations[operation]):
        assert content.schema is not None
        yield from ((status, body) for body in bodies.answers(content.schema.pointer))


def _error_bodies(operation: str) -> Iterator[tuple[int, str, bytes]]:
    """Status, media type and bytes of each described error."""
    for status, answer in CONTRACT.operations[operation].answers.items():
        if status // 100 == 2:
            continue
        for content in answer.content.values():
            assert content.examples, f"{operation}: {status} has no example"
            for value in content.examples.values():
                yield status, content.media, (json.dumps(value) if content.carries_json else value).encode()
        if answer.may_be_empty:
            yield status, "text/plain", b""


def test_whatever_the_contract_allows_is_read_without_loss(operation: str, face: Face, checked: Checked) -> None:
    described, count = CONTRACT.operations[operation], 0
    for status, body in _generated(operation):
        reply = json_reply(status, body)
        assert described.check_response(status=status, content_type="application/json", body=reply.content) == []
        assert same(plain(_read(face, operation, reply)), promised(described, body))
        count += 1
    assert count >= 50
    checked(count)


def test_the_sample_holds_what_a_reader_forgets() -> None:
    """Unknown fields, absent and null ones, text beyond the basic plane, and numbers beyond 64 bits."""
    found: set[str] = set()
    for operation in CONTRACT.operations.values():
        for _, content in successes(operation):
            assert content.schema is not None
            for body in bodies.answers(content.schema.pointer):
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
    elif isinstance(value, int | float) and abs(value) > 2**64:
        yield "number"


def test_every_documented_answer_comes_back_unchanged(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        assert same(plain(_read(face, operation, json_reply(status, body))), promised(described, body))
        checked(1)


def test_a_name_that_other_bodies_describe_is_just_an_unknown_field_here(
    operation: str, face: Face, checked: Checked
) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        for name in sorted(_described_names()):
            other = {name: "text", **body}
            reply = json_reply(status, other)
            if not described.check_response(status=status, content_type="application/json", body=reply.content):
                assert same(plain(_read(face, operation, reply)), promised(described, other)), name
                checked(1)


def test_every_documented_error_raises_the_error_of_its_status(operation: str, face: Face, checked: Checked) -> None:
    for status, media, content in _error_bodies(operation):
        body: Any = json.loads(content) if "json" in media else content.decode() or None
        code, message = told(body) if "json" in media else (None, None)
        error = _error(face, operation, Reply(status, content, {"Content-Type": media}))
        assert type(error) is kind_of(status, code)
        assert (error.status_code, error.code, error.body) == (status, code, body)
        assert error.message == message if message is not None else error.message
        assert (error.response.status_code, error.response.content) == (status, content)
        assert error.request_id == (message.partition("(request id: ")[2].rstrip(")") or None if message else None)
        checked(1)


def test_the_request_id_of_the_header_is_on_every_error(operation: str, face: Face, checked: Checked) -> None:
    for status, media, content in _error_bodies(operation):
        headers = {"Content-Type": media, REQUEST_ID_HEADER: "2026020513285979863838"}
        error = _error(face, operation, Reply(status, content, headers))
        assert error.request_id == "2026020513285979863838"
        assert error.request_id in str(error)
        checked(1)


def test_every_error_body_the_contract_allows_is_told(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    failures = {status: answer for status, answer in described.answers.items() if status // 100 != 2}
    for turn, (status, answer) in enumerate(failures.items()):
        for content in (each for each in answer.content.values() if each.carries_json):
            assert content.schema is not None
            for body in bodies.answers(content.schema.pointer)[turn :: len(failures)]:
                error = _error(face, operation, json_reply(status, body))
                code, message = told(body)
                assert type(error) is kind_of(status, code)
                assert (error.status_code, error.code) == (status, code)
                assert same(error.body, body)
                assert isinstance(error.message, str)
                assert message is None or error.message == message
                checked(1)


def test_an_error_body_with_a_success_status_is_an_error(operation: str, face: Face, checked: Checked) -> None:
    for (status, _), (_, media, content) in _product(
        successes(CONTRACT.operations[operation]), _error_bodies(operation)
    ):
        if "json" in media:
            code, message = told(json.loads(content))
            error = _error(face, operation, Reply(status, content))
            assert type(error) is EnvelopeError
            assert (error.status_code, error.code, error.message) == (status, code, message)
            assert (error.body, error.response.content) == (json.loads(content), content)
            checked(1)


def _product(ones: Iterator[Any], others: Iterator[Any]) -> Iterator[tuple[Any, Any]]:
    kept = list(others)
    return ((one, other) for one in ones for other in kept)


def test_no_error_body_that_the_contract_allows_reads_as_a_success(
    operation: str, face: Face, checked: Checked
) -> None:
    """A body without a message may not fit either; it is on the error all the same."""
    described = CONTRACT.operations[operation]
    pointers = {
        content.schema.pointer
        for status, answer in described.answers.items()
        for content in answer.content.values()
        if status // 100 != 2 and content.carries_json and content.schema is not None
    }
    for body in (body for where in sorted(pointers) for body in bodies.answers(where)):
        error = _error(face, operation, json_reply(200, body))
        assert type(error) in (EnvelopeError, ResponseDecodeError)
        assert same(error.body, body)
        checked(1)


def test_a_new_value_of_an_open_enum_is_kept(operation: str, face: Face, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    seen: set[str] = set()
    wanted: set[str] = set()
    for _, content in successes(described):
        assert content.schema is not None
        wanted |= {each.pointer for each in reachable(content.schema) if "x-extensible-enum" in each.source}
        for status, body in (*examples(described), *_generated(operation)):
            for place in places(content.schema, body):
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
def test_fields_named_like_methods_break_nothing(operation: str, face: Face, value: Any, checked: Checked) -> None:
    described = CONTRACT.operations[operation]
    for status, body in examples(described):
        result = _read(face, operation, json_reply(status, body))
        models = models_of(result)
        names = {name for model in models for name in dir(type(model))} - _described_names()
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
    return pickle.loads(pickle.dumps(value))  # noqa: S301 (its own bytes)
