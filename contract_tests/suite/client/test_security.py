"""The key is nowhere but in the request: not in what is shown, raised, logged or pickled, nor in variables of ours."""

from __future__ import annotations

import asyncio
import copy
import gc
import logging
import pickle
import sys
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from cometapi_suno import AsyncSunoClient, ConfigurationError, ResponseError, SunoClient, SunoError, TaskFailedError
from cometapi_suno._secret import Secret

from contract_tests.suite.client.scripted_server import Close, serve_script
from contract_tests.suite.client.virtual_time_client import Act, Stage, in_turn
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import CLIENT_KINDS, SERVER, Reply
from contract_tests.suite.support.response_faults import FAULTS, MAYBE_DELIVERED, NEVER_DELIVERED, page, reply
from contract_tests.suite.support.secret_leaks import (
    ECHOED_FORMS,
    FORMS,
    KEY,
    find_leaks,
    list_errors,
    render_error,
    render_object,
)

SOUND = json_reply(200, {"code": "success", "data": {"task_id": "a", "status": "SUCCESS"}})
ACTS: Mapping[str, Act] = {
    **{error.__name__: error for error in (*NEVER_DELIVERED, *MAYBE_DELIVERED)},
    **{str(status): page(status) for status in (302, 400, 401, 403, 404, 413, 418, 429, 500, 502, 503, 524)},
    "a page": page(200),
    "nothing": reply(""),
    "no gzip": reply("{", Content_Encoding="gzip"),
    "an unknown encoding": reply("{", Content_Encoding="br"),
}
MAKERS: dict[str, type[SunoClient | AsyncSunoClient]] = {"sync": SunoClient, "async": AsyncSunoClient}


def _shown(error: BaseException) -> Iterator[str | bytes]:
    """Return what an error shows, and what the variables of the client's functions lead to."""
    yield from render_error(error)
    for each in list_errors(error):
        trace = each.__traceback__
        while trace is not None:
            if str(trace.tb_frame.f_globals.get("__name__")).startswith("cometapi_suno"):
                for value in trace.tb_frame.f_locals.values():
                    yield from render_object(value)
            trace = trace.tb_next


def test_the_search_knows_the_key_in_every_form() -> None:
    """Raw, percent-encoded, and in base64 at each of its three offsets."""
    assert len(FORMS) >= 6
    for form in FORMS:
        assert find_leaks(f"before {form} after")
    assert not find_leaks("nothing of the kind")


def test_what_a_client_shows_does_not_hold_the_key(face: str) -> None:
    stage = Stage(face, lambda _: SOUND, headers={"X-A": "1"})
    stage.run(stage.client.tasks.get("a"))
    for thing in (stage.client, stage.client.with_options(retries=0), stage.client.tasks, stage.client.personas):
        assert not find_leaks(repr(thing), str(thing), f"{thing}", repr(vars(type(thing))))


def test_a_client_and_its_key_are_not_pickled(face: str) -> None:
    secret = Secret(KEY)
    for thing in (MAKERS[face](api_key=KEY, base_url=SERVER), secret):
        with pytest.raises(TypeError) as refused:
            pickle.dumps(thing)
        assert not find_leaks(*_shown(refused.value.with_traceback(None)))
    assert copy.copy(secret) is copy.deepcopy(secret) is secret
    assert not find_leaks(repr(secret), str(secret), f"{secret}", f"{secret!r:>80}", *render_object(secret))
    assert secret.header() == (b"Authorization", f"Bearer {KEY}".encode())


@pytest.mark.parametrize("act", ACTS)
def test_no_error_shows_the_key(face: str, act: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(face, lambda _: ACTS[act])
    with pytest.raises(SunoError) as raised:
        stage.run(
            stage.client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)
        )
    assert not find_leaks(*_shown(raised.value))
    assert not find_leaks(*(record.getMessage() for record in caplog.records), caplog.text)
    assert not find_leaks(pickle.dumps(raised.value), repr(copy.deepcopy(raised.value)))


