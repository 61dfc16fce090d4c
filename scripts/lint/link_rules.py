"""Does each link lead somewhere, with values that its response can give? No public linter asks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any, Final, NamedTuple

from scripts.lint.description_index import Document, Operation, look_up
from scripts.lint.lint_finding import Problem
from scripts.lint.schema_validation import complaints
from scripts.openapi_document import is_array, is_object, join

_WHOLE: Final = re.compile(r"\$(request\.path\.[\w-]+|(request|response)\.body(#(/[^{}\s]*)?)?)")
_EMBEDDED: Final = re.compile(r"\{(\$[^}]*)\}")
_FORMS: Final = "`$response.body#/...`, `$request.body#/...` or `$request.path.<name>`"


class Link(NamedTuple):
    """A link of a response, with the operation that it starts from."""

    pointer: str
    name: str
    source: Operation
    status: str
    node: dict[str, Any]


class Exchange(NamedTuple):
    """An example of a request with an example of its response: what expressions are looked up in."""

    path: dict[str, Any]
    request: Any
    response: Any

    def value(self, expression: str) -> Any:
        """Return what an expression stands for.

        Raises:
            LookupError: It stands for nothing here.
        """
        head, _, pointer = expression[1:].partition("#")
        if head.startswith("request.path."):
            return self.path[head.removeprefix("request.path.")]
        return look_up(self.request if head == "request.body" else self.response, pointer)


def targets(document: Document) -> Iterator[Problem]:
    """A link leads to an operation that exists, names its parameters, and leaves none open that is required."""
    for link in links(document):
        target = document.operation(str(link.node.get("operationId")))
        if target is None:
            name = link.node.get("operationId")
            yield Problem(join(link.pointer, "operationId"), f"no operation {name}", "Name one that is described")
            continue
        known = _parameters(document, target)
        given = link.node.get("parameters", {})
        unknown = [name for name in given if name not in known]
        for name in unknown:
            at = join(join(link.pointer, "parameters"), name)
            yield Problem(at, f"{target.id} has no parameter {name}", f"Name one of: {', '.join(known) or 'none'}")
        for name, parameter in known.items():
            if parameter.get("required") and name not in given and not unknown:
                yield Problem(link.pointer, f"the parameter {name} of {target.id} is not given", "Add it")
        if "requestBody" in link.node and "requestBody" not in target.node:
            at = join(link.pointer, "requestBody")
            yield Problem(at, f"{target.id} takes no body", "Take it out, or name another operation")
        elif "requestBody" not in link.node and target.node.get("requestBody", {}).get("required"):
            yield Problem(link.pointer, f"the body of {target.id} is not given", "Add `requestBody`")


def expressions(document: Document) -> Iterator[Problem]:
    """Each expression of a link is well-formed and finds a value, all of them in one example of the exchange."""
    for link in links(document):
        found = list(_expressions(_given(link), link.pointer))
        malformed = [(pointer, text) for pointer, text in found if not _WHOLE.fullmatch(text)]
        for pointer, text in malformed:
            yield Problem(pointer, f"{text} is no runtime expression that is used here", f"Write {_FORMS}")
        if malformed or not found:
            continue
        exchanges = _exchanges(document, link)
        for pointer, text in found:
            if not any(_resolves(exchange, text) for exchange in exchanges):
                fix = "Mend the pointer, or add an example that has it"
                yield Problem(pointer, f"{text} finds nothing in any example of {link.source.id}", fix)
                break
        else:
            if not any(all(_resolves(exchange, text) for _, text in found) for exchange in exchanges):
                yield Problem(link.pointer, "no example has all that the link takes", "Add one that has")


def bodies(document: Document) -> Iterator[Problem]:
    """What a link sends, filled in from an example, is a request that the target takes."""
    for link in links(document):
        target = document.operation(str(link.node.get("operationId")))
        texts = [text for _, text in _expressions(_given(link), link.pointer)]
        if target is None or not all(_WHOLE.fullmatch(text) for text in texts):
            continue  # said by `targets` and `expressions`
        for exchange in _exchanges(document, link):
            if all(_resolves(exchange, text) for text in texts):
                yield from _misfits(document, link, target, exchange)
                break


def workflow(document: Document) -> Iterator[Problem]:
    """`x-workflow` names each step from operation to operation, and each step is a link; neither has more."""
    steps = {
        (step.get("from"), step.get("link"), step.get("to")): f"/x-workflow/{index}"
        for index, step in enumerate(document.data.get("x-workflow", []))
    }
    found = {(link.source.id, link.name, link.node.get("operationId")): link.pointer for link in links(document)}
    for step, pointer in steps.items():
        if step not in found:
            message = f"{step[0]} has no link {step[1]} to {step[2]}"
            yield Problem(pointer, message, "Put the link back, or take the step out")
    for step, pointer in found.items():
        if step not in steps:
            fix = f"Add `{{from: {step[0]}, link: {step[1]}, to: {step[2]}}}`"
            yield Problem(pointer, "x-workflow does not name this link", fix)


def links(document: Document) -> Iterator[Link]:
    """Yield every link of every response, shared ones once for each response."""
    for operation in document.operations:
        for status, response in operation.node.get("responses", {}).items():
            at = join(join(join(operation.pointer, "responses"), status), "links")
            if is_object(response) and "$ref" in response:
                at = join(response["$ref"].removeprefix("#"), "links")
            for name, node in document.resolve(response).get("links", {}).items():
                yield Link(join(at, name), name, operation, status, document.resolve(node))


def _misfits(document: Document, link: Link, target: Operation, exchange: Exchange) -> Iterator[Problem]:
    for name, value in link.node.get("parameters", {}).items():
        parameter = _parameters(document, target).get(name, {})
        for complaint in complaints(document, parameter.get("schema", {}), _filled(value, exchange)):
            yield Problem(join(join(link.pointer, "parameters"), name), complaint, "Give what the parameter takes")
    content = target.node.get("requestBody", {}).get("content", {}).get("application/json")
    if content is not None and "requestBody" in link.node:
        body = _filled(link.node["requestBody"], exchange)
        at = join(link.pointer, "requestBody")
        misfits = list(complaints(document, content.get("schema", {}), body))
        for complaint in misfits:
            yield Problem(at, complaint, f"Give what {target.id} takes")
        if is_object(body) and not misfits:
            for name in body.keys() - _fields(document, content.get("schema", {}), body):
                yield Problem(join(at, name), f"{target.id} has no field {name}", "Mend the name")


def _fields(document: Document, schema: Any, body: Any) -> set[str]:
    """Name the properties of a request, those of the variants that the body fits included."""
    schema = document.resolve(schema)
    fields = set(schema.get("properties", {}))
    for choice in [*schema.get("anyOf", []), *schema.get("oneOf", [])]:
        if not any(complaints(document, choice, body)):
            fields |= _fields(document, choice, body)
    return fields


def _parameters(document: Document, operation: Operation) -> dict[str, dict[str, Any]]:
    found = [document.resolve(node) for node in operation.node.get("parameters", [])]
    return {str(parameter.get("name")): parameter for parameter in found}


def _exchanges(document: Document, link: Link) -> list[Exchange]:
    path = {name: node.get("example") for name, node in _parameters(document, link.source).items()}
    answering = {link.source.id, document.place(link.pointer)}
    read = [example for example in document.examples if not example.unreadable]
    requests = [
        example.value
        for example in read
        if example.content.owner == link.source.id and example.content.status == "request"
    ]
    responses = [
        example.value
        for example in read
        if example.content.owner in answering and example.content.status == link.status
    ]
    return [Exchange(path, *values) for values in product(requests or [None], responses)]


def _given(link: Link) -> dict[str, Any]:
    return {key: link.node[key] for key in ("parameters", "requestBody") if key in link.node}


def _expressions(node: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if is_object(node):
        for key, value in node.items():
            yield from _expressions(value, join(pointer, key))
    elif is_array(node):
        for index, value in enumerate(node):
            yield from _expressions(value, join(pointer, index))
    elif isinstance(node, str):
        found = [node] if node.startswith("$") else _EMBEDDED.findall(node)
        yield from ((pointer, text) for text in found)


def _resolves(exchange: Exchange, expression: str) -> bool:
    try:
        exchange.value(expression)
    except LookupError:
        return False
    return True


def _filled(node: Any, exchange: Exchange) -> Any:
    if is_object(node):
        return {key: _filled(value, exchange) for key, value in node.items()}
    if is_array(node):
        return [_filled(value, exchange) for value in node]
    if isinstance(node, str):
        if node.startswith("$"):
            return exchange.value(node)
        return _EMBEDDED.sub(lambda match: str(exchange.value(match[1])), node)
    return node
