"""A live run measures: what was charged and what was expected, a cap on the real cost, and prices to propose."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from contract_tests.suite.support.secret_leaks import KEY, find_leaks
from contract_tests.suite.verifier.stand_in_gateway import StandIn, execute
from contract_tests.suite.verifier.test_live_secrecy import everything_under
from contract_tests.verifier.live.measured_cost import OVERLAY
from scripts.openapi_document import load
from scripts.overlay.__main__ import main as apply_overlay

PAID = ("--tier", "paid", "--rate", "1000", "--yes")
# The mock takes the prices of the description for a song, and a thousandth of a dollar for a persona.
SONG, PERSONA = 0.144, 0.001


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    stand_in = StandIn()
    monkeypatch.chdir(tmp_path)
    with stand_in.serve() as base:
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
    measured: dict[str, Any] = json.loads((find_run() / "account.json").read_text())["measured"]
    assert measured["total"] == "0.289"
    assert [step["operation"] for step in measured["steps"]] == list_paid(stand_in)
    assert find_leaks(out, *everything_under(Path("build"))) == []


def test_reads_of_the_usage_are_in_the_plan(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute("--tier", "paid", "--max-calls", "20", "--measure") == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "/billing/usage" in line]
    assert "<= 5" in line  # before and after all, and after each of three calls
    assert line.endswith("what was charged so far")


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
