"""The one way to the service: one request on a connection of its own, no retry, no redirect, no end later than told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final, TypeAlias

import httpx
from attrs import field, frozen

from contract_tests.verifier.live.api_key import BAD_KEY, Key
from contract_tests.verifier.live.base_url import proxy_for
from contract_tests.verifier.live.planned_requests import WithKey

LARGEST: Final = 16 * 1024 * 1024
"""Bytes of an answer above which it is not read on."""

_NEVER_DELIVERED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)


@frozen
class Answer:
    """What the service answered.

    Attributes:
        status: HTTP status.
        headers: Names in lower case, as often as they came.
        body: The bytes, decompressed.
    """

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


@frozen
class NoAnswer:
    """That no whole answer came.

    Attributes:
        reason: Why, in a few words without anything secret.
        delivered: Whether the service can have seen the request.
    """

    reason: str
    delivered: bool


Transport: TypeAlias = Callable[[], httpx.AsyncBaseTransport]


@frozen
class Upstream:
    """Where requests go, and with which key.

    Attributes:
        base: Origin and path prefix, without a slash at the end.
        key: The key.
        transport: Makes what a single request is sent through.
        patience: Seconds in which an answer has to be there, whole.
    """

    base: str
    key: Key
    transport: Transport
    patience: float = 120.0
    _connect: float = field(default=10.0, alias="connect")

    async def send(
        self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes, key: WithKey
    ) -> Answer | NoAnswer:
        """Send a request, once.

        Args:
            method: HTTP method.
            target: Path and query below the base, percent-encoded.
            headers: Names in lower case.
            body: Empty for none.
            key: Whose key goes along.
        """
        authorization = self.key.header if key is WithKey.REAL else f"Bearer {BAD_KEY}"
        sent = [*headers, ("authorization", authorization), ("accept-encoding", "identity"), ("connection", "close")]
        lines = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent]
        limits = {"connect": self._connect, "read": self.patience, "write": self.patience, "pool": self._connect}
        request = httpx.Request(
            method, self.base + target, headers=lines, content=body or None, extensions={"timeout": limits}
        )
        try:
            async with asyncio.timeout(self.patience), self.transport() as transport:
                return await _answer(await transport.handle_async_request(request))
        except TimeoutError:
            return NoAnswer(f"no whole answer within {self.patience:g} s", delivered=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            return _failed(error, self.key)


def connections(base: str) -> Transport:
    """Makes connections to the service: through the environment's proxy if it has one, each for one request.

    Raises:
        BadInputError: The environment's proxy is none.
    """
    proxy = proxy_for(base)
    secure = base.startswith("https:") or (proxy or "").startswith("https:")

    def make() -> httpx.AsyncBaseTransport:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=0)
        verify = _certificates() if secure else _none()
        return httpx.AsyncHTTPTransport(verify=verify, proxy=proxy, limits=limits, trust_env=False, retries=0)

    return make


async def _answer(response: httpx.Response) -> Answer | NoAnswer:
    try:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                return NoAnswer(f"the answer has more than {LARGEST} bytes", delivered=True)
    finally:
        await response.aclose()
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in response.headers.raw]
    return Answer(response.status_code, headers, bytes(body))


def _failed(error: Exception, key: Key) -> NoAnswer:
    """What went wrong. Only failures to connect are quoted: others may quote a header."""
    told = type(error).__name__
    never = isinstance(error, _NEVER_DELIVERED)
    if never and str(error):
        told += f": {key.cross_out(str(error).encode('utf-8', 'replace')).decode('utf-8', 'replace')}"
    return NoAnswer(" ".join(told.split())[:200], delivered=not never)


@cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context()


@cache
def _none() -> ssl.SSLContext:
    """For plain http, which would load the certificates all the same."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
