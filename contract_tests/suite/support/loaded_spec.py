"""The bundled description, loaded once at collection, so that tests can be generated from it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cometapi_suno_mock import Contract, load_contract

from contract_tests.verifier.exchange.example_calls import ExampleCalls

CONTRACT: Contract = load_contract()
DESCRIPTION: Mapping[str, Any] = CONTRACT.description

WITH_NOTES: Mapping[str, Any] = json.loads(
    (Path(__file__).resolve().parents[3] / "generated" / "openapi.json").read_text("utf-8")
)
"""The description in the tree: that of a wheel has no evidence, doubts and sources."""
ERROR_CODES: Sequence[Mapping[str, Any]] = WITH_NOTES["x-error-codes"]
"""What codes of errors mean."""

TAKING_A_BODY = [operation.id for operation in CONTRACT.operations.values() if operation.body is not None]
"""The operationIds of operations with a request body."""

CALLS = ExampleCalls(CONTRACT)
"""The calls of the bundled description."""

TAKING_MEMBERS = [name for name in TAKING_A_BODY if CALLS.examples(name)[0].takes_members]
"""The operationIds of operations whose body is an object with described members."""

ANSWERING_JSON = [
    operation.id
    for operation in CONTRACT.operations.values()
    if all(content.carries_json for content in operation.answers[operation.success].content.values())
]
"""The operationIds of operations that answer JSON; others answer text or bytes."""
