"""Downloads of the files of clips, before their addresses expire.

The rules are generators of actions, which `_run_download.py` carries out. A file is written
under a temporary name next to its own, and renamed when it is whole. What a broken connection or the end of the process
left is continued by the next call, where the server names the file's version. No request has a secret.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar, cast
from unicodedata import category
from urllib.parse import urljoin, urlsplit

from ._config import is_loopback, redact_url, split_url
from ._file_types import find_missing_bytes, find_type
from ._model import to_json
from ._part_file import PartFile
from ._request_encoding import refuse_string
from ._steps import Pause
from ._timeout import is_finite_number
from .errors import DownloadError, InvalidRequestError, SunoError

if TYPE_CHECKING:
    from ._operation import Call
    from .models.clip import Clip
    from .models.task import Task

T = TypeVar("T")
Kind: TypeAlias = Literal["audio", "video", "image", "wav"]

MAX_FILE_BYTES = 1024 * 1024 * 1024
"""The default maximum size of a file."""
_WAIT_STEP = 6.0  # clients ask for a file about every 6 s
_MAX_RESUMES = 8
_MAX_REDIRECTS = 5
_MAX_NAME = 80
_FORBIDDEN = "/api/forbidden"
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)$")
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "audio": ("audio_url",),
    "video": ("video_url",),
    "image": ("image_large_url", "image_url"),
    "wav": (),
}
# Kind of a file -> the types that it may have. The first bytes of a file tell its type.
_TYPES: Mapping[str, tuple[str, ...]] = {
    "audio": ("mp3", "m4a", "wav"),
    "video": ("mp4",),
    "image": ("jpeg", "png", "webp"),
    "wav": ("wav",),
}


class Fetch(NamedTuple):
    """Request a file; the result is the `Head` of its response."""

    url: str
    headers: dict[str, str]


class Head(NamedTuple):
    """Status and headers (names in lower case) of the response with a file."""

    status: int
    headers: Mapping[str, str]


class Read(NamedTuple):
    """Read the next bytes of the file; the result is `None` at its end."""


class Report(NamedTuple):
    """Call the user's callback."""

    received: int
    total: int | None


class BrokenError(Exception):
    """The connection broke, or was not made."""


Actions: TypeAlias = Generator["Fetch | Read | Report | Pause | Call[Any]", Any, T]


class Target(NamedTuple):
    """Where a file goes, and what it may be."""

    kind: Kind
    folder: Path
    name: str
    adds_suffix: bool
    max_bytes: int
    api_url: str


def download_clip(
    clip: Clip | str,
    path: str | os.PathLike[str],
    kind: Kind,
    *,
    max_bytes: int,
    wait_timeout: float,
    api_url: str,
) -> Actions[Path]:
    """Download one file of a clip, trying its addresses one after the other.

    Raises:
        DownloadError: No address gives the file.
        InvalidRequestError: An argument cannot be used.
        IsADirectoryError: `path` is a folder.
    """
    from .models.clip import Clip

    if not clip or not isinstance(clip, (str, Clip)):  # pyright: ignore[reportUnnecessaryIsInstance] (what users pass)
        raise InvalidRequestError(f"clips.download: clip is {clip!r}. It must be a clip of a task, or the id of one.")
    _check_arguments("clips.download", (kind,), max_bytes, wait_timeout)
    whole = Path(path)
    if whole.is_dir():  # known only when the file is renamed, it would cost what was downloaded
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    target = Target(kind, whole.parent, whole.name, False, max_bytes, api_url)
    return (yield from _download_to(clip, target, wait_timeout))


