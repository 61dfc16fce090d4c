"""Lullabies with one singer: `lullaby NAME LINE...` makes the singer, a persona, once, and sings each line with it."""

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
    ResponseDecodeError,
    SongFromLyrics,
    SongWithPersona,
    SunoClient,
    SunoError,
    Task,
)

# CometAPI's page on personas demands it, although Suno itself has newer models.
MODEL = "chirp-auk"


class InDoubtError(Exception):
    """Something may have been made, and paid for; a human has to look."""


class Notebook:
    """What was paid for, on disk as soon as it is known: singers and songs by name.

    Args:
        path: A JSON file; made when there is something to write down.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, name: str) -> dict[str, Any]:
        """What is known of a singer or song: `task`, then `clip`, then `persona`; `doubt` when it is not clear."""
        return self._entries().get(name, {})

    def write(self, name: str, **known: str) -> None:
        """Add what became known, and remove the doubt unless it is given."""
        entries = self._entries()
        entries[name] = {key: value for key, value in entries.get(name, {}).items() if key != "doubt"} | known
        draft = self._path.with_name(f"{self._path.name}.new")
        draft.write_text(json.dumps(entries, indent=2), "utf-8")
        draft.replace(self._path)  # whole, or not at all

    def _entries(self) -> dict[str, dict[str, Any]]:
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
    """Write a paid call down before it is made; its id, or a refusal, removes the doubt.

    A run that is stopped in between, even by a crash, leaves the doubt, so that no later run makes the call again.
    """
    notebook.write(name, doubt=what)
    try:
        yield
    except (OutcomeUnknownError, ResponseDecodeError) as error:
        raise InDoubtError(f"{name}: no clear answer came; {what} may exist, and is not asked for again") from error
    except SunoError:
        notebook.write(name)
        raise


async def sing(client: AsyncSunoClient, notebook: Notebook, persona: str, clip: str, lines: list[str]) -> list[Clip]:
    """One song for each line, all at once; waiting for them costs one request a look, not one a song.

    Raises:
        SunoError: A song was refused or failed. The others are in the notebook, and are not paid for again.
        InDoubtError: A song may exist already.
    """

    async def submit(line: str) -> str:
        name = f"{line} (song of {persona})"
        known = notebook.read(name)
        if "doubt" in known:
            raise InDoubtError(f"{name}: look whether {known['doubt']} exists")
        if "task" not in known:
            song = SongWithPersona(
                persona_id=persona,
                artist_clip_id=clip,
                prompt=line,
                tags="lullaby",
                negative_tags="",
                mv=MODEL,
                title=line,
            )
            with _written_down(notebook, name, "a song"):
                # Written before anything else can fail or be cancelled.
                notebook.write(name, task=str(await client.music.submit(song)))
        return str(notebook.read(name)["task"])

    # Without `return_exceptions`, the first refusal would end the program while the other songs are being paid for.
    submitted = await asyncio.gather(*map(submit, dict.fromkeys(lines)), return_exceptions=True)
    task_ids = [each for each in submitted if isinstance(each, str)]
    problems = [each for each in submitted if isinstance(each, BaseException)]
    if problems:
        raise problems[0]
    tasks = await client.tasks.wait_all(task_ids)
    return [_first_clip(task) for task in tasks]


def _first_clip(task: Task) -> Clip:
    if not isinstance(task.data, list):
        raise SunoError(f"task {task.task_id} ended without clips")
    return task.data[0]


async def _album(notebook: Notebook, persona: str, clip: str, lines: list[str]) -> list[Clip]:
    async with AsyncSunoClient() as client:
        return await sing(client, notebook, persona, clip, lines)


def main() -> int:
    """Key and server come from COMETAPI_KEY and COMETAPI_BASE_URL; the notebook is `lullaby.json`."""
    if len(sys.argv) < 3:
        sys.stderr.write("usage: lullaby NAME LINE...\n")
        return 2
    try:
        notebook = Notebook(Path("lullaby.json"))
        with SunoClient() as client:
            persona, clip = singer(client, notebook, sys.argv[1])
        for made in asyncio.run(_album(notebook, persona, clip, sys.argv[2:])):
            sys.stdout.write(f"{made.title}: {made.audio_url}\n")
    except (SunoError, InDoubtError) as error:
        sys.stderr.write(f"lullaby: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
