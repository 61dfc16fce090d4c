"""The state of one gateway, empty but for the well-known ids."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock import seed_ids
from cometapi_suno_mock.bounded_store import Shelf
from cometapi_suno_mock.clock import Clock, Ids
from cometapi_suno_mock.credits import Account
from cometapi_suno_mock.profiles import choose
from cometapi_suno_mock.refusal_rules import FOREIGN_CLIP, UNFINISHED_CLIP, UNKNOWN_CLIP, RefusedError, Rule
from cometapi_suno_mock.state_records import Clip, Origin, Persona, Progress, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cometapi_suno_mock.settings import Settings

_SOMEONE_ELSE = "(another account)"
_EXTENDS = {"task": "extend", "continue_clip_id": seed_ids.FINISHED_CLIP}


class World:
    """Accounts, tasks, clips and personas, and the clock and ids that they share."""

    def __init__(self, settings: Settings) -> None:
        self.readings = choose(settings.profile)
        self.clock = Clock(real=settings.task_seconds is not None)
        self.ids = Ids(settings.seed)
        self.progress = Progress(self.clock, looks=settings.looks, seconds=settings.task_seconds)
        self.accounts = {key: Account(key, settings.credits) for key in settings.keys}
        self.tasks: Shelf[Task] = Shelf(settings.capacity, settings.room, leaving=_forget)
        self.clips: Shelf[Clip] = Shelf(4 * settings.capacity, settings.room)
        self.personas: Shelf[Persona] = Shelf(settings.capacity, settings.room)
        self.dooms: deque[str] = deque()
        """Reasons for which the next submitted tasks will fail, in order."""
        self.doom: str | None = None
        """The reason for which the task that is being submitted will fail."""
        self._furnish()

    def submit(
        self,
        account: Account,
        *,
        cost: int,
        size: int,
        action: str = "MUSIC",
        clips: Sequence[Clip] = (),
        lyrics: dict[str, Any] | None = None,
        notify_hook: str = "",
    ) -> Task:
        """Begin a task and reserve its cost; `size` is that of the request.

        Raises:
            RefusedError: The balance is too low.
        """
        account.reserve(cost)
        task = Task(
            id=self.ids.uuid("task"),
            account=account,
            action=action,
            cost=cost,
            weight=size * max(1, len(clips)),
            submit_time=self.clock.seconds,
            born=self.clock.elapsed,
            notify_hook=notify_hook,
            clips=list(clips),
            lyrics=lyrics,
            doom=self.doom or (self.dooms.popleft() if self.dooms else None),
        )
        self.tasks.put(task.id, task)
        for clip in clips:
            clip.weight = size
            self.clips.put(clip.id, clip)
        return task

    def task(self, account: Account, task_id: str) -> Task | None:
        """An account's own task, or one that belongs to everyone."""
        task = self.tasks.get(task_id)
        return task if task is not None and task.account in (account, self._everyone) else None

    def new_clip(self, account: Account, *, title: str, model: str, origin: Origin, **more: Any) -> Clip:
        """A clip of an account, not yet finished."""
        return Clip(
            id=self.ids.uuid("clip"),
            owner=account.key,
            title=title,
            model=model,
            origin=origin,
            created_at=self.clock.iso(),
            **more,
        )

    def clip(self, account: Account, clip_id: str, *, unknown: Rule = UNKNOWN_CLIP) -> Clip:
        """A finished clip that this account may work with.

        Raises:
            RefusedError: There is no such clip, it is someone else's, or it is not finished.
        """
        clip = self.clips.get(clip_id)
        if clip is None:
            raise RefusedError(unknown)
        if clip.owner not in (None, account.key):
            raise RefusedError(FOREIGN_CLIP)
        if not clip.complete:
            raise RefusedError(UNFINISHED_CLIP)
        return clip

    def finish_all(self) -> None:
        """End every task that has not ended."""
        self.clock.tick(0)
        for task in self.tasks:
            self.progress.finish(task)

    def _furnish(self) -> None:
        self._everyone = Account("(everyone)", 0)
        clips = [
            self._known_clip(seed_ids.FINISHED_CLIP, Origin.GENERATED),
            self._known_clip(seed_ids.UPLOADED_CLIP, Origin.UPLOADED),
            self._known_clip(seed_ids.UNFINISHED_CLIP, Origin.GENERATED, status="submitted"),
            self._known_clip(seed_ids.FOREIGN_CLIP, Origin.GENERATED, owner=_SOMEONE_ELSE),
            self._known_clip(seed_ids.EXTENDED_CLIP, Origin.GENERATED, details=_EXTENDS),
        ]
        for clip in clips:
            self.clips.pin(clip.id, clip)
        root = clips[0]
        now = self.clock.seconds
        task = Task(seed_ids.FINISHED_TASK, self._everyone, "MUSIC", 0, 0, now - 96, 0, clips=[root])
        self.progress.finish(task)
        task.start_time = now - 85
        self.tasks.pin(task.id, task)
        persona = Persona(
            seed_ids.PERSONA, "Persona Title", "Persona Description", True, root, [(11_288_925, root)], weight=0
        )
        self.personas.pin(persona.id, persona)

    def _known_clip(
        self,
        clip_id: str,
        origin: Origin,
        *,
        owner: str | None = None,
        status: str = "complete",
        details: dict[str, Any] | None = None,
    ) -> Clip:
        return Clip(
            id=clip_id,
            owner=owner,
            title="demo",
            model="chirp-auk",
            origin=origin,
            created_at=self.clock.iso(),
            tags="electronic, pop",
            prompt="[Verse]\nhello",
            details=details or {},
            status=status,
        )


def _forget(task: Task) -> None:
    """A task that leaves unfinished came to nothing: its credits go back."""
    if not task.ended:
        task.account.refund(task.cost)
