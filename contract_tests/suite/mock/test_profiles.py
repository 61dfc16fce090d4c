"""Where sources contradict each other, a gateway can follow either; what it follows is named by its source."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Gateway, Settings
from cometapi_suno_mock.profiles import PROFILES, select_profiles

from contract_tests.suite.mock.conftest import PERSONA_BODY, STEMS_BODY, Caller

TWO_STEMS = STEMS_BODY | {
    "stem_task": "two", "stem_type_group_name": "Two", "task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP,
}  # fmt: skip


def reading(*names: str, **settings: Any) -> Caller:
    return Caller(Gateway(settings=Settings(profile=names, **settings)))


def honest(caller: Caller) -> bool:
    """Whether every answer kept the description."""
    return not caller.gateway.violations


def test_every_reading_names_sources_of_the_description(sources: set[str]) -> None:
    for each in PROFILES:
        assert each.sources, each
        assert set(each.sources) <= sources, each
        assert all(set(rule.sources) <= sources for rule in each.rules)


def test_a_source_stands_for_all_of_its_readings_and_a_reading_for_itself() -> None:
    both = select_profiles(["gptbest"])
    assert "slash-path" in both
    assert "older-persona" in both
    assert "slash-path" not in select_profiles(["older-persona"])
    assert not select_profiles([])


def test_a_strange_name_is_told_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"nobody: no such profile; there are .*gptbest"):
        Gateway(settings=Settings(profile=("nobody",)))


def test_gptbest_ends_the_path_in_a_slash_and_redirects_without_it() -> None:
    caller = reading("gptbest")
    assert caller.post("/suno/persona/create/", PERSONA_BODY)["root_clip_id"] == FINISHED_CLIP
    reply = caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode())
    assert (reply.status, reply.headers["location"]) == (307, "/suno/persona/create/")
    assert honest(caller)


def test_gptbest_shows_the_persona_of_december_2024(gateway: Gateway) -> None:
    """Its fields are those of the recorded example."""
    answers = gateway.contract.operations["createPersona"].answers[200].content["application/json"].examples
    recorded = answers["older"]
    caller = reading("older-persona")
    persona = caller.post("/suno/persona/create", PERSONA_BODY)
    assert set(persona) == set(recorded)
    assert set(persona["clip"]) == set(recorded["clip"])
    assert set(persona["clip"]["metadata"]) == set(recorded["clip"]["metadata"])
    assert honest(caller)


def test_mountsea_answers_201() -> None:
    caller = reading("mountsea")
    assert caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode()).status == 201
    assert caller.refused("/suno/persona/create", {})[0] == 400


def test_clients_saw_the_same_persona_again_with_a_new_name() -> None:
    caller = reading("clients")
    first, second = (caller.post("/suno/persona/create", PERSONA_BODY | {"name": name}) for name in ("one", "two"))
    assert (first["id"], first["name"], second["name"]) == (second["id"], "one", "two")
    assert honest(caller)


def test_the_seed_wants_the_root_made_with_chirp_auk() -> None:
    caller = reading("seed", looks=0)
    clips = {
        mv: caller.look(caller.submit("music", {"prompt": "x", "mv": mv}))["data"][0]["id"]
        for mv in ("chirp-auk", "chirp-v4")
    }
    bodies = {mv: PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]} for mv, clip in clips.items()}
    assert caller.post("/suno/persona/create", bodies["chirp-auk"])
    assert caller.refused("/suno/persona/create", bodies["chirp-v4"])[0] == 400
    assert reading().post("/suno/persona/create", PERSONA_BODY)


def test_the_site_of_gptbest_has_files_for_chirp_auk_only() -> None:
    caller = reading("gptbest-site", looks=0)
    clip = caller.look(caller.submit("music", {"prompt": "x", "mv": "chirp-v4"}))["data"][0]["id"]
    assert caller.refused(f"/suno/act/mp4/{clip}")[0] == caller.refused(f"/suno/act/timing/{clip}")[0] == 400
    assert caller.get(f"/suno/act/wav/{clip}")
    assert caller.get(f"/suno/act/mp4/{FINISHED_CLIP}")


def test_the_batch_page_shows_clips_while_they_stream() -> None:
    caller = reading("streaming", looks=1)
    task = caller.look(caller.submit("music", {"prompt": "x"}))
    assert task["status"] == "IN_PROGRESS"
    for clip in task["data"]:
        assert (clip["status"], clip["audio_url"]) == ("streaming", f"https://audiopipe.suno.ai/?item_id={clip['id']}")
    assert honest(caller)


def test_the_stem_pages_answer_the_tracks_themselves() -> None:
    caller = reading("cometapi-stems")
    tracks = caller.post("/suno/submit/music", TWO_STEMS)
    assert [clip["title"] for clip in tracks["clips"]] == ["demo - Vocals", "demo - Instrumental"]
    assert caller.submit("music", {"prompt": "x"})
    assert honest(caller)


@pytest.mark.parametrize(
    ("name", "path", "shape"),
    [
        ("kkiai", "wav", {"code": "success", "message": "", "data": "URL"}),
        ("clients", "wav", {"code": "success", "message": "", "data": {"wav_file_url": "URL"}}),
        ("clients", "mp4", {"code": "success", "message": "", "data": {"mp4_file_url": "URL"}}),
    ],
)
def test_the_address_of_a_file_comes_in_the_envelope_of_the_source(name: str, path: str, shape: dict[str, Any]) -> None:
    caller = reading(name)
    answer = caller.send("GET", f"/suno/act/{path}/{FINISHED_CLIP}").body.decode()
    assert json.loads(answer.replace(f"https://cdn1.suno.ai/{FINISHED_CLIP}.{path}", "URL")) == shape
    assert honest(caller)


@pytest.mark.parametrize("path", ["one", "many"])
def test_the_gateway_software_sends_no_notify_hook_and_newer_builds_send_more(path: str) -> None:
    def task(*names: str) -> Any:
        caller = reading(*names)
        body = {"ids": [FINISHED_TASK], "action": "MUSIC"}
        found = caller.look(FINISHED_TASK) if path == "one" else caller.post("/suno/fetch", body)["data"][0]
        assert honest(caller)
        return found

    assert set(task()) - set(task("gateway")) == {"notify_hook"}
    newer = {"id", "created_at", "updated_at", "platform", "user_id", "group", "channel_id", "quota", "properties"}
    assert set(task("gateway-new")) - set(task()) == newer


def test_newer_builds_have_another_code_for_a_low_balance() -> None:
    caller = reading("gateway-new", credits=0)
    assert caller.refused("/suno/submit/lyrics", {"prompt": "x"})[1]["code"] == "insufficient_user_quota"
    assert honest(caller)


def test_audio_can_be_forbidden() -> None:
    caller = reading("suno-api")
    assert caller.look(FINISHED_TASK)["data"][0]["audio_url"] == "https://studio-api.prod.suno.com/api/forbidden"
    assert caller.look(caller.submit("music", {"prompt": "x"}))["data"] is None
    lyrics = caller.finished(caller.submit("lyrics", {"prompt": "x"}))
    assert lyrics["data"]["status"] == "complete"


def test_the_batch_page_has_a_list_and_calls_it_text() -> None:
    caller = reading("cometapi-batch")
    reply = caller.send("POST", "/suno/fetch", b'{"ids": ["x"], "action": "MUSIC"}')
    assert (json.loads(reply.body)["data"], reply.media) == ([], "text/plain")


def test_an_invalid_request_can_be_a_500_with_the_other_error_body() -> None:
    caller = reading("cometapi")
    status, body = caller.refused("/suno/persona/create", {})
    assert (status, body["error"]["code"]) == (500, "invalid_request")
    assert "root_clip_id" in body["error"]["message"]
    assert honest(caller)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("gptproto", 200, {"code": "error", "data": None, "message": "Task not found"}),
        ("task-422", 422, {"code": 422, "message": "task_id not found", "data": None}),
    ],
)
def test_an_unknown_task_is_answered_as_the_source_has_it(name: str, status: int, body: dict[str, Any]) -> None:
    caller = reading(name)
    reply = caller.send("GET", "/suno/fetch/x")
    assert (reply.status, json.loads(reply.body)) == (status, body)
    assert caller.look(FINISHED_TASK)["status"] == "SUCCESS"
