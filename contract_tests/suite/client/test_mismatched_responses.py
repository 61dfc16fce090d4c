"""One request, one response: what else arrives on a connection is never read as the response to another call."""

from __future__ import annotations

import asyncio
import inspect
import json
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    NoAnswerError,
    NotDeliveredError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseDecodeError,
    RetryPolicy,
    SunoClient,
    SunoError,
    Timeout,
)
from cometapi_suno._response_end import has_unread_bytes

from contract_tests.suite.client.scripted_server import (
    Close,
    Received,
    Reset,
    Script,
    ScriptedServer,
    Step,
    answer,
    persona,
    serve_script,
    task,
)
from contract_tests.suite.support.secret_leaks import KEY

QUICK = RetryPolicy(attempts=4, first_delay=0.001, max_delay=0.002)
REFUSED = answer(429, {"error": {"message": "busy", "type": "comet_api_error", "param": "", "code": "rate_limit"}})
Client = SunoClient | AsyncSunoClient
Story = Callable[[Any], Awaitable[Any]]


async def _result(value: Any) -> Any:
    if inspect.isawaitable(value):
        return await value
    return value


def _play(face: str, server: ScriptedServer, story: Story, **options: Any) -> Any:
    """Run a story with either client; it awaits what the client returns with `_result`."""
    given: dict[str, Any] = {"api_key": KEY, "base_url": server.url, "retries": QUICK, "timeout": 5} | options

    async def play() -> Any:
        injected: Any = given.get("http_client")
        try:
            if face == "async":
                async with AsyncSunoClient(**given) as client:
                    return await story(client)
            with SunoClient(**given) as sync_client:
                return await story(sync_client)
        finally:
            if injected is not None:
                await _result(injected.close() if face == "sync" else injected.aclose())

    return asyncio.run(play())


def _create(client: Client, name: str) -> Any:
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def _repeat(steps: Sequence[Step], _: Received) -> Sequence[Step]:
    return steps


def _name(request: Received) -> str:
    name: str = json.loads(request.body)["name"]
    return name


def _made(request: Received) -> bytes:
    return answer(200, persona(_name(request)))


def _asked(request: Received) -> bytes:
    return answer(200, task(request.target.rpartition("/")[2]))


async def _two_personas(client: Client) -> list[str]:
    return [(await _result(_create(client, name))).name for name in ("first", "second")]


async def _two_tasks(client: Client) -> list[str]:
    return [(await _result(client.tasks.get(name))).task_id for name in ("a", "b")]


INJECTED: dict[str, dict[str, Callable[[], Any] | None]] = {
    "its own pool": {"sync": None, "async": None},
    "an injected transport": {"sync": httpx.HTTPTransport, "async": httpx.AsyncHTTPTransport},
    "an injected client": {"sync": httpx.Client, "async": httpx.AsyncClient},
}
EVERY_POOL = pytest.mark.parametrize("pool", INJECTED)


def _options(pool: str, face: str) -> dict[str, Any]:
    make = INJECTED[pool][face]
    return {} if make is None else {"http_client": make()}


@EVERY_POOL
def test_answer_sent_in_advance_is_not_read(face: str, pool: str) -> None:
    """200 and 429 in one packet: the next paid call would read the 429 as its refusal, and be sent again."""
    with serve_script(lambda request: [_made(request) + REFUSED]) as server:
        assert _play(face, server, _two_personas, **_options(pool, face)) == ["first", "second"]
        assert [_name(request) for request in server.received] == ["first", "second"]


def _reading_client(face: str) -> Any:
    """Return a client of httpx with a hook that reads each response, as those that log do."""

    def read(response: httpx.Response) -> None:
        response.read()

    async def read_async(response: httpx.Response) -> None:
        await response.aread()

    if face == "sync":
        return httpx.Client(event_hooks={"response": [read]})
    return httpx.AsyncClient(event_hooks={"response": [read_async]})


