"""Codes in response bodies, from the description: those of success, and what those of errors mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

SUCCESS_VALUES: Mapping[str, tuple[object, ...]] = {"code": ("success",)}
"""Member of an envelope -> its values on success, of all envelopes."""


class ErrorMeaning(NamedTuple):
    """What some errors mean.

    Attributes:
        means: `quota`, `saturated`, `no-channel`, `unknown-task` or `invalid`.
        codes: The codes of such an error.
        texts: What its message contains, in lower case.
        statuses: The statuses with which it has this meaning; any if there are none.
    """

    means: str
    codes: tuple[str, ...]
    texts: tuple[str, ...]
    statuses: tuple[int, ...]


ERROR_MEANINGS: tuple[ErrorMeaning, ...] = (
    ErrorMeaning("quota", ("quota_not_enough", "insufficient_user_quota"), (), ()),
    ErrorMeaning(
        "saturated",
        ("upstream_load_saturated",),
        ("\u5f53\u524d\u5206\u7ec4\u4e0a\u6e38\u8d1f\u8f7d\u5df2\u9971\u548c",),
        (),
    ),
    ErrorMeaning("no-channel", ("model_not_found",), ("no available channel",), (503,)),
    ErrorMeaning("unknown-task", ("task_not_exist",), (), ()),
    ErrorMeaning("invalid", ("invalid_request",), (), (400, 500)),
)
