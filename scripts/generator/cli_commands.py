"""The commands of the client's command line: one for each operation, and for waits, workflows and downloads."""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator
from typing import Final

from scripts.generator.client_view import ArgumentView, ClientView, ModelView, OperationView
from scripts.generator.extension_commands import list_extension_commands
from scripts.generator.python_types import PythonType
from scripts.templates._cli_types import CliArgument, CliCommand, CliVariant

_KINDS: Final = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "File": "file",
    "bytes": "file",
}
_SENTENCE_END: Final = re.compile(r"(?<=\.) (?=[A-Z])")
_WAIT_TIMEOUT: Final = CliArgument("timeout", "number", False, "Maximum seconds to wait; 600 by default.")
_CHECK: Final = CliArgument(
    "check_request",
    "boolean",
    False,
    "Whether the client refuses a value that a later step does not allow; by default yes.",
)
_SEQUENCE_ARGUMENTS: Final = (
    _CHECK,
    _WAIT_TIMEOUT._replace(name="wait_timeout"),
    CliArgument(
        "resume", "string", False, "Id of the task of an earlier call that failed: nothing is submitted again."
    ),
)


def list_commands(client: ClientView) -> list[CliCommand]:
    """Return every command, in the order of the resources."""
    return [
        command
        for resource in client.resources
        for commands in (
            *(_make_commands(client, operation) for operation in resource.operations),
            list_extension_commands(resource),
        )
        for command in commands
    ]


def _make_commands(client: ClientView, operation: OperationView) -> Iterator[CliCommand]:
    arguments, variants = _view_request(client, operation)
    polled = next((each for each in client.operations if each.poll), None)
    # A workflow or the description links a submission to the operation that polls: its result is an id.
    submits = operation.effect == "CREATES" and "str" in operation.result.type.names and polled is not None
    command = CliCommand(
        operation.resource,
        operation.method_name,
        operation.summary,
        operation.description,
        operation.billing.lower(),
        "" if operation.billing == "FREE" else operation.billing_note,
        arguments,
        variants,
        task=(polled.resource, polled.method_name) if submits and polled else None,
        needs_token=operation.credential == "access_token",
    )
    yield command
    if operation.poll:
        waiting = (*(each for each in arguments if each.positional), _WAIT_TIMEOUT)
        yield command._replace(
            method="wait", summary="Wait until a task has succeeded.", doc="", arguments=waiting, kind="wait"
        )
        summary = "Print a task each time it has changed, until it has succeeded."
        yield command._replace(method="watch", summary=summary, doc="", arguments=waiting, kind="watch")
    if operation.workflow:
        workflow = operation.workflow
        submitted, choices = _view_request(client, workflow.submit)
        models = set(workflow.request_models)
        kept = tuple(each for each in choices if each.model in models)
        names = {name for each in kept for name in each.allowed}
        own = tuple(_distinguish(_view_argument(each), names, workflow.made_name) for each in workflow.keywords)
        yield CliCommand(
            operation.resource,
            workflow.method_name,
            workflow.doc.partition("\n")[0],
            workflow.note,
            "paid" if "PAID" in (operation.billing, workflow.submit.billing) else operation.billing.lower(),
            " ".join(f"`{each.name}`: {each.billing_note}" for each in (workflow.submit, operation)),
            (*(each for each in submitted if each.name in names), *own, *_SEQUENCE_ARGUMENTS),
            kept,
            "workflow",
        )
    if operation.follow_up:
        follow_up = operation.follow_up
        made = CliArgument(follow_up.flow.made_name, "string", True, f"Id that `{follow_up.source.name}` returned.")
        own = tuple(
            _view_argument(each)._replace(required=each.required and each.name not in follow_up.defaults)
            for each in (*follow_up.given, *follow_up.keywords)
        )
        yield command._replace(
            method=follow_up.command,
            summary=follow_up.doc.partition("\n")[0],
            doc=follow_up.note,
            arguments=(made, *own, *_SEQUENCE_ARGUMENTS),
            variants=(),
            kind="workflow",
            task=None,
            calls=follow_up.method_name,
        )


