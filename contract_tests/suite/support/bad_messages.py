"""Requests and responses of `personas.create` that break the contract, with the kind of each violation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.schema_walk import ABSENT, with_changes
from contract_tests.verifier.exchange.example_calls import request_examples

PERSONA = next(operation for operation in CONTRACT.operations.values() if operation.sdk == "personas.create")
JSON = "application/json"


@attrs.frozen
class Message:
    """A body with its status and media type."""

    kind: str
    body: bytes
    media: str | None = JSON
    status: int = 200


def _response(*steps: str, new: Any) -> Message:
    return Message("schema", json.dumps(with_changes(RESPONSE, (steps, new))).encode())


def _request(name: str, new: Any) -> Message:
    return Message("schema", json.dumps(with_changes(REQUEST, ((name,), new))).encode())


RESPONSE = PERSONA.answers[200].content[JSON].examples["documented"]
REQUEST = dict(request_examples(PERSONA))["documented"]
WHOLE = json.dumps(RESPONSE).encode()

RESPONSES: Mapping[str, Message] = {
    "a status that is not described": Message("status", WHOLE, status=418),
    "a success that is not described": Message("status", WHOLE, status=299),
    "a page": Message("content-type", b"<html></html>", media="text/html"),
    "no content type": Message("content-type", WHOLE, media=None),
    "no body": Message("empty-body", b""),
    "half a body": Message("json", WHOLE[: len(WHOLE) // 2]),
    "a number that is none": Message("json", b'{"id": "a", "upvote_count": NaN}'),
    "no id": _response("id", new=ABSENT),
    "a number as id": _response("id", new=7),
    "null as id": _response("id", new=None),
    "a text as duration": _response("clip", "metadata", "duration", new="190"),
    "an object as clips": _response("persona_clips", new={}),
    "a clip without id": _response("clip", "id", new=ABSENT),
    "a list": Message("schema", b"[%b]" % WHOLE),
    "an error of neither kind": Message("schema", b'{"detail": "no"}', status=400),
    "an error of both kinds": Message("schema", b'{"code": "x", "error": {}}', status=400),
}

REQUESTS: Mapping[str, Message] = {
    "no body": Message("body-missing", b""),
    "a form": Message("content-type", b"name=a", media="application/x-www-form-urlencoded"),
    "half a body": Message("json", json.dumps(REQUEST).encode()[:-1]),
    "no name": _request("name", ABSENT),
    "a number as name": _request("name", 7),
    "one text as clips": _request("clips", "a"),
    "null as is_public": _request("is_public", None),
    "a list": Message("schema", b"[]"),
}
