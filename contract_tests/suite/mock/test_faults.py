"""A fault is parsed, added and applied to the requests that it names; it changes what it says and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Fault, FaultError, Gateway
from cometapi_suno_mock.http_messages import Reply

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller


def create(caller: Caller, fault: str = "") -> Reply:
    headers = {"x_mock_fault": fault} if fault else {}
    return caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode(), **headers)


def made(gateway: Gateway) -> int:
    """Return how many personas were created, without the seed persona."""
    return len(gateway.state.personas) - 1


@pytest.mark.parametrize(
    "text",
    [
        "status=503",
        "operation=createPersona; nth=2; status=429; retry-after=3",
        "status=504; effect; body=html",
        "probability=0.25; seed=7; reset=after",
        "drop=/clip/id; null=/name; add=/clip/new",
        "times=2; delay=0.5; slow-body=0.1; truncate=10; invalid-json",
        "operation=submitMusic; task-not-exist=2",
    ],
)
def test_text_form_round_trips(text: str) -> None:
    assert str(Fault.parse(text)) == text
    assert Fault.parse(text.replace("; ", ";")) == Fault.parse(text)


def test_json_form_equals_text_form() -> None:
    value = {"status": 503, "effect": True, "invalid-json": False, "drop": ["/a", "/b"], "nth": 2}
    assert Fault.from_json(value) == Fault.parse("nth=2; status=503; effect; drop=/a; drop=/b")


def test_fault_of_an_unknown_operation_is_refused(caller: Caller, gateway: Gateway) -> None:
    """It would never be applied, and the test that asks for it would see no fault."""
    with pytest.raises(FaultError, match="operation=fetchTaks: no such operation; there are createPersona, "):
        gateway.faults.add("operation=fetchTaks; status=503")
    assert create(caller, "operation=createPersna; status=503").status == 400
    assert gateway.faults.add("operation=files; truncate=1")


@pytest.mark.parametrize(
    "text",
    ["staus=503", "status=abc", "status=99", "status=", "drop=clip", "reset=never", "probability=2", "delay=-1",
     "delay=nan", "nth=-1", "nth=0", "effect=maybe", "body=xml", "task-not-exist=-1", "content-type=",
     "content-type=a\nb", "retry-date=253402300800", "retry-after=99999999999", "length=99999999999",
     "range-total=-99999999999"],
)  # fmt: skip
def test_bad_fault_says_why(caller: Caller, gateway: Gateway, text: str) -> None:
    with pytest.raises(FaultError):
        Fault.parse(text)
    reply = create(caller, text)
    assert reply.status == 400
    assert json.loads(reply.body)["message"].startswith("x-mock-fault: ")
    assert made(gateway) == 0


def test_fault_applies_to_its_operation(caller: Caller, gateway: Gateway) -> None:
    gateway.faults.add(Fault(operation="fetchTask", status=503))
    assert create(caller).status == 200
    assert caller.refused(f"/suno/fetch/{FINISHED_TASK}")[0] == 503


def test_fault_is_added_during_a_request(caller: Caller, gateway: Gateway) -> None:
    """A test has its own thread; being compared is when it gets its turn here."""

    class Busy(str):
        __hash__ = str.__hash__
        is_added = False

        def __eq__(self, other: object) -> bool:
            if Busy.is_added:
                gateway.faults.add("operation=fetchTask; status=503")
            return not Busy.is_added

    gateway.faults.add(Fault(operation=Busy("createPersona")))
    Busy.is_added = True
    assert create(caller).status == 200
    assert caller.refused(f"/suno/fetch/{FINISHED_TASK}")[0] == 503


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("nth=2; status=500", [200, 500, 200, 200]),
        ("times=2; status=500", [500, 500, 200, 200]),
        ("status=500", [500, 500, 500, 500]),
        ("probability=0; status=500", [200, 200, 200, 200]),
    ],
)
@pytest.mark.parametrize("by_header", [True, False])
def test_fault_counts_its_requests(
    caller: Caller, gateway: Gateway, text: str, statuses: list[int], by_header: bool
) -> None:
    if not by_header:
        gateway.faults.add(text)
    assert [create(caller, text if by_header else "").status for _ in statuses] == statuses


def test_probability_repeats_from_seed() -> None:
    def draw(seed: int) -> list[int]:
        gateway = Gateway()
        gateway.faults.add(Fault(probability=0.3, seed=seed, status=500))
        return [create(Caller(gateway)).status for _ in range(400)]

    assert draw(1) == draw(1) != draw(2)
    assert 80 <= draw(1).count(500) <= 160


def test_removed_fault_does_not_apply(caller: Caller, gateway: Gateway) -> None:
    number = gateway.faults.add("status=500")
    assert create(caller).status == 500
    assert gateway.faults.remove(number)
    assert not gateway.faults.remove(number)
    assert create(caller).status == 200
    gateway.faults.add("status=500")
    gateway.reset()
    assert create(caller).status == 200


@pytest.mark.parametrize(
    ("fault", "personas"),
    [
        ("status=503", 0),
        ("status=503; effect", 1),
        ("reset=before", 0),
        ("reset=after", 1),
        ("truncate=0", 1),
        ("drop=/id", 1),
    ],
)
def test_fault_decides_whether_work_is_done(caller: Caller, gateway: Gateway, fault: str, personas: int) -> None:
    create(caller, fault)
    assert made(gateway) == personas
    assert gateway.state.accounts["sk-mock"].spent == personas


@pytest.mark.parametrize("status", [401, 403, 413, 429, 500, 503, 504, 524])
def test_status_fault_has_described_body(caller: Caller, gateway: Gateway, status: int) -> None:
    reply = create(caller, f"status={status}")
    operation = gateway.contract.operations["createPersona"]
    assert operation.check_response(status=status, content_type=reply.media, body=reply.body) == []
    assert reply.status == status
    stale = b"(request id: " in reply.body and f"(request id: {reply.request_id})".encode() not in reply.body
    assert not stale


@pytest.mark.parametrize(
    ("fault", "status", "media", "body"),
    [
        ("status=418", 418, "application/json", b'{"code":"fail_to_fetch_task","message":"status 418","data":null}'),
        ("status=429; body=empty", 429, None, b""),
        ("status=204", 204, None, b""),
        ("status=502; body=html", 502, "text/html", b"<html><head><title>502</title></head></html>"),
    ],
)
def test_any_status_and_body_can_be_sent(
    caller: Caller, fault: str, status: int, media: str | None, body: bytes
) -> None:
    reply = create(caller, fault)
    assert (reply.status, reply.media, reply.body) == (status, media, body)


def test_other_success_keeps_the_body(caller: Caller) -> None:
    reply = create(caller, "status=201; effect")
    assert reply.status == 201
    assert json.loads(reply.body)["root_clip_id"] == FINISHED_CLIP


def test_retry_after_is_seconds_or_date(caller: Caller) -> None:
    assert create(caller, "status=429; retry-after=7").headers["retry-after"] == "7"
    date = create(caller, "status=429; retry-date=60").headers["retry-after"]
    assert 50 < (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds() <= 60


@pytest.mark.parametrize(
    ("change", "pointer", "expected"),
    [
        ("drop", "/clip/id", None),
        ("null", "/name", {"name": None}),
        ("retype", "/name", {"name": 7}),
        ("retype", "/is_public", {"is_public": "seven"}),
        ("retype", "/persona_clips", {"persona_clips": {}}),
        ("add", "/surprise", {"surprise": "NEVER_HEARD_OF"}),
        ("enum", "/description", {"description": "NEVER_HEARD_OF"}),
        ("drop", "/persona_clips/0", {"persona_clips": []}),
    ],
)
def test_change_stays_at_its_pointer(
    caller: Caller, gateway: Gateway, change: str, pointer: str, expected: dict[str, Any] | None
) -> None:
    honest = json.loads(create(caller).body)
    gateway.reset()
    drifted = json.loads(create(caller, f"{change}={pointer}").body)
    if expected is None:
        del honest["clip"]["id"]
    assert drifted == honest | (expected or {})


def test_missed_change_says_so(caller: Caller) -> None:
    assert create(caller, "drop=/nowhere/at/all").headers["x-mock-fault"] == "missed: drop=/nowhere/at/all"
    assert create(caller, "status=504; body=html; drop=/name").headers["x-mock-fault"].startswith("missed: ")
    assert create(caller, "drop=/name").headers["x-mock-fault"] == "drop=/name"


def test_drift_ends_with_the_fault(caller: Caller) -> None:
    create(caller, "drop=/clip/id")
    assert json.loads(create(caller).body)["clip"]["id"] == FINISHED_CLIP


def test_body_is_mislabelled_or_broken(caller: Caller) -> None:
    assert create(caller, "content-type=text/plain").media == "text/plain"
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(create(caller, "invalid-json").body)


def test_fault_fails_a_task(caller: Caller) -> None:
    sent = {"x_mock_fault": "fail-task=no lyrics found"}
    doomed = caller.post("/suno/submit/music", {"prompt": "x"}, **sent)["data"]
    fine = caller.submit("music", {"prompt": "x"})
    assert caller.finished(doomed)["fail_reason"] == "no lyrics found"
    assert caller.finished(fine)["status"] == "SUCCESS"


@pytest.mark.parametrize("batch", [False, True])
def test_fresh_task_does_not_exist_yet(caller: Caller, gateway: Gateway, batch: bool) -> None:
    """CometAPI says that the first polls of a fresh task may answer so; its credits are reserved by then."""

    def poll(task: str) -> str:
        if batch:
            found = caller.post("/suno/fetch", {"ids": [task, FINISHED_TASK], "action": "MUSIC"})["data"]
            return next((each["status"] for each in found if each["task_id"] == task), "task_not_exist")
        reply = caller.send("GET", f"/suno/fetch/{task}")
        return str(reply.value["code"] if reply.status == 400 else reply.value["data"]["status"])

    fresh = caller.post("/suno/submit/music", {"prompt": "x"}, x_mock_fault="task-not-exist=2")["data"]
    other = caller.submit("music", {"prompt": "y"})
    assert gateway.state.accounts["sk-mock"].reserved == 288
    assert [poll(fresh) for _ in range(4)] == ["task_not_exist", "task_not_exist", "NOT_START", "SUBMITTED"]
    assert poll(other) == "NOT_START"


def test_fault_is_recorded_not_a_violation(caller: Caller, gateway: Gateway) -> None:
    """What a fault changes is not a bug of the mock."""
    create(caller, "drop=/id")
    assert [exchange.fault for exchange in gateway.exchanges] == ["drop=/id"]
    assert list(gateway.violations) == []
