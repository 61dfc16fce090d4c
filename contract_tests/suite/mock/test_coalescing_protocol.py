"""Are the parts of an answer written together, in their order, and only while somebody is there?"""

from __future__ import annotations

import asyncio

import pytest
from attrs import define, field
from cometapi_suno_mock.coalescing_protocol import CoalescingTransport


@define
class Wire:
    """A transport that notes what is done to it."""

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
async def test_what_comes_in_one_turn_is_one_write() -> None:
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
async def test_a_close_comes_after_what_was_said_before_it() -> None:
    wire = Wire()
    joined = CoalescingTransport(wire)
    joined.write(b"last")
    joined.close()
    await asyncio.sleep(0)
    assert wire.done == [b"last", "closed"]


@pytest.mark.anyio
async def test_nothing_is_written_to_a_connection_that_was_lost() -> None:
    wire = Wire()
    joined = CoalescingTransport(wire)
    joined.write(b"too late")
    wire.closed = True
    await asyncio.sleep(0)
    assert wire.done == []
