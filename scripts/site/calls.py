"""How a call is typed: in Python as the generated client takes it, and with curl."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from attrs import evolve, frozen
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError

from scripts.description import is_array, is_object
from scripts.generator import document as generator_document
from scripts.generator.errors import GenerationError
from scripts.generator.operations import OperationView
from scripts.generator.shapes import Shape
from scripts.generator.views import FIELD_PREFIX, ClientView, ModelView, client_view
from scripts.lint.document import Document, Operation
from scripts.site.places import Places
from scripts.site.text import json_text

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
class Call:
    """One example call, in three forms. `body` is None for an operation that takes none."""

    body: Body | None
    python: str
    python_async: str
    curl: str


class Client:
    """The generated client's names and signatures.

    Raises:
        GenerationError: The description cannot become a client.
    """

    def __init__(self, bundled: Mapping[str, Any]) -> None:
        self.view = _view(dict(bundled))
        self.models = {model.class_name: model for model in self.view.models}
        self._operations = {
            (each.http_method, each.path): each for resource in self.view.resources for each in resource.operations
        }

    def operation(self, operation: Operation) -> OperationView:
        """The client's method for an operation."""
        return self._operations[operation.method.upper(), operation.path]

    def calls(self, document: Document, places: Places) -> Mapping[str, list[Call]]:
        """Example calls by operationId: one for each example of a request body, or one for an operation without."""
        found: dict[str, list[Call]] = {}
        for operation in document.operations:
            path = _path_values(document, operation)
            bodies = _bodies(document, operation, places.variants(operation))
            found[operation.id] = [self._call(operation, path, body) for body in bodies]
            found[operation.id] += [] if bodies else [self._call(operation, path, None)]
        codes = (code for calls in found.values() for call in calls for code in (call.python, call.python_async))
        tidy = iter(formatted(codes))
        return {
            name: [evolve(call, python=next(tidy), python_async=next(tidy)) for call in calls]
            for name, calls in found.items()
        }

    def _call(self, operation: Operation, path: dict[str, Any], body: Body | None) -> Call:
        view = self.operation(operation)
        used: set[str] = set()
        arguments = [repr(path[each.wire]) for each in view.positional if each.wire in path]
        if body is not None and body.variant is not None:
            arguments.append(self._model(self.models[body.variant], body.value, used))
        elif body is not None:
            arguments += self._keywords(view, body.value, used)
        call = f"{view.name}({_listed(arguments)})"
        bare = body is not None and body.variant in operation.node.get("x-sdk", {}).get("bare", [])
        result = "answer" if bare else _result_name(view, operation)
        return Call(
            body=body,
            python=_BLOCKING.format(imports=_names(used, "SunoClient"), client="SunoClient", result=result, call=call),
            python_async=_AWAITED.format(
                imports=_names(used, "AsyncSunoClient"), client="AsyncSunoClient", result=result, call=call
            ),
            curl=_curl(self.view.server, operation, path, body),
        )

    def _keywords(self, view: OperationView, value: Any, used: set[str]) -> list[str]:
        names = {argument.wire: argument.name for argument in view.keywords}
        shapes = dict(zip(names, view.sent, strict=False))
        return [f"{names[wire]}={self._value(shapes[wire], each, used)}" for wire, each in value.items()]

    def _model(self, model: ModelView, value: Any, used: set[str]) -> str:
        """The expression that makes a request model; a constant is left to its default."""
        used.add(model.class_name)
        fields = {field.wire: field for field in model.fields}
        arguments = [
            f"{fields[wire].name}={self._value(fields[wire].shape, each, used)}"
            for wire, each in value.items()
            if not _is_default(fields[wire].default, each)
        ]
        return f"{model.class_name}({_listed(arguments)})"

    def _value(self, shape: Shape, value: Any, used: set[str]) -> str:
        if is_object(value) and shape.models:
            return self._model(self.models[shape.models[0][0]], value, used)
        if is_array(value) and shape.items is not None:
            items = shape.items
            return f"[{', '.join(self._value(items, each, used) for each in value)}]"
        return repr(value)


def formatted(codes: Iterable[str]) -> list[str]:
    """Each piece of Python as ruff formats it.

    Raises:
        GenerationError: One of them is no Python.
    """
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
        return [path.read_text("utf-8") for path in paths]


def _view(bundled: dict[str, Any]) -> ClientView:
    settings = ConfigFile(post_hooks=[], field_prefix=FIELD_PREFIX)
    config = Config.from_sources(
        settings,
        meta_type=MetaType.NONE,
        document_source=Path("openapi.json"),
        file_encoding="utf-8",
        overwrite=True,
        output_path=None,
    )
    parsed = GeneratorData.from_dict(generator_document.for_parser(bundled), config=config)
    if isinstance(parsed, GeneratorError):
        raise GenerationError(f"{parsed.header}: {parsed.detail}")
    return client_view(bundled, parsed)


def _path_values(document: Document, operation: Operation) -> dict[str, Any]:
    """Example values of the path's parameters, by name."""
    found: dict[str, Any] = {}
    for written in operation.node.get("parameters", []):
        parameter = document.resolve(written)
        if parameter.get("in") == "path":
            found[parameter["name"]] = parameter.get("example", parameter["name"])
    return found


def _bodies(document: Document, operation: Operation, variants: list[str]) -> list[Body]:
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


def _variant(document: Document, variants: list[str], name: str, value: Any) -> str | None:
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


def _names(used: set[str], client: str) -> str:
    return ", ".join(sorted({*used, client}))


def _listed(arguments: list[str]) -> str:
    """Arguments; several stand one to a line, which the trailing comma asks of the formatter."""
    return "".join(f"{argument}," for argument in arguments) if len(arguments) > 1 else "".join(arguments)
