"""Does the client send only what the contract allows?"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, quote

import httpx
import pytest
import respx
from attrs import evolve
from cometapi_suno import InvalidRequestError
from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.compiled_schemas import SchemaCompiler
from cometapi_suno_mock.media import is_object
from cometapi_suno_mock.pointers import join_pointer, look_up

from contract_tests.suite.support import bodies
from contract_tests.suite.support.fake_transport import CLIENT_KINDS, JSON, SERVER, ClientDriver
from contract_tests.suite.support.loaded_spec import CALLS, CONTRACT, DESCRIPTION, TAKING_MEMBERS
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.verifier.exchange.example_calls import ExampleCall

Checked = Callable[[int], None]

TAKING_A_PATH = [each.id for each in CONTRACT.operations.values() if "{" in each.path]
# What HTTP needs and what every client says of itself. Any other header must be described.
CARRIED = {
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}

ODD_IDS = [
    "a/b",
    "a?b=c",
    "a#b",
    "a b",
    "a%2Fb",
    "..%2f..",
    "a\r\nb",
    "a;b,c",
    "ä€😀",
    "x" * 300,
    "\x00",
    "+&=",
    "...",
    "~",
]
REFUSED_IDS: dict[str, Any] = {
    "empty": "",
    "one dot": ".",
    "two dots": "..",
    "None": None,
    "bytes": b"bytes",
    "a list": ["list"],
    "half a character": "\ud800",
}
REFUSED_HEADERS = {
    "a second header": ("X-A", "1\r\nX-B: 2"),
    "a line feed": ("X-A", "1\n2"),
    "a carriage return": ("X-A", "1\r2"),
    "a null": ("X-A", "\x00"),
    "no ASCII": ("X-A", "é"),
    "a leading blank": ("X-A", " 1"),
    "a trailing blank": ("X-A", "1 "),
    "a blank in the name": ("X A", "1"),
    "a second header in the name": ("X-A\r\nX-B", "1"),
    "a colon in the name": ("X-A:", "1"),
    "no name": ("", "1"),
    "a name of no ASCII": ("Ä", "1"),
}


def _loop() -> list[Any]:
    loop: list[Any] = []
    loop.append(loop)
    return loop


NO_JSON: dict[str, Any] = {
    "an object": object(),
    "bytes": b"bytes",
    "a set": {1},
    "not a number": float("nan"),
    "infinity": [float("inf")],
    "half a character": "\ud800",
    "a list of itself": _loop(),
}


@pytest.fixture(scope="module", params=CLIENT_KINDS)
def face(request: pytest.FixtureRequest) -> Iterator[ClientDriver]:
    """Either client with its own transport; respx replaces the network."""
    with ClientDriver(request.param, http_client=None) as face:
        yield face


@pytest.fixture
def sent(contract: Contract) -> Iterator[respx.models.CallList]:
    """Record the requests. Every described path answers with its first example and a cookie."""

    def answer(request: httpx.Request) -> httpx.Response:
        operation, ids = _matched(contract, request)
        [content] = operation.answers[operation.success].content.values()
        body = copy.deepcopy(next(iter(content.examples.values())))
        if is_object(body) and is_object(data := body.get("data")):
            data |= {name: value for name, value in ids.items() if name in data}
        text = json.dumps(body) if content.carries_json else str(body)
        headers = {"Content-Type": content.media, "Set-Cookie": "visited=1"}
        return httpx.Response(operation.success, content=text.encode(), headers=headers)

    with respx.mock(base_url=SERVER, assert_all_called=False) as router:
        router.route().mock(side_effect=answer)
        yield router.calls


def _matched(contract: Contract, request: httpx.Request) -> tuple[OperationContract, dict[str, str]]:
    found = contract.match(request.method, request.url.raw_path.partition(b"?")[0].decode("ascii"))
    assert found is not None, f"{request.method} {request.url}: no described path"
    return found


def _judge(contract: Contract, request: httpx.Request, call: ExampleCall) -> None:
    """Validate a request against the contract and compare it with the call."""
    operation, path_params = _matched(contract, request)
    headers = {name.lower(): value for name, value in request.headers.items()}
    query = parse_qs(request.url.query.decode(), keep_blank_values=True)
    violations = operation.check_request(
        path_params=path_params,
        query=query,
        headers=headers,
        content_type=headers.get("content-type"),
        body=request.content,
    )
    assert violations == []
    assert operation.id == call.operation.id
    assert path_params == call.path_params
    assert (json.loads(request.content) if request.content else None) == call.body
    assert f"{request.url.scheme}://{request.url.netloc.decode()}" == SERVER
    assert headers["authorization"] == f"Bearer {KEY}"
    assert headers.get("content-type") == (JSON if operation.body else None)
    assert len(request.headers.raw) == len(headers), "a header is sent twice"
    assert set(headers) <= CARRIED | _described(operation, "header")
    assert set(query) == _described(operation, "query") & set(call.others)


def _filled(template: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _described(operation: OperationContract, place: str) -> set[str]:
    return {
        each.name.lower() if place == "header" else each.name for each in operation.parameters if each.place == place
    }


def _smallest(call: ExampleCall) -> ExampleCall:
    """Return the call with its required members, and those that have themselves as default, only."""
    assert call.variant is not None
    properties = call.variant.schema.source.get("properties", {})
    filled = {name: each["const"] for name, each in properties.items() if "const" in each and "default" in each}
    sent = {name: value for name, value in call.body.items() if name in call.variant.required}
    return evolve(call, body=filled | sent)


def test_unexpected_request_fails_test(operation: str, face: ClientDriver) -> None:
    with respx.mock(), pytest.raises(respx.models.AllMockedAssertionError):
        face.call(CALLS.examples(operation)[0])


def test_example_is_sent_as_described(
    operation: str, face: ClientDriver, contract: Contract, sent: respx.models.CallList, checked: Checked
) -> None:
    made = CALLS.examples(operation)
    for call in made:
        face.call(call)
        _judge(contract, sent.last.request, call)
    assert len(sent) == len(made)
    checked(len(made))


def test_allowed_request_is_sent_as_described(
    operation: str, contract: Contract, sent: respx.models.CallList, checked: Checked
) -> None:
    """Both clients in one test, because generating the requests costs more than sending them twice."""
    made = [CALLS.make(operation, "generated", path, body) for path, body in bodies.requests(operation)]
    with ClientDriver("sync", http_client=None) as one, ClientDriver("async", http_client=None) as other:
        for call in made:
            if call is not None and not {".", ".."} & set(call.path_params.values()):
                for client in (one, other):
                    client.call(call)
                    _judge(contract, sent.last.request, call)
    assert len(sent) >= 2
    checked(len(sent))


@pytest.mark.parametrize("operation", TAKING_MEMBERS)
def test_omitted_argument_is_not_sent(
    operation: str, face: ClientDriver, contract: Contract, sent: respx.models.CallList
) -> None:
    for call in map(_smallest, CALLS.examples(operation)):
        face.call(call)
        _judge(contract, sent.last.request, call)


@pytest.mark.parametrize("operation", TAKING_MEMBERS)
def test_none_is_sent_as_null(
    operation: str, face: ClientDriver, contract: Contract, sent: respx.models.CallList, checked: Checked
) -> None:
    schemas = SchemaCompiler(DESCRIPTION)
    for call in map(_smallest, CALLS.examples(operation)):
        assert call.variant is not None
        for name in call.variant.members:
            if not schemas.at(join_pointer(call.variant.schema.pointer, "properties", name)).check(None):
                nulled = evolve(call, body={**(call.body or {}), name: None})
                face.call(nulled)
                _judge(contract, sent.last.request, nulled)
    checked(len(sent))


@pytest.mark.parametrize("operation", TAKING_A_PATH)
def test_odd_path_value_stays_one_segment(
    operation: str, face: ClientDriver, contract: Contract, sent: respx.models.CallList, checked: Checked
) -> None:
    call = CALLS.examples(operation)[0]
    for name in call.path_params:
        for value in ODD_IDS:
            odd = call.with_path({**call.path_params, name: value})
            if any(each.place == "path" and each.check(odd.path_params) for each in call.operation.parameters):
                continue  # not a value of an integer, or of a list of values
            face.call(odd)
            _judge(contract, sent.last.request, odd)
            filled = {each: quote(text, safe="") for each, text in odd.path_params.items()}
            assert sent.last.request.url.raw_path.partition(b"?")[0].decode() == _filled(call.operation.path, filled)
    checked(len(sent))


@pytest.mark.parametrize("operation", TAKING_A_PATH)
def test_path_traversal_is_refused(
    operation: str, face: ClientDriver, sent: respx.models.CallList, checked: Checked
) -> None:
    call = CALLS.examples(operation)[0]
    accepted: list[str] = []
    for name in call.path_params:
        for what, value in REFUSED_IDS.items():
            with contextlib.suppress(InvalidRequestError):
                face.call(call.with_path({**call.path_params, name: value}))
                accepted.append(f"{name}: {what}")
    assert not accepted, f"accepted: {accepted}"
    assert len(sent) == 0
    checked(len(REFUSED_IDS))


def test_header_injection_is_refused(
    operation: str, face: ClientDriver, sent: respx.models.CallList, checked: Checked
) -> None:
    accepted: list[str] = []
    for what, (name, value) in REFUSED_HEADERS.items():
        with contextlib.suppress(InvalidRequestError):
            face.call(CALLS.examples(operation)[0], headers={name: value})
            accepted.append(what)
    assert not accepted, f"accepted: {accepted}"
    assert len(sent) == 0
    checked(len(REFUSED_HEADERS))


def test_client_headers_cannot_be_replaced(
    operation: str, face: ClientDriver, sent: respx.models.CallList, checked: Checked
) -> None:
    """`CallOptions` documents it: headers that the client itself sets are refused."""
    call = CALLS.examples(operation)[0]
    face.call(call)
    ours = set(sent.last.request.headers) - _described(call.operation, "header")
    names = {*ours, "content-type", "content-length", "transfer-encoding", "connection"}
    accepted: list[str] = []
    for name in sorted(names):
        for spelled in (name, name.upper(), name.title()):
            with contextlib.suppress(InvalidRequestError):
                face.call(call, headers={spelled: "mine"})
                accepted.append(spelled)
    assert not accepted, f"accepted: {accepted}"
    assert len(sent) == 1
    checked(len(names))


def test_call_header_goes_with_its_call_only(
    operation: str, face: ClientDriver, contract: Contract, sent: respx.models.CallList
) -> None:
    call = CALLS.examples(operation)[0]
    face.call(call, headers={"X-Trace": "a\tb ~"})
    assert sent.last.request.headers.get_list("x-trace") == ["a\tb ~"]
    face.call(call)
    _judge(contract, sent.last.request, call)


@pytest.mark.parametrize("operation", TAKING_MEMBERS)
def test_value_that_is_not_json_is_refused(
    operation: str, face: ClientDriver, sent: respx.models.CallList, checked: Checked
) -> None:
    accepted: list[str] = []
    for call in CALLS.examples(operation):
        body: dict[str, Any] = call.body or {}
        first = next(iter(body))
        for name, what in (*((first, what) for what in NO_JSON), *((name, "an object") for name in body)):
            with contextlib.suppress(InvalidRequestError):
                face.call(evolve(call, body={**body, name: NO_JSON[what]}))
                accepted.append(f"{name}: {what}")
            checked(1)
    assert not accepted, f"accepted: {accepted}"
    assert len(sent) == 0


def test_missing_argument_is_type_error(
    operation: str, face: ClientDriver, sent: respx.models.CallList, checked: Checked
) -> None:
    lacking: list[ExampleCall] = []
    for call in CALLS.examples(operation):
        path, body, variant = call.path_params, call.body, call.variant
        lacking += [call.with_path({each: path[each] for each in path if each != name}) for name in path]
        if variant is not None and call.takes_members:
            defaults = look_up(DESCRIPTION, CONTRACT.operations[operation].pointer)["x-sdk"].get("defaults", {})
            needed = variant.required - defaults.keys()
            open_members = [name for name in needed if "const" not in variant.members[name]]
            lacking += [evolve(call, body={each: body[each] for each in body if each != name}) for name in open_members]
    for call in lacking:
        with pytest.raises(TypeError):
            face.call(call)
    assert len(sent) == 0
    checked(len(lacking))


def test_unknown_argument_is_type_error(operation: str, face: ClientDriver, sent: respx.models.CallList) -> None:
    """A misspelled optional argument must not be dropped silently from a paid call."""
    with pytest.raises(TypeError):
        face.call(CALLS.examples(operation)[0], no_such_argument=True)
    assert len(sent) == 0


def test_both_clients_send_same_request(operation: str, sent: respx.models.CallList) -> None:
    requests: list[httpx.Request] = []
    with ClientDriver("sync", http_client=None) as one, ClientDriver("async", http_client=None) as other:
        for call in CALLS.examples(operation):
            for face in (one, other):
                face.call(call)
                requests.append(sent.last.request)
    for first, second in zip(requests[::2], requests[1::2], strict=True):
        assert (first.method, first.url, first.content) == (second.method, second.url, second.content)
        assert first.headers.raw == second.headers.raw
