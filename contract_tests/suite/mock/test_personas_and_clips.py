"""Personas are created from the caller's finished clips; clips have the described fields."""

from __future__ import annotations

import pytest
from cometapi_suno_mock import FINISHED_CLIP, Gateway

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller


def test_persona_echoes_its_request(caller: Caller) -> None:
    persona = caller.post("/suno/persona/create", PERSONA_BODY)
    for field in ("root_clip_id", "name", "description", "is_public"):
        assert persona[field] == PERSONA_BODY[field]
    assert persona["clip"]["id"] == FINISHED_CLIP
    assert [entry["clip"]["id"] for entry in persona["persona_clips"]] == [FINISHED_CLIP]
    assert persona["clip_count"] == 1


def test_persona_has_every_documented_field(caller: Caller, gateway: Gateway) -> None:
    documented = gateway.contract.operations["createPersona"].answers[200].content["application/json"].examples
    example = documented["documented"]
    persona = caller.post("/suno/persona/create", PERSONA_BODY)
    assert set(persona) == set(example)
    assert set(persona["clip"]) == set(example["clip"])
    assert set(persona["clip"]["metadata"]) == set(example["clip"]["metadata"])
    assert isinstance(persona["persona_clips"][0]["id"], int)


def test_persona_from_new_song_sings(caller: Caller) -> None:
    clip = caller.finished(caller.submit("music", {"prompt": "x", "mv": "chirp-auk"}))["data"][1]["id"]
    persona = caller.post("/suno/persona/create", PERSONA_BODY | {"root_clip_id": clip, "clips": [clip]})
    assert persona["root_clip_id"] == clip
    song = {
        "task": "artist_consistency",
        "persona_id": persona["id"],
        "artist_clip_id": clip,
        "prompt": "x",
        "generation_type": "TEXT",
        "tags": "",
        "negative_tags": "",
        "mv": "chirp-v4-tau",
        "title": "t",
    }
    assert caller.finished(caller.submit("music", song))["status"] == "SUCCESS"


def test_repeated_call_makes_new_persona(caller: Caller) -> None:
    ids = {caller.post("/suno/persona/create", PERSONA_BODY)["id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(("path", "field", "ending"), [("mp4", "mp4", ".mp4"), ("wav", "wav_file_url", ".wav")])
def test_finished_clip_has_files(caller: Caller, path: str, field: str, ending: str) -> None:
    assert caller.get(f"/suno/act/{path}/{FINISHED_CLIP}")[field].endswith(FINISHED_CLIP + ending)


def test_timing_keeps_words_and_tags(caller: Caller) -> None:
    """A section tag belongs to the word that follows it."""
    prompt = "[Verse]\nWinter is here\n[Chorus]\nStay"
    clip = caller.finished(caller.submit("music", {"prompt": prompt}))["data"][0]
    words = caller.get(f"/suno/act/timing/{clip['id']}")["aligned_words"]
    assert [word["word"] for word in words] == ["[Verse]\nWinter ", "is ", "here ", "[Chorus]\nStay "]
    edges = [edge for word in words for edge in (word["start_s"], word["end_s"])]
    assert edges == sorted(edges)
    assert edges[-1] < clip["metadata"]["duration"]
