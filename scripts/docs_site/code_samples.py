"""Code samples: how a call is typed in Python, as the generated client accepts it, and with curl."""

from __future__ import annotations

import ast
import json
import re
import shlex
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, urlencode

from attrs import evolve, frozen

from scripts.docs_site.html_fragments import json_text, slug
from scripts.docs_site.site_urls import body_schema, component_name
from scripts.generator.client_view import FollowUpView, OperationView, WorkflowView
from scripts.generator.read_client import read_client
from scripts.generator.render_package import run_ruff
from scripts.lint.description_index import BodyExample, DescriptionIndex
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import Operation, find_parameters, is_array, is_object
from scripts.templates._config import KEY_VARIABLE, TOKEN_VARIABLE
from scripts.text_and_files import snake_case

_WIDTH = 84
VARIABLES = {"api_key": KEY_VARIABLE, "access_token": TOKEN_VARIABLE}
"""The environment variable of a secret, by the client's argument."""
_BLOCKING = """\
from cometapi_suno import {imports}

with {client}() as client:  # {secret}
    {result} = client.{call}
    print({result})
"""
_AWAITED = """\
import asyncio

from cometapi_suno import {imports}

async def main() -> None:
    async with {client}() as client:  # {secret}
        {result} = await client.{call}
        print({result})

asyncio.run(main())
"""


@frozen
class PythonSample:
    """The same piece of Python for both clients."""

    blocking: str
    awaited: str


@frozen
class CallSample:
    """One example call.

    Attributes:
        anchor: The anchor of its form on the page that sends requests.
        parameters: (name, place, value) of what the example sends besides the body.
        body: The example of its body; None for an operation that takes none.
        variant: The component that the body is, when there is a choice.
    """

    anchor: str
    parameters: list[tuple[str, str, str]]
    body: BodyExample | None
    variant: str | None
    python: PythonSample
    curl: str


@frozen
class WorkflowSample:
    """A call of the client that takes several steps."""

    title: str
    description: str
    python: PythonSample


_Body: TypeAlias = tuple[BodyExample | None, str | None]
_Sample = TypeVar("_Sample", CallSample, WorkflowSample)


