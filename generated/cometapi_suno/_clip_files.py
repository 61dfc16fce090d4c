"""The methods of `client.clips` that download files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from ._download import MAX_FILE_BYTES, Kind, download_clip, download_task
from ._options import CallOptions
from ._run_download import AsyncProgress, Progress, run_download, run_download_async

if TYPE_CHECKING:
    from ._engine import AsyncEngine, SyncEngine
    from .models.clip import Clip
    from .models.task import Task


class ClipFileMethods:
    """The methods of `client.clips` that download files."""

    _engine: SyncEngine

    def download(
        self,
        clip: Clip | str,
        path: str | os.PathLike[str],
        kind: Kind = "audio",
        *,
        on_progress: Progress | None = None,
        max_bytes: int = MAX_FILE_BYTES,
        wait_timeout: float = 120.0,
        **options: Unpack[CallOptions],
    ) -> Path:
        """Download a file of a clip. The addresses of files expire: download what you have paid for at once.

        The file appears at `path` when it is whole, and its length and type are right: the length that the server
        announces, and for wav and mp4 that of the content (an mp3 does not have it). A connection that breaks is
        resumed; what the end of the process cut off is continued by the next call, but begins again on Windows. No
        request of a file has the key.
        `wav`, and a video without an address, are asked for with `clips.wav` and `clips.mp4`, which may be charged.

        Args:
            clip: The clip, as a task has it; for `wav` and `video` its id is enough.
            path: Where the file goes.
            kind: `audio`, `video`, `image` or `wav`.
            on_progress: Called with the bytes received so far and their total, which may be `None`.
            max_bytes: Maximum size of the file.
            wait_timeout: Seconds to wait for a file that is still being made.

        Raises:
            DownloadError: No address gives the file. `path` is left as it was.
            InvalidRequestError: An argument cannot be used.
            OSError: The file cannot be written.
            SunoError: `clips.wav` or `clips.mp4` fails, as any call may.
        """
        actions = download_clip(
            clip,
            path,
            kind,
            max_bytes=max_bytes,
            wait_timeout=wait_timeout,
            api_url=self._engine.settings.base_url,
        )
        return run_download(self._engine, actions, on_progress, options)

    def save_all(
        self,
        task: Task,
        folder: str | os.PathLike[str],
        kinds: Sequence[Kind] = ("audio",),
        *,
        on_progress: Progress | None = None,
        max_bytes: int = MAX_FILE_BYTES,
        wait_timeout: float = 120.0,
        **options: Unpack[CallOptions],
    ) -> list[Path]:
        """Download the files of all clips of a task, named by their titles and ids. Returns their paths.

        A file that cannot be had does not stop the others: the error is raised when they are saved, and their paths are
        in its `.reached["saved"]`.

        Args:
            task: A task that has succeeded.
            folder: Where the files go; it is made when it is missing.
            kinds: Which files of each clip.
            on_progress: Called with the bytes of a file received so far and their total, which may be `None`.
            max_bytes: Maximum size of a file.
            wait_timeout: Seconds to wait for a file that is still being made.

        Raises:
            DownloadError: The task has no clips, or no address gives a file.
            InvalidRequestError: An argument cannot be used.
            OSError: A file cannot be written.
            SunoError: `clips.wav` or `clips.mp4` fails, as any call may.
        """
        actions = download_task(
            task,
            folder,
            kinds,
            max_bytes=max_bytes,
            wait_timeout=wait_timeout,
            api_url=self._engine.settings.base_url,
        )
        return run_download(self._engine, actions, on_progress, options)


class AsyncClipFileMethods:
    """The methods of `client.clips` that download files, for asyncio."""

    _engine: AsyncEngine

    async def download(
        self,
        clip: Clip | str,
        path: str | os.PathLike[str],
        kind: Kind = "audio",
        *,
        on_progress: AsyncProgress | None = None,
        max_bytes: int = MAX_FILE_BYTES,
        wait_timeout: float = 120.0,
        **options: Unpack[CallOptions],
    ) -> Path:
        """Download a file of a clip. The addresses of files expire: download what you have paid for at once.

        The file appears at `path` when it is whole, and its length and type are right: the length that the server
        announces, and for wav and mp4 that of the content (an mp3 does not have it). A connection that breaks is
        resumed; what the end of the process cut off is continued by the next call, but begins again on Windows. No
        request of a file has the key.
        `wav`, and a video without an address, are asked for with `clips.wav` and `clips.mp4`, which may be charged.

        Args:
            clip: The clip, as a task has it; for `wav` and `video` its id is enough.
            path: Where the file goes.
            kind: `audio`, `video`, `image` or `wav`.
            on_progress: Called with the bytes received so far and their total, which may be `None`.
            max_bytes: Maximum size of the file.
            wait_timeout: Seconds to wait for a file that is still being made.

        Raises:
            DownloadError: No address gives the file. `path` is left as it was.
            InvalidRequestError: An argument cannot be used.
            OSError: The file cannot be written.
            SunoError: `clips.wav` or `clips.mp4` fails, as any call may.
        """
        actions = download_clip(
            clip,
            path,
            kind,
            max_bytes=max_bytes,
            wait_timeout=wait_timeout,
            api_url=self._engine.settings.base_url,
        )
        return await run_download_async(self._engine, actions, on_progress, options)

    async def save_all(
        self,
        task: Task,
        folder: str | os.PathLike[str],
        kinds: Sequence[Kind] = ("audio",),
        *,
        on_progress: AsyncProgress | None = None,
        max_bytes: int = MAX_FILE_BYTES,
        wait_timeout: float = 120.0,
        **options: Unpack[CallOptions],
    ) -> list[Path]:
        """Download the files of all clips of a task, named by their titles and ids. Returns their paths.

        A file that cannot be had does not stop the others: the error is raised when they are saved, and their paths are
        in its `.reached["saved"]`.

        Args:
            task: A task that has succeeded.
            folder: Where the files go; it is made when it is missing.
            kinds: Which files of each clip.
            on_progress: Called with the bytes of a file received so far and their total, which may be `None`.
            max_bytes: Maximum size of a file.
            wait_timeout: Seconds to wait for a file that is still being made.

        Raises:
            DownloadError: The task has no clips, or no address gives a file.
            InvalidRequestError: An argument cannot be used.
            OSError: A file cannot be written.
            SunoError: `clips.wav` or `clips.mp4` fails, as any call may.
        """
        actions = download_task(
            task,
            folder,
            kinds,
            max_bytes=max_bytes,
            wait_timeout=wait_timeout,
            api_url=self._engine.settings.base_url,
        )
        return await run_download_async(self._engine, actions, on_progress, options)
