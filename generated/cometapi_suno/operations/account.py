"""The operations behind `client.account`: each builds a call and decodes its result, without IO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._model import (
    adopt_object_items,
)
from .._operation import Billing, Call, Effect, Operation
from .._request_encoding import (
    encode_query,
)
from .._response_parsing import expect_type
from .._unset import UNSET, Unset
from ..models.account_user import AccountUser, adopt_account_user
from ..models.key_subscription import KeySubscription, adopt_key_subscription
from ..models.key_usage import KeyUsage, adopt_key_usage
from ..models.task_log_entry import TaskLogEntry, adopt_task_log_entry
from ..models.task_log_page import TaskLogPage, adopt_task_log_page
from ..models.usage_log_entry import UsageLogEntry, adopt_usage_log_entry
from ..models.usage_log_page import UsageLogPage, adopt_usage_log_page

if TYPE_CHECKING:
    pass


def _decode_subscription(value: Any) -> KeySubscription:
    value = expect_type("object", (dict,), value)
    result: KeySubscription = adopt_key_subscription(value)
    return result


SUBSCRIPTION: Operation[KeySubscription] = Operation(
    name="account.subscription",
    method="GET",
    path="/v1/dashboard/billing/subscription",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap=None,
    certain=True,
    decode=_decode_subscription,
)


def build_subscription() -> Call[KeySubscription]:
    """Get the limit of the key."""
    path = "/v1/dashboard/billing/subscription"
    return Call(SUBSCRIPTION, path)


def _decode_usage(value: Any) -> KeyUsage:
    value = expect_type("object", (dict,), value)
    result: KeyUsage = adopt_key_usage(value)
    return result


USAGE: Operation[KeyUsage] = Operation(
    name="account.usage",
    method="GET",
    path="/v1/dashboard/billing/usage",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap=None,
    certain=True,
    decode=_decode_usage,
)


def build_usage() -> Call[KeyUsage]:
    """Get what the key has spent."""
    path = "/v1/dashboard/billing/usage"
    return Call(USAGE, path)


def _decode_user(value: Any) -> AccountUser:
    value = expect_type("object", (dict,), value)
    result: AccountUser = adopt_account_user(value)
    return result


USER: Operation[AccountUser] = Operation(
    name="account.user",
    method="GET",
    path="/api/user/self",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    decode=_decode_user,
    credential="access_token",
)


def build_user() -> Call[AccountUser]:
    """Get the balance of the account."""
    path = "/api/user/self"
    return Call(USER, path)


def _decode_task_page(value: Any) -> list[TaskLogEntry] | TaskLogPage:
    value = expect_type("array or object", (list, dict), value)
    kind = value.__class__
    result: list[TaskLogEntry] | TaskLogPage = (
        adopt_task_log_page(value)
        if kind is dict
        else adopt_object_items(adopt_task_log_entry, value)
        if kind is list
        else value
    )
    return result


TASK_PAGE: Operation[list[TaskLogEntry] | TaskLogPage] = Operation(
    name="account.task_page",
    method="GET",
    path="/api/task/self",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    decode=_decode_task_page,
    credential="access_token",
)


def build_task_page(
    *,
    p: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
    platform: str | Unset = UNSET,
    task_id: str | Unset = UNSET,
    status: str | Unset = UNSET,
    action: str | Unset = UNSET,
    start_timestamp: int | Unset = UNSET,
    end_timestamp: int | Unset = UNSET,
) -> Call[list[TaskLogEntry] | TaskLogPage]:
    """Get one page of the account's tasks."""
    path = "/api/task/self"
    path += encode_query(
        "account.task_page",
        [
            ("p", p),
            ("page_size", page_size),
            ("platform", platform),
            ("task_id", task_id),
            ("status", status),
            ("action", action),
            ("start_timestamp", start_timestamp),
            ("end_timestamp", end_timestamp),
        ],
    )
    return Call(TASK_PAGE, path)


def _decode_charge_page(value: Any) -> list[UsageLogEntry] | UsageLogPage:
    value = expect_type("array or object", (list, dict), value)
    kind = value.__class__
    result: list[UsageLogEntry] | UsageLogPage = (
        adopt_usage_log_page(value)
        if kind is dict
        else adopt_object_items(adopt_usage_log_entry, value)
        if kind is list
        else value
    )
    return result


CHARGE_PAGE: Operation[list[UsageLogEntry] | UsageLogPage] = Operation(
    name="account.charge_page",
    method="GET",
    path="/api/log/self",
    billing=Billing.FREE,
    effect=Effect.READS,
    unwrap="data",
    decode=_decode_charge_page,
    credential="access_token",
)


def build_charge_page(
    *,
    p: int | Unset = UNSET,
    page_size: int | Unset = UNSET,
    type_: int | Unset = UNSET,
    model_name: str | Unset = UNSET,
    token_name: str | Unset = UNSET,
    start_timestamp: int | Unset = UNSET,
    end_timestamp: int | Unset = UNSET,
    group: str | Unset = UNSET,
) -> Call[list[UsageLogEntry] | UsageLogPage]:
    """Get one page of the usage log."""
    path = "/api/log/self"
    path += encode_query(
        "account.charge_page",
        [
            ("p", p),
            ("page_size", page_size),
            ("type", type_),
            ("model_name", model_name),
            ("token_name", token_name),
            ("start_timestamp", start_timestamp),
            ("end_timestamp", end_timestamp),
            ("group", group),
        ],
    )
    return Call(CHARGE_PAGE, path)
