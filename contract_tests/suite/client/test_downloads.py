"""Downloads: a file is whole and of its type, or it is not there; no request of a file has a secret."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, field
from cometapi_suno import AsyncClock, AsyncSunoClient, Clip, DownloadError, SunoClient, SyncClock, Task
from cometapi_suno_mock import FINISHED_TASK, Gateway, Settings

from contract_tests.suite.support.secret_leaks import KEY, find_leaks

FACES = ("sync", "async")
WAVE = b"RIFF" + (4_036).to_bytes(4, "little") + b"WAVEfmt " + random.Random(1).randbytes(4_028)
MP3 = b"ID3" + random.Random(2).randbytes(5_000)
MP4 = b"\x00\x00\x00\x0cftypisom" + (3_000).to_bytes(4) + b"mdat" + random.Random(3).randbytes(2_992)
JPEG = b"\xff\xd8\xff" + random.Random(4).randbytes(900)
FILE = "https://cdn.example.com/1.mp3"
Answer = Callable[[httpx.Request], httpx.Response]


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in parts and may break off."""

    def __init__(self, content: bytes, breaks_at: int | None = None, size: int = 700) -> None:
        self._content = content if breaks_at is None else content[:breaks_at]
        self._breaks = breaks_at is not None
        self._size = size

    def __iter__(self) -> Iterator[bytes]:
        yield from (self._content[start : start + self._size] for start in range(0, len(self._content), self._size))
        if self._breaks:
            raise httpx.ReadError("the connection was reset")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk


@define
class FileServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers requests of files, and keeps what was sent."""

    answer: Answer
    requests: list[httpx.Request] = field(factory=list[httpx.Request])

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def _serve(content: bytes, *, breaks_at: int | None = None, **headers: str) -> httpx.Response:
    given = {"content-length": str(len(content)), "content-type": "audio/mpeg"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return httpx.Response(200, headers=given, stream=_Body(content, breaks_at))


def _serve_rest(request: httpx.Request, content: bytes, *, breaks_at: int | None = None) -> httpx.Response:
    """Serve the whole file, or what a range asks for; break off at a byte of the file."""
    if "range" not in request.headers:
        return _serve(content, breaks_at=breaks_at, etag='"1"')
    start = int(request.headers["range"].removeprefix("bytes=").removesuffix("-"))
    headers = {"content-range": f"bytes {start}-{len(content) - 1}/{len(content)}", "content-type": "audio/mpeg"}
    end = None if breaks_at is None else max(0, breaks_at - start)
    return httpx.Response(206, headers=headers, stream=_Body(content[start:], end))


def _clip(**fields: Any) -> Clip:
    return Clip.from_dict({"id": "c-1", "status": "complete", "audio_url": FILE} | fields)


def _break_once(at: int) -> Answer:
    cuts = iter([at, None])
    return lambda request: _serve_rest(request, MP3, breaks_at=next(cuts))


class Downloader:
    """Either client, without waiting."""

    def __init__(self, face: str, server: FileServer) -> None:
        self.face = face
        self.slept: list[float] = []
        given: dict[str, Any] = {"api_key": KEY, "base_url": "http://127.0.0.1", "http_client": server}
        self.client: Any
        if face == "sync":
            self.client = SunoClient(**given, clock=SyncClock(sleep=self.slept.append))
        else:
            self.client = AsyncSunoClient(**given, clock=AsyncClock(sleep=self._sleep))

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def run(self, result: Any) -> Any:
        return asyncio.run(_await(result)) if self.face == "async" else result

    def download(self, clip: Clip | str, path: Path, *arguments: Any, **options: Any) -> Path:
        saved: Path = self.run(self.client.clips.download(clip, path, *arguments, **options))
        return saved


async def _await(result: Any) -> Any:
    return await result


def _check_no_secret(server: FileServer) -> None:
    for request in server.requests:
        assert "authorization" not in request.headers
        assert find_leaks(str(request.url), *(f"{name}: {value}" for name, value in request.headers.items())) == []


@pytest.mark.parametrize("face", FACES)
def test_file_is_saved_whole_with_progress(face: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: _serve(MP3))
    seen: list[tuple[int, int | None]] = []

    def note(received: int, total: int | None) -> None:
        seen.append((received, total))

    saved = Downloader(face, server).download(_clip(), tmp_path / "song.mp3", on_progress=note)
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
        server = FileServer(_break_once(chance.randrange(len(MP3))))
        path = tmp_path / f"{number}.mp3"
        Downloader(face, server).download(_clip(), path)
        assert path.read_bytes() == MP3
        assert len(server.requests) == 2
        _check_no_secret(server)


def test_server_without_ranges_sends_the_whole_again(tmp_path: Path) -> None:
    cuts = iter([900, None])
    server = FileServer(lambda _: _serve(MP3, breaks_at=next(cuts)))
    assert Downloader("sync", server).download(_clip(), tmp_path / "a").read_bytes() == MP3
    assert server.requests[1].headers["range"] == "bytes=900-"


def _redirect_forever(_: httpx.Request) -> httpx.Response:
    return httpx.Response(302, headers={"location": FILE})


def _another_rest(request: httpx.Request) -> httpx.Response:
    """The second half is that of another file."""
    if "range" not in request.headers:
        return _serve(MP3, breaks_at=500)
    return httpx.Response(206, headers={"content-range": "bytes 400-9999/10000"}, stream=_Body(MP3))


def _rest_with(**headers: str) -> Answer:
    """Break off, then send the rest with other headers."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = _serve_rest(request, MP3, breaks_at=None if "range" in request.headers else 700)
        for name, value in headers.items() if "range" in request.headers else ():
            found.headers[name.replace("_", "-")] = value
        return found

    return answer


