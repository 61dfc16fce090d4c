"""A live run reads the account: with the key or the access token, and never as passed what it could not ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_tests.suite.support.secret_leaks import KEY, TOKEN, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute
from contract_tests.suite.verifier.test_live_secrecy import SECRETS, everything_under

READ = ("--tier", "read", "--rate", "1000", "--yes")
NEEDS_TOKEN = "getUser, listAccountTasks, listUsageLog: no access token; set COMETAPI_ACCESS_TOKEN"


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    stand_in = StandIn(token=TOKEN)
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", TOKEN)
        monkeypatch.setenv("COMETAPI_BASE_URL", base)
        yield stand_in


def list_asked(stand_in: StandIn) -> dict[str, str]:
    """Return the secret of each call, by its operation."""
    operations = [each.operation for each in stand_in.gateway.exchanges]
    return dict(zip(operations, stand_in.keys, strict=True))


def test_read_tier_reads_the_account(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """Without an id too. Each call has its secret in one header, and the service accepts it."""
    assert execute(*READ) == 0
    assert list_asked(stand_in) == {name: f"Bearer {secret}" for name, secret in SECRETS.items()}
    assert {each.status for each in stand_in.gateway.exchanges} == {200}
    out = capsys.readouterr().out
    assert "The contract holds: 5 exchanges of live" in out
    assert find_leaks(out, *everything_under(Path("build"))) == []


def test_without_a_token_its_calls_are_not_asked(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The plan, the summary, the verdict and every report name them with the reason; so does a later judgement."""
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
    assert execute(*READ[:-1]) == 0
    assert f"Not asked: {NEEDS_TOKEN}." in capsys.readouterr().out
    assert execute(*READ) == 3
    assert list_asked(stand_in) == dict.fromkeys(("getSubscription", "getUsage"), f"Bearer {KEY}")
    out = capsys.readouterr().out
    assert f"Not asked: {NEEDS_TOKEN}." in out
    assert f"Incomplete: live: not asked: {NEEDS_TOKEN}." in out
    for name in ("report.md", "junit.xml", "report.html", "report.sarif"):
        assert "no access token" in (Path("build/report") / name).read_text("utf-8"), name
    (run,) = Path("build/live").iterdir()
    assert execute("--judge", str(run)) == 3
    assert f"Incomplete: live: not asked: {NEEDS_TOKEN}." in capsys.readouterr().out


def test_nothing_to_ask_without_a_token(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
    assert execute(*READ, "--only", "getUser") == 2
    expected = "verify: nothing is left to send: getUser: no access token; set COMETAPI_ACCESS_TOKEN.\n"
    assert capsys.readouterr().err == expected
    assert stand_in.count == 0


def test_operation_left_out_on_purpose_is_no_gap(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
    assert execute(*READ, "--only", "getUsage") == 0
    assert list(list_asked(stand_in)) == ["getUsage"]


@pytest.mark.usefixtures("untried_proposals")
def test_drift_of_the_account_is_found(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client reads what drifted with its token, and the command that repeats it names the token."""
    stand_in.gateway.faults.add("operation=getUser; delay=0.001")  # adds a header
    assert execute(*READ, "--only", "getUser") == 0
    out = capsys.readouterr().out
    assert "noted  undocumented" in out
    assert "crash" not in out
    assert '/api/user/self -H "Authorization: Bearer $COMETAPI_ACCESS_TOKEN"' in out
