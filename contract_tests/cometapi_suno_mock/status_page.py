"""The status page at /, the reference at /docs and the control endpoint below /__mock__/."""

from __future__ import annotations

import importlib.resources
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from cometapi_suno_mock.example_responses import first_call
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

    from cometapi_suno_mock.gateway import Gateway
    from cometapi_suno_mock.http_messages import Exchange
    from cometapi_suno_mock.state_records import Persona, Task
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


_DOCS = Path(__file__).resolve().parents[2] / "build" / "docs"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:"

Action: TypeAlias = Callable[[dict[str, Any]], Any]


def console(gateway: Gateway) -> Starlette:
    """The console of a gateway."""
    docs = (_DOCS / "index.html").is_file()
    page = importlib.resources.files("cometapi_suno_mock").joinpath("status_page.html").read_text("utf-8")

    async def index(_: Request) -> Response:
        return HTMLResponse(page, headers={"content-security-policy": _POLICY})

    async def state(request: Request) -> Response:
        with gateway.lock:
            return _json(state_of(gateway, str(request.base_url).rstrip("/")) | {"docs": docs})

    def add_fault(asked: dict[str, Any]) -> Any:
        return {"number": gateway.faults.add(Fault.from_json(asked))}

    def add_fault_text(asked: dict[str, Any]) -> Any:
        return {"number": gateway.faults.add(_text(asked, "text"))}

    def clear_faults(_: dict[str, Any]) -> Any:
        gateway.faults.clear()

    def reset(_: dict[str, Any]) -> Any:
        gateway.reset()

    def finish(_: dict[str, Any]) -> Any:
        with gateway.lock:
            gateway.world.finish_all()

    def fail_next(asked: dict[str, Any]) -> Any:
        gateway.world.dooms.append(_text(asked, "reason") or "failed on purpose")

    def grant(asked: dict[str, Any]) -> Any:
        amount = asked.get("amount")
        if not isinstance(amount, int) or amount < 0:
            raise ValueError("amount: a number of at least 0 is needed")
        with gateway.lock:
            for account in gateway.world.accounts.values():
                account.grant(amount)

    async def remove_fault(request: Request) -> Response:
        return Response(status_code=204 if gateway.faults.remove(request.path_params["number"]) else 404)

    return Starlette(
        routes=[
            Route("/", index),
            Route("/__mock__/state", state),
            _action("/__mock__/faults", add_fault),
            _action("/__mock__/faults/text", add_fault_text),
            _action("/__mock__/faults", clear_faults, method="DELETE"),
            Route("/__mock__/faults/{number:int}", remove_fault, methods=["DELETE"]),
            _action("/__mock__/reset", reset),
            _action("/__mock__/tasks/finish", finish),
            _action("/__mock__/tasks/fail-next", fail_next),
            _action("/__mock__/credits/grant", grant),
            _docs(built=docs),
        ],
        middleware=[Middleware(_SameSite)],
    )


class _SameSite:
    """Keeps pages of other sites, open in the same browser, from steering a gateway on this machine."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if dict(scope.get("headers", ())).get(b"sec-fetch-site", b"none") in (b"none", b"same-origin"):
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("not from another site", status_code=403)(scope, receive, send)


def _action(path: str, action: Action, *, method: str = "POST") -> Route:
    """A route that does something with the JSON object it is sent, which may be left out."""

    async def endpoint(request: Request) -> Response:
        body = await request.body()
        try:
            asked: Any = read_json(body or b"{}")
            if not is_object(asked):
                return _json({"error": "a JSON object is needed"}, 400)
            done = action(asked)
        except (FaultError, NotJsonError, ValueError) as error:
            return _json({"error": str(error)}, 400)
        return Response(status_code=204) if done is None else _json(done, 201)

    handler: Callable[[Request], Awaitable[Response]] = endpoint
    return Route(path, handler, methods=[method])


def _docs(*, built: bool) -> Mount | Route:
    if built:
        return Mount("/docs", StaticFiles(directory=_DOCS, html=True))

    async def missing(_: Request) -> Response:
        text = "The reference has not been built. In a checkout of the project, run: make docs"
        return PlainTextResponse(text, status_code=404)

    return Route("/docs", missing)


def _text(asked: dict[str, Any], name: str) -> str:
    value = asked.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"{name}: text is needed")  # noqa: TRY004 - it is the sender's value that is wrong
    return value


def _json(value: Any, status: int = 200) -> Response:
    return Response(write_json(value), status, media_type="application/json")


_SHOWN = 100
_T = TypeVar("_T")


def state_of(gateway: Gateway, base: str) -> dict[str, Any]:
    """Everything the page shows, newest first, and no key in full but the one that everybody knows."""
    world = gateway.world
    world.clock.tick(0)
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
        "first_call": first_call(gateway.contract, base, DEMO_KEY if DEMO_KEY in world.accounts else "YOUR_KEY"),
        "now": world.clock.iso(),
        "counts": {
            "exchanges": gateway.seen,
            "tasks": len(world.tasks),
            "clips": len(world.clips),
            "personas": len(world.personas),
        },
        "accounts": [{"key": f"{key[:5]}...", **account.view()} for key, account in world.accounts.items()],
        "tasks": [_task(task) for task in _newest(world.tasks)],
        "personas": [_persona(persona) for persona in _newest(world.personas)],
        "faults": [
            {"number": armed.number, "text": str(armed.fault), "seen": armed.seen, "struck": armed.struck}
            for armed in gateway.faults
        ],
        "exchanges": [_exchange(exchange) for exchange in _newest(gateway.exchanges)],
        "violations": [
            {"operation": bug.operation, "status": bug.status, "message": str(bug.violation), "times": times}
            for bug, times in Counter(reversed(gateway.violations)).items()
        ],
    }


def _newest(things: Iterable[_T]) -> list[_T]:
    return list(islice(reversed(list(things)), _SHOWN))


def _task(task: Task) -> dict[str, Any]:
    return {
        "id": task.id,
        "action": task.action,
        "status": task.status,
        "progress": f"{task.progress}%",
        "made": "lyrics" if task.lyrics is not None else f"{len(task.clips)} clip{'s'[len(task.clips) == 1 :]}",
        "reason": task.fail_reason,
    }


def _persona(persona: Persona) -> dict[str, Any]:
    return {"id": persona.id, "name": persona.name[:120], "root_clip_id": persona.root.id, "public": persona.is_public}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "number": exchange.number,
        "at": datetime.fromtimestamp(exchange.seconds, UTC).strftime("%H:%M:%S"),
        "method": exchange.method,
        "path": exchange.path,
        "operation": exchange.operation,
        "status": exchange.status,
        "request_id": exchange.request_id,
        "findings": [str(finding) for finding in exchange.findings],
        "fault": exchange.fault,
        "complaint": exchange.complaint,
    }
