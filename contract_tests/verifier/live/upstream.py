"""The connection to the service: each request once, on a new connection, without retry or redirect, with a deadline."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlsplit

import httpx
from attrs import frozen
from cometapi_suno._config import URL_VARIABLE, find_environment_proxy, parse_base_url, parse_proxy
from cometapi_suno._delivery import Delivery

from contract_tests.verifier.live.held_secrets import HeldSecrets
from contract_tests.verifier.live.planned_requests import KeyChoice
from contract_tests.verifier.live.received_bytes import (
    MAX_RECEIVED,
    ReceivedBytes,
    TeeBackend,
    TooLongError,
    decode_body,
)

CONNECT_TIMEOUT: Final = 10.0
"""Seconds."""

TransportFactory: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


@frozen
class CallerRequest:
    """A request that a caller sent to the proxy, without its key.

    Attributes:
        method: HTTP method.
        path: Percent-encoded, without the query.
        query: Percent-encoded.
        headers: The headers that are sent on; names in lower case.
        body: The body; empty for none.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@frozen
class ServiceResponse:
    """A response of the service.

    Attributes:
        status: HTTP status.
        headers: Names in lower case; repeated headers are separate.
        body: The bytes, decompressed.
        problem: Why it cannot be handed on; empty for a complete response in good HTTP.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    problem: str = ""


@frozen
class NoResponse:
    """The lack of a complete response.

    Attributes:
        reason: Why, in a few words without secrets.
        delivered: Whether the service may have seen the request.
    """

    reason: str
    delivered: bool


@frozen
class Upstream:
    """The service and the secrets for it.

    Attributes:
        base_url: Origin and path prefix, without a slash at the end.
        secrets: The secrets.
        transport: Makes the transport of one request.
        timeout: Seconds until a response must be complete.
    """

    base_url: str
    secrets: HeldSecrets
    transport: TransportFactory
    timeout: float = 120.0

    async def send(
        self, asked: CallerRequest, key: KeyChoice, keep: Callable[[bytes], object]
    ) -> ServiceResponse | NoResponse:
        """Send a request once.

        Args:
            asked: The request.
            key: The one secret that it is sent with.
            keep: Is called with all that came, without the secrets, before anything is made of it.
        """
        received = ReceivedBytes()
        answer: ServiceResponse | NoResponse
        sent = [
            *asked.headers,
            ("authorization", self.secrets.authorize(key)),
            ("accept-encoding", "identity"),
            ("connection", "close"),
        ]
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent]
        limits = {"connect": CONNECT_TIMEOUT, "read": self.timeout, "write": self.timeout, "pool": CONNECT_TIMEOUT}
        delivery = Delivery(charged=True, needs_new_connection=True, hide=self.secrets.redact)
        request = httpx.Request(
            asked.method,
            self.base_url + asked.target,
            headers=lines,
            content=asked.body or None,
            extensions={"timeout": limits, "trace": delivery.trace_async},
        )
        try:
            async with asyncio.timeout(self.timeout), self.transport() as transport:
                _tee(transport, received)
                answer = await _read(await transport.handle_async_request(request), received)
        except TimeoutError:
            answer = NoResponse(f"no complete response within {self.timeout:g} s", delivered=True)
        except TooLongError:
            answer = NoResponse(f"the response has more than {MAX_RECEIVED} bytes", delivered=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ValueError) as error:
            answer = _describe_failure(error, self.secrets, never_sent=delivery.was_never_sent(error, owned=True))
        finally:
            if received.content:
                keep(self.secrets.redact(bytes(received.content)))
        if isinstance(answer, NoResponse) and (found := received.parse()) is not None:
            return ServiceResponse(*found, problem=answer.reason)
        return answer


def resolve_base_url(given: str | None, described: str) -> str:
    """Return the base URL from the command line, from `COMETAPI_BASE_URL`, or from the description, in this order.

    Raises:
        ConfigurationError: The URL cannot be used.
    """
    name, url = (
        ("--base-url", given) if given is not None else (URL_VARIABLE, os.environ.get(URL_VARIABLE) or described)
    )
    return parse_base_url(url, name=name)


def name_in_recordings(base_url: str) -> str:
    """Return host and port in the form that recordings allow."""
    parts = urlsplit(base_url)
    host = (parts.hostname or "").replace(":", ".").strip(".")
    return f"{host}:{parts.port}" if parts.port else host


def connect_to(base_url: str) -> TransportFactory:
    """Return a factory of transports to the service, through the environment's proxy if it has one.

    Raises:
        ConfigurationError: The environment's proxy cannot be used.
    """
    proxy = find_environment_proxy(base_url)
    proxy = parse_proxy(proxy, name="the environment's proxy") if proxy else None

    def make() -> httpx.AsyncBaseTransport:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        return httpx.AsyncHTTPTransport(verify=_certificates(), proxy=proxy, limits=limits, trust_env=False, retries=0)

    return make


def _tee(transport: httpx.AsyncBaseTransport, received: ReceivedBytes) -> None:
    """Let a transport hand on what its connections receive. A transport of a test may have no connections."""
    if isinstance(transport, httpx.AsyncHTTPTransport):
        # httpx has no public way to choose the network backend of httpcore, which is public there.
        pool: Any = transport._pool  # pyright: ignore[reportPrivateUsage]
        pool._network_backend = TeeBackend(pool._network_backend, received)


async def _read(response: httpx.Response, received: ReceivedBytes) -> ServiceResponse:
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw]
    is_counted = bool(received.content)  # not by a transport without a connection
    if not is_counted:
        lines = (f"{name}: {value}\r\n" for name, value in headers)
        received.add(f"HTTP/1.1 {response.status_code}\r\n{''.join(lines)}\r\n".encode("latin-1"))
    body = bytearray()
    stream = cast("httpx.AsyncByteStream", response.stream)  # not `aiter_raw`: a response of a test was read before
    try:
        async for chunk in stream:
            body += chunk
            if not is_counted:
                received.add(chunk)
    finally:
        await response.aclose()
    decoded, problem = decode_body(headers, bytes(body))
    if not 200 <= response.status_code <= 599:
        problem = problem or "its status is not one that a client accepts"
    return ServiceResponse(response.status_code, headers, decoded, problem)


def _describe_failure(error: Exception, secrets: HeldSecrets, *, never_sent: bool) -> NoResponse:
    """Describe a failure. Only failures to connect are quoted: the text of others may contain a header."""
    reason = type(error).__name__
    if never_sent and str(error):
        reason += f": {secrets.redact(str(error).encode('utf-8', 'replace')).decode('utf-8', 'replace')}"
    return NoResponse(" ".join(reason.split())[:200], delivered=not never_sent)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
