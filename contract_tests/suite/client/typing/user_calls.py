"""Calls as users write them: right to every type checker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, assert_type

from cometapi_suno import (
    Answer,
    AsyncSunoClient,
    Clip,
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
