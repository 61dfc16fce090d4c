"""Catalogue of response faults, each with the one right outcome."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
from attrs import field, frozen
from cometapi_suno import RedirectError, ResponseDecodeError, ResponseError
from cometapi_suno_mock import OperationContract

from contract_tests.suite.support.expected_results import contract_allows, expected_error_class, is_free_read
from contract_tests.suite.support.fake_transport import JSON, Reply

PAGE = "<!DOCTYPE html><html><head><title>Just a moment</title></head><body>…</body></html>"
TASK_ERROR = {"code": "fail_to_fetch_task", "message": "no such thing", "data": None}
GATEWAY_ERROR = {"error": {"message": "no", "type": "comet_api_error", "param": "", "code": "some_code"}}

Failures = tuple[type[httpx.HTTPError], ...]
NEVER_DELIVERED: Failures = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
"""Failures before the request was sent."""
MAYBE_DELIVERED: Failures = (
    httpx.ReadTimeout,
    httpx.WriteTimeout,
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
    httpx.LocalProtocolError,
)
"""Failures after which the request may have been processed and charged."""
BODY_FAILURES: Failures = (httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout)
"""Failures while the body is read."""

MAX_RESPONSE_BYTES = 2**20
"""Size limit of the clients in these tests, in bytes."""

Answer = Reply | type[httpx.HTTPError]
ApplyFault = Callable[[bytes], Answer]
"""Maps a valid body to the faulty answer."""


@frozen
class Raises:
    """Expect an error of exactly this class, with these attributes.

    Attributes:
        kind: Exact class of the error.
        says: Expected attributes.
    """

    kind: type[ResponseError]
    says: Mapping[str, object] = field(factory=dict[str, object])


@frozen
class NoResponse:
    """Expect an error without an answer.

    Attributes:
        sent: The server may have seen the request, so the outcome of a paid call is unknown.
    """

    sent: bool


NEVER, PERHAPS = NoResponse(sent=False), NoResponse(sent=True)


@frozen
class Returns:
    """Expect the value of the valid answer."""


@frozen
class Fault:
    """One fault of the catalogue.

    Attributes:
        name: Name of the fault.
        spoil: Makes the faulty answer from a valid body.
        outcome: Expected outcome.
    """

    name: str
    apply: ApplyFault
    outcome: Raises | NoResponse | Returns


def reply(content: bytes | str, status: int = 200, media: str | None = JSON, **headers: str) -> Reply:
    """Return an answer; header names are written with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if media is not None:
        named["Content-Type"] = media
    return Reply(status, content if isinstance(content, bytes) else content.encode(), named)


def page(status: int) -> Reply:
    """Return an HTML page."""
    return reply(PAGE, status, "text/html; charset=utf-8")


def _always(answer: Answer) -> ApplyFault:
    return lambda _: answer


def _no_json() -> Iterator[Fault]:
    """Yield 2xx answers that are not JSON."""
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


def _undecodable(**says: object) -> Raises:
    return Raises(ResponseDecodeError, {"status_code": 200, "code": None, "pointer": "", "expected": "JSON", **says})


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _other_json() -> Iterator[Fault]:
    """Yield 2xx answers with JSON of every type."""
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
    """Yield 2xx answers whose body says that the call failed; the last three were seen on similar gateways."""
    bodies: Mapping[str, tuple[Any, object, object]] = {
        "a task error": (TASK_ERROR, "fail_to_fetch_task", "no such thing"),
        "a gateway error": (GATEWAY_ERROR, "some_code", "no"),
        "an error without a code": ({"error": {"message": "no"}}, None, "no"),
        "an envelope with null for its code": ({"code": None, "message": "no", "data": None}, None, "no"),
        "a task not found": ({"code": "error", "data": None, "message": "Task not found"}, "error", "Task not found"),
        "a number for its code": ({"code": 422, "message": "no task", "data": None}, 422, "no task"),
        "a number as success code": ({"code": 1, "message": "ok", "data": {}}, 1, "ok"),
    }
    for name, (body, code, message) in bodies.items():
        for status in (200, 201):
            says = {"status_code": status, "code": code, "message": message, "body": body}
            yield Fault(
                f"{status} with {name}",
                _always(reply(json.dumps(body), status)),
                Raises(expected_error_class(status), says),
            )


def _redirects() -> Iterator[Fault]:
    """Yield redirects; following one would send the key to another address."""
    for status in (300, 301, 302, 303, 304, 307, 308):
        for where in ("https://elsewhere.example/suno", "/suno/other/", "//elsewhere.example"):
            answer = _always(reply("", status, media=None, Location=where))
            yield Fault(f"{status} to {where}", answer, Raises(RedirectError, {"status_code": status, "body": None}))


