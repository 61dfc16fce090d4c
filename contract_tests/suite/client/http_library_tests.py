"""Tests of the client with other HTTP libraries; the environment test runs them where those are installed.

The client comes from the wheel, helpers from this repository.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno import (
    AsyncSunoClient,
    AuthenticationError,
    ConfigurationError,
    NoAnswerError,
    NotDeliveredError,
    OutcomeUnknownError,
    RedirectError,
    SunoClient,
    SunoError,
    Timeout,
)

from contract_tests.suite.client.flaky_paid_server import IMPATIENT, PASSING, QUICK, Outcome, Plan, charging, judge
from contract_tests.suite.client.scripted_server import Close, Received, Step, answer, persona, serve_script, task
from contract_tests.suite.support.faulty_server import CONNECTION_FAULTS, refused_url, serve_faulty
from contract_tests.suite.support.secret_leaks import KEY as ECHOED_KEY
from contract_tests.suite.support.secret_leaks import find_leaks

# They are not installed where this file is type-checked.
httpx2: Any = import_module("httpx2")
vcr: Any = import_module("vcr")
instrumentation: Any = import_module("opentelemetry.instrumentation.httpx")
tracing: Any = import_module("opentelemetry.sdk.trace")
exporting: Any = import_module("opentelemetry.sdk.trace.export")
sentry_sdk: Any = import_module("sentry_sdk")
in_memory: Any = import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")

KEY = "sk-Of-a-test-0123456789"
LIBRARIES: dict[str, dict[str, Callable[[], Any]]] = {
    "pyreqwest": {"sync": lambda: "pyreqwest", "async": lambda: "pyreqwest"},
    "aiohttp": {"async": lambda: "aiohttp"},
    "httpx": {"sync": lambda: None, "async": lambda: None},
    "httpx2.Client": {"sync": httpx2.Client, "async": httpx2.AsyncClient},
    "httpx2.HTTPTransport": {"sync": httpx2.HTTPTransport, "async": httpx2.AsyncHTTPTransport},
}
ROWS = [(library, face) for library, faces in LIBRARIES.items() for face in faces]
EVERY_LIBRARY = pytest.mark.parametrize(("library", "face"), ROWS)
OTHER_LIBRARIES = pytest.mark.parametrize(("library", "face"), [row for row in ROWS if row[0] != "httpx"])
"""For a question that `make test` asks of httpx."""


class Driver:
    """Either client over one of the libraries.

    Args:
        library: Its name.
        face: `sync` or `async`.
        url: Base URL.
        options: Further options of the client.
    """

    def __init__(self, library: str, face: str, url: str, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._injected: Any = LIBRARIES[library][face]()
        given: dict[str, Any] = {"api_key": KEY, "base_url": url, "retries": 0, "timeout": 5} | options
        self.client: Any = (SunoClient if face == "sync" else AsyncSunoClient)(http_client=self._injected, **given)

    def run(self, result: Any) -> Any:
        """Return the result of a call."""
        return self._runner.run(_awaited(result)) if inspect.isawaitable(result) else result

    def fail(self, call: Callable[[Any], Any]) -> SunoError:
        """Return the error of a call."""
        with pytest.raises(SunoError) as raised:
            self.run(call(self.client))
        return raised.value

    def __enter__(self) -> Driver:
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self.client, self._injected):
            close = getattr(each, "aclose", None) or getattr(each, "close", None)
            if close is not None:
                self.run(close())
        self._runner.close()


async def _awaited(result: Any) -> Any:
    return await result


def _create(client: Any, name: str = "Ada") -> Any:
    return client.personas.create(root_clip_id="c", name=name, description="", clips=["c"], is_public=False)


def _script(request: Received) -> list[bytes]:
    return [answer(200, persona("Ada") if request.body else task(request.target.rpartition("/")[2]))]


@EVERY_LIBRARY
def test_calls_and_connections(library: str, face: str) -> None:
    """Each paid call gets a new connection, and reads share one."""
    with serve_script(_script) as server:
        with Driver(library, face, server.url) as driver:
            for _ in range(2):
                assert driver.run(driver.client.tasks.get("a")).task_id == "a"
                assert driver.run(_create(driver.client)).name == "Ada"
        seen: set[int] = set()
        for request in server.received:
            assert not (request.body and request.connection in seen)
            seen.add(request.connection)
        free = {request.connection for request in server.received if not request.body}
        if not library.startswith("httpx2"):  # an injected pool closes the connection of the read for the paid call
            assert len(free) == 1


@EVERY_LIBRARY
@pytest.mark.parametrize("fault", CONNECTION_FAULTS)
def test_fault_is_unknown_outcome_or_no_answer(library: str, face: str, fault: str) -> None:
    with serve_faulty() as server:
        server.manner = CONNECTION_FAULTS[fault]
        patience = Timeout(connect=0.3, read=0.3, write=0.3, pool=0.3) if server.manner.waits else Timeout()
        calls: list[tuple[Callable[[Any], Any], type[SunoError]]] = [
            (_create, OutcomeUnknownError),
            (lambda client: client.clips.timing("a"), OutcomeUnknownError),  # by GET, and its price is unknown
            (lambda client: client.tasks.get("a"), NoAnswerError),
        ]
        for call, expected in calls:
            with Driver(library, face, server.url, timeout=patience) as driver:
                with pytest.raises(SunoError) as raised:
                    driver.run(call(driver.client))
                assert type(raised.value) is expected, raised.value
                assert KEY not in repr(vars(raised.value)) + str(raised.value)
            assert b"Bearer " + KEY.encode() in server.requests.get(timeout=5)
            assert server.requests.empty()


@EVERY_LIBRARY
@pytest.mark.parametrize("end", [Close, 60.0], ids=["closed", "silent"])
def test_refusal_that_breaks_off_is_known_by_its_status(library: str, face: str, end: Step) -> None:
    start = b'{"error": {"code": "invalid_request", "message": "no key"}, "more'
    head = b"HTTP/1.1 401 .\r\nContent-Type: application/json\r\nContent-Length: 999\r\n\r\n"
    with (
        serve_script(lambda _: [head + start, end]) as server,
        Driver(library, face, server.url, timeout=Timeout(0.3, 0.3, 0.3, 0.3)) as driver,
    ):
        error = driver.fail(_create)
        assert len(server.received) == 1
    assert isinstance(error, AuthenticationError)
    assert (error.code, error.response.content) == ("invalid_request", start)


@EVERY_LIBRARY
def test_unreachable_server(library: str, face: str) -> None:
    """Only httpcore reports what it does; of the others nothing is known, so that a paid call is not sent again."""
    expected = NotDeliveredError if library.startswith("httpx") else OutcomeUnknownError
    with Driver(library, face, refused_url()) as driver, pytest.raises(expected):
        driver.run(_create(driver.client))


@EVERY_LIBRARY
def test_redirect_is_not_followed(library: str, face: str) -> None:
    with serve_script(_script) as elsewhere:
        moved = answer(307, b"", f"Location: {elsewhere.url}/")
        with serve_script(lambda _: [moved]) as server, Driver(library, face, server.url) as driver:
            error = driver.fail(_create)
            assert type(error) is RedirectError
        assert elsewhere.received == []


@EVERY_LIBRARY
def test_total_timeout_is_kept(library: str, face: str) -> None:
    """A byte every 50 ms never exceeds the read timeout; the whole response takes 20 s."""

    def drip(_: Received) -> Iterator[bytes | float]:
        for byte in answer(200, {**persona("Ada"), "filler": "x" * 400}):
            yield bytes([byte])
            yield 0.05

    if face == "sync" and library.startswith("httpx2"):
        return  # an injected sync transport knows only the read timeout while the headers arrive
    with serve_script(drip) as server, Driver(library, face, server.url) as driver:
        loop = asyncio.new_event_loop()
        began = loop.time()
        with pytest.raises(OutcomeUnknownError):
            driver.run(
                driver.client.with_options(timeout=Timeout(total=0.5)).personas.create(
                    root_clip_id="c", name="n", description="", clips=["c"], is_public=False
                )
            )
        assert loop.time() - began < 0.5 + 2  # a machine under load is late
        loop.close()


@OTHER_LIBRARIES
def test_paid_calls_are_made_once(library: str, face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The faults of `test_no_duplicate_charges`, without servers that cannot be reached."""
    # This server keeps what it was asked to close, so that each error would cost half a second.
    monkeypatch.setattr("cometapi_suno._response_end.END_TIMEOUT", 0.05)
    plan = Plan.drawn(150, seed=5)
    unreachable = PASSING["unreachable"]
    plan.turns = {name: [turn for turn in turns if turn is not unreachable] for name, turns in plan.turns.items()}
    with charging(plan) as url:
        # pyreqwest takes the sum of the steps as the total.
        patience = Timeout(0.5, 0.5, 0.5, 0.5) if library == "pyreqwest" else IMPATIENT
        options = {"timeout": patience, "retries": QUICK}
        with Driver(library, face, url, **options) as driver:

            def create(name: str) -> Outcome:
                try:
                    result: Outcome = _create(driver.client, name)
                except SunoError as error:
                    return error
                return result

            async def create_async(name: str, limit: asyncio.Semaphore) -> Outcome:
                async with limit:
                    try:
                        result: Outcome = await _create(driver.client, name)
                    except SunoError as error:
                        return error
                    return result

            async def create_all() -> list[Outcome]:
                limit = asyncio.Semaphore(16)
                return await asyncio.gather(*(create_async(name, limit) for name in plan.turns))

            if face == "async":
                outcomes = driver.run(create_all())
            else:
                with ThreadPoolExecutor(16) as pool:
                    outcomes = list(pool.map(create, plan.turns))
    judge(plan, dict(zip(plan.turns, outcomes, strict=True)))


