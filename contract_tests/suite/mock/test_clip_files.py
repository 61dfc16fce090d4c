"""The files of clips have addresses of the gateway, so a download in a test stays on the machine."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import struct
import subprocess
import wave
from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from cometapi_suno import AsyncClock, AsyncSunoClient, DownloadError, SunoClient, SyncClock
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, FINISHED_TASK, Gateway, Settings
from cometapi_suno_mock.http_messages import HttpRequest
from cometapi_suno_mock.httpx_transport import GatewayTransport
from cometapi_suno_mock.respx_routes import add_routes
from starlette.applications import Starlette
from starlette.routing import Mount

from contract_tests.suite.mock.conftest import PERSONA_BODY, Caller

CLOCK = SyncClock(sleep=float)  # does not sleep
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
    assert len(response.content) < 5000


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


@pytest.fixture
def address(gateway: Gateway) -> Iterator[str]:
    with gateway.serve() as base:
        yield f"{base}/files/{FINISHED_CLIP}"


def test_sound_and_picture_are_real(address: str) -> None:
    """The standard library reads the wave; the boxes of the video have their sizes, and lead to the JPEG."""
    with wave.open(io.BytesIO(httpx.get(f"{address}.wav").content)) as sound:
        assert sound.getnframes() / sound.getframerate() == pytest.approx(0.1)
        assert len(set(sound.readframes(800))) > 50
    video, at = httpx.get(f"{address}.mp4").content, 0
    boxes: list[bytes] = []
    while at < len(video):
        size, name = struct.unpack_from(">I4s", video, at)
        boxes.append(name)
        at += size
    assert (at, boxes) == (len(video), [b"ftyp", b"mdat", b"moov"])
    offset = int.from_bytes(video[video.index(b"stco") + 12 :][:4], "big")
    size = int.from_bytes(video[video.index(b"stsz") + 8 :][:4], "big")
    assert (
        video[offset : offset + size]
        == httpx.get(address.replace(FINISHED_CLIP, f"image_{FINISHED_CLIP}") + ".jpeg").content
    )


@pytest.mark.skipif(shutil.which("file") is None, reason="no file command")
@pytest.mark.parametrize(("ending", "kind"), [("mp3", "audio/mpeg"), ("wav", "audio/x-wav"), ("mp4", "video/mp4")])
def test_file_command_knows_the_type(ending: str, kind: str, address: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(httpx.get(f"{address}.{ending}").content)
    done = subprocess.run(["file", "--brief", "--mime-type", str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == kind


LENGTHS = {  # fault, kind -> the error, or the file when the server itself tells its length
    "announced too long": ("length=100", "audio", ""),
    "announced too short, wav": ("length=-100", "wav", "100 bytes are missing"),
    "announced too short, mp4": ("length=-100", "video", "100 bytes are missing"),
    "announced empty": ("length=-9999", "audio", "another type"),
    "rest with a larger total": ("range-total=100", "audio", "does not belong to its start"),
    "rest with a smaller total": ("range-total=-100", "audio", "does not belong to its start"),
}


@pytest.mark.parametrize("face", ["sync", "async"])
@pytest.mark.parametrize("wire", ["socket", "in process"])
@pytest.mark.parametrize("name", LENGTHS)
def test_wrong_length_is_an_error_or_the_right_file(
    name: str, wire: str, face: str, gateway: Gateway, tmp_path: Path
) -> None:
    """Never a half file, over either wire and with either client."""
    fault, kind, message = LENGTHS[name]
    if "total" in fault:
        gateway.faults.add("truncate=1000; times=1; operation=files")
    gateway.faults.add(f"{fault}; operation=files")
    given: dict[str, Any] = {"api_key": DEMO_KEY, "retries": 0}
    with ExitStack() as stack:
        if wire == "socket":
            given["base_url"] = stack.enter_context(gateway.serve())
        else:
            given |= {"base_url": "http://127.0.0.1", "http_client": GatewayTransport(gateway)}
        expected = nullcontext() if not message else pytest.raises(DownloadError, match=message)
        path = tmp_path / "file"
        with expected:
            if face == "sync":
                _download_sync(given, path, kind)
            else:
                asyncio.run(_download_async(given, path, kind))
    assert [each.name for each in tmp_path.iterdir()] == ([] if message else ["file"])
    assert message or path.stat().st_size == 4170


def _download_sync(given: dict[str, Any], path: Path, kind: Any) -> None:
    with SunoClient(**given, clock=CLOCK) as client:
        (clip, *_) = client.tasks.get(FINISHED_TASK).clips
        client.clips.download(clip, path, kind, wait_timeout=0)


async def _download_async(given: dict[str, Any], path: Path, kind: Any) -> None:
    async def sleep(seconds: float) -> None:
        """Do not wait."""

    async with AsyncSunoClient(**given, clock=AsyncClock(sleep=sleep)) as client:
        (clip, *_) = (await client.tasks.get(FINISHED_TASK)).clips
        await client.clips.download(clip, path, kind, wait_timeout=0)


def test_head_announces_the_wrong_length_too(gateway: Gateway, address: str) -> None:
    true = int(httpx.head(f"{address}.mp3").headers["content-length"])
    gateway.faults.add("length=100; operation=files")
    assert int(httpx.head(f"{address}.mp3").headers["content-length"]) == true + 100


def test_range_behind_the_end_is_416(address: str) -> None:
    """RFC 9110: the answer names the length."""
    answer = httpx.get(f"{address}.mp3", headers={"range": "bytes=4170-"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */4170")


FILE_FAULTS = {
    "expired": ("status=403", "forbidden, or expired"),
    "gone": ("status=410", "expired"),
    "page instead": ("status=200; body=html", "HTML page"),
    "always cut": ("truncate=100", "after 8 attempts"),
}


@pytest.mark.parametrize("name", FILE_FAULTS)
def test_faults_of_files_reach_the_client(name: str, gateway: Gateway, tmp_path: Path) -> None:
    text, message = FILE_FAULTS[name]
    gateway.faults.add(f"{text}; operation=files")
    transport = GatewayTransport(gateway)
    with SunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=transport, clock=CLOCK) as client:
        clips = client.tasks.get(FINISHED_TASK).data
        assert isinstance(clips, list)
        with pytest.raises(DownloadError, match=message):
            client.clips.download(clips[0], tmp_path / "song.mp3")
    assert not (tmp_path / "song.mp3").exists()


@pytest.mark.parametrize("fault", ["truncate=1000; times=1", "slow-body=0.001", "status=503; times=2"])
def test_passing_fault_of_a_file_is_overcome(fault: str, gateway: Gateway, tmp_path: Path) -> None:
    gateway.faults.add(f"{fault}; operation=files")
    transport = GatewayTransport(gateway)
    with SunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=transport, clock=CLOCK) as client:
        clips = client.tasks.get(FINISHED_TASK).data
        assert isinstance(clips, list)
        assert len(client.clips.download(clips[0], tmp_path / "song.mp3").read_bytes()) == 4170
    assert list(tmp_path.iterdir()) == [tmp_path / "song.mp3"]


def test_other_faults_do_not_apply_to_files(gateway: Gateway, address: str) -> None:
    gateway.faults.add("status=503")
    assert httpx.get(f"{address}.mp3").status_code == 200
