"""Exchanges that other programs saved: HTTP Archives (HAR 1.2), and logs of gateways with one JSON object a line.

A line of a log is an entry of a HAR, an object with `request` and `response` (as Kong writes), or flat (`method`,
`path`, `status`, `request_body`, `response_body`). Other lines, entries without an answer, and other hosts are left
out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, quote, urlsplit

from attrs import define, field
from cometapi_suno_mock import Contract

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.exchange import (
    UNDATED,
    ExchangeBody,
    ExchangeError,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    join_headers,
    parse_body,
)
from contract_tests.verifier.exchange.recordings import read_json_file, read_json_lines
from scripts.openapi_document import is_array, is_object
from scripts.text_and_files import format_path

_METHOD: Final = ("method", "request_method", "http_method")
_TARGET: Final = ("url", "uri", "path", "request_uri", "request_path")
_STATUS: Final = ("status", "status_code", "statusCode", "response_code", "response_status")
_DATE: Final = ("startedDateTime", "started_at", "timestamp", "@timestamp", "time", "time_iso8601", "start_time", "ts")
_HOST: Final = ("host", "http_host", "authority")
_REQUEST_BODY: Final = ("postData", "request_body", "requestBody", "body")
_RESPONSE_BODY: Final = ("content", "response_body", "responseBody", "body")
_DEFAULT_PORTS: Final = {"http": (80,), "https": (443,), "": (80, 443)}


@define
class ArchiveReader:
    """Reads the exchanges with one host.

    Attributes:
        contract: The description, to find the operation of an exchange.
        host: The host, with its port unless that is the scheme's own.
        others: The other hosts that were met.
    """

    contract: Contract
    host: str
    others: set[str] = field(factory=set[str], init=False)

    def read(self, path: Path) -> list[HttpExchange]:
        """Return the exchanges of a HAR or of a log.

        Raises:
            VerifierInputError: The file is neither, or has no exchange with the host.
        """
        found = [
            exchange
            for place, name, entry in _read_entries(path)
            if (exchange := self._read_entry(f"{format_path(path)}{place}", f"{path.stem}.{name}", entry)) is not None
        ]
        if not found:
            others = ", ".join(sorted(self.others)) or "none at all"
            raise VerifierInputError(f"{format_path(path)}: no exchange with {self.host}; the hosts are {others}")
        return found

    def _read_entry(self, place: str, name: str, entry: Mapping[str, Any]) -> HttpExchange | None:
        sent, received = _read_sides(entry)
        method, target, status = _find(sent, _METHOD), _find(sent, _TARGET), _find(received, _STATUS)
        if not isinstance(method, str) or not isinstance(target, str) or not _is_status(status):
            return None
        request_headers = _read_headers(_find(sent, ("headers", "request_headers")))
        url = self._parse_url(target, str(_find(sent, _HOST) or request_headers.get("host", "")))
        if url is None:
            return None
        path = quote(url.path or "/", safe="/%:@!$&'()*+,;=~-._")
        matched = self.contract.match(method, path)
        try:
            exchange = HttpExchange(
                id=re.sub(r"[^A-Za-z0-9._-]", "-", name),
                origin="recorded",
                target=self.host.replace("[", "").replace("]", ""),
                date=_format_date(_find(entry, _DATE)),
                operation=matched[0].id if matched is not None else None,
                request=ExchangeRequest(
                    method=method.upper(),
                    path=path,
                    query=tuple(parse_qsl(url.query, keep_blank_values=True)),
                    headers=request_headers,
                    body=_read_body(_find(sent, _REQUEST_BODY)),
                ),
                response=_read_response(int(status), received),
            )
            return HttpExchange.parse(exchange.to_json())
        except ValueError as error:
            raise VerifierInputError(f"{place}: {error}") from None

    def _parse_url(self, target: str, host: str) -> SplitResult | None:
        """Return the URL if it is on the host; a log that names no host is about the host."""
        if "://" not in target and target[:1] != "/":
            return None
        try:
            url = urlsplit(target if "://" in target else f"//{host}{target}")
            found = _normalize_host(url)
        except ValueError:  # such as a bad port: not a URL of any service
            return None
        if found and found != _normalize_host(urlsplit(f"//{self.host}")):
            self.others.add(found)
            return None
        return url


def is_archive(path: Path) -> bool:
    """Return whether a file is a HAR, or a log whose lines are not recordings."""
    if path.suffix in (".har", ".ndjson", ".log"):
        return True
    first = next(iter(read_json_lines(path)), None) if path.suffix == ".jsonl" else None
    return first is not None and not (is_object(first[1]) and "exchange" in first[1])


def _read_entries(path: Path) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield place, name and value of each entry."""
    if path.suffix != ".har":
        for line, value in read_json_lines(path):
            if is_object(value):
                yield f":{line}", str(line), value
        return
    archive = read_json_file(path)
    log = archive.get("log") if is_object(archive) else None
    entries = log.get("entries") if is_object(log) else None
    if not is_array(entries):
        place = "/log" if is_object(log) else "/"
        raise VerifierInputError(f"{format_path(path)}: {place}: not a HAR: log.entries is needed")
    for index, entry in enumerate(entries):
        place = f": /log/entries/{index}"
        sent, received = (entry.get(side) if is_object(entry) else None for side in ("request", "response"))
        has_request = is_object(sent) and {"method", "url"} <= sent.keys()
        if not has_request or not is_object(received) or "status" not in received:
            raise VerifierInputError(f"{format_path(path)}{place}: not a HAR: request and response are needed")
        yield place, str(index + 1), entry


