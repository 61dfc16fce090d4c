"""Is "the contract does not hold" said only when something was seen that breaks it, and the rest called incomplete?"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.support.secret_leaks import KEY
from contract_tests.suite.verifier.test_verify_targets import verify
from contract_tests.verifier.exchange.recordings import RECORDINGS

INCOMPLETE = 3
PERSONA = json.loads((RECORDINGS / "create-persona.200-older.recorded.json").read_text("utf-8"))


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMETAPI_KEY", KEY)


@contextmanager
def dying_server(answers: int, fault: str = "") -> Generator[str]:
    """Serve a mock that is gone for good after some answers: the next connection is closed, later ones are refused."""
    gateway = Gateway(CONTRACT, settings=Settings(keys=(DEMO_KEY, KEY)))
    if fault:
        gateway.faults.add(fault)
    http = httpx.Client(transport=GatewayTransport(gateway), base_url="http://127.0.0.1")
    left = iter(range(answers))

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            if next(left, None) is None:
                self.close_connection = True
                server.shutdown()  # with its socket closed but not shut down, the thread would spin in select()
                server.server_close()
                return
            sent = self.rfile.read(int(self.headers.get("content-length", 0)))
            response = http.request(self.command, self.path, headers=dict(self.headers), content=sent)
            self.send_response_only(response.status_code)
            for name, value in response.headers.multi_items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.content)

        def __getattr__(self, name: str) -> Callable[[], None]:
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (overrides)
            """Keep the output of the test clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("answers", range(11))
def test_server_that_dies_is_no_drift(answers: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the mock's more than 100 exchanges some came, all as described."""
    with dying_server(answers) as base:
        assert verify("--target", "mock", "--base-url", base) == INCOMPLETE
    out = capsys.readouterr().out
    assert f"after {answers} exchange" in out
    assert "Incomplete: " in out
    assert "does not hold" not in out
    assert "not asked: " in out


@pytest.mark.parametrize("answers", range(11))
def test_service_that_dies_is_no_drift(answers: int, capsys: pytest.CaptureFixture[str]) -> None:
    with dying_server(answers) as base:
        assert verify("--base-url", base, "--tier", "free", "--rate", "1000", "--yes") == INCOMPLETE
    out = capsys.readouterr().out
    assert f"Incomplete: live: {answers} of at most " in out
    assert "does not hold" not in out


@pytest.mark.usefixtures("untried_proposals")
def test_drift_before_the_end_is_drift(capsys: pytest.CaptureFixture[str]) -> None:
    """What was seen breaks the contract, whatever is missing."""
    with dying_server(3, "status=418; nth=2") as base:
        assert verify("--target", "mock", "--base-url", base) == 1
    out = capsys.readouterr().out
    assert "The contract does not hold: mock drifted in 1 place. Incomplete: " in out


def test_cap_on_calls_is_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    with dying_server(100) as base:
        assert verify("--base-url", base, "--tier", "free", "--rate", "1000", "--max-calls", "3", "--yes") == INCOMPLETE
    assert "Incomplete: live: 3 of at most 3 calls were answered: the cap of 3 calls is reached" in (
        capsys.readouterr().out
    )


def undescribed() -> Iterator[dict[str, object]]:
    """Exchanges with paths that no operation has."""
    for path in ("/suno/persona/create/", "/suno/persona/delete"):
        yield {**PERSONA, "id": path[1:].replace("/", "."), "request": {**PERSONA["request"], "path": path}}


def test_undescribed_exchanges_prove_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("seen").mkdir()
    for number, exchange in enumerate(undescribed()):
        Path(f"seen/{number}.json").write_text(json.dumps(exchange), "utf-8")
    assert verify("--target", "seen") == INCOMPLETE
    out = capsys.readouterr().out
    assert "no operation: POST /suno/persona/create/, 1 exchange of recorded" in out
    assert re.search(r"no operation: POST /suno/persona/\w{6}, 1 exchange of recorded", out)  # an undescribed name
    Path("seen/good.json").write_text(json.dumps(PERSONA), "utf-8")
    assert verify("--target", "seen") == 0
    out = capsys.readouterr().out
    assert re.search(r"no operation: POST /suno/persona/\w{6}", out)
    assert "The contract holds: 1 exchange of recorded on " in out


@pytest.mark.usefixtures("untried_proposals")
def test_cells_count_exchanges(capsys: pytest.CaptureFixture[str]) -> None:
    """Four drifted places in one of two exchanges are one exchange of two."""
    body = PERSONA["response"]["body"]["json"]
    wrong = body | dict.fromkeys(("name", "description", "user_handle", "is_public"), 7)
    drifted = {**PERSONA, "id": "wrong", "response": {**PERSONA["response"], "body": {"json": wrong}}}
    lines = "\n".join(json.dumps(each) for each in (PERSONA, drifted))
    Path("two.jsonl").write_text(lines, "utf-8")
    assert verify("--target", "two.jsonl") == 1
    out = capsys.readouterr().out
    assert re.split("  +", next(line for line in out.splitlines() if line.startswith("personas.create")))[2:] == [
        "·", "✘ 1 of 2", "·",
    ]  # fmt: skip
    assert "recorded drifted in 4 places" in out
