"""The methods of `client.account` that combine calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Unpack

from ._account_rows import AccountTask, Balance, Charge, get_balance, read_charges, read_tasks, to_unix_seconds
from ._options import CallOptions, check_option_names
from ._reconcile import Reconciliation, collect_known, find_lost_call, reconcile
from ._steps import run_steps, run_steps_async
from .errors import OutcomeUnknownError

if TYPE_CHECKING:
    from ._engine import AsyncEngine, SyncEngine
    from ._journal import JournalEntry
    from ._lost_call import LostCall


class AccountMethods:
    """The methods of `client.account` that combine calls."""

    _engine: SyncEngine

    def balance(self, of: Literal["key", "account"] = "key", **options: Unpack[CallOptions]) -> Balance:
        """Return what may be spent, was spent, and is left. Not charged.

        Args:
            of: `key` for the limit and the usage of the API key; `account` for the balance that all keys share, which
                needs the access token.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.balance", options)
        return run_steps(self._engine, get_balance(of), options)

    def tasks(
        self,
        *,
        platform: str | None = None,
        task_id: str | None = None,
        status: str | None = None,
        action: str | None = None,
        since: float | datetime | None = None,
        until: float | datetime | None = None,
        **options: Unpack[CallOptions],
    ) -> Iterator[AccountTask]:
        """Yield the tasks of the account, newest first, with what each cost. Needs the access token; not charged.

        Args:
            platform: Only tasks of this platform, such as `suno`.
            task_id: Only the task with this id.
            status: Only tasks with this status.
            action: Only tasks of this kind, such as `MUSIC`.
            since: Only from this time on: Unix seconds, or a datetime with a time zone.
            until: Only up to this time.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.tasks", options)
        pages = read_tasks(
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=to_unix_seconds("account.tasks: since", since),
            end_timestamp=to_unix_seconds("account.tasks: until", until),
        )
        while not pages.ended:
            yield from pages.take(self._engine.run(pages.next_call(), options))

    def charges(
        self,
        *,
        model: str | None = None,
        token_name: str | None = None,
        group: str | None = None,
        since: float | datetime | None = None,
        until: float | datetime | None = None,
        **options: Unpack[CallOptions],
    ) -> Iterator[Charge]:
        """Yield the charges of the account, newest first. Needs the access token; not charged.

        Args:
            model: Only charges of this model.
            token_name: Only charges of the key with this name.
            group: Only charges of this group of channels.
            since: Only from this time on: Unix seconds, or a datetime with a time zone.
            until: Only up to this time.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.charges", options)
        pages = read_charges(
            model_name=model,
            token_name=token_name,
            group=group,
            start_timestamp=to_unix_seconds("account.charges: since", since),
            end_timestamp=to_unix_seconds("account.charges: until", until),
        )
        while not pages.ended:
            yield from pages.take(self._engine.run(pages.next_call(), options))

    def reconcile(
        self,
        call: OutcomeUnknownError | LostCall | JournalEntry | str,
        *,
        since: float | datetime | None = None,
        alone: bool = False,
        known_task_ids: Collection[str] = (),
        model: str | None = None,
        price: float | Decimal | None = None,
        before: Balance | None = None,
        wait_timeout: float = 0.0,
        **options: Unpack[CallOptions],
    ) -> Reconciliation:
        """Look in the account for what became of a call whose outcome is unknown. Not charged.

        With an access token it looks for the call's task and charge, else at the usage of the key. When several
        rows or tasks match, the outcome is `undecided`. A call counts as not charged only when the log had time
        to show a charge, which is about two and a half minutes after the call was given up.

        Other calls in the client's journal are recognized. Tasks of other programs are distinguished by the texts of
        their requests. A program that sent exactly the same texts cannot be distinguished: name its tasks
        in `known_task_ids`, or let both share a journal.

        Args:
            call: The error, a row of the journal, or the fingerprint of the call.
            since: When the call began, for a fingerprint that is not in the journal.
            alone: No other program used the account (without an access token: the key) in that time: one row decides.
            known_task_ids: Tasks that other calls have started.
            model: The model by which the call is in the usage log, if you know it.
            price: US dollars that the call cost, if you know it.
            before: A balance of the key from before the call, for a client without an access token.
            wait_timeout: Seconds to look again while the log may be incomplete. 0 looks once.

        Raises:
            InvalidRequestError: The fingerprint is not in the journal, and `since` is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.reconcile", options)
        spending = self._engine.spending
        journal = spending.journal if spending else None
        lost = find_lost_call(call, to_unix_seconds("account.reconcile: since", since), journal)
        known = collect_known(lost, journal, task_ids=known_task_ids, alone=alone, model=model, price=price)
        has_token = self._engine.settings.access_token is not None
        steps = reconcile(
            lost, known, before, wait_timeout=wait_timeout, now=self._engine.clock.wall, has_token=has_token
        )
        return run_steps(self._engine, steps, options)


class AsyncAccountMethods:
    """The methods of `client.account` that combine calls, for asyncio."""

    _engine: AsyncEngine

    async def balance(self, of: Literal["key", "account"] = "key", **options: Unpack[CallOptions]) -> Balance:
        """Return what may be spent, was spent, and is left. Not charged.

        Args:
            of: `key` for the limit and the usage of the API key; `account` for the balance that all keys share, which
                needs the access token.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.balance", options)
        return await run_steps_async(self._engine, get_balance(of), options)

    async def tasks(
        self,
        *,
        platform: str | None = None,
        task_id: str | None = None,
        status: str | None = None,
        action: str | None = None,
        since: float | datetime | None = None,
        until: float | datetime | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncIterator[AccountTask]:
        """Yield the tasks of the account, newest first, with what each cost. Needs the access token; not charged.

        Args:
            platform: Only tasks of this platform, such as `suno`.
            task_id: Only the task with this id.
            status: Only tasks with this status.
            action: Only tasks of this kind, such as `MUSIC`.
            since: Only from this time on: Unix seconds, or a datetime with a time zone.
            until: Only up to this time.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.tasks", options)
        pages = read_tasks(
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=to_unix_seconds("account.tasks: since", since),
            end_timestamp=to_unix_seconds("account.tasks: until", until),
        )
        while not pages.ended:
            for row in pages.take(await self._engine.run(pages.next_call(), options)):
                yield row

    async def charges(
        self,
        *,
        model: str | None = None,
        token_name: str | None = None,
        group: str | None = None,
        since: float | datetime | None = None,
        until: float | datetime | None = None,
        **options: Unpack[CallOptions],
    ) -> AsyncIterator[Charge]:
        """Yield the charges of the account, newest first. Needs the access token; not charged.

        Args:
            model: Only charges of this model.
            token_name: Only charges of the key with this name.
            group: Only charges of this group of channels.
            since: Only from this time on: Unix seconds, or a datetime with a time zone.
            until: Only up to this time.

        Raises:
            ConfigurationError: The access token is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.charges", options)
        pages = read_charges(
            model_name=model,
            token_name=token_name,
            group=group,
            start_timestamp=to_unix_seconds("account.charges: since", since),
            end_timestamp=to_unix_seconds("account.charges: until", until),
        )
        while not pages.ended:
            for row in pages.take(await self._engine.run(pages.next_call(), options)):
                yield row

    async def reconcile(
        self,
        call: OutcomeUnknownError | LostCall | JournalEntry | str,
        *,
        since: float | datetime | None = None,
        alone: bool = False,
        known_task_ids: Collection[str] = (),
        model: str | None = None,
        price: float | Decimal | None = None,
        before: Balance | None = None,
        wait_timeout: float = 0.0,
        **options: Unpack[CallOptions],
    ) -> Reconciliation:
        """Look in the account for what became of a call whose outcome is unknown. Not charged.

        With an access token it looks for the call's task and charge, else at the usage of the key. When several
        rows or tasks match, the outcome is `undecided`. A call counts as not charged only when the log had time
        to show a charge, which is about two and a half minutes after the call was given up.

        Other calls in the client's journal are recognized. Tasks of other programs are distinguished by the texts of
        their requests. A program that sent exactly the same texts cannot be distinguished: name its tasks
        in `known_task_ids`, or let both share a journal.

        Args:
            call: The error, a row of the journal, or the fingerprint of the call.
            since: When the call began, for a fingerprint that is not in the journal.
            alone: No other program used the account (without an access token: the key) in that time: one row decides.
            known_task_ids: Tasks that other calls have started.
            model: The model by which the call is in the usage log, if you know it.
            price: US dollars that the call cost, if you know it.
            before: A balance of the key from before the call, for a client without an access token.
            wait_timeout: Seconds to look again while the log may be incomplete. 0 looks once.

        Raises:
            InvalidRequestError: The fingerprint is not in the journal, and `since` is missing.
            SunoError: A call fails, as any call may.
        """
        check_option_names("account.reconcile", options)
        spending = self._engine.spending
        journal = spending.journal if spending else None
        lost = find_lost_call(call, to_unix_seconds("account.reconcile: since", since), journal)
        known = collect_known(lost, journal, task_ids=known_task_ids, alone=alone, model=model, price=price)
        has_token = self._engine.settings.access_token is not None
        steps = reconcile(
            lost, known, before, wait_timeout=wait_timeout, now=self._engine.clock.wall, has_token=has_token
        )
        return await run_steps_async(self._engine, steps, options)
