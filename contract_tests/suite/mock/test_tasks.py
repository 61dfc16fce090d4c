"""Tasks advance from NOT_START to SUCCESS or FAILURE with each poll, and then hold their result."""

from __future__ import annotations

import time
from typing import Any

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, PERSONA, Gateway, Settings
from cometapi_suno_mock.clock import START

from contract_tests.suite.mock.conftest import STEMS_BODY, Caller


def _statuses(caller: Caller, task_id: str, polls: int) -> list[str]:
    return [caller.look(task_id)["status"] for _ in range(polls)]


@pytest.mark.parametrize(
    ("polls", "expected"),
    [
        (0, ["SUCCESS", "SUCCESS"]),
        (1, ["IN_PROGRESS", "SUCCESS"]),
        (2, ["SUBMITTED", "IN_PROGRESS", "SUCCESS"]),
        (3, ["NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS", "SUCCESS"]),
        (6, ["NOT_START"] * 2 + ["SUBMITTED"] * 2 + ["IN_PROGRESS"] * 2 + ["SUCCESS"]),
    ],
)
def test_task_stages_follow_polls(polls: int, expected: list[str]) -> None:
    caller = Caller(Gateway(settings=Settings(polls=polls)))
    task_id = caller.submit("music", {"prompt": "[Verse]\nla"})
    assert _statuses(caller, task_id, len(expected)) == expected


def test_tasks_count_polls_separately(caller: Caller) -> None:
    first = caller.submit("music", {"prompt": "one"})
    caller.look(first)
    second = caller.submit("music", {"prompt": "two"})
    assert caller.look(second)["status"] == "NOT_START"
    assert caller.look(first)["status"] == "SUBMITTED"


def test_batch_polls_each_task(caller: Caller) -> None:
    ids = [caller.submit("music", {"prompt": str(n)}) for n in range(2)]
    for expected in ("NOT_START", "SUBMITTED", "IN_PROGRESS", "SUCCESS"):
        tasks = caller.post("/suno/fetch", {"ids": ids, "action": "MUSIC"})["data"]
        assert [task["status"] for task in tasks] == [expected, expected]


def test_task_times_and_data_are_consistent(caller: Caller) -> None:
    task_id = caller.submit("music", {"prompt": "x"})
    waiting = caller.look(task_id)
    assert (waiting["data"], waiting["start_time"], waiting["finish_time"], waiting["progress"]) == (None, 0, 0, "0%")
    done = [caller.look(task_id) for _ in range(3)][-1]
    assert done["progress"] == "100%"
    assert START.timestamp() < done["submit_time"] < done["start_time"] < done["finish_time"]


def test_task_seconds_follow_wall_clock() -> None:
    caller = Caller(Gateway(settings=Settings(task_seconds=0.2)))
    task_id = caller.submit("music", {"prompt": "x"})
    assert caller.look(task_id)["status"] == "NOT_START"
    assert caller.look(task_id)["status"] == "NOT_START"
    deadline = time.monotonic() + 5
    while caller.look(task_id)["status"] != "SUCCESS":
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_song_is_two_clips_as_requested(caller: Caller) -> None:
    body = {"prompt": "[Verse]\nhello", "mv": "chirp-crow", "title": "demo", "tags": "pop"}
    clips = caller.finished(caller.submit("music", body))["data"]
    assert len({clip["id"] for clip in clips}) == 2
    for clip in clips:
        assert (clip["status"], clip["title"], clip["model_name"]) == ("complete", "demo", "chirp-crow")
        assert (clip["metadata"]["prompt"], clip["metadata"]["tags"]) == ("[Verse]\nhello", "pop")
        assert clip["audio_url"].endswith(f"{clip['id']}.mp3")


def test_missing_model_gets_default(caller: Caller) -> None:
    """The default is that of the gateway software."""
    assert caller.finished(caller.submit("music", {"prompt": "x"}))["data"][0]["model_name"] == "chirp-v3-0"


