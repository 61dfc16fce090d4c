"""Journeys against a gateway without a socket: what is wrong with an answer is found, counted and told."""

from __future__ import annotations

import random
from typing import Any, TypeVar

import httpx
import pytest
from attrs import define, field
from cometapi_suno import Call, Headers, Response
from cometapi_suno_mock import DEMO_KEY, Gateway
from cometapi_suno_mock.inprocess import GatewayTransport

from contract_tests.load.soak.answer_checks import Judge
from contract_tests.load.soak.counters import Tally
from contract_tests.load.soak.soak_report import Credits, Line, Report
from contract_tests.load.soak.target_check import TargetError, check_target
from contract_tests.load.soak.user_workflow import walk

T = TypeVar("T")


@define
class User:
    """Walks without a socket."""

    gateway: Gateway
    tally: Tally = field(factory=Tally)

    def send(self, call: Call[T], due: int = 200) -> T | None:
        judge = Judge(self.gateway.contract)
        headers = {"Authorization": DEMO_KEY, "Content-Type": "application/json"}
        content = call.content.data if call.content is not None else None
        with httpx.Client(transport=GatewayTransport(self.gateway), base_url="http://t") as client:
            answer = client.request(call.operation.method, call.path, headers=headers, content=content)
        verdict = judge.judge(call, Response(answer.status_code, Headers(answer.headers.raw), answer.content), due)
        self.tally.add(judge.operation(call).id, verdict)
        value: T | None = verdict.value
        return value

    def walk(self, times: int) -> None:
        chance = random.Random(1)
        for _ in range(times):
            walk(self.send, chance)

    def report(self) -> Report:
        account = self.gateway.world.accounts[DEMO_KEY].view()
        line = Line("all", self.tally.answers.total(), 1, 1, 1, 1, 1)
        credits_ = Credits(self.tally.charged, account["spent"] + account["reserved"])
        return Report("http://t", 1, 1, [line], line, self.tally, credits_)


def test_journeys_call_every_operation_and_the_credits_balance(gateway: Gateway) -> None:
    user = User(gateway)
    user.walk(40)
    assert set(user.tally.answers) == set(gateway.contract.operations)
    assert user.report().problems == []
    assert gateway.world.accounts[DEMO_KEY].reserved == 0


def test_every_answer_that_lacks_a_deep_field_is_found(gateway: Gateway) -> None:
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    known = len(gateway.world.personas)
    user = User(gateway)
    user.walk(20)
    assert user.tally.affected == {"createPersona": len(gateway.world.personas) - known}
    assert user.tally.affected["createPersona"] == 20
    kinds = {kind.partition(":")[0] for _, kind, _ in user.tally.findings}
    assert {"contract", "client"} <= kinds
    assert any("/clip" in problem for problem in user.report().problems)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("status=500", "status"),
        ("status=418", "contract: status"),
        ("invalid-json=yes", "contract: json"),
        ("content-type=text/plain", "contract: content-type"),
        ("retype=/data/status", "client: ResponseDecodeError"),
    ],
)
def test_each_way_to_be_wrong_is_a_finding_of_its_kind(gateway: Gateway, fault: str, kind: str) -> None:
    gateway.faults.add(f"{fault}; operation=fetchTask")
    user = User(gateway)
    user.walk(3)
    assert kind in {found for _, found, _ in user.tally.findings}


def test_credits_that_do_not_add_up_fail_the_soak(gateway: Gateway) -> None:
    user = User(gateway)
    user.walk(1)
    gateway.world.accounts[DEMO_KEY].reserve(1)
    assert [problem for problem in user.report().problems if problem.startswith("credits")]


def test_no_calls_are_no_proof(gateway: Gateway) -> None:
    assert User(gateway).report().problems == ["no call was made"]


def test_what_workers_hand_over_adds_up_to_what_one_process_would_have(gateway: Gateway) -> None:
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    user, total = User(gateway), Tally()
    for _ in range(5):
        user.walk(2)
        taken = user.tally.take()
        total.merge(taken)
        total.merge(User(gateway).tally.take())
    assert user.tally == Tally()
    assert total.affected["createPersona"] == 10
    account = gateway.world.accounts[DEMO_KEY].view()
    assert total.charged == account["spent"] + account["reserved"]


@pytest.mark.parametrize(
    "url",
    [
        "https://api.cometapi.com",
        "https://API.CometAPI.com./v1",
        "http://user:secret@api.cometapi.com:8080",
        "https://cometapi.com",
        "https://eu.api.cometapi.com",
    ],
)
def test_the_live_service_is_refused(url: str, description: dict[str, Any]) -> None:
    with pytest.raises(TargetError, match="live service"):
        check_target(url, description, None)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:4010", ""])
def test_a_target_that_is_no_url_is_refused(url: str, description: dict[str, Any]) -> None:
    with pytest.raises(TargetError, match="URL is needed"):
        check_target(url, description, None)


def test_a_proxy_has_to_show_itself(gateway: Gateway, description: dict[str, Any]) -> None:
    with gateway.serve() as url:
        check_target(url, description, None)
        check_target(url, description, "x-oneapi-request-id")
        with pytest.raises(TargetError, match="no proxy that caps spending"):
            check_target(url, description, "x-live-proxy")
    with pytest.raises(TargetError, match="no answer"):
        check_target(url, description, "x-live-proxy")


def test_the_page_holds_no_markup_of_an_answer(gateway: Gateway) -> None:
    user = User(gateway)
    gateway.faults.add("status=502; body=html; operation=submitMusic")
    user.walk(1)
    page = user.report().to_markdown()
    assert "submitMusic: status" in page
    assert "<html" not in page
