"""A response that breaks off: what can be read whole is the result, and of everything else what arrived is kept."""

from __future__ import annotations

import asyncio
import gzip
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from cometapi_suno import (
    AsyncSunoClient,
    AuthenticationError,
    BadRequestError,
    NoAnswerError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    ResponseDecodeError,
    ResponseError,
    SunoClient,
    SunoError,
    Timeout,
)
from cometapi_suno._json_parser import parse_json_start

from contract_tests.suite.client.scripted_server import Close, Received, Step, persona, serve_script
from contract_tests.suite.support.secret_leaks import KEY

WHOLE = json.dumps(persona("Ada")).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH = HEAD + b"Content-Length: %d\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n"
GZIP = gzip.compress(WHOLE)

CLOSING = HEAD + b"Connection: close\r\n"
LONG_HEADER = b"X-Long: " + b"x" * 200_000 + b"\r\n"

BROKEN_BUT_WHOLE: dict[str, list[Step]] = {
    "a length that is too large": [LENGTH % (len(WHOLE) + 9) + WHOLE, Close],
    "a length that is too large, and silence": [LENGTH % (len(WHOLE) + 9) + WHOLE, 60.0],
    "a length that is not a number": [HEAD + b"Content-Length: many\r\n\r\n" + WHOLE, Close],
    "two lengths": [HEAD + b"Content-Length: 9\r\nContent-Length: 99\r\n\r\n" + WHOLE, Close],
    "a length that is too small": [LENGTH % 9 + WHOLE, Close],
    "a length that is too small, and silence": [LENGTH % 9 + WHOLE, 60.0],
    "a length that is too small, in parts": [LENGTH % 9 + WHOLE[:9], 0.02, WHOLE[9:20], 0.02, WHOLE[20:], Close],
    "a length that is too small for gzip": [
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + GZIP[:30],
        0.02,
        GZIP[30:],
        Close,
    ],
    "chunks without an end": [CHUNKED % (len(WHOLE), WHOLE), Close],
    "a chunk size that is none": [HEAD + b"Transfer-Encoding: chunked\r\n\r\nsize\r\n" + WHOLE, Close],
    "chunks that are none": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + WHOLE, Close],
    "a bad second chunk": [
        CHUNKED % (9, WHOLE[:9]) + b"%x\n%b\n0\n\n" % (len(WHOLE) - 9, WHOLE[9:]),
        Close,
    ],
    "a bad trailer": [CHUNKED % (len(WHOLE), WHOLE) + b"0\r\nno trailer\r\n\r\n", Close],
    "an unknown transfer encoding": [HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + WHOLE, Close],
    "a header of 200 KB": [CLOSING + LONG_HEADER + b"\r\n" + WHOLE, Close],
    "a header of 200 KB, in parts": [
        CLOSING + LONG_HEADER[:120_000],
        0.01,
        LONG_HEADER[120_000:] + b"\r\n" + WHOLE,
        Close,
    ],
    "a header without a colon": [CLOSING + b"nonsense\r\n\r\n" + WHOLE, Close],
    "a header that is refused, then the body": [CLOSING + b"a b: c\r\n\r\n", 0.02, WHOLE, Close],
    "a NUL in a header": [CLOSING + b"X-Nul: \0\r\n\r\n" + WHOLE, Close],
    "an unknown version of HTTP": [b"HTTP/3 200\r\n\r\n" + WHOLE, Close],
    "a hundred provisional responses": [b"HTTP/1.1 102 .\r\n\r\n" * 100 + CLOSING + b"\r\n" + WHOLE, Close],
    "a body of 204": [b"HTTP/1.1 204 .\r\nContent-Length: %d\r\n\r\n" % len(WHOLE) + WHOLE, Close],
    "gzip without a label": [CLOSING + b"\r\n" + GZIP, Close],
    "gzip without its checksum": [CLOSING + b"Content-Encoding: gzip\r\n\r\n" + GZIP[:-8], Close],
    "gzip with a wrong checksum": [
        CLOSING + b"Content-Encoding: gzip\r\n\r\n" + GZIP[:-8] + b"\0" * 4 + GZIP[-4:],
        Close,
    ],
    "gzip in two members": [
        CLOSING + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(WHOLE[:9]) + gzip.compress(WHOLE[9:]),
        Close,
    ],
    **{
        f"an encoding {name} that it does not have": [
            CLOSING + b"Content-Encoding: " + name.encode() + b"\r\n\r\n" + WHOLE,
            Close,
        ]
        for name in ("gzip", "br", "zstd", "deflate", "none", "utf-8", "aws-chunked", "compress", "gzip, br")
    },
}
"""Responses whose whole JSON comes over the wire."""