class _Quoting(httpx.RemoteProtocolError):
    """What breaks the protocol is quoted, as h11 does."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(f"illegal header line: bytearray(b'Authorization; Bearer {KEY}')")


ECHOES: Mapping[str, Act] = {
    "a refusal": json_reply(401, {"error": {"message": f"bad key {KEY}", "type": KEY, "code": KEY}}),
    "a refusal in an envelope": json_reply(200, {"code": "no", "message": f"Bearer {KEY}", "data": None}),
    "a server error": json_reply(500, {"code": "oops", "message": KEY, "data": None}, **{"X-Oneapi-Request-Id": KEY}),
    "a page": reply(f"<html><title>{KEY}</title>", media="text/html"),
    "another place": Reply(302, b"", {"Location": f"https://elsewhere.example/?key={KEY}"}),
    "another shape": json_reply(200, {KEY: KEY}),
    "no JSON": reply(f'{{"{KEY}'),
    "a broken line": _Quoting,
}


@pytest.mark.parametrize("echo", ECHOES)
def test_a_key_that_the_server_sends_back_is_not_shown(face: str, echo: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage = Stage(face, lambda _: ECHOES[echo])
    with pytest.raises(SunoError) as raised:
        stage.run(
            stage.client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)
        )
    assert not find_leaks(*_shown(raised.value), caplog.text)
    assert not find_leaks(pickle.dumps(raised.value), repr(copy.deepcopy(raised.value)))


def _echo(form: str, *, status: int, in_name: bool) -> Reply:
    """Return an answer that sends one form of the key back, as the body's text and in a header."""
    name, value = (form, "1") if in_name else ("X-Echo", f"before {form} after")
    return Reply(status, f'{{"code": "no", "message": "bad key {form}."}}'.encode(), {name: value})


@pytest.mark.parametrize("form", ECHOED_FORMS)
@pytest.mark.parametrize("status", [200, 401, 500])
def test_echoed_key_is_redacted_in_every_form(face: str, form: str, status: int) -> None:
    stage = Stage(face, lambda _: _echo(form, status=status, in_name=":" not in form))
    with pytest.raises(SunoError) as raised:
        stage.run(
            stage.client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)
        )
    for error in (raised.value, raised.value.__cause__):
        if isinstance(error, ResponseError):
            assert not find_leaks(str(error), error.response.content, error.response.text, repr(error.body))
            assert not find_leaks(repr(dict(error.response.headers)))
            assert b"[the API key]" in error.response.content
    assert not find_leaks(*_shown(raised.value), pickle.dumps(raised.value))


