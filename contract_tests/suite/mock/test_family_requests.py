"""The mock takes what gateways of this family take, and a refusal names the sources that say so."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, PERSONA, UPLOADED_CLIP, Gateway, Settings
from cometapi_suno_mock.profiles import select_profiles

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller
from contract_tests.suite.support.loaded_spec import WITH_NOTES

ROOT = Path(__file__).resolve().parents[3]
STYLE = {"tags": "emotional punk", "title": "City Lights", "mv": "chirp-v4"}
LYRICS = {"prompt": "[Verse]\nhello", **STYLE}
SING = LYRICS | {"task": "artist_consistency", "persona_id": PERSONA, "artist_clip_id": FINISHED_CLIP}
EXTEND = LYRICS | {"task": "extend", "task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP, "continue_at": 80}
REMASTER = {"task": "remaster", "clip_id": FINISHED_CLIP, "mv": "chirp-halibut"}

TAKEN: dict[str, tuple[str, dict[str, Any]]] = {
    "inspiration": ("submit/music", {"mv": "chirp-auk", "gpt_description_prompt": "cat"}),
    "inspiration, alone": ("submit/music", {"gpt_description_prompt": "cat"}),
    "inspiration with an empty prompt": ("submit/music", {"gpt_description_prompt": "cat", "prompt": "", "mv": "x"}),
    "custom": ("submit/music", LYRICS | {"make_instrumental": False}),
    "custom, of another maker's fields": ("submit/music", LYRICS | {"instrumental": False, "wait_audio": False}),
    "lyrics alone": ("submit/music", {"prompt": "x"}),
    "custom with metadata": ("submit/music", LYRICS | {"metadata": {"create_mode": "custom"}}),
    "style and title": ("submit/music", STYLE),
    "style alone": ("submit/music", {"tags": "pop"}),
    "style, instrumental": ("submit/music", STYLE | {"make_instrumental": True}),
    "style, with vocals": ("submit/music", STYLE | {"make_instrumental": False}),
    "instrumental alone": ("submit/music", {"make_instrumental": True}),
    "persona, the nine fields": ("submit/music", SING | {"generation_type": "TEXT", "negative_tags": ""}),
    "persona without negative_tags": ("submit/music", SING | {"generation_type": "TEXT"}),
    "persona without generation_type": ("submit/music", SING | {"negative_tags": "metal"}),
    "persona without both": ("submit/music", SING),
    "persona with its task": ("submit/music", SING | {"task_id": FINISHED_TASK, "make_instrumental": False}),
    "extension": ("submit/music", EXTEND),
    "extension with text as time": ("submit/music", EXTEND | {"continue_at": "80"}),
    "extension of an upload": ("submit/music", {"task": "upload_extend", "continue_clip_id": UPLOADED_CLIP}),
    "cover with the nulls of a form": (
        "submit/music",
        LYRICS | {"task": "cover", "cover_clip_id": FINISHED_CLIP, "continue_clip_id": None, "infill_start_s": None},
    ),
    "batch": ("fetch", {"ids": [FINISHED_TASK], "action": "MUSIC"}),
    "batch without action": ("fetch", {"ids": [FINISHED_TASK]}),
    "empty batch without action": ("fetch", {"ids": []}),
    "persona": ("persona/create", PERSONA_BODY),
}  # fmt: skip

OTHER_TASK = "invalid-request (gateway, cometapi-guide, cometapi, lingxi)"
PAGE = "required-field (cometapi-guide, cometapi-batch)"
REFUSED: dict[str, tuple[tuple[str, ...], str, dict[str, Any], str]] = {
    "unknown task": ((), "submit/music", REMASTER, OTHER_TASK),
    "wrong prompt": ((), "submit/music", LYRICS | {"prompt": 5}, "invalid-request (gateway, cometapi, deerapi)"),
    "task that is a number": (("any-task",), "submit/music", {"task": 5}, OTHER_TASK),
    "batch with another action": ((), "fetch", {"ids": [], "action": "X"}, "invalid-request (gateway)"),
    "persona page: nine fields": (("required-fields",), "submit/music", SING, PAGE),
    "batch page: action": (("cometapi-batch",), "fetch", {"ids": []}, PAGE),
    "extension without its task": ((), "submit/music", {"continue_clip_id": "x"}, "no-task-id (gateway)"),
    "unknown clip": ((), "submit/concat", {"clip_id": "x"}, "unknown-job (sisters)"),
    "unknown action": ((), "submit/video", {}, "invalid-action (gateway)"),
    "unknown path": ((), "nope", {}, "unknown-path (cometapi-errors, gateway, clients)"),
    "retired model": (("suno-news",), "submit/music", LYRICS, "retired-model (suno-news)"),
    "slash": (("gptbest",), "persona/create", PERSONA_BODY, "slash-path (gptbest, yutoai)"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_request_of_the_family_is_taken(caller: Caller, name: str) -> None:
    path, body = TAKEN[name]
    assert caller.post(f"/suno/{path}", body)
    assert not caller.gateway.violations


@pytest.mark.parametrize("name", TAKEN)
def test_profile_of_the_page_takes_the_same(name: str) -> None:
    path, body = TAKEN[name]
    assert Caller(Gateway(settings=Settings(profile=("seed",)))).post(f"/suno/{path}", body)


@pytest.mark.parametrize(
    "body", [REMASTER, {"task": "generate", "prompt": "x"}, {"task": "", **LYRICS}, {"task": None}]
)
def test_undescribed_task_is_taken_by_profile(body: dict[str, Any]) -> None:
    """The gateway software passes any `task` on."""
    for name in ("any-task", "gateway"):
        caller = Caller(Gateway(settings=Settings(profile=(name,))))
        assert caller.finished(caller.submit("music", body))["status"] == "SUCCESS"
        assert not caller.gateway.violations


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_names_rule_and_sources(name: str) -> None:
    profile, path, body, refusal = REFUSED[name]
    caller = Caller(Gateway(WITH_NOTES, settings=Settings(profile=profile)))
    reply = caller.send("POST", f"/suno/{path}", json.dumps(body).encode())
    assert reply.refusal == refusal
    assert caller.gateway.exchanges[-1].refusal == refusal


def test_refusals_cite_described_sources(caller: Caller, sources: set[str]) -> None:
    """Also those of the description's own evidence."""
    for path in ("persona/create", "submit/music", "submit/lyrics", "submit/concat", "uploads/audio-url", "fetch"):
        refusal = caller.send("POST", f"/suno/{path}", b"{}").refusal
        cited = set(re.findall(r"[a-z0-9-]+", refusal.partition("(")[2]))
        assert cited, path
        assert cited <= sources, path


def test_answer_that_is_no_refusal_names_none(caller: Caller) -> None:
    assert not caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode()).refusal


def test_profiles_of_the_documents_exist() -> None:
    """`make mock MOCK="--profile seed"` is in the README and in `make help`."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile")]
    named = {name for text in texts for name in re.findall(r"--profile ([a-z-]+)", text)}
    assert named == {"seed"}
    select_profiles(named)
