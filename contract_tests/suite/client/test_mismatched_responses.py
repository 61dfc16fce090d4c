"""One request, one response: what else arrives on a connection is never read as the response to another call."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from typing import Any

import httpx
import pytest
from cometapi_suno import NoAnswerError, OutcomeUnknownError, RateLimitError, ResponseDecodeError, SunoError, Timeout
from cometapi_suno._response_end import has_unread_bytes

from contract_tests.suite.client.scripted_server import (
    Close,
    Received,
    Reset,
    Script,
    Step,
    answer,
    persona,
    serve_script,
    task,
)
from contract_tests.suite.client.two_calls import (
    EVERY_POOL,
    REFUSED,
    Client,
    await_either,
    create_persona,
    create_two_personas,
    get_two_tasks,
    make_options,
    play,
    read_name,
    render_persona,
    render_task,
)


def _repeat(steps: Sequence[Step], _: Received) -> Sequence[Step]:
    return steps


@EVERY_POOL
def test_answer_sent_in_advance_is_not_read(face: str, pool: str) -> None:
    """200 and 429 in one packet: the next paid call would read the 429 as its refusal, and be sent again."""
    with serve_script(lambda request: [render_persona(request) + REFUSED]) as server:
        assert play(face, server, create_two_personas, **make_options(pool, face)) == ["first", "second"]
        assert [read_name(request) for request in server.received] == ["first", "second"]


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
    with serve_script(lambda request: [REFUSED + render_persona(request)]) as server:
        with pytest.raises(OutcomeUnknownError, match="unrequested bytes followed"):
            play(face, server, create_two_personas, http_client=_reading_client(face))
        assert len(server.received) == 1
    with serve_script(lambda request: [render_task(request) + answer(200, task("stale"))]) as server:
        assert play(face, server, get_two_tasks, http_client=_reading_client(face)) == ["a", "b"]
        assert server.connections == 2


@EVERY_POOL
def test_read_after_answer_sent_in_advance_is_its_own(face: str, pool: str) -> None:
    with serve_script(lambda request: [render_task(request) + answer(200, task("stale"))]) as server:
        assert play(face, server, get_two_tasks, **make_options(pool, face)) == ["a", "b"]
        assert server.connections == 2


@EVERY_POOL
def test_paid_call_gets_connection_of_its_own(face: str, pool: str) -> None:
    async def story(client: Client) -> None:
        for _ in range(2):
            await get_two_tasks(client)
            await create_two_personas(client)

    with serve_script(lambda request: [render_persona(request) if request.body else render_task(request)]) as server:
        play(face, server, story, **make_options(pool, face))
        seen: set[int] = set()
        for request in server.received:
            if request.body:
                assert request.connection not in seen
            seen.add(request.connection)
        assert len(server.received) == 8


def test_reads_keep_their_connection(face: str) -> None:
    async def story(client: Client) -> None:
        await get_two_tasks(client)
        await create_two_personas(client)
        await get_two_tasks(client)

    with serve_script(lambda request: [render_persona(request) if request.body else render_task(request)]) as server:
        play(face, server, story)
        assert [request.connection for request in server.received if not request.body] == [0, 0, 0, 0]


def test_kept_connections_carry_paid_calls_when_asked_to(face: str) -> None:
    with serve_script(lambda request: [render_persona(request)]) as server:
        assert play(face, server, create_two_personas, keep_connections=True) == ["first", "second"]
        assert server.connections == 1


def test_refusal_on_used_connection_is_not_trusted(face: str) -> None:
    """It may answer the call before; so the call may have been done, and is not sent again."""

    def script(request: Received) -> Iterator[Step]:
        yield render_persona(request) if read_name(request) == "first" else REFUSED

    with serve_script(script) as server:
        with pytest.raises(OutcomeUnknownError, match="on a connection that carried another call before"):
            play(face, server, create_two_personas, keep_connections=True)
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
        await await_either(create_persona(client, "first"))
        with pytest.raises(SunoError):
            await await_either(create_persona(client, "second"))
        return str((await await_either(create_persona(client, "third"))).name)

    def script(request: Received) -> Iterator[Step]:
        yield from (
            (INSERTED[inserted], 0.05, render_persona(request))
            if read_name(request) == "second"
            else (render_persona(request),)
        )

    with serve_script(script) as server:
        assert play(face, server, story, keep_connections=True) == "third"
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
            await await_either(client.tasks.get("a"))
        return str((await await_either(create_persona(client, "next"))).name)

    def script(request: Received) -> Iterator[Step]:
        yield from (render_persona(request),) if request.body else (NO_RESULT[inserted], 0.05, render_task(request))

    with serve_script(script) as server:
        assert play(face, server, story, keep_connections=True, retries=0) == "next"
        assert [request.connection for request in server.received] == [0, 1]


@pytest.mark.parametrize("pause", [None, 0.02], ids=["in one packet", "later"])
@pytest.mark.parametrize("inserted", INSERTED)
@EVERY_POOL
def test_error_followed_by_more_is_unknown_outcome(face: str, pool: str, inserted: str, pause: float | None) -> None:
    """An inserted error before the true response: the persona was made, and must not be made again."""
    first = INSERTED[inserted]

    def script(request: Received) -> Iterator[Step]:
        yield from (first, pause, render_persona(request)) if pause else (first + render_persona(request),)

    with serve_script(script) as server:
        with pytest.raises(OutcomeUnknownError, match="unrequested bytes followed") as raised:
            play(face, server, create_two_personas, **make_options(pool, face))
        assert raised.value.response is not None
        assert first.startswith(b"HTTP/1.1 %d" % raised.value.response.status_code)
        assert len(server.received) == 1


@EVERY_POOL
def test_long_refusal_with_200_is_not_trusted(face: str, pool: str) -> None:
    """A long body is not parsed before the connection is given up, so what may follow was not waited for."""
    long = answer(200, {"code": "upstream_load_saturated", "message": "busy " * 500, "data": None})
    with serve_script(lambda request: [long, 0.1, render_persona(request)]) as server:
        with pytest.raises(OutcomeUnknownError, match="so long that its end was not waited for"):
            play(face, server, create_two_personas, **make_options(pool, face))
        assert len(server.received) == 1


@EVERY_POOL
def test_second_response_within_body_is_unknown_outcome(face: str, pool: str) -> None:
    """The length is lost, so that the body of the refusal lasts until the end of the connection."""
    first = b"HTTP/1.1 429 .\r\n\r\n"
    with serve_script(lambda request: [first, render_persona(request), Close]) as server:
        with pytest.raises(OutcomeUnknownError):
            play(face, server, create_two_personas, **make_options(pool, face))
        assert len(server.received) == 1


def test_error_followed_by_more_is_asked_again_where_it_is_free(face: str) -> None:
    script: Script = lambda request: [answer(404, {}) + render_task(request)]  # noqa: E731
    with serve_script(script) as server:
        with pytest.raises(Exception, match="404"):
            play(face, server, get_two_tasks)
        assert len(server.received) == 4
        assert server.connections == 4


def test_refusal_is_trusted_when_connection_ends_or_is_silent(face: str) -> None:
    """A server that does not close the connection, though it was asked to, costs half a second."""
    endings: list[list[Step]] = [[REFUSED], [REFUSED, Close], [REFUSED, Reset], [REFUSED, 0.02, Reset]]
    for steps in endings:
        with serve_script(partial(_repeat, steps)) as server:
            with pytest.raises(RateLimitError):
                play(face, server, create_two_personas)
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
        play(face, server, create_two_personas, retries=0)


@pytest.mark.parametrize("timeout", [Timeout(), Timeout(total=0.3)])
def test_response_before_silence_is_trusted(face: str, timeout: Timeout) -> None:
    """It was whole before the time of the call ended."""
    with serve_script(lambda _: [REFUSED, 60.0]) as server, pytest.raises(RateLimitError):
        play(face, server, create_two_personas, retries=0, timeout=timeout)


def test_bytes_after_idle_time_close_connection(face: str) -> None:
    """What arrives between two reads: httpcore sees that the socket is readable."""

    async def story(client: Client) -> list[str]:
        first = (await await_either(client.tasks.get("a"))).task_id
        await asyncio.sleep(0.1)
        return [first, (await await_either(client.tasks.get("b"))).task_id]

    with serve_script(lambda request: [render_task(request), 0.02, answer(200, task("stale"))]) as server:
        assert play(face, server, story) == ["a", "b"]


def test_task_of_another_call_is_not_returned(face: str) -> None:
    """A proxy mixed up two responses: nothing on the connection shows it, only the id in the body."""
    with serve_script(lambda _: [answer(200, task("stale"))]) as server:
        with pytest.raises(ResponseDecodeError, match=r"expected 'a', which was asked for, at /data/task_id") as raised:
            play(face, server, get_two_tasks)
        assert raised.value.response.json() == task("stale")


def test_cut_answer_of_read_is_asked_again_on_new_connection(face: str) -> None:
    with serve_script(lambda request: [render_task(request)[:-5], Close]) as server:
        with pytest.raises(NoAnswerError):
            play(face, server, get_two_tasks)
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
        first = (await await_either(client.tasks.get("a"))).task_id
        await asyncio.sleep(0.01)
        return [first, (await await_either(client.tasks.get("b"))).task_id]

    def script(request: Received) -> Iterator[Step]:
        yield render_task(request)
        yield answer(200, task("stale"))

    with serve_script(script, server_context) as server:
        for _ in range(50):
            assert play(face, server, story, verify=client_context) == ["a", "b"]


@pytest.mark.slow
def test_reads_keep_their_connection_over_tls(face: str, certificate: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    server_context, client_context = certificate
    with serve_script(lambda request: [render_task(request)], server_context) as server:
        assert play(face, server, get_two_tasks, verify=client_context) == ["a", "b"]
        assert server.connections == 1