def _nearly_sound() -> Iterator[Fault]:
    """Yield unusual but acceptable answers: other 2xx statuses, other media types, compression."""
    yield Fault("201 with the sound body", lambda sound: reply(sound, 201), Returns())
    yield Fault("202 with the sound body", lambda sound: reply(sound, 202), Returns())
    yield Fault("JSON as text/plain", lambda sound: reply(sound, media="text/plain; charset=utf-8"), Returns())
    yield Fault("JSON without a content type", lambda sound: reply(sound, media=None), Returns())
    yield Fault("JSON among blanks", lambda sound: reply(b"\r\n\t " + sound + b" \n"), Returns())
    for packing in ("gzip", "br", "deflate", "none", "utf-8", "aws-chunked", "identity, none"):
        yield Fault(f"JSON labelled {packing}", _labelled(packing), Returns())
    yield Fault(
        "JSON in two members of gzip",
        lambda sound: reply(gzip.compress(sound[:9]) + gzip.compress(sound[9:]), Content_Encoding="gzip"),
        Returns(),
    )
    yield Fault(
        "gzip with padding", lambda sound: reply(gzip.compress(sound) + b"\0" * 99, Content_Encoding="gzip"), Returns()
    )
    yield Fault("JSON in gzip", lambda sound: reply(gzip.compress(sound), Content_Encoding="gzip"), Returns())


def _deliveries() -> Iterator[Fault]:
    """Yield missing and partial answers."""
    for error in NEVER_DELIVERED:
        yield Fault(error.__name__, _always(error), NEVER)
    for error in MAYBE_DELIVERED:
        yield Fault(error.__name__, _always(error), PERHAPS)
    for error in BODY_FAILURES:
        yield Fault(f"{error.__name__} within the body", _cut(error), PERHAPS)
    for packing in ("gzip", "deflate", "br", "unheard-of"):
        yield Fault(f"what is no {packing}", _always(reply("{", Content_Encoding=packing)), PERHAPS)
    yield Fault("half a gzip", lambda sound: reply(_half(gzip.compress(sound)), Content_Encoding="gzip"), PERHAPS)
    yield Fault("too large a body", _always(reply(b" " * (MAX_RESPONSE_BYTES + 1))), PERHAPS)
    bomb = gzip.compress(b" " * (MAX_RESPONSE_BYTES + 1))
    yield Fault("too large a body in gzip", _always(reply(bomb, Content_Encoding="gzip")), PERHAPS)


def _labelled(encoding: str) -> ApplyFault:
    return lambda sound: reply(sound, Content_Encoding=encoding)


def _cut(error: type[httpx.HTTPError]) -> ApplyFault:
    return lambda sound: Reply(200, _half(sound), error=error)


FAULTS: Mapping[str, Fault] = {
    fault.name: fault
    for rows in (_no_json, _other_json, _failures_told_as_success, _redirects, _nearly_sound, _deliveries)
    for fault in rows()
}
"""Every fault, by name."""

REFUSED = (400, 401, 402, 403, 404, 405, 408, 409, 413, 415, 418, 422, 425, 429, 451, 499)
FAILED = (500, 501, 502, 503, 504, 505, 507, 520, 521, 522, 523, 524, 525, 526, 530, 599)

REFUSALS: Mapping[str, tuple[Any, object, str | None]] = {
    "a task error": (TASK_ERROR, "fail_to_fetch_task", "no such thing"),
    "a gateway error": (GATEWAY_ERROR, "some_code", "no"),
    "a number for its code": ({"code": 422, "message": "no task", "data": None}, 422, "no task"),
    "a message alone": ({"message": "no"}, None, "no"),
    "an error that is a string": ({"error": "no"}, None, "no"),
    "a message under another name": ({"msg": "no"}, None, "no"),
    "a detail": ({"detail": "no"}, None, "no"),
    "a detail that is a list": ({"detail": [1]}, None, None),
    "an array": (["no"], None, None),
    "a string": ("no", None, None),
}
"""JSON bodies of a refusal: body, code, message."""


def expected_send_counts(operation: OperationContract, sound: bytes) -> Iterator[tuple[Answer, int]]:
    """Yield each fault and status with the number of times that a call with two retries is sent.

    What was never seen, or was refused before any work, goes again; what may have been done only if it only reads.
    """
    unclear = 3 if is_free_read(operation) else 1
    for fault in FAULTS.values():
        answer = fault.apply(sound)
        if isinstance(fault.outcome, NoResponse):
            yield answer, unclear if fault.outcome.sent else 3
        elif isinstance(fault.outcome, Raises) and not contract_allows(operation, answer):
            yield answer, 1
    for status in (*REFUSED, *FAILED):
        yield page(status), 3 if status == 429 else unclear if status >= 500 or status in (408, 425) else 1
    yield reply(json.dumps({"code": "invalid_request", "message": "no", "data": None}), 500), 1
    for code, message in (("model_not_found", "no"), ("", "no available channel for group default")):
        yield reply(json.dumps({"error": {"code": code, "message": message}}), 503), 3
