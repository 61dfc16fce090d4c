"""Many waits on one client: they share requests, and none gets the answer or the error of another."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from threading import Barrier, Condition
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AsyncSunoClient,
    AuthenticationError,
    InvalidRequestError,
    SunoClient,
    SunoError,
    SyncClock,
    Task,
    TaskFailedError,
    TaskNotFoundError,
    TaskTimeoutError,
)

from contract_tests.suite.client.fake_tasks import FETCH, NOT_THERE, Account, until
from contract_tests.suite.client.virtual_time_client import Act, Stage
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import SERVER
from contract_tests.suite.support.response_faults import page, reply
from contract_tests.suite.support.secret_leaks import KEY

Outcome = Task | SunoError


def _async_client(stage: Stage) -> AsyncSunoClient:
    assert isinstance(stage.client, AsyncSunoClient)
    return stage.client


def _wait_all(stage: Stage, task_ids: Any, **options: Any) -> list[Task]:
    return stage.run(stage.client.tasks.wait_all(task_ids, **options))


async def _outcome(waiting: Awaitable[Task]) -> Outcome:
    try:
        return await waiting
    except SunoError as error:
        return error


def _all_at_once(account: Account, task_ids: list[str], **options: Any) -> dict[str, Outcome]:
    """Wait for each id at the same time and return the results in order."""
    stage = account.stage("async")
    client = _async_client(stage)

    async def story() -> list[Outcome]:
        return await asyncio.gather(*(_outcome(client.tasks.wait(task_id, **options)) for task_id in task_ids))

    return dict(zip(task_ids, stage.drive(story()), strict=True))


def _id_or_error(outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """Return the id of the task that each waiter got, or the name of its error."""
    return {
        task_id: outcome.task_id if isinstance(outcome, Task) else type(outcome).__name__
        for task_id, outcome in outcomes.items()
    }


def _names(count: int) -> list[str]:
    return [f"task {number}" for number in range(count)]


def test_250_waiters_share_three_requests() -> None:
    names = _names(250)
    account = Account({name: until(30) for name in names})
    outcomes = _all_at_once(account, names)
    assert _id_or_error(outcomes) == {name: name for name in names}
    # At 0, 2, ... 18, 20.25, 22.8, 25.6, 28.8 and 32.4 s.
    assert [len(ids) for ids in account.asked] == [100, 100, 50] * 15


def test_polling_continues_for_remaining_waits() -> None:
    names = _names(5)
    account = Account({name: until(4.0 * number) for number, name in enumerate(names)})
    assert _id_or_error(_all_at_once(account, names)) == {name: name for name in names}
    assert [len(ids) for ids in account.asked] == [5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_wait_all_polls_in_one_request(face: str) -> None:
    names = _names(3)
    account = Account(
        {name: until(2.0 * number, "FAILURE" if number == 1 else "SUCCESS") for number, name in enumerate(names)}
    )
    stage = account.stage(face)
    tasks = _wait_all(stage, [names[2], names[0], names[1], names[2]])
    assert [(task.task_id, task.status) for task in tasks] == [
        (names[2], "SUCCESS"),
        (names[0], "SUCCESS"),
        (names[1], "FAILURE"),
        (names[2], "SUCCESS"),
    ]
    assert [sorted(ids) for ids in account.asked] == [names, names[1:], names[2:]]


def test_no_ids_need_no_request(face: str) -> None:
    assert _wait_all(Account({}).stage(face), []) == []


def test_single_id_as_string_is_refused(face: str) -> None:
    """A text is a sequence of texts, so that no type checker objects."""
    account = Account({"a": until(0), "b": until(0)})
    stage = account.stage(face)
    with pytest.raises(InvalidRequestError, match=r"tasks\.wait_all: task_ids is the string 'ab'"):
        _wait_all(stage, "ab")
    assert stage.line.requests == []
    assert [task.task_id for task in _wait_all(stage, iter(["b", "a"]))] == ["b", "a"]


def test_error_of_wait_all_names_the_id(face: str) -> None:
    stage = Account({"a": until(0)}).stage(face)
    with pytest.raises(TaskNotFoundError, match=r"^task unknown: tasks\.get: 400") as raised:
        _wait_all(stage, ["a", "unknown"])
    assert str(copy(raised.value)) == str(raised.value)


def test_timeout_of_one_keeps_other_results(face: str) -> None:
    account = Account({"a": until(3), "b": until(math.inf), "c": until(1, "FAILURE")})
    stage = account.stage(face)
    with pytest.raises(TaskTimeoutError, match="task b did not finish within 9 s") as raised:
        _wait_all(stage, ["a", "b", "c"], timeout=9)
    assert stage.time.now == pytest.approx(9)
    assert {name: task.status for name, task in raised.value.reached.items()} == {"a": "SUCCESS", "c": "FAILURE"}


def test_progress_is_reported_for_each_task(face: str) -> None:
    stage = Account({"a": until(2), "b": until(4)}).stage(face)
    seen: list[tuple[float, str, str]] = []

    def note(task: Task) -> None:
        seen.append((stage.time.now, task.task_id, str(task.status)))

    _wait_all(stage, ["a", "b"], on_progress=note)
    assert sorted(seen) == [
        (0, "a", "SUBMITTED"),
        (0, "b", "SUBMITTED"),
        (2, "a", "SUCCESS"),
        (2, "b", "IN_PROGRESS"),
        (4, "b", "SUCCESS"),
    ]


def test_unknown_id_fails_only_its_wait() -> None:
    names = _names(4)
    account = Account({name: until(10) for name in names})
    outcomes = _id_or_error(_all_at_once(account, [*names, "unknown"], grace=0))
    assert outcomes == {**{name: name for name in names}, "unknown": "TaskNotFoundError"}
    assert account.asked.count(["unknown"]) == 1


def test_failed_task_fails_only_its_wait() -> None:
    account = Account({"a": until(3, "FAILURE"), "b": until(10)})
    outcomes = _all_at_once(account, ["a", "b"])
    assert isinstance(outcomes["a"], TaskFailedError)
    assert outcomes["a"].task.task_id == "a"
    assert _id_or_error(outcomes)["b"] == "b"


@pytest.mark.parametrize("task_id", ["\ud800", "..", ""], ids=repr)
def test_unsendable_id_does_not_fail_batch(task_id: str) -> None:
    account = Account({"a": until(10), "b": until(10)})
    outcomes = _all_at_once(account, ["a", "b", task_id])
    assert type(outcomes.pop(task_id)) is InvalidRequestError
    assert _id_or_error(outcomes) == {"a": "a", "b": "b"}
    assert [ids for ids in account.asked if len(ids) > 1][-1] == ["a", "b"]


def test_omitted_task_is_polled_alone(face: str) -> None:
    account = Account({name: until(5) for name in "abc"}, omits=["b"])
    tasks = _wait_all(account.stage(face), ["a", "b", "c"])
    assert [task.task_id for task in tasks] == ["a", "b", "c"]
    assert account.asked == [["a", "b", "c"], ["b"]] * 4


SHOWN: dict[str, Callable[[list[Any]], Any]] = {
    "turned round": lambda tasks: tasks[::-1],
    "twice": lambda tasks: tasks * 2,
    "with an unrequested one": lambda tasks: [{**tasks[0], "task_id": "other"}, *tasks],
    "as null": lambda tasks: None,
    "as an empty list": lambda tasks: [],
    "by half": lambda tasks: tasks[::2],
}


@pytest.mark.parametrize("case", SHOWN)
def test_each_waiter_gets_its_task_from_any_batch(face: str, case: str) -> None:
    def batch(tasks: list[Any]) -> Act:
        return json_reply(200, {"code": "success", "message": "", "data": SHOWN[case](tasks)})

    account = Account({name: until(number) for number, name in enumerate("abcd")}, batch=batch)
    assert [task.task_id for task in _wait_all(account.stage(face), list("dcba"))] == list("dcba")
    assert len([ids for ids in account.asked if len(ids) > 1]) > 1


REFUSED = {"error": {"message": "no", "type": "comet_api_error", "param": "", "code": "invalid_request"}}
NO_BATCH: dict[str, Act] = {
    "a page": page(200),
    "404": page(404),
    "405": reply("", 405),
    "400": json_reply(400, REFUSED),
    "500 that calls it invalid": json_reply(500, REFUSED),
    "an envelope that refuses": json_reply(200, {"code": "not_found", "message": "no", "data": None}),
    "an object": json_reply(200, {"code": "success", "message": "", "data": {"a": 1}}),
    "tasks without a status": json_reply(200, {"code": "success", "message": "", "data": [{"task_id": "a"}]}),
    "no tasks": json_reply(200, {"code": "success", "message": "", "data": ["a"]}),
    "a redirect": reply("", 301, media=None, Location=f"{FETCH}/"),
}


@pytest.mark.parametrize("case", NO_BATCH)
def test_tasks_are_polled_alone_without_batches(face: str, case: str, caplog: pytest.LogCaptureFixture) -> None:
    account = Account({"a": until(3), "b": until(5, "FAILURE")}, batch=lambda _: NO_BATCH[case])
    tasks = _wait_all(account.stage(face), ["a", "b"])
    assert [(task.task_id, task.status) for task in tasks] == [("a", "SUCCESS"), ("b", "FAILURE")]
    assert [ids for ids in account.asked if len(ids) > 1] == [["a", "b"]]
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert "polled one by one" in lines[0]


@pytest.mark.parametrize("act", [httpx.ReadTimeout, httpx.ConnectError, page(502), reply("", 429), page(524)])
def test_batch_is_retried_after_transient_failure(face: str, act: Act) -> None:
    account = Account({"a": until(3), "b": until(3)}, meets=[act, act])
    _wait_all(account.stage(face), ["a", "b"])
    assert account.asked == [["a", "b"]] * 3


def test_wrong_key_fails_every_waiter() -> None:
    names = _names(3)
    account = Account({}, meets=[json_reply(401, REFUSED)])
    outcomes = _all_at_once(account, names)
    assert set(_id_or_error(outcomes).values()) == {AuthenticationError.__name__}
    assert len({id(error) for error in outcomes.values()}) == len(names)
    assert len(account.asked) == 1


def test_batch_holds_tasks_of_one_kind(face: str) -> None:
    account = Account({name: until(5) for name in "abcd"}, actions={"b": "LYRICS", "d": "LYRICS"})
    assert [task.action for task in _wait_all(account.stage(face), list("abcd"))] == ["MUSIC", "LYRICS"] * 2
    assert account.asked[:3] == [list("abcd"), ["b"], ["d"]]
    assert sorted(account.asked[3:5]) == [["a", "c"], ["b", "d"]]


def test_late_waiter_joins_the_polling() -> None:
    account = Account({"a": until(7), "b": until(7)})
    stage = account.stage("async")
    client = _async_client(stage)

    async def story() -> None:
        first = asyncio.create_task(client.tasks.wait("a"))
        await asyncio.sleep(1.5)
        await client.with_options(timeout=7).tasks.wait("b")
        await first

    stage.drive(story())
    assert stage.line.times == [0, 1.5, 3.5, 5.5, 7.5]
    assert account.asked == [["a"], *[["a", "b"]] * 4]


def test_cancelled_wait_does_not_affect_others() -> None:
    account = Account({"a": until(50), "b": until(20)})
    stage = account.stage("async")
    client = _async_client(stage)

    async def story() -> None:
        leaving = asyncio.create_task(client.tasks.wait("a"))
        staying = asyncio.create_task(client.tasks.wait("b"))
        timed = asyncio.create_task(client.tasks.wait("b", timeout=3))
        await asyncio.sleep(5)
        leaving.cancel()
        with pytest.raises(TaskTimeoutError):
            await timed
        assert (await staying).task_id == "b"
        assert leaving.cancelled()

    stage.drive(story())
    assert account.asked[:3] == [["a", "b"]] * 3
    assert set(map(tuple, account.asked[3:])) == {("b",)}


def test_waits_for_same_task_share_its_poll() -> None:
    account = Account({"a": until(9)})
    stage = account.stage("async")
    client = _async_client(stage)

    async def story() -> None:
        tasks = await asyncio.gather(*(client.tasks.wait("a") for _ in range(20)))
        assert {task.status for task in tasks} == {"SUCCESS"}

    stage.drive(story())
    assert account.asked == [["a"]] * 6


def test_polling_crash_reaches_every_waiter() -> None:
    def broken(_: list[Any]) -> Act:
        raise AssertionError("a mock says that the test has failed")

    account = Account({"a": until(9), "b": until(9)}, batch=broken)
    stage = account.stage("async")
    client = _async_client(stage)

    async def story() -> None:
        waiting = asyncio.gather(*(client.tasks.wait(name) for name in "ab"), return_exceptions=True)
        for failure in await waiting:
            assert isinstance(failure, RuntimeError)
            assert isinstance(failure.__cause__, ExceptionGroup)
        account.batch = None
        assert (await client.tasks.wait("a")).task_id == "a"

    stage.drive(story())


def test_threads_share_polls() -> None:
    """100 seconds pass in one; all threads are there before the first look has ended."""
    names = _names(20)
    account = Account({name: until(60) for name in names})
    opened, barrier = time.monotonic(), Barrier(len(names))

    def now() -> float:
        account.time.now = (time.monotonic() - opened) * 100
        return account.time.now

    def wait(condition: Condition, seconds: float) -> None:
        condition.wait(seconds / 100)

    line = Stage("sync", account, time=account.time).line
    clock = SyncClock(monotonic=now, wait=wait)
    with (
        SunoClient(api_key=KEY, base_url=SERVER, http_client=line, clock=clock) as client,
        ThreadPoolExecutor(len(names)) as pool,
    ):

        def waited(name: str) -> str:
            barrier.wait(10)
            return client.tasks.wait(name).task_id

        assert list(pool.map(waited, names)) == names
    # Looks at 0, 2, ... 16, 18, 20.25, ... 60: 22 of them. In step, they are one request each; apart, 440.
    assert len(account.asked) < 80
    assert max(map(len, account.asked)) == len(names)


def test_deadline_holds_during_a_poll(face: str) -> None:
    """Twenty tasks that no batch shows, 5 s each."""
    names = _names(20)
    account = Account({name: until(math.inf) for name in names}, omits=names)
    stage = account.stage(face, takes=5.0)
    with pytest.raises(TaskTimeoutError):
        _wait_all(stage, names, timeout=12)
    assert stage.time.now == pytest.approx(12)


def test_unknown_id_in_wait_all_is_error(face: str) -> None:
    with pytest.raises(TaskNotFoundError):
        _wait_all(Account({"a": until(5)}).stage(face), ["a", "unknown"])


def _fresh(appears: float) -> Account:
    """Return a task that the gateway does not know at first, and one that it knows."""
    lives = {"old": until(3), "new": ((appears, "IN_PROGRESS"), (appears + 2, "SUCCESS"))}
    return Account(lives, hidden_until={"new": appears})


@pytest.mark.parametrize("appears", [0.5, 5.0, 28.0])
def test_new_task_in_batch_is_waited_for(appears: float, face: str) -> None:
    account = _fresh(appears)
    stage = account.stage(face)
    assert [task.task_id for task in _wait_all(stage, ["old", "new"])] == ["old", "new"]
    assert appears + 2 <= stage.time.now <= appears + 12


def test_batch_refused_for_new_task_is_retried(face: str) -> None:
    """A gateway that knows none of the ids may refuse the whole batch with the same code."""
    account = _fresh(5.0)
    account.meets = [NOT_THERE]
    _wait_all(account.stage(face), ["old", "new"])
    assert sum(len(ids) == 2 for ids in account.asked) > 2


def test_grace_of_each_wait_is_its_own() -> None:
    """Two waits for the same id share its polls, and each gives up after its own grace."""
    stage = _fresh(20.0).stage("async")
    client = _async_client(stage)

    async def story() -> list[Outcome]:
        return await asyncio.gather(*(_outcome(client.tasks.wait("new", grace=grace)) for grace in (0, 9, 30)))

    kinds = [type(each) for each in stage.drive(story())]
    assert kinds == [TaskNotFoundError, TaskNotFoundError, Task]
