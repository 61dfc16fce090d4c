"""Rules of Link Objects and `x-workflow`: a link leads to an operation, with values that its response can give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Final, NamedTuple

from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.openapi_document import Operation, find_parameters, is_array, is_object, join_pointer, look_up

_WHOLE: Final = re.compile(r"\$(request\.path\.[\w-]+|(request|response)\.body(#(/[^{}\s]*)?)?)")
_EMBEDDED: Final = re.compile(r"\{(\$[^}]*)\}")
_FORMS: Final = "`$response.body#/...`, `$request.body#/...` or `$request.path.<name>`"


class ResponseLink(NamedTuple):
    """A link of a response, with the operation that it starts from.

    Attributes:
        pointer: Where it is; a shared response has it once.
        name: Its key in `links`.
        source: The operation that has the response.
        owner: The name of the shared response, or the operationId.
        status: The status of the response.
        node: The Link Object.
    """

    pointer: str
    name: str
    source: Operation
    owner: str
    status: str
    node: dict[str, Any]

    @property
    def sent(self) -> dict[str, Any]:
        """What it sends: parameters and body."""
        return {key: self.node[key] for key in ("parameters", "requestBody") if key in self.node}


class ExampleExchange(NamedTuple):
    """An example of a request with an example of its response: what expressions are looked up in."""

    path: dict[str, Any]
    request: Any
    response: Any

    def value(self, expression: str) -> Any:
        """Return the value of a runtime expression.

        Raises:
            LookupError: It has none here.
        """
        head, _, pointer = expression[1:].partition("#")
        if head.startswith("request.path."):
            return self.path[head.removeprefix("request.path.")]
        return look_up(self.request if head == "request.body" else self.response, pointer)

    def has(self, expression: str) -> bool:
        """Return whether a runtime expression has a value here."""
        try:
            self.value(expression)
        except LookupError:
            return False
        return True

    def fill(self, node: Any) -> Any:
        """Return a copy of what a link sends, with the values of its expressions."""
        if is_object(node):
            return {key: self.fill(value) for key, value in node.items()}
        if is_array(node):
            return [self.fill(value) for value in node]
        if not isinstance(node, str):
            return node
        return self.value(node) if node.startswith("$") else _EMBEDDED.sub(lambda at: str(self.value(at[1])), node)


def check_targets(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that a link leads to an operation that exists, names its parameters, and gives each that is required."""
    for link in find_links(index):
        name = str(link.node.get("operationId"))
        target = index.operation(name)
        if target is None:
            at = join_pointer(link.pointer, "operationId")
            yield Problem(at, f"no operation {name}", "Name one that is described")
            continue
        known = _parameters(index, target)
        given = link.node.get("parameters", {})
        unknown = [name for name in given if name not in known]
        for name in unknown:
            at = join_pointer(link.pointer, "parameters", name)
            yield Problem(at, f"{target.id} has no parameter {name}", f"Name one of: {', '.join(known) or 'none'}")
        for name, parameter in known.items():
            if parameter.get("required") and name not in given and not unknown:
                yield Problem(link.pointer, f"the parameter {name} of {target.id} is not given", "Add it")
        if "requestBody" in link.node and "requestBody" not in target.node:
            at = join_pointer(link.pointer, "requestBody")
            yield Problem(at, f"{target.id} takes no body", "Remove it, or name another operation")
        elif "requestBody" not in link.node and target.node.get("requestBody", {}).get("required"):
            yield Problem(link.pointer, f"the body of {target.id} is not given", "Add `requestBody`")


