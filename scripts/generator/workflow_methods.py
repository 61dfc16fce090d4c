"""Methods of several calls: polling a task, a workflow to what is made of its result, and a request that uses that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from keyword import iskeyword
from typing import Any

from openapi_python_client.parser.bodies import BodyType

from scripts.generator.client_view import ArgumentView, BatchView, FollowUpView, OperationView, PollView, WorkflowView
from scripts.generator.generation_error import GenerationError
from scripts.generator.operation_views import format_doc, view_fields
from scripts.generator.python_names import name_field
from scripts.generator.python_types import ClassRef, ParsedSchemas
from scripts.lint.sdk_rules import BATCH, FOLLOW_UP, POLL, WORKFLOW
from scripts.openapi_document import JSON_TYPES, is_array, is_object

_WAIT_ARGUMENTS = (
    '    resume: Id of the task that an earlier call submitted, `error.reached["task_id"]`; nothing is submitted then.',
    "    wait_timeout: Maximum seconds to wait for the task.",
    "    wait_grace: Seconds, from the first poll, in which the server may not know a new task yet.",
    "    on_progress: Called with the task after each poll.",
)
FindOperation = Callable[[str], OperationView]
"""Returns the view of the operation with an operationId."""


def view_poll(
    operation: OperationView, poll: Mapping[str, Any], find_operation: FindOperation, schemas: ParsedSchemas
) -> PollView:
    """Return what `x-sdk.poll` adds to an operation."""
    _check_members("x-sdk.poll", poll, POLL)
    model, batch = operation.returns, poll.get("batch")
    if batch is not None:
        _check_members("x-sdk.poll.batch", batch, BATCH)
    return PollView(
        key=poll["id"],
        id=_find_field(model, poll["id"], schemas),
        status=_find_field(model, poll["status"], schemas),
        reason=_find_field(model, poll["reason"], schemas),
        done=list(poll["done"]),
        failed=list(poll["failed"]),
        batch=_view_batch(model, batch, find_operation(batch["operation"]), schemas) if batch else None,
    )


def view_workflow(
    operation: OperationView, workflow: Mapping[str, Any], find_operation: FindOperation, schemas: ParsedSchemas
) -> WorkflowView:
    """Return what `x-sdk.workflow` adds to an operation."""
    _check_members("x-sdk.workflow", workflow, WORKFLOW)
    submit, wait = find_operation(workflow["submit"]), find_operation(workflow["wait"])
    if wait.poll is None or len(submit.request.positional) != 1 or submit.request.keywords:
        raise GenerationError(f"x-sdk.workflow: {submit.name} must take one request, and {wait.name} have x-sdk.poll.")
    if not set(submit.result.type.classes) <= {"str", "int"}:
        raise GenerationError(f"x-sdk.workflow: {submit.name} must return the id of a task, not {submit.returns}.")
    item = workflow["item"]
    if item not in schemas.models:
        raise GenerationError(f"x-sdk.workflow: no schema is called {item!r}.")
    filled = {name: _format_fill(item, value, schemas) for name, value in workflow["fill"].items()}
    keywords = [argument for argument in operation.request.keywords if argument.name not in filled]
    if len(keywords) + len(filled) != len(operation.request.keywords):
        raise GenerationError(f"x-sdk.workflow: {operation.name} does not take all of {', '.join(filled)}.")
    requires: Mapping[str, Any] = workflow.get("requires", {})
    request_values = {wire: each["value"] for wire, each in requires.get("request", {}).items()}
    item_values = {_find_field(item, wire, schemas): each["value"] for wire, each in requires.get("item", {}).items()}
    for wire, model in product(request_values, submit.request.positional[0].type.models):
        _find_field(model.name, wire, schemas)
    arguments = filled | {argument.name: argument.name for argument in keywords}
    note = _describe_requirements(item.lower(), request_values, item_values) + (
        f"Both `{submit.name}` and `{operation.name}` are charged. When a step fails, the results of the earlier steps "
        f"are in the error's `.reached`: `task_id`, `task` and `{item.lower()}`. Continue from there, or call it again "
        'with `resume=error.reached["task_id"]`.'
    )
    summary = (
        f"Call `{submit.name}`, wait with `{wait.resource}.wait`, and call `{operation.name}` with a {item.lower()} "
        "of the task."
    )
    raises = "Raises:\n    SunoError: A step failed; the error is that of the step, with `.reached`."
    documented = "\n".join(("Args:", *_document_arguments(item.lower(), keywords, may_insist=bool(request_values))))
    return WorkflowView(
        method_name=_check_identifier(workflow["method"]),
        result=_check_identifier(workflow["result"]),
        made_name=_check_identifier(workflow["made"]),
        item_name=item.lower(),
        submit=submit,
        wait=wait,
        member=_find_field(wait.returns, workflow["member"], schemas),
        item=ClassRef(item, schemas.models[item].class_info.module_name),
        keywords=keywords,
        filled={name: value.removeprefix("item.") for name, value in filled.items()},
        call_arguments=", ".join(f"{name}={value}" for name, value in arguments.items()),
        request_values=request_values,
        item_values=item_values,
        note=note,
        doc=f"{summary}\n\n{note}\n\n{documented}\n\n{raises}",
    )


def view_follow_up(
    operation: OperationView,
    follow_up: Mapping[str, Any],
    links: Mapping[str, Any],
    find_operation: FindOperation,
    schemas: ParsedSchemas,
) -> FollowUpView:
    """Return what `x-sdk.follow_up` adds to an operation.

    Args:
        operation: The operation that submits.
        follow_up: The value of the extension.
        links: The links of the operation that it follows.
        find_operation: Finds that operation.
        schemas: The parsed models.
    """
    _check_members("x-sdk.follow_up", follow_up, FOLLOW_UP)
    source = find_operation(follow_up["after"])
    flow, model = source.workflow, follow_up["request"]
    sent: Any = links.get(follow_up["link"], {}).get("requestBody")
    if flow is None or flow.submit.id != operation.id or not is_object(sent):
        reason = f"{source.name} must have a workflow that calls {operation.name}, and the link with its body."
        raise GenerationError(f"x-sdk.follow_up: {reason}")
    ref = next((each for each in operation.request.positional[0].type.models if each.name == model), None)
    if ref is None:
        raise GenerationError(f"x-sdk.follow_up: {operation.name} takes no {model}.")
    fields = {each.wire: each for each in view_fields(schemas.models[model], BodyType.JSON, schemas)}
    response = f"$response.body#/{source.unwrap}/" if source.unwrap else "$response.body#/"
    results, requests = (
        {wire: value.removeprefix(origin) for wire, value in sent.items() if str(value).startswith(origin)}
        for origin in (response, "$request.body#/")
    )
    if len(results) != 1 or not {*results, *requests, *follow_up["defaults"]} <= fields.keys() & sent.keys():
        reason = f"the link must have the defaults, and fill fields of {model}, one of them from the response."
        raise GenerationError(f"x-sdk.follow_up: {reason}")
    constants = [wire for wire, values in schemas.known_values(model).items() if len(values) == 1]
    returned = schemas.members(source.returns)
    own = {**results, **{wire: name for wire, name in requests.items() if name in returned}}
    made = {fields[wire].name: _find_field(source.returns, name, schemas) for wire, name in own.items()}
    (main,) = (fields[wire].name for wire in results)
    of_workflow = {fields[wire].name: f"{flow.item_name}.{flow.filled[name]}" for wire, name in requests.items()}
    name = f"{operation.resource}.{_check_identifier(follow_up['method'])}"
    keywords = [each for wire, each in fields.items() if wire not in {*constants, *results, *requests}]
    given = [fields[wire] for wire in requests]
    defaults = {fields[wire].name: ascii(sent[wire]) for wire in follow_up["defaults"]}
    note = (
        f"`{operation.name}` is charged. When the wait fails, the id of the task is in the error's `.reached`: call it "
        'again with `resume=error.reached["task_id"]`.'
    )
    arguments = [
        f"    {flow.made_name}: What `{source.resource}.{flow.method_name}` or `{source.name}` returned, or its id.",
        *(f"    {each.name}: {each.doc}" for each in keywords),
        *(f"    {each.name}: {each.doc} Required with an id alone." for each in given),
        "    check_request: False submits the request without checking its values.",
        *_WAIT_ARGUMENTS,
    ]
    summary = format_doc(schemas.models[model].description)
    sections = (
        f"{summary} This calls `{operation.name}` and `{flow.wait.resource}.wait`.",
        note,
        "\n".join(("Args:", *arguments)),
        "Raises:\n    InvalidRequestError: A value is missing or not listed; nothing was sent.\n"
        "    SunoError: A step failed; the error is that of the step, with `.reached`.",
    )
    return FollowUpView(
        name=name,
        method_name=follow_up["method"],
        command=_check_identifier(follow_up["command"]),
        result=_check_identifier(follow_up["result"]),
        source=source,
        flow=flow,
        model=ref,
        origins={
            flow.result: {main: f"{flow.made_name}.{made[main]}"} | of_workflow,
            source.returns: made,
            "str": {main: ""},
        },
        keywords=sorted(keywords, key=lambda each: not each.required or each.name in defaults),
        given=given,
        defaults=defaults,
        note=note,
        doc="\n\n".join(sections),
    )


def _view_batch(model: str, batch: Mapping[str, Any], many: OperationView, schemas: ParsedSchemas) -> BatchView:
    names = [argument.name for argument in many.arguments]
    if not {batch["ids"], batch["group"]} <= set(names) or many.returns != f"list[{model}]":
        raise GenerationError(f"x-sdk.poll.batch: {many.name} takes {', '.join(names)} and returns {many.returns}.")
    return BatchView(
        method_name=many.method_name,
        ids=batch["ids"],
        group=batch["group"],
        member=_find_field(model, batch["group"], schemas),
        groups=list(batch["groups"]),
    )


def _check_members(keyword: str, node: object, members: Mapping[str, type]) -> None:
    """Check that an extension is an object with these members."""
    values = node if is_object(node) else {}
    wrong = [name for name, kind in members.items() if not isinstance(values.get(name), kind) or not values[name]]
    if wrong:
        raise GenerationError(f"{keyword}: {wrong[0]} is missing or not of type {JSON_TYPES[members[wrong[0]]]}.")


def _describe_requirements(item: str, request_values: Mapping[str, object], item_values: Mapping[str, object]) -> str:
    texts = [
        f"The request's `{wire}` must be `{value}`: it is filled in when it is left out, and another value is refused "
        "before anything is sent. "
        for wire, value in request_values.items()
    ]
    texts += [f"Only a {item} whose `{name}` is `{value}` is used. " for name, value in item_values.items()]
    return "".join(texts)


def _document_arguments(item: str, keywords: list[ArgumentView], *, may_insist: bool) -> list[str]:
    insist = ["    check_request: False submits the request without this check."]
    return [
        "    request: The request to submit first.",
        *(f"    {argument.name}: {argument.doc}" for argument in keywords),
        f"    pick: Chooses the {item} among those of the task that can be used; by default the first one.",
        *(insist if may_insist else []),
        *_WAIT_ARGUMENTS,
    ]


def _format_fill(item: str, value: object, schemas: ParsedSchemas) -> str:
    """Return the Python expression for an argument that is filled from the item: one field, or a list of them."""
    if is_array(value):
        return f"[{', '.join(f'item.{_find_field(item, each, schemas)}' for each in value)}]"
    return f"item.{_find_field(item, value, schemas)}"


def _find_field(model: str, wire: object, schemas: ParsedSchemas) -> str:
    if model not in schemas.models or wire not in (members := schemas.members(model)):
        raise GenerationError(f"x-sdk: {model} has no {wire!r}.")
    return name_field(members[str(wire)][0].python_name)


def _check_identifier(value: str) -> str:
    if not value.isidentifier() or iskeyword(value):
        raise GenerationError(f"x-sdk.workflow: {value!r} is not a Python name.")
    return value
