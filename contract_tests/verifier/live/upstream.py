"""The connection to the service: each request once, on a new connection, without retry or redirect, with a deadline."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, TypeAlias
from urllib.parse import urlsplit

import httpx
from attrs import frozen
from cometapi_suno._config import URL_VARIABLE, find_environment_proxy, parse_base_url, parse_proxy
from cometapi_suno._delivery import Delivery

from contract_tests.verifier.live.api_key import BAD_KEY, HeldKey
from contract_tests.verifier.live.planned_requests import KeyChoice

MAX_RESPONSE: Final = 16 * 1024 * 1024
"""Bytes of a response; a longer one is not read to its end."""
CONNECT_TIMEOUT: Final = 10.0
"""Seconds."""

TransportFactory: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


@frozen
class ServiceResponse:
    """A complete response of the service.

    Attributes:
        status: HTTP status.
        headers: Names in lower case; repeated headers are separate.
        body: The bytes, decompressed.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


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
    """The service and the key for it.

    Attributes:
        base_url: Origin and path prefix, without a slash at the end.
        key: The key.
        transport: Makes the transport of one request.
        timeout: Seconds until a response must be complete.
    """

    base_url: str
    key: HeldKey
    transport: TransportFactory
    timeout: float = 120.0

    async def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, key: KeyChoice
    ) -> ServiceResponse | NoResponse:
        """Send a request once.

        Args:
            method: HTTP method.
            target: Path and query below the base URL, percent-encoded.
            headers: Names in lower case.
            body: The body; empty for none.
            key: The key that it is sent with.
        """
        authorization = self.key.header if key is KeyChoice.REAL else f"Bearer {BAD_KEY}"
        sent = [*headers, ("authorization", authorization), ("accept-encoding", "identity"), ("connection", "close")]
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent]
        limits = {"connect": CONNECT_TIMEOUT, "read": self.timeout, "write": self.timeout, "pool": CONNECT_TIMEOUT}
        delivery = Delivery(charged=True, needs_new_connection=True)
        request = httpx.Request(
            method,
            self.base_url + target,
            headers=lines,
            content=body or None,
            extensions={"timeout": limits, "trace": delivery.trace_async},
        )
        try:
            async with asyncio.timeout(self.timeout), self.transport() as transport:
                return await _read(await transport.handle_async_request(request))
        except TimeoutError:
            return NoResponse(f"no complete response within {self.timeout:g} s", delivered=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            return _describe_failure(error, self.key, never_sent=delivery.was_never_sent(error))


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


async def _read(response: httpx.Response) -> ServiceResponse | NoResponse:
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_RESPONSE:
                return NoResponse(f"the response has more than {MAX_RESPONSE} bytes", delivered=True)
    finally:
        await response.aclose()
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw]
    return ServiceResponse(response.status_code, headers, bytes(body))


def _describe_failure(error: Exception, key: HeldKey, *, never_sent: bool) -> NoResponse:
    """Describe a failure. Only failures to connect are quoted: the text of others may contain a header."""
    reason = type(error).__name__
    if never_sent and str(error):
        reason += f": {key.redact(str(error).encode('utf-8', 'replace')).decode('utf-8', 'replace')}"
    return NoResponse(" ".join(reason.split())[:200], delivered=not never_sent)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()
