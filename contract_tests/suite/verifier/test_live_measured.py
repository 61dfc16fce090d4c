"""A live run measures: what was charged and what was expected, a cap on the real cost, and prices to propose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from cometapi_suno_mock.credits import CreditAccount

from contract_tests.suite.support.secret_leaks import KEY, TOKEN, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute, step
from contract_tests.suite.verifier.test_live_secrecy import everything_under
from contract_tests.verifier.live.limits import Budget, Refusal
from contract_tests.verifier.live.measured_cost import OVERLAY
from scripts.description_file import load
from scripts.overlay.__main__ import main as apply_overlay

PAID = ("--tier", "paid", "--rate", "1000", "--yes")
# The mock takes the prices of the description for a song, and a thousandth of a dollar for a persona.
SONG, PERSONA = 0.144, 0.001


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
        monkeypatch.delenv("COMETAPI_ACCESS_TOKEN", raising=False)
        monkeypatch.setenv("COMETAPI_KEY", KEY)
        monkeypatch.setenv("COMETAPI_BASE_URL", base)
        yield stand_in


def find_run() -> Path:
    (path,) = Path("build/live").iterdir()
    return path


def list_paid(stand_in: StandIn) -> list[str]:
    return [each.operation for each in stand_in.gateway.exchanges if each.operation in ("submitMusic", "createPersona")]


def test_run_says_what_it_was_charged(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--measure", "--max-cost", "0.5", "--price", "submitMusic=0.2", "--price", "createPersona=0.01")
    assert execute(*PAID, *arguments) == 0
    out = capsys.readouterr().out
    assert "Charged, by the key's usage: 0.289 USD." in out
    assert out.count("submitMusic: 0.144 USD; at most 0.2 was expected.") == 2
    assert "createPersona: 0.001 USD; at most 0.01 was expected." in out
    measured: dict[str, Any] = json.loads((find_run() / "summary.json").read_text())["measured"]
    assert measured["total"] == "0.289"
    assert [step["operation"] for step in measured["steps"]] == list_paid(stand_in)
    assert find_leaks(out, *everything_under(Path("build"))) == []


@pytest.fixture
def with_token(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    """The service, with an access token in the environment that is not the key."""
    monkeypatch.setenv("COMETAPI_ACCESS_TOKEN", TOKEN)
    stand_in.gateway.settings = evolve(stand_in.gateway.settings, access_tokens=(TOKEN,))
    stand_in.gateway.reset()
    return stand_in


def read_measured() -> dict[str, Any]:
    """Return what the only run measured."""
    found: dict[str, Any] = json.loads((find_run() / "summary.json").read_text())["measured"]
    return found


def list_charges(*amounts: str) -> list[dict[str, str]]:
    """Return charges of song, persona and song, as the run writes them."""
    names = ("submitMusic", "createPersona", "submitMusic")
    return [{"operation": name, "charged": amount} for name, amount in zip(names, amounts, strict=True)]


def test_account_shows_each_charge(
    with_token: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another program is charged between two readings of the usage; the account has a row for each call."""
    log_charge = CreditAccount.log_charge

    def log_and_charge(account: CreditAccount, now: int, operation: str, cost: int, request_id: str) -> None:
        log_charge(account, now, operation, cost, request_id)
        if operation == "createPersona":
            account.charge(50)

    monkeypatch.setattr(CreditAccount, "log_charge", log_and_charge)
    assert execute(*PAID, "--measure", "--max-calls", "200") == 0
    assert read_measured()["steps"] == list_charges("0.144", "0.051", "0.144")
    assert read_measured()["rows"] == list_charges("0.144", "0.001", "0.144")
    assert "Charged, by the usage log and the tasks of the account:" in capsys.readouterr().out
    overlay = (find_run() / OVERLAY).read_text()
    assert '"amount": 0.001,' in overlay
    assert "charged 0.001 USD, by the account's usage log and tasks." in overlay
    assert "0.051" not in overlay
    secrets = set(zip((each.operation for each in with_token.gateway.exchanges), with_token.keys, strict=True))
    assert {name for name, secret in secrets if secret == f"Bearer {TOKEN}"} == {"listAccountTasks", "listUsageLog"}


