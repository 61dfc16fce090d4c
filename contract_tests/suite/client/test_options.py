"""Options of a call and of a client: headers, timeouts, raw answers, undocumented paths, logs."""

from __future__ import annotations

import logging
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cometapi_suno
import httpx
import pytest
from cometapi_suno import (
    Answer,
    BadRequestError,
    EnvelopeError,
    InvalidRequestError,
    OutcomeUnknownError,
    Response,
    ResponseDecodeError,
    Task,
    Timeout,
)

from contract_tests.suite.client.virtual_time_client import Client, Stage, in_turn
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import SERVER, Reply
from contract_tests.suite.support.response_faults import page, reply
from contract_tests.suite.support.secret_leaks import KEY, find_leaks

TASK: Mapping[str, Any] = {"task_id": "a", "status": "SUCCESS", "new": 7}
SOUND = json_reply(200, {"code": "success", "message": "", "data": TASK}, Extra="yes")


def _stage(face: str, act: Reply | type[httpx.HTTPError] = SOUND, **options: Any) -> Stage:
    return Stage(face, lambda _: act, **options)


def _headers(stage: Stage, client: Client | None = None, **options: Any) -> httpx.Headers:
    """Return the headers of a call."""
    stage.run((client or stage.client).tasks.get("a", **options))
    return stage.line.requests[-1].headers


def test_the_nearest_header_counts_whatever_its_case(face: str) -> None:
    """The call's before the derived client's before the client's; the others stay."""
    stage = _stage(face, headers={"X-A": "client", "X-B": "client", "X-C": "client"})
    derived = stage.client.with_options(headers={"x-a": "derived", "X-B": "derived"})
    headers = _headers(stage, derived, headers={"X-a": "call"})
    assert [headers.get_list(name) for name in ("X-A", "X-B", "X-C")] == [["call"], ["derived"], ["client"]]
    assert _headers(stage, derived).get_list("X-A") == ["derived"]
    assert [_headers(stage).get_list(name) for name in ("X-A", "X-B")] == [["client"], ["client"]]


@pytest.mark.parametrize(
    "name", ["Authorization", "cookie", "HOST", "Content-Length", "Transfer-Encoding", "Proxy-Authorization"]
)
def test_headers_of_the_clients_own_are_refused_everywhere(face: str, name: str) -> None:
    stage = _stage(face)
    with pytest.raises(InvalidRequestError, match="is set by the client"):
        stage.client.with_options(headers={name: "mine"})
    with pytest.raises(InvalidRequestError, match="is set by the client"):
        stage.run(stage.client.tasks.get("a", headers={name: "mine"}))
    with pytest.raises(InvalidRequestError, match="is set by the client"):
        _stage(face, headers={name: "mine"})
    assert stage.line.requests == []


def test_the_nearest_timeout_counts(face: str) -> None:
    stage = _stage(face, timeout=Timeout(connect=1, read=2, write=3, pool=4))
    derived = stage.client.with_options(timeout=5)
    seen: list[Any] = []
    for client, options in (
        (stage.client, {}),
        (derived, {}),
        (derived, {"timeout": Timeout(read=9)}),
        (stage.client, {}),
    ):
        _headers(stage, client, **options)
        seen.append(stage.line.requests[-1].extensions["timeout"])
    own = {"connect": 1, "read": 2, "write": 3, "pool": 4}
    assert seen == [own, dict.fromkeys(own, 5), {"connect": 5.0, "read": 9, "write": 30.0, "pool": 10.0}, own]


def test_every_step_ends_in_time_by_default(face: str) -> None:
    """Clients of this kind wait for ever by default, or for ten minutes."""
    stage = _stage(face)
    _headers(stage)
    timeout: dict[str, float] = stage.line.requests[-1].extensions["timeout"]
    assert timeout.keys() == {"connect", "read", "write", "pool"}
    assert all(0 < seconds <= 60 for seconds in timeout.values())


def test_an_option_that_does_not_exist_is_a_type_error(face: str) -> None:
    stage = _stage(face)
    wrong: dict[str, Any] = {"time_out": 5}
    with pytest.raises(TypeError, match="unexpected keyword argument 'time_out'"):
        stage.run(stage.client.tasks.get("a", **wrong))
    with pytest.raises(TypeError, match="unexpected keyword argument 'time_out'"):
        stage.client.with_options(**wrong)
    assert stage.line.requests == []


