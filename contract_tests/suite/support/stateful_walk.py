"""Random walks along the links with the state machine of schemathesis."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

import attrs
from cometapi_suno_mock import Gateway
from cometapi_suno_mock.media import is_array, is_object
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import CheckResult
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transforms import UNRESOLVABLE
from schemathesis.core.transport import Response
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.stateful.state_machine import Transition
from schemathesis.hooks import HookContext

from contract_tests.suite.support.schemathesis_runner import Failure, operation_id, schema_of


@attrs.define
class WalkResult:
    """The result of random walks."""

    answers: Counter[tuple[str, int]] = attrs.field(factory=Counter[tuple[str, int]])
    """Number of answers by operation and status."""
    deepest: int = 0
    """Longest chain of links answered 200."""
    failures: list[Failure] = attrs.field(factory=list[Failure])

    @property
    def exchanges(self) -> int:
        """Number of calls."""
        return self.answers.total()


def run_random_walks(description: Mapping[str, Any], gateway: Gateway, *, walks: int, steps: int) -> WalkResult:
    """Run seeded random walks. Failures are in the result; nothing is raised."""
    found = WalkResult()
    schema = schema_of(
        _only_examples(description),
        gateway,
        phases=["stateful"],
        mode="positive",
        without=["ignored_auth", "negative_data_rejection"],
    )

    class Walk(schema.as_state_machine()):  # type: ignore[misc]  # the class is made when the description is read
        recorder: ScenarioRecorder

        def setup(self) -> None:
            gateway.reset()
            self.depths: dict[str, int] = {}

        def before_call(self, case: Case[Any]) -> None:
            """Replace generated parameters by those that the link supplied."""
            transition = self.recorder.cases[case.id].transition
            linked = None if transition is None else _linked(transition)
            if linked is not None:
                case.path_parameters, body = linked
                if body is not None:
                    case.body = body

        def after_call(self, response: Response, case: Case[Any]) -> None:
            parent: Any = super()
            parent.after_call(response, case)
            found.answers[operation_id(case), response.status_code] += 1
            origin = self.recorder.cases[case.id].parent_id
            if response.status_code == 200:
                self.depths[case.id] = 0 if origin is None else self.depths.get(origin, 0) + 1
                found.deepest = max(found.deepest, self.depths[case.id])

        def validate_response(self, response: Response, case: Case[Any], *_: Any, **__: Any) -> None:
            parent: Any = super()
            with suppress(FailureGroup):  # kept by `remember`
                parent.validate_response(response, case)

    def remember(context: HookContext, case: Case[Any], response: Response, results: list[CheckResult]) -> None:
        for result in results:
            if result.failure is not None:
                found.failures.append(Failure(result.name, f"{case.as_curl_command()}\n{result.failure}"))

    schema.hooks.register_hook_with_name(remember, "after_validate")
    Walk.run(
        settings=settings(
            max_examples=walks,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        )
    )
    return found


def _only_examples(description: Mapping[str, Any]) -> dict[str, Any]:
    """Restrict requests to their examples, since a generated id is never valid."""
    copy: dict[str, Any] = deepcopy(dict(description))
    for parameter in copy["components"].get("parameters", {}).values():
        parameter["schema"] = {"enum": [parameter["example"]]}
    for item in copy["paths"].values():
        for operation in item.values():
            body: dict[str, Any] = (
                operation.get("requestBody", {}) if is_object(operation) else {}
            )  # not its parameters
            for content in body.get("content", {}).values():
                content["schema"] = {"enum": [example["value"] for example in content["examples"].values()]}
    return copy


def _linked(transition: Transition) -> tuple[dict[str, Any], Any] | None:
    """Return the path parameters and body of a link; `None` when the answer lacks one of them."""
    values = {
        name: parameter.value.ok() if isinstance(parameter.value, Ok) else UNRESOLVABLE
        for container in transition.parameters.values()
        for name, parameter in container.items()
    }
    body: Any = None
    if transition.request_body is not None:
        extracted = transition.request_body.value
        body = extracted.ok() if isinstance(extracted, Ok) else UNRESOLVABLE
    return None if _lacking(values) or _lacking(body) else (values, body)


def _lacking(value: Any) -> bool:
    if is_object(value):
        return any(map(_lacking, value.values()))
    if is_array(value):
        return any(map(_lacking, value))
    return value is UNRESOLVABLE