def _compress(_: httpx.Request) -> httpx.Response:
    """Compress, though that was not asked for."""
    return _serve(gzip.compress(MP3), content_encoding="gzip")


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
    "page as audio": (lambda _: _serve(b"<!doctype html><html></html>"), "not audio"),
    "json as audio": (lambda _: _serve(b'{"code": "error", "message": "no"}'), "not audio"),
    "picture": (lambda _: _serve(JPEG), "jpeg"),
    "empty": (lambda _: _serve(b""), "another type"),
    "cut each time": (lambda _: _serve(MP3, breaks_at=10), "broke"),
    "too short": (lambda _: _serve(MP3, content_length="9000"), "too early"),
    "too long": (lambda _: _serve(MP3, content_length="800"), "announced"),
    "announced too large": (lambda _: _serve(MP3, content_length="99999999"), "at most"),
    "too large": (lambda _: httpx.Response(200, stream=_Body(MP3 * 9)), "more than"),
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
        Downloader(face, server).download(_clip(), kept, max_bytes=20_000)
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
    server = FileServer(lambda _: _serve(content[:left]))
    with pytest.raises(DownloadError, match=f"{len(content) - left} bytes are missing"):
        Downloader(face, server).download(_clip(video_url=FILE), tmp_path / "a", kind)
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
    server = FileServer(lambda _: _serve(content))
    saved = Downloader("sync", server).download(_clip(video_url=FILE), tmp_path / "a", kind)
    assert saved.read_bytes() == content