def _read_sides(entry: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return what an entry says of the request and of the response.

    In a flat one, `body` and `headers` are of the response only if those of the request are named, and vice versa;
    `headers` alone are those of the request, which name the host.
    """
    sent, received = (entry.get(side) for side in ("request", "response"))
    request = dict(sent if is_object(sent) else entry)
    response = dict(received if is_object(received) else entry)
    if not is_object(sent) and _find(entry, _RESPONSE_BODY[:-1]) is None:
        request.pop("body", None)
    if not is_object(received):
        for name, others in (("body", _REQUEST_BODY[:-1]), ("headers", ("request_headers",))):
            if _find(entry, others) is None:
                response.pop(name, None)
    return request, response


def _find(value: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _is_status(status: object) -> bool:
    return re.fullmatch(r"[1-9]\d\d", str(status), re.ASCII) is not None


def _normalize_host(url: SplitResult) -> str:
    """Return host and port in small letters, without the port that every service of the scheme has."""
    name = (url.hostname or "").rstrip(".")
    is_usual = url.port is None or url.port in _DEFAULT_PORTS.get(url.scheme, ())
    return name if is_usual else f"{name}:{url.port}"


def _read_headers(headers: object) -> dict[str, str]:
    """Return headers by their names in lower case, from a HAR's list or an object."""
    pairs: Sequence[tuple[Any, Any]] = ()
    if is_array(headers):
        pairs = [(each.get("name"), each.get("value")) for each in headers if is_object(each)]
    elif is_object(headers):
        pairs = [(name, item) for name, value in headers.items() for item in (value if is_array(value) else [value])]
    return join_headers(
        (name, str(value))
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str | int | float) and name[:1] != ":"  # not those of HTTP/2
    )


def _read_response(status: int, received: Mapping[str, Any]) -> ExchangeResponse:
    saved, content = _find(received, ("headers", "response_headers")), _find(received, _RESPONSE_BODY)
    headers = _read_headers(saved)
    if saved is None and is_object(content) and content.get("text") and content.get("mimeType"):
        headers, saved = {"content-type": str(content["mimeType"])}, content
    is_saved = content is not None and not (is_object(content) and _is_unsaved(content))
    body = _read_body(content) if is_saved else None
    is_known = is_saved or status in (204, 304)
    return ExchangeResponse(status, headers, body, body_is_known=is_known, headers_are_known=saved is not None)


def _is_unsaved(content: Mapping[str, Any]) -> bool:
    """Return whether the content of a HAR has no text although the body was not empty."""
    return (
        "text" not in content and {"size", "mimeType", "_file"} & content.keys() != set() and content.get("size") != 0
    )


def _read_body(content: Any) -> ExchangeBody | None:
    """Return a body from a HAR's content, a text, or a JSON value."""
    if content is None:
        return None
    if is_object(content) and ("text" in content or _is_unsaved(content) or "mimeType" in content):
        text = str(content.get("text") or "")
        if content.get("encoding") == "base64":
            try:
                return parse_body(base64.b64decode(text, validate=True))
            except binascii.Error:
                raise ExchangeError("the body is not base64") from None
        return parse_body(text.encode("utf-8", "replace"))
    return parse_body(content.encode("utf-8", "replace")) if isinstance(content, str) else ExchangeBody("json", content)


def _format_date(value: Any) -> str:
    """Return an instant in UTC to the second; only the day when it has no offset."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            instant = datetime.fromtimestamp(value / 1000 if value > 10**11 else value, UTC)
        else:
            instant = datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return UNDATED
    return f"{instant:%Y-%m-%d}" if instant.tzinfo is None else f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
