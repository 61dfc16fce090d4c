"""The account as data: its balance, and its tasks and charges, read page by page. No IO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from attrs import field, frozen

from ._model import Model, make_model_error
from ._steps import Steps
from ._timeout import is_finite_number
from ._unset import UNSET
from .errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ._operation import Call
    from .models.task_log_entry import TaskLogEntry
    from .models.usage_log_entry import UsageLogEntry

T = TypeVar("T")

QUOTA_UNITS_PER_DOLLAR = 500_000
"""By CometAPI's own command line."""
UNLIMITED_FROM = 100_000_000
"""A limit of a key that means that there is none, by CometAPI's own command line."""
CHARGE = 2
"""The kind of a row of the usage log that is a charge, by the gateway software."""
_PAGE_SIZE = 100


@frozen(kw_only=True)
class Balance:
    """What may be spent, was spent, and is left, in US dollars.

    Attributes:
        of: Whose balance it is: that of the API key, or of the account with all its keys.
        limit: What may be spent in all; `None` without a limit, or if it is not known.
        used: What was spent; `None` if the gateway does not say.
        left: What is left; `None` without a limit.
        unlimited: The key has no limit. The balance of the account is a limit nevertheless.
        currency: Always `USD`.
    """

    of: Literal["key", "account"]
    limit: Decimal | None
    used: Decimal | None
    left: Decimal | None
    unlimited: bool = False
    currency: str = "USD"


@frozen(kw_only=True)
class AccountTask:
    """A task of the account, with what it cost.

    Attributes:
        cost: What it cost in US dollars; `None` if the gateway does not say.
        quota: What it cost in quota units.
        row: The unchanged row.
    """

    task_id: str
    platform: str | None
    action: str | None
    status: str | None
    model: str | None
    submitted_at: int | None
    finished_at: int | None
    quota: int | None
    cost: Decimal | None
    row: TaskLogEntry = field(repr=False)


@frozen(kw_only=True)
class Charge:
    """A row of the usage log.

    Attributes:
        charged_at: When it was charged, in Unix seconds.
        cost: What was charged in US dollars.
        quota: What was charged in quota units.
        model: The model that was charged for.
        token_name: The name of the key.
        request_id: Id of the request; `None` with older gateways.
        row: The unchanged row.
    """

    charged_at: int
    quota: int
    cost: Decimal
    model: str | None
    token_name: str | None
    request_id: str | None
    row: UsageLogEntry = field(repr=False)


def convert_quota(units: int) -> Decimal:
    """Return quota units in US dollars."""
    return Decimal(units) / QUOTA_UNITS_PER_DOLLAR


def get_balance(of: str) -> Steps[Balance]:
    """Get the balance of the key with two calls, or that of the account with one.

    Raises:
        InvalidRequestError: `of` is neither.
    """
    from .operations import account as operations

    if of == "account":
        user = yield operations.build_user()
        left = convert_quota(user.quota)
        used = None if user.used_quota is None else convert_quota(user.used_quota)
        return Balance(of="account", limit=None if used is None else left + used, used=used, left=left)
    if of != "key":
        raise InvalidRequestError(f"account.balance: of is {of!r}. It must be 'key' or 'account'.")
    subscription = yield operations.build_subscription()
    usage = yield operations.build_usage()
    limit, used = Decimal(str(subscription.hard_limit_usd)), Decimal(str(usage.total_usage)) / 100
    if limit >= UNLIMITED_FROM:
        return Balance(of="key", limit=None, used=used, left=None, unlimited=True)
    return Balance(of="key", limit=limit, used=used, left=limit - used)


class PageReader(Generic[T]):
    """Reads a list page by page, until a page is empty or repeats the one before.

    Args:
        build: Builds the call of a page.
        filters: The other arguments of `build`; `None` leaves one out.
        convert: Converts a row.
    """

    def __init__(
        self, build: Callable[..., Call[Any]], filters: Mapping[str, object], convert: Callable[[Any], T]
    ) -> None:
        self._build = build
        self._filters = {name: UNSET if value is None else value for name, value in filters.items()}
        self._convert = convert
        self._number = 0
        self._rows: list[object] = []
        self._read = 0
        self._total: int | None = None
        self.ended = False

    def next_call(self) -> Call[Any]:
        """Build the call of the next page."""
        self._number += 1
        return self._build(p=self._number, page_size=_PAGE_SIZE, **self._filters)

    def take(self, page: Any) -> Sequence[T]:
        """Return the rows of a page that were not on an earlier one.

        Raises:
            ModelError: A row is not an object.
        """
        is_list = page.__class__ is list
        rows: list[Any] = page if is_list else page.items or []
        for number, row in enumerate(rows):
            if not isinstance(row, Model):  # a row that was left out could be the charge that is looked for
                raise make_model_error("object", row, "items", number)
        total: int | None = None if is_list else _read_integer(page.total)
        if not rows or rows == self._rows:
            self.ended = True
            return []
        # Rows that were added since the first page have moved older ones to this page.
        moved = 0 if total is None or self._total is None else max(0, total - self._total)
        self._total = total
        self._rows = rows
        self._read += len(rows)
        self.ended = total is not None and self._read >= total
        return [self._convert(row) for row in rows[moved:]]


def read_tasks(**filters: object) -> PageReader[AccountTask]:
    """Return a reader of the account's tasks."""
    from .operations import account as operations

    return PageReader(operations.build_task_page, filters, view_task)


def read_charges(**filters: object) -> PageReader[Charge]:
    """Return a reader of the usage log."""
    from .operations import account as operations

    return PageReader(operations.build_charge_page, {"type_": CHARGE, **filters}, view_charge)


def _read_text(value: object) -> str | None:
    """Return an optional field if it is a text: a response may have any value there."""
    return value if isinstance(value, str) else None


def _read_integer(value: object) -> int | None:
    """Return an optional field if it is an integer, such as 5 or 5.0."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def view_task(row: TaskLogEntry) -> AccountTask:
    """Return a row of the list of tasks with its cost."""
    quota = _read_integer(row.quota)
    return AccountTask(
        task_id=row.task_id,
        platform=_read_text(row.platform),
        action=_read_text(row.action),
        status=None if row.status is None else str(row.status),
        model=_read_text(row.model_name),
        submitted_at=_read_integer(row.submit_time) or _read_integer(row.created_at),
        finished_at=_read_integer(row.finish_time) or None,
        quota=quota,
        cost=None if quota is None else convert_quota(quota),
        row=row,
    )


def view_charge(row: UsageLogEntry) -> Charge:
    """Return a row of the usage log with its cost."""
    return Charge(
        charged_at=row.created_at,
        quota=row.quota,
        cost=convert_quota(row.quota),
        model=_read_text(row.model_name),
        token_name=_read_text(row.token_name),
        request_id=_read_text(row.request_id),
        row=row,
    )


def to_unix_seconds(name: str, when: float | datetime | None) -> int | None:
    """Return a time in whole Unix seconds.

    Raises:
        InvalidRequestError: It is a datetime without a time zone, or no finite number.
    """
    if isinstance(when, datetime):
        if when.tzinfo is None:
            raise InvalidRequestError(
                f"{name} is {when!r}, which has no time zone. Pass Unix seconds, or an aware datetime."
            )
        when = when.timestamp()
    if when is None:
        return None
    if not is_finite_number(when):
        raise InvalidRequestError(f"{name} is {when!r}. Pass Unix seconds, or an aware datetime.")
    return int(when)
