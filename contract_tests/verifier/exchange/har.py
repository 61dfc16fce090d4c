"""HTTP Archives (HAR 1.2): what browsers and proxies save, to exchanges and back."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import harfile
from attrs import evolve
from cometapi_suno_mock import Contract
from cometapi_suno_mock.media import write_json
from cometapi_suno_mock.pointers import pointer
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.exchange.exchange import UNDATED, Body, Exchange, ExchangeError, Request, Response
from contract_tests.verifier.exchange.recordings import RecordingError, loads, read_text
from contract_tests.verifier.exchange.sanitize import Scrubber
from scripts.openapi_document import shown

HOST = "api.cometapi.com"
"""Whose exchanges are taken from an archive unless another host is named."""

_TEXT = {"type": "string"}
_RECORDS = {
    "type": "array",
    "items": {"type": "object", "required": ["name", "value"], "properties": {"name": _TEXT, "value": _TEXT}},
}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


_ENTRY = _object(
    "startedDateTime",
    "request",
    "response",
    startedDateTime=_TEXT,
    comment=_TEXT,
    request=_object(
        "method", "url", method=_TEXT, url=_TEXT, headers=_RECORDS, postData=_object(text=_TEXT, comment=_TEXT)
    ),
    response=_object(
        "status", status={"type": "integer"}, headers=_RECORDS, content=_object(text=_TEXT, encoding=_TEXT)
    ),
)
_ARCHIVE = _object("log", log=_object("entries", entries={"type": "array", "items": _ENTRY}))


def import_har(path: Path, contract: Contract, host: str, *, scrubber: Scrubber | None = None) -> list[Exchange]:
    """The exchanges with one host, scrubbed. Those with other hosts, and those without an answer, are left out.

    Raises:
        RecordingError: It is no HAR, or nothing in it is with that host.
    """
    scrubber = scrubber or Scrubber()
    try:
        archive = loads(read_text(path, RecordingError))
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{shown(path)}: not JSON: {error}") from None
    for wrong in _validator().iter_errors(archive):
        raise RecordingError(f"{shown(path)}: {pointer(wrong.instance_path) or '/'}: no HAR: {wrong.message[:160]}")
    found: list[Exchange] = []
    hosts: set[str] = set()
    for index, entry in enumerate(archive["log"]["entries"]):
        url = urlsplit(str(entry["request"]["url"]))
        there = url.netloc.rpartition("@")[2]
        hosts.add(there)
        if there == host and entry["response"]["status"] >= 100:
            try:
                found.append(scrubber.exchange(_read(entry, contract, host, f"{path.stem}.{index + 1}")))
            except (ExchangeError, ValueError) as error:
                raise RecordingError(f"{shown(path)}: /log/entries/{index}: {error}") from None
    if not found:
        others = ", ".join(sorted(hosts)) or "none at all"
        raise RecordingError(f"{shown(path)}: no exchange with {host}; the hosts are {others}")
    return found


def export_har(exchanges: Iterable[Exchange], path: Path, host: str, *, scrubber: Scrubber | None = None) -> None:
    """Write exchanges, scrubbed, as a HAR. Imported again, they are the same."""
    scrubber = scrubber or Scrubber()
    scratch = path.with_name(path.name + ".new")
    with harfile.HarFile.open(scratch, creator=harfile.Creator("cometapi-suno", "1")) as archive:
        for exchange in map(scrubber.exchange, exchanges):
            archive.add_entry(
                startedDateTime=_instant(exchange.date),
                time=0,
                request=_request(exchange.request, host),
                response=_response(exchange.response),
                timings=harfile.Timings(send=0, wait=0, receive=0),
                comment=_comment(exchange),
            )
    scratch.replace(path)


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(_ARCHIVE)


def _read(entry: Mapping[str, Any], contract: Contract, host: str, name: str) -> Exchange:
    asked, answered = entry["request"], entry["response"]
    url = urlsplit(str(asked["url"]))
    path = quote(url.path or "/", safe="/%:@!$&'()*+,;=~-._")
    matched = contract.match(asked["method"], path)
    exchange = Exchange(
        id="".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name),
        origin="recorded",
        target=host.replace("[", "").replace("]", ""),
        date=_date(entry["startedDateTime"]),
        operation=matched[0].id if matched is not None else None,
        request=Request(
            method=asked["method"],
            path=path,
            query=tuple(parse_qsl(url.query, keep_blank_values=True)),
            headers=_headers(asked.get("headers", ())),
            body=_body(asked.get("postData", {})),
        ),
        response=Response(
            status=answered["status"],
            headers=_headers(answered.get("headers", ())),
            body=_body(answered.get("content", {})),
        ),
    )
    try:
        told = json.loads(entry.get("comment", ""))
    except ValueError:
        told = None
    if isinstance(told, dict) and told.keys() == _COMMENTED:
        exchange = evolve(exchange, **told)
    return Exchange.parse(exchange.plain())


def _headers(records: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for record in records:
        name = record["name"].lower()
        if not name.startswith(":"):  # browsers write the pseudo-headers of HTTP/2 down too
            found[name] = f"{found[name]}, {record['value']}" if name in found else record["value"]
    return found


def _body(content: Mapping[str, str]) -> Body | None:
    text = content.get("text", "")
    if "base64" in (content.get("encoding"), content.get("comment")):
        try:
            return Body.of(base64.b64decode(text, validate=True))
        except binascii.Error:
            raise ExchangeError("the body is no base64") from None
    return Body.of(text.encode("utf-8", "replace"))


def _date(text: str) -> str:
    """A HAR's instant in UTC, to the second; it has one always, also where nobody knew it."""
    head = text[:19]
    return f"{head}Z" if len(head) == 19 and text[19:].lstrip(".0123456789") in ("Z", "+00:00") else text[:10]


def _instant(date: str) -> str:
    if date == UNDATED:
        date = "1970"
    return date if "T" in date else f"{date}{'-01' * (2 - date.count('-'))}T00:00:00Z"


_COMMENTED = {"id", "origin", "target", "date", "operation", "note"}


def _comment(exchange: Exchange) -> str:
    return json.dumps({name: getattr(exchange, name) for name in sorted(_COMMENTED)}, ensure_ascii=False)


def _request(request: Request, host: str) -> harfile.Request:
    query = f"?{urlencode(request.query)}" if request.query else ""
    body = None
    if request.body is not None:
        text, encoding = _written(request.body)
        media = request.headers.get("content-type", "")
        body = harfile.PostData(mimeType=media, text=text, comment=encoding)
    return harfile.Request(
        method=request.method,
        url=f"https://{host}{request.path}{query}",
        httpVersion="HTTP/1.1",
        headers=[harfile.Record(name, value) for name, value in request.headers.items()],
        queryString=[harfile.Record(name, value) for name, value in request.query],
        postData=body,
    )


def _response(response: Response) -> harfile.Response:
    text, encoding = _written(response.body) if response.body is not None else ("", None)
    size = len(response.body.content) if response.body is not None else 0
    return harfile.Response(
        status=response.status,
        statusText="",
        httpVersion="HTTP/1.1",
        headers=[harfile.Record(name, value) for name, value in response.headers.items()],
        content=harfile.Content(
            size=size, mimeType=response.headers.get("content-type", ""), text=text, encoding=encoding
        ),
    )


def _written(body: Body) -> tuple[str, str | None]:
    if body.kind == "base64":
        return base64.b64encode(body.value).decode(), "base64"
    return (write_json(body.value).decode() if body.kind == "json" else str(body.value)), None
