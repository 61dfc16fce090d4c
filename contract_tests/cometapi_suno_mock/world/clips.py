"""Clips: what a task makes, and what a persona is made from."""

from __future__ import annotations

import enum
import functools
from typing import Any

import attrs

_OWNER = {
    "user_id": "00000000-0000-4000-8000-000000000001",
    "display_name": "ExampleUser0001",
    "handle": "exampleuser0001",
    "is_handle_updated": False,
    "avatar_image_url": "https://cdn1.suno.ai/defaultPink.webp",
}
"""The pooled Suno account that owns every clip; it is not the caller."""

USER = {
    "user_display_name": _OWNER["display_name"],
    "user_handle": _OWNER["handle"],
    "user_image_url": _OWNER["avatar_image_url"],
}
"""The same account as a persona names it."""

_VERSIONS = {
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


class Origin(enum.Enum):
    """How a clip came to be; the value is its `metadata.type`."""

    GENERATED = "gen"
    STEM = "stem"
    CONCAT = "concat"
    UPLOADED = "upload"


@attrs.define(eq=False)
class Clip:
    """One clip. `owner` is an account's key; None belongs to every account."""

    id: str
    owner: str | None
    title: str
    model: str
    origin: Origin
    created_at: str
    tags: str = ""
    prompt: str = ""
    details: dict[str, Any] = attrs.field(factory=dict[str, Any])
    """What else `metadata` says."""
    status: str = "submitted"
    weight: int = 0

    def end(self, *, failed: bool) -> None:
        """The task that makes it is over."""
        self.status = "error" if failed else _COMPLETE

    @property
    def complete(self) -> bool:
        """Whether the clip can be worked with."""
        return self.status == _COMPLETE

    @property
    def audio_url(self) -> str:
        """Where the audio would be."""
        return f"https://cdn1.suno.ai/{self.id}.mp3" if self.complete else ""

    @property
    def video_url(self) -> str:
        """Where the video would be."""
        return f"https://cdn1.suno.ai/{self.id}.mp4" if self.complete else ""

    @property
    def duration(self) -> float | None:
        """Seconds, between two and four minutes, told by the id."""
        return (12_000 + int(self.id[-6:], 16) % 12_000) / 100 if self.complete else None

    def view(self) -> dict[str, Any]:
        """The clip as answers show it; nobody may change the dict."""
        return _view_of_complete(self) if self.status == _COMPLETE else self.draw()

    def draw(self) -> dict[str, Any]:
        """A new view of the clip."""
        stem = self.origin is Origin.STEM
        return {
            "id": self.id,
            "entity_type": "song_schema",
            "video_url": "" if stem else self.video_url,
            "audio_url": self.audio_url,
            "image_url": f"https://cdn2.suno.ai/image_{self.id}.jpeg",
            "image_large_url": f"https://cdn2.suno.ai/image_large_{self.id}.jpeg",
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
def _view_of_complete(clip: Clip) -> dict[str, Any]:
    """The view of a clip that changes no more, drawn once for those that many calls ask for."""
    return clip.draw()
