"""How requests travel: through proxies and injected clients, never after a redirect, and with a limit on what comes."""

from __future__ import annotations

import asyncio
import functools
import gc
import gzip
import json
import socket
import threading
import tracemalloc
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from attrs import define, field
from cometapi_suno import (
    AsyncSunoClient,
    ConfigurationError,
    NotDeliveredError,
    OutcomeUnknownError,
    RedirectError,
    SunoClient,
    SunoError,
)
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway

from contract_tests.suite.client.virtual_time_client import Client, Stage
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.faulty_server import refused_url
from contract_tests.suite.support.response_faults import reply
from contract_tests.suite.support.secret_leaks import KEY

BODY = b'{"code": "success", "data": {"task_id": "a", "status": "SUCCESS"}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(
    BODY
)


@define
class Peer:
    """A server on 127.0.0.1 that gives one answer to every connection, and keeps what came first on each."""

    address: str
    answer: bytes
    heads: list[bytes] = field(factory=list[bytes])

    def serve(self, listening: socket.socket) -> None:
        """Take one connection after the other until the listening socket is shut down."""
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                head = b""
                while b"\r\n\r\n" not in head:
                    head += connection.recv(65536)
                self.heads.append(head)
                connection.sendall(self.answer)


@contextmanager
def serving(answer: bytes = ANSWER + BODY) -> Generator[Peer]:
    """Serve a peer for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        peer = Peer(f"127.0.0.1:{listening.getsockname()[1]}", answer)
        thread = threading.Thread(target=peer.serve, args=(listening,), daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without proxies."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def _get(face: str, **options: Any) -> Any:
    """Poll a task with a separate client."""
    return _call(face, lambda client: client.tasks.get("a"), **options)


def _call(face: str, call: Callable[[Any], Any], **options: Any) -> Any:
    """Make a call with a separate client."""
    given: dict[str, Any] = {"api_key": KEY, "retries": 0, "timeout": 5, **options}
    if face == "sync":
        with SunoClient(**given) as client:
            return call(client)

    async def run() -> Any:
        async with AsyncSunoClient(**given) as client:
            return await call(client)

    return asyncio.run(run())


def test_headers_and_body_arrive_together(face: str) -> None:
    """httpcore sends them separately: two packets, and two system calls."""
    with serving(ANSWER.replace(b"%d" % len(BODY), b"28") + b'{"code":"success","data":[]}') as server:
        _call(face, lambda client: client.tasks.list(ids=["a", "b"]), base_url=f"http://{server.address}")
    assert [json.loads(head.partition(b"\r\n\r\n")[2]) for head in server.heads] == [{"ids": ["a", "b"]}]


def test_a_proxy_of_the_argument_sees_the_request(face: str) -> None:
    with serving() as proxy:
        for given in (f"http://{proxy.address}", proxy.address):
            _get(face, base_url="http://suno.example", allow_http=True, proxy=given)
    assert [head.partition(b"\r\n")[0] for head in proxy.heads] == [
        b"GET http://suno.example/suno/fetch/a HTTP/1.1"
    ] * 2


@pytest.mark.parametrize("name", ["http_proxy", "all_proxy"])
def test_a_proxy_of_the_environment_sees_the_request(face: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy:
        monkeypatch.setenv(name, f"http://{proxy.address}")
        _get(face, base_url="http://suno.example", allow_http=True)
        assert len(proxy.heads) == 1


def test_a_proxy_never_sees_the_key_of_an_encrypted_request(face: str) -> None:
    """It is asked for a tunnel, and nothing more before the tunnel is there."""
    with serving(b"HTTP/1.1 403 no\r\nContent-Length: 0\r\n\r\n") as proxy:
        with pytest.raises(NotDeliveredError):
            _get(face, base_url="https://suno.example", proxy=f"http://{proxy.address}")
        assert proxy.heads[0].startswith(b"CONNECT suno.example:443 HTTP/1.1\r\n")
        assert KEY.encode() not in proxy.heads[0]


def test_this_machine_and_no_proxy_are_called_directly(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as proxy, serving() as server:
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        _get(face, base_url=f"http://{server.address}")
        _get(face, base_url=f"http://localhost:{server.address.rpartition(':')[2]}")
        assert (len(proxy.heads), len(server.heads)) == (0, 2)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(face: str, status: int) -> None:
    with serving() as elsewhere:
        moved = b"HTTP/1.1 %d .\r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n" % (
            status,
            elsewhere.address.encode(),
        )
        with serving(moved) as server:
            with pytest.raises(RedirectError, match="redirects are not followed"):
                _get(face, base_url=f"http://{server.address}")
            assert (len(server.heads), len(elsewhere.heads)) == (1, 0)


def test_injected_client_keeps_its_hooks_only(face: str) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(302, headers={"Location": "http://elsewhere.example", "Set-Cookie": "a=1"})

    options: dict[str, Any] = {
        "transport": httpx.MockTransport(answer),
        "auth": ("user", "password"),
        "follow_redirects": True,
        "cookies": {"session": "1"},
    }
    injected: Any = httpx.Client(**options) if face == "sync" else httpx.AsyncClient(**options)
    stage = Stage(face, lambda _: reply(""), http_client=injected)
    with pytest.raises(RedirectError):
        stage.run(stage.client.tasks.get("a"))
    assert len(seen) == 1
    assert seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert "cookie" not in seen[0].headers


def test_an_injected_client_stays_its_owners_to_close() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=BODY))) as injected:
        with SunoClient(api_key=KEY, http_client=injected) as client:
            client.tasks.get("a")
        assert not injected.is_closed


def test_a_closed_client_sends_nothing_more(face: str) -> None:
    with serving() as server:
        options: dict[str, Any] = {"api_key": KEY, "base_url": f"http://{server.address}"}
        if face == "sync":
            with SunoClient(**options) as client:
                client.tasks.get("a")
            with pytest.raises(ConfigurationError, match="the client is closed; nothing was sent"):
                client.tasks.get("a")
        else:
            asyncio.run(_get_after_closing(AsyncSunoClient(**options)))
        assert len(server.heads) == 1


async def _get_after_closing(client: AsyncSunoClient) -> None:
    async with client:
        await client.tasks.get("a")
    with pytest.raises(ConfigurationError, match="the client is closed; nothing was sent"):
        await client.tasks.get("a")


KEPT = ANSWER.replace(b"Connection: close\r\n", b"") + BODY


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # a loop that has ended closes nothing
def test_a_client_can_be_used_in_one_loop_after_the_other() -> None:
    """`asyncio.run` makes a loop each time; a kept connection dies with the loop that made it."""
    with Gateway().serve() as server:
        client = AsyncSunoClient(api_key=DEMO_KEY, base_url=server, retries=0)
        for _ in range(2):
            assert asyncio.run(client.tasks.get(FINISHED_TASK)).task_id == FINISHED_TASK
        asyncio.run(client.aclose())
        del client
        gc.collect()


def test_a_client_of_another_loop_that_still_runs_sends_nothing() -> None:
    """Over a kept connection the request would go out, and its answer would go to the other loop."""
    with serving(KEPT) as server, asyncio.Runner() as first, asyncio.Runner() as second:
        client = AsyncSunoClient(api_key=KEY, base_url=f"http://{server.address}", retries=0)
        first.run(client.tasks.get("a"))
        for call in (lambda: _create(client), lambda: client.tasks.wait("a", timeout=1)):
            with pytest.raises(ConfigurationError, match="another event loop, which is still open; nothing was sent"):
                second.run(call())
        first.run(client.aclose())
        assert len(server.heads) == 1


def test_a_wait_is_not_shared_with_another_loop_that_still_runs() -> None:
    going_on = json_reply(200, {"code": "success", "data": {"task_id": "a", "status": "QUEUED"}})
    line = httpx.MockTransport(lambda _: going_on.response())
    client = AsyncSunoClient(api_key=KEY, base_url="http://127.0.0.1", http_client=line)
    with asyncio.Runner() as first, asyncio.Runner() as second:
        waiting = first.get_loop().create_task(client.tasks.wait("a"))
        first.run(asyncio.sleep(0.01))
        with pytest.raises(ConfigurationError, match="another event loop"):
            second.run(client.tasks.wait("a", timeout=1))
        waiting.cancel()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # Python's own, of the tasks
def test_wait_works_after_loop_of_another_was_closed() -> None:
    """A loop that is closed by hand never ends its tasks, which are not polled any more."""
    ended = json_reply(200, {"code": "success", "data": {"task_id": "a", "status": "SUCCESS"}})
    asked: list[str] = []

    async def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path.rpartition("/")[2])
        if asked == ["b"]:
            await asyncio.Event().wait()
        return ended.response()

    client = AsyncSunoClient(api_key=KEY, base_url="http://127.0.0.1", http_client=httpx.MockTransport(reply))
    closed = asyncio.new_event_loop()
    waiting = closed.create_task(client.tasks.wait("b"))
    closed.run_until_complete(asyncio.sleep(0.05))
    closed.close()
    assert not waiting.done()
    assert asyncio.run(client.tasks.wait("a", timeout=5)).task_id == "a"
    assert asked == ["b", "a"]
    del waiting, client
    gc.collect()


LIMIT = 1_000_000


def _error(face: str, act: Reply, **options: Any) -> SunoError:
    stage = Stage(face, lambda _: act, **options)
    with pytest.raises(SunoError) as raised:
        stage.run(_create(stage.client))
    return raised.value


def _create(client: Client) -> Any:
    return client.personas.create(root_clip_id="c", name="n", description="", clips=["c"], is_public=False)


@functools.cache
def _bomb(megabytes: int) -> bytes:
    """Return that many megabytes of blanks in gzip, a thousandth of the size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = b" " * 1_000_000
    return b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_an_answer_is_read_up_to_the_limit_and_no_further(face: str, packed: bool) -> None:
    def act(size: int) -> Reply:
        content = b'{"id": "p", "x": "%b"}' % (b"x" * (size - 20))
        return reply(gzip.compress(content), Content_Encoding="gzip") if packed else reply(content)

    stage = Stage(face, lambda _: act(LIMIT), max_response_bytes=LIMIT)
    assert stage.run(_create(stage.client)).id == "p"
    error = _error(face, act(LIMIT + 1), max_response_bytes=LIMIT)
    assert type(error) is OutcomeUnknownError
    assert f"the response has more than {LIMIT} bytes" in str(error)


