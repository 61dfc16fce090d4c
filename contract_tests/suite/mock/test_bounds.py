"""The memory of the gateway has an upper bound, by number and by size, under any traffic."""

from __future__ import annotations

import gc
import json
from collections import Counter
from pathlib import Path

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, FINISHED_TASK, Contract, Gateway, Settings
from cometapi_suno_mock.http_messages import ExchangeRecord
from cometapi_suno_mock.state_records import ClipRecord, PersonaRecord, TaskRecord

from contract_tests.suite.mock.conftest import PERSONA_BODY, STEMS_BODY, Caller
from contract_tests.suite.mock.test_serving import process

FULL_STEMS = STEMS_BODY | {
    "task_id": FINISHED_TASK,
    "continue_clip_id": FINISHED_CLIP,
    "stem_type_group_name": "Twelve",
    "stem_task": "twelve",
}


def _everything(caller: Caller) -> None:
    """Create everything that can be kept once: tasks, clips, a persona, refusals, an unrouted request."""
    song = caller.finished(caller.submit("music", {"prompt": "[Verse]\nla", "mv": "chirp-auk"}))
    clip = song["data"][0]["id"]
    caller.post("/suno/persona/create", PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]})
    caller.submit("music", FULL_STEMS)
    caller.submit("lyrics", {"prompt": "the moon"})
    caller.submit_upload()
    caller.get(f"/suno/act/timing/{clip}")
    caller.refused("/suno/persona/create", PERSONA_BODY | {"name": 1, "clips": [1, 2]})
    caller.refused(f"/suno/fetch/unknown-{clip}")
    caller.send("GET", f"/no/such/path/{clip}")


def test_memory_is_flat_under_traffic() -> None:
    """A hundred rounds of every kind of request leave no more objects alive than ten."""
    gateway = Gateway(settings=Settings(capacity=5, history=5, credits=10**9))
    caller = Caller(gateway)

    def alive_after(rounds: int) -> Counter[type]:
        for _ in range(rounds):
            _everything(caller)
        gc.collect()
        return Counter(map(type, gc.get_objects()))

    alive_after(10)  # the first poll leaves a few objects
    before, after = alive_after(10), alive_after(100)
    kept = (TaskRecord, ClipRecord, PersonaRecord, ExchangeRecord)
    assert {kind: after[kind] for kind in kept} == {kind: before[kind] for kind in kept}
    # Python's own objects vary by a few; one leaked object per round would be a hundred.
    assert after.total() - before.total() < 50
    account = gateway.state.accounts[DEMO_KEY]
    assert account.reserved == sum(task.cost for task in gateway.state.tasks if not task.ended)
    assert account.granted == account.balance + account.reserved + account.spent


def test_large_tasks_are_dropped_early() -> None:
    """`room` bounds the bytes that are held, even while `capacity` is not reached."""
    caller = Caller(Gateway(settings=Settings(room=100_000)))
    world = caller.gateway.state
    ids = [caller.submit("music", {"prompt": f"{n:10000}"}) for n in range(30)]
    held = {clip.prompt for clip in world.clips if len(clip.prompt) > 1000}
    assert 0 < sum(map(len, held)) <= 100_000
    assert caller.look(ids[-1])["status"] == "NOT_START"
    assert caller.refused(f"/suno/fetch/{ids[0]}")[1]["code"] == "task_not_exist"


def test_oversized_task_lives_until_next() -> None:
    """A task above `room` is usable; the next task replaces it."""
    caller = Caller(Gateway(settings=Settings(room=100)))
    first = caller.submit("music", {"prompt": "x" * 1000})
    assert caller.finished(first)["status"] == "SUCCESS"
    caller.submit("music", {"prompt": "y"})
    assert caller.refused(f"/suno/fetch/{first}")[1]["code"] == "task_not_exist"


def test_persona_counts_size_of_its_clips() -> None:
    """A persona keeps its clips in memory, so their size counts towards `room`."""
    caller = Caller(Gateway(settings=Settings(room=100_000)))
    for n in range(30):
        clip = caller.finished(caller.submit("music", {"prompt": f"{n:10000}", "mv": "chirp-auk"}))["data"][0]["id"]
        caller.post("/suno/persona/create", PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]})
    held = {persona.root.id: len(persona.root.prompt) for persona in caller.gateway.state.personas}
    assert 0 < sum(held.values()) <= 100_000


def test_huge_body_gets_first_error_only(contract: Contract) -> None:
    """One finding for each of 80,000 wrong items would take seconds."""
    make = contract.operations["createPersona"]
    body = json.dumps(PERSONA_BODY | {"clips": [1] * 80_000}, separators=(",", ":")).encode()
    assert [finding.instance for finding in make.read_body("application/json", body)[1]] == ["/clips/0"]


def test_findings_stop_at_a_hundred(contract: Contract) -> None:
    make = contract.operations["createPersona"]
    body = json.dumps(PERSONA_BODY | {"clips": [1] * 300}).encode()
    assert len(make.read_body("application/json", body)[1]) == 100


@pytest.mark.slow
def test_full_history_fits_in_60_megabytes() -> None:
    """The limit on memory that `docs/mock.md` states, with every store full."""
    with process("--credits", str(10**9), "--polls", "0", "--quiet") as (child, said):
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        with httpx.Client(base_url=said.split()[5], headers=headers) as client:
            for n in range(Settings().capacity + 100):
                song = client.post(
                    "/suno/submit/music", json={"prompt": f"[Verse]\n{n:1000}", "mv": "chirp-auk"}
                ).json()["data"]
                clip = client.get(f"/suno/fetch/{song}").json()["data"]["data"][0]["id"]
                made = PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]}
                assert client.post("/suno/persona/create", json=made).status_code == 200
                assert client.post("/suno/submit/music", json=FULL_STEMS).status_code == 200
                client.post("/suno/persona/create", json={"name": n})
            counts = client.get("/__mock__/state").json()["counts"]
            client.get("/")
        status = Path(f"/proc/{child.pid}/status").read_text("ascii")
    assert counts["clips"] > 4 * Settings().capacity
    assert int(status.partition("VmRSS:")[2].split()[0]) < 60_000
