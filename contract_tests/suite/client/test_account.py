"""The account: balance, tasks and charges of both clients, and the second secret."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from cometapi_suno import (
    AccountTask,
    AuthenticationError,
    Balance,
    ConfigurationError,
    InvalidRequestError,
    SongFromLyrics,
    SunoClient,
    SunoError,
)
from cometapi_suno_mock import FINISHED_CLIP, Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.client.virtual_time_client import Stage
from contract_tests.suite.support.fake_transport import Reply
from contract_tests.suite.support.secret_leaks import KEY, TOKEN, find_leaks, render_error, render_object

FACES = ("sync", "async")


@pytest.fixture
def mock() -> Gateway:
    return Gateway(settings=Settings(keys=(KEY,), access_tokens=(TOKEN,), credits=1_000))


@pytest.fixture
def client(mock: Gateway) -> Iterator[SunoClient]:
    transport = GatewayTransport(mock)
    with SunoClient(api_key=KEY, access_token=TOKEN, base_url="http://127.0.0.1", http_client=transport) as made:
        yield made


def _reply(value: Any) -> Reply:
    return Reply(200, httpx.Response(200, json=value).content)


def test_balance_follows_what_was_done(client: SunoClient) -> None:
    """A song costs 0.144 US dollars by CometAPI's guide; the key has 1,000 credits, each a thousandth of a dollar."""
    full = Balance(of="key", limit=Decimal(1), used=Decimal(0), left=Decimal(1))
    assert client.account.balance() == full
    client.music.submit(SongFromLyrics(prompt="a", title="b", tags="c", mv="chirp-auk"))
    key, account = client.account.balance(), client.account.balance("account")
    assert (key.used, key.left, key.currency) == (Decimal("0.144"), Decimal("0.856"), "USD")
    assert (account.used, account.left, account.limit) == (Decimal("0.144"), Decimal("0.856"), Decimal(1))


def test_tasks_and_charges_follow_what_was_done(client: SunoClient) -> None:
    song = client.music.submit(SongFromLyrics(prompt="a", title="b", tags="c", mv="chirp-auk"))
    words = client.lyrics.submit(prompt="a prompt")
    client.personas.create(
        root_clip_id=FINISHED_CLIP, name="Ada", description="", clips=[FINISHED_CLIP], is_public=False
    )
    tasks = list(client.account.tasks())
    assert [(task.task_id, task.action, task.cost) for task in tasks] == [
        (words, "LYRICS", Decimal("0.02")),
        (song, "MUSIC", Decimal("0.144")),
    ]
    assert [task.task_id for task in client.account.tasks(action="MUSIC")] == [song]
    assert [task.task_id for task in client.account.tasks(task_id=str(words))] == [words]
    assert list(client.account.tasks(until=1)) == []
    charges = list(client.account.charges())
    assert [charge.quota for charge in charges] == [500, 10_000, 72_000]
    assert len({charge.request_id for charge in charges}) == 3


def test_refunded_task_costs_nothing(client: SunoClient, mock: Gateway) -> None:
    mock.state.next_failures.append("no luck")
    client.music.submit(SongFromLyrics(prompt="a", title="b", tags="c", mv="chirp-auk"))
    mock.state.finish_all()
    assert [task.cost for task in client.account.tasks()] == [0]
    assert client.account.balance().used == 0


