"""An answer of the service that confirms one side of a contested fact settles it; the next run is clean."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from cometapi_suno_mock import Contract
from ruamel.yaml import YAML

from contract_tests.suite.support.loaded_spec import CONTRACT, DESCRIPTION
from contract_tests.suite.verifier.example_runs import DAY, exchange
from contract_tests.verifier.drift_detector import DriftDetector
from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.exchange.recordings import read_recordings
from contract_tests.verifier.proposals.proposals import make_overlay
from scripts.description_file import DEFAULT, load
from scripts.openapi_document import look_up
from scripts.overlay.__main__ import main as apply_overlay

TASK: dict[str, Any] = {"task_id": "t", "status": "SUCCESS"}
WORDS: dict[str, Any] = {"aligned_words": []}
WAV = "https://example.com/a.wav"
HOOK = "/components/schemas/Task/properties/notify_hook"
CER = "/components/schemas/Timing/properties/hoot_cer"
LIST = "/paths/~1suno~1fetch/post/responses/200"
MP4 = "/paths/~1suno~1act~1mp4~1{clip_id}/get/responses/200"
WAVE = "/paths/~1suno~1act~1wav~1{clip_id}/get/responses/200"


def enveloped(data: Any) -> dict[str, Any]:
    return {"code": "success", "message": "", "data": data}


def answer(operation: str, body: Any, media: str = "application/json") -> HttpExchange:
    """An answer of the service to a live run."""
    made = exchange(operation, 200, body, "2026-11-27T10:00:00Z", **{"content-type": media})
    return evolve(made, origin="recorded", target="api.cometapi.com")


# The fact, an answer of either side, and what its entries are then: corroborated, or only documented.
SIDES: list[tuple[str, HttpExchange, list[str]]] = [
    (HOOK, answer("fetchTask", enveloped({**TASK, "notify_hook": ""})), ["corroborated", "documented"]),
    (HOOK, answer("fetchTask", enveloped(TASK)), ["documented", "corroborated"]),
    (CER, answer("getTiming", {**WORDS, "hoot_cer": 0.0356}), ["documented", "corroborated"]),
    (CER, answer("getTiming", {**WORDS, "hoot_cer": 1}), ["corroborated", "documented"]),
    (LIST, answer("fetchTasks", enveloped([TASK])), ["documented", "corroborated"]),
    (LIST, answer("fetchTasks", enveloped([TASK]), "text/plain"), ["corroborated", "documented"]),
    (MP4, answer("getMp4", {"mp4": "x"}), ["corroborated", "documented", "documented"]),
    (MP4, answer("getMp4", enveloped({"mp4_file_url": "x"})), ["documented", "corroborated", "documented"]),
    (WAVE, answer("getWav", enveloped(WAV)), ["corroborated", "corroborated", "documented", "documented"]),
    (WAVE, answer("getWav", {"wav_file_url": WAV}), ["documented", "corroborated", "corroborated", "documented"]),
]


def settle(*answers: HttpExchange, contract: Contract = CONTRACT) -> dict[str, Any]:
    report = DriftDetector(contract).observe_all(answers).report(day=DAY)
    return {each.pointer: each for each in report.settled}


@pytest.mark.parametrize("side", [0, 1])
def test_confirmed_sides_settle_the_facts(side: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The overlay is accepted, the description stays clean, and the same answers propose nothing more."""
    sides = SIDES[side::2]
    pointers, answers = {pointer for pointer, _, _ in sides}, [seen for _, seen, _ in sides]
    settled = settle(*answers)
    assert pointers == {HOOK, CER, LIST, MP4, WAVE} <= settled.keys()
    overlay = make_overlay(DESCRIPTION, [], "Settled", DAY, [settled[pointer] for pointer in pointers])
    shutil.copytree(DEFAULT.parent, tmp_path / "openapi")
    monkeypatch.chdir(tmp_path)
    with Path("overlay.yaml").open("w", encoding="utf-8") as stream:
        writer: Any = YAML()
        writer.dump(overlay, stream)
    assert apply_overlay(["overlay.yaml", "--description", "openapi/suno.yaml"]) == 0  # and it is lint-clean
    accepted = load(tmp_path / "openapi" / "suno.yaml")
    for pointer, _, statuses in sides:
        node = look_up(accepted.data, pointer)
        assert "x-doubt" not in node
        assert [each["status"] for each in node["x-evidence"]] == [*statuses, "observed"]
        assert node["x-evidence"][-1]["source"] == "api-cometapi-com-2026-11-27"
    assert pointers.isdisjoint(settle(*answers, contract=Contract(accepted.bundled())))


def test_answers_of_both_sides_settle_nothing() -> None:
    by_pointer: dict[str, list[HttpExchange]] = {}
    for pointer, seen, _ in SIDES:
        by_pointer.setdefault(pointer, []).append(seen)
    for pointer, answers in by_pointer.items():
        assert pointer not in settle(*answers)


@pytest.mark.parametrize("changes", [{"origin": "mock"}, {"origin": "documented"}, {"target": "gptbest"}])
def test_only_the_service_settles(changes: dict[str, Any]) -> None:
    """The mock proves nothing, and a page or a sister gateway is evidence already."""
    assert settle(*(evolve(seen, **changes) for _, seen, _ in SIDES[::2])) == {}


def test_recordings_of_sisters_settle_nothing() -> None:
    assert settle(*read_recordings()) == {}


def test_error_settles_nothing() -> None:
    refused = exchange("fetchTask", 400, {"code": "task_not_exist", "message": "x", "data": {}}, "2026-11-27")
    assert settle(evolve(refused, origin="recorded", target="api.cometapi.com")) == {}
