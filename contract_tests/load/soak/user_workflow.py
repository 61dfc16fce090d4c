"""The workflow of one simulated user, with the client's operations and models. Pure: no IO."""

from __future__ import annotations

import random
from typing import Any, Protocol, TypeVar

from cometapi_suno import Call, Clip, Persona, SongExtension, SongFromLyrics, SongWithPersona, Task
from cometapi_suno.operations import clips, lyrics, music, personas, tasks, uploads

T = TypeVar("T")

UNKNOWN_CLIP = "00000000-0000-4000-8000-000000000000"
_MODEL = "chirp-auk"
_MOST_POLLS = 200
_DONE = {"SUCCESS", "FAILURE"}


class SendAndCheck(Protocol):
    """Makes a call and checks its answer; returns what the client decoded, or None when that failed."""

    def __call__(self, call: Call[T], expected_status: int = 200) -> T | None: ...


def run_workflow(send: SendAndCheck, randomness: random.Random) -> None:
    """Make a song, a persona from it and a song with the persona; at random, call every other operation too."""
    song = SongFromLyrics(prompt=f"[Verse]\n{randomness.random()}", mv=_MODEL, title="Soak", tags="pop")
    task = _wait(send, music.build_submit(song), randomness)
    clip = _first_clip(task)
    if task is None or clip is None:
        return
    _make_persona_song(send, clip, randomness)
    files: list[Call[Any]] = [clips.build_timing(clip.id), clips.build_wav(clip.id), clips.build_mp4(clip.id)]
    for call in files:
        if randomness.random() < 0.5:
            send(call)
    if randomness.random() < 0.2:
        _wait(send, lyrics.build_submit(prompt="the moon"), randomness)
    if randomness.random() < 0.1:
        _wait(send, uploads.build_submit(url="https://example.com/a.mp3"), randomness)
    if randomness.random() < 0.2:
        more = SongExtension(task_id=task.task_id, continue_clip_id=clip.id, continue_at=60, mv=_MODEL, prompt="la")
        longer = _first_clip(_wait(send, music.build_submit(more), randomness))
        if longer is not None:
            _wait(send, music.build_concat(clip_id=longer.id), randomness)
    if randomness.random() < 0.3:
        send(_build_persona(UNKNOWN_CLIP, "n"), 400)


def _make_persona_song(send: SendAndCheck, clip: Clip, randomness: random.Random) -> None:
    persona = send(_build_persona(clip.id, f"Soak {randomness.random()}"))
    if persona is None:
        return
    song = SongWithPersona(
        persona_id=persona.id,
        artist_clip_id=clip.id,
        prompt="[Verse]\nhush",
        tags="pop",
        negative_tags="",
        mv=_MODEL,
        title="Soak",
    )
    _wait(send, music.build_submit(song), randomness)


def _build_persona(clip_id: str, name: str) -> Call[Persona]:
    return personas.build_create(root_clip_id=clip_id, name=name, description="", clips=[clip_id], is_public=False)


def _wait(send: SendAndCheck, call: Call[Any], randomness: random.Random) -> Task | None:
    """Submit a task and poll it until it has ended, alone or in a batch."""
    task_id = send(call)
    if not isinstance(task_id, str):
        return None
    for _ in range(_MOST_POLLS):
        if randomness.random() < 0.2:
            found = send(tasks.build_list(ids=[task_id], action="MUSIC"))
            found_task = found[0] if found else None
        else:
            found_task = send(tasks.build_get(task_id))
        if found_task is None or str(found_task.status) in _DONE:
            return found_task
    return None


def _first_clip(task: Task | None) -> Clip | None:
    return task.data[0] if task is not None and isinstance(task.data, list) and task.data else None
