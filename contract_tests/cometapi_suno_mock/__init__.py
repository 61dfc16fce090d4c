"""A stand-in for CometAPI's Suno gateway that keeps the described contract, and checks that it does.

`create_app()` is an ASGI application; `python -m cometapi_suno_mock` serves it on 127.0.0.1:4010; tests take the
fixtures of `pytest_plugin`, the transport of `inprocess` or the routes of `respx_routes`.

`contract` judges requests and answers by the description, and every operation of the description is served without
code. What is done for an operation beyond that is in `operations`, one small module per resource; what is remembered
is in `world`; why a call is refused is in `rules`; where sources disagree is in `readings`; what goes wrong on purpose
is in `faults`. A new operation needs code here only when it has to remember something.
"""

from cometapi_suno_mock.contract import Contract, DescriptionError, OperationContract, Violation
from cometapi_suno_mock.faults import Fault, FaultError
from cometapi_suno_mock.gateway import Gateway, create_app
from cometapi_suno_mock.seed_ids import (
    EXTENDED_CLIP,
    FINISHED_CLIP,
    FINISHED_TASK,
    FOREIGN_CLIP,
    PERSONA,
    UNFINISHED_CLIP,
    UPLOADED_CLIP,
)
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
]
