"""The key and the token are nowhere: no file, argument, log, error, recording or report has them, in any form."""

from __future__ import annotations

import asyncio
import base64
import copy
import json
import logging
import os
import pickle
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from attrs import evolve

from contract_tests.suite.support.secret_leaks import KEY, TOKEN, find_leaks, render_object
from contract_tests.suite.verifier.live_command_runner import ended, started
from contract_tests.suite.verifier.stand_in_gateway import Bench, StandIn, execute, refusal, step
from contract_tests.suite.verifier.test_live_proxy import Saying
from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.live.held_secrets import BAD_KEY, HeldSecrets
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import KeyChoice, Tier

DISGUISES = [
    disguised
    for secret in (KEY, TOKEN)
    for disguised in (
        secret,
        quote(secret, safe=""),
        json.dumps(secret),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(b"x" + secret.encode()).decode(),
        base64.urlsafe_b64encode(b"user:" + secret.encode() + b"more").decode(),
    )
]
"""The key and the token as a service may echo them."""
SECRETS = {"getSubscription": KEY, "getUsage": KEY, "getUser": TOKEN, "listAccountTasks": TOKEN, "listUsageLog": TOKEN}
"""The secret of each call of the account."""


def everything_under(folder: Path) -> Iterator[bytes]:
    """Return the bytes and the name of every file."""
    for path in folder.rglob("*"):
        yield str(path).encode()
        if path.is_file():
            yield path.read_bytes()


