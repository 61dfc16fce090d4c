"""What can go wrong between a sound answer and the caller, row by row: the fault, and the one outcome that is right."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
from attrs import field, frozen
from cometapi_suno import RedirectError, ResponseDecodeError, ResponseError
from cometapi_suno_mock import OperationContract

from contract_tests.suite.support.expected_results import allows, kind_of, only_reads
from contract_tests.suite.support.fake_transport import JSON, Reply

PAGE = "<!DOCTYPE html><html><head><title>Just a moment</title></head><body>…</body></html>"
TASK_ERROR = {"code": "fail_to_fetch_task", "message": "no such thing", "data": None}
GATEWAY_ERROR = {"error": {"message": "no", "type": "comet_api_error", "param": "", "code": "some_code"}}

Failures = tuple[type[httpx.HTTPError], ...]
NEVER_SEEN: Failures = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""Failures after which the server cannot have seen the request."""
PERHAPS_DONE: Failures = (
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
)
"""Failures after which it may have done the work, and charged."""
BROKEN_OFF: Failures = (httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout)
"""Failures while the body comes."""

LARGEST = 2**20
"""What a client of these tests takes, in bytes."""

Answer = Reply | type[httpx.HTTPError]
Spoil = Callable[[bytes], Answer]
"""From the bytes of a sound body to what comes instead."""


@frozen
class Raises:
    """An error of exactly this class, with these attributes and the whole answer.

    Attributes:
        kind: Its class.
        says: Attributes and their values.
    """

    kind: type[ResponseError]
    says: Mapping[str, object] = field(factory=dict[str, object])


@frozen
class Undelivered:
    """No usable answer came back.

    Attributes:
        sent: Whether the server can have seen the request: then a call that may be charged has an unknown outcome.
    """

    sent: bool


NEVER, PERHAPS = Undelivered(sent=False), Undelivered(sent=True)


@frozen
class Returns:
    """The value of the sound answer, as if nothing had happened."""


@frozen
class Fault:
    """One row.

    Attributes:
        name: What goes wrong.
        spoil: What comes instead of a sound body.
        outcome: What the caller gets.
    """

    name: str
    spoil: Spoil
    outcome: Raises | Undelivered | Returns


