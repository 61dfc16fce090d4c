"""Downloads: a file is whole and of its type, or it is not there; no request of a file has a secret."""

from __future__ import annotations

import gzip
import random
from pathlib import Path
from typing import Any

import httpx
import pytest
from cometapi_suno import DownloadError, InvalidRequestError, SunoClient, Task
from cometapi_suno_mock import FINISHED_TASK, Gateway, Settings

from contract_tests.suite.client.file_server import (
    FACES,
    FILE,
    JPEG,
    MP3,
    MP4,
    WAVE,
    Answer,
    Downloader,
    FileBody,
    FileServer,
    break_once,
    make_clip,
    serve_file,
    serve_rest,
)
from contract_tests.suite.support.secret_leaks import find_leaks


def _check_no_secret(server: FileServer) -> None:
    for request in server.requests:
        assert "authorization" not in request.headers
        assert find_leaks(str(request.url), *(f"{name}: {value}" for name, value in request.headers.items())) == []


@pytest.mark.parametrize("face", FACES)
def test_file_is_saved_whole_with_progress(face: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3))
    seen: list[tuple[int, int | None]] = []

    def note(received: int, total: int | None) -> None:
        seen.append((received, total))

    saved = Downloader(face, server).download(make_clip(), tmp_path / "song.mp3", on_progress=note)
    assert saved == tmp_path / "song.mp3"
    assert saved.read_bytes() == MP3
    assert seen[0] == (700, len(MP3))
    assert seen[-1] == (len(MP3), len(MP3))
    assert list(tmp_path.iterdir()) == [saved]
    _check_no_secret(server)


@pytest.mark.parametrize("face", FACES)
def test_cut_download_is_resumed_at_a_hundred_bytes(face: str, tmp_path: Path) -> None:
    chance = random.Random(face)
    for number in range(100):
        server = FileServer(break_once(chance.randrange(len(MP3))))
        path = tmp_path / f"{number}.mp3"
        Downloader(face, server).download(make_clip(), path)
        assert path.read_bytes() == MP3
        assert len(server.requests) == 2
        _check_no_secret(server)


def test_server_without_ranges_sends_the_whole_again(tmp_path: Path) -> None:
    cuts = iter([900, None])
    server = FileServer(lambda _: serve_file(MP3, breaks_at=next(cuts)))
    assert Downloader("sync", server).download(make_clip(), tmp_path / "a").read_bytes() == MP3
    assert server.requests[1].headers["range"] == "bytes=900-"


