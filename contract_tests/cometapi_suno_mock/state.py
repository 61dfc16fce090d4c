"""The state of one gateway. It starts with the seed data and nothing else."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from cometapi_suno_mock import refusal_rules, seed_ids
from cometapi_suno_mock.clock import SeededIds, VirtualClock
from cometapi_suno_mock.credits import CreditAccount
from cometapi_suno_mock.profiles import select_profiles
from cometapi_suno_mock.refusal_rules import RefusalRule, RefusedError
from cometapi_suno_mock.settings import Settings
from cometapi_suno_mock.state_records import ClipOrigin, ClipRecord, PersonaRecord, TaskProgress, TaskRecord

_ANOTHER_ACCOUNT = "(another account)"
_EXTENSION = {"task": "extend", "continue_clip_id": seed_ids.FINISHED_CLIP}

_Record = TypeVar("_Record", bound=ClipRecord | PersonaRecord | TaskRecord)


class BoundedStore(Generic[_Record]):
    """Holds at most `capacity` entries of `room` bytes in total, the newest, and any number of pinned entries.

    Args:
        on_drop: Called with each entry that is dropped.
    """

    def __init__(self, capacity: int, room: int, on_drop: Callable[[_Record], None] | None = None) -> None:
        self._capacity = max(1, capacity)
        self._room = room
        self._size = 0
        self._on_drop = on_drop
        self._pinned: dict[str, _Record] = {}
        self._entries: OrderedDict[str, _Record] = OrderedDict()

    def pin(self, key: str, entry: _Record) -> None:
        """Add an entry that is never dropped."""
        self._pinned[key] = entry

    def put(self, key: str, entry: _Record) -> None:
        """Add an entry and drop the oldest ones above the bounds, but never the new one."""
        entries = self._entries
        entries[key] = entry
        self._size += entry.size
        while len(entries) > self._capacity or (self._size > self._room and len(entries) > 1):
            _, oldest = entries.popitem(last=False)
            self._size -= oldest.size
            if self._on_drop is not None:
                self._on_drop(oldest)

    def get(self, key: str) -> _Record | None:
        """Return the entry, or None."""
        entry = self._entries.get(key)
        return self._pinned.get(key) if entry is None else entry

    def __iter__(self) -> Iterator[_Record]:
        yield from self._pinned.values()
        yield from self._entries.values()

    def __len__(self) -> int:
        return len(self._pinned) + len(self._entries)


class GatewayState:
    """Accounts, tasks, clips and personas, and the clock and ids that they share."""

    def __init__(self, settings: Settings) -> None:
        self.on_submit: Callable[[TaskRecord, str], None] | None = None
        """Called with each task that has a `notify_hook`, and the base URL, when notifications are enabled."""
        self.profiles = select_profiles(settings.profile)
        self.clock = VirtualClock(real=settings.task_seconds is not None)
        self.ids = SeededIds(settings.seed)
        self.progress = TaskProgress(self.clock, polls=settings.polls, seconds=settings.task_seconds)
        self.accounts = {
            key: CreditAccount(key, settings.credits, log=deque(maxlen=settings.capacity)) for key in settings.keys
        }
        tokens = settings.access_tokens or settings.keys
        self.accounts_by_token = dict(zip(tokens, self.accounts.values(), strict=False))
        self.tasks: BoundedStore[TaskRecord] = BoundedStore(settings.capacity, settings.room, on_drop=_refund)
        self.clips: BoundedStore[ClipRecord] = BoundedStore(4 * settings.capacity, settings.room)
        self.personas: BoundedStore[PersonaRecord] = BoundedStore(settings.capacity, settings.room)
        self.next_failures: deque[str] = deque()
        """Reasons for which the next submitted tasks will fail, in order."""
        self.planned_failure: str | None = None
        """The reason for which the task that is being submitted will fail."""
        self.planned_absence = 0
        """How many polls will not find the task that is being submitted."""
        self._add_seed_data()

    def submit(
        self,
        account: CreditAccount,
        *,
        cost: int,
        size: int,
        action: str = "MUSIC",
        clips: Sequence[ClipRecord] = (),
        lyrics: dict[str, Any] | None = None,
        notify_hook: str = "",
    ) -> TaskRecord:
        """Submit a task and reserve its cost; `size` is the size of the request.

        Raises:
            RefusedError: The balance is too low.
        """
        account.reserve(cost)
        task = TaskRecord(
            id=self.ids.next_uuid("task"),
            account=account,
            action=action,
            cost=cost,
            size=size * max(1, len(clips)),
            submit_time=self.clock.seconds,
            born=self.clock.elapsed,
            notify_hook=notify_hook,
            clips=list(clips),
            lyrics=lyrics,
            planned_failure=self.planned_failure or (self.next_failures.popleft() if self.next_failures else None),
            absent_polls=self.planned_absence,
        )
        self.tasks.put(task.id, task)
        for clip in clips:
            clip.size = size
            self.clips.put(clip.id, clip)
        return task

    def find_task(self, account: CreditAccount, task_id: str) -> TaskRecord | None:
        """Return a task of the account, or one of the seed data."""
        task = self.tasks.get(task_id)
        return task if task is not None and task.account in (account, self._everyone) else None

    def poll_task(self, account: CreditAccount, task_id: str) -> TaskRecord | None:
        """Return a task as `find_task` does, after advancing it; None while a fault hides it."""
        task = self.find_task(account, task_id)
        if task is None:
            return None
        if task.absent_polls:
            task.absent_polls -= 1
            return None
        self.progress.poll(task)
        return task

    def create_clip(
        self, account: CreditAccount, *, title: str, model: str, origin: ClipOrigin, **more: Any
    ) -> ClipRecord:
        """Create an unfinished clip of the account."""
        clip_id, now = self.ids.next_uuid("clip"), self.clock.format_iso()
        return ClipRecord(clip_id, account.key, title, model, origin, now, **more)

    def get_clip(
        self, account: CreditAccount, clip_id: str, *, unknown: RefusalRule = refusal_rules.UNKNOWN_CLIP
    ) -> ClipRecord:
        """Return a finished clip that the account may use.

        Raises:
            RefusedError: The clip is unknown, belongs to another account, or is not finished.
        """
        clip = self.clips.get(clip_id)
        if clip is None:
            raise RefusedError(unknown)
        if clip.owner not in (None, account.key):
            raise RefusedError(refusal_rules.FOREIGN_CLIP)
        if not clip.complete:
            raise RefusedError(refusal_rules.UNFINISHED_CLIP)
        return clip

    def finish_all(self) -> None:
        """Finish every unfinished task."""
        self.clock.tick(0)
        for task in self.tasks:
            self.progress.finish(task)

    def _add_seed_data(self) -> None:
        self._everyone = CreditAccount("(everyone)", 0)
        root = self._add_seed_clip(seed_ids.FINISHED_CLIP)
        self._add_seed_clip(seed_ids.UPLOADED_CLIP, ClipOrigin.UPLOADED)
        self._add_seed_clip(seed_ids.UNFINISHED_CLIP, status="submitted")
        self._add_seed_clip(seed_ids.FOREIGN_CLIP, owner=_ANOTHER_ACCOUNT)
        self._add_seed_clip(seed_ids.EXTENDED_CLIP, details=_EXTENSION)
        now = self.clock.seconds
        task = TaskRecord(seed_ids.FINISHED_TASK, self._everyone, "MUSIC", 0, 0, now - 96, 0, clips=[root])
        self.progress.finish(task)
        task.start_time = now - 85
        self.tasks.pin(task.id, task)
        persona = PersonaRecord(
            seed_ids.PERSONA, "Persona Title", "Persona Description", True, root, [(11_288_925, root)], size=0
        )
        self.personas.pin(persona.id, persona)

    def _add_seed_clip(
        self, clip_id: str, origin: ClipOrigin = ClipOrigin.GENERATED, *, owner: str | None = None, **more: Any
    ) -> ClipRecord:
        more = {"status": "complete", "tags": "electronic, pop", "prompt": "[Verse]\nhello", **more}
        clip = ClipRecord(clip_id, owner, "demo", "chirp-auk", origin, self.clock.format_iso(), **more)
        self.clips.pin(clip.id, clip)
        return clip


def _refund(task: TaskRecord) -> None:
    """Return the credits of a task that is dropped unfinished."""
    if not task.ended:
        task.account.refund(task.cost)