@pytest.mark.anyio
@pytest.mark.parametrize("echo", DISGUISES)
async def test_echoed_key_is_redacted(echo: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The key reaches neither the caller (body, header) nor a file nor a log."""
    caplog.set_level(logging.DEBUG)
    body = {"error": {"message": f"invalid token {echo} (request id: 1)", "type": "t"}, "data": [echo]}
    saying = Saying(httpx.Response(401, json=body, headers={"x-echo": echo, "server": f"s {echo}"}))
    look = step("fetchTask")
    bench = Bench.of(tmp_path, [look], saying, token=TOKEN)
    response = await bench.send(look)
    assert saying.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert response.status_code == 401
    assert not find_leaks(response.text, str(response.headers.raw), caplog.text, *everything_under(tmp_path))
    assert not find_leaks(*render_object(bench.budget), *render_object(bench.recorder.folder), repr(bench.proxy))
    assert len(bench.exchanges) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("disguise", DISGUISES)
async def test_request_with_the_key_is_not_sent(disguise: str, tmp_path: Path) -> None:
    """Whoever sends it has it from somewhere else than the proxy."""
    stand_in, persona = StandIn(), step("createPersona")
    bench = Bench.of(tmp_path, [persona], stand_in, token=TOKEN)
    response = await bench.send(persona, body=json.dumps({"name": disguise}).encode())
    assert refusal(response) == "key"
    assert stand_in.count == 0
    assert not find_leaks(response.text)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [httpx.LocalProtocolError, httpx.ConnectError, httpx.ReadError])
async def test_key_in_transport_error_is_redacted(error: type[httpx.HTTPError], tmp_path: Path) -> None:
    """h11 quotes an illegal header whole."""
    look = step("fetchTask")
    bench = Bench.of(tmp_path, [look], Saying(error(f"Illegal header value b'Bearer {KEY} {TOKEN}'")), token=TOKEN)
    response = await bench.send(look)
    stopped = str(bench.budget.stopped)
    assert not find_leaks(response.text, stopped, bench.budget.calls[0].outcome, *everything_under(tmp_path))


def test_key_is_hidden() -> None:
    key = HeldSecrets(KEY, TOKEN)
    assert key.authorize(KeyChoice.REAL) == f"Bearer {KEY}"
    assert key.authorize(KeyChoice.TOKEN) == f"Bearer {TOKEN}"
    assert not find_leaks(repr(key), str(key), f"{key}", repr(key.make_scrubber()), repr(vars(type(key))))
    with pytest.raises(TypeError, match="cannot be pickled or copied") as refused:
        pickle.dumps(key)
    assert not find_leaks(*traceback.format_exception(refused.value))
    with pytest.raises(TypeError):
        copy.deepcopy(key)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_encoded_key_is_redacted(disguise: str) -> None:
    key = HeldSecrets(KEY, TOKEN)
    for text in (disguise, f"a {disguise} b", f'"{disguise}"', f"x={disguise}&y=1"):
        assert key.is_in(text.encode())
        assert not find_leaks(key.redact(text.encode()))
    assert key.redact(b"nothing of \xff the kind") == b"nothing of \xff the kind"


def test_key_is_removed_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMETAPI_KEY", f" {KEY}\n")
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", f"{TOKEN} ")
    taken = HeldSecrets.take()
    assert taken.authorize(KeyChoice.REAL) == f"Bearer {KEY}"
    assert taken.authorize(KeyChoice.TOKEN) == f"Bearer {TOKEN}"
    assert not {"COMETAPI_KEY", "COMETAPI_ACCESS_TOKEN"} & os.environ.keys()


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "secret"), SECRETS.items())
async def test_one_secret_goes_with_a_request(name: str, secret: str, tmp_path: Path) -> None:
    saying, look = Saying(httpx.Response(200, json={})), step(name, tier=Tier.READ)
    await Bench.of(tmp_path, [look], saying, token=TOKEN).send(look)
    (sent,) = saying.asked
    assert sent.headers.get_list("authorization") == [f"Bearer {secret}"]
    other = KEY if secret == TOKEN else TOKEN
    assert other not in f"{sent.url}{sent.headers.raw}{sent.content!r}"


@pytest.mark.anyio
async def test_without_a_token_its_request_is_not_sent(tmp_path: Path) -> None:
    """The plan has no such request; should there be one, no other secret goes with it."""
    saying, look = Saying(httpx.Response(200, json={})), step("getUser", tier=Tier.READ)
    bench = Bench.of(tmp_path, [look], saying)
    assert refusal(await bench.send(look)) == "no-answer"
    assert saying.asked == []
    assert bench.budget.stopped is not None


@pytest.mark.parametrize(
    "value", ["", "   ", f"Bearer {KEY}", f"{KEY}\nX-Other: 1", f"{KEY} {KEY}", "sk-é" + KEY, "sk-1", BAD_KEY]
)
def test_refused_key_is_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("COMETAPI_KEY", value)
    with pytest.raises(VerifierInputError, match="COMETAPI_KEY") as refused:
        HeldSecrets.take()
    assert not find_leaks(*traceback.format_exception(refused.value))


@pytest.mark.parametrize("value", [f"Bearer {TOKEN}", f"{TOKEN}\nX-Other: 1", "Token-é", "Tok", BAD_KEY])
def test_refused_token_is_not_shown(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMETAPI_KEY", KEY)
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", value)
    with pytest.raises(VerifierInputError, match="COMETAPI_ACCESS_TOKEN") as refused:
        HeldSecrets.take()
    assert not find_leaks(*traceback.format_exception(refused.value))


def test_run_does_not_show_the_secrets(tmp_path: Path) -> None:
    """In another process, during the run and afterwards. The stand-in got both, so they were used."""
    stand_in = StandIn(token=TOKEN)
    stand_in.gateway.settings = evolve(stand_in.gateway.settings, latency=0.02)
    with stand_in.serve() as base:
        arguments = [
            "--base-url",
            base,
            "--tier",
            "free",
            "--tier",
            "read",
            "--tier",
            "paid",
            "--measure",
            "--max-calls",
            "60",
            "--rate",
            "200",
            "--yes",
        ]
        with started(*arguments, cwd=tmp_path, more={"COMETAPI_ACCESS_TOKEN": TOKEN}) as child:
            seen = list[bytes]()
            while child.poll() is None and stand_in.count < 20:
                seen += _of_process(child.pid)
                time.sleep(0.01)
            result = ended(child)
    assert f"Bearer {KEY}" in stand_in.keys
    assert set(stand_in.keys) == {f"Bearer {each}" for each in (KEY, TOKEN, BAD_KEY)}
    assert b"contract_tests.verifier" in b"".join(seen)
    assert (tmp_path / "build" / "live").is_dir()
    assert "ResourceWarning" not in result.err
    assert not find_leaks(*seen, result.out, result.err, *everything_under(tmp_path))


def test_logs_do_not_show_the_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """At their most talkative, over sockets."""
    caplog.set_level(logging.DEBUG)
    stand_in = StandIn()
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        status = execute("--tier", "paid", "--max-calls", "9", "--rate", "1000", "--base-url", base, "--yes")
    assert status == 0
    assert f"Bearer {KEY}" in stand_in.keys
    assert "send_request_headers" in caplog.text
    assert not find_leaks(caplog.text)


@pytest.mark.anyio
async def test_ticket_is_not_sent_to_the_service(tmp_path: Path) -> None:
    saying, look = Saying(httpx.Response(200, json={})), step("fetchTask")
    await Bench.of(tmp_path, [look], saying).send(look)
    await asyncio.sleep(0)
    assert TICKET_HEADER not in saying.asked[0].headers
    assert look.ticket not in str(saying.asked[0].headers.raw)


def _of_process(pid: int) -> Iterator[bytes]:
    """Yield the arguments of a process and of every process that it started, and the names of its threads."""
    place = Path("/proc") / str(pid)
    try:
        yield (place / "cmdline").read_bytes()
        for thread in (place / "task").iterdir():
            yield (thread / "comm").read_bytes()
            for child in (thread / "children").read_text().split():
                yield from _of_process(int(child))
    except OSError:
        return