NOT_WHOLE: dict[str, tuple[list[Step], int, bytes]] = {
    "cut, and closed": ([LENGTH % len(WHOLE) + WHOLE[:-1], Close], 200, WHOLE[:-1]),
    "cut, and silent": ([LENGTH % len(WHOLE) + WHOLE[:-1], 60.0], 200, WHOLE[:-1]),
    "a cut chunk": ([CHUNKED[:-2] % (len(WHOLE), WHOLE[:-1]), Close], 200, WHOLE[:-1]),
    "cut after a refused header": ([CLOSING + b"nonsense\r\n\r\n" + WHOLE[:-1], Close], 200, WHOLE[:-1]),
    "JSON without headers": ([WHOLE, Close], 0, WHOLE),
    "cut headers": ([HEAD, Close], 200, b""),
    "another protocol": ([b"SSH-2.0-OpenSSH_9.9\r\n", Close], 0, b"SSH-2.0-OpenSSH_9.9\r\n"),
}
"""Responses that are not whole: what is sent, and status and content of what is kept."""


def _create(face: str, url: str, **others: Any) -> Any:
    arguments: dict[str, Any] = {"root_clip_id": "c", "name": "Ada", "description": "", "clips": [], "is_public": False}
    options: dict[str, Any] = {"api_key": KEY, "base_url": url, "timeout": Timeout(read=0.3), **others}

    async def create() -> Any:
        if face == "sync":
            with SunoClient(**options) as client:
                return client.personas.create(**arguments)
        async with AsyncSunoClient(**options) as client:
            return await client.personas.create(**arguments)

    return asyncio.run(create())


@pytest.mark.parametrize("how", BROKEN_BUT_WHOLE)
def test_whole_json_is_the_result(face: str, how: str) -> None:
    with serve_script(lambda _: BROKEN_BUT_WHOLE[how]) as server:
        assert _create(face, server.url).id == "id of Ada"
        assert len(server.received) == 1


@pytest.mark.parametrize("how", NOT_WHOLE)
def test_what_arrived_is_in_the_error(face: str, how: str) -> None:
    steps, status, content = NOT_WHOLE[how]
    with serve_script(lambda _: steps) as server:
        with pytest.raises(OutcomeUnknownError) as raised:
            _create(face, server.url)
        assert len(server.received) == 1
    response = raised.value.response
    assert response is not None
    assert (response.status_code, response.content) == (status, content)
    assert raised.value.body == ({"id": "id of Ada", "name": "Ada"} if content == WHOLE else CUT.get(content))


CUT = {WHOLE[:-1]: {"id": "id of Ada", "name": "Ada"}}
"""What can be read of a body that was cut."""


def test_rest_of_body_with_small_length_is_kept(face: str) -> None:
    """The JSON never ends, so that it cannot be a result. What arrived is on the error."""
    with serve_script(lambda _: [LENGTH % 9 + WHOLE[:-1], Close]) as server:
        with pytest.raises(ResponseDecodeError) as raised:
            _create(face, server.url)
        assert len(server.received) == 1
    assert raised.value.response.content == WHOLE[:-1]


