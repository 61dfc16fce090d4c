"""The workflow that the description is about, walked with either client: song, persona, song with the persona."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import TypeVar, cast

from cometapi_suno import AsyncSunoClient, Clip, SongFromLyrics, SongWithPersona, SunoClient, Task

T = TypeVar("T")

LOOKS = 20
"""How often a task is looked at before the wait is given up."""

LYRICS = "[Verse]\nhello"
TITLE = "demo"
NAME, ABOUT = "Persona Title", "Persona Description"


async def done(result: Awaitable[T] | T) -> T:
    """The result of a call of either client: one is awaited, one is there already."""
    return await cast("Awaitable[T]", result) if inspect.isawaitable(result) else result


async def sing_with_a_persona(client: SunoClient | AsyncSunoClient) -> None:
    """Take every step with what the step before gave.

    Raises:
        AssertionError: A step does not fit the one before.
    """
    lyrics = SongFromLyrics(prompt=LYRICS, title=TITLE, tags="pop", mv="chirp-auk")
    first = await done(client.music.submit(lyrics))
    clip = await _first_clip(client, first)
    assert clip.title == TITLE, "the song has another title"

    persona = await done(
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
    second = await done(client.music.submit(request))
    assert second != first, "two calls gave one task"
    song = await _first_clip(client, second)
    assert song.id != clip.id, "two tasks gave one clip"
    assert song.metadata is not None, "the song does not tell how it was made"
    assert song.metadata.persona_id == persona.id, "another persona sings"
    assert song.metadata.artist_clip_id == clip.id, "the song goes back to another clip"


async def _first_clip(client: SunoClient | AsyncSunoClient, task_id: object) -> Clip:
    """The first clip of a task, once it has succeeded."""
    assert isinstance(task_id, str), "submit gave no task id"
    task = await _finished(client, task_id)
    assert task.task_id == task_id, "another task came"
    assert isinstance(task.data, list), "the task has no clips"
    assert task.data, "the task has no clips"
    for clip in task.data:
        assert clip.status == "complete", "a clip of a finished task is not complete"
        assert clip.audio_url, "a finished clip has no audio"
    return task.data[0]


async def _finished(client: SunoClient | AsyncSunoClient, task_id: str) -> Task:
    """The task at its end. The mock's time passes with the looks, so there is nothing to sleep for."""
    for _ in range(LOOKS):
        task = await done(client.tasks.get(task_id))
        if task.status == "SUCCESS":
            return task
        assert task.status != "FAILURE", f"the task failed: {task.fail_reason}"
    raise AssertionError(f"the task is not finished after {LOOKS} looks")