def test_log_without_request_ids(
    with_token: StandIn, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in older builds: songs are found by their tasks; a persona has no task, so it keeps the price by the usage."""
    log_charge = CreditAccount.log_charge

    def log_without_id(account: CreditAccount, now: int, operation: str, cost: int, request_id: str) -> None:
        log_charge(account, now, operation, cost, "")

    monkeypatch.setattr(CreditAccount, "log_charge", log_without_id)
    assert execute(*PAID, "--measure", "--max-calls", "200") == 0
    assert [step["operation"] for step in read_measured()["rows"]] == ["submitMusic", "submitMusic"]
    assert "Not complete: not every call is in the account's usage log or tasks yet." in capsys.readouterr().out
    assert "charged 0.001 USD, by the key's usage before and after it." in (find_run() / OVERLAY).read_text()


@pytest.mark.parametrize("cap", [6, 8, 9, 11])
def test_last_reading_follows_a_cap_on_calls(cap: int, stand_in: StandIn) -> None:
    """Whatever the cap cuts off, all that was charged is read at the end, within the cap."""
    stand_in.gateway.settings = evolve(stand_in.gateway.settings, polls=3)
    stand_in.gateway.reset()
    assert execute(*PAID, "--measure", "--wait", "1", "--max-calls", str(cap)) == 3
    assert stand_in.count <= cap
    last = list(stand_in.gateway.exchanges)[-1]
    assert last.operation == "getUsage"
    account = stand_in.gateway.state.accounts[KEY]
    assert float(read_measured()["total"]) * 1000 == account.spent + account.reserved > 0


@pytest.mark.parametrize("cap", ["0.12", "0.25"])
def test_last_reading_follows_a_cap_on_cost(cap: str, stand_in: StandIn) -> None:
    arguments = ("--max-cost", cap, "--price", "submitMusic=0.05", "--price", "createPersona=0.01")
    assert execute(*PAID, "--measure", *arguments) == 3
    assert list(stand_in.gateway.exchanges)[-1].operation == "getUsage"
    account = stand_in.gateway.state.accounts[KEY]
    assert float(read_measured()["total"]) * 1000 == account.spent + account.reserved


@pytest.mark.usefixtures("untried_proposals")
def test_failed_last_reading_is_not_the_whole(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """The reading before it is a lower bound, and the run says so."""
    stand_in.gateway.faults.add("operation=getUsage; nth=5; status=500")
    execute(*PAID, "--measure", "--max-calls", "200")
    assert "It may be more: the key's usage cannot be read (status 500)." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("cap-calls", True),
        ("cap-cost", True),
        ("interrupted", False),
        ("unreachable", False),
        ("accepted", False),
        ("failed", False),
    ],
)
def test_only_caps_are_followed_by_a_reading(code: str, allowed: bool) -> None:
    budget = Budget(max_calls=2)
    budget.stop(Refusal(code, "a test"))
    assert budget.permits(evolve(step("getUsage"), closing=True)) is allowed
    assert not budget.permits(step("getUsage"))


def test_estimate_is_the_price_on_record_without_another(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    """The description has 0.144 USD for a song and 0.04 for an extension, and no price of a persona."""
    assert execute(*PAID, "--measure", "--max-calls", "200") == 0
    out = capsys.readouterr().out
    assert out.count("submitMusic: 0.144 USD; 0.04 or 0.144 USD is on record.") == 2
    assert "createPersona: 0.001 USD.\n" in out


def test_reads_of_the_usage_are_in_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute("--tier", "paid", "--max-calls", "20", "--measure") == 0
    so_far, in_all = [line for line in capsys.readouterr().out.splitlines() if "/billing/usage" in line]
    assert "<= 4" in so_far  # before all, and after each of three calls
    assert so_far.endswith("what was charged so far")
    assert in_all.endswith("what was charged in all")


def test_without_measure_nothing_of_the_account_is_read(stand_in: StandIn, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(*PAID, "--max-calls", "200") == 0
    assert capsys.readouterr().out.count("Not measured: add --measure") == 1
    assert "getUsage" not in {each.operation for each in stand_in.gateway.exchanges}
    assert not (find_run() / OVERLAY).exists()


@pytest.mark.parametrize(
    ("cap", "paid"),
    [
        ("0.12", ["submitMusic"]),  # charged 0.144, which is above the cap already
        ("0.25", ["submitMusic", "createPersona"]),  # charged 0.145, and the next song costs 0.144, not 0.05
        ("0.29", ["submitMusic", "createPersona", "submitMusic"]),
    ],
)
def test_cap_counts_what_was_really_charged(cap: str, paid: list[str], stand_in: StandIn) -> None:
    """By the prices that were given, 0.11 in all, every cap would allow the whole run."""
    status = execute(
        *PAID, "--measure", "--max-cost", cap, "--price", "submitMusic=0.05", "--price", "createPersona=0.01"
    )
    assert list_paid(stand_in) == paid
    assert status == (0 if cap == "0.29" else 3)
    account = stand_in.gateway.state.accounts[KEY]
    expected = paid.count("submitMusic") * SONG + paid.count("createPersona") * PERSONA
    assert account.spent + account.reserved == round(1000 * expected)


def test_cheaper_charge_does_not_extend_the_cap(stand_in: StandIn) -> None:
    """A charge may show late, so that a measured amount below the expected one proves nothing."""
    arguments = ("--max-cost", "0.5", "--price", "submitMusic=0.3", "--price", "createPersona=0.1")
    assert execute(*PAID, "--measure", *arguments) == 3
    assert list_paid(stand_in) == ["submitMusic", "createPersona"]


@pytest.mark.parametrize("fault", ["status=404", "status=200; body=html", "status=401"])
@pytest.mark.usefixtures("untried_proposals")
def test_usage_that_cannot_be_read_is_one_line(
    fault: str, stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in.gateway.faults.add(f"{fault}; operation=getUsage")
    execute(*PAID, "--measure", "--max-calls", "200")
    assert capsys.readouterr().out.count("Not measured: the key's usage cannot be read") == 1
    assert len(list_paid(stand_in)) == 3


def test_proposed_prices_pass_lint(stand_in: StandIn, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A song for 0.2 replaces the price that a guide names; a persona had none; that of an extension remains."""
    gateway = stand_in.gateway
    gateway.settings = evolve(gateway.settings, prices={"submitMusic": 200})
    gateway.reset()
    assert execute(*PAID, "--measure", "--max-calls", "200") == 0
    assert "Proposed, to put the measured prices on record" in capsys.readouterr().out
    for name in ("report.md", "report.html"):
        report = unescape((Path("build/report") / name).read_text("utf-8"))
        assert "0.401 USD, by the key's usage" in report, name  # two songs and a persona
        assert f"make apply-overlay FILE={find_run() / OVERLAY}" in report, name
    folder = tmp_path / "copy"
    shutil.copytree(Path(__file__).resolve().parents[3] / "openapi", folder)
    assert apply_overlay(["--description", str(folder / "suno.yaml"), str(find_run() / OVERLAY)]) == 0
    paths: Any = load(folder / "suno.yaml").data["paths"]
    song, persona = paths["/suno/submit/music"]["post"], paths["/suno/persona/create"]["post"]
    found = {each.get("variant"): each["amount"] for each in song["x-billing"]["prices"]}
    assert found == {None: 0.2, "SongExtension": 0.04}
    (price,) = persona["x-billing"]["prices"]
    assert (price["amount"], price["currency"]) == (PERSONA, "USD")
    assert persona["x-evidence"][-1]["status"] == "observed"
