"""Calls as users write them: right to every type checker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from cometapi_suno import (
    Answer,
    AsyncSunoClient,
    Clip,
    Lyrics,
    Mp4File,
    Mp4Link,
    OutcomeUnknownError,
    Persona,
    PersonaFromSong,
    RetryPolicy,
    SongFromDescription,
    SongFromLyrics,
    SunoClient,
    Task,
    TaskFailedError,
    Timeout,
    parse_notification,
)


def correct(client: SunoClient) -> None:
    persona = client.personas.create(root_clip_id="c", name="n", description="d", clips=["c"], is_public=True)
    assert_type(persona, Persona)
    assert_type(persona.id, str)
    assert_type(client.music.submit(SongFromLyrics(prompt="la", title="t")), str)
    assert_type(client.tasks.wait("a", timeout=30, on_progress=print), Task)
    assert_type(client.tasks.wait_all(["a", "b"]), list[Task])
    assert_type(client.tasks.list(ids=["a"], action="MUSIC"), list[Task])
    assert_type(client.tasks.with_raw_response.get("a"), Answer[Task])
    assert_type(client.tasks.with_raw_response.get("a").parse(), Task)
    assert_type(client.with_options(timeout=5, retries=0), SunoClient)
    client.tasks.get("a", timeout=Timeout(read=5), retries=RetryPolicy(attempts=2), headers={"X-A": "1"})
    for task in client.tasks.iter_events("a"):
        assert_type(task, Task)
    assert_type(parse_notification(b"{}"), Task)


def from_a_page(client: SunoClient, task_id: str) -> str:
    """Step 2 of CometAPI's page on personas: with the task id, obtain the clip id of the song that is wanted."""
    task = client.tasks.get(task_id)
    assert_type(task.lyrics, Lyrics | None)
    assert_type(task.progress_percent, float | None)
    assert_type(task.request_id, str | None)
    assert_type(client.clips.wav(task.clips[0].id).url, str | None)
    assert_type(client.clips.mp4("a").raw, Mp4File | Mp4Link)
    clip_id = task.clips[0].id
    assert_type(clip_id, str)
    client.personas.create(root_clip_id=clip_id, name="n", description="d", is_public=False)
    return task.to_json(indent=2)


def last(clips: Sequence[Clip]) -> Clip:
    return clips[-1]


def in_one_call(client: SunoClient) -> None:
    song = SongFromDescription(gpt_description_prompt="rivers")
    made = client.personas.create_from_song(song, name="n", description="d", is_public=True, pick=last)
    assert_type(made, PersonaFromSong)
    assert_type(made.clip, Clip)
    sung = client.music.submit_with_persona(made, prompt="la", tags="pop", title="t")
    assert_type(sung.clips, list[Clip])
    client.music.submit_with_persona(made.persona, prompt="la", tags="pop", title="t", mv="chirp-v4-tau")
    client.music.submit_with_persona("id", artist_clip_id="c", prompt="la", tags="pop", title="t")


def errors(client: SunoClient) -> None:
    try:
        client.tasks.wait("a")
    except TaskFailedError as failed:
        assert_type(failed.task_id, str)
    except OutcomeUnknownError as unknown:
        assert_type(unknown.fingerprint, str)


async def asynchronous(client: AsyncSunoClient) -> None:
    assert_type(await client.tasks.get("a"), Task)
    assert_type(await client.tasks.wait_all(["a"]), list[Task])
    async for task in client.tasks.iter_events("a"):
        assert_type(task, Task)

    async def note(task: Task) -> None: ...

    await client.tasks.wait("a", on_progress=note)
    anything: Any = await client.request("GET", "/suno/x")
    str(anything)
