"""Where sources contradict each other, a gateway can follow either; the source names the profile."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Gateway, Settings
from cometapi_suno_mock.profiles import PROFILES, select_profiles

from contract_tests.suite.mock.conftest import PERSONA_BODY, STEMS_BODY, Caller

TWO_STEMS = STEMS_BODY | {
    "stem_task": "two", "stem_type_group_name": "Two", "task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP,
}  # fmt: skip


def follow(*names: str, **settings: Any) -> Caller:
    return Caller(Gateway(settings=Settings(profile=names, **settings)))


def keeps_contract(caller: Caller) -> bool:
    """Return whether every reply kept the contract."""
    return not caller.gateway.violations


def test_profiles_cite_described_sources(sources: set[str]) -> None:
    for each in PROFILES:
        assert each.sources, each
        assert set(each.sources) <= sources, each
        assert all(set(rule.sources) <= sources for rule in each.rules)


def test_source_selects_all_its_profiles() -> None:
    """A source selects each of its profiles; a profile's id selects that profile alone."""
    both = select_profiles(["gptbest"])
    assert "slash-path" in both
    assert "older-persona" in both
    assert "slash-path" not in select_profiles(["older-persona"])
    assert select_profiles([]).chosen == ()


def test_unknown_profile_lists_known_ones() -> None:
    with pytest.raises(ValueError, match=r"unknown: no such profile; there are .*gptbest"):
        Gateway(settings=Settings(profile=("unknown",)))


def test_gptbest_path_ends_in_slash() -> None:
    """Without the slash the reply is a redirect."""
    caller = follow("gptbest")
    assert caller.post("/suno/persona/create/", PERSONA_BODY)["root_clip_id"] == FINISHED_CLIP
    reply = caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode())
    assert (reply.status, reply.headers["location"]) == (307, "/suno/persona/create/")
    assert keeps_contract(caller)


def test_gptbest_persona_is_older(gateway: Gateway) -> None:
    """Its fields are those of the recorded example."""
    answers = gateway.contract.operations["createPersona"].answers[200].content["application/json"].examples
    recorded = answers["older"]
    caller = follow("older-persona")
    persona = caller.post("/suno/persona/create", PERSONA_BODY)
    assert set(persona) == set(recorded)
    assert set(persona["clip"]) == set(recorded["clip"])
    assert set(persona["clip"]["metadata"]) == set(recorded["clip"]["metadata"])
    assert keeps_contract(caller)


def test_mountsea_replies_201() -> None:
    caller = follow("mountsea")
    assert caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode()).status == 201
    assert caller.refused("/suno/persona/create", {})[0] == 400


def test_clients_persona_is_renamed() -> None:
    """Client authors saw that a second persona of a clip is the first one with a new name."""
    caller = follow("clients")
    first, second = (caller.post("/suno/persona/create", PERSONA_BODY | {"name": name}) for name in ("one", "two"))
    assert (first["id"], first["name"], second["name"]) == (second["id"], "one", "two")
    assert keeps_contract(caller)


def _songs(caller: Caller) -> dict[str, str]:
    """Return a finished clip for each of two models, and for a song without one."""
    bodies = {mv: {"prompt": "x", "mv": mv} for mv in ("chirp-auk", "chirp-v4")} | {"none": {"prompt": "x"}}
    return {mv: caller.finished(caller.submit("music", body))["data"][0]["id"] for mv, body in bodies.items()}


def test_persona_requires_chirp_auk_root(balance: Callable[[], dict[str, int]], caller: Caller) -> None:
    """Source seed, the page of the operation: `mv` of the song must be `chirp-auk`. The refusal is free."""
    clips = _songs(caller)
    spent = balance()["spent"]
    error = {"code": "invalid_request", "message": "root_clip_id: the clip was not made with chirp-auk", "data": None}
    for mv in ("chirp-v4", "none"):
        body = PERSONA_BODY | {"root_clip_id": clips[mv], "clips": [clips[mv]]}
        assert caller.refused("/suno/persona/create", body) == (400, error)
    assert balance()["spent"] == spent
    assert caller.post("/suno/persona/create", PERSONA_BODY | {"root_clip_id": clips["chirp-auk"]})


@pytest.mark.parametrize("name", ["any-root-model", "gptbest", "evolink"])
def test_lenient_profile_takes_any_root_model(name: str) -> None:
    """The one real response that was found is a persona of a `chirp-v4` clip."""
    caller = follow(name)
    path = "/suno/persona/create" + ("/" if name == "gptbest" else "")
    for clip in _songs(caller).values():
        assert caller.post(path, PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]})["root_clip_id"] == clip


def test_gptbest_site_files_need_chirp_auk() -> None:
    caller = follow("gptbest-site", polls=0)
    clip = caller.look(caller.submit("music", {"prompt": "x", "mv": "chirp-v4"}))["data"][0]["id"]
    assert caller.refused(f"/suno/act/mp4/{clip}")[0] == caller.refused(f"/suno/act/timing/{clip}")[0] == 400
    assert caller.get(f"/suno/act/wav/{clip}")
    assert caller.get(f"/suno/act/mp4/{FINISHED_CLIP}")


