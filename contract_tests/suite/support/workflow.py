"""The workflow of the description with either client: song, persona, song with the persona, waiting included."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from threading import Condition
from typing import Any, TypeVar, cast

from cometapi_suno import AsyncSunoClient, Clip, SongFromLyrics, SongWithPersona, SunoClient, Task
from cometapi_suno._clock import SyncClock

T = TypeVar("T")

_PATIENCE = 10.0
"""Seconds before a wait fails; virtual ones with `connect`."""

LYRICS = "[Verse]\nhello"
TITLE = "demo"
NAME, ABOUT = "Persona Title", "Persona Description"


async def resolve(result: Awaitable[T] | T) -> T:
    """Return the result of a call; await it when needed."""
    return await cast("Awaitable[T]", result) if inspect.isawaitable(result) else result


def connect(**options: Any) -> SunoClient:
    """Return a client that waits in virtual time."""
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    def wait(_: Condition, seconds: float) -> None:
        sleep(seconds)

    return SunoClient(**options, clock=SyncClock(monotonic=lambda: now, sleep=sleep, wait=wait))


async def run_workflow(client: SunoClient | AsyncSunoClient) -> None:
    """Run every step with the results of the step before.

    Raises:
        AssertionError: A step does not fit the step before.
    """
    lyrics = SongFromLyrics(prompt=LYRICS, title=TITLE, tags="pop", mv="chirp-auk")
    first = await resolve(client.music.submit(lyrics))
    clip = await _first_clip(client, first)
    assert clip.title == TITLE, "the song has another title"

    persona = await resolve(
        client.personas.create(root_clip_id=clip.id, name=NAME, description=ABOUT, clips=[clip.id], is_public=True)
    )
    assert persona.root_clip_id == clip.id, "the persona is of another clip"
    assert persona.clip is not None, "the persona has no clip"
    assert persona.clip.id == clip.id, "the persona shows another clip"
    assert clip.id in {entry.clip.id for entry in persona.persona_clips or [] if entry.clip}, "its clips lack the clip"
    assert (persona.name, persona.description) == (NAME, ABOUT), "it is called otherwise"
    assert persona.is_public, "it is not public, as was asked"

    request = SongWithPersona(
        persona_id=persona.id,
        artist_clip_id=clip.id,
        prompt=LYRICS,
        title=TITLE,
        tags="electronic, pop",
        negative_tags="",
        mv="chirp-v4-tau",
    )
    second = await resolve(client.music.submit(request))
    assert second != first, "two calls gave one task"
    song = await _first_clip(client, second)
    assert song.id != clip.id, "two tasks gave one clip"
    assert song.metadata is not None, "the song does not tell how it was made"
    assert song.metadata.persona_id == persona.id, "another persona sings"
    assert song.metadata.artist_clip_id == clip.id, "the song goes back to another clip"


async def _first_clip(client: SunoClient | AsyncSunoClient, task_id: object) -> Clip:
    """Wait for a task and return its first clip."""
    assert isinstance(task_id, str), "submit gave no task id"
    task: Task = await resolve(client.tasks.wait(task_id, timeout=_PATIENCE))
    assert task.task_id == task_id, "another task came"
    assert isinstance(task.data, list), "the task has no clips"
    assert task.data, "the task has no clips"
    for clip in task.data:
        assert clip.status == "complete", "a clip of a finished task is not complete"
        assert clip.audio_url, "a finished clip has no audio"
    return task.data[0]