def test_derived_client_shares_connections(face: str) -> None:
    stage = _stage(face)
    derived = stage.client.with_options(retries=0).with_options(timeout=3)
    assert type(derived) is type(stage.client)
    assert repr(derived) == repr(stage.client)
    _headers(stage, derived)
    assert len(stage.line.requests) == 1


def test_a_raw_answer_is_the_whole_answer_and_parses_to_the_same(face: str) -> None:
    stage = _stage(face)
    answer = stage.run(stage.client.tasks.with_raw_response.get("a", headers={"X-A": "1"}))
    assert isinstance(answer, Answer)
    assert isinstance(answer.response, Response)
    assert (answer.response.status_code, answer.response.headers["EXTRA"]) == (200, "yes")
    assert answer.response.content == SOUND.content
    assert answer.response.json()["data"] == TASK
    assert answer.parse() == stage.run(stage.client.tasks.get("a")) == Task.from_dict(dict(TASK))
    assert answer.parse() is not answer.parse()
    assert stage.line.requests[0].headers["X-A"] == "1"


def test_unfit_raw_answer_fails_when_parsed(face: str) -> None:
    for act, kind in ((page(200), ResponseDecodeError), (json_reply(200, {"code": "no", "data": None}), EnvelopeError)):
        stage = _stage(face, act)
        answer = stage.run(stage.client.tasks.with_raw_response.get("a"))
        assert answer.response.content == act.content
        with pytest.raises(kind):
            answer.parse()
    stage = _stage(face, page(400))
    with pytest.raises(BadRequestError):
        stage.run(stage.client.tasks.with_raw_response.get("a"))


def test_undocumented_path_stays_on_the_host(face: str) -> None:
    stage = _stage(face, json_reply(200, {"any": ["thing"]}))
    client = stage.client
    assert stage.run(client.request("POST", "/suno/act/midi/a%20b?x=1&y=%2F", json={"a": None})) == {"any": ["thing"]}
    request = stage.line.requests[-1]
    assert (request.method, str(request.url)) == ("POST", f"{SERVER}/suno/act/midi/a%20b?x=1&y=%2F")
    assert (request.headers["Authorization"], request.content) == (f"Bearer {KEY}", b'{"a":null}')
    stage.run(client.request("GET", "/suno/x"))
    assert "Content-Type" not in stage.line.requests[-1].headers


@pytest.mark.parametrize(
    "path",
    [
        "",
        "suno/fetch",
        "https://elsewhere.example/suno",
        "//elsewhere.example/suno",
        "/\\elsewhere.example",
        "/../v1/models",
        "/suno/../../v1",
        "/suno/./fetch",
        "/suno/%2e%2e/%2E%2E/v1",
        "/suno/..%2f..%2fv1",
        "/suno/fetch#here",
        "/suno/a b",
        "/suno/a\r\nX-Other: 1",
        "/suno/ä",
        "@elsewhere.example/suno",
        ":8080/suno",
        ".elsewhere.example/suno",
    ],
)
def test_path_to_another_host_is_refused(face: str, path: str) -> None:
    stage = Stage(face, in_turn())
    with pytest.raises(InvalidRequestError):
        stage.run(stage.client.request("GET", path))


@pytest.mark.parametrize("method", ["get", "", "CONNECT", "TRACE", "GET /x HTTP/1.1\r\nHost: a", None, 3], ids=repr)
def test_an_undocumented_call_has_a_method_that_is_known(face: str, method: Any) -> None:
    stage = Stage(face, in_turn())
    with pytest.raises(InvalidRequestError, match=r"is not supported\. Use DELETE, GET, PATCH, POST, PUT") as refused:
        stage.run(stage.client.request(method, "/suno/x"))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, float("nan"), {"a": b"b"}], ids=["an object", "a set", "nan", "bytes"]
)
def test_an_undocumented_call_that_cannot_be_written_is_not_sent(face: str, value: Any) -> None:
    stage = Stage(face, in_turn())
    with pytest.raises(InvalidRequestError):
        stage.run(stage.client.request("POST", "/suno/x", json=value))


