"""A stand-in for CometAPI's Suno gateway that keeps the described contract, and checks that it does.

`create_app()` is an ASGI application; `python -m cometapi_suno_mock` serves it on 127.0.0.1:4010.
"""

from cometapi_suno_mock.contract import Contract, DescriptionError, OperationContract, Violation
from cometapi_suno_mock.faults import Fault, FaultError
from cometapi_suno_mock.gateway import Gateway, create_app
from cometapi_suno_mock.settings import DEMO_KEY, Settings
from cometapi_suno_mock.wellknown import (
    EXTENDED_CLIP,
    FINISHED_CLIP,
    FINISHED_TASK,
    FOREIGN_CLIP,
    PERSONA,
    UNFINISHED_CLIP,
    UPLOADED_CLIP,
)

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
]