def test_decompression_bomb_is_bounded(face: str) -> None:
    """40 MB in 40 KB; what is held at the peak is about the limit, and never a quarter of the whole."""
    bomb = reply(_bomb(40), Content_Encoding="gzip")
    _error(face, bomb, max_response_bytes=LIMIT)
    tracemalloc.start()
    try:
        _error(face, bomb, max_response_bytes=LIMIT)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 6 * LIMIT


def test_an_answer_is_limited_by_default(face: str) -> None:
    assert "33554432 bytes" in str(_error(face, reply(_bomb(40), Content_Encoding="gzip")))


def test_broken_tls_record_is_unknown_outcome(face: str) -> None:
    """httpcore lets some OSErrors through, such as an `ssl.SSLError` under asyncio."""

    class Broken(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            raise OSError("decryption failed or bad record mac")

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            raise OSError("decryption failed or bad record mac")

    stage = Stage(face, lambda _: json_reply(200, {}), http_client=Broken())
    with pytest.raises(OutcomeUnknownError, match="bad record mac"):
        stage.run(_create(stage.client))


@pytest.mark.parametrize("used_before", [False, True])
def test_patched_transport_class_is_honoured_while_patched(
    face: str, used_before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tools such as pytest-httpx patch the class, before or after the first call of a client."""
    seen: list[bytes] = []

    def patched(_: object, request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, content=BODY)

    async def async_patched(_: object, request: httpx.Request) -> httpx.Response:
        return patched(_, request)

    with serving() as server, asyncio.Runner() as runner:
        options: dict[str, Any] = {"api_key": KEY, "base_url": f"http://{server.address}"}
        client: Any = SunoClient(**options) if face == "sync" else AsyncSunoClient(**options)

        async def result(value: Any) -> Any:
            return await value

        def run(value: Any) -> Any:
            return value if face == "sync" else runner.run(result(value))

        if used_before:
            run(client.tasks.get("a"))
        with monkeypatch.context() as patch:
            patch.setattr(httpx.HTTPTransport, "handle_request", patched)
            patch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", async_patched)
            run(client.tasks.get("a"))
        run(client.tasks.get("a"))
        assert seen == [b""]
        assert len(server.heads) == 1 + used_before
        run(client.close() if face == "sync" else client.aclose())


class Wrapper:
    """A function that takes the place of a method and hands its attributes on, as those of wrapt do."""

    def __init__(self, method: Any, seen: list[str], owner: Any = None) -> None:
        self._method, self._seen, self._owner = method, seen, owner

    def __get__(self, owner: Any, _: type) -> Wrapper:
        return Wrapper(self._method.__get__(owner), self._seen, owner)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._method, name)

    def __call__(self, request: httpx.Request) -> Any:
        self._seen.append(f"{type(self._owner).__name__} {request.url.path}")
        return self._method(request)


def _wrap_plainly(method: Any, seen: list[str]) -> Any:
    @functools.wraps(method)
    def wrapped(owner: object, request: httpx.Request) -> Any:
        seen.append(f"{type(owner).__name__} {request.url.path}")
        return method(owner, request)

    return wrapped


@pytest.mark.parametrize("wrap", [Wrapper, _wrap_plainly, None], ids=["an object", "a function", "nothing"])
def test_wrapped_transport_sees_each_request(face: str, wrap: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools such as OpenTelemetry wrap the method of httpx; without them, httpx makes no objects around a request."""
    seen: list[str] = []
    kind: Any = httpx.HTTPTransport if face == "sync" else httpx.AsyncHTTPTransport
    name = "handle_request" if face == "sync" else "handle_async_request"
    if wrap:
        monkeypatch.setattr(kind, name, wrap(getattr(kind, name), seen))
    else:
        monkeypatch.setattr("httpx._transports.default.Response", None)
    with serving() as server:
        _get(face, base_url=f"http://{server.address}")
    assert seen == ([f"{kind.__name__} /suno/fetch/a"] if wrap else [])


def test_error_of_the_pool_is_that_of_httpx(face: str) -> None:
    with pytest.raises(NotDeliveredError) as raised:
        _get(face, base_url=refused_url())
    assert type(raised.value.__cause__) is httpx.ConnectError


def test_content_can_be_read_in_hooks(face: str) -> None:
    seen: list[bytes] = []

    def hook(request: httpx.Request) -> None:
        seen.append(request.content)

    async def async_hook(request: httpx.Request) -> None:
        seen.append(request.content)

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=request.content))
    injected: Any = (
        httpx.Client(transport=transport, event_hooks={"request": [hook]})
        if face == "sync"
        else httpx.AsyncClient(transport=transport, event_hooks={"request": [async_hook]})
    )
    stage = Stage(face, lambda _: reply(""), http_client=injected)
    answered = stage.run(stage.client.with_options().request("POST", "/echo", json={"a": 1}))
    assert answered == {"a": 1}
    assert [json.loads(content) for content in seen] == [{"a": 1}]


