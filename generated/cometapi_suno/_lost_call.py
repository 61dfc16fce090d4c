"""Lost calls: what is known of a call that may have been charged and has no known outcome. No IO."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, cast

from ._json_parser import parse_json


class LostCall(NamedTuple):
    """What is known of a call whose outcome is unknown.

    Attributes:
        operation: Name of the call, such as `personas.create`.
        fingerprint: The fingerprint of the request.
        started: When the call began, in Unix seconds by this machine's clock.
        ended: When it was given up; `None` if the process ended before.
        marks: Short hashes of the texts of the request, by field. The texts themselves are not kept.
        request_id: The gateway's id of the request, if a response had one.
    """

    operation: str
    fingerprint: str
    started: float
    ended: float | None = None
    marks: Mapping[str, str] = {}
    request_id: str | None = None


def mark_request(data: bytes | None) -> dict[str, str]:
    """Return short hashes of the texts in a JSON body, by field."""
    try:
        body = None if data is None else parse_json(data)
    except ValueError:
        return {}
    return dict(_find_marks(cast("dict[str, Any]", body))) if isinstance(body, dict) else {}


def mark_result(value: object) -> dict[str, set[str]]:
    """Return short hashes of all texts within a result, by field."""
    found: dict[str, set[str]] = {}
    unread: list[object] = [value]
    while unread:
        each = unread.pop()
        if isinstance(each, list):
            unread += cast("list[object]", each)
        elif isinstance(each, dict):
            fields = cast("dict[str, Any]", each)
            unread += fields.values()
            for name, mark in _find_marks(fields):
                found.setdefault(name, set()).add(mark)
    return found


def _find_marks(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, text in fields.items():
        if isinstance(text, str) and text:
            yield name, sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
