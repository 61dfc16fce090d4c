"""Stubs of the parts of Locust that we use; Locust is not in the environment that checks types."""

from collections.abc import Callable, Mapping
from typing import Any, Self, TypeVar

from locust.env import Environment

F = TypeVar("F", bound=Callable[..., Any])

class FastResponse:
    status_code: int
    content: bytes | None
    headers: Mapping[str, str] | None
    error: Exception | None
    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def failure(self, exc: str) -> None: ...
    def success(self) -> None: ...

class FastSession:
    def request(
        self,
        method: str,
        url: str,
        *,
        name: str,
        data: bytes | None,
        headers: Mapping[str, str],
        catch_response: bool,
        allow_redirects: bool,
    ) -> FastResponse: ...

class FastHttpUser:
    client: FastSession
    environment: Environment
    host: str | None
    def __init__(self, environment: Environment) -> None: ...

class EventHook:
    def add_listener(self, handler: F) -> F: ...

class Events:
    init: EventHook
    init_command_line_parser: EventHook
    report_to_master: EventHook
    worker_report: EventHook
    test_stopping: EventHook
    quitting: EventHook

events: Events

def task(function: F) -> F: ...