def test_what_follows_response_that_a_hook_has_read_is_seen(face: str) -> None:
    with serve_script(lambda request: [REFUSED + _made(request)]) as server:
        with pytest.raises(OutcomeUnknownError, match="unrequested bytes followed"):
            _play(face, server, _two_personas, http_client=_reading_client(face))
        assert len(server.received) == 1
    with serve_script(lambda request: [_asked(request) + answer(200, task("stale"))]) as server:
        assert _play(face, server, _two_tasks, http_client=_reading_client(face)) == ["a", "b"]
        assert server.connections == 2


@EVERY_POOL
def test_read_after_answer_sent_in_advance_is_its_own(face: str, pool: str) -> None:
    with serve_script(lambda request: [_asked(request) + answer(200, task("stale"))]) as server:
        assert _play(face, server, _two_tasks, **_options(pool, face)) == ["a", "b"]
        assert server.connections == 2


@EVERY_POOL
def test_paid_call_gets_connection_of_its_own(face: str, pool: str) -> None:
    async def story(client: Client) -> None:
        for _ in range(2):
            await _two_tasks(client)
            await _two_personas(client)

    with serve_script(lambda request: [_made(request) if request.body else _asked(request)]) as server:
        _play(face, server, story, **_options(pool, face))
        seen: set[int] = set()
        for request in server.received:
            if request.body:
                assert request.connection not in seen
            seen.add(request.connection)
        assert len(server.received) == 8


def test_reads_keep_their_connection(face: str) -> None:
    async def story(client: Client) -> None:
        await _two_tasks(client)
        await _two_personas(client)
        await _two_tasks(client)

    with serve_script(lambda request: [_made(request) if request.body else _asked(request)]) as server:
        _play(face, server, story)
        assert [request.connection for request in server.received if not request.body] == [0, 0, 0, 0]


def test_kept_connections_carry_paid_calls_when_asked_to(face: str) -> None:
    with serve_script(lambda request: [_made(request)]) as server:
        assert _play(face, server, _two_personas, keep_connections=True) == ["first", "second"]
        assert server.connections == 1


def test_refusal_on_used_connection_is_not_trusted(face: str) -> None:
    """It may answer the call before; so the call may have been done, and is not sent again."""

    def script(request: Received) -> Iterator[Step]:
        yield _made(request) if _name(request) == "first" else REFUSED

    with serve_script(script) as server:
        with pytest.raises(OutcomeUnknownError, match="on a connection that carried another call before"):
            _play(face, server, _two_personas, keep_connections=True)
        assert len(server.received) == 2


SATURATED = answer(200, {"code": "upstream_load_saturated", "message": "busy", "data": None})
INSERTED = {
    **{f"{status}": REFUSED.replace(b"429", b"%d" % status) for status in (400, 429)},
    "saturated with 200": SATURATED,
    "quota with 200": answer(200, {"error": {"code": "quota_not_enough", "message": "no", "type": "x", "param": ""}}),
}


@pytest.mark.parametrize("inserted", INSERTED)
def test_used_connection_is_closed_after_error(face: str, inserted: str) -> None:
    """The true response may follow: it must not become that to the next call."""

    async def story(client: Client) -> str:
        await _result(_create(client, "first"))
        with pytest.raises(SunoError):
            await _result(_create(client, "second"))
        return str((await _result(_create(client, "third"))).name)

    def script(request: Received) -> Iterator[Step]:
        yield from (INSERTED[inserted], 0.05, _made(request)) if _name(request) == "second" else (_made(request),)

    with serve_script(script) as server:
        assert _play(face, server, story, keep_connections=True) == "third"
        assert [request.connection for request in server.received] == [0, 0, 1]


NO_RESULT = INSERTED | {
    "another task": answer(200, task("stale")),
    "a page": answer(200, b"<html>wait"),
    "long, saturated with 200": SATURATED.replace(b"Length: 68", b"Length: 9068") + b" " * 9000,
}


