"""The same seed and the same requests give the same bytes; another seed gives other ids."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime

import pytest
from cometapi_suno_mock import FINISHED_CLIP, FINISHED_TASK, Gateway, Settings, media

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller


def _journey(gateway: Gateway) -> list[tuple[bytes, dict[str, str]]]:
    caller = Caller(gateway)
    made = caller.send("POST", "/suno/submit/music", b'{"prompt": "x"}')
    task_id = json.loads(made.body)["data"]
    replies = [
        made,
        *(caller.send("GET", f"/suno/fetch/{task_id}") for _ in range(5)),
        caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode()),
        caller.send("GET", f"/suno/act/timing/{FINISHED_CLIP}"),
        caller.send("GET", f"/suno/fetch/{FINISHED_TASK}"),
        caller.send("GET", "/suno/fetch/unknown", authorization="wrong"),
        caller.send("GET", "/api/log/self"),
    ]
    return [(reply.body, dict(reply.headers)) for reply in replies]


@pytest.mark.parametrize("seed", [0, 7])
def test_equal_seeds_give_equal_bytes(seed: int) -> None:
    first, second = (_journey(Gateway(settings=Settings(seed=seed))) for _ in range(2))
    assert first == second


def test_bytes_do_not_depend_on_orjson(monkeypatch: pytest.MonkeyPatch, gateway: Gateway) -> None:
    fast = _journey(gateway)
    monkeypatch.setattr(media, "_dumps", media.write_plainly)
    assert _journey(Gateway()) == fast


def test_reset_gateway_replies_as_new(gateway: Gateway) -> None:
    first = _journey(gateway)
    gateway.reset()
    assert _journey(gateway) == first


def test_other_seed_gives_other_ids() -> None:
    first, second = (_journey(Gateway(settings=Settings(seed=seed))) for seed in (0, 1))
    assert first[0][0] != second[0][0]
    assert first[0][1]["x-oneapi-request-id"] != second[0][1]["x-oneapi-request-id"]


def test_account_shows_the_time_of_the_gateway(gateway: Gateway) -> None:
    """The second of the last request, by which the rows of the account are dated too."""
    caller = Caller(gateway)
    caller.send("POST", "/suno/persona/create", json.dumps(PERSONA_BODY).encode())
    reply = caller.send("GET", "/api/log/self")
    (row,) = json.loads(reply.body)["data"]["items"]
    assert parsedate_to_datetime(reply.headers["date"]).timestamp() == row["created_at"] + 1


def test_request_ids_are_unique(gateway: Gateway) -> None:
    replies = [headers["x-oneapi-request-id"] for _ in range(3) for _, headers in _journey(gateway)]
    assert len(set(replies)) == len(replies)
