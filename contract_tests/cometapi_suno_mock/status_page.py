"""The status page at `/`, the reference at `/docs` and the control endpoint below `/__mock__/`."""

from __future__ import annotations

import importlib.resources
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from cometapi_suno_mock.example_responses import format_curl_hint
from cometapi_suno_mock.faults import Fault, FaultError
from cometapi_suno_mock.media import NotJsonError, is_object, read_json, write_json
from cometapi_suno_mock.settings import DEMO_KEY
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cometapi_suno_mock.gateway_core import GatewayCore
    from cometapi_suno_mock.http_messages import ExchangeRecord
    from cometapi_suno_mock.state_records import PersonaRecord, TaskRecord
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send

_DOCS = Path(__file__).resolve().parents[2] / "build" / "docs"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"
_SHOWN = 100

Action: TypeAlias = Callable[[dict[str, Any]], Any]
_T = TypeVar("_T")


def build_status_page(gateway: GatewayCore) -> Starlette:
    """Build the pages and the control endpoint of a gateway as a Starlette application."""
    docs = (_DOCS / "index.html").is_file()
    page = importlib.resources.files("cometapi_suno_mock").joinpath("status_page.html").read_text("utf-8")

    async def show_page(_: Request) -> Response:
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    async def show_state(request: Request) -> Response:
        with gateway.lock:
            return _build_json(view_state(gateway, str(request.base_url).rstrip("/")) | {"docs": docs})

    def add_fault(body: dict[str, Any]) -> Any:
        return {"number": gateway.faults.add(Fault.from_json(body))}

    def add_fault_text(body: dict[str, Any]) -> Any:
        return {"number": gateway.faults.add(_get_text(body, "text"))}

    def clear_faults(_: dict[str, Any]) -> Any:
        gateway.faults.clear()

    def reset(_: dict[str, Any]) -> Any:
        gateway.reset()

    def finish_tasks(_: dict[str, Any]) -> Any:
        with gateway.lock:
            gateway.state.finish_all()

    def fail_next_task(body: dict[str, Any]) -> Any:
        gateway.state.next_failures.append(_get_text(body, "reason") or "failed on purpose")

    def grant_credits(body: dict[str, Any]) -> Any:
        amount = body.get("amount")
        if not isinstance(amount, int) or amount < 0:
            raise ValueError("amount: a number of at least 0 is needed")
        with gateway.lock:
            for account in gateway.state.accounts.values():
                account.grant(amount)

    async def remove_fault(request: Request) -> Response:
        return Response(status_code=204 if gateway.faults.remove(request.path_params["number"]) else 404)

    return Starlette(
        routes=[
            Route("/", show_page),
            Route("/__mock__/state", show_state),
            _route_action("/__mock__/faults", add_fault),
            _route_action("/__mock__/faults/text", add_fault_text),
            _route_action("/__mock__/faults", clear_faults, method="DELETE"),
            Route("/__mock__/faults/{number:int}", remove_fault, methods=["DELETE"]),
            _route_action("/__mock__/reset", reset),
            _route_action("/__mock__/tasks/finish", finish_tasks),
            _route_action("/__mock__/tasks/fail-next", fail_next_task),
            _route_action("/__mock__/credits/grant", grant_credits),
            _route_docs(built=docs),
        ],
        middleware=[Middleware(_SameOriginOnly)],
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
            "looks": gateway.settings.looks,
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


class _SameOriginOnly:
    """Refuses requests of other sites that are open in the same browser."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if dict(scope.get("headers", ())).get(b"sec-fetch-site", b"none") in (b"none", b"same-origin"):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("not from another site", status_code=403)(scope, receive, send)


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
    del shown["seconds"]
    return shown


def _route_action(path: str, action: Action, *, method: str = "POST") -> Route:
    """Return a route that passes a JSON object, which may be left out, to a function."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            value: Any = read_json(body or b"{}")
            if not is_object(value):
                return _build_json({"error": "a JSON object is needed"}, 400)
            result = action(value)
        except (FaultError, NotJsonError, ValueError) as error:
            return _build_json({"error": str(error)}, 400)
        return Response(status_code=204) if result is None else _build_json(result, 201)

    handler: Callable[[Request], Awaitable[Response]] = endpoint
    return Route(path, handler, methods=[method])


def _route_docs(*, built: bool) -> Mount | Route:
    if built:
        return Mount("/docs", StaticFiles(directory=_DOCS, html=True))

    async def explain(_: Request) -> Response:
        text = "The reference has not been built. In a checkout of the project, run: make docs"
        return PlainTextResponse(text, status_code=404)

    return Route("/docs", explain)


def _get_text(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name}: text is needed")  # noqa: TRY004 - it is the sender's value that is wrong
    return value


def _build_json(value: Any, status: int = 200) -> Response:
    return Response(write_json(value), status, media_type="application/json")
