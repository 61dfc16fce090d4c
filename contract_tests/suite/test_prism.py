"""Does an independent validator agree? Prism as a proxy between client and mock finds no violation.

With `--errors`, Prism replaces an exchange that breaks the description by a problem document. Refusals of the mock are
validated like any other answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cometapi_suno import (
    BadRequestError,
    Clip,
    InstrumentalSong,
    SongFromDescription,
    SongFromLyrics,
    SongWithPersona,
    SunoClient,
)
from cometapi_suno_mock import DEMO_KEY, EXTENDED_CLIP, FINISHED_CLIP, FINISHED_TASK, UPLOADED_CLIP, Gateway, Settings

from contract_tests.load.server_processes import install_prism, serve_prism
from contract_tests.suite.support.wheel import ROOT

pytestmark = pytest.mark.slow

DESCRIPTION = ROOT / "generated" / "openapi.json"


@pytest.fixture(scope="module")
def prism(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Prism command, installed for this run."""
    return install_prism(tmp_path_factory.mktemp("prism"))


@pytest.fixture(scope="module")
def gateway_behind(prism: Path) -> Iterator[tuple[Gateway, str]]:
    """A gateway, and the URL of the Prism proxy in front of it."""
    gateway = Gateway(settings=Settings(polls=1))
    with gateway.serve() as upstream, serve_prism(prism, "proxy", str(DESCRIPTION), upstream) as server:
        yield gateway, server.url


@pytest.fixture
def client(gateway_behind: tuple[Gateway, str]) -> Iterator[SunoClient]:
    with SunoClient(api_key=DEMO_KEY, access_token=DEMO_KEY, base_url=gateway_behind[1], retries=0) as client:
        yield client


def test_workflow_passes_prism(client: SunoClient) -> None:
    song = SongFromLyrics(prompt="[Verse]\nhush", mv="chirp-auk", title="Hush", tags="pop")
    made = client.personas.create_from_song(song, name="Ada", description="", is_public=False)
    sung = SongWithPersona(
        persona_id=made.persona.id,
        artist_clip_id=made.clip.id,
        prompt="la",
        tags="pop",
        negative_tags="",
        mv="chirp-auk",
        title="La",
    )
    task = client.tasks.wait(str(client.music.submit(sung)))
    assert isinstance(task.data, list)
    assert isinstance(task.data[0], Clip)


def test_other_operations_pass_prism(client: SunoClient, gateway_behind: tuple[Gateway, str]) -> None:
    gateway = gateway_behind[0]
    client.music.submit(SongFromDescription(gpt_description_prompt="a lullaby", mv="chirp-auk"))
    client.music.submit(InstrumentalSong(mv="chirp-auk", tags="pop", title="t", prompt="", make_instrumental=True))
    client.music.concat(clip_id=EXTENDED_CLIP)
    client.tasks.wait(client.lyrics.submit(prompt="the moon"))
    client.uploads.submit(url="https://example.com/a.mp3")
    assert client.tasks.list(ids=[FINISHED_TASK], action="MUSIC")[0].task_id == FINISHED_TASK
    for call in (client.clips.timing, client.clips.wav, client.clips.mp4):
        call(FINISHED_CLIP)
    assert client.account.balance().of == "key"
    assert client.account.balance("account").of == "account"
    assert next(client.account.tasks()).action == "MUSIC"
    assert next(client.account.charges()).quota > 0
    called = {exchange.operation for exchange in gateway.exchanges}
    assert called >= set(gateway.contract.operations) - {"createPersona"}


def test_mock_refusal_passes_prism(client: SunoClient) -> None:
    with pytest.raises(BadRequestError) as refused:
        client.personas.create(
            root_clip_id=UPLOADED_CLIP, name="n", description="", clips=[UPLOADED_CLIP], is_public=False
        )
    assert "sl-violations" not in refused.value.response.headers


def test_prism_catches_bad_request(gateway_behind: tuple[Gateway, str]) -> None:
    headers = {"Authorization": f"Bearer {DEMO_KEY}"}
    answer = httpx.post(f"{gateway_behind[1]}/suno/persona/create", json={"name": 1}, headers=headers)
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_prism_catches_bad_answer(gateway_behind: tuple[Gateway, str]) -> None:
    gateway, url = gateway_behind
    headers = {"Authorization": f"Bearer {DEMO_KEY}"}
    number = gateway.faults.add("drop=/data/task_id; operation=fetchTask")
    answer = httpx.get(f"{url}/suno/fetch/{FINISHED_TASK}", headers=headers)
    gateway.faults.remove(number)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("application/problem+json")


def test_client_reads_prism_mock(prism: Path) -> None:
    with (
        serve_prism(prism, "mock", str(DESCRIPTION)) as server,
        SunoClient(api_key=DEMO_KEY, base_url=server.url, retries=0) as client,
    ):
        assert client.personas.create(
            root_clip_id=FINISHED_CLIP, name="n", description="", clips=[FINISHED_CLIP], is_public=True
        ).id
        assert client.tasks.get(FINISHED_TASK).task_id
        assert client.music.submit(SongFromLyrics(prompt="x"))
        for call in (client.clips.timing, client.clips.wav, client.clips.mp4):
            assert call(FINISHED_CLIP)
