"""Downloads that a call or a process left: the next call continues them where that is safe, else begins again."""

from __future__ import annotations

import contextlib
import random
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from cometapi_suno import DownloadError

from contract_tests.suite.client.file_server import (
    FACES,
    MP3,
    Downloader,
    FileBody,
    FileServer,
    break_once,
    make_clip,
    serve_file,
    serve_rest,
)


class _Killed(BaseException):
    """The end of the process, as far as a test can have it."""


def _cut_off(path: Path, content: bytes, at: int, etag: str | None = '"1"') -> None:
    """Begin a download, and end the process at a byte."""

    def stop(received: int, _: int | None) -> None:
        if received >= at:
            raise _Killed

    answer = httpx.Response(200, headers={} if etag is None else {"etag": etag}, stream=FileBody(content))
    with pytest.raises(_Killed):
        Downloader("sync", FileServer(lambda _: answer)).download(make_clip(), path, on_progress=stop)
    assert not path.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
@pytest.mark.parametrize("face", FACES)
def test_next_call_continues_what_a_process_left(face: str, tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, 2_100)
    server = FileServer(lambda request: serve_rest(request, MP3))
    assert Downloader(face, server).download(make_clip(), path).read_bytes() == MP3
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
    server = FileServer(break_once(900))
    assert Downloader(face, server).download(make_clip(), path).read_bytes() == MP3
    assert [request.headers.get("range") for request in server.requests] == [None, "bytes=900-"]
    with pytest.raises(DownloadError):
        Downloader(face, FileServer(lambda _: httpx.Response(404))).download(make_clip(), path, wait_timeout=0)
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
    Downloader("sync", FileServer(lambda _: serve_file(other, etag='"2"'))).download(make_clip(), path)
    assert path.read_bytes() == other
    path.unlink()
    _cut_off(path, MP3, 2_100)

    def ignore_version(request: httpx.Request) -> httpx.Response:
        answer = serve_rest(request, other)
        answer.headers["etag"] = '"2"'
        return answer

    with pytest.raises(DownloadError, match="does not belong to its start"):
        Downloader("sync", FileServer(ignore_version)).download(make_clip(), path)
    assert Downloader("sync", FileServer(ignore_version)).download(make_clip(), path).read_bytes() == other


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_part_that_is_whole_or_too_long_begins_again(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    _cut_off(path, MP3, len(MP3))

    def refuse_range(request: httpx.Request) -> httpx.Response:
        return httpx.Response(416) if "range" in request.headers else serve_file(MP3, etag='"1"')

    assert Downloader("sync", FileServer(refuse_range)).download(make_clip(), path).read_bytes() == MP3
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
