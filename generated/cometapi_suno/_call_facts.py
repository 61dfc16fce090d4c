"""Facts of calls, from the description: the kinds of their tasks, and the names that prices are looked up by."""

from __future__ import annotations

from collections.abc import Mapping

TASK_KINDS: Mapping[str, str] = {
    "lyrics.submit": "LYRICS",
    "music.submit": "MUSIC",
    "music.concat": "MUSIC",
    "uploads.submit": "MUSIC",
}
"""Name of a call that starts a task -> the kind of the task."""
PRICED_NAMES: tuple[str, ...] = (
    "personas.create",
    "lyrics.submit",
    "music.submit",
    "FullTrackSeparation",
    "music.concat",
    "uploads.submit",
    "clips.mp4",
    "clips.timing",
    "clips.wav",
)
"""Names of calls that may be charged, and of requests that need another price than their call."""