def _redirect_forever(_: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": FILE})


def _another_rest(request: httpx.Request) -> httpx.Response:
    """The second half is that of another file."""
    if "range" not in request.headers:
        return serve_file(MP3, breaks_at=500)
    return httpx.Response(206, headers={"content-range": "bytes 400-9999/10000"}, stream=FileBody(MP3))


def _rest_with(**headers: str) -> Answer:
    """Break off, then send the rest with other headers."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = serve_rest(request, MP3, breaks_at=None if "range" in request.headers else 700)
        for name, value in headers.items() if "range" in request.headers else ():
            found.headers[name.replace("_", "-")] = value
        return found

    return answer


def _compress(_: httpx.Request) -> httpx.Response:
    """Compress, though that was not asked for."""
    return serve_file(gzip.compress(MP3), content_encoding="gzip")


def _fail_to_connect(_: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


FAULTS: dict[str, tuple[Answer, str]] = {
    "expired": (lambda _: httpx.Response(403), "403"),
    "unauthorized": (lambda _: httpx.Response(401), "401"),
    "gone": (lambda _: httpx.Response(410), "expired"),
    "unknown": (lambda _: httpx.Response(404), "404"),
    "no content": (lambda _: httpx.Response(204), "204"),
    "failing": (lambda _: httpx.Response(500), "500"),
    "busy": (lambda _: httpx.Response(429), "429"),
    "page": (lambda _: httpx.Response(200, html="<html>no</html>"), "HTML"),
    "page as audio": (lambda _: serve_file(b"<!doctype html><html></html>"), "not audio"),
    "json as audio": (lambda _: serve_file(b'{"code": "error", "message": "no"}'), "not audio"),
    "picture": (lambda _: serve_file(JPEG), "jpeg"),
    "empty": (lambda _: serve_file(b""), "another type"),
    "cut each time": (lambda _: serve_file(MP3, breaks_at=10), "broke"),
    "too short": (lambda _: serve_file(MP3, content_length="9000"), "too early"),
    "too long": (lambda _: serve_file(MP3, content_length="800"), "announced"),
    "announced too large": (lambda _: serve_file(MP3, content_length="99999999"), "at most"),
    "too large": (lambda _: httpx.Response(200, stream=FileBody(MP3 * 9)), "more than"),
    "redirected forever": (_redirect_forever, "redirects"),
    "redirected to http": (lambda _: httpx.Response(302, headers={"location": "http://x.example/"}), "https"),
    "redirected to a file": (lambda _: httpx.Response(302, headers={"location": "file:///etc/passwd"}), "https"),
    "redirected nowhere": (lambda _: httpx.Response(302), "302"),
    "rest of another file": (_another_rest, "does not belong"),
    "rest of a longer file": (_rest_with(content_range=f"bytes 700-{len(MP3) - 1}/{len(MP3) + 9}"), "does not belong"),
    "rest of a shorter file": (_rest_with(content_range=f"bytes 700-899/{900}"), "does not belong"),
    "rest from another byte": (_rest_with(content_range=f"bytes 1-{len(MP3) - 1}/{len(MP3)}"), "does not belong"),
    "rest of a new version": (_rest_with(etag='"2"'), "does not belong"),
    "rest without a range": (_rest_with(content_range=""), "does not belong"),
    "compressed": (_compress, "another type"),
    "unreachable": (_fail_to_connect, "ConnectError"),
}


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("fault", FAULTS)
def test_fault_is_an_error_and_leaves_no_file(fault: str, face: str, tmp_path: Path) -> None:
    answer, reason = FAULTS[fault]
    server = FileServer(answer)
    kept = tmp_path / "song.mp3"
    kept.write_bytes(b"an earlier file")
    with pytest.raises(DownloadError, match=reason) as failed:
        Downloader(face, server).download(make_clip(), kept, max_bytes=20_000)
    assert failed.value.url is not None
    assert kept.read_bytes() == b"an earlier file"
    assert list(tmp_path.iterdir()) == [kept]
    _check_no_secret(server)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("content", [WAVE, MP4], ids=["wav", "mp4"])
@pytest.mark.parametrize("left", [20, 700, 2_999])
def test_file_cut_where_its_length_says_is_an_error(content: bytes, left: int, face: str, tmp_path: Path) -> None:
    """The server announces what it sends, which is not all: the file itself tells its length."""
    kind = "audio" if content is WAVE else "video"
    server = FileServer(lambda _: serve_file(content[:left]))
    with pytest.raises(DownloadError, match=f"{len(content) - left} bytes are missing"):
        Downloader(face, server).download(make_clip(video_url=FILE), tmp_path / "a", kind)
    assert list(tmp_path.iterdir()) == []


OPEN_ENDED = {
    "size not written": b"RIFF\xff\xff\xff\xffWAVEfmt " + bytes(500),
    "size 0": b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(500),
    "more than the size": WAVE + b"LIST",
    "box to the end": MP4[:12] + bytes(4) + MP4[16:900],
    "box of 64 bits": MP4[:12] + (1).to_bytes(4) + b"mdat" + (116).to_bytes(8) + bytes(100),
    "no box": MP4[:12] + (7).to_bytes(4) + MP4[16:900],
}


@pytest.mark.parametrize("name", OPEN_ENDED)
def test_file_without_a_length_is_taken_as_it_came(name: str, tmp_path: Path) -> None:
    """A file that was paid for is refused only when bytes are surely missing."""
    content = OPEN_ENDED[name]
    kind = "audio" if content.startswith(b"RIFF") else "video"
    server = FileServer(lambda _: serve_file(content))
    saved = Downloader("sync", server).download(make_clip(video_url=FILE), tmp_path / "a", kind)
    assert saved.read_bytes() == content


@pytest.mark.parametrize("face", FACES)
def test_size_of_the_server_ends_a_download_that_was_announced_longer(face: str, tmp_path: Path) -> None:
    """416 names the size: everything has arrived."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "range" in request.headers:
            return httpx.Response(416, headers={"content-range": f"bytes */{len(MP3)}"})
        return serve_file(MP3, content_length=str(len(MP3) + 50))

    server = FileServer(answer)
    assert Downloader(face, server).download(make_clip(), tmp_path / "a").read_bytes() == MP3
    assert len(server.requests) == 2


@pytest.mark.parametrize("face", FACES)
def test_connection_that_breaks_after_the_last_byte(face: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3, breaks_at=len(MP3)))
    assert Downloader(face, server).download(make_clip(), tmp_path / "a").read_bytes() == MP3
    assert len(server.requests) == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_host_takes_no_secret(status: int, face: str, tmp_path: Path) -> None:
    """Neither to the host that redirects, though it may be that of the calls, nor to the next one."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "files.example.net":
            return serve_file(MP3)
        location = {"location": "https://files.example.net/2.mp3"}
        return httpx.Response(status, headers=location | {"set-cookie": "a=1"})

    server = FileServer(answer)
    clip = make_clip(audio_url="http://127.0.0.1/files/1.mp3")
    assert Downloader(face, server).download(clip, tmp_path / "a").read_bytes() == MP3
    assert [request.url.host for request in server.requests] == ["127.0.0.1", "files.example.net"]
    assert not any("cookie" in request.headers for request in server.requests)
    _check_no_secret(server)


@pytest.mark.parametrize("url", ["http://cdn.example.com/1.mp3", "https://user:word@cdn.example.com/1", "/etc/passwd"])
def test_address_that_is_not_safe_is_not_asked(url: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3))
    with pytest.raises(DownloadError, match="https") as refused:
        Downloader("sync", server).download(make_clip(audio_url=url), tmp_path / "a")
    assert server.requests == []
    assert "word" not in str(refused.value)


def test_working_addresses_are_tried_first(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return serve_file(MP3) if request.url.path == "/works.mp3" else httpx.Response(403)

    server = FileServer(answer)
    media = [{"url": "https://cdn.example.com/video.mp4"}, {"url": "https://cdn.example.com/works.mp3"}]
    Downloader("sync", server).download(make_clip(media_urls=media), tmp_path / "a.mp3")
    assert [request.url.path for request in server.requests] == ["/works.mp3"]
    forbidden = make_clip(
        audio_url="https://suno.example.com/api/forbidden", media_urls=["https://cdn.example.com/works.mp3"]
    )
    Downloader("sync", server).download(forbidden, tmp_path / "b.mp3")
    assert len(server.requests) == 2
    Downloader("sync", server).download(
        make_clip(media_urls=["https://cdn.example.com/old.m4a"], audio_url="https://cdn.example.com/works.mp3"),
        tmp_path / "c.mp3",
    )
    assert [request.url.path for request in server.requests[2:]] == ["/old.m4a", "/works.mp3"]


@pytest.mark.parametrize("face", FACES)
def test_lossless_audio_is_waited_for(face: str, tmp_path: Path) -> None:
    """The address is empty at first; only the question for it has the key."""
    answers = iter([{"wav_file_url": ""}, {"wav_file_url": "https://cdn.example.com/1.wav"}])

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=next(answers)) if "/act/wav/" in request.url.path else serve_file(WAVE)

    server = FileServer(answer)
    downloader = Downloader(face, server)
    assert downloader.download("c-1", tmp_path / "a.wav", "wav").read_bytes() == WAVE
    assert downloader.slept == [6.0]
    assert ["authorization" in request.headers for request in server.requests] == [True, True, False]


def test_kind_and_missing_address_are_named(tmp_path: Path) -> None:
    downloader = Downloader("sync", FileServer(lambda _: serve_file(MP3)))
    with pytest.raises(InvalidRequestError, match="one of audio, video, image, wav"):
        downloader.download(make_clip(), tmp_path / "a", "text")
    with pytest.raises(DownloadError, match="no address of its image"):
        downloader.download(make_clip(), tmp_path / "a", "image", wait_timeout=0)


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "a/b\\c", "nul", "", "..", "x" * 300, "日本語" * 60, 'a<b>:"|?*\n\x00', " . "]
)
def test_file_names_are_safe(title: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3))
    clip = {"id": "c1b2d3e4f5", "status": "complete", "audio_url": FILE, "title": title}
    task = Task.from_dict({"task_id": "t", "status": "SUCCESS", "data": [clip]})
    (saved,) = Downloader("sync", server).client.clips.save_all(task, tmp_path / "songs")
    assert saved.parent == tmp_path / "songs"
    assert list((tmp_path / "songs").iterdir()) == [saved]
    assert len(saved.name.encode()) < 110
    assert saved.name.endswith("c1b2d3e4.mp3")
    assert not set(saved.name) & set('/\\<>:"|?*\n\x00')


def _task(*clips: dict[str, Any]) -> Task:
    given = [{"status": "complete", "audio_url": FILE, "title": "Hello"} | clip for clip in clips]
    return Task.from_dict({"task_id": "t", "status": "SUCCESS", "data": given})


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "broken", [{"status": "error", "audio_url": ""}, {"audio_url": "https://cdn.example.com/gone"}]
)
def test_broken_clip_does_not_stop_the_others(face: str, broken: dict[str, Any], tmp_path: Path) -> None:
    """The addresses of the others expire too."""
    server = FileServer(lambda request: serve_file(MP3) if str(request.url) == FILE else httpx.Response(403))
    downloader = Downloader(face, server)
    with pytest.raises(DownloadError) as caught:
        downloader.run(downloader.client.clips.save_all(_task({"id": "a", **broken}, {"id": "b"}), tmp_path))
    assert caught.value.reached == {"saved": [tmp_path / "Hello b.mp3"]}
    assert (tmp_path / "Hello b.mp3").read_bytes() == MP3


def test_no_file_of_a_task_replaces_another(tmp_path: Path) -> None:
    task = _task(
        {"id": "clip-0001"}, {"id": "clip-0002"}, {"id": "CLIP-0003"}, {"id": ""}, {"id": "", "title": "hello"}
    )
    saved = Downloader("sync", FileServer(lambda _: serve_file(MP3))).client.clips.save_all(task, tmp_path)
    assert len({path.name.lower() for path in saved}) == 5
    assert set(tmp_path.iterdir()) == set(saved)


@pytest.mark.parametrize(
    ("title", "name"), [("हिन्दी गीत", "हिन्दी गीत"), ("e\u0301te\u0301", "e\u0301te\u0301"), (7, "7")]
)
def test_title_is_in_the_name_in_any_script(title: Any, name: str, tmp_path: Path) -> None:
    task = _task({"id": "c", "title": title})
    (saved,) = Downloader("sync", FileServer(lambda _: serve_file(MP3))).client.clips.save_all(task, tmp_path)
    assert saved.name == f"{name} c.mp3"


def test_folder_in_place_of_a_file_is_seen_first(tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3))
    with pytest.raises(IsADirectoryError):
        Downloader("sync", server).download(make_clip(), tmp_path)
    assert server.requests == []


def test_unknown_kind_is_seen_first(tmp_path: Path) -> None:
    server = FileServer(lambda _: serve_file(MP3))
    with pytest.raises(InvalidRequestError, match="kind is 'text'"):
        Downloader("sync", server).client.clips.save_all(_task({"id": "c"}), tmp_path, ["audio", "text"])
    assert server.requests == []


@pytest.mark.parametrize("face", FACES)
def test_callback_that_raises_leaves_no_file(face: str, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Downloader(face, FileServer(lambda _: serve_file(MP3))).download(
            make_clip(), tmp_path / "a.mp3", on_progress=stop
        )
    assert list(tmp_path.iterdir()) == []


def test_files_of_the_mock_are_saved(tmp_path: Path) -> None:
    """Over a socket: every kind of file of a finished task."""
    with Gateway(settings=Settings()).serve() as url, SunoClient(api_key="sk-mock", base_url=url) as client:
        task = client.tasks.get(FINISHED_TASK)
        saved = client.clips.save_all(task, tmp_path, ["audio", "video", "image", "wav"])
    assert [path.suffix for path in saved] == [".mp3", ".mp4", ".jpeg", ".wav"]
    assert all(path.stat().st_size for path in saved)