REASON = b'{"error": {"code": "invalid_request", "message": "The clip is unknown"}, "more": "'
REFUSAL = b"HTTP/1.1 %d .\r\nContent-Type: application/json\r\n"
CUT_REFUSALS: dict[str, list[Step]] = {
    "a length that is too large": [REFUSAL + b"Content-Length: 999\r\n\r\n" + REASON, Close],
    "a length that is too large, and silence": [REFUSAL + b"Content-Length: 999\r\n\r\n" + REASON, 60.0],
    "chunks without an end": [REFUSAL + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(REASON) + REASON, Close],
    "a cut chunk": [REFUSAL + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n" + REASON, Close],
    "a chunk size that is none": [REFUSAL + b"Transfer-Encoding: chunked\r\n\r\nsize\r\n" + REASON, Close],
    "a cut gzip": [REFUSAL + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(REASON, mtime=0)[:-8], Close],
    "a header without a colon": [REFUSAL + b"nonsense\r\n\r\n" + REASON, Close],
}
"""Refusals whose headers are whole and whose body breaks off."""


@pytest.mark.parametrize("how", CUT_REFUSALS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, BadRequestError), (401, AuthenticationError), (404, NotFoundError), (422, ResponseError)],
)
def test_refusal_that_breaks_off_is_known_by_its_status(
    face: str, how: str, status: int, kind: type[ResponseError]
) -> None:
    error = _refuse(face, status, CUT_REFUSALS[how])
    assert type(error) is kind
    assert error.response.content == REASON
    assert (error.code, error.message.partition(" (")[0]) == ("invalid_request", "The clip is unknown")
    assert error.response.interrupted_by
    assert f"broke off: {error.response.interrupted_by}" in str(error)


@pytest.mark.parametrize("how", CUT_REFUSALS)
@pytest.mark.parametrize("status", [303, 408, 409, 429, 502, 503])
def test_unclear_status_that_breaks_off_is_unknown_outcome(face: str, how: str, status: int) -> None:
    error = _refuse(face, status, CUT_REFUSALS[how], b"other")
    assert type(error) is OutcomeUnknownError
    assert error.response is not None
    assert error.response.status_code == status


@pytest.mark.parametrize("head", [b"HTTP/1.1 401 .\r\nContent-Type: appl", b"HTTP/1.1 401 .\r\n", b"HTTP/1.1 401"])
def test_status_of_cut_headers_is_not_believed(face: str, head: bytes) -> None:
    error = _refuse(face, 0, [head, Close])
    assert type(error) is OutcomeUnknownError
    assert error.response is not None
    assert error.response.status_code == 401


def test_text_of_cut_refusal_is_kept(face: str) -> None:
    head = b"HTTP/1.1 403 .\r\nContent-Type: text/plain\r\nContent-Length: 999\r\n\r\n"
    error = _refuse(face, 0, [head + b"The key is blo", Close])
    assert type(error) is PermissionDeniedError
    assert error.body == "The key is blo"


def _refuse(face: str, status: int, steps: list[Step], code: bytes = b"invalid_request") -> Any:
    """Make a persona, for which the server sends these steps; check that it was asked once."""
    head, *rest = steps
    assert isinstance(head, bytes)
    head = head.replace(b"%d", b"%d" % status).replace(b"invalid_request", code)
    with serve_script(lambda _: [head, *rest]) as server:
        with pytest.raises(SunoError) as raised:
            _create(face, server.url)
        assert len(server.received) == 1
    return raised.value


def test_read_keeps_what_arrived(face: str) -> None:
    with serve_script(lambda _: [LENGTH % 99 + b'{"code": "success", "data": {"task_id": "a", "sta', Close]) as server:

        async def get() -> None:
            options: dict[str, Any] = {"api_key": KEY, "base_url": server.url, "retries": 0}
            if face == "sync":
                with SunoClient(**options) as client:
                    client.tasks.get("a")
            async with AsyncSunoClient(**options) as async_client:
                await async_client.tasks.get("a")

        with pytest.raises(NoAnswerError) as raised:
            asyncio.run(get())
    assert raised.value.body == {"code": "success", "data": {"task_id": "a"}}


@pytest.mark.parametrize(("place", "total"), [("headers", None), ("headers", 3.0), ("provisional responses", 3.0)])
def test_headers_without_end_are_read_up_to_a_limit(face: str, place: str, total: float | None) -> None:
    def flood(_: Received) -> Iterator[Step]:
        yield HEAD if place == "headers" else b""
        while True:
            yield b"X-Header: value\r\n" * 500 if place == "headers" else b"HTTP/1.1 102 .\r\n\r\n" * 500

    with serve_script(flood) as server, pytest.raises(OutcomeUnknownError) as raised:
        _create(face, server.url, timeout=Timeout(read=5, total=total))
    response = raised.value.response
    assert response is not None
    assert response.status_code == (200 if place == "headers" else 102)


