"""The parts of a response are written together, in order, and only while the connection is open."""

from __future__ import annotations

import asyncio

import pytest
from attrs import define, field
from cometapi_suno_mock.serving import CoalescingTransport


@define
class Wire:
    """A transport that records what is done with it."""

    done: list[bytes | str] = field(factory=list)
    closed: bool = False

    def write(self, data: bytes) -> None:
        assert not self.closed
        self.done.append(data)

    def close(self) -> None:
        self.closed = True
        self.done.append("closed")

    def is_closing(self) -> bool:
        return self.closed


@pytest.mark.anyio
async def test_writes_of_one_iteration_are_joined() -> None:
    wire = Wire()
    joined = CoalescingTransport(wire)
    joined.write(b"head")
    joined.write(b"body")
    assert wire.done == []
    await asyncio.sleep(0)
    joined.write(b"next")
    await asyncio.sleep(0)
    assert wire.done == [b"headbody", b"next"]


@pytest.mark.anyio
async def test_close_flushes_first() -> None:
    wire = Wire()
    joined = CoalescingTransport(wire)
    joined.write(b"last")
    joined.close()
    await asyncio.sleep(0)
    assert wire.done == [b"last", "closed"]


@pytest.mark.anyio
async def test_lost_connection_is_not_written_to() -> None:
    """uvloop raises an error for a write to a closed transport."""
    wire = Wire()
    joined = CoalescingTransport(wire)
    joined.write(b"too late")
    wire.closed = True
    await asyncio.sleep(0)
    assert wire.done == []
