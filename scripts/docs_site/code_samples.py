"""How a call is typed: in Python as the generated client takes it, and with curl."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attrs import evolve, frozen

from scripts.docs_site.html_fragments import json_text
from scripts.docs_site.site_urls import Places, body_schema, ref_name
from scripts.generator.errors import GenerationError
from scripts.generator.operations import OperationView
from scripts.generator.project import view
from scripts.generator.sequences import FlowView
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import Operation, is_array, is_object

_WIDTH = 84
_BLOCKING = """\
from cometapi_suno import {imports}

with {client}() as client:  # the key: COMETAPI_KEY
    {result} = client.{call}
    print({result})
"""
_AWAITED = """\
import asyncio

from cometapi_suno import {imports}

async def main() -> None:
    async with {client}() as client:  # the key: COMETAPI_KEY
        {result} = await client.{call}
        print({result})

asyncio.run(main())
"""


@frozen
class Body:
    """An example of a request body.

    Attributes:
        origin: Where it is from: documented, recorded or synthesised.
        variant: The component that it is one of, when there is a choice.
    """

    name: str
    summary: str
    origin: str
    value: Any
    variant: str | None


@frozen
class Snippet:
    """The same piece of Python for both clients."""

    blocking: str
    awaited: str


@frozen
class Call:
    """One example call. `body` is None for an operation that takes none."""

    body: Body | None
    python: Snippet
    curl: str


@frozen
class Sequence:
    """A call of the client that makes several steps."""

    title: str
    told: str
    python: Snippet


class Client:
    """The generated client's names, and how its calls are typed.

    Raises:
        GenerationError: The description cannot become a client.
    """

    def __init__(self, document: DescriptionIndex, bundled: Mapping[str, Any], places: Places) -> None:
        self._document = document
        self._view = view(dict(bundled))
        self._models = {model.class_name: model for model in self._view.models}
        self._operations = {
            (each.http_method, each.path): each for resource in self._view.resources for each in resource.operations
        }
        self._bodies = {each.id: _bodies(document, each, places.variants(each)) for each in document.operations}

    def operation(self, operation: Operation) -> OperationView:
        """The client's method for an operation."""
        return self._operations[operation.method.upper(), operation.path]

    @cached_property
    def calls(self) -> Mapping[str, list[Call]]:
        """Example calls by operationId: one for each example of a request body, or one for an operation without."""
        found: dict[str, list[Call]] = {}
        for operation in self._document.operations:
            bodies = self._bodies[operation.id]
            found[operation.id] = [self._call(operation, body) for body in bodies]
            found[operation.id] += [] if bodies else [self._call(operation, None)]
        tidy = iter(formatted(call.python for calls in found.values() for call in calls))
        return {name: [evolve(call, python=next(tidy)) for call in calls] for name, calls in found.items()}

    @cached_property
    def sequences(self) -> Mapping[str, list[Sequence]]:
        """By operationId: what the client makes of an operation together with others."""
        found: dict[str, list[Sequence]] = {}
        for operation in self._document.operations:
            view = self.operation(operation)
            found[operation.id] = [self._waiting(operation)] if view.poll else []
            found[operation.id] += [self._workflow(operation, view.workflow)] if view.workflow else []
        tidy = iter(formatted(each.python for several in found.values() for each in several))
        return {name: [evolve(each, python=next(tidy)) for each in several] for name, several in found.items()}

    def _call(self, operation: Operation, body: Body | None) -> Call:
        view = self.operation(operation)
        path = _path_values(self._document, operation)
        used: set[str] = set()
        arguments = [repr(path[each.wire]) for each in view.request.positional if each.wire in path]
        if body is not None and body.variant is not None:
            arguments.append(self._model(body.variant, body.value, used))
        elif body is not None:
            names = {argument.wire: argument.name for argument in view.request.keywords}
            arguments += self._arguments(self._document.resolve(body_schema(operation)), names, body.value, used)
        bare = body is not None and body.variant in operation.node.get("x-sdk", {}).get("bare", [])
        result = "answer" if bare else _result_name(view, operation)
        python = _snippet(f"{view.name}({_listed(arguments)})", result, used)
        return Call(body, python, _curl(self._view.server, operation, path, body))

    def _waiting(self, operation: Operation) -> Sequence:
        view = self.operation(operation)
        (value,) = _path_values(self._document, operation).values()
        return Sequence(
            title="Wait until it has ended",
            told="Looks at once, then every few seconds. All who wait on one client share their requests; `wait_all` "
            "takes several ids.",
            python=_snippet(f"{view.resource}.wait({value!r})", _result_name(view, operation), set()),
        )

    def _workflow(self, operation: Operation, flow: FlowView) -> Sequence:
        used: set[str] = set()
        submit = operation.node["x-sdk"]["workflow"]["submit"]
        allowed = flow.request.split(" | ")
        first = next(body for body in self._bodies[submit] if body.variant in allowed)
        names = {argument.wire: argument.name for argument in flow.keywords}
        given = {wire: each for wire, each in self._bodies[operation.id][0].value.items() if wire in names}
        schema = self._document.resolve(body_schema(operation))
        arguments = [self._model(str(first.variant), first.value, used), *self._arguments(schema, names, given, used)]
        return Sequence(
            title="In one call, from the song on",
            told=flow.doc.split("\n\n")[1],
            python=_snippet(
                f"{self.operation(operation).resource}.{flow.method_name}({_listed(arguments)})", "made", used
            ),
        )

    def _arguments(self, schema: dict[str, Any], names: Mapping[str, str], value: Any, used: set[str]) -> list[str]:
        properties: dict[str, Any] = schema.get("properties", {})
        return [f"{names[wire]}={self._value(properties.get(wire), each, used)}" for wire, each in value.items()]

    def _model(self, name: str, value: Any, used: set[str]) -> str:
        """The expression that makes a request model; a constant is left to its default."""
        used.add(name)
        fields = {field.wire: field for field in self._models[name].fields}
        names = {wire: field.name for wire, field in fields.items()}
        given = {wire: each for wire, each in value.items() if not _is_default(fields[wire].default, each)}
        return f"{name}({_listed(self._arguments(self._document.components('schemas')[name], names, given, used))})"

    def _value(self, schema: Any, value: Any, used: set[str]) -> str:
        name = ref_name(schema)
        if is_object(value) and name in self._models:
            return self._model(str(name), value, used)
        if is_array(value):
            items = schema.get("items") if is_object(schema) else None
            return f"[{', '.join(self._value(items, each, used) for each in value)}]"
        return repr(value)