def test_settings_that_do_not_apply_are_refused() -> None:
    import ssl

    options: dict[str, Any] = {"api_key": KEY, "base_url": "http://127.0.0.1"}
    with pytest.raises(ConfigurationError, match="http_client='aiohttp' is for AsyncSunoClient alone"):
        SunoClient(http_client="aiohttp", **options)
    with pytest.raises(ConfigurationError, match="verify cannot be used with pyreqwest"):
        SunoClient(http_client="pyreqwest", verify=ssl.create_default_context(), **options)


@pytest.mark.parametrize("face", ["sync", "async"])
def test_proxy_of_the_client_applies(face: str) -> None:
    for library in ("pyreqwest", "aiohttp") if face == "async" else ("pyreqwest",):
        with serve_script(lambda _: [answer(200, task("a"))]) as proxy:
            options = {"proxy": proxy.url, "allow_http": True}
            with Driver(library, face, "http://suno.example", **options) as driver:
                assert driver.run(driver.client.tasks.get("a")).task_id == "a"
            assert [request.target for request in proxy.received] == ["http://suno.example/suno/fetch/a"]


ECHOES: dict[str, list[bytes | type[Close]]] = {
    "a refusal": [answer(401, {"error": {"message": f"bad key {ECHOED_KEY}", "code": ECHOED_KEY}})],
    "a refusal as success": [answer(200, {"code": "no", "message": f"Bearer {ECHOED_KEY}", "data": None})],
    "a body that does not fit": [answer(200, {"name": ECHOED_KEY})],
    "a header": [answer(500, b"", f"X-Echo: {ECHOED_KEY}")],
    "a body that is cut": [answer(200, {"id": 1, "echo": f"Bearer {ECHOED_KEY}"})[:-1], Close],
    "headers that are refused": [f"HTTP/1.1 200 .\r\nnonsense {ECHOED_KEY}\r\n\r\n{ECHOED_KEY}".encode(), Close],
}