def _view_request(
    client: ClientView, operation: OperationView
) -> tuple[tuple[CliArgument, ...], tuple[CliVariant, ...]]:
    """Return the arguments of an operation; the fields of its request models in place of a whole body."""
    models = {each.class_name: each for each in client.models}
    arguments: dict[str, CliArgument] = {}
    variants: list[CliVariant] = []
    for argument in operation.arguments:
        if not (argument.place == "body" and not argument.wire and argument.type.models):
            arguments[argument.name] = _view_argument(argument, positional=argument in operation.request.positional)
            continue
        for reference in argument.type.models:
            model = models[reference.name]
            for field in model.fields:
                seen = arguments.get(field.name)
                made = _make_argument(field.name, field.type, required=False, doc=field.doc)
                arguments[field.name] = made if seen is None else _merge(seen, made)
            variants.append(_view_variant(model))
    return tuple(arguments.values()), tuple(variants)


def _view_variant(model: ModelView) -> CliVariant:
    values = {each.name: _read_literals(each.type) for each in model.fields}
    fixed = tuple((name, known[0]) for name, known in values.items() if known is not None and len(known) == 1)
    # A switch that is always on says what is made, so it has to be given.
    switches = {name for name, value in fixed if value is True}
    required = tuple(
        each.name for each in model.fields if each.required and (not each.default or each.name in switches)
    )
    return CliVariant(model.class_name, required, tuple(values), fixed, model.description)


def _view_argument(argument: ArgumentView, *, positional: bool = False) -> CliArgument:
    return _make_argument(
        argument.name, argument.type, required=argument.required, doc=argument.doc, positional=positional
    )


def _make_argument(name: str, kind: PythonType, *, required: bool, doc: str, positional: bool = False) -> CliArgument:
    many = kind.without_null.names == ("list",) and kind.items is not None
    inner = kind.items if many and kind.items is not None else kind
    literals = _read_literals(inner)
    known = tuple(str(each) for each in literals or () if isinstance(each, str))
    closed = literals is not None and len(known) == len(literals)
    return CliArgument(name, _find_kind(inner, literals), required, doc, positional, many, known, closed)


def _find_kind(kind: PythonType, literals: tuple[object, ...] | None) -> str:
    names = kind.without_null.names if literals is None else {type(each).__name__ for each in literals}
    kinds = {"string" if kind.enum else _KINDS.get(each, "json") for each in names}
    return kinds.pop() if len(kinds) == 1 else "number" if kinds == {"integer", "number"} else "json"


def _read_literals(kind: PythonType) -> tuple[object, ...] | None:
    """Return the values of a type that is only `Literal[...]`; None for any other type."""
    names = kind.without_null.names
    if len(names) != 1 or not names[0].startswith("Literal["):
        return None
    values: tuple[object, ...] = literal_eval(f"({names[0].removeprefix('Literal[').removesuffix(']')},)")
    return values


def _merge(first: CliArgument, second: CliArgument) -> CliArgument:
    """Return the option for a field of two models: the sentences of both that say something different."""
    sentences = dict.fromkeys(_SENTENCE_END.split(f"{first.doc} {second.doc}".strip()))
    doc = " ".join(
        each for each in sentences if not any(each != more and more.startswith(each[:-1]) for more in sentences)
    )
    same = first.kind == second.kind and first.many == second.many
    numbers = {first.kind, second.kind} == {"integer", "number"}
    choices = tuple(dict.fromkeys((*first.choices, *second.choices)))
    return first._replace(
        doc=doc,
        kind=first.kind if same else "number" if numbers else "json",
        choices=choices,
        closed=first.closed and second.closed,
    )


def _distinguish(argument: CliArgument, taken: set[str], prefix: str) -> CliArgument:
    """Return an argument under a name that no field of the submitted request has."""
    return argument._replace(name=f"{prefix}_{argument.name}") if argument.name in taken else argument