@pytest.mark.parametrize("face", FACES)
def test_size_of_the_server_ends_a_download_that_was_announced_longer(face: str, tmp_path: Path) -> None:
    """416 names the size: everything has arrived."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "range" in request.headers:
            return httpx.Response(416, headers={"content-range": f"bytes */{len(MP3)}"})
        return _serve(MP3, content_length=str(len(MP3) + 50))

    server = FileServer(answer)
    assert Downloader(face, server).download(_clip(), tmp_path / "a").read_bytes() == MP3
    assert len(server.requests) == 2


@pytest.mark.parametrize("face", FACES)
def test_connection_that_breaks_after_the_last_byte(face: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: _serve(MP3, breaks_at=len(MP3)))
    assert Downloader(face, server).download(_clip(), tmp_path / "a").read_bytes() == MP3
    assert len(server.requests) == 1


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_to_another_host_takes_no_secret(status: int, face: str, tmp_path: Path) -> None:
    """Neither to the host that redirects, though it may be that of the calls, nor to the next one."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "files.example.net":
            return _serve(MP3)
        location = {"location": "https://files.example.net/2.mp3"}
        return httpx.Response(status, headers=location | {"set-cookie": "a=1"})

    server = FileServer(answer)
    clip = _clip(audio_url="http://127.0.0.1/files/1.mp3")
    assert Downloader(face, server).download(clip, tmp_path / "a").read_bytes() == MP3
    assert [request.url.host for request in server.requests] == ["127.0.0.1", "files.example.net"]
    assert not any("cookie" in request.headers for request in server.requests)
    _check_no_secret(server)


@pytest.mark.parametrize("url", ["http://cdn.example.com/1.mp3", "https://user:word@cdn.example.com/1", "/etc/passwd"])
def test_address_that_is_not_safe_is_not_asked(url: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: _serve(MP3))
    with pytest.raises(DownloadError, match="https") as refused:
        Downloader("sync", server).download(_clip(audio_url=url), tmp_path / "a")
    assert server.requests == []
    assert "word" not in str(refused.value)


def test_working_addresses_are_tried_first(tmp_path: Path) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return _serve(MP3) if request.url.path == "/works.mp3" else httpx.Response(403)

    server = FileServer(answer)
    media = [{"url": "https://cdn.example.com/video.mp4"}, {"url": "https://cdn.example.com/works.mp3"}]
    Downloader("sync", server).download(_clip(media_urls=media), tmp_path / "a.mp3")
    assert [request.url.path for request in server.requests] == ["/works.mp3"]
    forbidden = _clip(
        audio_url="https://suno.example.com/api/forbidden", media_urls=["https://cdn.example.com/works.mp3"]
    )
    Downloader("sync", server).download(forbidden, tmp_path / "b.mp3")
    assert len(server.requests) == 2
    Downloader("sync", server).download(
        _clip(media_urls=["https://cdn.example.com/old.m4a"], audio_url="https://cdn.example.com/works.mp3"),
        tmp_path / "c.mp3",
    )
    assert [request.url.path for request in server.requests[2:]] == ["/old.m4a", "/works.mp3"]


@pytest.mark.parametrize("face", FACES)
def test_lossless_audio_is_waited_for(face: str, tmp_path: Path) -> None:
    """The address is empty at first; only the question for it has the key."""
    answers = iter([{"wav_file_url": ""}, {"wav_file_url": "https://cdn.example.com/1.wav"}])

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=next(answers)) if "/act/wav/" in request.url.path else _serve(WAVE)

    server = FileServer(answer)
    downloader = Downloader(face, server)
    assert downloader.download("c-1", tmp_path / "a.wav", "wav").read_bytes() == WAVE
    assert downloader.slept == [6.0]
    assert ["authorization" in request.headers for request in server.requests] == [True, True, False]


def test_kind_and_missing_address_are_named(tmp_path: Path) -> None:
    downloader = Downloader("sync", FileServer(lambda _: _serve(MP3)))
    with pytest.raises(DownloadError, match="one of audio, video, image, wav"):
        downloader.download(_clip(), tmp_path / "a", "text")
    with pytest.raises(DownloadError, match="no address of its image"):
        downloader.download(_clip(), tmp_path / "a", "image", wait_timeout=0)


