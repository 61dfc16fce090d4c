"""Credits are reserved at submit, settled at success, refunded at failure, and never lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Gateway, Settings

from contract_tests.suite.mock.conftest import PERSONA_BODY, STEMS_BODY, Caller

Balance = Callable[[], dict[str, int]]


def test_song_is_reserved_then_settled(caller: Caller, balance: Balance) -> None:
    start = balance()["balance"]
    task_id = caller.submit("music", {"prompt": "x"})
    assert (balance()["balance"], balance()["reserved"], balance()["spent"]) == (start - 144, 144, 0)
    caller.finished(task_id)
    assert (balance()["balance"], balance()["reserved"], balance()["spent"]) == (start - 144, 0, 144)


def test_failed_song_is_refunded(caller: Caller, balance: Balance, gateway: Gateway) -> None:
    start = balance()["balance"]
    gateway.state.next_failures.append("no")
    caller.finished(caller.submit("music", {"prompt": "x"}))
    assert (balance()["balance"], balance()["reserved"], balance()["spent"]) == (start, 0, 0)


def test_persona_is_charged_at_once(caller: Caller, balance: Balance) -> None:
    caller.post("/suno/persona/create", PERSONA_BODY)
    assert balance()["spent"] == 1


def test_timing_is_charged_files_are_free(caller: Caller, balance: Balance) -> None:
    """Only for timing does a sister gateway name a price: 0.01, the smallest that it has."""
    for kind in ("wav", "mp4"):
        caller.get(f"/suno/act/{kind}/{FINISHED_CLIP}")
    assert balance()["spent"] == 0
    caller.get(f"/suno/act/timing/{FINISHED_CLIP}")
    assert balance()["spent"] == 1


def test_refused_call_is_free(caller: Caller, balance: Balance) -> None:
    caller.refused("/suno/persona/create", PERSONA_BODY | {"root_clip_id": "x"})
    caller.refused("/suno/submit/lyrics", {"prompt": ""})
    assert balance()["spent"] == balance()["reserved"] == 0


def test_polling_is_free(caller: Caller, balance: Balance) -> None:
    caller.look(FINISHED_TASK)
    caller.post("/suno/fetch", {"ids": [FINISHED_TASK], "action": "MUSIC"})
    assert balance()["spent"] == 0


def test_prices_are_those_on_record(caller: Caller, balance: Balance) -> None:
    """CometAPI's guide: 0.144 USD a song, 0.04 an extension, 0.02 for lyrics and an upload; a credit is 0.001 USD."""
    extension = {"task": "extend", "task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP, "continue_at": 9}
    for action, body, price in (
        ("music", extension, 40),
        ("music", {"prompt": "x"}, 144),
        ("lyrics", {"prompt": "x"}, 20),
    ):
        before = balance()["reserved"]
        caller.submit(action, body)
        assert balance()["reserved"] - before == price
    caller.post("/suno/uploads/audio-url", {"url": "https://example.com/a.mp3"})
    assert balance()["reserved"] == 40 + 144 + 20 + 20


def test_stems_cost_one_or_five_songs(caller: Caller, balance: Balance) -> None:
    """Sources deerapi and gptbest."""
    body = STEMS_BODY | {"task_id": FINISHED_TASK, "continue_clip_id": FINISHED_CLIP}
    caller.submit("music", {"prompt": "x"})
    song = balance()["reserved"]
    caller.submit("music", body | {"stem_task": "two", "stem_type_group_name": "Two"})
    assert balance()["reserved"] == 2 * song
    caller.submit("music", body | {"stem_task": "twelve", "stem_type_group_name": "Twelve"})
    assert balance()["reserved"] == 7 * song


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/suno/persona/create", PERSONA_BODY),
        ("/suno/submit/music", {"prompt": "x"}),
        ("/suno/submit/lyrics", {"prompt": "x"}),
    ],
)
def test_empty_balance_refuses_paid_call(path: str, body: dict[str, object]) -> None:
    """Source gateway: 403 with the task body."""
    caller = Caller(Gateway(settings=Settings(credits=0)))
    expected = {"code": "quota_not_enough", "message": "user quota is not enough", "data": None}
    assert caller.refused(path, body) == (403, expected)
    assert caller.look(FINISHED_TASK)["status"] == "SUCCESS"


def test_prices_are_configurable() -> None:
    gateway = Gateway(settings=Settings(credits=10, prices={"createPersona": 10}))
    caller = Caller(gateway)
    caller.post("/suno/persona/create", PERSONA_BODY)
    assert caller.refused("/suno/persona/create", PERSONA_BODY)[0] == 403


def test_each_key_has_its_own_account() -> None:
    gateway = Gateway(settings=Settings(keys=("sk-a", "Bearer sk-b"), credits=1))
    Caller(gateway, "sk-a").post("/suno/persona/create", PERSONA_BODY)
    assert Caller(gateway, "sk-a").refused("/suno/persona/create", PERSONA_BODY)[0] == 403
    Caller(gateway, "sk-b").post("/suno/persona/create", PERSONA_BODY)