def download_task(
    task: Task,
    folder: str | os.PathLike[str],
    kinds: Sequence[Kind],
    *,
    max_bytes: int,
    wait_timeout: float,
    api_url: str,
) -> Actions[list[Path]]:
    """Download the files of every clip of a task into a folder. A file that cannot be had does not stop the others.

    Raises:
        DownloadError: The task has no clips, or no address gives a file.
        InvalidRequestError: An argument cannot be used.
    """
    from .models.task import Task

    if not isinstance(task, Task):  # pyright: ignore[reportUnnecessaryIsInstance] (what users pass)
        raise InvalidRequestError(f"clips.save_all: task is {task!r}. It must be a task, as tasks.get returns it.")
    refuse_string("clips.save_all", "kinds", kinds)
    kinds = tuple(kinds)
    _check_arguments("clips.save_all", kinds, max_bytes, wait_timeout)
    clips = task.clips
    if not clips:
        raise DownloadError(f"clips.save_all: task {task.task_id} has no clips. Wait for it with tasks.wait.", url=None)
    Path(folder).mkdir(parents=True, exist_ok=True)
    saved: list[Path] = []
    problems: list[SunoError] = []
    for clip, name in zip(clips, _name_files(clips), strict=True):
        target = Target("audio", Path(folder), name, True, max_bytes, api_url)
        for kind in kinds:
            try:
                saved.append((yield from _download_to(clip, target._replace(kind=kind), wait_timeout)))
            except SunoError as error:
                problems.append(error)
    if problems:
        problems[0].reached = {"saved": saved}
        if saved:
            problems[0].add_note(f"The files that could be saved are in .reached: {', '.join(map(str, saved))}.")
        raise problems[0]
    return saved


def _check_arguments(call: str, kinds: Sequence[Kind], max_bytes: int, wait_timeout: float) -> None:
    """Check the arguments that downloads have in common, before anything is requested.

    Raises:
        InvalidRequestError: One cannot be used.
    """
    for kind in kinds:
        if kind not in tuple(_TYPES):  # what users pass may not be hashable
            raise InvalidRequestError(f"{call}: kind is {kind!r}. It must be one of {', '.join(_TYPES)}.")
    if type(max_bytes) is not int or max_bytes < 1:
        raise InvalidRequestError(f"{call}: max_bytes is {max_bytes!r}. It must be a whole number above 0.")
    if not is_finite_number(wait_timeout) or wait_timeout < 0:
        raise InvalidRequestError(f"{call}: wait_timeout is {wait_timeout!r}. It must be a number of at least 0.")


def _name_files(clips: Sequence[Clip]) -> Iterator[str]:
    """Yield a name for the files of each clip; a number makes one different that another clip has."""
    taken: set[str] = set()
    for clip in clips:
        name = whole = make_file_name(clip.title, clip.id)
        number = 1
        while name.casefold() in taken:  # some systems do not distinguish upper and lower case
            number += 1
            name = f"{whole} {number}"
        taken.add(name.casefold())
        yield name


def make_file_name(title: object, clip_id: str) -> str:
    """Return a file name, without its ending, that every system accepts: the title and the start of the id."""
    words = " ".join(_replace_unsafe(str(title or ""), " ").split())
    words = words.encode()[:_MAX_NAME].decode("utf-8", "ignore").strip(" -")
    if not words or _RESERVED.match(words):
        words = f"clip {words}".strip()
    return f"{words} {_replace_unsafe(clip_id, '')[:8]}".strip()


def _replace_unsafe(text: str, by: str) -> str:
    """Replace all characters but letters, marks that belong to letters, digits and a few others."""
    return "".join(each if each.isalnum() or each in "_- ()" or category(each).startswith("M") else by for each in text)


def _download_to(clip: Clip | str, target: Target, wait_timeout: float) -> Actions[Path]:
    problems: list[DownloadError] = []
    waited = 0.0
    while True:
        urls = yield from _find_urls(clip, target.kind)
        for url in urls:
            try:
                return (yield from _download_url(url, target))
            except DownloadError as error:
                problems.append(error)
        unmade = not urls or any(error.status in (202, 404) for error in problems[-len(urls) :])
        if not unmade or waited >= wait_timeout or _is_failed(clip):
            break
        pause = min(_WAIT_STEP, wait_timeout - waited)
        yield Pause(pause)
        waited += pause
    if problems:
        raise problems[-1]
    clip_id = clip if isinstance(clip, str) else clip.id
    raise DownloadError(f"clip {clip_id} has no address of its {target.kind}, after {waited:.0f} s.", url=None)