def formatted(snippets: Iterable[Snippet]) -> list[Snippet]:
    """Each piece of Python as ruff formats it.

    Raises:
        GenerationError: One of them is no Python.
    """
    codes = [code for each in snippets for code in (each.blocking, each.awaited)]
    if not codes:
        return []
    with tempfile.TemporaryDirectory() as folder:
        paths: list[Path] = []
        for index, code in enumerate(codes):
            paths.append(Path(folder) / f"{index}.py")
            paths[-1].write_text(code, encoding="utf-8")
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--quiet"]
        command += ["--line-length", str(_WIDTH), "."]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise GenerationError(f"ruff failed on an example: {done.stderr.strip()}")
        tidy = [path.read_text("utf-8") for path in paths]
        return [Snippet(*pair) for pair in zip(tidy[::2], tidy[1::2], strict=True)]


def _path_values(document: DescriptionIndex, operation: Operation) -> dict[str, Any]:
    """Example values of the path's parameters, by name."""
    found: dict[str, Any] = {}
    for written in operation.node.get("parameters", []):
        parameter = document.resolve(written)
        if parameter.get("in") == "path":
            found[parameter["name"]] = parameter.get("example", parameter["name"])
    return found


def _bodies(document: DescriptionIndex, operation: Operation, variants: list[str]) -> list[Body]:
    return [
        Body(
            name=example.pointer.rpartition("/")[2],
            summary=str(example.node.get("summary", "")),
            origin=origin(example.node),
            value=example.value,
            variant=_variant(document, variants, example.pointer.rpartition("/")[2], example.value),
        )
        for example in document.examples
        if example.content.owner == operation.id and example.content.status == "request" and example.content.is_json
    ]


def origin(example: Mapping[str, Any]) -> str:
    """Where an example is from, as its file's name says; empty for one that stands in the description."""
    parts = str(example.get("externalValue", "")).rsplit(".", 2)
    return parts[1] if len(parts) > 1 else ""


def _variant(document: DescriptionIndex, variants: list[str], name: str, value: Any) -> str | None:
    """The variant that an example is named after, else the first one that it fits."""
    for variant in variants:
        if variant.lower() == name.lower():
            return variant
    return next((each for each in variants if _fits(document.components("schemas")[each], value)), None)


def _fits(schema: dict[str, Any], value: Any) -> bool:
    if not is_object(value) or not set(schema.get("required", [])) <= set(value):
        return False
    properties = schema.get("properties", {})
    return all(
        "const" not in properties.get(key, {}) or properties[key]["const"] == each for key, each in value.items()
    )


def _result_name(view: OperationView, operation: Operation) -> str:
    """A name for what a call returns: its class, or what a link calls it."""
    if re.fullmatch(r"[A-Z]\w*", view.returns):
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", view.returns).lower()
    if found := re.fullmatch(r"list\[([A-Z]\w*)\]", view.returns):
        return f"{found[1].lower()}s"
    for response in operation.node.get("responses", {}).values():
        for link in response.get("links", {}).values():
            for name, expression in link.get("parameters", {}).items():
                if expression == "$response.body#/data" and str(name).isidentifier():
                    return str(name)
    return "task_id" if view.unwrap and view.returns.startswith("str") else "answer"


def _curl(server: str, operation: Operation, path: dict[str, Any], body: Body | None) -> str:
    filled = re.sub(r"{([^{}]+)}", lambda found: quote(str(path.get(found[1], found[1])), safe=""), operation.path)
    words = [f"curl {shlex.quote(server + filled)}", '-H "Authorization: Bearer $COMETAPI_KEY"']
    if operation.method not in ("get", "post") or (operation.method == "post" and body is None):
        words.insert(1, f"-X {operation.method.upper()}")
    if body is not None:
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json_text(body.value))}"]
    return " \\\n  ".join(words)


def _is_default(default: str | None, value: Any) -> bool:
    if default is None or default == "UNSET":
        return False
    return type(value) is type(ast.literal_eval(default)) and bool(ast.literal_eval(default) == value)


def _snippet(call: str, result: str, used: set[str]) -> Snippet:
    blocking, awaited = (
        template.format(imports=", ".join(sorted({*used, client})), client=client, result=result, call=call)
        for template, client in ((_BLOCKING, "SunoClient"), (_AWAITED, "AsyncSunoClient"))
    )
    return Snippet(blocking, awaited)


def _listed(arguments: list[str]) -> str:
    """Arguments; several stand one to a line, which the trailing comma asks of the formatter."""
    return "".join(f"{argument}," for argument in arguments) if len(arguments) > 1 else "".join(arguments)
