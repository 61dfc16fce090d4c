"""The files of clips have addresses of the gateway, so a download in a test stays on the machine."""

from __future__ import annotations

import asyncio
import re

import httpx
import pytest
import respx
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, FINISHED_TASK, Gateway, Settings
from cometapi_suno_mock.http_messages import HttpRequest
from cometapi_suno_mock.httpx_transport import GatewayTransport
from cometapi_suno_mock.respx_routes import add_routes
from starlette.applications import Starlette
from starlette.routing import Mount

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller

HEADERS = {"Authorization": f"Bearer {DEMO_KEY}"}
SIGNATURES = {
    "audio/mpeg": rb"\xff\xfb",
    "audio/wav": rb"RIFF....WAVEfmt ",
    "video/mp4": rb"....ftypisom",
    "image/jpeg": rb"\xff\xd8\xff.*\xff\xda",
    "image/webp": rb"RIFF....WEBPVP8 ",
}
"""How a file of each type starts."""


def check_download(response: httpx.Response) -> None:
    media = response.headers["content-type"]
    assert response.status_code == 200
    assert re.match(SIGNATURES[media], response.content, re.DOTALL), (media, response.content[:20])
    assert len(response.content) < 1000


def test_every_url_of_a_reply_is_served(gateway: Gateway) -> None:
    with gateway.serve() as base, httpx.Client(base_url=base, headers=HEADERS) as client:
        replies = [
            client.get(f"/suno/fetch/{FINISHED_TASK}"),
            client.post("/suno/persona/create", json=PERSONA_BODY),
            client.get(f"/suno/act/mp4/{FINISHED_CLIP}"),
            client.get(f"/suno/act/wav/{FINISHED_CLIP}"),
        ]
        found = {url for reply in replies for url in re.findall(r'https?://[^"]+', reply.text)}
        assert {url.rpartition(".")[2] for url in found} == {"mp3", "wav", "mp4", "jpeg", "webp"}
        for url in found:
            assert url.startswith(f"{base}/files/")
            check_download(httpx.get(url))
        assert httpx.head(f"{base}/files/{FINISHED_CLIP}.mp3").headers["content-length"] != "0"
    assert list(gateway.violations) == []


def test_download_stays_in_process(gateway: Gateway) -> None:
    with httpx.Client(transport=GatewayTransport(gateway), headers=HEADERS) as client:
        url = client.get(f"http://mock.test/suno/act/wav/{FINISHED_CLIP}").json()["wav_file_url"]
        assert url.startswith("http://mock.test/")
        check_download(client.get(url))


def test_download_stays_behind_respx(respx_mock: respx.MockRouter, gateway: Gateway) -> None:
    add_routes(respx_mock, gateway)
    found = httpx.get(f"https://api.cometapi.com/suno/act/mp4/{FINISHED_CLIP}", headers=HEADERS)
    check_download(httpx.get(found.json()["mp4"]))


def test_url_has_mount_path(gateway: Gateway) -> None:
    app = Starlette(routes=[Mount("/api", app=gateway)])

    async def download() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), headers=HEADERS) as client:
            url = (await client.get(f"http://t:81/api/suno/act/wav/{FINISHED_CLIP}")).json()["wav_file_url"]
            assert url.startswith("http://t:81/api/files/")
            return await client.get(url)

    check_download(asyncio.run(download()))


@pytest.mark.parametrize("path", ["/files/", "/files/x.mp3", f"/files/{FINISHED_CLIP}.exe", f"/files/{FINISHED_CLIP}"])
def test_unknown_file_is_404(caller: Caller, path: str) -> None:
    assert caller.send("GET", path).status == 404


def test_unfinished_clip_has_no_audio_url(caller: Caller) -> None:
    """Its image exists from the start, as at Suno."""
    task = caller.gateway.state.tasks.get(caller.submit("music", {"prompt": "x"}))
    assert task is not None
    view = task.clips[0].view("http://127.0.0.1")
    assert (view["audio_url"], view["video_url"]) == ("", "")
    assert caller.send("GET", view["image_url"].removeprefix("http://127.0.0.1")).media == "image/jpeg"


def test_forbidden_audio_is_403() -> None:
    caller = Caller(Gateway(settings=Settings(profile=("suno-api",))))
    url = caller.look(FINISHED_TASK)["data"][0]["audio_url"]
    assert caller.send("GET", url.removeprefix("http://127.0.0.1")).status == 403


@pytest.mark.parametrize("host", ["a b", "x/../y", "\xe9.test", "h" * 300])
def test_bad_host_header_is_not_echoed(gateway: Gateway, host: str) -> None:
    with gateway.serve() as base:
        headers = [(b"Host", host.encode("latin-1")), (b"Authorization", DEMO_KEY.encode())]
        url = httpx.get(f"{base}/suno/act/wav/{FINISHED_CLIP}", headers=headers).json()["wav_file_url"]
    assert url.startswith("http://127.0.0.1/files/")


def test_download_needs_no_key(gateway: Gateway) -> None:
    assert gateway.respond(HttpRequest("GET", f"/files/{FINISHED_CLIP}.mp3")).status == 200