@pytest.mark.parametrize("url", ["http://suno.example", "https://suno.example"])
def test_proxy_that_is_down_is_named_without_password(face: str, url: str) -> None:
    down = refused_url().removeprefix("http://")
    with pytest.raises(NotDeliveredError) as raised:
        _get(face, base_url=url, allow_http=True, proxy=f"http://user:pass-word@{down}")
    assert f"no connection was made through the proxy 'http://{down}'" in str(raised.value)
    assert "pass-word" not in str(raised.value) + repr(vars(raised.value))


def test_proxy_that_refuses_a_tunnel_is_named(face: str) -> None:
    refusal = b'HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 99\r\n\r\n{"error": "sign in'
    with serving(refusal) as proxy:
        with pytest.raises(NotDeliveredError) as raised:
            _get(face, base_url="https://suno.example", proxy=f"http://{proxy.address}")
        assert f"through the proxy 'http://{proxy.address}'" in str(raised.value)
        assert "407" in str(raised.value)


def test_async_client_says_that_it_needs_asyncio() -> None:
    """Without asyncio, under trio or driven by hand as here, nothing can be sent."""
    client = AsyncSunoClient(api_key=KEY, base_url="http://127.0.0.1:9")
    for call in (client.tasks.get("a"), client.tasks.wait("a"), client.tasks.wait_all(["a"]), _create(client)):
        with pytest.raises(ConfigurationError, match="needs asyncio"):
            call.send(None)