LIMIT = 1_000_000
LARGE: dict[str, list[bytes]] = {
    "plain": [b'{"id": "' + b"x" * LIMIT * 2],
    "bomb": [gzip.compress(b'{"id": "' + b"x" * LIMIT * 20)],
    "after gzip": [GZIP, b"\0" * LIMIT * 2],
    "chunks of a byte": [b"1\r\nx\r\n" * 20_000],
    "many numbers": [b"[0" + b",0" * (LIMIT // 2 - 2) + b"]"],
    "many numbers, and more": [b"[0" + b",0" * (LIMIT // 2 - 2) + b"]" + b" " * LIMIT],
    "many objects": [gzip.compress(b'{"data": [{}' + b",{}" * (LIMIT // 3 - 9) + b"]}")],
    "a wide text": [b'{"id": "' + "\U0001f600".encode() + b"x" * (LIMIT - 20) + b'"}'],
    "a long message": [b'{"error": "' + b"x" * (LIMIT - 20) + b'"}'],
    "no JSON": [b"x" * LIMIT],
    "escapes": [b'{"error": 1, "x": "' + b"\\n" * 150_000 + b"x" * (LIMIT - 300_100) + b'"}'],
}


OF_ERRORS = ("many objects", "a long message", "no JSON", "escapes")
"""What is read otherwise in an error: for a code, a message, and without a model."""


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "status"), [*((kind, 200) for kind in LARGE), *((kind, 401) for kind in OF_ERRORS)])
def test_memory_is_within_three_times_the_limit(kind: str, status: int) -> None:
    _measure_large("sync", kind, status)


@pytest.mark.parametrize("kind", ["bomb", "many numbers"])
def test_memory_is_limited(face: str, kind: str) -> None:
    _measure_large(face, kind, 200)


def _measure_large(face: str, kind: str, status: int) -> None:
    encoding = b"Content-Encoding: gzip\r\n" if LARGE[kind][0][:2] == GZIP[:2] else b""
    chunked = b"Transfer-Encoding: chunked\r\n" if kind.startswith("chunks") else b""
    head = CLOSING.replace(b"200", b"%d" % status) + encoding + chunked + b"\r\n"
    with serve_script(lambda _: [head, *LARGE[kind], Close]) as server:
        options = {"max_response_bytes": LIMIT, "timeout": Timeout(read=5)}
        _fail(face, server.url, **options)  # what is imported at the first error is not measured
        tracemalloc.start()
        try:
            _fail(face, server.url, **options)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 3 * LIMIT + 128_000  # the error and its traceback, however large the response is


def test_json_of_too_many_values_is_kept(face: str) -> None:
    (body,) = LARGE["many numbers"]
    with (
        serve_script(lambda _: [CLOSING + b"\r\n" + body, Close]) as server,
        pytest.raises(ResponseDecodeError, match="takes more memory than max_response_bytes allows") as raised,
    ):
        _create(face, server.url, max_response_bytes=LIMIT)
    assert raised.value.response.content == body


def _fail(face: str, url: str, **options: Any) -> None:
    with suppress(SunoError):
        _create(face, url, **options)


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b'{"id": "p", "na', {"id": "p"}),
        (b'{"id": "p", "name"', {"id": "p"}),
        (b'{"id": "p", "name":', {"id": "p"}),
        (b'{"id": "p", "text": "a, {b: [', {"id": "p"}),
        (b'{"id": "a \\"b", "n": 12', {"id": 'a "b'}),
        (b'{"a": [1, 2, {"b": true, "c": "d', {"a": [1, 2, {"b": True}]}),
        (b'[["x", "y', [["x"]]),
        (b'{"a": "\xc3', {}),
        (b'{"id": "p"} trailing', {"id": "p"}),
        (b"{", {}),
        (b"{'id': 1}", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_start_of_json_is_parsed(content: bytes, start: object) -> None:
    assert parse_json_start(content) == start
