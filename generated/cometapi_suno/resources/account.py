"""`client.account`: What the key and the account have spent, on what, and what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from .._account import AccountMethods, AsyncAccountMethods
from .._engine import AsyncEngine, SyncEngine
from .._options import CallOptions, list_public_names
from .._unset import UNSET, Unset
from ..operations import account as operations

if TYPE_CHECKING:
    import builtins

    from .._response_parsing import Answer
    from ..models.account_user import AccountUser
    from ..models.key_subscription import KeySubscription
    from ..models.key_usage import KeyUsage
    from ..models.task_log_entry import TaskLogEntry
    from ..models.task_log_page import TaskLogPage
    from ..models.usage_log_entry import UsageLogEntry
    from ..models.usage_log_page import UsageLogPage


class AccountResource(AccountMethods):
    """What the key and the account have spent, on what, and what is left."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def subscription(self, **options: Unpack[CallOptions]) -> KeySubscription:
        """Get the limit of the key.

        The limit is what the key may spend in all; 100,000,000 or more means no limit.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_subscription()
        return self._engine.run(call, options)

    def usage(self, **options: Unpack[CallOptions]) -> KeyUsage:
        """Get what the key has spent.

        In hundredths of a US dollar, since the key exists.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_usage()
        return self._engine.run(call, options)

    def user(self, **options: Unpack[CallOptions]) -> AccountUser:
        """Get the balance of the account.

        In quota units; 500,000 of them are 1 US dollar.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_user()
        return self._engine.run(call, options)

    def task_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        platform: str | Unset = UNSET,
        task_id: str | Unset = UNSET,
        status: str | Unset = UNSET,
        action: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> builtins.list[TaskLogEntry] | TaskLogPage:
        """Get one page of the account's tasks.

        Tasks of all keys of the account, newest first, each with what it cost.

        Not charged. It only reports.

        Args:
            p: Number of the page.
            page_size: Rows of a page; the gateway may send fewer.
            platform: Only tasks of this platform, such as `suno`.
            task_id: Only the task with this id.
            status: Only tasks with this status.
            action: Only tasks of this kind, such as `MUSIC`.
            start_timestamp: Only from this time on, in Unix seconds.
            end_timestamp: Only up to this time, in Unix seconds.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_task_page(
            p=p,
            page_size=page_size,
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
        )
        return self._engine.run(call, options)

    def charge_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        type_: int | Unset = UNSET,
        model_name: str | Unset = UNSET,
        token_name: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        group: str | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> builtins.list[UsageLogEntry] | UsageLogPage:
        """Get one page of the usage log.

        One row for each charge of the account, of all its keys, newest first.

        Not charged. It only reports.

        Args:
            p: Number of the page.
            page_size: Rows of a page; the gateway may send fewer.
            type_: Only rows of this kind: 2 is a charge.
            model_name: Only charges of this model.
            token_name: Only charges of the key with this name.
            start_timestamp: Only from this time on, in Unix seconds.
            end_timestamp: Only up to this time, in Unix seconds.
            group: Only charges of this group of channels.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_charge_page(
            p=p,
            page_size=page_size,
            type_=type_,
            model_name=model_name,
            token_name=token_name,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            group=group,
        )
        return self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AccountResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AccountResourceWithRawResponse(self._engine)


class AsyncAccountResource(AsyncAccountMethods):
    """What the key and the account have spent, on what, and what is left."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def subscription(self, **options: Unpack[CallOptions]) -> KeySubscription:
        """Get the limit of the key.

        The limit is what the key may spend in all; 100,000,000 or more means no limit.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_subscription()
        return await self._engine.run(call, options)

    async def usage(self, **options: Unpack[CallOptions]) -> KeyUsage:
        """Get what the key has spent.

        In hundredths of a US dollar, since the key exists.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_usage()
        return await self._engine.run(call, options)

    async def user(self, **options: Unpack[CallOptions]) -> AccountUser:
        """Get the balance of the account.

        In quota units; 500,000 of them are 1 US dollar.

        Not charged. It only reports.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_user()
        return await self._engine.run(call, options)

    async def task_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        platform: str | Unset = UNSET,
        task_id: str | Unset = UNSET,
        status: str | Unset = UNSET,
        action: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> builtins.list[TaskLogEntry] | TaskLogPage:
        """Get one page of the account's tasks.

        Tasks of all keys of the account, newest first, each with what it cost.

        Not charged. It only reports.

        Args:
            p: Number of the page.
            page_size: Rows of a page; the gateway may send fewer.
            platform: Only tasks of this platform, such as `suno`.
            task_id: Only the task with this id.
            status: Only tasks with this status.
            action: Only tasks of this kind, such as `MUSIC`.
            start_timestamp: Only from this time on, in Unix seconds.
            end_timestamp: Only up to this time, in Unix seconds.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_task_page(
            p=p,
            page_size=page_size,
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
        )
        return await self._engine.run(call, options)

    async def charge_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        type_: int | Unset = UNSET,
        model_name: str | Unset = UNSET,
        token_name: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        group: str | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> builtins.list[UsageLogEntry] | UsageLogPage:
        """Get one page of the usage log.

        One row for each charge of the account, of all its keys, newest first.

        Not charged. It only reports.

        Args:
            p: Number of the page.
            page_size: Rows of a page; the gateway may send fewer.
            type_: Only rows of this kind: 2 is a charge.
            model_name: Only charges of this model.
            token_name: Only charges of the key with this name.
            start_timestamp: Only from this time on, in Unix seconds.
            end_timestamp: Only up to this time, in Unix seconds.
            group: Only charges of this group of channels.

        Raises:
            BadRequestError: The request was not understood, or no upstream provider takes it.
            AuthenticationError: The key is missing, malformed, invalid, expired, disabled, or its own quota is used
                up.
            PermissionDeniedError: The balance is too low, or the user, the IP address, the model or the request is
                not allowed.
            RateLimitError: The upstream is saturated, or the client's IP address sends too many requests (empty
                body).
            ServiceUnavailableError: No upstream provider has the model at present.
            ServerError: The gateway or its upstream failed.
        """
        call = operations.build_charge_page(
            p=p,
            page_size=page_size,
            type_=type_,
            model_name=model_name,
            token_name=token_name,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            group=group,
        )
        return await self._engine.run(call, options)

    @property
    def with_raw_response(self) -> AsyncAccountResourceWithRawResponse:
        """The same methods, returning the 2xx response unparsed: `.response`, and `.parse()` for the result."""
        return AsyncAccountResourceWithRawResponse(self._engine)


