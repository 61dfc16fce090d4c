"""The workflows as an Arazzo 1.0.1 document, which other tools can run.

Each `x-sdk.workflow` gives a workflow for each link of its operation: submit, wait, the operation itself, then the
operation that the link leads to and the wait for its task.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from scripts.generator.generation_error import GenerationError, name_in_errors
from scripts.openapi_document import Operation, find_parameters, is_array, is_object, look_up, resolve, walk_operations

SOURCE: Final = "openapi.json"
RETRY_AFTER: Final = 5
"""Seconds between two polls: within the interval of the client."""
RETRY_LIMIT: Final = 120
_EXPRESSION: Final = re.compile(r"\{?\$(request|response)\.body#([^{}]*)\}?")
_JSON: Final = "application/json"


def build_arazzo_document(description: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the Arazzo document of a bundled description, or None when it has no workflow.

    Raises:
        GenerationError: A workflow lacks a link or an example.
    """
    operations = {operation.id: operation for operation in walk_operations(description)}
    workflows: list[dict[str, Any]] = []
    for operation in operations.values():
        if "workflow" in operation.node.get("x-sdk", {}):
            with name_in_errors(operation):
                links = _find_links(description, operation) or [None]
                workflows += [_Workflow(description, operations).build(operation, link) for link in links]
    if not workflows:
        return None
    return {
        "arazzo": "1.0.1",
        "info": {"title": f"{description['info']['title']}: workflows", "version": description["info"]["version"]},
        "sourceDescriptions": [{"name": "api", "url": SOURCE, "type": "openapi"}],
        "workflows": workflows,
    }