@pytest.mark.parametrize("how", ECHOES)
@pytest.mark.parametrize("face", ["sync", "async"])
def test_sentry_sees_no_key(face: str, how: str) -> None:
    """It sends the variables of every frame of an error, and walks tuples and lists in them."""
    events: list[Any] = []

    def keep(event: Any, _: Any) -> None:
        events.append(event)

    sentry_sdk.init(
        dsn="https://public@sentry.example/1",
        before_send=keep,
        default_integrations=False,
        max_value_length=100_000,
    )
    with serve_script(lambda _: ECHOES[how]) as server, Driver("httpx", face, server.url, api_key=ECHOED_KEY) as driver:
        sentry_sdk.capture_exception(driver.fail(_create))
    (event,) = events
    assert event["exception"]["values"][-1]["stacktrace"]["frames"][-1]["vars"]
    assert find_leaks(json.dumps(event, default=repr)) == []


def test_httpx2_transport_imports_no_httpx() -> None:
    program = (
        "import sys, httpx2; from cometapi_suno import SunoClient; "
        f"SunoClient(api_key={KEY!r}, http_client=httpx2.HTTPTransport()); "
        "assert 'httpx' not in sys.modules, 'httpx is imported'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("used_before", [False, True], ids=["new client", "client used before"])
@pytest.mark.parametrize("face", ["sync", "async"])
class TestPatches:
    """Tools that patch `httpx.HTTPTransport` see the calls of a client, and only as long as they patch it."""

    def _drive(self, face: str, used_before: bool, patched: Callable[[Driver], None]) -> None:
        with serve_script(_script) as server, Driver("httpx", face, server.url) as driver:
            if used_before:
                driver.run(_create(driver.client))
            patched(driver)
            seen = len(server.received)
            driver.run(_create(driver.client))
            assert len(server.received) == seen + 1

    def test_pytest_httpx(self, face: str, used_before: bool, request: pytest.FixtureRequest) -> None:
        def patched(driver: Driver) -> None:
            httpx_mock: Any = request.getfixturevalue("httpx_mock")
            httpx_mock.add_response(json={"id": "p1", "name": "mocked"})
            assert driver.run(_create(driver.client)).name == "mocked"
            (sent,) = httpx_mock.get_requests()
            assert b'"Ada"' in sent.content
            request.getfixturevalue("monkeypatch").undo()

        self._drive(face, used_before, patched)

    def test_vcrpy(self, face: str, used_before: bool, tmp_path: Path) -> None:
        def patched(driver: Driver) -> None:
            cassette = tmp_path / "cassette.yaml"
            for _ in range(2):
                with vcr.use_cassette(str(cassette), filter_headers=["authorization"]):
                    assert driver.run(_create(driver.client)).name == "Ada"
            assert KEY not in cassette.read_text("utf-8")

        self._drive(face, used_before, patched)

    def test_opentelemetry(self, face: str, used_before: bool) -> None:
        def patched(driver: Driver) -> None:
            exporter = in_memory.InMemorySpanExporter()
            provider = tracing.TracerProvider()
            provider.add_span_processor(exporting.SimpleSpanProcessor(exporter))
            instrumentor = instrumentation.HTTPXClientInstrumentor()
            instrumentor.instrument(tracer_provider=provider)
            try:
                driver.run(_create(driver.client))
            finally:
                instrumentor.uninstrument()
            assert [span.name for span in exporter.get_finished_spans()] == ["POST"]

        self._drive(face, used_before, patched)