class CodeSamples:
    """Writes the samples, with the names of the generated client.

    Raises:
        GenerationError: The description cannot become a client.
    """

    def __init__(self, index: DescriptionIndex, bundled: Mapping[str, Any]) -> None:
        self._index = index
        self._view = read_client(bundled)
        self._models = {model.class_name: model for model in self._view.models}
        self._operations = {
            (each.http_method, each.path): each for resource in self._view.resources for each in resource.operations
        }
        self._bodies = {each.id: _find_bodies(index, each, find_variants(index, each)) for each in index.operations}

    def operation(self, operation: Operation) -> OperationView:
        """Return the client's method for an operation."""
        return self._operations[operation.method.upper(), operation.path]

    @cached_property
    def filled(self) -> Mapping[str, set[str]]:
        """By component schema: the fields of a request that the client fills in."""
        found = {
            model.component: {each.wire for each in model.fields if each.default not in (None, "UNSET")}
            for model in self._view.models
            if model.sent
        }
        for operation in self._index.operations:
            if (name := component_name(body_schema(operation))) is not None:
                given = self.operation(operation).request.keywords
                found.setdefault(name, set()).update(each.wire for each in given if each.fallback)
        return found

    @cached_property
    def calls(self) -> Mapping[str, list[CallSample]]:
        """Example calls by operationId: one for each example of a request body, or one for an operation without."""
        found: dict[str, list[CallSample]] = {}
        for operation in self._index.operations:
            found[operation.id] = [self._call(operation, *body) for body in self._bodies[operation.id]]
        return _format_all(found)

    @cached_property
    def workflows(self) -> Mapping[str, list[WorkflowSample]]:
        """By operationId: the client's calls that combine an operation with others."""
        found: dict[str, list[WorkflowSample]] = {}
        for operation in self._index.operations:
            view = self.operation(operation)
            found[operation.id] = [self._polling(operation)] if view.poll else []
            found[operation.id] += [self._workflow(operation, view.workflow)] if view.workflow else []
            found[operation.id] += [self._follow_up(operation, view.follow_up)] if view.follow_up else []
        return _format_all(found)

    def _call(self, operation: Operation, body: BodyExample | None, variant: str | None) -> CallSample:
        view = self.operation(operation)
        path = _find_parameter_values(self._index, operation, "path")
        query = _find_parameter_values(self._index, operation, "query")
        headers = _find_parameter_values(self._index, operation, "header")
        used: set[str] = set()
        arguments = [repr(path[each.wire]) for each in view.request.positional if each.place == "path"]
        if body is not None and variant is not None:
            arguments.append(self._model(variant, body.value, used))
        elif body is not None and len(view.request.positional) > len(path):
            arguments.append(self._value(body_schema(operation), body.value, used))
        elif body is not None:
            names = {each.wire: each.name for each in view.request.keywords if each.place == "body"}
            arguments += self._arguments(self._index.resolve(body_schema(operation)), names, body.value, used)
        for each in view.request.keywords:
            values = {"query": query, "header": headers}.get(each.place, {})
            arguments += [f"{each.name}={values[each.wire]!r}"] if each.wire in values else []
        bare = variant in operation.node.get("x-sdk", {}).get("bare", [])
        result = "answer" if bare else _name_result(view, operation)
        python = _write_python(f"{view.name}({_join_arguments(arguments)})", result, used, view.credential)
        address = self._view.server + _fill_path(operation, path, query)
        anchor = slug(*view.name.split("."), *([body.name] if body else []))
        sent = [
            (name, place, _format_text(each))
            for place, values in (("path", path), ("query", query), ("header", headers))
            for name, value in values.items()
            for each in (value if is_array(value) else [value])
        ]
        curl = _write_curl(address, operation, headers, body, view.credential)
        return CallSample(anchor, sent, body, variant, python, curl)

    def _polling(self, operation: Operation) -> WorkflowSample:
        view = self.operation(operation)
        (value,) = _find_parameter_values(self._index, operation, "path").values()
        return WorkflowSample(
            title="Wait until it has ended",
            description="Asks at once, then every few seconds. All waits of one client share their requests; "
            "`wait_all` takes several ids.",
            python=_write_python(f"{view.resource}.wait({value!r})", _name_result(view, operation), set()),
        )

    def _workflow(self, operation: Operation, flow: WorkflowView) -> WorkflowSample:
        used: set[str] = set()
        submit = operation.node["x-sdk"]["workflow"]["submit"]
        first, variant = next(
            (body, each) for body, each in self._bodies[submit] if body and each in flow.request_models
        )
        names = {argument.wire: argument.name for argument in flow.keywords}
        own = self._bodies[operation.id][0][0]
        given = {wire: each for wire, each in own.value.items() if wire in names} if own else {}
        schema = self._index.resolve(body_schema(operation))
        request = {**first.value, **flow.request_values}
        arguments = [self._model(str(variant), request, used), *self._arguments(schema, names, given, used)]
        call = f"{self.operation(operation).resource}.{flow.method_name}({_join_arguments(arguments)})"
        return WorkflowSample(
            title="In one call, from the song on",
            description=flow.note,
            python=_write_python(call, "made", used),
        )

    def _follow_up(self, operation: Operation, flow: FollowUpView) -> WorkflowSample:
        used: set[str] = set()
        example = next(body for body, variant in self._bodies[operation.id] if body and variant == flow.model.name)
        (main,) = flow.origins["str"]
        fields = {each.wire: each for each in self._models[flow.model.name].fields}
        names = {each.wire: each.name for each in (*flow.given, *flow.keywords)}
        given = {wire: each for wire, each in example.value.items() if wire in names}
        schema = self._index.components("schemas")[flow.model.name]
        (made,) = (example.value[wire] for wire, each in fields.items() if each.name == main)
        arguments = [repr(made), *self._arguments(schema, names, given, used)]
        return WorkflowSample(
            title=f"In one call, with what {flow.source.name} returned",
            description=flow.note,
            python=_write_python(f"{flow.name}({_join_arguments(arguments)})", flow.items_name, used),
        )

    def _arguments(self, schema: dict[str, Any], names: Mapping[str, str], value: Any, used: set[str]) -> list[str]:
        properties: dict[str, Any] = schema.get("properties", {})
        return [f"{names[wire]}={self._value(properties.get(wire), each, used)}" for wire, each in value.items()]

    def _model(self, name: str, value: Any, used: set[str]) -> str:
        """Return the expression that makes a request model; a field with its default value is left out."""
        used.add(name)
        fields = {field.wire: field for field in self._models[name].fields}
        names = {wire: field.name for wire, field in fields.items()}
        given = {wire: each for wire, each in value.items() if not _is_default(fields[wire].default, each)}
        arguments = self._arguments(self._index.components("schemas")[name], names, given, used)
        return f"{name}({_join_arguments(arguments)})"

    def _value(self, schema: Any, value: Any, used: set[str]) -> str:
        name = component_name(schema)
        if is_object(value) and name in self._models:
            return self._model(str(name), value, used)
        if is_array(value):
            items = schema.get("items") if is_object(schema) else None
            return f"[{', '.join(self._value(items, each, used) for each in value)}]"
        return repr(value)


