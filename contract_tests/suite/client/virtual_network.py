"""A network in virtual time below httpcore: a script says when each byte arrives, and nothing sleeps."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpcore
import pytest
from cometapi_suno import _network_stream, _response_end, _transport

from contract_tests.suite.client.scripted_server import Received, Script, Step
from contract_tests.suite.client.virtual_time_client import Stage, Time

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class _Connection:
    """The server's side of one connection.

    Attributes:
        silence: Seconds until the next step of the script; `None` if there will be none.
    """

    def __init__(self, script: Script) -> None:
        self._script = script
        self._request = b""
        self._steps: Iterator[Step] | None = None
        self._arrived = b""
        self._closes = False
        self.silence: float | None = 0.0

    def write(self, data: bytes) -> None:
        """Receive a part of a request; a whole one starts the script."""
        self._request += data
        head, blank, body = self._request.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if blank and len(body) == int(length[1] if length else 0):
            target = head.split(b" ", 2)[1].decode("ascii")
            self._closes = b"Connection: close" in head
            self._steps = iter(self._script(Received(0, target, body, self._closes)))
            self._request, self.silence = b"", 0.0

    def read(self, size: int) -> bytes | None:
        """Return bytes that have arrived, b"" at the end of the connection, or `None` while there is silence."""
        while not self._arrived:
            if self.silence is None or self.silence > 0:
                return None
            step = next(self._steps, None) if self._steps is not None else None
            if step is None and not self._closes:
                self.silence = None
            elif isinstance(step, bytes):
                self._arrived += step
            elif isinstance(step, float):
                self.silence = step
            else:
                return b""
        data, self._arrived = self._arrived[:size], self._arrived[size:]
        return data

    def find_wait(self, timeout: float | None) -> tuple[float, bool]:
        """Return how long a reader waits, and whether its timeout ends that."""
        ends = self.silence is None or (timeout is not None and timeout < self.silence)
        wait = timeout if ends else self.silence
        if wait is None:
            raise AssertionError("the client waits endlessly")
        if self.silence is not None:
            self.silence -= wait
        return wait, ends


class _SyncStream(httpcore.NetworkStream):
    def __init__(self, connection: _Connection, time: Time) -> None:
        self._connection = connection
        self._time = time

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._connection.write(buffer)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._connection.read(max_bytes)) is None:
            wait, ends = self._connection.find_wait(timeout)
            self._time.now += wait
            if ends:
                raise httpcore.ReadTimeout
        return data

    def close(self) -> None:
        """There is nothing to close."""

    def start_tls(self, *_: Any, **__: Any) -> _SyncStream:
        return self

    def get_extra_info(self, info: str) -> Any:
        return False if info == "is_readable" else None


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        # Where the client looks for bytes that anyio has read already.
        self._stream = SimpleNamespace(_protocol=SimpleNamespace(read_queue=()))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._connection.write(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while (data := self._connection.read(max_bytes)) is None:
            wait, ends = self._connection.find_wait(timeout)
            await asyncio.sleep(wait)
            if ends:
                raise httpcore.ReadTimeout
        return data

    async def aclose(self) -> None:
        """There is nothing to close."""

    async def start_tls(self, *_: Any, **__: Any) -> _AsyncStream:
        return self

    def get_extra_info(self, info: str) -> Any:
        return False if info == "is_readable" else None


def open_stage(monkeypatch: pytest.MonkeyPatch, face: str, script: Script, **options: Any) -> Stage:
    """Return a client in virtual time whose own connection pools reach a server of the script."""
    time = Time()

    def connect(*_: Any, **__: Any) -> _SyncStream:
        return _SyncStream(_Connection(script), time)

    async def connect_async(*_: Any, **__: Any) -> _AsyncStream:
        return _AsyncStream(_Connection(script))

    def read_time() -> float:
        return time.now

    def keep_host(host: str, _: int) -> list[str]:
        return [host]

    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", connect)
    monkeypatch.setattr("httpcore._backends.auto.AutoBackend.connect_tcp", connect_async)
    monkeypatch.setattr(_network_stream, "find_addresses", keep_host)
    for module in (_network_stream, _response_end, _transport):
        monkeypatch.setattr(module, "monotonic", read_time)
    return Stage(face, lambda _: pytest.fail("unused"), time=time, http_client=None, **options)
