"""What the gateway holds on to has an upper bound: by number, by size, and whoever asks for what."""

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
    """Each thing that can be kept, once: tasks, clips, a persona, refusals, a page instead of an answer."""
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


def test_a_hundred_rounds_later_no_object_more_is_alive() -> None:
    gateway = Gateway(settings=Settings(capacity=5, history=5, credits=10**9))
    caller = Caller(gateway)

    def alive_after(rounds: int) -> Counter[type]:
        for _ in range(rounds):
            _everything(caller)
        gc.collect()
        return Counter(map(type, gc.get_objects()))

    alive_after(10)  # the first look leaves a few objects of its own
    before, after = alive_after(10), alive_after(100)
    kept = (TaskRecord, ClipRecord, PersonaRecord, ExchangeRecord)
    assert {kind: after[kind] for kind in kept} == {kind: before[kind] for kind in kept}
    # Python itself comes and goes with a few; one leaked object a round would be a hundred.
    assert after.total() - before.total() < 50
    account = gateway.state.accounts[DEMO_KEY]
    assert account.reserved == sum(task.cost for task in gateway.state.tasks if not task.ended)
    assert account.granted == account.balance + account.reserved + account.spent


def test_long_texts_leave_before_their_number_is_reached() -> None:
    caller = Caller(Gateway(settings=Settings(room=100_000)))
    world = caller.gateway.state
    ids = [caller.submit("music", {"prompt": f"{n:10000}"}) for n in range(30)]
    held = {clip.prompt for clip in world.clips if len(clip.prompt) > 1000}
    assert 0 < sum(map(len, held)) <= 100_000
    assert caller.look(ids[-1])["status"] == "NOT_START"
    assert caller.refused(f"/suno/fetch/{ids[0]}")[1]["code"] == "task_not_exist"


def test_what_is_too_long_for_the_room_is_kept_until_the_next_comes() -> None:
    caller = Caller(Gateway(settings=Settings(room=100)))
    first = caller.submit("music", {"prompt": "x" * 1000})
    assert caller.finished(first)["status"] == "SUCCESS"
    caller.submit("music", {"prompt": "y"})
    assert caller.refused(f"/suno/fetch/{first}")[1]["code"] == "task_not_exist"


def test_a_persona_weighs_what_the_clips_do_that_it_keeps_alive() -> None:
    caller = Caller(Gateway(settings=Settings(room=100_000)))
    for n in range(30):
        clip = caller.finished(caller.submit("music", {"prompt": f"{n:10000}"}))["data"][0]["id"]
        caller.post("/suno/persona/create", PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]})
    held = {persona.root.id: len(persona.root.prompt) for persona in caller.gateway.state.personas}
    assert 0 < sum(held.values()) <= 100_000


def test_a_body_that_is_wrong_in_a_hundred_thousand_places_is_told_one(contract: Contract) -> None:
    make = contract.operations["createPersona"]
    body = json.dumps(PERSONA_BODY | {"clips": [1] * 80_000}, separators=(",", ":")).encode()
    assert [finding.instance for finding in make.read_body("application/json", body)[1]] == ["/clips/0"]


def test_of_many_findings_a_hundred_are_kept(contract: Contract) -> None:
    make = contract.operations["createPersona"]
    body = json.dumps(PERSONA_BODY | {"clips": [1] * 300}).encode()
    assert len(make.read_body("application/json", body)[1]) == 100


@pytest.mark.slow
def test_with_its_history_full_the_process_takes_less_than_sixty_megabytes() -> None:
    with process("--credits", str(10**9), "--looks", "0") as (child, said):
        headers = {"Authorization": f"Bearer {DEMO_KEY}"}
        with httpx.Client(base_url=said.split()[5], headers=headers) as client:
            for n in range(Settings().capacity + 100):
                song = client.post("/suno/submit/music", json={"prompt": f"[Verse]\n{n:1000}"}).json()["data"]
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