@pytest.mark.parametrize(
    "title", ["../../etc/passwd", "a/b\\c", "nul", "", "..", "x" * 300, "日本語" * 60, 'a<b>:"|?*\n\x00', " . "]
)
def test_file_names_are_safe(title: str, tmp_path: Path) -> None:
    server = FileServer(lambda _: _serve(MP3))
    clip = {"id": "c1b2d3e4f5", "status": "complete", "audio_url": FILE, "title": title}
    task = Task.from_dict({"task_id": "t", "status": "SUCCESS", "data": [clip]})
    (saved,) = Downloader("sync", server).client.clips.save_all(task, tmp_path / "songs")
    assert saved.parent == tmp_path / "songs"
    assert list((tmp_path / "songs").iterdir()) == [saved]
    assert len(saved.name.encode()) < 110
    assert saved.name.endswith("c1b2d3e4.mp3")
    assert not set(saved.name) & set('/\\<>:"|?*\n\x00')


@pytest.mark.parametrize("face", FACES)
def test_callback_that_raises_leaves_no_file(face: str, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Downloader(face, FileServer(lambda _: _serve(MP3))).download(_clip(), tmp_path / "a.mp3", on_progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_files_of_the_mock_are_saved(tmp_path: Path) -> None:
    """Over a socket: every kind of file of a finished task."""
    with Gateway(settings=Settings()).serve() as url, SunoClient(api_key="sk-mock", base_url=url) as client:
        task = client.tasks.get(FINISHED_TASK)
        saved = client.clips.save_all(task, tmp_path, ["audio", "video", "image", "wav"])
    assert [path.suffix for path in saved] == [".mp3", ".mp4", ".jpeg", ".wav"]
    assert all(path.stat().st_size for path in saved)


class _Killed(BaseException):
    """The end of the process, as far as a test can have it."""


def _cut_off(path: Path, content: bytes, at: int, etag: str | None = '"1"') -> None:
    """Begin a download, and end the process at a byte."""

    def stop(received: int, _: int | None) -> None:
        if received >= at:
            raise _Killed

    answer = httpx.Response(200, headers={} if etag is None else {"etag": etag}, stream=_Body(content))
    with pytest.raises(_Killed):
        Downloader("sync", FileServer(lambda _: answer)).download(_clip(), path, on_progress=stop)
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
@pytest.mark.parametrize("face", FACES)
def test_next_call_continues_what_a_process_left(face: str, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, 2_100)
    server = FileServer(lambda request: _serve_rest(request, MP3))
    assert Downloader(face, server).download(_clip(), path).read_bytes() == MP3
    (request,) = server.requests
    assert (request.headers["range"], request.headers["if-range"]) == ("bytes=2100-", '"1"')
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("face", FACES)
def test_without_file_locks_each_call_begins_at_the_start(
    face: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, which has no `fcntl`: nothing is left and nothing is taken over; one call resumes all the same."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.delattr("os.O_NOFOLLOW", raising=False)
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, 2_100)
    assert list(tmp_path.iterdir()) == []
    server = FileServer(_break_once(900))
    assert Downloader(face, server).download(_clip(), path).read_bytes() == MP3
    assert [request.headers.get("range") for request in server.requests] == [None, "bytes=900-"]
    with pytest.raises(DownloadError):
        Downloader(face, FileServer(lambda _: httpx.Response(404))).download(_clip(), path, wait_timeout=0)
    assert list(tmp_path.iterdir()) == [path]


def test_client_needs_no_posix_module(tmp_path: Path) -> None:
    """Every module can be imported, and a journal and a download work, without what only POSIX systems have."""
    code = (
        "import os, pkgutil, sys\n"
        "sys.modules.update(dict.fromkeys(['fcntl', 'grp', 'pwd', 'resource', 'termios', 'syslog']))\n"
        "import asyncio, httpx\n"  # which choose by the platform, and so have POSIX parts here
        "for name in ('O_NOFOLLOW', 'fork', 'register_at_fork', 'getuid', 'geteuid'): delattr(os, name)\n"
        "import cometapi_suno as suno\n"
        "for each in pkgutil.walk_packages(suno.__path__, 'cometapi_suno.'):\n"
        "    if not each.name.endswith('__main__') and '_cli' not in each.name: __import__(each.name)\n"
        "def answer(request):\n"
        "    if request.method == 'GET': return httpx.Response(200, content=b'ID3' + bytes(9))\n"
        "    return httpx.Response(200, json={'id': 'p'})\n"
        "http = httpx.MockTransport(answer)\n"
        "client = suno.SunoClient(api_key='sk-of-a-test', http_client=http, journal='calls.journal')\n"
        "clip = suno.Clip.from_dict({'id': 'c', 'status': 'complete', 'audio_url': 'https://x.example/1.mp3'})\n"
        "print(client.clips.download(clip, 'song.mp3'))\n"
        "client.personas.create(root_clip_id='c', name='a', description='b', is_public=False)\n"
        "print([row.outcome for row in suno.Journal('calls.journal').calls()])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stderr, done.stdout.split("\n")) == ("", ["song.mp3", "['done']", ""])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["calls.journal", "song.mp3"]


@pytest.mark.parametrize("etag", [None, 'W/"1"'])
def test_nothing_is_continued_without_a_version(etag: str | None, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, 2_100, etag)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_changed_file_is_downloaded_from_its_start(tmp_path: Path) -> None:
    """The server answers `If-Range` of another version with the whole file; one that ignores it is found out."""
    path, other = tmp_path / "song.mp3", b"ID3" + bytes(4_000)
    _cut_off(path, MP3, 2_100)
    Downloader("sync", FileServer(lambda _: _serve(other, etag='"2"'))).download(_clip(), path)
    assert path.read_bytes() == other
    path.unlink()
    _cut_off(path, MP3, 2_100)

    def ignore_version(request: httpx.Request) -> httpx.Response:
        answer = _serve_rest(request, other)
        answer.headers["etag"] = '"2"'
        return answer

    with pytest.raises(DownloadError, match="does not belong to its start"):
        Downloader("sync", FileServer(ignore_version)).download(_clip(), path)
    assert Downloader("sync", FileServer(ignore_version)).download(_clip(), path).read_bytes() == other


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_part_that_is_whole_or_too_long_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, len(MP3))

    def refuse_range(request: httpx.Request) -> httpx.Response:
        return httpx.Response(416) if "range" in request.headers else _serve(MP3, etag='"1"')

    assert Downloader("sync", FileServer(refuse_range)).download(_clip(), path).read_bytes() == MP3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
@pytest.mark.slow
def test_killed_process_is_continued(tmp_path: Path) -> None:
    """A process is killed while it downloads from a slow server; the next call asks for the rest only."""
    content = b"ID3" + random.Random(5).randbytes(400_000)
    ranges: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            ranges.append(self.headers.get("range") or "")
            start = int(ranges[-1][6:-1] or 0) if ranges[-1] else 0
            self.send_response(206 if start else 200)
            self.send_header("content-length", str(len(content) - start))
            self.send_header("etag", '"1"')
            if start:
                self.send_header("content-range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            with contextlib.suppress(OSError):
                for at in range(start, len(content), 20_000):
                    self.wfile.write(content[at : at + 20_000])
                    time.sleep(0 if start else 0.05)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name that it overrides)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base, path = f"http://127.0.0.1:{server.server_port}", tmp_path / "song.mp3"
    code = (
        "import sys; from cometapi_suno import Clip, SunoClient\n"
        f"clip = Clip.from_dict({{'id': 'c', 'status': 'complete', 'audio_url': {base + '/1.mp3'!r}}})\n"
        f"SunoClient(api_key='sk-x', base_url={base!r}).clips.download(clip, {str(path)!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", code])
    while process.poll() is None and not any(each.stat().st_size > 50_000 for each in tmp_path.glob(".*.part")):
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert not path.exists()
    subprocess.run([sys.executable, "-c", code], check=True)
    server.shutdown()
    server.server_close()
    assert path.read_bytes() == content
    assert ranges[0] == ""
    assert int(ranges[1].removeprefix("bytes=").removesuffix("-")) > 50_000
    assert list(tmp_path.iterdir()) == [path]
