"""What the state holds: clips, personas and tasks, each with its JSON view, and the progress of tasks."""

from __future__ import annotations

import enum
import functools
from collections.abc import Sequence
from typing import Any

import attrs
from cometapi_suno_mock.clip_files import AVATAR, build_url
from cometapi_suno_mock.clock import VirtualClock
from cometapi_suno_mock.credits import REFUND, CreditAccount, LogRow

_OWNER = {
    "user_id": "00000000-0000-4000-8000-000000000001",
    "display_name": "ExampleUser0001",
    "handle": "exampleuser0001",
    "is_handle_updated": False,
}
"""The pooled Suno account that owns every clip; it is not the caller."""

_VERSIONS = {
    "chirp-hawk": "v6",
    "chirp-hawk-wild": "v6",
    "chirp-goose": "v6",
    "chirp-fenix": "v5.5",
    "chirp-crow": "v5",
    "chirp-bluejay": "v4.5+",
    "chirp-auk": "v4.5",
    "chirp-auk-turbo": "v4.5-all",
    "chirp-v4": "v4",
    "chirp-v4-tau": "v4",
    "chirp-v3-5": "v3.5",
    "chirp-v3-5-tau": "v3.5",
    "chirp-v3-0": "v3",
}

_COMPLETE = "complete"


class ClipOrigin(enum.Enum):
    """How a clip was made; the value is its `metadata.type`."""

    GENERATED = "gen"
    STEM = "stem"
    CONCAT = "concat"
    UPLOADED = "upload"


@attrs.define(eq=False)
class ClipRecord:
    """A clip. `owner` is the key of an account; a clip with None belongs to every account."""

    id: str
    owner: str | None
    title: str
    model: str
    origin: ClipOrigin
    created_at: str
    tags: str = ""
    prompt: str = ""
    details: dict[str, Any] = attrs.field(factory=dict[str, Any])
    """Further fields of `metadata`."""
    status: str = "submitted"
    size: int = 0

    def end(self, *, failed: bool) -> None:
        """Set the status, because the task that makes the clip has ended."""
        self.status = "error" if failed else _COMPLETE

    @property
    def complete(self) -> bool:
        """Whether the clip is finished and can be used."""
        return self.status == _COMPLETE

    @property
    def duration(self) -> float | None:
        """Seconds, between two and four minutes, derived from the id."""
        return (12_000 + int(self.id[-6:], 16) % 12_000) / 100 if self.complete else None

    def get_url(self, base: str, ending: str) -> str:
        """Return the address of the audio or the video; empty until the clip is finished."""
        return build_url(base, f"{self.id}.{ending}") if self.complete else ""

    def view(self, base: str) -> dict[str, Any]:
        """Return the JSON value of the clip. It is shared and must not be changed."""
        return _view_complete(self, base) if self.status == _COMPLETE else self.render(base)

    def render(self, base: str) -> dict[str, Any]:
        """Return the JSON value of the clip as a new object."""
        stem = self.origin is ClipOrigin.STEM
        return {
            "id": self.id,
            "entity_type": "song_schema",
            "video_url": "" if stem else self.get_url(base, "mp4"),
            "audio_url": self.get_url(base, "mp3"),
            "image_url": build_url(base, f"image_{self.id}.jpeg"),
            "image_large_url": build_url(base, f"image_large_{self.id}.jpeg"),
            "major_model_version": "" if stem else _VERSIONS.get(self.model, ""),
            "model_name": self.model,
            "metadata": {
                "tags": self.tags,
                "prompt": self.prompt,
                "type": self.origin.value,
                "duration": self.duration,
                "refund_credits": False,
                "stream": True,
                "can_remix": True,
                "is_remix": False,
                "priority": 10,
                **self.details,
            },
            "is_liked": False,
            **_OWNER,
            "avatar_image_url": build_url(base, AVATAR),
            "is_trashed": False,
            "flag_count": 0,
            "display_tags": self.tags,
            "created_at": self.created_at,
            "status": self.status,
            "title": self.title,
            "play_count": 0,
            "upvote_count": 0,
            "is_public": False,
            "allow_comments": True,
        }


@functools.lru_cache(maxsize=16)
def _view_complete(clip: ClipRecord, base: str) -> dict[str, Any]:
    """Return the view of a finished clip, which does not change, from a cache."""
    return clip.render(base)