def test_an_undocumented_call_fails_like_any_other(face: str) -> None:
    for act, kind in ((page(200), ResponseDecodeError), (reply("", 502), OutcomeUnknownError)):
        stage = _stage(face, act)
        with pytest.raises(kind, match="request PUT"):
            stage.run(stage.client.request("PUT", "/suno/x"))
        assert len(stage.line.requests) == 1


def test_string_is_not_taken_for_a_list(face: str) -> None:
    """A text is a sequence of texts, so that no type checker objects; nor would the one who pays for the call."""
    stage = Stage(face, in_turn())
    persona: dict[str, Any] = {"root_clip_id": "c1", "name": "n", "description": "", "is_public": False}
    for call in (
        lambda: stage.client.personas.create(**persona, clips="c1"),
        lambda: stage.client.tasks.list(ids="c1", action="MUSIC"),
    ):
        with pytest.raises(InvalidRequestError, match=r"the string 'c1'\. It must be a list: \['c1'\]"):
            stage.run(call())


def test_a_url_that_is_too_long_is_refused(face: str) -> None:
    stage = Stage(face, in_turn())
    for call in (lambda: stage.client.tasks.get("x" * 70_000), lambda: stage.client.request("GET", "/" + "x" * 70_000)):
        with pytest.raises(InvalidRequestError, match="URL too long"):
            stage.run(call())


def test_the_user_agent_names_the_versions(face: str) -> None:
    stage = _stage(face)
    assert _headers(stage)["User-Agent"] == (
        f"cometapi-suno/{cometapi_suno.__version__} (python {platform.python_version()}; httpx {httpx.__version__})"
    )


def test_log_has_outcome_and_no_secret(face: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cometapi_suno")
    stage = Stage(face, in_turn(httpx.ConnectError, reply("", 429, Retry_After="3"), json_reply(200, {"id": "p"})))
    stage.run(
        stage.client.request("POST", "/suno/x?token=hidden", json={"lyrics": "hidden"}, headers={"X-A": "hidden"})
    )
    lines = [record.getMessage() for record in caplog.records if record.name == "cometapi_suno"]
    assert len(lines) == 5
    assert all("POST /suno/x [" in line for line in lines[::2])
    assert ["ConnectError" in lines[0], "-> 429, 0 bytes" in lines[2], "-> 200, 11 bytes" in lines[4]] == [True] * 3
    assert "never_delivered, sending it again in 0.25 s" in lines[1]
    assert "refused, sending it again in 3.00 s" in lines[3]
    assert [line for line in lines if "hidden" in line] == []
    assert find_leaks(*lines) == []


def test_the_time_that_the_log_tells_is_the_exchanges_alone(face: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "cometapi_suno")
    stage = Stage(face, in_turn(reply("", 429, Retry_After="20"), SOUND), takes=2.0)
    stage.run(stage.client.tasks.get("a"))
    assert [record.getMessage().rpartition(" in ")[2] for record in caplog.records] == ["2.000 s", "20.00 s", "2.000 s"]


LOGGED = """
import sys
sys.path.insert(0, sys.argv[1])
import httpx
from cometapi_suno import SunoClient
sound = httpx.Response(200, json={"code": "success", "data": {"task_id": "a", "status": "SUCCESS"}})
for _ in range(2):
    SunoClient(api_key="sk-hidden", http_client=httpx.MockTransport(lambda _: sound), base_url="http://localhost")
SunoClient(api_key="sk-hidden", http_client=httpx.MockTransport(lambda _: sound), base_url="http://localhost").tasks.get("a")
"""


@pytest.mark.parametrize(
    ("level", "lines"), [("debug", 1), pytest.param("info", 0, marks=pytest.mark.slow), ("loud", 0)]
)
def test_cometapi_log_shows_the_log_without_more_ado(level: str, lines: int) -> None:
    """Each line once, however many clients there are."""
    folder = str(Path(cometapi_suno.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", LOGGED, folder],
        env={"COMETAPI_LOG": level, "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    shown = done.stderr.splitlines()
    assert len(shown) == lines
    assert all("cometapi_suno DEBUG tasks.get: GET /suno/fetch/a [" in line for line in shown)
    assert "hidden" not in done.stderr + done.stdout
