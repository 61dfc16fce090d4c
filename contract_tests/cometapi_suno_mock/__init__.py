"""A mock of CometAPI's Suno gateway that follows the OpenAPI description, and checks its own responses against it.

`create_app()` returns an ASGI application; `python -m cometapi_suno_mock` serves it on 127.0.0.1:4010. Tests use the
fixtures of `pytest_plugin`, the transport of `httpx_transport` or the routes of `respx_routes`.

`contract` validates requests and responses, and every described operation is answered even without code for it. What an
operation does beyond that is in `handlers`, what is remembered between requests in `state`, why a
request is refused in `refusal_rules`, where sources disagree in `profiles`, what goes wrong on purpose in `faults`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cometapi_suno_mock.seed_ids import (
    EXTENDED_CLIP,
    FINISHED_CLIP,
    FINISHED_TASK,
    FOREIGN_CLIP,
    PERSONA,
    UNFINISHED_CLIP,
    UPLOADED_CLIP,
)

if TYPE_CHECKING:
    from cometapi_suno_mock.contract import Contract, DescriptionError, OperationContract, Violation, load_contract
    from cometapi_suno_mock.faults import Fault, FaultError
    from cometapi_suno_mock.gateway import Gateway, create_app
    from cometapi_suno_mock.settings import DEMO_KEY, Settings

__all__ = [
    "DEMO_KEY",
    "EXTENDED_CLIP",
    "FINISHED_CLIP",
    "FINISHED_TASK",
    "FOREIGN_CLIP",
    "PERSONA",
    "UNFINISHED_CLIP",
    "UPLOADED_CLIP",
    "Contract",
    "DescriptionError",
    "Fault",
    "FaultError",
    "Gateway",
    "OperationContract",
    "Settings",
    "Violation",
    "create_app",
    "load_contract",
]

# Imported on first use (PEP 562): pytest loads the plugin of this package in every run, also without the extra.
_MODULES = {
    **dict.fromkeys(("Contract", "DescriptionError", "OperationContract", "Violation", "load_contract"), "contract"),
    **dict.fromkeys(("Fault", "FaultError"), "faults"),
    **dict.fromkeys(("Gateway", "create_app"), "gateway"),
    **dict.fromkeys(("DEMO_KEY", "Settings"), "settings"),
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