@pytest.mark.parametrize("face", FACES)
def test_key_without_limit_is_unlimited(face: str) -> None:
    stage = Stage(
        face, lambda request: _reply({"hard_limit_usd": 1e8} if "sub" in request.url.path else {"total_usage": 50})
    )
    balance = stage.run(stage.client.account.balance())
    assert balance == Balance(of="key", limit=None, used=Decimal("0.5"), left=None, unlimited=True)
    with pytest.raises(InvalidRequestError, match="'key' or 'account'"):
        stage.run(stage.client.account.balance("both"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def _read_tasks(page: Any) -> list[AccountTask]:
    stage = Stage("sync", lambda _: _reply({"success": True, "data": page}), access_token=TOKEN)
    return stage.events(stage.client.account.tasks())


@pytest.mark.parametrize("name", ["quota", "platform", "action", "model_name", "submit_time", "finish_time"])
@pytest.mark.parametrize("value", ["", [], {"a": 1}, True])
def test_optional_field_of_a_row_may_be_anything(name: str, value: Any) -> None:
    """`reconcile` compares these fields with numbers and texts."""
    (task,) = _read_tasks([{"task_id": "t", name: value}])
    attribute = {"model_name": "model", "submit_time": "submitted_at", "finish_time": "finished_at"}.get(name, name)
    assert getattr(task, attribute) in ((None, "") if isinstance(value, str) else (None,))
    assert task.row.to_dict() == {"task_id": "t", name: value}
    assert _read_tasks([{"task_id": "t", "quota": 72000.0}])[0].cost == Decimal("0.144")


@pytest.mark.parametrize("page", [{"items": [None]}, {"items": [1], "total": "x"}])
def test_row_that_is_not_an_object_is_an_error(page: Any) -> None:
    """A row that is left out could be the charge that `reconcile` looks for."""
    with pytest.raises(SunoError, match="expected"):
        _read_tasks(page)


def _row(number: int) -> dict[str, Any]:
    return {"task_id": f"t{number}", "quota": 500_000 * number, "submit_time": number}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    ("shape", "requests"), [("list", 4), ("page", 3), ("page without total", 4), ("all at once", 2)]
)
def test_every_page_is_read_once_in_either_shape(face: str, shape: str, requests: int) -> None:
    """A page without rows is the last one, and so is one that repeats the one before: no paging at all."""
    rows = [_row(number) for number in range(7)]

    def answer(request: httpx.Request) -> Reply:
        page = int(request.url.params["p"])
        part = rows if shape == "all at once" else rows[3 * page - 3 : 3 * page]
        paged = {"items": part} | ({"total": 7} if shape == "page" else {})
        return _reply({"success": True, "data": paged if shape.startswith("page") else part})

    stage = Stage(face, answer, access_token=TOKEN)
    found = stage.events(stage.client.account.tasks())
    assert [(task.task_id, task.cost) for task in found] == [(f"t{number}", number) for number in range(7)]
    assert len(stage.line.requests) == requests


def test_rows_that_move_to_the_next_page_are_not_read_twice() -> None:
    rows = [{"created_at": number, "quota": number} for number in range(6, 0, -1)]

    def answer(request: httpx.Request) -> Reply:
        if request.url.params["p"] == "2":
            rows.insert(0, {"created_at": 7, "quota": 7})
        page = int(request.url.params["p"])
        return _reply({"data": {"total": len(rows), "items": rows[2 * page - 2 : 2 * page]}})

    stage = Stage("sync", answer, access_token=TOKEN)
    assert [charge.quota for charge in stage.events(stage.client.account.charges())] == [6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("face", FACES)
def test_call_without_access_token_sends_nothing(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMETAPI_ACCESS_TOKEN")
    stage = Stage(face, lambda _: _reply({}))
    with pytest.raises(ConfigurationError, match="access_token=") as refused:
        stage.run(stage.client.account.user())
    assert "COMETAPI_ACCESS_TOKEN" in str(refused.value)
    assert stage.line.requests == []


@pytest.mark.parametrize("token", ["Bearer x", "two words", 7])
def test_unusable_access_token_is_refused(token: Any) -> None:
    with pytest.raises(ConfigurationError, match="access_token") as refused:
        SunoClient(api_key=KEY, access_token=token)
    assert str(token) not in str(refused.value).replace("'Bearer '", "")


@pytest.mark.parametrize("face", FACES)
def test_token_goes_to_its_own_paths_only(face: str) -> None:
    stage = Stage(face, lambda _: _reply({"data": [], "hard_limit_usd": 1, "total_usage": 1}), access_token=TOKEN)
    stage.events(stage.client.account.tasks())
    stage.events(stage.client.account.charges())
    stage.run(stage.client.account.balance())
    sent = [(request.url.path, request.headers.get_list("authorization")) for request in stage.line.requests]
    assert sent == [
        ("/api/task/self", [f"Bearer {TOKEN}"]),
        ("/api/log/self", [f"Bearer {TOKEN}"]),
        ("/v1/dashboard/billing/subscription", [f"Bearer {KEY}"]),
        ("/v1/dashboard/billing/usage", [f"Bearer {KEY}"]),
    ]


@pytest.mark.parametrize("face", FACES)
def test_neither_secret_is_shown(face: str) -> None:
    """A server sends both back, in an error of each call."""
    body = {"error": {"message": f"no {KEY} and {TOKEN}", "code": "x"}}
    stage = Stage(face, lambda _: Reply(401, httpx.Response(401, json=body).content), access_token=TOKEN)
    for call in (stage.client.account.user, stage.client.account.usage):
        with pytest.raises(AuthenticationError) as refused:
            stage.run(call())
        shown = [*render_error(refused.value), pickle.dumps(refused.value)]
        assert find_leaks(*shown) == []
        assert not any(TOKEN in (each.decode("latin-1") if isinstance(each, bytes) else each) for each in shown)
        assert "[the API key] and [the access token]" in str(refused.value)
    assert not any(TOKEN in each for each in render_object(stage.client))
