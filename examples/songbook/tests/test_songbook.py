"""The service against the mock gateway: no key, no network, and things that go wrong on purpose."""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import songbook
from cometapi_suno_mock import Gateway
from fastapi.testclient import TestClient
from songbook import create_app

SONG = {"title": "Hush", "lyrics": "[Verse]\nhush", "style": "lullaby"}
Book = dict[str, list[dict[str, Any]]]


@pytest.fixture
def open_book(
    suno_mock: Gateway, suno_mock_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], TestClient]:
    """Start the service; a second start finds what the first one wrote down."""
    monkeypatch.setenv("COMETAPI_BASE_URL", suno_mock_url)
    monkeypatch.setenv("COMETAPI_KEY", suno_mock.settings.keys[0])
    return lambda: TestClient(create_app(tmp_path))


def order(service: TestClient, kind: str, body: dict[str, Any], status: int = 202) -> str:
    key = str(uuid4())
    assert service.put(f"/{kind}/{key}", json=body).status_code == status
    return key


def look(service: TestClient, until: Callable[[Book], bool] = lambda book: True) -> Book:
    """The book, as soon as it is as wanted."""
    for _ in range(100):
        book: Book = service.get("/book").json()
        if until(book):
            return book
        time.sleep(0.05)
    raise AssertionError(book)


def songs_are(state: str) -> Callable[[Book], bool]:
    return lambda book: {song["state"] for song in book["songs"]} == {state}


def called(gateway: Gateway) -> list[str]:
    return [exchange.operation for exchange in gateway.exchanges if exchange.operation]


def test_song_becomes_voice_that_sings(open_book: Callable[[], TestClient], suno_mock: Gateway) -> None:
    with open_book() as service:
        song = order(service, "songs", SONG)
        look(service, songs_are("ready"))
        voice = order(service, "voices", {"name": "Ada", "song_id": song}, 201)
        order(service, "songs", SONG | {"voice_id": voice})
        book = look(service, songs_are("ready"))
        audio = service.get(f"/songs/{song}/audio")
    assert called(suno_mock) == ["submitMusic", "fetchTask", "createPersona", "submitMusic", "fetchTask"]
    assert all(song["task_id"] and song["clip_id"] for song in book["songs"])
    assert book["voices"][0]["persona_id"]
    assert audio.headers["content-type"] == "audio/mpeg"
    assert audio.content.startswith(b"\xff\xfb")


@pytest.mark.parametrize(
    ("fault", "state", "status"),
    [("reset=after", "unclear", 504), ("invalid-json=yes", "unclear", 504), ("status=403", "failed", 502)],
)
def test_failed_order_is_written_down_and_not_sent_again(
    fault: str, state: str, status: int, open_book: Callable[[], TestClient], suno_mock: Gateway
) -> None:
    suno_mock.faults.add(f"{fault}; operation=submitMusic")
    key = str(uuid4())
    with open_book() as service:
        assert service.put(f"/songs/{key}", json=SONG).status_code == status
        assert service.put(f"/songs/{key}", json=SONG).status_code == 202
    with open_book() as service:
        (song,) = look(service)["songs"]
    assert (song["state"], bool(song["note"])) == (state, True)
    assert called(suno_mock) == ["submitMusic"]


def test_same_order_twice_is_one_order(open_book: Callable[[], TestClient], suno_mock: Gateway) -> None:
    key = str(uuid4())
    with open_book() as service:
        for _ in range(2):
            assert service.put(f"/songs/{key}", json=SONG).status_code == 202
    assert called(suno_mock).count("submitMusic") == 1


def test_song_is_waited_for_after_a_restart(open_book: Callable[[], TestClient], suno_mock: Gateway) -> None:
    """The first service stops while the gateway still has trouble with the task."""
    suno_mock.faults.add("status=401; operation=fetchTask; times=1")
    with open_book() as service:
        order(service, "songs", SONG)
        look(service, lambda book: bool(book["songs"][0]["note"]))
    with open_book() as service:
        (song,) = look(service, songs_are("ready"))["songs"]
    assert song["task_id"]
    assert called(suno_mock) == ["submitMusic", "fetchTask", "fetchTask"]


def test_stop_while_sending_is_unclear(
    open_book: Callable[[], TestClient], suno_mock: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash: the row is there before the order is sent, and no answer was written down."""

    async def crash(book: object, kind: object, key: str, call: Coroutine[Any, Any, str]) -> None:
        call.close()
        raise RuntimeError("crash")

    with monkeypatch.context() as patch, open_book() as service:
        patch.setattr(songbook.Songbook, "_pay", crash)
        with pytest.raises(RuntimeError, match="crash"):
            service.put(f"/songs/{uuid4()}", json=SONG)
        assert look(service)["songs"][0]["state"] == "sending"
    with open_book() as service:
        (song,) = look(service)["songs"]
    assert song["state"] == "unclear"
    assert called(suno_mock) == []


def test_failed_task_says_why(open_book: Callable[[], TestClient], suno_mock: Gateway) -> None:
    suno_mock.faults.add("fail-task=too loud; operation=submitMusic")
    with open_book() as service:
        order(service, "songs", SONG)
        (song,) = look(service, songs_are("failed"))["songs"]
    assert "too loud" in song["note"]


def test_voice_needs_a_finished_song(open_book: Callable[[], TestClient], suno_mock: Gateway) -> None:
    with open_book() as service:
        order(service, "voices", {"name": "Ada", "song_id": str(uuid4())}, 404)
        order(service, "songs", SONG | {"voice_id": str(uuid4())}, 404)
        order(service, "songs", SONG | {"title": ""}, 422)
    assert called(suno_mock) == []
