"""The local proxy: every request to the service goes through it and is admitted, counted, sent once and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import define, field
from cometapi_suno_mock.http_messages import REQUEST_ID
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.live.limits import ACCEPTED, ON_ITS_WAY, Allowlist, Budget, CountedCall, Refusal
from contract_tests.verifier.live.paid_workflow import TICKET_HEADER
from contract_tests.verifier.live.planned_requests import PlannedRequest
from contract_tests.verifier.live.recorder import LiveRecorder
from contract_tests.verifier.live.upstream import CallerRequest, NoResponse, ServiceResponse, Upstream

PROXY_HEADER: Final = "x-live-proxy"
"""The header of every response that the proxy itself gives; it is removed from responses of the service."""
PROXY_STATUS: Final = 599
"""The status of every response that the proxy itself gives."""
MAX_REQUEST: Final = 1024 * 1024
"""Bytes of a request; a longer one is not sent."""

_DROPPED_RESPONSE_HEADERS = frozenset({
    "connection", "content-encoding", "content-length", "keep-alive", "proxy-authenticate", "te", "trailer",
    "transfer-encoding", "upgrade", PROXY_HEADER,
})  # fmt: skip
_FORWARDED_REQUEST_HEADERS = frozenset({"accept", "content-type", "user-agent"})

SendTask: TypeAlias = asyncio.Task[ServiceResponse | NoResponse]


@define(eq=False, repr=False)
class LiveProxy:
    """An ASGI application that sends the requests of the plan to the service, and no others.

    Args:
        allowlist: Admits requests.
        budget: Counts and caps them.
        upstream: Sends them.
        recorder: Records them.
        rate: Calls per second at most.
    """

    _allowlist: Allowlist
    _budget: Budget
    _upstream: Upstream
    _recorder: LiveRecorder
    _rate: float
    _next_start: float = field(default=0.0, init=False)
    _sends: set[SendTask] = field(factory=set[SendTask], init=False)
    _loop: asyncio.AbstractEventLoop | None = field(default=None, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self._loop = asyncio.get_running_loop()
        try:
            response = await self._respond(Request(scope, receive))
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    def abandon(self) -> None:
        """Stop waiting for responses. Can be called from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in self._sends])

    async def _respond(self, request: Request) -> Response:
        asked = await _read_request(request)
        if isinstance(asked, Refusal):
            return _refuse(asked)
        planned = self._allowlist.admit(asked.method, asked.path, asked.query, request.headers.getlist(TICKET_HEADER))
        if isinstance(planned, Refusal):
            return _refuse(planned)
        if self._contains_secret(asked):
            return _refuse(Refusal("key", "the request contains the key or the token, which only the proxy may hold"))
        if self._budget.permits(planned):
            await self._wait_for_turn()
        # No `await` from here to the start of the send: a counted call is sent, and only a counted call is.
        call = self._budget.reserve(planned)
        if isinstance(call, Refusal):
            return _refuse(call)
        try:
            self._recorder.record_sending(call, planned, asked)
        except OSError as error:
            self._budget.settle(call, "not sent", answered=False)
            return _refuse(self._stop_without_journal(error))
        task = asyncio.create_task(self._send(call, planned, asked))
        self._sends.add(task)
        task.add_done_callback(lambda done: self._finish(call, done))
        await asyncio.wait({task})  # not cancelled with the caller: the response may have been paid for
        if task.cancelled() or task.exception() is not None:
            return _forward(NoResponse("abandoned", delivered=True))
        return _forward(task.result())

    async def _wait_for_turn(self) -> None:
        """Wait until the next call may be sent: calls are evenly spaced."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_start)
        self._next_start = start + 1 / self._rate
        await asyncio.sleep(start - now)

    async def _send(
        self, call: CountedCall, planned: PlannedRequest, asked: CallerRequest
    ) -> ServiceResponse | NoResponse:
        """Send a counted call and record the response."""
        try:
            answer = await self._upstream.send(asked, planned.key, lambda content: self._keep(call, content))
        except asyncio.CancelledError:
            self._settle_unanswered(call, "abandoned: it was sent, and its outcome is unknown")
            raise
        if isinstance(answer, NoResponse):
            unknown = "its outcome is unknown" if answer.delivered else "the service did not receive it"
            self._settle_unanswered(call, f"{answer.reason}; {unknown}")
            if not answer.delivered:
                self._budget.stop(Refusal("unreachable", f"the service cannot be reached: {answer.reason}"))
            return answer
        try:
            self._recorder.record_response(call, asked, answer)
        except (OSError, ValueError, VerifierInputError) as error:
            self._budget.stop(Refusal("recording", f"a response cannot be recorded: {type(error).__name__}"))
        if planned.must_fail and 200 <= answer.status < 300:
            message = f"{call.operation} ({call.note}) got status {answer.status}: it should be refused"
            self._budget.stop(Refusal(ACCEPTED, message))
        if answer.problem:
            reason = f"{answer.problem}; what came is recorded, its outcome is unknown"
            self._budget.settle(call, reason, answered=False)
            return NoResponse(answer.problem, delivered=True)
        shown = self._without_secrets(answer)
        request_id = next((value for name, value in shown.headers if name == REQUEST_ID), "")
        self._budget.settle(call, str(answer.status), answered=True, request_id=request_id)
        return shown

    def _keep(self, call: CountedCall, content: bytes) -> None:
        try:
            self._recorder.keep_received(call, content)
        except OSError as error:
            reason = f"a response cannot be kept: {error.strerror or type(error).__name__}"
            self._budget.stop(Refusal("recording", reason))

    def _finish(self, call: CountedCall, task: SendTask) -> None:
        """Settle the call however its task ended; an error in the proxy ends the run."""
        self._sends.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._budget.stop(Refusal("proxy", f"the proxy failed: {type(error).__name__}"))
        if call.outcome == ON_ITS_WAY:
            self._settle_unanswered(call, "cancelled; its outcome is unknown")

    def _settle_unanswered(self, call: CountedCall, reason: str) -> None:
        try:
            self._recorder.record_no_response(call, reason)
        except OSError as error:
            self._stop_without_journal(error)
        self._budget.settle(call, reason, answered=False)

    def _stop_without_journal(self, error: OSError) -> Refusal:
        refusal = Refusal("journal", f"the journal cannot be written: {error.strerror or type(error).__name__}")
        self._budget.stop(refusal)
        return refusal

    def _contains_secret(self, asked: CallerRequest) -> bool:
        secrets = self._upstream.secrets
        lines = [asked.target, *(f"{name}: {value}" for name, value in asked.headers)]
        return secrets.is_in("\n".join(lines).encode("latin-1", "replace")) or secrets.is_in(asked.body)

    def _without_secrets(self, answer: ServiceResponse) -> ServiceResponse:
        """Redact the secrets, which a service may quote, before a caller sees the response."""
        redact = self._upstream.secrets.redact
        headers = [(name, redact(value.encode("latin-1")).decode("latin-1")) for name, value in answer.headers]
        return ServiceResponse(answer.status, headers, redact(answer.body))


async def _read_request(request: Request) -> CallerRequest | Refusal:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_REQUEST:
            return Refusal("too-large", f"the request has more than {MAX_REQUEST} bytes")
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    headers = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers.raw]
    return CallerRequest(
        method=request.method,
        path=raw.partition(b"?")[0].decode("latin-1"),
        query=request.url.query,
        headers=tuple(pair for pair in headers if pair[0] in _FORWARDED_REQUEST_HEADERS),
        body=bytes(body),
    )


def _refuse(refusal: Refusal) -> Response:
    return _own_response({"refused": refusal.code, "message": refusal.message, "sent": False})


def _forward(answer: ServiceResponse | NoResponse) -> Response:
    if isinstance(answer, NoResponse):
        return _own_response({"refused": "no-answer", "message": answer.reason, "sent": answer.delivered})
    response = Response(answer.body or None, answer.status)
    kept = [(name, value) for name, value in answer.headers if name not in _DROPPED_RESPONSE_HEADERS]
    response.raw_headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in kept]
    return response


def _own_response(content: Mapping[str, object]) -> Response:
    return JSONResponse({"proxy": content}, PROXY_STATUS, headers={PROXY_HEADER: str(content["refused"])})