def _format_all(samples: Mapping[str, list[_Sample]]) -> dict[str, list[_Sample]]:
    """Return the samples with their Python formatted by ruff, in one run.

    Raises:
        GenerationError: One of them is not Python.
    """
    every = [sample.python for several in samples.values() for sample in several]
    codes = [code for each in every for code in (each.blocking, each.awaited)]
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{position}.py" for position in range(len(codes))]
        for path, code in zip(paths, codes, strict=True):
            path.write_text(code, encoding="utf-8")
        run_ruff(Path(folder), "format", "--line-length", str(_WIDTH))
        tidy = iter([path.read_text("utf-8") for path in paths])
    return {
        name: [evolve(sample, python=PythonSample(next(tidy), next(tidy))) for sample in several]
        for name, several in samples.items()
    }


def _find_parameter_values(index: DescriptionIndex, operation: Operation, place: str) -> dict[str, Any]:
    """Return example values of the parameters in one place, by name."""
    parameters = [each.node for each in find_parameters(index.data, operation)]
    return {each["name"]: each.get("example", each["name"]) for each in parameters if each.get("in") == place}


def _find_bodies(index: DescriptionIndex, operation: Operation, variants: list[str]) -> list[_Body]:
    """Return the examples of an operation's body, each with its variant; (None, None) when it has no body."""
    examples = [
        each for each in index.examples if (each.content.owner, each.content.status) == (operation.id, "request")
    ]
    return [(each, _find_variant(index, variants, each)) for each in examples if each.content.is_json] or [(None, None)]


def _find_variant(index: DescriptionIndex, variants: list[str], example: BodyExample) -> str | None:
    """Return the variant that an example is named after, else the first one that it fits."""
    for variant in variants:
        if variant.lower() == example.name.lower():
            return variant
    schemas = index.components("schemas")
    return next((each for each in variants if not any(index.validate(schemas[each], example.value))), None)


def _name_result(view: OperationView, operation: Operation) -> str:
    """Return a variable name for what a call returns: from its class, or from a link that takes it."""
    result = view.result.type
    classes = {each.name for each in (*result.models, result.enum) if each}
    if view.result.bare is None and len(result.names) == 1 and classes.issuperset(result.names):
        return snake_case(result.names[0])
    items = result.items if set(result.names) <= {"list", "None"} else None
    if view.result.bare is None and items and items.names == tuple(each.name for each in items.models[:1]):
        return f"{items.names[0].lower()}s"
    for response in operation.node.get("responses", {}).values():
        for link in response.get("links", {}).values():
            for name, expression in link.get("parameters", {}).items():
                if expression == "$response.body#/data" and str(name).isidentifier():
                    return str(name)
    return "task_id" if view.unwrap and result.names[0] == "str" else "answer"


def _fill_path(operation: Operation, path: dict[str, Any], query: dict[str, Any]) -> str:
    filled = re.sub(r"{([^{}]+)}", lambda found: quote(str(path.get(found[1], found[1])), safe=""), operation.path)
    texts = {
        name: [_format_text(each) for each in (value if is_array(value) else [value])] for name, value in query.items()
    }
    return f"{filled}?{urlencode(texts, doseq=True)}" if texts else filled


def _format_text(value: Any) -> str:
    """Return a plain value as a parameter carries it."""
    return value if isinstance(value, str) else json.dumps(value)


def _write_curl(
    address: str, operation: Operation, headers: dict[str, Any], body: BodyExample | None, credential: str
) -> str:
    words = [f"curl {shlex.quote(address)}", f'-H "Authorization: Bearer ${VARIABLES[credential]}"']
    words += [f"-H {shlex.quote(f'{name}: {_format_text(value)}')}" for name, value in headers.items()]
    if operation.method not in ("get", "post") or (operation.method == "post" and body is None):
        words.insert(1, f"-X {operation.method.upper()}")
    if body is not None:
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json_text(body.value))}"]
    return " \\\n  ".join(words)


def _is_default(default: str | None, value: Any) -> bool:
    if default is None or default == "UNSET":
        return False
    return type(value) is type(ast.literal_eval(default)) and bool(ast.literal_eval(default) == value)


def _write_python(call: str, result: str, used: set[str], credential: str = "api_key") -> PythonSample:
    variables = list(dict.fromkeys((KEY_VARIABLE, VARIABLES[credential])))
    secret = f"the key: {KEY_VARIABLE}" + "".join(f"; the access token: {name}" for name in variables[1:])
    blocking, awaited = (
        template.format(
            imports=", ".join(sorted({*used, client})), client=client, result=result, call=call, secret=secret
        )
        for template, client in ((_BLOCKING, "SunoClient"), (_AWAITED, "AsyncSunoClient"))
    )
    return PythonSample(blocking, awaited)


def _join_arguments(arguments: list[str]) -> str:
    """Return arguments in one text; the trailing comma makes the formatter put several on a line each."""
    return "".join(f"{argument}," for argument in arguments) if len(arguments) > 1 else "".join(arguments)