class AccountResourceWithRawResponse:
    """What the key and the account have spent, on what, and what is left. Each method returns the response unparsed."""

    def __init__(self, engine: SyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    def subscription(self, **options: Unpack[CallOptions]) -> Answer[KeySubscription]:
        """Get the limit of the key."""
        call = operations.build_subscription()
        return self._engine.send(call, options)

    def usage(self, **options: Unpack[CallOptions]) -> Answer[KeyUsage]:
        """Get what the key has spent."""
        call = operations.build_usage()
        return self._engine.send(call, options)

    def user(self, **options: Unpack[CallOptions]) -> Answer[AccountUser]:
        """Get the balance of the account."""
        call = operations.build_user()
        return self._engine.send(call, options)

    def task_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        platform: str | Unset = UNSET,
        task_id: str | Unset = UNSET,
        status: str | Unset = UNSET,
        action: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[builtins.list[TaskLogEntry] | TaskLogPage]:
        """Get one page of the account's tasks."""
        call = operations.build_task_page(
            p=p,
            page_size=page_size,
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
        )
        return self._engine.send(call, options)

    def charge_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        type_: int | Unset = UNSET,
        model_name: str | Unset = UNSET,
        token_name: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        group: str | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[builtins.list[UsageLogEntry] | UsageLogPage]:
        """Get one page of the usage log."""
        call = operations.build_charge_page(
            p=p,
            page_size=page_size,
            type_=type_,
            model_name=model_name,
            token_name=token_name,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            group=group,
        )
        return self._engine.send(call, options)


class AsyncAccountResourceWithRawResponse:
    """What the key and the account have spent, on what, and what is left. Each method returns the response unparsed."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    def __dir__(self) -> list[str]:
        return list_public_names(self)

    async def subscription(self, **options: Unpack[CallOptions]) -> Answer[KeySubscription]:
        """Get the limit of the key."""
        call = operations.build_subscription()
        return await self._engine.send(call, options)

    async def usage(self, **options: Unpack[CallOptions]) -> Answer[KeyUsage]:
        """Get what the key has spent."""
        call = operations.build_usage()
        return await self._engine.send(call, options)

    async def user(self, **options: Unpack[CallOptions]) -> Answer[AccountUser]:
        """Get the balance of the account."""
        call = operations.build_user()
        return await self._engine.send(call, options)

    async def task_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        platform: str | Unset = UNSET,
        task_id: str | Unset = UNSET,
        status: str | Unset = UNSET,
        action: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[builtins.list[TaskLogEntry] | TaskLogPage]:
        """Get one page of the account's tasks."""
        call = operations.build_task_page(
            p=p,
            page_size=page_size,
            platform=platform,
            task_id=task_id,
            status=status,
            action=action,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
        )
        return await self._engine.send(call, options)

    async def charge_page(
        self,
        *,
        p: int | Unset = UNSET,
        page_size: int | Unset = UNSET,
        type_: int | Unset = UNSET,
        model_name: str | Unset = UNSET,
        token_name: str | Unset = UNSET,
        start_timestamp: int | Unset = UNSET,
        end_timestamp: int | Unset = UNSET,
        group: str | Unset = UNSET,
        **options: Unpack[CallOptions],
    ) -> Answer[builtins.list[UsageLogEntry] | UsageLogPage]:
        """Get one page of the usage log."""
        call = operations.build_charge_page(
            p=p,
            page_size=page_size,
            type_=type_,
            model_name=model_name,
            token_name=token_name,
            start_timestamp=start_timestamp,
            end_timestamp=end_timestamp,
            group=group,
        )
        return await self._engine.send(call, options)