def check_expressions(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that each expression of a link is well-formed and has a value, all in one example of the exchange."""
    for link in find_links(index):
        found = list(_expressions(link.sent, link.pointer))
        malformed = [(pointer, text) for pointer, text in found if not _WHOLE.fullmatch(text)]
        for pointer, text in malformed:
            yield Problem(pointer, f"{text} is not a runtime expression that is supported here", f"Write {_FORMS}")
        if malformed or not found:
            continue
        exchanges = _exchanges(index, link)
        lost = next(((at, text) for at, text in found if not any(each.has(text) for each in exchanges)), None)
        if lost is not None:
            message = f"{lost[1]} finds nothing in any example of {link.source.id}"
            yield Problem(lost[0], message, "Fix the pointer, or add an example that has it")
        elif not any(all(each.has(text) for _, text in found) for each in exchanges):
            yield Problem(link.pointer, "no example has all that the link takes", "Add one that has")


def check_bodies(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that what a link sends, filled in from an example, is a valid request of the target."""
    for link in find_links(index):
        target = index.operation(str(link.node.get("operationId")))
        texts = [text for _, text in _expressions(link.sent, link.pointer)]
        if target is None or not all(_WHOLE.fullmatch(text) for text in texts):
            continue  # reported by `check_targets` and `check_expressions`
        complete = (each for each in _exchanges(index, link) if all(map(each.has, texts)))
        for exchange in list(complete)[:1]:
            yield from _check_sent(index, link, target, exchange.fill(link.sent))


def check_workflow(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-workflow` names each step from operation to operation, and that each step is a link."""
    steps = {
        (step.get("from"), step.get("link"), step.get("to")): f"/x-workflow/{position}"
        for position, step in enumerate(index.data.get("x-workflow", []))
    }
    found = {(link.source.id, link.name, link.node.get("operationId")): link.pointer for link in find_links(index)}
    for step, pointer in steps.items():
        if step not in found:
            message = f"{step[0]} has no link {step[1]} to {step[2]}"
            yield Problem(pointer, message, "Put the link back, or remove the step")
    for step, pointer in found.items():
        if step not in steps:
            fix = f"Add `{{from: {step[0]}, link: {step[1]}, to: {step[2]}}}`"
            yield Problem(pointer, "x-workflow does not name this link", fix)


def find_links(index: DescriptionIndex) -> Iterator[ResponseLink]:
    """Yield every link of every response, shared ones once for each response."""
    for operation in index.operations:
        for response in index.responses(operation):
            for name, node in response.node.get("links", {}).items():
                at = join_pointer(response.pointer, "links", name)
                owner = response.component or operation.id
                yield ResponseLink(at, name, operation, owner, response.status, index.resolve(node))


def _check_sent(
    index: DescriptionIndex, link: ResponseLink, target: Operation, sent: Mapping[str, Any]
) -> Iterator[Problem]:
    parameters = _parameters(index, target)
    for name, value in sent.get("parameters", {}).items():
        for complaint in index.validate(parameters.get(name, {}).get("schema", {}), value):
            at = join_pointer(link.pointer, "parameters", name)
            yield Problem(at, complaint, "Send a valid value of the parameter")
    content = target.node.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None or "requestBody" not in sent:
        return
    body, schema, at = sent["requestBody"], content.get("schema", {}), join_pointer(link.pointer, "requestBody")
    complaints = list(index.validate(schema, body))
    for complaint in complaints:
        yield Problem(at, complaint, f"Send a valid body of {target.id}")
    if is_object(body) and not complaints:
        for name in body.keys() - _fields(index, schema, body):
            yield Problem(join_pointer(at, name), f"{target.id} has no field {name}", "Fix the name")


def _fields(index: DescriptionIndex, schema: Any, body: Any) -> set[str]:
    """Return the names of a request's properties, with those of the variants that the body fits."""
    schema = index.resolve(schema)
    if not is_object(schema):  # `true`: it has every name
        return set(body)
    fields = set(schema.get("properties", {}))
    for choice in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        if not any(index.validate(choice, body)):
            fields |= _fields(index, choice, body)
    return fields


def _parameters(index: DescriptionIndex, operation: Operation) -> dict[str, dict[str, Any]]:
    return {str(found.node.get("name")): found.node for found in find_parameters(index.data, operation)}


def _exchanges(index: DescriptionIndex, link: ResponseLink) -> list[ExampleExchange]:
    path = {name: node.get("example") for name, node in _parameters(index, link.source).items()}
    values: dict[tuple[str, str], list[Any]] = {}
    for example in index.examples:
        if not example.unreadable:
            values.setdefault((example.content.owner, example.content.status), []).append(example.value)
    requests = values.get((link.source.id, "request"), [None])
    responses = values.get((link.owner, link.status), [])
    return [ExampleExchange(path, *pair) for pair in product(requests, responses)]


def _expressions(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if is_object(node) or is_array(node):
        for key, value in node.items() if is_object(node) else enumerate(node):
            yield from _expressions(value, join_pointer(pointer, key))
    elif isinstance(node, str):
        found = [node] if node.startswith("$") else _EMBEDDED.findall(node)
        yield from ((pointer, text) for text in found)