@pytest.mark.parametrize(
    ("kind", "more", "titles"),
    [
        ("two", {"stem_task": "two", "stem_type_group_name": "Two"}, ["demo - Vocals", "demo - Instrumental"]),
        ("twelve", {"stem_task": "twelve", "stem_type_group_name": "Twelve"}, None),
    ],
)
def test_stems_are_two_or_twelve_clips(
    caller: Caller, kind: str, more: dict[str, Any], titles: list[str] | None
) -> None:
    body = STEMS_BODY | more | {"task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP}
    clips = caller.finished(caller.submit("music", body))["data"]
    assert len(clips) == {"two": 2, "twelve": 12}[kind]
    assert titles is None or [clip["title"] for clip in clips] == titles
    for clip in clips:
        assert clip["model_name"] == "chirp-stem"
        assert (clip["metadata"]["type"], clip["metadata"]["stem_from_id"]) == ("stem", FINISHED_CLIP)
        assert clip["metadata"]["history"][0]["stem_task"] == kind


def test_lyrics_are_one_object(caller: Caller) -> None:
    task = caller.finished(caller.submit("lyrics", {"prompt": "a slow dance", "notify_hook": "https://example.com/h"}))
    assert (task["action"], task["notify_hook"]) == ("LYRICS", "https://example.com/h")
    assert task["data"]["status"] == "complete"
    assert "a slow dance" in task["data"]["text"]


def test_song_names_its_persona(caller: Caller) -> None:
    body = {
        "task": "artist_consistency",
        "persona_id": PERSONA,
        "artist_clip_id": FINISHED_CLIP,
        "prompt": "",
        "generation_type": "TEXT",
        "tags": "pop",
        "negative_tags": "",
        "mv": "chirp-auk",
        "title": "demo",
    }
    metadata = caller.finished(caller.submit("music", body))["data"][0]["metadata"]
    assert (metadata["persona_id"], metadata["artist_clip_id"]) == (PERSONA, FINISHED_CLIP)
    assert (metadata["task"], metadata["has_vocal"]) == ("artist_consistency", True)


def test_extension_is_joined_with_its_clip(caller: Caller) -> None:
    body = {
        "task": "extend",
        "task_id": FINISHED_TASK,
        "continue_clip_id": FINISHED_CLIP,
        "continue_at": 60,
        "prompt": "more",
        "mv": "chirp-auk",
    }
    end = caller.finished(caller.submit("music", body))["data"][0]["id"]
    (whole,) = caller.finished(caller.submit("concat", {"clip_id": end, "is_infill": False}))["data"]
    assert whole["metadata"]["concat_history"] == [{"id": FINISHED_CLIP}, {"id": end}]


def test_planned_failure_ends_task(caller: Caller, gateway: Gateway) -> None:
    """The next task succeeds."""
    gateway.state.next_failures.append("prompt refused")
    failing, fine = (caller.submit("music", {"prompt": text}) for text in "ab")
    task = caller.finished(failing)
    assert (task["status"], task["fail_reason"], task["progress"]) == ("FAILURE", "prompt refused", "100%")
    assert task["data"] is None
    assert caller.finished(fine)["status"] == "SUCCESS"


def test_seed_task_holds_seed_clip(caller: Caller) -> None:
    task = caller.look(FINISHED_TASK)
    assert task["status"] == "SUCCESS"
    assert task["submit_time"] < task["start_time"] < task["finish_time"]
    assert [clip["id"] for clip in task["data"]] == [FINISHED_CLIP]


def test_dropped_task_is_refunded() -> None:
    gateway = Gateway(settings=Settings(capacity=2, credits=1000))
    caller = Caller(gateway)
    ids = [caller.submit("music", {"prompt": str(n)}) for n in range(3)]
    assert caller.refused(f"/suno/fetch/{ids[0]}")[0] == 400
    assert caller.look(ids[2])["status"] == "NOT_START"
    account = gateway.state.accounts["sk-mock"]
    assert (account.balance, account.reserved) == (712, 288)
