"""Is every answer to a paid call kept, whatever it is: privately byte for byte, then as a recording?"""

from __future__ import annotations

import asyncio
import gzip
import json
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from cometapi_suno._config import find_state_folder

from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import Bench, refusal, step
from contract_tests.verifier.live.received_bytes import MAX_RECEIVED, ReceivedBytes
from contract_tests.verifier.live.upstream import connect_to

pytestmark = pytest.mark.anyio

OK = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
PERSONA = b'{"id": "6a40ce76-2fbe-4272-8ccb-568ed0be7eda", "name": "Zelda"}'
BOMB = gzip.compress(b"[" + b" " * (MAX_RECEIVED + 10) + b"]", 1)


def _sized(body: bytes, head: bytes = OK) -> bytes:
    return head + b"content-length: %d\r\n\r\n" % len(body) + body


ANSWERS: dict[str, tuple[bytes, int]] = {
    "as described": (_sized(PERSONA), 200),
    "deep JSON": (_sized(b"[" * 100_000 + b"]" * 100_000), 200),
    "JSON of 300 levels": (_sized(b'{"a":' * 300 + b"1" + b"}" * 300), 200),
    "17 MB": (_sized(b'{"id": "' + b"x" * 17_000_000 + b'"}'), 200),
    "no gzip": (_sized(PERSONA, OK + b"content-encoding: gzip\r\n"), 200),
    "half of a gzip": (_sized(gzip.compress(PERSONA)[:20], OK + b"content-encoding: gzip\r\n"), 200),
    "gzip": (_sized(gzip.compress(PERSONA), OK + b"content-encoding: gzip\r\n"), 200),
    "gzip twice": (_sized(gzip.compress(gzip.compress(PERSONA)), OK + b"content-encoding: gzip, gzip\r\n"), 200),
    "gzip bomb": (_sized(BOMB, OK + b"content-encoding: gzip\r\n"), 200),
    "br": (_sized(b"\x0b\x02\x80ok\x03", OK + b"content-encoding: br\r\n"), 200),
    "too short": (OK + b"content-length: 999\r\n\r\n" + PERSONA, 200),
    "too long": (OK + b"content-length: 9\r\n\r\n" + PERSONA, 200),
    "length is not a number": (OK + b"content-length: many\r\n\r\n" + PERSONA, 200),
    "two lengths": (OK + b"content-length: 3\r\ncontent-length: 63\r\n\r\n" + PERSONA, 200),
    "broken chunk": (OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n" + PERSONA, 200),
    "last chunk is missing": (OK + b"transfer-encoding: chunked\r\n\r\n3f\r\n" + PERSONA + b"\r\n", 200),
    "no length": (OK + b"\r\n" + PERSONA, 200),
    "status 199": (_sized(PERSONA, b"HTTP/1.1 199 Odd\r\n"), 199),
    "status 999": (_sized(PERSONA, b"HTTP/1.1 999 Odd\r\n"), 999),
    "status 600": (_sized(PERSONA, b"HTTP/1.1 600 Odd\r\n"), 600),
    "interim first": (b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n" + _sized(PERSONA), 200),
    "interim, then cut": (b"HTTP/1.1 102 Processing\r\n\r\n" + OK + b"content-length: 99\r\n\r\n{", 200),
    "HTTP/1.0": (_sized(PERSONA, b"HTTP/1.0 200 OK\r\n"), 200),
    "line feeds only": (b"HTTP/1.1 200 OK\ncontent-length: 2\n\n{}", 200),
    "bad header": (b"HTTP/1.1 200 OK\r\nno colon here\r\ncontent-length: 2\r\n\r\n{}", 200),
    "header not in Latin-1": (b"HTTP/1.1 200 OK\r\nx-a: \xe6\x88\x91\r\ncontent-length: 2\r\n\r\n{}", 200),
    "headers of 200 kB": (b"HTTP/1.1 200 OK\r\nx-a: " + b"a" * 200_000 + b"\r\n\r\n{}", 200),
    "half a head": (b"HTTP/1.1 200 OK\r\ncontent-ty", 200),
    "half a surrogate": (_sized(b'{"id": "\\ud800"}'), 200),
    "NaN": (_sized(b'{"id": NaN}'), 200),
    "same name twice": (_sized(b'{"id": "a", "id": "b"}'), 200),
    "bytes": (_sized(b"\xff\xfe\x00"), 200),
    "empty": (_sized(b""), 200),
}
"""An answer, and its status."""


@asynccontextmanager
async def _serve(answer: bytes, stall: float = 0.0) -> AsyncGenerator[str]:
    """Serve one answer to every request, as raw bytes; then wait some seconds before the connection is closed."""

    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        try:
            writer.write(answer)
            await writer.drain()
            await asyncio.sleep(stall)
        except ConnectionError:
            pass  # the client has seen enough
        finally:
            writer.close()

    server = await asyncio.start_server(respond, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _pay(answer: bytes, out: Path, timeout: float = 60.0, stall: float = 0.0) -> tuple[Bench, httpx.Response]:
    async with _serve(answer, stall) as base:
        persona = step("createPersona")
        bench = Bench.of(out, [persona], connect_to(base), base=base, timeout=timeout)
        return bench, await bench.send(persona, body=b"{}")


@pytest.mark.parametrize("name", ANSWERS)
async def test_every_answer_is_kept(name: str, tmp_path: Path) -> None:
    answer, status = ANSWERS[name]
    bench, response = await _pay(answer, tmp_path)
    (kept,) = bench.recorder.private.iterdir()
    assert kept.read_bytes() == answer
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (exchange,) = bench.exchanges
    assert (exchange.response.status, exchange.operation) == (status, "createPersona")
    assert b"Zelda" not in next(bench.recorder.recordings.iterdir()).read_bytes()
    assert bench.budget.stopped is None
    assert refusal(response) in ("", "no-answer")
    assert json.loads(bench.journal.splitlines()[1])["event"] == "answered"


@pytest.mark.parametrize("name", ["deep JSON", "JSON of 300 levels", "17 MB"])
async def test_caller_gets_what_is_too_much_to_judge(name: str, tmp_path: Path) -> None:
    """The caller gets the whole answer; the recording says nothing of the body that it does not hold."""
    answer, _ = ANSWERS[name]
    bench, response = await _pay(answer, tmp_path)
    assert answer.endswith(response.content)
    (exchange,) = bench.exchanges
    assert exchange.response.body_is_known == (exchange.response.body is not None)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"\x16\x03\x01\x02\x00"])
async def test_what_is_not_http_is_no_answer(answer: bytes, tmp_path: Path) -> None:
    bench, response = await _pay(answer, tmp_path)
    assert refusal(response) == "no-answer"
    assert [each.read_bytes() for each in bench.recorder.private.iterdir()] == ([answer] if answer else [])
    assert bench.exchanges == []


async def test_answer_cut_by_the_deadline_is_kept(tmp_path: Path) -> None:
    bench, response = await _pay(OK + b"content-length: 99\r\n\r\n{", tmp_path, timeout=0.2, stall=0.5)
    assert refusal(response) == "no-answer"
    assert (bench.recorder.private / "0001.createPersona.http").read_bytes().endswith(b"\r\n\r\n{")
    assert "its outcome is unknown" in bench.budget.calls[0].outcome


async def test_key_is_not_in_the_private_file(tmp_path: Path) -> None:
    bench, _ = await _pay(_sized(json.dumps({"id": KEY}).encode()), tmp_path)
    assert not find_leaks(*[each.read_bytes() for each in bench.recorder.private.iterdir()])


def test_key_that_was_received_is_not_in_a_repr() -> None:
    """The repr of a stream has that of what it received; httpcore logs it at the level DEBUG."""
    received = ReceivedBytes()
    received.add(KEY.encode())
    assert not find_leaks(repr(received))


def test_private_files_are_outside_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/somewhere")
    assert find_state_folder() == Path("/somewhere/cometapi-suno")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/me")
    assert find_state_folder() == Path("/home/me/.local/state/cometapi-suno")
