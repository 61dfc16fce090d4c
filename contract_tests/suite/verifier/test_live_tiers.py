"""The tiers: which calls belong to them follows from `x-billing` and `x-effect`, whatever an operation is called."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from itertools import product
from typing import Any

import pytest
from attrs import evolve
from cometapi_suno._polling import poll_interval
from cometapi_suno_mock import Contract, DescriptionError
from cometapi_suno_mock.media import JSON
from cometapi_suno_mock.pointers import look_up

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.verifier.live.paid_workflow import max_polls, plan_paid_workflow
from contract_tests.verifier.live.planned_requests import (
    UNKNOWN_ID,
    KeyChoice,
    PlannedRequest,
    Tier,
    permits,
    plan_free_requests,
    plan_read_requests,
)

_ACCOUNT = [
    ("getSubscription", "/v1/dashboard/billing/subscription", False),
    ("getUsage", "/v1/dashboard/billing/usage", False),
    ("getUser", "/api/user/self", False),
    ("listAccountTasks", "/api/task/self", False),
    ("listUsageLog", "/api/log/self", False),
]
"""The calls that need no id."""
IDS = {"task_id": ["task-1", "task-2"], "clip_id": ["clip-1"]}


def changed(operation: str, **members: Any) -> Contract:
    """Return the description with other `x-` members at one operation; `None` removes one."""
    description = deepcopy(dict(DESCRIPTION))
    source = look_up(description, CONTRACT.operations[operation].pointer)
    for name, value in members.items():
        source[name.replace("_", "-")] = value
        if value is None:
            del source[name.replace("_", "-")]
    return Contract(description)


def test_free_tier_cannot_be_charged() -> None:
    """A bad key has no account; with the real key, only free operations that read are called."""
    steps = list(plan_free_requests(CONTRACT))
    assert steps
    for step in steps:
        billing = step.operation.billing
        assert step.key is KeyChoice.BAD or (billing == "free" and step.operation.effect == "reads")
        assert not step.may_be_charged
        assert step.uses == 1


def test_bad_key_for_every_operation(operation: str) -> None:
    own = [step for step in plan_free_requests(CONTRACT) if step.operation.id == operation]
    assert next(step.note for step in own if step.key is KeyChoice.BAD) == "bad key"
    assert all(step.must_fail == (step.key is KeyChoice.BAD) for step in own)


@pytest.mark.parametrize("operation", [each.id for each in CONTRACT.operations.values() if each.effect == "creates"])
def test_bad_input_goes_with_a_bad_key(operation: str) -> None:
    own = [step for step in plan_free_requests(CONTRACT) if step.operation.id == operation]
    assert {step.key for step in own} == {KeyChoice.BAD}
    bad = [step for step in own if step.note != "bad key"]
    assert [step.note.split(", ")[1].split()[0] for step in bad] == ["missing", "wrong", "broken"]
    for step in bad:
        assert step.operation.read_body(JSON, step.body)[1], f"{step.note} is described after all"


def test_free_tier_asks_for_unknown_tasks() -> None:
    unknown = [step for step in plan_free_requests(CONTRACT) if step.note == "unknown id"]
    assert {step.operation.id for step in unknown} == {"fetchTask", "fetchTasks"}
    assert all(UNKNOWN_ID in step.path + step.body.decode() for step in unknown)


def test_read_tier_uses_the_given_ids() -> None:
    planned = [(step.operation.id, step.path, step.may_be_charged) for step in plan_read_requests(CONTRACT, IDS)]
    assert planned == [
        ("fetchTask", "/suno/fetch/task-1", False),
        ("fetchTask", "/suno/fetch/task-2", False),
        ("fetchTasks", "/suno/fetch", False),
        ("fetchTasks", "/suno/fetch", False),
        ("getMp4", "/suno/act/mp4/clip-1", True),
        ("getTiming", "/suno/act/timing/clip-1", True),
        ("getWav", "/suno/act/wav/clip-1", True),
        *_ACCOUNT,
    ]
    assert {step.operation.id for step in plan_read_requests(CONTRACT, {"task_id": ["a"]})} == {
        "fetchTask",
        "fetchTasks",
        *(operation for operation, _, _ in _ACCOUNT),
    }
    alone = plan_read_requests(CONTRACT, {"task_id": [], "clip_id": []})
    assert [(step.operation.id, step.path, step.may_be_charged) for step in alone] == _ACCOUNT


@pytest.mark.parametrize("charge", ["paid", "unknown"])
def test_charged_read_leaves_the_free_tier(charge: str) -> None:
    contract = changed("fetchTask", x_billing={"charge": charge})
    own = [step for step in plan_free_requests(contract) if step.operation.id == "fetchTask"]
    assert {step.key for step in own} == {KeyChoice.BAD}
    read = next(step for step in plan_read_requests(contract, IDS) if step.operation.id == "fetchTask")
    assert read.may_be_charged


def test_creating_operation_leaves_free_and_read() -> None:
    contract = changed("fetchTask", x_effect="creates")
    assert {step.key for step in plan_free_requests(contract) if step.operation.id == "fetchTask"} == {KeyChoice.BAD}
    assert "fetchTask" not in {step.operation.id for step in plan_read_requests(contract, IDS)}


def test_operation_without_terms_is_the_worst_case() -> None:
    silent = changed("fetchTask", x_billing=None, x_effect=None)
    operation = silent.operations["fetchTask"]
    assert not permits(Tier.FREE, operation, KeyChoice.REAL)
    assert not permits(Tier.READ, operation, KeyChoice.REAL)
    assert {step.key for step in plan_free_requests(silent) if step.operation.id == "fetchTask"} == {KeyChoice.BAD}


def test_free_creating_operation_gets_a_bad_key_only() -> None:
    contract = changed("createPersona", x_billing={"charge": "free"})
    assert {step.key for step in plan_free_requests(contract) if step.operation.id == "createPersona"} == {
        KeyChoice.BAD
    }


_PERMITTED: Mapping[Tier, int] = {Tier.FREE: 10, Tier.READ: 6, Tier.PAID: 18}


@pytest.mark.parametrize("tier", Tier)
def test_request_outside_its_tier_is_an_error(tier: Tier) -> None:
    """Of 18 combinations: free takes the 9 with a bad key and the one that is free and reads; read the 6 that read."""
    made = 0
    keys = (KeyChoice.REAL, KeyChoice.BAD)
    for charge, effect, key in product(["free", "paid", "unknown"], ["reads", "creates", "unknown"], keys):
        operation = evolve(CONTRACT.operations["fetchTask"], billing=charge, effect=effect)
        if permits(tier, operation, key):
            PlannedRequest(tier, operation, "", key)
            made += 1
        else:
            with pytest.raises(ValueError, match="does not belong in the tier"):
                PlannedRequest(tier, operation, "", key)
    assert made == _PERMITTED[tier]


@pytest.mark.parametrize(("name", "key"), [("getUser", KeyChoice.REAL), ("getUsage", KeyChoice.TOKEN)])
def test_request_with_the_other_secret_is_an_error(name: str, key: KeyChoice) -> None:
    with pytest.raises(ValueError, match="is not called with this secret"):
        PlannedRequest(Tier.READ, CONTRACT.operations[name], "", key)


def test_each_request_has_the_secret_of_its_operation() -> None:
    """The security of the description decides: of what the plans send, and of nothing else, the token is a part."""
    steps = [*plan_free_requests(CONTRACT), *plan_read_requests(CONTRACT, IDS), *plan_paid_workflow(CONTRACT)]
    for step in steps:
        (way,) = look_up(DESCRIPTION, step.operation.pointer)["security"]
        expected = {"bearerAuth": KeyChoice.REAL, "accessToken": KeyChoice.TOKEN}[next(iter(way))]
        assert step.key in (expected, KeyChoice.BAD), step
    assert {step.operation.id for step in steps if step.key is KeyChoice.TOKEN} == {
        "getUser",
        "listAccountTasks",
        "listUsageLog",
    }


def test_workflow_creates_three_things() -> None:
    steps = plan_paid_workflow(CONTRACT, 600)
    creating = [(step.operation.id, step.uses) for step in steps if step.operation.effect == "creates"]
    assert creating == [("submitMusic", 1), ("createPersona", 1), ("submitMusic", 1)]
    assert {step.tier for step in steps} == {Tier.PAID}


def test_workflow_needs_its_operations() -> None:
    description = deepcopy(dict(DESCRIPTION))
    del description["paths"]["/suno/persona/create"]
    with pytest.raises(DescriptionError, match=r"personas\.create"):
        plan_paid_workflow(Contract(description))


def test_max_polls_is_the_clients() -> None:
    """At once, every 2 s for 16 s, then every eighth of the time waited, and every 10 s from 80 s on."""
    waited, times = 0.0, list[float]()
    while waited < 3600:
        times.append(waited)
        waited += poll_interval(waited)
    assert all(max_polls(wait) == sum(time < wait for time in times) for wait in range(1, 3600, 7))
    assert max_polls(1) == 1
    assert max_polls(2.5) == 2
    assert max_polls(16.5) == 9
    assert max_polls(600) - max_polls(500) == 10
