"""A value whose end is on record is sent with a warning, once in a process."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from cometapi_suno import (
    AsyncSunoClient,
    MusicModel,
    RetiredValueWarning,
    SongFromLyrics,
    SongWithPersona,
    SunoClient,
)
from cometapi_suno._retired_values import WARNED, warn_of_retired
from cometapi_suno_mock import Gateway, Settings
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.support.loaded_spec import WITH_NOTES

LIVES: dict[str, dict[str, Any]] = WITH_NOTES["components"]["schemas"]["MusicModel"]["x-availability"]
ENDED = [value for value, life in LIVES.items() if "until" in life and "x-doubt" not in life]
CURRENT = [value for value, life in LIVES.items() if "until" not in life]


@pytest.fixture(autouse=True)
def nothing_warned_of() -> Iterator[None]:
    """Each test is a process that has warned of nothing yet."""
    before = set(WARNED)
    WARNED.clear()
    yield
    WARNED.clear()
    WARNED.update(before)


@pytest.fixture
def client() -> Iterator[SunoClient]:
    with SunoClient(api_key="sk-mock", http_client=GatewayTransport(Gateway(settings=Settings(polls=0)))) as made:
        yield made


def song(mv: Any) -> SongFromLyrics:
    return SongFromLyrics(prompt="la", mv=mv)


@pytest.mark.parametrize("value", [*ENDED, "chirp-v3.0", "chirp-v5"])
def test_retired_value_is_warned_of(value: str, client: SunoClient) -> None:
    """An alias of a value is that value. The warning names the line of the caller, and the day where it is known."""
    with pytest.warns(RetiredValueWarning) as caught:
        client.music.submit(song(value))
    (warning,) = caught
    assert warning.filename == __file__
    text = str(warning.message)
    assert text.startswith(f"music.submit: mv is {value!r}, whose end is on record")
    until = LIVES.get(value, {}).get("until")
    assert until in (None, "undated") or until in text


@pytest.mark.parametrize("value", [*CURRENT, "chirp-auk", "chirp-of-tomorrow"])
def test_other_value_is_not_warned_of(value: str, client: SunoClient) -> None:
    """Also one whose end another source contests: CometAPI's own page demands `chirp-auk`."""
    client.music.submit(song(value))
    client.music.submit(SongFromLyrics(prompt="la"))


def test_value_is_warned_of_once(client: SunoClient) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for mv in (MusicModel.CHIRP_V3_0, "chirp-v3-0", MusicModel.CHIRP_V4, "chirp-v4"):
            client.music.submit(song(mv))
            client.music.with_raw_response.submit(song(mv))
    assert [str(each.message).split("'")[1] for each in caught] == ["chirp-v3-0", "chirp-v4"]


def test_warning_as_error_sends_nothing() -> None:
    """Under `-W error` the call ends before anything is sent and paid for."""
    gateway = Gateway()
    with (
        SunoClient(api_key="sk-mock", http_client=GatewayTransport(gateway)) as client,
        pytest.raises(RetiredValueWarning),
    ):
        client.music.submit(song("chirp-v3-5"))
    assert not gateway.exchanges


def test_persona_from_song_is_not_warned_of(client: SunoClient) -> None:
    """CometAPI's page demands the model that `create_from_song` fills in, and those for a song with a persona."""
    made = client.personas.create_from_song(SongFromLyrics(prompt="la"), name="Ada", description="", is_public=False)
    request = SongWithPersona(
        persona_id=made.persona.id, artist_clip_id=made.clip.id, prompt="la", tags="", negative_tags="",
        mv="chirp-v4-tau", title="la",
    )  # fmt: skip
    client.music.submit(request)


def test_async_caller_is_named() -> None:
    async def submit() -> None:
        async with AsyncSunoClient(api_key="sk-mock", http_client=GatewayTransport(Gateway())) as client:
            await client.music.submit(song("chirp-v4"))

    with pytest.warns(RetiredValueWarning) as caught:
        asyncio.run(submit())
    assert caught[0].filename == __file__


@pytest.mark.parametrize("value", [None, 4, ["chirp-v4"], {"mv": "chirp-v4"}, object()])
def test_value_of_another_type_is_left_to_the_service(value: object) -> None:
    """The check never fails by itself; of a list it looks at the values."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warn_of_retired("music.submit", "mv", "MusicModel", value)
    assert len(caught) == (value == ["chirp-v4"])