@pytest.mark.parametrize("inserted", NO_RESULT)
def test_connection_of_read_is_closed_after_response_that_is_no_result(face: str, inserted: str) -> None:
    """The true response may follow: it must not become that to the next call."""

    async def story(client: Client) -> str:
        with pytest.raises(SunoError):
            await _result(client.tasks.get("a"))
        return str((await _result(_create(client, "next"))).name)

    def script(request: Received) -> Iterator[Step]:
        yield from (_made(request),) if request.body else (NO_RESULT[inserted], 0.05, _asked(request))

    with serve_script(script) as server:
        assert _play(face, server, story, keep_connections=True, retries=0) == "next"
        assert [request.connection for request in server.received] == [0, 1]


@pytest.mark.parametrize("pause", [None, 0.02], ids=["in one packet", "later"])
@pytest.mark.parametrize("inserted", INSERTED)
@EVERY_POOL
def test_error_followed_by_more_is_unknown_outcome(face: str, pool: str, inserted: str, pause: float | None) -> None:
    """An inserted error before the true response: the persona was made, and must not be made again."""
    first = INSERTED[inserted]

    def script(request: Received) -> Iterator[Step]:
        yield from (first, pause, _made(request)) if pause else (first + _made(request),)

    with serve_script(script) as server:
        with pytest.raises(OutcomeUnknownError, match="unrequested bytes followed") as raised:
            _play(face, server, _two_personas, **_options(pool, face))
        assert raised.value.response is not None
        assert first.startswith(b"HTTP/1.1 %d" % raised.value.response.status_code)
        assert len(server.received) == 1


@EVERY_POOL
def test_long_refusal_with_200_is_not_trusted(face: str, pool: str) -> None:
    """A long body is not parsed before the connection is given up, so what may follow was not waited for."""
    long = answer(200, {"code": "upstream_load_saturated", "message": "busy " * 500, "data": None})
    with serve_script(lambda request: [long, 0.1, _made(request)]) as server:
        with pytest.raises(OutcomeUnknownError, match="so long that its end was not waited for"):
            _play(face, server, _two_personas, **_options(pool, face))
        assert len(server.received) == 1


@EVERY_POOL
def test_second_response_within_body_is_unknown_outcome(face: str, pool: str) -> None:
    """The length is lost, so that the body of the refusal lasts until the end of the connection."""
    first = b"HTTP/1.1 429 .\r\n\r\n"
    with serve_script(lambda request: [first, _made(request), Close]) as server:
        with pytest.raises(OutcomeUnknownError):
            _play(face, server, _two_personas, **_options(pool, face))
        assert len(server.received) == 1


async def _leave(_: httpcore.AsyncNetworkStream) -> None:
    """Leave what has arrived in the socket's buffer."""


async def _receive(stream: Any) -> None:
    """Let the event loop receive what has arrived, as uvloop may before it hands the connection over."""
    transport = stream._stream._transport
    transport.resume_reading()
    await asyncio.sleep(0.01)
    transport.pause_reading()


async def _stall_read(stream: Any) -> None:
    """Let the event loop be so busy that the timeout of the first read is over before the loop looks at the socket."""
    read = stream.read

    async def read_late(max_bytes: int, timeout: float | None = None) -> bytes:
        stream.read = read
        data: bytes = await read(max_bytes, 0)
        return data

    stream.read = read_late


