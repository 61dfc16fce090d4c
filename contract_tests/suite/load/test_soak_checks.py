"""The soak's workflow against a gateway without a socket: wrong answers are found, counted and reported."""

from __future__ import annotations

import random
from typing import Any, TypeVar

import httpx
import pytest
from attrs import define, field
from cometapi_suno import Call, Headers, Response
from cometapi_suno_mock import DEMO_KEY, Gateway
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.load.soak.answer_checks import AnswerChecker, AnswerCounts
from contract_tests.load.soak.soak_report import CreditBalance, OperationLoad, SoakReport
from contract_tests.load.soak.target_check import TargetError, check_target
from contract_tests.load.soak.user_workflow import run_workflow

T = TypeVar("T")


@define
class SocketlessUser:
    """Runs the workflow without a socket."""

    gateway: Gateway
    counts: AnswerCounts = field(factory=AnswerCounts)

    def send(self, call: Call[T], expected_status: int = 200) -> T | None:
        checker = AnswerChecker(self.gateway.contract)
        headers = {"Authorization": DEMO_KEY, "Content-Type": "application/json"}
        content = call.content.data if call.content is not None else None
        with httpx.Client(transport=GatewayTransport(self.gateway), base_url="http://t") as client:
            answer = client.request(call.operation.method, call.path, headers=headers, content=content)
        response = Response(answer.status_code, Headers(answer.headers.raw), answer.content)
        checked = checker.check(call, response, expected_status)
        self.counts.add(checker.find_operation(call).id, checked)
        value: T | None = checked.value
        return value

    def repeat(self, times: int) -> None:
        randomness = random.Random(1)
        for _ in range(times):
            run_workflow(self.send, randomness)

    def report(self) -> SoakReport:
        account = self.gateway.state.accounts[DEMO_KEY].view()
        line = OperationLoad("all", self.counts.answers.total(), 1, 1, 1, 1, 1)
        balance = CreditBalance(self.counts.charged, account["spent"] + account["reserved"])
        return SoakReport("http://t", 1, 1, [line], line, self.counts, balance)


def test_workflow_calls_every_operation(gateway: Gateway) -> None:
    user = SocketlessUser(gateway)
    user.repeat(40)
    assert set(user.counts.answers) == {
        name for name, operation in gateway.contract.operations.items() if operation.tag != "account"
    }
    assert user.report().problems == []
    assert gateway.state.accounts[DEMO_KEY].reserved == 0


def test_missing_deep_field_is_found_every_time(gateway: Gateway) -> None:
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    known = len(gateway.state.personas)
    user = SocketlessUser(gateway)
    user.repeat(20)
    assert user.counts.affected == {"createPersona": len(gateway.state.personas) - known}
    assert user.counts.affected["createPersona"] == 20
    kinds = {kind.partition(":")[0] for _, kind, _ in user.counts.problems}
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
def test_problem_has_its_kind(gateway: Gateway, fault: str, kind: str) -> None:
    gateway.faults.add(f"{fault}; operation=fetchTask")
    user = SocketlessUser(gateway)
    user.repeat(3)
    assert kind in {found for _, found, _ in user.counts.problems}


def test_unbalanced_credits_fail_the_soak(gateway: Gateway) -> None:
    user = SocketlessUser(gateway)
    user.repeat(1)
    gateway.state.accounts[DEMO_KEY].reserve(1)
    assert [problem for problem in user.report().problems if problem.startswith("credits")]


def test_soak_without_calls_fails(gateway: Gateway) -> None:
    assert SocketlessUser(gateway).report().problems == ["no call was made"]


def test_counts_of_workers_add_up(gateway: Gateway) -> None:
    gateway.faults.add("drop=/clip/id; operation=createPersona")
    user, total = SocketlessUser(gateway), AnswerCounts()
    for _ in range(5):
        user.repeat(2)
        taken = user.counts.take()
        total.merge(taken)
        total.merge(SocketlessUser(gateway).counts.take())
    assert user.counts == AnswerCounts()
    assert total.affected["createPersona"] == 10
    account = gateway.state.accounts[DEMO_KEY].view()
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
def test_live_service_is_refused(url: str, description: dict[str, Any]) -> None:
    with pytest.raises(TargetError, match="live service"):
        check_target(url, description, None)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:4010", ""])
def test_target_must_be_a_url(url: str, description: dict[str, Any]) -> None:
    with pytest.raises(TargetError, match="not an http or https URL"):
        check_target(url, description, None)


def test_capping_proxy_must_answer_with_its_header(gateway: Gateway, description: dict[str, Any]) -> None:
    with gateway.serve() as url:
        check_target(url, description, None)
        check_target(url, description, "x-oneapi-request-id")
        with pytest.raises(TargetError, match="no header x-live-proxy"):
            check_target(url, description, "x-live-proxy")
    with pytest.raises(TargetError, match="no answer"):
        check_target(url, description, "x-live-proxy")


def test_report_escapes_markup(gateway: Gateway) -> None:
    user = SocketlessUser(gateway)
    gateway.faults.add("status=502; body=html; operation=submitMusic")
    user.repeat(1)
    page = user.report().to_markdown()
    assert "submitMusic: status" in page
    assert "<html" not in page