RETIRED = ["chirp-v3-0", "chirp-v3.5", "chirp-v4", "chirp-fenix", "chirp-auk"]


@pytest.mark.parametrize("mv", RETIRED)
def test_retired_model_is_refused(mv: str) -> None:
    """Source suno-news: models older than v6 answer 403 `paid_upsell`; current ones are taken."""
    caller = follow("suno-news")
    error = {"code": "paid_upsell", "message": "paid_upsell", "data": None}
    assert caller.refused("/suno/submit/music", {"prompt": "x", "mv": mv}) == (403, error)
    for current in ("chirp-hawk", "chirp-goose"):
        assert caller.submit("music", {"prompt": mv, "mv": current})
    assert keeps_contract(caller)
    assert Caller(Gateway()).submit("music", {"prompt": "x", "mv": mv})


def test_cometapi_batch_shows_streaming_clips() -> None:
    caller = follow("streaming", polls=1)
    task = caller.look(caller.submit("music", {"prompt": "x"}))
    assert task["status"] == "IN_PROGRESS"
    for clip in task["data"]:
        assert (clip["status"], clip["audio_url"]) == ("streaming", f"http://127.0.0.1/files/{clip['id']}.mp3")
    assert keeps_contract(caller)


def test_cometapi_stems_have_no_envelope() -> None:
    caller = follow("cometapi-stems")
    tracks = caller.post("/suno/submit/music", TWO_STEMS)
    assert [clip["title"] for clip in tracks["clips"]] == ["demo - Vocals", "demo - Instrumental"]
    assert caller.submit("music", {"prompt": "x"})
    assert keeps_contract(caller)


@pytest.mark.parametrize(
    ("name", "path", "shape"),
    [
        ("kkiai", "wav", {"code": "success", "message": "", "data": "URL"}),
        ("clients", "wav", {"code": "success", "message": "", "data": {"wav_file_url": "URL"}}),
        ("clients", "mp4", {"code": "success", "message": "", "data": {"mp4_file_url": "URL"}}),
    ],
)
def test_file_url_has_envelope_of_source(name: str, path: str, shape: dict[str, Any]) -> None:
    caller = follow(name)
    answer = caller.send("GET", f"/suno/act/{path}/{FINISHED_CLIP}").body.decode()
    assert json.loads(answer.replace(f"http://127.0.0.1/files/{FINISHED_CLIP}.{path}", "URL")) == shape
    assert keeps_contract(caller)


@pytest.mark.parametrize("path", ["one", "many"])
def test_task_keys_follow_the_source(path: str) -> None:
    """The gateway software's task has no notify_hook; newer builds add keys."""

    def task(*names: str) -> Any:
        caller = follow(*names)
        body = {"ids": [FINISHED_TASK], "action": "MUSIC"}
        found = caller.look(FINISHED_TASK) if path == "one" else caller.post("/suno/fetch", body)["data"][0]
        assert keeps_contract(caller)
        return found

    assert set(task()) - set(task("gateway")) == {"notify_hook"}
    newer = {"id", "created_at", "updated_at", "platform", "user_id", "group", "channel_id", "quota", "properties"}
    assert set(task("gateway-new")) - set(task()) == newer


def test_gateway_new_has_other_quota_code() -> None:
    caller = follow("gateway-new", credits=0)
    assert caller.refused("/suno/submit/lyrics", {"prompt": "x"})[1]["code"] == "insufficient_user_quota"
    assert keeps_contract(caller)


def test_suno_api_forbids_audio() -> None:
    caller = follow("suno-api")
    assert caller.look(FINISHED_TASK)["data"][0]["audio_url"] == "http://127.0.0.1/api/forbidden"
    assert caller.look(caller.submit("music", {"prompt": "x"}))["data"] is None
    lyrics = caller.finished(caller.submit("lyrics", {"prompt": "x"}))
    assert lyrics["data"]["status"] == "complete"


def test_cometapi_batch_is_empty_text_list() -> None:
    caller = follow("cometapi-batch")
    reply = caller.send("POST", "/suno/fetch", b'{"ids": ["x"], "action": "MUSIC"}')
    assert (json.loads(reply.body)["data"], reply.media) == ([], "text/plain")


def test_cometapi_invalid_request_is_500() -> None:
    caller = follow("cometapi")
    status, body = caller.refused("/suno/persona/create", {})
    assert (status, body["error"]["code"]) == (500, "invalid_request")
    assert "root_clip_id" in body["error"]["message"]
    assert keeps_contract(caller)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("gptproto", 200, {"code": "error", "data": None, "message": "Task not found"}),
        ("task-422", 422, {"code": 422, "message": "task_id not found", "data": None}),
    ],
)
def test_unknown_task_follows_the_source(name: str, status: int, body: dict[str, Any]) -> None:
    caller = follow(name)
    reply = caller.send("GET", "/suno/fetch/x")
    assert (reply.status, json.loads(reply.body)) == (status, body)
    assert caller.look(FINISHED_TASK)["status"] == "SUCCESS"