def _connect_slowly(
    monkeypatch: pytest.MonkeyPatch,
    done: threading.Semaphore,
    after: Callable[[httpcore.AsyncNetworkStream], Awaitable[None]] = _leave,
) -> None:
    """Let connections be ready only after the server has done something on each."""

    def delay(connect: Callable[..., httpcore.NetworkStream]) -> Callable[..., httpcore.NetworkStream]:
        def connect_slowly(*arguments: Any, **options: Any) -> httpcore.NetworkStream:
            stream = connect(*arguments, **options)
            assert done.acquire(timeout=10)
            return stream

        return connect_slowly

    def delay_async(connect: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def connect_slowly(*arguments: Any, **options: Any) -> httpcore.AsyncNetworkStream:
            stream: httpcore.AsyncNetworkStream = await connect(*arguments, **options)
            assert done.acquire(timeout=10)
            await after(stream)
            return stream

        return connect_slowly

    anyio_backend: Any = httpcore.AnyIOBackend
    for name in ("connect_tcp", "connect_unix_socket"):
        monkeypatch.setattr(httpcore.SyncBackend, name, delay(getattr(httpcore.SyncBackend, name)))
        monkeypatch.setattr(anyio_backend, name, delay_async(getattr(anyio_backend, name)))


EARLY = pytest.mark.parametrize(
    "early", [REFUSED, answer(200, persona("stale")), b"\0", b""], ids=["429", "200", "byte", "end"]
)


@contextmanager
def _serve_early(early: bytes, done: threading.Semaphore, path: Path | None = None) -> Generator[ScriptedServer]:
    """Serve connections that get bytes, or their end, before a request; check that none is sent."""
    received: list[bytes] = []
    address, family = (("127.0.0.1", 0), socket.AF_INET) if path is None else (str(path), socket.AF_UNIX)
    with socket.create_server(address, family=family) as listening:

        def serve() -> None:
            while True:
                try:
                    connection = listening.accept()[0]
                except OSError:
                    return
                with connection, suppress(ConnectionError):  # the client resets it, with bytes that it has not read
                    if early:
                        connection.sendall(early)
                        done.release()
                        received.append(connection.recv(1 << 16))
                if not early:
                    done.release()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield ScriptedServer(lambda _: [], f"http://127.0.0.1:{1 if path else listening.getsockname()[1]}")
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(5)
    assert set(received) <= {b""}


@EARLY
@EVERY_POOL
def test_nothing_is_sent_after_early_response(
    face: str, pool: str, early: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What arrives before the request was sent is not its response."""
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done)
    with _serve_early(early, done) as server, pytest.raises(NotDeliveredError, match="before the request"):
        _play(face, server, _two_personas, **_options(pool, face))


@EARLY
@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="the system has no Unix sockets")
def test_nothing_is_sent_over_unix_socket_after_early_response(
    face: str, early: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done)
    path = tmp_path / "socket"
    make: Any = httpx.HTTPTransport if face == "sync" else httpx.AsyncHTTPTransport
    with _serve_early(early, done, path) as server, pytest.raises(NotDeliveredError, match="before the request"):
        _play(face, server, _two_personas, http_client=make(uds=str(path)))


@EARLY
@EVERY_POOL
@pytest.mark.parametrize("arrival", [_receive, _stall_read])
def test_early_response_is_seen_by_busy_event_loop(
    pool: str,
    early: bytes,
    arrival: Callable[[httpcore.AsyncNetworkStream], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop may have received the bytes before anyone looks, or give up the look in the turn in which they come."""
    done = threading.Semaphore(0)
    _connect_slowly(monkeypatch, done, arrival)
    with _serve_early(early, done) as server, pytest.raises(NotDeliveredError, match="before the request"):
        _play("async", server, _two_personas, **_options(pool, "async"))


def test_error_followed_by_more_is_asked_again_where_it_is_free(face: str) -> None:
    script: Script = lambda request: [answer(404, {}) + _asked(request)]  # noqa: E731
    with serve_script(script) as server:
        with pytest.raises(Exception, match="404"):
            _play(face, server, _two_tasks)
        assert len(server.received) == 4
        assert server.connections == 4


def test_refusal_is_trusted_when_connection_ends_or_is_silent(face: str) -> None:
    """A server that does not close the connection, though it was asked to, costs half a second."""
    endings: list[list[Step]] = [[REFUSED], [REFUSED, Close], [REFUSED, Reset], [REFUSED, 0.02, Reset]]
    for steps in endings:
        with serve_script(partial(_repeat, steps)) as server:
            with pytest.raises(RateLimitError):
                _play(face, server, _two_personas)
            assert len(server.received) == 4


@pytest.mark.parametrize(
    ("follows", "raised"), [(Close, RateLimitError), (answer(200, persona("first")), OutcomeUnknownError)]
)
def test_what_follows_refusal_is_read_by_busy_client(
    face: str, follows: Step, raised: type[SunoError], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time to wait for what follows is over when the client gets to look: is what is here the end, or bytes?"""

    def look_late(connection: Any) -> bool:
        found = has_unread_bytes(connection)
        time.sleep(0.1)
        return found

    monkeypatch.setattr("cometapi_suno._response_end.has_unread_bytes", look_late)
    monkeypatch.setattr("cometapi_suno._response_end.END_TIMEOUT", 0.0)
    with serve_script(partial(_repeat, [REFUSED, 0.02, follows])) as server, pytest.raises(raised):
        _play(face, server, _two_personas, retries=0)


@pytest.mark.parametrize("timeout", [Timeout(), Timeout(total=0.3)])
def test_response_before_silence_is_trusted(face: str, timeout: Timeout) -> None:
    """It was whole before the time of the call ended."""
    with serve_script(lambda _: [REFUSED, 60.0]) as server, pytest.raises(RateLimitError):
        _play(face, server, _two_personas, retries=0, timeout=timeout)


def test_bytes_after_idle_time_close_connection(face: str) -> None:
    """What arrives between two reads: httpcore sees that the socket is readable."""

    async def story(client: Client) -> list[str]:
        first = (await _result(client.tasks.get("a"))).task_id
        await asyncio.sleep(0.1)
        return [first, (await _result(client.tasks.get("b"))).task_id]

    with serve_script(lambda request: [_asked(request), 0.02, answer(200, task("stale"))]) as server:
        assert _play(face, server, story) == ["a", "b"]


def test_task_of_another_call_is_not_returned(face: str) -> None:
    """A proxy mixed up two responses: nothing on the connection shows it, only the id in the body."""
    with serve_script(lambda _: [answer(200, task("stale"))]) as server:
        with pytest.raises(ResponseDecodeError, match=r"expected 'a', which was asked for, at /data/task_id") as raised:
            _play(face, server, _two_tasks)
        assert raised.value.response.json() == task("stale")


def test_cut_answer_of_read_is_asked_again_on_new_connection(face: str) -> None:
    with serve_script(lambda request: [_asked(request)[:-5], Close]) as server:
        with pytest.raises(NoAnswerError):
            _play(face, server, _two_tasks)
        assert server.connections == 4


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The TLS contexts of a server on 127.0.0.1 and of a client that trusts it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))


@pytest.mark.slow
def test_answer_in_another_tls_record_is_not_read(
    face: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    """Both records arrive together: in asyncio, the second one is in no socket and not in httpcore's buffer."""
    server_context, client_context = certificate

    async def story(client: Client) -> list[str]:
        first = (await _result(client.tasks.get("a"))).task_id
        await asyncio.sleep(0.01)
        return [first, (await _result(client.tasks.get("b"))).task_id]

    def script(request: Received) -> Iterator[Step]:
        yield _asked(request)
        yield answer(200, task("stale"))

    with serve_script(script, server_context) as server:
        for _ in range(50):
            assert _play(face, server, story, verify=client_context) == ["a", "b"]


@pytest.mark.slow
def test_reads_keep_their_connection_over_tls(face: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server_context, client_context = certificate
    with serve_script(lambda request: [_asked(request)], server_context) as server:
        assert _play(face, server, _two_tasks, verify=client_context) == ["a", "b"]
        assert server.connections == 1
