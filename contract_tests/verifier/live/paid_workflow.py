"""The tier `paid`: song, persona, song with the persona, through the generated client, each step sent once."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from attrs import frozen
from cometapi_suno import AsyncSunoClient, Clip, SongFromLyrics, SongWithPersona, SunoError, Task
from cometapi_suno_mock import Contract, DescriptionError

from contract_tests.verifier.live.allowlist import TICKET
from contract_tests.verifier.live.planned_requests import Step, Terms, Tier, WithKey

WAIT: Final = 600.0
"""Seconds that a song may take."""

_LYRICS = "[Verse]\nA contract is a promise kept"
_TITLE = "Contract check"
_MODEL: Final = "chirp-auk"
_TAU_MODEL: Final = "chirp-v4-tau"


class WorkflowError(Exception):
    """A step of the workflow did not lead to the next one."""


@frozen
class Workflow:
    """The steps of the workflow, in their order."""

    song: Step
    song_wait: Step
    persona: Step
    next_song: Step
    next_wait: Step

    @classmethod
    def of(cls, contract: Contract, wait: float = WAIT) -> Workflow:
        """Find the steps in the description, by how users call them.

        Raises:
            DescriptionError: One of them is not there.
        """
        by_call = {operation.sdk: operation for operation in contract.operations.values()}

        def step(call: str, note: str, uses: int = 1) -> Step:
            if call not in by_call:
                raise DescriptionError(f"no operation is called {call}: the workflow needs it")
            operation = by_call[call]
            terms = Terms.of(contract.description, operation)
            return Step(Tier.PAID, operation, terms, note, WithKey.REAL, uses)

        looks = most_looks(wait)
        return cls(
            song=step("music.submit", "song from lyrics"),
            song_wait=step("tasks.get", "wait for the song", looks),
            persona=step("personas.create", "private persona of the song"),
            next_song=step("music.submit", "song with the persona"),
            next_wait=step("tasks.get", "wait for the song with the persona", looks),
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """All of them."""
        return self.song, self.song_wait, self.persona, self.next_song, self.next_wait


def most_looks(wait: float) -> int:
    """How often the client looks at a task at most while it waits so many seconds, when answers take no time.

    It looks at once, and then after an eighth of the time that it has waited, at least 2 and at most 10 seconds.
    """
    looks, waited = 1, 2.0
    while waited < wait:
        looks, waited = looks + 1, waited + min(10.0, max(2.0, waited / 8))
    return looks


async def walk(client: AsyncSunoClient, workflow: Workflow, wait: float, reached: Callable[[str], object]) -> None:
    """Take every step with what the one before gave.

    Args:
        client: Goes to the proxy; it repeats nothing.
        workflow: The steps of the plan.
        wait: Seconds that a song may take.
        reached: Told of everything that now exists.

    Raises:
        WorkflowError: A step failed; what was reached before was told.
    """
    with _telling(workflow.song):
        lyrics = SongFromLyrics(prompt=_LYRICS, title=_TITLE, tags="pop", mv=_MODEL)
        first = _task_id(await client.music.submit(lyrics, headers={TICKET: workflow.song.ticket}))
        reached(f"task {first}, a song")
    clip = await _song(client, workflow.song_wait, first, wait)
    reached(f"clip {clip.id}")
    with _telling(workflow.persona):
        persona = await client.personas.create(
            root_clip_id=clip.id,
            name=_TITLE,
            description="Made by a contract check",
            clips=[clip.id],
            is_public=False,
            headers={TICKET: workflow.persona.ticket},
        )
        reached(f"persona {persona.id}")
    with _telling(workflow.next_song):
        request = SongWithPersona(
            persona_id=persona.id,
            artist_clip_id=clip.id,
            prompt=_LYRICS,
            title=_TITLE,
            tags="pop",
            negative_tags="",
            mv=_TAU_MODEL,
        )
        second = _task_id(await client.music.submit(request, headers={TICKET: workflow.next_song.ticket}))
        reached(f"task {second}, a song with the persona")
    song = await _song(client, workflow.next_wait, second, wait)
    reached(f"clip {song.id}")


async def _song(client: AsyncSunoClient, step: Step, task_id: str, wait: float) -> Clip:
    """The first clip of a task, once it has ended well."""
    with _telling(step):
        task = await client.with_options(headers={TICKET: step.ticket}).tasks.wait(task_id, timeout=wait)
        return _first_clip(task)


def _first_clip(task: Task) -> Clip:
    clips = task.data if isinstance(task.data, list) else []
    if not clips:
        raise WorkflowError(f"task {task.task_id} ended well and has no clip")
    return clips[0]


def _task_id(given: object) -> str:
    if not isinstance(given, str):
        raise WorkflowError("the answer holds no task id")
    return given


@contextmanager
def _telling(step: Step) -> Generator[None]:
    """Say which step failed. The error's own text tells what happened to the call."""
    try:
        yield
    except SunoError as error:
        raise WorkflowError(f"{step.note}: {type(error).__name__}: {error}") from None
    except WorkflowError as error:
        raise WorkflowError(f"{step.note}: {error}") from None