def _find_urls(clip: Clip | str, kind: Kind) -> Actions[list[str]]:
    """Return the addresses of a file, those first that work where others do not."""
    fields: dict[str, Any] = {} if isinstance(clip, str) else to_json(clip)
    clip_id: str = clip if isinstance(clip, str) else clip.id
    # Newer clips have working addresses in `media_urls`, whose form no source shows.
    named = [url for url in _walk_urls(fields.get("media_urls")) if _may_be(url, kind)] if kind != "image" else []
    named += [url for name in _FIELDS[kind] if isinstance(url := fields.get(name), str) and url]
    urls = [url for url in dict.fromkeys(named) if _FORBIDDEN not in url and not url.endswith("/None.mp3")]
    if not urls and kind in ("video", "wav"):
        from .operations import clips as operations

        answer = yield operations.build_wav(clip_id) if kind == "wav" else operations.build_mp4(clip_id)
        urls = [url for url in (_walk_urls(answer if isinstance(answer, str) else to_json(answer))) if url]
    return urls


def _walk_urls(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value.startswith(("https://", "http://")):
            yield value
    elif isinstance(value, dict):
        yield from _walk_urls(list(cast("dict[str, object]", value).values()))
    elif isinstance(value, list):
        for member in cast("list[object]", value):
            yield from _walk_urls(member)


def _may_be(url: str, kind: Kind) -> bool:
    """Check whether an address with an ending can be of a kind."""
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    return ending in _TYPES[kind] or not any(ending in types for types in _TYPES.values())


def _is_failed(clip: Clip | str) -> bool:
    return not isinstance(clip, str) and str(clip.status) == "error"


def _download_url(url: str, target: Target) -> Actions[Path]:
    """Download one address, and resume where the connection breaks.

    Raises:
        DownloadError: The address does not give the file.
    """
    part, keep = PartFile(target.folder, target.name), True  # kept when the process or the call is cancelled
    try:
        return (yield from _fill(part, url, target))
    except _IncompleteError as error:
        raise error.args[0] from None
    except Exception:
        keep = False
        raise
    finally:
        part.close(keep=keep)


def _fill(part: PartFile, url: str, target: Target) -> Actions[Path]:
    """Receive the file, check its type, and give it its own name."""
    yield from _receive(_Reception(url, target, part))
    part.file.seek(0)
    found = find_type(part.file.read(16))
    if found not in _TYPES[target.kind]:
        raise DownloadError(
            f"{redact_url(url)} is not {target.kind}: the content is {found or 'of another type'}.", url=url
        )
    if missing := find_missing_bytes(part.file, found):
        raise DownloadError(f"{redact_url(url)} is cut: by its content, {missing} bytes are missing.", url=url)
    path = target.folder / (f"{target.name}.{found}" if target.adds_suffix else target.name)
    part.move(path)
    return path


class _IncompleteError(Exception):
    """A download that a later call may continue; its argument is the error for the caller."""


class _Reception:
    """What was received of a file so far."""

    def __init__(self, url: str, target: Target, part: PartFile) -> None:
        self.url = url
        self.target = target
        self.part = part
        self.size = part.find_size()
        self.total: int | None = None

    def make_error(self, problem: str, status: int | None = None) -> DownloadError:
        return DownloadError(f"{redact_url(self.url)}: {problem}.", url=self.url, status=status)

    def begin(self, head: Head) -> None:
        """Take the head of a response: of the whole file, or of the rest of it.

        Raises:
            DownloadError: It is not the file.
        """
        if head.status not in (200, 206):
            cause = {401: " (forbidden, or expired)", 403: " (forbidden, or expired)", 410: " (expired)"}
            raise self.make_error(f"the response is {head.status}{cause.get(head.status, '')}", head.status)
        if "html" in head.headers.get("content-type", ""):
            raise self.make_error("the response is an HTML page", head.status)
        length = head.headers.get("content-length", "")
        if head.status == 200:
            self.part.restart(head.headers.get("etag") or head.headers.get("last-modified"))
            self.size = 0
            self.total = int(length) if length.isascii() and length.isdigit() else None
        else:
            found = _RANGE.match(head.headers.get("content-range", ""))
            if (
                not found
                or int(found[1]) != self.size
                or not self._is_same_version(head.headers)
                or (found[2] != "*" and int(found[2]) != (self.total or int(found[2])))
            ):
                raise self.make_error("the rest of the file does not belong to its start", head.status)
            self.total = self.total if found[2] == "*" else int(found[2])
        if self.total is not None and self.total > self.target.max_bytes:
            raise self.make_error(f"the file has {self.total} bytes, and at most {self.target.max_bytes} are allowed")

    def _is_same_version(self, headers: Mapping[str, str]) -> bool:
        """Check the version of the rest: a server may answer a range of another one in spite of `If-Range`."""
        found = headers.get("etag")
        return not found or not (self.part.validator or "").startswith('"') or found == self.part.validator

    def add(self, chunk: bytes) -> None:
        """Write a part of the file.

        Raises:
            DownloadError: The file is longer than it may be, or than it was said to be.
        """
        self.size += len(chunk)
        if self.size > self.target.max_bytes:
            raise self.make_error(f"the file has more than {self.target.max_bytes} bytes")
        if self.total is not None and self.size > self.total:
            raise self.make_error(f"the file has more than the {self.total} bytes that were announced")
        self.part.file.write(chunk)

    def request(self) -> Fetch:
        """Return the request of the file, or of the rest of it."""
        headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
        if self.size:
            headers["Range"] = f"bytes={self.size}-"
            if self.part.validator:
                headers["If-Range"] = self.part.validator
        return Fetch(self.url, headers)


def _receive(reception: _Reception) -> Actions[None]:
    problem = "no connection was made"
    for attempt in range(_MAX_RESUMES):
        if attempt:
            yield Pause(min(0.5 * 2 ** (attempt - 1), 8.0))
        try:
            head = yield from _open(reception)
            if head.status == 429 or head.status >= 500:
                problem = f"the response is {head.status}"
                continue
            if head.status == 416 and reception.size:
                if head.headers.get("content-range") == f"bytes */{reception.size}":
                    return  # everything has arrived, whatever was announced
                reception.part.restart(None)  # what is there is not the start of the file
                reception.size = 0
                continue
            reception.begin(head)
            while (chunk := (yield Read())) is not None:
                reception.add(chunk)
                yield Report(reception.size, reception.total)
        except BrokenError as error:
            problem = f"the connection broke ({error})"
            if reception.total is None or reception.size < reception.total:
                continue
        if reception.total is None or reception.size == reception.total:
            return
        problem = "the file ended too early"
    size = f"{reception.size} of {reception.total} bytes" if reception.total else f"{reception.size} bytes"
    raise _IncompleteError(reception.make_error(f"{problem}, after {_MAX_RESUMES} attempts and {size}"))


def _open(reception: _Reception) -> Actions[Head]:
    """Request the file, and follow redirects: unlike a call, a download has no secret to pass on.

    Raises:
        DownloadError: The address cannot be used.
    """
    for _ in range(_MAX_REDIRECTS):
        parts, api = split_url(reception.url), urlsplit(reception.target.api_url)
        local = parts is not None and (is_loopback(parts.hostname or "") or parts.netloc == api.netloc)
        if (
            parts is None
            or parts.username is not None
            or not (parts.scheme == "https" or (parts.scheme == "http" and local))
        ):
            raise reception.make_error("not an https URL")
        head: Head = yield reception.request()
        location = head.headers.get("location")
        if head.status not in (301, 302, 303, 307, 308) or not location:
            return head
        reception.url = urljoin(reception.url, location)
    raise reception.make_error("too many redirects")