def reply(content: bytes | str, status: int = 200, media: str | None = JSON, **headers: str) -> Reply:
    """An answer; names of headers are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if media is not None:
        named["Content-Type"] = media
    return Reply(status, content if isinstance(content, bytes) else content.encode(), named)


def page(status: int) -> Reply:
    """An answer that is a web page."""
    return reply(PAGE, status, "text/html; charset=utf-8")


def _always(answer: Answer) -> Spoil:
    return lambda _: answer


def _no_json() -> Iterator[Fault]:
    """2xx, and no JSON in it: the whole answer is on the error."""
    texts: Mapping[str, tuple[Reply, object]] = {
        "200 with a web page": (page(200), PAGE),
        "200 with an empty body": (reply(""), None),
        "200 with blanks": (reply(" \r\n"), " \r\n"),
        "200 with invalid JSON": (reply("{'id': 1}"), "{'id': 1}"),
        "200 with NaN": (reply('{"id": NaN}'), '{"id": NaN}'),
        "200 with no UTF-8": (reply(b'{"id": "\xff"}'), '{"id": "\ufffd"}'),
        "200 nested without end": (reply("[" * 100_000), "[" * 100_000),
        "200 with a picture": (reply(b"\x89PNG", media="image/png"), "\ufffdPNG"),
        "201 with an empty body": (reply("", 201), None),
        "204": (reply("", 204, media=None), None),
    }
    for name, (answer, body) in texts.items():
        yield Fault(name, _always(answer), _undecodable(status_code=answer.status, body=body))
    yield Fault("200 with half its JSON", lambda sound: reply(sound[:-9]), _undecodable())
    yield Fault("200 with its JSON twice", lambda sound: reply(sound * 2), _undecodable())
    yield Fault("200 in UTF-16", lambda sound: reply(sound.decode().encode("utf-16")), _undecodable())
    yield Fault(
        "half a gzip", lambda sound: reply(_half(gzip.compress(sound)), Content_Encoding="gzip"), _undecodable()
    )


def _undecodable(**says: object) -> Raises:
    return Raises(ResponseDecodeError, {"status_code": 200, "code": None, "pointer": "", "expected": "JSON", **says})


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _other_json() -> Iterator[Fault]:
    """2xx, and JSON of another type than the description has, if it is another."""
    values: Mapping[str, object] = {
        "array": [],
        "string": "id",
        "integer": 7,
        "number": 0.5,
        "boolean": True,
        "null": None,
    }
    for got, value in values.items():
        says = {"status_code": 200, "pointer": "", "got": got, "body": value}
        yield Fault(f"200 with the {got} {value}", _always(reply(json.dumps(value))), Raises(ResponseDecodeError, says))


def _failures_told_as_success() -> Iterator[Fault]:
    """2xx whose body says that the call failed; the last three were seen on sister gateways."""
    bodies: Mapping[str, tuple[Any, object, object]] = {
        "a task error": (TASK_ERROR, "fail_to_fetch_task", "no such thing"),
        "a gateway error": (GATEWAY_ERROR, "some_code", "no"),
        "an error without a code": ({"error": {"message": "no"}}, None, "no"),
        "an envelope with null for its code": ({"code": None, "message": "no", "data": None}, None, "no"),
        "a task not found": ({"code": "error", "data": None, "message": "Task not found"}, "error", "Task not found"),
        "a number for its code": ({"code": 422, "message": "no task", "data": None}, 422, "no task"),
        "success told by a number": ({"code": 1, "message": "ok", "data": {}}, 1, "ok"),
    }
    for name, (body, code, message) in bodies.items():
        for status in (200, 201):
            says = {"status_code": status, "code": code, "message": message, "body": body}
            yield Fault(
                f"{status} with {name}", _always(reply(json.dumps(body), status)), Raises(kind_of(status), says)
            )


def _redirects() -> Iterator[Fault]:
    """3xx: not followed, for the key would go along."""
    for status in (300, 301, 302, 303, 304, 307, 308):
        for where in ("https://elsewhere.example/suno", "/suno/other/", "//elsewhere.example"):
            answer = _always(reply("", status, media=None, Location=where))
            yield Fault(f"{status} to {where}", answer, Raises(RedirectError, {"status_code": status, "body": None}))


def _nearly_sound() -> Iterator[Fault]:
    """What a tolerant reader takes: other successes, other names of JSON, compression."""
    yield Fault("201 with the sound body", lambda sound: reply(sound, 201), Returns())
    yield Fault("202 with the sound body", lambda sound: reply(sound, 202), Returns())
    yield Fault("JSON as text/plain", lambda sound: reply(sound, media="text/plain; charset=utf-8"), Returns())
    yield Fault("JSON without a content type", lambda sound: reply(sound, media=None), Returns())
    yield Fault("JSON among blanks", lambda sound: reply(b"\r\n\t " + sound + b" \n"), Returns())
    yield Fault("JSON in gzip", lambda sound: reply(gzip.compress(sound), Content_Encoding="gzip"), Returns())


def _deliveries() -> Iterator[Fault]:
    """No answer, or not the whole of it: what the server can have seen decides."""
    for error in NEVER_SEEN:
        yield Fault(error.__name__, _always(error), NEVER)
    for error in PERHAPS_DONE:
        yield Fault(error.__name__, _always(error), PERHAPS)
    for error in BROKEN_OFF:
        yield Fault(f"{error.__name__} within the body", _cut(error), PERHAPS)
    for packing in ("gzip", "deflate", "br", "unheard-of"):
        yield Fault(f"what is no {packing}", _always(reply("{}", Content_Encoding=packing)), PERHAPS)
    yield Fault("half a gzip", lambda sound: reply(_half(gzip.compress(sound)), Content_Encoding="gzip"), PERHAPS)
    yield Fault("too large a body", _always(reply(b" " * (LARGEST + 1))), PERHAPS)
    bomb = gzip.compress(b" " * (LARGEST + 1))
    yield Fault("too large a body in gzip", _always(reply(bomb, Content_Encoding="gzip")), PERHAPS)


def _cut(error: type[httpx.HTTPError]) -> Spoil:
    return lambda sound: Reply(200, _half(sound), error=error)


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for rows in (_no_json, _other_json, _failures_told_as_success, _redirects, _nearly_sound, _deliveries)
    for fault in rows()
}
"""Every fault of a whole answer, by its name."""

REFUSED = (400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 418, 422, 425, 429, 451, 499)
FAILED = (500, 501, 502, 503, 504, 505, 507, 520, 521, 522, 523, 524, 525, 526, 530, 599)

REFUSALS: Mapping[str, tuple[Any, object, str | None]] = {
    "a task error": (TASK_ERROR, "fail_to_fetch_task", "no such thing"),
    "a gateway error": (GATEWAY_ERROR, "some_code", "no"),
    "a number for its code": ({"code": 422, "message": "no task", "data": None}, 422, "no task"),
    "a message alone": ({"message": "no"}, None, "no"),
    "an error that is a string": ({"error": "no"}, None, None),
    "an object of something else": ({"detail": [1]}, None, None),
    "an array": (["no"], None, None),
    "a string": ("no", None, None),
}
"""JSON bodies of a refusal: the body, its code and its message."""


def sendings_of(operation: OperationContract, sound: bytes) -> Iterator[tuple[Answer, int]]:
    """Each fault and status, and how often a call that may be sent three times goes out.

    What was never seen, or was refused before any work, goes again; what may have been done only if it only reads.
    """
    unclear = 3 if only_reads(operation) else 1
    for fault in FAULTS.values():
        answer = fault.spoil(sound)
        if isinstance(fault.outcome, Undelivered):
            yield answer, unclear if fault.outcome.sent else 3
        elif isinstance(fault.outcome, Raises) and not allows(operation, answer):
            yield answer, 1
    for status in (*REFUSED, *FAILED):
        yield page(status), 3 if status == 429 else unclear if status >= 500 else 1
    yield reply(json.dumps({"code": "invalid_request", "message": "no", "data": None}), 500), 1
    for code, message in (("model_not_found", "no"), ("", "no available channel for group default")):
        yield reply(json.dumps({"error": {"code": code, "message": message}}), 503), 3