@pytest.mark.parametrize("key", ["sk-Zebra/7+q%Lynx~Okapi=41", "abcdef", 'k\\"%25/&#x41;+y', "B" * 200])
def test_text_around_the_key_is_unchanged(key: str) -> None:
    """The text is longer than the parts in which it is searched, and the key is at all their ends."""
    hide = Secret(key).hide
    raw = key.encode()
    mask = b"[the API key]" if len(key) >= len("[the API key]") else b"[...]"
    for filler in (b".", b"\\n", b"%41.", b"\\u00e9"):
        parts = [filler * ((1 << 18) // len(filler) + shift) for shift in (-len(raw) - 1, -3, 0, 2)]
        assert hide(raw.join(parts)) == mask.join(parts)


@pytest.mark.parametrize(("key", "text"), [(KEY, KEY), (KEY[:6], f"{KEY},")])
def test_text_full_of_the_key_takes_little_memory(text: str, key: str) -> None:
    """A copy of the text without the key, and a little for the part that is searched."""
    hide = Secret(key).hide
    whole = text.encode() * (500_000 // len(text))
    hide(whole[:1000])
    tracemalloc.start()
    try:
        redacted = hide(whole)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert key.encode() not in redacted
    assert len(redacted) <= len(whole)
    assert peak < 2 * len(whole)


def test_key_in_wide_characters_is_redacted() -> None:
    hide = Secret(KEY).hide
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        for text in (KEY, "".join(f"\\u{ord(each):04x}" for each in KEY), quote(KEY)):
            redacted = hide(f"before {text} after".encode(encoding)).replace(b"\0", b"")
            assert b"before [the API key] after" in redacted


@pytest.mark.parametrize("line_break", [b"\n", b"\r\n", b"\\n", b"\\r\\n"])
def test_key_in_lines_of_base64_is_redacted(line_break: bytes) -> None:
    hide = Secret(KEY).hide
    for before in (b"", b"x", b"xy"):
        encoded = b64encode(before + KEY.encode() + b"tail")
        lines = line_break.join(encoded[start : start + 9] for start in range(0, len(encoded), 9))
        assert b"[the API key]" in hide(b"token: " + lines)


@pytest.mark.parametrize(
    "charset", ["utf-7", "cp500", "iso2022_jp", "unicode_escape", "hz", "punycode", "idna", "rot13"]
)
def test_charset_cannot_hide_the_key(face: str, charset: str) -> None:
    """What is not redacted in such a body must not be read as the key."""
    octal = "".join(f"\\{ord(each):o}" for each in KEY)
    bodies = [octal.encode(), b"".join(each.to_bytes() + b"\x1b(B" for each in KEY.encode())]
    if charset in ("utf-7", "cp500"):
        bodies.append(KEY.encode(charset))
    for body in bodies:
        stage = Stage(face, in_turn(Reply(400, body, {"Content-Type": f"text/html; charset={charset}"})))
        with pytest.raises(ResponseError) as raised:
            stage.run(stage.client.tasks.get("a"))
        assert not find_leaks(raised.value.response.text, *_shown(raised.value))


class _QuotingError(OSError):
    """An error of a transport of the caller that quotes the request in every place that errors have."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(5, f"failed: {KEY}", f"/tmp/{KEY}")
        self.add_note(f"sent: Bearer {KEY}")


def test_error_of_a_transport_does_not_show_the_key(face: str) -> None:
    def fail(_: httpx.Request) -> Reply:
        raise _QuotingError

    stage = Stage(face, fail, retries=0)
    for call in (lambda: stage.client.tasks.get("a"), lambda: stage.client.clips.wav("c")):
        with pytest.raises(SunoError, match="_QuotingError") as raised:
            stage.run(call())
        for each in list_errors(raised.value):
            assert not find_leaks(str(each), repr(each), repr(getattr(each, "__notes__", [])))


def test_redaction_takes_linear_time() -> None:
    hide = Secret(KEY).hide
    for text in (b"\\", b"%", b"%25", b"&#", b"&#0", b"s", b"sk-Zebra", b"\\u005c"):
        whole = text * (2_000_000 // len(text))
        started = time.process_time()
        assert hide(whole) == whole
        assert time.process_time() - started < 10


@pytest.mark.parametrize("key", ["sk-Zebra/7+q%Lynx~Okapi=41", "latest", "status"])
def test_result_is_left_as_it_is(face: str, key: str) -> None:
    body = {"code": "success", "data": {"task_id": "a", "status": "SUCCESS", "fail_reason": f"before {key} after"}}
    stage = Stage(face, lambda _: json_reply(200, body, **{"X-Key": key}), api_key=key)
    assert stage.run(stage.client.tasks.get("a")).to_dict() == body["data"]
    answer = stage.run(stage.client.tasks.with_raw_response.get("a"))
    assert answer.response.headers["x-key"] == key
    assert answer.parse().to_dict() == body["data"]
    assert key not in repr(answer)
    assert key not in dict(pickle.loads(pickle.dumps(answer)).response.headers).values()


def test_failed_task_does_not_show_the_key(face: str) -> None:
    body = {"code": "success", "data": {"task_id": "a", "status": "FAILURE", "fail_reason": f"bad key {KEY}"}}
    stage = Stage(face, lambda _: json_reply(200, body))
    with pytest.raises(TaskFailedError, match=r"bad key \[the API key\]") as raised:
        stage.run(stage.client.tasks.wait("a"))
    assert raised.value.task.fail_reason == "bad key [the API key]"
    assert not find_leaks(*render_error(raised.value))


@pytest.mark.parametrize("key", ["id", "test", "abcde"])
def test_key_too_short_to_redact_is_refused(face: str, key: str) -> None:
    with pytest.raises(ConfigurationError, match="too short") as refused:
        MAKERS[face](api_key=key, base_url=SERVER)
    assert all(repr(key) not in text for text in _shown(refused.value) if isinstance(text, str))
    for url in ("http://127.0.0.1:4010", "http://localhost:4010", "http://[::1]:4010"):
        stage = Stage(face, lambda _: SOUND, api_key=key, base_url=url)
        assert stage.run(stage.client.tasks.get("a")).task_id == "a"


@pytest.mark.parametrize("start", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_the_table_of_faults_is_searched_too(face: str, start: int) -> None:
    """Every fault that the contract suite knows, by a free read, so that it is repeated as well.

    The clients take turns, from one fault to the next.
    """
    for name, fault in list(FAULTS.items())[(start + CLIENT_KINDS.index(face)) % 2 :: 2]:
        answer = fault.apply(SOUND.content)
        stage = Stage(face, in_turn(*[answer] * 4))
        try:
            stage.run(stage.client.tasks.get("a"))
        except SunoError as error:
            found = find_leaks(*_shown(error))
            assert not found, name


BROKEN = [f"{KEY[:9]} {KEY[9:]}", f"{KEY}\nX-B: 1\n{KEY}", f"Bearer {KEY}", f"{KEY}ä{KEY}"]


@pytest.mark.parametrize("key", BROKEN, ids=["a blank", "a second line", "Bearer", "no ASCII"])
def test_a_key_that_is_refused_is_in_no_variable_of_ours(face: str, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMETAPI_KEY", key)
    for given in (key, None):
        with pytest.raises(ConfigurationError) as refused:
            MAKERS[face](api_key=given, base_url=SERVER)
        shown = _shown(refused.value)
        assert not [text for text in shown if KEY[9:] in (text if isinstance(text, str) else text.decode("latin-1"))]


@pytest.mark.parametrize(
    "options",
    [{"timeout": -1}, {"base_url": "ftp://x"}, {"proxy": "ftp://x"}, {"retries": -1}, {"max_response_bytes": 0}],
    ids=repr,
)
def test_another_argument_that_is_refused_does_not_show_the_key(face: str, options: dict[str, Any]) -> None:
    given: dict[str, Any] = {"api_key": KEY, "base_url": SERVER, **options}
    with pytest.raises(ConfigurationError) as refused:
        MAKERS[face](**given)
    assert not find_leaks(*_shown(refused.value))


ECHOING_HEADS = {
    "a header": b"HTTP/1.1 500 .\r\nX-Echo: Bearer %b\r\nContent-Length: 0\r\n\r\n",
    "a status line": b"HTTP/1.1 500 %b\r\nContent-Length: 0\r\n\r\n",
    "a header that is refused": b"HTTP/1.1 500 .\r\nEcho %b\r\n\r\n",
}


@pytest.mark.parametrize("how", ECHOING_HEADS)
def test_log_of_httpcore_does_not_show_the_key(face: str, how: str, caplog: pytest.LogCaptureFixture) -> None:
    """It logs the headers of responses, in which the server may send the key back."""
    caplog.set_level(logging.DEBUG)
    with serve_script(lambda _: [ECHOING_HEADS[how] % KEY.encode(), Close]) as server:
        options: dict[str, Any] = {"api_key": KEY, "base_url": server.url, "retries": 0, "timeout": 5}
        if face == "sync":
            with SunoClient(**options) as client, pytest.raises(SunoError):
                client.tasks.get("a")
        else:
            asyncio.run(_fail(AsyncSunoClient(**options)))
    logged = [record.getMessage() for record in caplog.records if record.name == "httpcore.http11"]
    assert any("receive_response_headers" in each for each in logged)
    assert not find_leaks(*logged)


async def _fail(client: AsyncSunoClient) -> None:
    async with client:
        with pytest.raises(SunoError):
            await client.tasks.get("a")


def test_failure_holds_no_key(face: str) -> None:
    """Neither the error nor its causes lead to a request that carries the key."""
    stage = Stage(face, lambda _: httpx.ReadError)
    with pytest.raises(SunoError) as raised:
        stage.run(stage.client.tasks.get("a", retries=0))
    seen: set[int] = set()
    waiting: list[object] = [raised.value.args, vars(raised.value), raised.value.__cause__]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type(sys)) or callable(thing):
            continue
        seen.add(id(thing))
        assert not isinstance(thing, httpx.Request) or "authorization" not in thing.headers
        if isinstance(thing, str | bytes):
            assert not find_leaks(thing)
        elif not isinstance(thing, TracebackType) and len(seen) < 20_000:
            waiting += gc.get_referents(thing)
