"""The status page at `/`, the reference at `/docs`, the description at `/openapi.json`, and the control endpoints."""

from __future__ import annotations

import html
import importlib.resources
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from cometapi_suno_mock.example_responses import format_curl_hint
from cometapi_suno_mock.faults import Fault, FaultError
from cometapi_suno_mock.gateway_core import GatewayCore
from cometapi_suno_mock.http_messages import ExchangeRecord
from cometapi_suno_mock.media import NotJsonError, is_object, read_json
from cometapi_suno_mock.settings import DEMO_KEY
from cometapi_suno_mock.state_records import PersonaRecord, TaskRecord
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

_DOCS = Path(__file__).resolve().parents[2] / "build" / "docs"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"
_SHOWN = 100
_MAX_BODY = 65_536
"""Bytes of a request to a control endpoint."""
_MAX_PENDING = 1_000
"""Failures that can wait for their tasks, and faults that can be armed."""
_MAX_GRANT = 10**12
_HOST = re.compile(r"(?P<name>\[[0-9a-fA-F:.]+\]|[\d.]+|[\w-]+|([\w-]+\.)*localhost)\.?(:\d{1,5})?", re.ASCII)
"""An address, a name without a dot, or `localhost`: a name that another site can point to this machine has a dot."""

_requests = logging.getLogger("cometapi_suno_mock.requests")

_OPERATIONS = """\
<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}: operations</title>
<style>:root {{ color-scheme: light dark }} body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto;
max-width: 60rem; padding: 0 1rem }} td {{ padding: .2rem 1.5rem .2rem 0 }} code {{ overflow-wrap: anywhere }}</style>
<h1>{title}</h1><table>{rows}</table>
<p>The description: <a href="openapi.json">openapi.json</a>. The state of this mock: <a href="./">status page</a>. In a
checkout of the project, <code>make docs</code> builds the whole reference.</p></html>
"""

Action: TypeAlias = Callable[[dict[str, Any]], Any]
_T = TypeVar("_T")


def build_status_page(gateway: GatewayCore) -> Starlette:
    """Build the pages and the control endpoint of a gateway as a Starlette application."""
    page = importlib.resources.files("cometapi_suno_mock").joinpath("status_page.html").read_text("utf-8")

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    async def show_state(request: Request) -> Response:
        with gateway.lock:
            return JSONResponse(view_state(gateway, str(request.base_url).rstrip("/")))

    async def show_exchange(request: Request) -> Response:
        number = request.path_params["number"]
        with gateway.lock:
            found = next((each for each in gateway.exchanges if str(each.number) == number), None)
        return JSONResponse({} if found is None else _view_bodies(found), 404 if found is None else 200)

    async def show_description(_: Request) -> Response:
        return JSONResponse(gateway.contract.description)

    def add_fault(body: dict[str, Any]) -> Any:
        return arm(Fault.from_json(body))

    def add_fault_text(body: dict[str, Any]) -> Any:
        return arm(_get_text(body, "text"))

    def arm(fault: Fault | str) -> Any:
        if len(list(gateway.faults)) >= _MAX_PENDING:
            raise ValueError(f"there are {_MAX_PENDING} faults: remove some first")
        return {"number": gateway.faults.add(fault)}

    def clear_faults(_: dict[str, Any]) -> Any:
        gateway.faults.clear()

    def reset(_: dict[str, Any]) -> Any:
        gateway.reset()

    def finish_tasks(_: dict[str, Any]) -> Any:
        with gateway.lock:
            gateway.state.finish_all()

    def fail_next_task(body: dict[str, Any]) -> Any:
        with gateway.lock:
            if len(gateway.state.next_failures) >= _MAX_PENDING:
                raise ValueError(f"{_MAX_PENDING} failures wait for their tasks: submit some first")
            gateway.state.next_failures.append(_get_text(body, "reason")[:1000] or "failed on purpose")

    def grant_credits(body: dict[str, Any]) -> Any:
        amount = body.get("amount")
        if type(amount) is not int or not 0 <= amount <= _MAX_GRANT:
            raise ValueError(f"amount: a number from 0 to {_MAX_GRANT} is needed")
        with gateway.lock:
            if any(account.granted + amount > 1000 * _MAX_GRANT for account in gateway.state.accounts.values()):
                raise ValueError("amount: too much was granted; reset first")
            for account in gateway.state.accounts.values():
                account.grant(amount)

    async def remove_fault(request: Request) -> Response:
        number = request.path_params["number"]
        removed = re.fullmatch(r"[0-9]{1,9}", number) is not None and gateway.faults.remove(int(number))
        return Response(status_code=204 if removed else 404)

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/openapi.json", show_description),
            Route("/__mock__/state", show_state),
            Route("/__mock__/exchanges/{number}", show_exchange),
            _route_action("/__mock__/faults", add_fault),
            _route_action("/__mock__/faults/text", add_fault_text),
            _route_action("/__mock__/faults", clear_faults, method="DELETE"),
            Route("/__mock__/faults/{number}", remove_fault, methods=["DELETE"]),
            _route_action("/__mock__/reset", reset),
            _route_action("/__mock__/tasks/finish", finish_tasks),
            _route_action("/__mock__/tasks/fail-next", fail_next_task),
            _route_action("/__mock__/credits/grant", grant_credits),
            _route_docs(gateway),
        ],
        middleware=[Middleware(_OwnPageOnly)],
    )


