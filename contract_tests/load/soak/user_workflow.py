"""What one user does: the whole workflow once, by the client's own operations and models. Pure: no IO."""

from __future__ import annotations

import random
from typing import Any, Protocol, TypeVar

from cometapi_suno import Call, Clip, Persona, SongExtension, SongFromLyrics, SongWithPersona, Task
from cometapi_suno.operations import clips, lyrics, music, personas, tasks, uploads

T = TypeVar("T")

UNKNOWN_CLIP = "00000000-0000-4000-8000-000000000000"
_MODEL = "chirp-auk"
_MOST_LOOKS = 200
_DONE = {"SUCCESS", "FAILURE"}


class Send(Protocol):
    """Makes a call and judges its answer; gives what the client read, or `None` when that failed."""

    def __call__(self, call: Call[T], due: int = 200) -> T | None: ...


def walk(send: Send, chance: random.Random) -> None:
    """A song, a persona of it, a song with the persona; on the way, now and then, everything else."""
    song = SongFromLyrics(prompt=f"[Verse]\n{chance.random()}", mv=_MODEL, title="Soak", tags="pop")
    task = _ended(send, music.build_submit(song), chance)
    clip = _clip(task)
    if task is None or clip is None:
        return
    _sing_with_a_persona(send, clip, chance)
    files: list[Call[Any]] = [clips.build_timing(clip.id), clips.build_wav(clip.id), clips.build_mp4(clip.id)]
    for call in files:
        if chance.random() < 0.5:
            send(call)
    if chance.random() < 0.2:
        _ended(send, lyrics.build_submit(prompt="the moon"), chance)
    if chance.random() < 0.1:
        _ended(send, uploads.build_submit(url="https://example.com/a.mp3"), chance)
    if chance.random() < 0.2:
        more = SongExtension(task_id=task.task_id, continue_clip_id=clip.id, continue_at=60, mv=_MODEL, prompt="la")
        longer = _clip(_ended(send, music.build_submit(more), chance))
        if longer is not None:
            _ended(send, music.build_concat(clip_id=longer.id), chance)
    if chance.random() < 0.3:
        send(_persona(UNKNOWN_CLIP, "n"), 400)


def _sing_with_a_persona(send: Send, clip: Clip, chance: random.Random) -> None:
    persona = send(_persona(clip.id, f"Soak {chance.random()}"))
    if persona is None:
        return
    sung = SongWithPersona(
        persona_id=persona.id,
        artist_clip_id=clip.id,
        prompt="[Verse]\nhush",
        tags="pop",
        negative_tags="",
        mv=_MODEL,
        title="Soak",
    )
    _ended(send, music.build_submit(sung), chance)


def _persona(clip_id: str, name: str) -> Call[Persona]:
    return personas.build_create(root_clip_id=clip_id, name=name, description="", clips=[clip_id], is_public=False)


def _ended(send: Send, call: Call[Any], chance: random.Random) -> Task | None:
    """Submit a task, and look at it until it has ended, alone or in a batch."""
    task_id = send(call)
    if not isinstance(task_id, str):
        return None
    for _ in range(_MOST_LOOKS):
        if chance.random() < 0.2:
            found = send(tasks.build_list(ids=[task_id], action="MUSIC"))
            seen = found[0] if found else None
        else:
            seen = send(tasks.build_get(task_id))
        if seen is None or str(seen.status) in _DONE:
            return seen
    return None


def _clip(task: Task | None) -> Clip | None:
    return task.data[0] if task is not None and isinstance(task.data, list) and task.data else None
