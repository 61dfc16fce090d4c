"""Waiting for one task, with either client: when it is polled, what ends it, and what is reported."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    RedirectError,
    ResponseDecodeError,
    ServerError,
    SunoError,
    Task,
    TaskFailedError,
    TaskNotFoundError,
    TaskTimeoutError,
)

from contract_tests.suite.client.fake_tasks import Account, Life, until
from contract_tests.suite.client.virtual_time_client import WALL, Act, Stage
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.response_faults import MAYBE_DELIVERED, NEVER_DELIVERED, page, reply


def _refusal(code: str) -> dict[str, Any]:
    return {"error": {"message": "no", "type": "comet_api_error", "param": "", "code": code}}


def _wait(stage: Stage, task_id: str = "a", **options: Any) -> Task:
    return stage.run(stage.client.tasks.wait(task_id, **options))


def _failure(stage: Stage, task_id: str = "a", **options: Any) -> SunoError:
    with pytest.raises(SunoError) as raised:
        _wait(stage, task_id, **options)
    return raised.value


def test_a_task_that_has_ended_is_there_at_the_first_look(face: str) -> None:
    stage = Account({"a": until(0)}).stage(face)
    task = _wait(stage)
    assert (task.task_id, task.status) == ("a", "SUCCESS")
    assert stage.line.times == [0.0]


@pytest.mark.parametrize("end", [1, 16, 50, 300])
def test_looks_are_2_to_10_seconds_apart_and_get_rarer(face: str, end: float) -> None:
    stage = Account({"a": until(end)}).stage(face)
    assert _wait(stage).status == "SUCCESS"
    times = stage.line.times
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert times[0] == 0
    assert gaps == pytest.approx([min(10, max(2, since / 8)) for since in times[:-1]])
    assert end <= stage.time.now < end + 10


@pytest.mark.parametrize("timeout", [0.5, 2, 7.3, 61])
def test_a_task_that_goes_on_ends_the_waiting_at_the_deadline(face: str, timeout: float) -> None:
    account = Account({"a": until(math.inf)})
    stage = account.stage(face)
    error = _failure(stage, timeout=timeout)
    assert type(error) is TaskTimeoutError
    assert isinstance(error, TimeoutError)
    assert stage.time.now == pytest.approx(timeout)
    assert max(stage.line.times) < timeout
    assert error.task_id == "a"
    assert isinstance(error.task, Task)
    assert f"last status {error.task.status}" in str(error)


def test_unseen_task_is_not_called_running(face: str) -> None:
    error = _failure(Stage(face, lambda _: httpx.ConnectError), timeout=3)
    assert isinstance(error, TaskTimeoutError)
    assert "never seen" in str(error)
    assert "goes on" not in str(error)


@pytest.mark.parametrize("takes", [3.0, 50.0])
@pytest.mark.parametrize("timeout", [0.5, 7.3, 61.0])
def test_a_slow_answer_does_not_stretch_the_deadline(face: str, takes: float, timeout: float) -> None:
    stage = Account({"a": until(math.inf)}).stage(face, takes=takes)
    assert isinstance(_failure(stage, timeout=timeout), TaskTimeoutError)
    assert stage.time.now == pytest.approx(timeout)


def test_a_task_that_timed_out_can_be_waited_for_again(face: str) -> None:
    stage = Account({"a": until(30)}).stage(face)
    error = _failure(stage, timeout=10)
    assert isinstance(error, TaskTimeoutError)
    assert _wait(stage, error.task_id, timeout=600).status == "SUCCESS"


def test_a_task_that_fails_is_handed_over(face: str) -> None:
    stage = Account({"a": until(5, "FAILURE")}).stage(face)
    error = _failure(stage)
    assert type(error) is TaskFailedError
    assert (error.task_id, error.task.status, error.task.fail_reason) == ("a", "FAILURE", "no idea")
    assert "task a failed: no idea" in str(error)


@pytest.mark.parametrize("reason", [{"code": "x"}, ["x"], 7])
def test_reason_of_another_type_is_shown(face: str, reason: Any) -> None:
    """An optional field of a response may have any type."""
    failed = {"task_id": "a", "status": "FAILURE", "fail_reason": reason}
    error = _failure(Stage(face, lambda _: json_reply(200, {"code": "success", "data": failed})))
    assert type(error) is TaskFailedError
    assert str(error) == f"task a failed: {reason}"


def test_a_status_that_nobody_knows_goes_on_and_is_logged_once(face: str, caplog: pytest.LogCaptureFixture) -> None:
    life: Life = ((0, "QUEUED"), (3, "REMASTERING"), (30, "SUCCESS"))
    assert _wait(Account({"a": life}).stage(face)).status == "SUCCESS"
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "task a has the unknown status 'REMASTERING'" in lines[0]


def test_progress_is_told_after_each_look(face: str) -> None:
    stage = Account({"a": until(9)}).stage(face)
    seen: list[tuple[float, str]] = []

    def note(task: Task) -> None:
        seen.append((stage.time.now, str(task.status)))

    _wait(stage, on_progress=note)
    assert [since for since, _ in seen] == stage.line.times
    assert [status for _, status in seen] == ["SUBMITTED", *["IN_PROGRESS"] * 4, "SUCCESS"]


def test_progress_may_be_told_to_a_coroutine() -> None:
    stage = Account({"a": until(4)}).stage("async")
    seen: list[str] = []

    async def note(task: Task) -> None:
        await asyncio.sleep(0.5)
        seen.append(str(task.status))

    _wait(stage, on_progress=note)
    assert seen == ["SUBMITTED", "IN_PROGRESS", "SUCCESS"]


def test_what_a_callback_raises_ends_the_waiting(face: str) -> None:
    stage = Account({"a": until(30)}).stage(face)

    def stumble(task: Task) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _wait(stage, on_progress=stumble)
    assert len(stage.line.requests) == 1
    assert _wait(stage).status == "SUCCESS"


def test_each_change_of_a_task_is_an_event(face: str) -> None:
    """A look that shows nothing new, or nothing at all, is none."""
    stage = Account({"a": ((0, "QUEUED"), (0.5, "SUCCESS"))}).stage(face)
    events = stage.events(stage.client.tasks.iter_events("a"))
    assert [event.status for event in events] == ["QUEUED", "SUCCESS"]
    account = Account({"a": until(9)})
    stage = account.stage(face)
    account.meets = [None, httpx.ReadTimeout, httpx.ReadTimeout, None]
    progress = [event.progress for event in stage.events(stage.client.tasks.iter_events("a"))]
    assert progress == ["0%", "6%", "8%", "10%"]


def test_events_end_with_the_failure_after_they_have_shown_it(face: str) -> None:
    stage = Account({"a": until(3, "FAILURE")}).stage(face)
    seen: list[Task] = []
    with pytest.raises(TaskFailedError):
        stage.each(stage.client.tasks.iter_events("a"), seen.append)
    assert seen[-1].status == "FAILURE"
    stage = Account({"a": until(math.inf)}).stage(face)
    with pytest.raises(TaskTimeoutError):
        stage.events(stage.client.tasks.iter_events("a", timeout=20))
    assert stage.time.now == pytest.approx(20)


PASSING: dict[str, Act] = {
    **{error.__name__: error for error in (*NEVER_DELIVERED, *MAYBE_DELIVERED)},
    **{str(status): page(status) for status in (429, 500, 502, 503, 504, 524)},
    "503 without a channel": json_reply(503, _refusal("model_not_found")),
    "the first byte of gzip": reply(b"\x1f", Content_Encoding="gzip"),
}


@pytest.mark.parametrize("act", PASSING)
def test_a_failure_that_passes_does_not_end_the_waiting(face: str, act: str) -> None:
    account = Account({"a": until(7)}, meets=[None, PASSING[act], PASSING[act]])
    stage = account.stage(face)
    assert _wait(stage).status == "SUCCESS"
    assert stage.line.times == [0, 2, 4, 6, 8]
    assert stage.slept == []


def test_a_time_out_tells_what_kept_the_task_from_being_seen(face: str) -> None:
    account = Account({"a": until(0)}, meets=[httpx.ConnectError] * 20)
    error = _failure(account.stage(face), timeout=9)
    assert isinstance(error, TaskTimeoutError)
    assert error.task is None
    assert "never seen" in str(error)
    assert "ConnectError" in str(error)


FINAL: dict[str, tuple[Act, type[SunoError]]] = {
    "a wrong key": (json_reply(401, _refusal("invalid_key")), AuthenticationError),
    "no right": (json_reply(403, _refusal("no_right")), PermissionDeniedError),
    "no such task": (json_reply(400, {"code": "task_not_exist", "message": "no", "data": None}), TaskNotFoundError),
    "a bad request": (json_reply(400, _refusal("invalid_request")), BadRequestError),
    "a bad request sent as 500": (json_reply(500, _refusal("invalid_request")), ServerError),
    "no such path": (page(404), NotFoundError),
    "a page": (page(200), ResponseDecodeError),
    "no task": (json_reply(200, {"code": "success", "message": "", "data": None}), ResponseDecodeError),
    "a redirect": (reply("", 302, media=None, Location="/elsewhere"), RedirectError),
}


@pytest.mark.parametrize("case", FINAL)
def test_a_failure_that_stays_ends_the_waiting_at_once(face: str, case: str) -> None:
    act, kind = FINAL[case]
    stage = Account({"a": until(60)}, meets=[None, act]).stage(face)
    assert type(_failure(stage)) is kind
    assert stage.line.times == [0, 2]


@pytest.mark.parametrize(
    ("asked", "next_look"), [("25", 27.0), ("1", 4.0), ("Sun, 17 Mar 2030 17:47:15 GMT", 35.0), ("later", 4.0)]
)
def test_retry_after_puts_the_next_look_off(face: str, asked: str, next_look: float) -> None:
    """The date is 35 s after the stage opens."""
    assert WALL == 1_900_000_000
    account = Account({"a": until(3)}, meets=[None, reply("", 429, Retry_After=asked)])
    stage = account.stage(face)
    _wait(stage)
    assert stage.line.times == [0, 2, next_look]


def test_an_absurd_retry_after_does_not_end_the_looking(face: str) -> None:
    account = Account({"a": until(3)}, meets=[reply("", 429, Retry_After="999999999")])
    stage = account.stage(face)
    assert _wait(stage, timeout=600).status == "SUCCESS"
    assert stage.time.now <= 120


@pytest.mark.parametrize("task_id", ["", "..", "\ud800", None], ids=repr)
def test_an_id_that_cannot_be_asked_for_is_refused(face: str, task_id: Any) -> None:
    stage = Account({}).stage(face)
    assert type(_failure(stage, task_id)) is InvalidRequestError
    assert stage.line.requests == []


@pytest.mark.parametrize("timeout", [math.nan, math.inf, 0, -1, "60", None, True], ids=repr)
def test_a_deadline_that_makes_no_sense_is_refused(face: str, timeout: Any) -> None:
    stage = Account({"a": until(0)}).stage(face)
    assert type(_failure(stage, timeout=timeout)) is ConfigurationError
    tasks = stage.client.tasks
    with pytest.raises(ConfigurationError):
        stage.run(tasks.wait_all(["a"], timeout=timeout))
    with pytest.raises(ConfigurationError):
        stage.events(tasks.iter_events("a", timeout=timeout))
    assert stage.line.requests == []


def test_a_deadline_far_away_is_a_deadline(face: str) -> None:
    assert _wait(Account({"a": until(3)}).stage(face), timeout=1e12).status == "SUCCESS"


def test_a_waiter_that_is_cancelled_stops_the_looking() -> None:
    stage = Account({"a": until(1000)}).stage("async")
    client = stage.client
    assert isinstance(client, AsyncSunoClient)

    async def story() -> None:
        waiter = asyncio.create_task(client.tasks.wait("a"))
        await asyncio.sleep(5)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        looks = len(stage.line.requests)
        await asyncio.sleep(100)
        assert len(stage.line.requests) == looks == 3
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.tasks.wait("a"), 7)
        await asyncio.sleep(100)
        assert len(asyncio.all_tasks()) == 1

    stage.drive(story())


def test_events_that_nobody_reads_on_stop_the_looking() -> None:
    stage = Account({"a": until(1000)}).stage("async")
    client = stage.client
    assert isinstance(client, AsyncSunoClient)

    async def story() -> None:
        async for _ in client.tasks.iter_events("a"):
            break
        await asyncio.sleep(100)
        assert len(stage.line.requests) == 1
        assert len(asyncio.all_tasks()) == 1

    stage.drive(story())


def _fresh(appears: float) -> Account:
    """Return a task that was just submitted: the gateway does not know it before `appears`."""
    return Account({"a": ((0.0, "IN_PROGRESS"), (appears + 1, "SUCCESS"))}, hidden_until={"a": appears})


@pytest.mark.parametrize("appears", [1, 5, 27])
def test_a_fresh_task_is_waited_for(appears: float, face: str) -> None:
    """CometAPI says that the first looks at a new task may answer `task_not_exist`."""
    stage = _fresh(appears).stage(face)
    assert _wait(stage).status == "SUCCESS"
    assert appears + 1 <= stage.time.now <= appears + 6
    stage = _fresh(appears).stage(face)
    assert [task.status for task in stage.events(stage.client.tasks.iter_events("a"))][-1] == "SUCCESS"


@pytest.mark.parametrize(
    ("options", "least"), [({}, 30), ({"grace": 0}, 0), ({"grace": 7.5}, 7.5), ({"grace": 90}, 90)]
)
def test_an_unknown_task_is_an_error_after_the_grace(options: dict[str, Any], least: float, face: str) -> None:
    stage = Account({}).stage(face)
    assert type(_failure(stage, **options)) is TaskNotFoundError
    assert least <= stage.time.now <= least + 12
    stage = Account({}).stage(face)
    with pytest.raises(TaskNotFoundError):
        stage.events(stage.client.tasks.iter_events("a", **options))
    assert least <= stage.time.now <= least + 12


def test_grace_of_the_client_is_the_default(face: str) -> None:
    stage = Account({}).stage(face, task_grace=0)
    assert type(_failure(stage)) is TaskNotFoundError
    assert stage.time.now == 0
    assert type(_failure(stage, grace=7.5)) is TaskNotFoundError
    assert stage.time.now >= 7.5


def test_grace_does_not_stretch_the_deadline(face: str) -> None:
    stage = Account({}).stage(face)
    error = _failure(stage, timeout=9)
    assert type(error) is TaskTimeoutError
    assert stage.time.now == pytest.approx(9)
    assert "task_not_exist" in str(error)


@pytest.mark.parametrize("grace", [math.nan, math.inf, -1, "30", True], ids=repr)
def test_a_grace_that_makes_no_sense_is_refused(face: str, grace: Any) -> None:
    stage = Account({"a": until(0)}).stage(face)
    tasks = stage.client.tasks
    calls: list[Callable[[], object]] = [
        lambda: _wait(stage, grace=grace),
        lambda: stage.run(tasks.wait_all(["a"], grace=grace)),
        lambda: stage.events(tasks.iter_events("a", grace=grace)),
    ]
    for call in calls:
        with pytest.raises(ConfigurationError, match="grace"):
            call()
    assert stage.line.requests == []


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (["a"], r"\['a'\].* list to tasks\.wait_all"),
        ({"a"}, "wait_all"),
        (7, "7.* not a string"),
        (b"a", "not a string"),
    ],
    ids=repr,
)
def test_waiting_for_what_is_not_an_id_says_what_to_do(face: str, given: Any, advice: str) -> None:
    stage = Account({}).stage(face)
    tasks = stage.client.tasks
    calls: dict[str, Callable[[], object]] = {
        "wait": lambda: _wait(stage, given),
        "iter_events": lambda: stage.events(tasks.iter_events(given)),
        "wait_all": lambda: stage.run(tasks.wait_all([given])),
    }
    for name, call in calls.items():
        with pytest.raises(InvalidRequestError, match=f"tasks.{name}: .*{advice}"):
            call()
    assert stage.line.requests == []


@pytest.mark.parametrize("given", ["a", 7, None], ids=repr)
def test_waiting_for_what_is_not_a_list_says_what_to_do(face: str, given: Any) -> None:
    stage = Account({}).stage(face)
    with pytest.raises(InvalidRequestError, match=r"tasks\.wait_all: task_ids is .* must be a list"):
        stage.run(stage.client.tasks.wait_all(given))
    assert stage.line.requests == []
