"""Why a request is refused: each rule with its answer and the sources that say so."""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class Rule:
    """One refusal. `sources` are ids of the description's `x-sources`."""

    id: str
    status: int
    code: str
    message: str
    sources: tuple[str, ...]
    gateway_error: bool = False
    """Answered as `{"error": {...}}` with the request id, instead of `{"code", "message", "data"}`."""

    def body(self, request_id: str, detail: str = "") -> dict[str, Any]:
        """The documented error body."""
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
    """A request met a rule."""

    def __init__(self, rule: Rule, detail: str = "") -> None:
        super().__init__(detail or rule.message)
        self.rule = rule
        self.detail = detail


_GATEWAY = "gateway"

UNAUTHORIZED = Rule("unauthorized", 401, "", "invalid token", ("cometapi-errors", _GATEWAY), gateway_error=True)
TOO_LARGE = Rule("too-large", 413, "", "request body too large", ("cometapi",), gateway_error=True)
INVALID_REQUEST = Rule("invalid-request", 400, "invalid_request", "invalid request", (_GATEWAY,))
INVALID_ACTION = Rule("invalid-action", 400, "invalid_request", "invalid_action", (_GATEWAY,))
PROMPT_EMPTY = Rule("prompt-empty", 400, "invalid_request", "prompt_empty", (_GATEWAY,))
NO_TASK_ID = Rule("no-task-id", 400, "invalid_request", "task id is empty", (_GATEWAY,))
NO_BALANCE = Rule("no-balance", 403, "quota_not_enough", "user quota is not enough", (_GATEWAY,))
UNKNOWN_TASK = Rule("unknown-task", 400, "task_not_exist", "task_not_exist", (_GATEWAY,))
UNKNOWN_ORIGIN = Rule("unknown-origin", 400, "task_not_exist", "task_origin_not_exist", (_GATEWAY,))
UNKNOWN_CLIP = Rule("unknown-clip", 400, "fail_to_fetch_task", "clip not found", ("clients",))
UNKNOWN_JOB = Rule("unknown-job", 400, "fail_to_fetch_task", "Job not exits", ("sisters",))
FOREIGN_CLIP = Rule("foreign-clip", 400, "fail_to_fetch_task", "record not found", ("clients", "gptbest"))
UPLOADED_CLIP = Rule(
    "uploaded-clip",
    400,
    "invalid_request",
    "root_clip_id: an uploaded clip cannot be a persona's root",
    ("gptbest", "yutoai"),
)
UNFINISHED_CLIP = Rule("unfinished-clip", 400, "invalid_request", "clip is not complete", ("seed", "evolink"))
UNKNOWN_PERSONA = Rule("unknown-persona", 400, "fail_to_fetch_task", "record not found", ("clients",))
ROOT_MODEL = Rule("root-model", 400, "invalid_request", "root_clip_id: the clip was not made with chirp-auk", ("seed",))
FILES_MODEL = Rule("files-model", 400, "invalid_request", "the clip was not made with chirp-auk", ("gptbest-site",))

ALL = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
