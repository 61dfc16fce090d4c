"""The bundled description, loaded once at collection, so that tests can be generated from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cometapi_suno_mock import Contract, Gateway

from contract_tests.verifier.exchange.example_calls import ExampleCalls

CONTRACT: Contract = Gateway().contract
DESCRIPTION: Mapping[str, Any] = CONTRACT.description

TAKING_A_BODY = [operation.id for operation in CONTRACT.operations.values() if operation.body is not None]
"""The operationIds of operations with a request body."""

CALLS = ExampleCalls(DESCRIPTION, CONTRACT)
"""The calls of the bundled description."""
