"""Gateways that break the contract in one way each; the checks must notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from cometapi_suno_mock import DEMO_KEY, Gateway, OperationContract, Settings
from cometapi_suno_mock.example_responses import build_example_reply
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.http_messages import HttpRequest, Reply
from cometapi_suno_mock.media import HTML, JSON, write_json

Twist: TypeAlias = Callable[[Gateway, OperationContract, HttpRequest], Reply]
"""Answers a call of a described operation wrongly."""


class BadGateway(Gateway):
    """A gateway whose answers come from `twist`, which may call `honest` for the right answer."""

    def __init__(
        self, twist: Twist, *, description: Mapping[str, Any] | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(description, settings=settings)
        self._twist = twist

    def respond(self, request: HttpRequest) -> Reply:
        """Answer with the twist."""
        matched = self.contract.match(request.method, request.path)
        return self.honest(request) if matched is None else self._twist(self, matched[0], request)

    def honest(self, request: HttpRequest) -> Reply:
        """Return the right answer."""
        return super().respond(request)


def replies(change: Callable[[Reply], Reply], *, to: str | None = None, status: int | None = 200) -> Twist:
    """Return a twist that changes replies, of one operation or all, with one status or any."""

    def twist(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
        reply = Gateway.respond(gateway, request)
        meant = to in (None, operation.sdk) and status in (None, reply.status)
        return change(reply) if meant else reply

    return twist


def bodies(change: Callable[[Any], Any], *, to: str | None = None, status: int = 200) -> Twist:
    """Return a twist that changes the JSON body of replies, of one operation or all."""
    return replies(lambda reply: reply._replace(body=write_json(change(json.loads(reply.body)))), to=to, status=status)


def without(name: str) -> Callable[[Any], Any]:
    """Remove a member."""
    return lambda value: {key: item for key, item in value.items() if key != name}


def with_member(name: str, new: Any) -> Callable[[Any], Any]:
    """Replace the value of a member."""
    return lambda value: {**value, name: new}


def renamed(old: str, new: str) -> Callable[[Any], Any]:
    """Rename a member."""
    return lambda value: {new if key == old else key: item for key, item in value.items()}


def status(number: int) -> Callable[[Reply], Reply]:
    """Answer with another status."""
    return lambda reply: reply._replace(status=number)


def media(name: str | None) -> Callable[[Reply], Reply]:
    """Change the media type, or remove it."""
    return lambda reply: reply._replace(media=name)


def page(reply: Reply) -> Reply:
    """Answer with an HTML page."""
    return reply._replace(media=HTML, body=b"<html></html>")


def error(code: str, number: int) -> Callable[[Reply], Reply]:
    """Answer with an error in the task shape."""
    body = write_json({"code": code, "message": "no", "data": None})
    return lambda reply: reply._replace(status=number, media=JSON, body=body)


def opens_for_any_key(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Accept every request, with or without a key."""
    headers = {**request.headers, "authorization": f"Bearer {DEMO_KEY}"}
    return Gateway.respond(gateway, request._replace(headers=headers))


def opens_for_any_text(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Accept any key, but require one."""
    if "authorization" not in request.headers:
        return Gateway.respond(gateway, request)
    return opens_for_any_key(gateway, operation, request)


def takes_anything(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Accept invalid requests."""
    reply = Gateway.respond(gateway, request)
    return build_example_reply(gateway.contract, operation, 200, reply.request_id) if reply.status == 400 else reply


def knows_no_faults(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Ignore the fault header."""
    headers = {name: value for name, value in request.headers.items() if name != HEADER}
    return Gateway.respond(gateway, request._replace(headers=headers))


def breaks_down(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Raise an exception, as a bug would."""
    raise RuntimeError("broken")


def drops_the_request_id(gateway: Gateway, operation: OperationContract, request: HttpRequest) -> Reply:
    """Remove the request id header."""
    return _Bare(*Gateway.respond(gateway, request))


class _Bare(Reply):
    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        return [(name, value) for name, value in super().raw_headers if name.startswith(b"content-")]
