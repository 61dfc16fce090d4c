"""The state of a gateway as the page shows it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from cometapi_suno_mock.first_call import first_call
from cometapi_suno_mock.settings import DEMO_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cometapi_suno_mock.gateway import Gateway
    from cometapi_suno_mock.messages import Exchange
    from cometapi_suno_mock.world.personas import Persona
    from cometapi_suno_mock.world.tasks import Task

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
