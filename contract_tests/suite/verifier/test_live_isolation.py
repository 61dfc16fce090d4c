"""Only requests of the plan reach the service: schemathesis does not, and a stolen ticket sends one call."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from attrs import frozen
from cometapi_suno_mock.serving import serve_in_thread
from schemathesis import Config
from schemathesis.engine import events, from_schema
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.live_command_runner import ROOT, environment
from contract_tests.suite.verifier.stand_in_gateway import Bench, StandIn, step
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import PlannedRequest, plan_free_requests
from contract_tests.verifier.live.proxy import PROXY_HEADER, PROXY_STATUS
from contract_tests.verifier.live.upstream import connect_to

LIVE = Path(__file__).resolve().parents[2] / "verifier" / "live"
SEARCHERS = ("schemathesis", "hypothesis")


class Heard:
    """A proxy that somebody listens to: whatever it is asked, by whatever way.

    Attributes:
        answers: Status and mark of each answer.
    """

    def __init__(self, proxy: ASGIApp) -> None:
        self._proxy = proxy
        self.answers: list[tuple[int, bool]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def hear(message: Message) -> None:
            if message["type"] == "http.response.start":
                names = [name.lower() for name, _ in message["headers"]]
                self.answers.append((message["status"], PROXY_HEADER.encode() in names))
            await send(message)

        await self._proxy(scope, receive, hear)


@frozen(eq=False)
class Placed:
    """A proxy between two sockets, with a plan of a persona and the whole free tier."""

    stand_in: StandIn
    bench: Bench
    persona: PlannedRequest
    heard: Heard
    url: str


@pytest.fixture
def placed(tmp_path: Path) -> Iterator[Placed]:
    stand_in, persona = StandIn(), step("createPersona")
    with stand_in.serve() as base:
        bench = Bench.of(tmp_path, [persona, *plan_free_requests(CONTRACT)], connect_to(base), base=base)
        heard = Heard(bench.proxy)
        with serve_in_thread(heard, host="127.0.0.1", port=0) as url:
            yield Placed(stand_in, bench, persona, heard, url)


@pytest.mark.slow
def test_schemathesis_reaches_nothing(placed: Placed) -> None:
    """Examples, coverage, fuzzing, links, and probes with other keys: hundreds of requests, none in the plan."""
    let_loose(placed.url, {})
    assert len(placed.heard.answers) > 50
    assert set(placed.heard.answers) == {(PROXY_STATUS, True)}
    assert (placed.stand_in.count, placed.bench.budget.calls) == (0, [])


def test_stolen_ticket_sends_one_call(placed: Placed) -> None:
    let_loose(placed.url, {TICKET_HEADER: placed.persona.ticket})
    assert len(placed.heard.answers) > 50
    assert placed.stand_in.count == len(placed.bench.budget.calls) == 1
    assert placed.bench.budget.stopped is not None
    assert placed.bench.budget.stopped.code == "cap-plan"


def test_live_imports_no_request_generator() -> None:
    imported = {
        name.partition(".")[0]
        for path in LIVE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
    }
    assert "httpx" in imported
    assert not imported & {*SEARCHERS, "requests", "urllib3", "aiohttp"}


def test_live_run_loads_no_request_generator() -> None:
    code = (
        "import sys; from contract_tests.verifier.command_line import main; "
        "from contract_tests.verifier.live.signals import Interrupts; "
        "main(Interrupts(), ['--tier', 'free']); "
        f"sys.exit(' '.join(set(sys.modules) & set({SEARCHERS!r})) or None)"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    assert done.stdout.startswith("Plan for ")


def test_one_module_connects_to_the_service() -> None:
    """One module makes connections, one sends, and one has the secrets' values."""
    texts = {path.name: path.read_text("utf-8") for path in LIVE.glob("*.py")}
    assert [name for name, text in texts.items() if "HTTPTransport(" in text] == ["upstream.py"]
    assert [name for name, text in texts.items() if "handle_async_request" in text] == ["upstream.py"]
    assert sorted(name for name, text in texts.items() if "secrets.authorize" in text) == ["upstream.py"]
    assert [name for name, text in texts.items() if "COMETAPI_KEY" in text and "environ" in text] == ["held_secrets.py"]


def let_loose(url: str, headers: Mapping[str, str]) -> None:
    """Point schemathesis at a server as it comes: every phase, every check."""
    settings: Any = Config  # whose types are open
    config = settings.from_dict(
        {
            "base-url": url,
            "seed": 1,
            "continue-on-failure": True,
            "headers": {"Authorization": "Bearer sk-any", **headers},
            "generation": {"max-examples": 2, "database": "none"},
            "cache": {"enabled": False},
            "warnings": False,
        }
    )
    schema: Any = schemathesis.openapi.from_dict(deepcopy(dict(DESCRIPTION)), config=config)  # which writes into it
    chosen = schema.include(operation_id=["createPersona", "fetchTask"])
    for event in from_schema(chosen).execute():
        assert not isinstance(event, events.FatalError), event


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        yield node.module