def view_state(gateway: GatewayCore, base: str) -> dict[str, Any]:
    """Return what the page shows, newest first. Only the demo key is shown in full."""
    state = gateway.state
    state.clock.tick(0)
    info = gateway.contract.description.get("info", {})
    return {
        "title": info.get("title", ""),
        "version": info.get("version", ""),
        "settings": {
            "seed": gateway.settings.seed,
            "profile": list(gateway.settings.profile),
            "polls": gateway.settings.polls,
            "task_seconds": gateway.settings.task_seconds,
        },
        "first_call": format_curl_hint(gateway.contract, base, DEMO_KEY if DEMO_KEY in state.accounts else "YOUR_KEY"),
        "now": state.clock.format_iso(),
        "counts": {
            "exchanges": gateway.seen,
            "tasks": len(state.tasks),
            "clips": len(state.clips),
            "personas": len(state.personas),
        },
        "accounts": [{"key": f"{key[:5]}...", **account.view()} for key, account in state.accounts.items()],
        "tasks": [_view_task(task) for task in _take_newest(state.tasks)],
        "personas": [_view_persona(persona) for persona in _take_newest(state.personas)],
        "faults": [
            {"number": armed.number, "text": str(armed.fault), "seen": armed.seen, "struck": armed.struck}
            for armed in gateway.faults
        ],
        "exchanges": [_view_exchange(exchange) for exchange in _take_newest(gateway.exchanges)],
        "violations": [
            {"operation": bug.operation, "status": bug.status, "message": str(bug.violation), "times": times}
            for bug, times in Counter(reversed(gateway.violations)).items()
        ],
    }


class _OwnPageOnly:
    """Refuses requests of other sites that are open in the same browser, also of those that point their name here."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name: value.decode("latin-1") for name, value in scope.get("headers", ())}
        host, origin = headers.get(b"host", "localhost"), headers.get(b"origin")
        if _HOST.fullmatch(host) is None:
            await PlainTextResponse("call this gateway by its address or as localhost", status_code=403)(
                scope, receive, send
            )
        elif headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin") or (
            origin is not None and origin.partition("://")[2] != host
        ):
            await PlainTextResponse("not from another site", status_code=403)(scope, receive, send)
        elif "\0" in scope["path"]:
            await PlainTextResponse("not found", status_code=404)(scope, receive, send)
        else:
            try:
                await self._app(scope, receive, send)
            except ClientDisconnect:
                return


def _take_newest(items: Iterable[_T]) -> list[_T]:
    return list(islice(reversed(list(items)), _SHOWN))


def _view_task(task: TaskRecord) -> dict[str, Any]:
    return {
        "id": task.id,
        "action": task.action,
        "status": task.status,
        "progress": f"{task.progress}%",
        "made": "lyrics" if task.lyrics is not None else f"{len(task.clips)} clip{'s'[len(task.clips) == 1 :]}",
        "reason": task.fail_reason,
    }


def _view_persona(persona: PersonaRecord) -> dict[str, Any]:
    return {"id": persona.id, "name": persona.name[:120], "root_clip_id": persona.root.id, "public": persona.is_public}


def _view_exchange(exchange: ExchangeRecord) -> dict[str, Any]:
    at = datetime.fromtimestamp(exchange.seconds, UTC).strftime("%H:%M:%S")
    shown = exchange._asdict() | {"at": at, "findings": [str(finding) for finding in exchange.findings]}
    for name in ("seconds", "sent", "answered"):
        del shown[name]
    return shown


def _view_bodies(exchange: ExchangeRecord) -> dict[str, str]:
    """Return the bodies as text, cut to what is kept of them."""
    return {name: getattr(exchange, name).decode("utf-8", "replace") for name in ("sent", "answered")}


def _route_action(path: str, action: Action, *, method: str = "POST") -> Route:
    """Return a route that passes a JSON object, which may be left out, to a function."""

    async def endpoint(request: Request) -> Response:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > _MAX_BODY:
                return JSONResponse({"error": f"the body has more than {_MAX_BODY} bytes"}, 413)
        try:
            value: Any = read_json(bytes(body) or b"{}")
            if not is_object(value):
                return JSONResponse({"error": "a JSON object is needed"}, 400)
            result = action(value)
        except (FaultError, NotJsonError, ValueError) as error:
            return JSONResponse({"error": str(error)[:1000]}, 400)
        _requests.info("%s %s", method, path)
        return Response(status_code=204) if result is None else JSONResponse(result, 201)

    return Route(path, endpoint, methods=[method])


def _route_docs(gateway: GatewayCore) -> Mount | Route:
    if (_DOCS / "index.html").is_file():
        return Mount("/docs", StaticFiles(directory=_DOCS, html=True))

    async def list_operations(_: Request) -> Response:
        operations = gateway.contract.operations.values()
        rows = (
            f"<tr><td><code>{html.escape(each.method)} {html.escape(each.path)}</code><td>{html.escape(each.id)}"
            for each in operations
        )
        title = html.escape(str(gateway.contract.description.get("info", {}).get("title", "")))
        return HTMLResponse(
            _OPERATIONS.format(title=title, rows="\n".join(rows)), headers={"content-security-policy": _POLICY}
        )

    return Route("/docs", list_operations)


def _get_text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name}: text is needed")  # noqa: TRY004 - it is the sender's value that is wrong
    return value
