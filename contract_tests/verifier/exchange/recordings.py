"""Exchanges on disk: `.json` files with one exchange, `.jsonl` files with one a line, and HTTP Archives (HAR 1.2)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from cometapi_suno_mock import Contract
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.exchange.exchange import (
    ExchangeBody,
    ExchangeError,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    parse_body,
)
from contract_tests.verifier.exchange.sanitize import Sanitizer
from scripts.openapi_document import format_path, join_pointer
from scripts.text_and_files import write_atomically

RECORDINGS: Final = Path(__file__).resolve().parents[2] / "suite" / "recordings"
HOST: Final = "api.cometapi.com"
"""The host whose exchanges are read from an archive by default."""


class RecordingError(Exception):
    """A recording cannot be used. The message is one line: `file:line: reason`."""


def read_recordings(path: Path = RECORDINGS) -> list[HttpExchange]:
    """Return the exchanges of a file, or of every file in a folder in the order of their names.

    Raises:
        RecordingError: A file is not a recording, or two exchanges have the same id.
    """
    files = sorted(each for each in path.iterdir() if each.suffix in (".json", ".jsonl")) if path.is_dir() else [path]
    if not files:
        raise RecordingError(f"{format_path(path)}: no recording: a .json or .jsonl file is needed")
    found: dict[str, HttpExchange] = {}
    for file in files:
        for line, value in _read_values(file):
            try:
                exchange = HttpExchange.parse(value)
            except ExchangeError as error:
                raise RecordingError(f"{format_path(file)}:{line}: {error}") from None
            if exchange.id in found:
                raise RecordingError(f"{format_path(file)}:{line}: the id {exchange.id} is used twice")
            found[exchange.id] = exchange
    return list(found.values())


def write_recording(exchange: HttpExchange, folder: Path, *, sanitizer: Sanitizer | None = None) -> Path:
    """Write a sanitized exchange to a file that is named by its id, whole or not at all."""
    sanitized = (sanitizer or Sanitizer()).sanitize(exchange)
    text = json.dumps(sanitized.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return write_atomically(folder / f"{exchange.id.replace(':', '-')}.json", text)


def read_har(path: Path, contract: Contract, host: str) -> list[HttpExchange]:
    """Return the sanitized exchanges with one host. Those without an answer are left out.

    Raises:
        RecordingError: The file is not a HAR, or has no exchange with that host.
    """
    try:
        archive = parse_strict_json(read_text(path, RecordingError))
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"{format_path(path)}: not JSON: {error}") from None
    for wrong in _har_validator().iter_errors(archive):
        place = join_pointer("", *wrong.instance_path) or "/"
        raise RecordingError(f"{format_path(path)}: {place}: not a HAR: {wrong.message[:160]}")
    sanitizer, found, hosts = Sanitizer(), list[HttpExchange](), set[str]()
    for index, entry in enumerate(archive["log"]["entries"]):
        entry_host = urlsplit(str(entry["request"]["url"])).netloc.rpartition("@")[2]
        hosts.add(entry_host)
        if entry_host == host and entry["response"]["status"] >= 100:
            try:
                found.append(sanitizer.sanitize(_read_entry(entry, contract, host, f"{path.stem}.{index + 1}")))
            except ValueError as error:
                raise RecordingError(f"{format_path(path)}: /log/entries/{index}: {error}") from None
    if not found:
        others = ", ".join(sorted(hosts)) or "none at all"
        raise RecordingError(f"{format_path(path)}: no exchange with {host}; the hosts are {others}")
    return found


def parse_strict_json(text: str) -> Any:
    """Parse JSON; refuse NaN, Infinity and repeated names, which `json.loads` accepts.

    Raises:
        ValueError: The text is not such JSON.
    """
    return json.loads(text, object_pairs_hook=_refuse_repeats, parse_constant=_refuse_constant)


def read_text(path: Path, error_type: Callable[[str], Exception]) -> str:
    """Return the text of a UTF-8 file; raise an error of the given type when it cannot be read."""
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise error_type(f"{format_path(path)}: cannot be read: {reason}") from None


def _read_values(file: Path) -> Iterator[tuple[int, Any]]:
    """Yield each JSON value of a file with its line."""
    text = read_text(file, RecordingError)
    by_line = file.suffix == ".jsonl"
    for line, part in enumerate(text.split("\n"), start=1) if by_line else [(1, text)]:
        if by_line and not part.strip():
            continue
        try:
            yield line, parse_strict_json(part)
        except (ValueError, RecursionError) as error:
            place = error.lineno if isinstance(error, json.JSONDecodeError) and not by_line else line
            reason = error.msg if isinstance(error, json.JSONDecodeError) else error
            raise RecordingError(f"{format_path(file)}:{place}: not JSON: {reason}") from None


def _refuse_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, _ in pairs if sum(name == other for other, _ in pairs) > 1)
        raise ValueError(f"the name {twice!r} is repeated in one object")
    return found


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not a JSON value")


@cache
def _har_validator() -> Draft202012Validator:
    """Return a validator of the part of HAR 1.2 that is read."""

    def object_of(required: Iterable[str], **properties: Any) -> dict[str, Any]:
        return {"type": "object", "required": [*required], "properties": properties}

    text = {"type": "string"}
    headers = {"type": "array", "items": object_of(("name", "value"), name=text, value=text)}
    body = object_of((), text=text, encoding=text)
    request = object_of(("method", "url"), method=text, url=text, headers=headers, postData=body)
    response = object_of(("status",), status={"type": "integer"}, headers=headers, content=body)
    entry = object_of(
        ("startedDateTime", "request", "response"), startedDateTime=text, request=request, response=response
    )
    log = object_of(("entries",), entries={"type": "array", "items": entry})
    return Draft202012Validator(object_of(("log",), log=log))


def _read_entry(entry: Mapping[str, Any], contract: Contract, host: str, name: str) -> HttpExchange:
    sent, received = entry["request"], entry["response"]
    url = urlsplit(str(sent["url"]))
    path = quote(url.path or "/", safe="/%:@!$&'()*+,;=~-._")
    matched = contract.match(sent["method"], path)
    exchange = HttpExchange(
        id="".join(letter if letter.isalnum() or letter in "._-" else "-" for letter in name),
        origin="recorded",
        target=host.replace("[", "").replace("]", ""),
        date=_format_date(entry["startedDateTime"]),
        operation=matched[0].id if matched is not None else None,
        request=ExchangeRequest(
            method=sent["method"],
            path=path,
            query=tuple(parse_qsl(url.query, keep_blank_values=True)),
            headers=_join_headers(sent.get("headers", ())),
            body=_decode_body(sent.get("postData", {})),
        ),
        response=ExchangeResponse(
            status=received["status"],
            headers=_join_headers(received.get("headers", ())),
            body=_decode_body(received.get("content", {})),
        ),
    )
    return HttpExchange.parse(exchange.to_json())


def _join_headers(records: Iterable[Mapping[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for record in records:
        name = record["name"].lower()
        if not name.startswith(":"):  # browsers also save the pseudo-headers of HTTP/2
            found[name] = f"{found[name]}, {record['value']}" if name in found else record["value"]
    return found


def _decode_body(content: Mapping[str, str]) -> ExchangeBody | None:
    text = content.get("text", "")
    if content.get("encoding") == "base64":
        try:
            return parse_body(base64.b64decode(text, validate=True))
        except binascii.Error:
            raise ExchangeError("the body is not base64") from None
    return parse_body(text.encode("utf-8", "replace"))


def _format_date(text: str) -> str:
    """Return a HAR's instant to the second when it is in UTC, else its day."""
    head = text[:19]
    return f"{head}Z" if len(head) == 19 and text[19:].lstrip(".0123456789") in ("Z", "+00:00") else text[:10]