@attrs.define(eq=False)
class PersonaRecord:
    """A persona. Every account may use it; only the account of the root clip may create it."""

    id: str
    name: str
    description: str
    is_public: bool
    root: ClipRecord
    clips: Sequence[tuple[int, ClipRecord]]
    """Its clips, each with the number of its entry."""
    size: int

    def view(self, base: str) -> dict[str, Any]:
        """Return the JSON value of the persona."""
        return {
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "image_s3_id": None,
            "root_clip_id": self.root.id,
            "clip": self.root.view(base),
            "user_display_name": _OWNER["display_name"],
            "user_handle": _OWNER["handle"],
            "user_image_url": build_url(base, AVATAR),
            "persona_clips": [{"clip": clip.view(base), "id": number} for number, clip in self.clips],
            "is_suno_persona": False,
            "is_trashed": False,
            "is_owned": True,
            "is_public": self.is_public,
            "is_public_approved": self.is_public,
            "is_loved": False,
            "upvote_count": 0,
            "clip_count": len(self.clips),
        }


NOT_START, SUBMITTED, IN_PROGRESS = "NOT_START", "SUBMITTED", "IN_PROGRESS"
SUCCESS, FAILURE = "SUCCESS", "FAILURE"

_STAGES = (NOT_START, SUBMITTED, IN_PROGRESS)


@attrs.define(eq=False)
class TaskRecord:
    """A submitted task. Its cost stays reserved until it ends."""

    id: str
    account: CreditAccount
    action: str
    cost: int
    size: int
    submit_time: int
    born: float
    notify_hook: str = ""
    clips: list[ClipRecord] = attrs.field(factory=list[ClipRecord])
    lyrics: dict[str, Any] | None = None
    planned_failure: str | None = None
    """The reason for which the task will fail; None lets it succeed."""
    absent_polls: int = 0
    """How many more polls report that the task does not exist."""
    polls: int = 0
    status: str = NOT_START
    progress: int = 0
    fail_reason: str = ""
    start_time: int = 0
    finish_time: int = 0

    @property
    def ended(self) -> bool:
        """Whether it has succeeded or failed."""
        return self.status in (SUCCESS, FAILURE)

    def view(self, base: str) -> dict[str, Any]:
        """Return the JSON value of the task; its `data` is null until it has succeeded."""
        return {
            "task_id": self.id,
            "notify_hook": self.notify_hook,
            "action": self.action,
            "status": self.status,
            "fail_reason": self.fail_reason,
            "submit_time": self.submit_time,
            "start_time": self.start_time,
            "finish_time": self.finish_time,
            "progress": f"{self.progress}%",
            "data": self._view_data(base) if self.status == SUCCESS else None,
        }

    def _view_data(self, base: str) -> Any:
        if self.lyrics is not None:
            return self.lyrics
        return [{**clip.view(base), "reaction": None, "is_video_pending": False} for clip in self.clips]


class TaskProgress:
    """Advances tasks from NOT_START over SUBMITTED and IN_PROGRESS to SUCCESS or FAILURE.

    Args:
        polls: How many polls find a task unfinished.
        seconds: Advance with the clock, in this time, instead of with each poll.
    """

    def __init__(self, clock: VirtualClock, *, polls: int, seconds: float | None) -> None:
        self._clock = clock
        self._polls = polls
        self._seconds = seconds

    def poll(self, task: TaskRecord) -> None:
        """Advance a task because it was polled."""
        if task.ended:
            return
        done = self._measure(task)
        task.polls += 1
        if done >= 1:
            self.finish(task)
            return
        task.status = self._find_stage(done)
        if task.status == IN_PROGRESS:
            task.start_time = task.start_time or self._clock.seconds
            task.progress = int(100 * done)

    def finish(self, task: TaskRecord) -> None:
        """End a task now: settle or refund its cost, and complete its clips or fail them."""
        if task.ended:
            return
        failed = task.planned_failure is not None
        task.status = FAILURE if failed else SUCCESS
        task.fail_reason = task.planned_failure or ""
        task.progress = 100
        task.start_time = task.start_time or self._clock.seconds
        task.finish_time = self._clock.seconds
        for clip in task.clips:
            clip.end(failed=failed)
        if failed:
            task.account.refund(task.cost)
            if task.cost:
                task.account.log.append(LogRow(task.finish_time, REFUND, task.action, task.cost))
        else:
            task.account.settle(task.cost)

    def _measure(self, task: TaskRecord) -> float:
        """Return how much of a task is done, from 0 on."""
        if self._seconds is None:
            return task.polls / self._polls if self._polls else 1.0
        return (self._clock.elapsed - task.born) / self._seconds if self._seconds else 1.0

    def _find_stage(self, done: float) -> str:
        stages = _STAGES if self._seconds is not None else _STAGES[-self._polls :]
        return stages[int(done * len(stages))]
