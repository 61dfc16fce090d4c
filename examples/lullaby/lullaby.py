"""Lullabies in a voice of one's own: `lullaby NAME LINE...` makes a singer once, and sings each line with it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cometapi_suno import (
    AsyncSunoClient,
    Clip,
    OutcomeUnknownError,
    SongFromLyrics,
    SongWithPersona,
    SunoClient,
    SunoError,
    Task,
)

MODEL = "chirp-auk"


class InDoubtError(Exception):
    """Something may have been made, and paid for; a human has to look."""


class Notebook:
    """What was paid for, on disk as soon as it is known: singers by name.

    Args:
        path: A JSON file; made when there is something to write down.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> dict[str, Any]:
        """What is known of a singer: `task`, then `clip`, then `persona`; `doubt` instead when it is not clear."""
        return self._singers().get(name, {})

    def write(self, name: str, **known: str) -> None:
        """Add what became known."""
        singers = self._singers()
        singers[name] = singers.get(name, {}) | known
        self._path.write_text(json.dumps(singers, indent=2), "utf-8")

    def _singers(self) -> dict[str, dict[str, Any]]:
        return json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}


def singer(client: SunoClient, notebook: Notebook, name: str) -> tuple[str, str]:
    """The persona and the clip it came from: those of the notebook, or new ones. Each step is paid for once.

    Raises:
        InDoubtError: The song or the persona may exist already.
    """
    known = notebook.read(name)
    if "doubt" in known:
        raise InDoubtError(f"{name}: look whether {known['doubt']} exists")
    if "task" not in known:
        song = SongFromLyrics(prompt="[Verse]\nla la la", mv=MODEL, title=name, tags="lullaby, warm alto")
        with _written_down(notebook, name, "a song"):
            notebook.write(name, task=str(client.music.submit(song)))
    if "clip" not in known:
        task = client.tasks.wait(notebook.read(name)["task"])
        notebook.write(name, clip=_first_clip(task).id)
    clip = notebook.read(name)["clip"]
    if "persona" not in known:
        with _written_down(notebook, name, f"a persona of clip {clip}"):
            made = client.personas.create(
                root_clip_id=clip, name=name, description="Sings lullabies", clips=[clip], is_public=False
            )
        notebook.write(name, persona=made.id)
    return notebook.read(name)["persona"], clip


@contextmanager
def _written_down(notebook: Notebook, name: str, what: str) -> Generator[None]:
    """Doubt about a paid call goes into the notebook, so that no later run makes the call again."""
    try:
        yield
    except OutcomeUnknownError as error:
        notebook.write(name, doubt=f"{what} (request {error.fingerprint})")
        raise InDoubtError(f"{name}: no answer came; {what} may exist, and is not asked for again") from error


async def sing(client: AsyncSunoClient, persona: str, clip: str, lines: list[str]) -> list[Clip]:
    """One song for each line, all at once; waiting for them costs one request a look, not one a song."""
    songs = [
        SongWithPersona(
            persona_id=persona, artist_clip_id=clip, prompt=line, tags="lullaby", negative_tags="", mv=MODEL, title=line
        )
        for line in lines
    ]
    submitted = await asyncio.gather(*(client.music.submit(song) for song in songs))
    tasks = await client.tasks.wait_all([str(task_id) for task_id in submitted])
    return [_first_clip(task) for task in tasks]


def _first_clip(task: Task) -> Clip:
    if not isinstance(task.data, list):
        raise SunoError(f"task {task.task_id} ended without clips")
    return task.data[0]


async def _album(persona: str, clip: str, lines: list[str]) -> list[Clip]:
    async with AsyncSunoClient() as client:
        return await sing(client, persona, clip, lines)


def main() -> int:
    """Key and server come from COMETAPI_KEY and COMETAPI_BASE_URL; the notebook is `lullaby.json`."""
    if len(sys.argv) < 3:
        sys.stderr.write("usage: lullaby NAME LINE...\n")
        return 2
    try:
        with SunoClient() as client:
            persona, clip = singer(client, Notebook(Path("lullaby.json")), sys.argv[1])
        for made in asyncio.run(_album(persona, clip, sys.argv[2:])):
            sys.stdout.write(f"{made.title}: {made.audio_url}\n")
    except (SunoError, InDoubtError) as error:
        sys.stderr.write(f"lullaby: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
