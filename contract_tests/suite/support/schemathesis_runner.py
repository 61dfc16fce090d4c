"""Runs schemathesis against a server and collects exchanges and failed checks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import attrs
import schemathesis
from cometapi_suno_mock import DEMO_KEY, Contract, Gateway
from cometapi_suno_mock.media import is_object
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from schemathesis.engine.recorder import Interaction, ScenarioRecorder
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

OUR_VALIDATOR = "our_validator"
"""Check: the validator of the mock agrees with schemathesis."""

VALID_REFUSED = "valid_refused_as_invalid"
"""Check: a valid request is refused only for what it refers to, never for its form."""

SEED = 20_251_122

_CONFIG: Any = SchemathesisConfig  # whose types are open
_PHASES = ("examples", "coverage", "fuzzing", "stateful")
_CHECKS: Mapping[str, Any] = {
    "not_a_server_error": {"enabled": True},
    "status_code_conformance": {"enabled": True},
    "content_type_conformance": {"enabled": True},
    "response_headers_conformance": {"enabled": True},
    "response_schema_conformance": {"enabled": True},
    "negative_data_rejection": {"enabled": True},
    # An unknown id is refused with 400; VALID_REFUSED checks that this is the reason.
    "positive_data_acceptance": {"enabled": True, "expected-statuses": ["2xx", 400]},
    "ignored_auth": {"enabled": True},
    # The gateway answers a method that is not described with a page and 200, not with 405.
    "unsupported_method": {"enabled": False},
}


@attrs.frozen
class Failure:
    """A failed check with its request."""

    check: str
    details: str

    def __str__(self) -> str:
        return f"{self.check}: {self.details}"


@attrs.define
class ProbeResult:
    """The result of one run."""

    exchanges: int = 0
    accepted: int = 0
    """Number of valid requests answered 2xx."""
    refused: int = 0
    """Number of requests answered 4xx."""
    failures: list[Failure] = attrs.field(factory=list[Failure])

    @property
    def failed(self) -> set[str]:
        """Names of the failed checks."""
        return {failure.check for failure in self.failures}


def schema_of(
    description: Mapping[str, Any],
    server: Gateway | str,
    *,
    phases: Sequence[str] = (),
    examples: int = 1,
    mode: str = "all",
    without: Sequence[str] = (),
) -> Any:
    """Load the description into schemathesis, with the server to ask.

    Args:
        phases: Of `examples`, `coverage`, `fuzzing`; what is not named is off.
        examples: How many cases to make up for each operation when fuzzing.
        mode: `positive`, `negative` or `all` cases.
        without: Checks to leave out.
    """
    chosen: dict[str, dict[str, Any]] = {name: {"enabled": name in phases} for name in _PHASES}
    chosen["coverage"]["unexpected-methods"] = []
    chosen["stateful"]["inference"] = {"algorithms": []}  # the links of the description, and no others
    config: SchemathesisConfig = _CONFIG.from_dict(
        {
            "seed": SEED,
            "continue-on-failure": True,
            "headers": {"Authorization": f"Bearer {DEMO_KEY}"},
            "generation": {"mode": mode, "max-examples": examples, "database": "none", "deterministic": True},
            "phases": chosen,
            "checks": {name: {"enabled": False} if name in without else check for name, check in _CHECKS.items()},
            "cache": {"enabled": False},
            "analysis": {"constants": {"enabled": False}},  # the mock's source does not decide what is asked
            "warnings": False,
            **({"base-url": server} if isinstance(server, str) else {}),
        }
    )
    schema: Any = schemathesis.openapi.from_dict(dict(description), config=config)
    if isinstance(server, Gateway):
        schema.app = server
    return schema


def run_schemathesis(
    description: Mapping[str, Any],
    contract: Contract,
    operation: str,
    server: Gateway | str,
    *,
    phases: Sequence[str],
    examples: int = 1,
    without: Sequence[str] = (),
) -> ProbeResult:
    """Run schemathesis for one operation. Failures are in the result; nothing is raised."""
    schema = schema_of(description, server, phases=phases, examples=examples, without=without)
    found = ProbeResult()
    chosen: OpenApiSchema = schema.include(operation_id=operation)
    for event in from_schema(chosen).execute():
        if isinstance(event, events.ScenarioFinished):
            _read(found, contract, event.recorder)
        elif isinstance(event, events.NonFatalError):
            found.failures.append(Failure("error", f"{event.label}: {event.value!r}"))
        elif isinstance(event, events.FatalError):
            raise event.exception
    return found


def operation_id(case: Case[Any]) -> str:
    """Return the operationId of a case."""
    operation: Any = case.operation
    return str(operation.definition.raw["operationId"])


def _read(found: ProbeResult, contract: Contract, recorder: ScenarioRecorder) -> None:
    cases = cast("Mapping[str, Any]", recorder.cases)
    for name, interaction in recorder.interactions.items():
        case: Case[Any] = cases[name].value
        response = interaction.response
        found.exchanges += 1
        if response is None:
            found.failures.append(Failure(OUR_VALIDATOR, f"no answer to {_describe(interaction)}"))
            continue
        violations = contract.operations[operation_id(case)].check_response(
            status=response.status_code,
            content_type=next(iter(response.headers.get("content-type", [])), None),
            body=response.content,
        )
        found.failures += [Failure(OUR_VALIDATOR, f"{violation}\n{_describe(interaction)}") for violation in violations]
        valid = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
        found.accepted += valid and 200 <= response.status_code <= 299
        found.refused += 400 <= response.status_code <= 499
        if valid and response.status_code == 400 and _code(response.content) == "invalid_request":
            found.failures.append(Failure(VALID_REFUSED, _describe(interaction)))
    for nodes in recorder.checks.values():
        for node in nodes:
            if node.failure_info is not None:
                details = f"{node.failure_info.failure}\n{node.failure_info.code_sample}"
                found.failures.append(Failure(node.name, details))


def _code(content: bytes) -> Any:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value.get("code") if is_object(value) else None


def _describe(interaction: Interaction) -> str:
    request, response = interaction.request, interaction.response
    body = b"" if request.body is None else request.body
    answer = "" if response is None else f": {response.status_code} {response.content[:300]!r}"
    return f"{request.method} {request.uri} {body[:300]!r}{answer}"