class _Workflow:
    """One workflow: its steps so far, by `stepId`."""

    def __init__(self, description: Mapping[str, Any], operations: Mapping[str, Operation]) -> None:
        self._description = description
        self._operations = operations
        self._steps: dict[str, dict[str, Any]] = {}

    def build(self, made: Operation, link: str | None) -> dict[str, Any]:
        """Return the workflow through the operation `made`, and on to that of its link."""
        workflow = made.node["x-sdk"]["workflow"]
        submit = self._operations[workflow["submit"]]
        required = workflow.get("requires", {}).get("request", {})
        body = _find_example(self._description, submit) | {name: each["value"] for name, each in required.items()}
        self._add(submit.id, submit, requestBody={"contentType": _JSON, "payload": body})
        waiting = self._wait(submit.id, submit)
        self._follow(waiting, self._link_to(self._operation(waiting), made), made.id)
        if link:
            self._follow(made.id, link, link)
            if self._find_poll(self._operation(link)):
                self._wait(link, self._operation(link))
        steps = list(self._steps.values())
        return {
            "workflowId": f"{made.id}-{link}" if link else made.id,
            "summary": f"{made.node['summary']}, from `{submit.id}` to `{steps[-1]['operationId']}`",
            **_authorize(self._description, made),
            "steps": steps,
            "outputs": {
                f"{step['stepId']}.{name}": f"$steps.{step['stepId']}.outputs.{name}"
                for step in steps
                for name in step.get("outputs", {})
            },
        }

    def _operation(self, step: str) -> Operation:
        return self._operations[self._steps[step]["operationId"]]

    def _add(self, step: str, operation: Operation, **members: Any) -> None:
        """Add a step that succeeds with the described status."""
        status = _find_success(operation)
        self._steps[step] = {
            "stepId": step,
            "description": f"{operation.node['summary']}.",
            "operationId": operation.id,
            **members,
            "successCriteria": [{"condition": f"$statusCode == {status}"}],
        }

    def _follow(self, source: str, link_name: str, step: str) -> None:
        """Add the step that a link of an earlier step leads to."""
        link = _find_links(self._description, self._operation(source))[link_name]
        target = self._operations[link["operationId"]]
        places = {each.node["name"]: each.node["in"] for each in find_parameters(self._description, target)}
        members: dict[str, Any] = {}
        parameters = self._fill(link.get("parameters", {}), "", source).items()
        unknown = [name for name, _ in parameters if name not in places]
        if unknown:
            raise GenerationError(f"the link {link_name} of {source}: {target.id} has no parameter {unknown[0]}.")
        if parameters:
            members["parameters"] = [{"name": name, "in": places[name], "value": value} for name, value in parameters]
        if "requestBody" in link:
            payload = self._fill(link["requestBody"], "", source)
            members["requestBody"] = {"contentType": _JSON, "payload": payload}
        self._add(step, target, **members)

    def _wait(self, source: str, submit: Operation) -> str:
        """Add the step that polls the task of an earlier step until it has ended; return its `stepId`."""
        name = self._find_poll(submit)
        if name is None:
            raise GenerationError(f"x-sdk.workflow: no link leads from {submit.id} to an operation with x-sdk.poll.")
        step = f"{source}-wait"
        self._follow(source, name, step)
        sdk = self._operation(step).node["x-sdk"]
        poll, result = sdk["poll"], f"/{sdk['unwrap']}" if "unwrap" in sdk else ""
        status = f"$response.body#{result}/{poll['status']}"
        answered = self._steps[step]["successCriteria"]
        failed = [*answered, {"condition": _is_one_of(status, poll["failed"])}]
        retry = {"type": "retry", "retryAfter": RETRY_AFTER, "retryLimit": RETRY_LIMIT}
        self._steps[step]["successCriteria"] = [*answered, {"condition": _is_one_of(status, poll["done"])}]
        self._steps[step]["onFailure"] = [
            {"name": "failed", "type": "end", "criteria": failed},
            {"name": "wait", **retry, "criteria": answered},
        ]
        self._steps[step]["outputs"] = {"result": f"$response.body#{result}"}
        return step

    def _find_poll(self, source: Operation) -> str | None:
        """Return the name of the link to an operation that is polled."""
        for name, link in _find_links(self._description, source).items():
            if "poll" in self._operations[link["operationId"]].node.get("x-sdk", {}):
                return name
        return None

    def _link_to(self, source: Operation, target: Operation) -> str:
        for name, link in _find_links(self._description, source).items():
            if link["operationId"] == target.id:
                return name
        raise GenerationError(f"x-sdk.workflow: no link leads from {source.id} to {target.id}.")

    def _fill(self, value: Any, name: str, source: str) -> Any:
        """Replace what a link takes from an earlier step: a value of its request, or an output, which is added."""
        if is_object(value):
            return {key: self._fill(each, key, source) for key, each in value.items()}
        if is_array(value):
            return [self._fill(each, name, source) for each in value]
        found = _EXPRESSION.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            return value
        if found[1] == "request":
            return look_up(self._steps[source]["requestBody"]["payload"], found[2])
        outputs: dict[str, str] = self._steps[source].setdefault("outputs", {})
        expression = f"$response.body#{found[2]}"
        known = next((each for each in outputs if outputs[each] == expression), name)
        if outputs.setdefault(known, expression) != expression:
            raise GenerationError(f"x-sdk.workflow: two links take different values as {name!r} from {source}.")
        return f"$steps.{source}.outputs.{known}"


def _find_links(description: Mapping[str, Any], operation: Operation) -> dict[str, dict[str, Any]]:
    """Return the links of the successful response, by name."""
    response = resolve(description, operation.node["responses"][_find_success(operation)])
    return {name: resolve(description, link) for name, link in response.get("links", {}).items()}


def _find_success(operation: Operation) -> str:
    return next(str(status) for status in operation.node["responses"] if str(status).startswith("2"))


def _find_example(description: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    content = resolve(description, operation.node["requestBody"])["content"][_JSON]
    for example in content.get("examples", {}).values():
        value: dict[str, Any] = resolve(description, example)["value"]
        return value
    raise GenerationError(f"x-sdk.workflow: {operation.id} needs an example of its request.")


def _is_one_of(expression: str, values: list[str]) -> str:
    return " || ".join(f"{expression} == '{value}'" for value in values)


def _authorize(description: Mapping[str, Any], operation: Operation) -> dict[str, Any]:
    """Return the input for the key, and the header that carries it in every step."""
    schemes = description.get("components", {}).get("securitySchemes", {})
    for name in (name for each in operation.node.get("security", []) for name in each):
        scheme = resolve(description, schemes[name])
        header, prefix = ("Authorization", "Bearer ") if scheme["type"] == "http" else (scheme["name"], "")
        return {
            "inputs": {"type": "object", "required": [name], "properties": {name: {"type": "string"}}},
            "parameters": [{"name": header, "in": "header", "value": f"{prefix}{{$inputs.{name}}}"}],
        }
    return {}
