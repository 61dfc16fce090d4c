"""Refusal rules: why a request is refused, with the error body and the sources that say so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs


@attrs.frozen
class RefusalRule:
    """One reason to refuse a request. `sources` are ids of the description's `x-sources`."""

    id: str
    status: int
    code: str
    message: str
    sources: tuple[str, ...]
    gateway_error: bool = False
    """Send `{"error": {...}}` with the request id instead of `{"code", "message", "data"}`."""

    def body(self, request_id: str, detail: str = "") -> dict[str, Any]:
        """Return the documented error body."""
        message = detail or self.message
        if not self.gateway_error:
            return {"code": self.code, "message": message, "data": None}
        return {
            "error": {
                "message": f"{message} (request id: {request_id})",
                "type": "comet_api_error",
                "param": "",
                "code": self.code,
            }
        }


class RefusedError(Exception):
    """A request is refused by a rule; `sources` say what the request lacks, when the rule's own do not."""

    def __init__(self, rule: RefusalRule, detail: str = "", sources: Iterable[str] = ()) -> None:
        super().__init__(detail or rule.message)
        self.rule = rule
        self.detail = detail
        self.sources = tuple(sources)


def _reject(name: str, code: str, message: str, *sources: str) -> RefusalRule:
    return RefusalRule(name, 400, code, message, sources)


_INVALID, _NO_TASK, _FAILED = "invalid_request", "task_not_exist", "fail_to_fetch_task"

UNAUTHORIZED = RefusalRule("unauthorized", 401, "", "invalid token", ("cometapi-errors", "gateway"), gateway_error=True)
TOO_LARGE = RefusalRule("too-large", 413, "", "request body too large", ("cometapi",), gateway_error=True)
NO_BALANCE = RefusalRule("no-balance", 403, "quota_not_enough", "user quota is not enough", ("gateway",))
INVALID_REQUEST = _reject("invalid-request", _INVALID, "invalid request", "gateway")
REQUIRED_FIELD = _reject("required-field", _INVALID, "required field is missing", "cometapi-guide", "cometapi-batch")
INVALID_ACTION = _reject("invalid-action", _INVALID, "invalid_action", "gateway")
PROMPT_EMPTY = _reject("prompt-empty", _INVALID, "prompt_empty", "gateway")
NO_TASK_ID = _reject("no-task-id", _INVALID, "task id is empty", "gateway")
UNKNOWN_TASK = _reject("unknown-task", _NO_TASK, "task_not_exist", "gateway")
UNKNOWN_ORIGIN = _reject("unknown-origin", _NO_TASK, "task_origin_not_exist", "gateway")
UNKNOWN_CLIP = _reject("unknown-clip", _FAILED, "clip not found", "clients")
UNKNOWN_JOB = _reject("unknown-job", _FAILED, "Job not exits", "sisters")
FOREIGN_CLIP = _reject("foreign-clip", _FAILED, "record not found", "clients", "gptbest")
UNKNOWN_PERSONA = _reject("unknown-persona", _FAILED, "record not found", "clients")
UPLOADED_CLIP = _reject(
    "uploaded-clip", _INVALID, "root_clip_id: an uploaded clip cannot be a persona's root", "gptbest", "yutoai"
)
UNFINISHED_CLIP = _reject("unfinished-clip", _INVALID, "clip is not complete", "seed", "evolink")
ROOT_MODEL = _reject("root-model", _INVALID, "root_clip_id: the clip was not made with chirp-auk", "seed")
RETIRED_MODEL = RefusalRule("retired-model", 403, "paid_upsell", "paid_upsell", ("suno-news",))
FILES_MODEL = _reject("files-model", _INVALID, "the clip was not made with chirp-auk", "gptbest-site")

ALL = tuple(value for value in list(globals().values()) if isinstance(value, RefusalRule))
