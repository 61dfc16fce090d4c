"""The tier `paid`: song, persona, song with the persona, through the generated client. Only polls are repeated."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Final, NamedTuple

from cometapi_suno import AsyncSunoClient, Clip, SongFromLyrics, SongWithPersona, SunoError
from cometapi_suno._polling import poll_interval
from cometapi_suno_mock import Contract, DescriptionError

from contract_tests.verifier.live.planned_requests import KeyChoice, PlannedRequest, Tier

TICKET_HEADER: Final = "x-live-ticket"
"""The request header that names the line of the plan by its ticket."""
SONG_TIMEOUT: Final = 600.0
"""Seconds that a song may take."""

_LYRICS = "[Verse]\nA contract is a promise kept"
_TITLE = "Contract check"
_MODEL: Final = "chirp-auk"
_PERSONA_MODEL: Final = "chirp-v4-tau"


class PaidWorkflowError(Exception):
    """A step of the workflow failed."""


class PaidWorkflow(NamedTuple):
    """The planned requests of the workflow, in their order."""

    song: PlannedRequest
    song_wait: PlannedRequest
    persona: PlannedRequest
    next_song: PlannedRequest
    next_wait: PlannedRequest


def plan_paid_workflow(contract: Contract, wait: float = SONG_TIMEOUT) -> PaidWorkflow:
    """Find the operations of the workflow by their names in the client.

    Args:
        contract: The description.
        wait: Seconds that a song may take.

    Raises:
        DescriptionError: The description lacks one of them.
    """
    by_call = {operation.sdk: operation for operation in contract.operations.values()}

    def plan(call: str, note: str, uses: int = 1) -> PlannedRequest:
        if call not in by_call:
            raise DescriptionError(f"no operation is called {call}: the workflow needs it")
        return PlannedRequest(Tier.PAID, by_call[call], note, KeyChoice.REAL, uses)

    polls = max_polls(wait)
    return PaidWorkflow(
        song=plan("music.submit", "song from lyrics"),
        song_wait=plan("tasks.get", "wait for the song", polls),
        persona=plan("personas.create", "private persona of the song"),
        next_song=plan("music.submit", "song with the persona"),
        next_wait=plan("tasks.get", "wait for the song with the persona", polls),
    )


def max_polls(wait: float) -> int:
    """Return how often the client polls a task at most in so many seconds, if responses take no time."""
    polls, waited = 0, 0.0
    while waited < wait:
        polls, waited = polls + 1, waited + poll_interval(waited)
    return polls


async def run_paid_workflow(
    client: AsyncSunoClient,
    workflow: PaidWorkflow,
    wait: float,
    report_created: Callable[[str], object],
    *,
    report_task: Callable[[str, str], object],
    measure: Callable[[str], Awaitable[None]],
) -> None:
    """Send the requests of the workflow, each with the results of the one before.

    Args:
        client: Sends to the proxy, without retries.
        workflow: The planned requests.
        wait: Seconds that a song may take.
        report_created: Called for everything that now exists in the account.
        report_task: Called with the operationId and the id of each task.
        measure: Called after a call that is charged, when its result is there, with its operationId.

    Raises:
        PaidWorkflowError: A step failed.
    """

    async def make_song(
        song: SongFromLyrics | SongWithPersona, name: str, planned: PlannedRequest, planned_wait: PlannedRequest
    ) -> Clip:
        with _naming_step(planned):
            task_id = _require_task_id(await client.music.submit(song, headers={TICKET_HEADER: planned.ticket}))
            report_created(f"task {task_id}, {name}")
            report_task(planned.operation.id, task_id)
        clip = await _wait_for_clip(client, planned_wait, task_id, wait)
        report_created(f"clip {clip.id}")
        await measure(planned.operation.id)
        return clip

    lyrics = SongFromLyrics(prompt=_LYRICS, title=_TITLE, tags="pop", mv=_MODEL)
    clip = await make_song(lyrics, "a song", workflow.song, workflow.song_wait)
    with _naming_step(workflow.persona):
        persona = await client.personas.create(
            root_clip_id=clip.id,
            name=_TITLE,
            description="Made by a contract check",
            clips=[clip.id],
            is_public=False,
            headers={TICKET_HEADER: workflow.persona.ticket},
        )
        report_created(f"persona {persona.id}")
    await measure(workflow.persona.operation.id)
    with_persona = SongWithPersona(
        persona_id=persona.id,
        artist_clip_id=clip.id,
        prompt=_LYRICS,
        title=_TITLE,
        tags="pop",
        negative_tags="",
        mv=_PERSONA_MODEL,
    )
    await make_song(with_persona, "a song with the persona", workflow.next_song, workflow.next_wait)


async def _wait_for_clip(client: AsyncSunoClient, planned: PlannedRequest, task_id: str, wait: float) -> Clip:
    with _naming_step(planned):
        polling = client.with_options(headers={TICKET_HEADER: planned.ticket})
        task = await polling.tasks.wait(task_id, timeout=wait)
        clips = task.data if isinstance(task.data, list) else []
        if not clips:
            raise PaidWorkflowError(f"success without a clip: task {task.task_id}")
        return clips[0]


def _require_task_id(answer: object) -> str:
    if not isinstance(answer, str):
        raise PaidWorkflowError("the response has no task id")
    return answer


@contextmanager
def _naming_step(planned: PlannedRequest) -> Generator[None]:
    """Add the name of the step to an error; the client's message says what happened to the call."""
    try:
        yield
    except SunoError as error:
        raise PaidWorkflowError(f"{planned.note}: {type(error).__name__}: {error}") from None
    except PaidWorkflowError as error:
        raise PaidWorkflowError(f"{planned.note}: {error}") from None
