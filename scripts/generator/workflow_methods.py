"""Calls that make several steps: waiting for a task, and going from a request to what is made of its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from attrs import evolve, frozen

from scripts.generator.generation_error import GenerationError
from scripts.generator.operation_views import OperationView
from scripts.generator.python_types import Catalog
from scripts.generator.requests import ArgumentView


@frozen
class BatchView:
    """How several tasks are looked at in one request."""

    method_name: str
    ids: str
    group: str
    member: str
    groups: list[str]


@frozen
class PollView:
    """How a task is looked at, by `x-sdk.poll`: names of its members, and the status values that end it.

    Attributes:
        key: The wire name of its id.
    """

    key: str
    id: str
    status: str
    reason: str
    done: list[str]
    failed: list[str]
    batch: BatchView | None


@frozen
class FlowView:
    """A call that submits, waits, picks an item and makes something of it, by `x-sdk.workflow`."""

    method_name: str
    result: str
    made_name: str
    request: str
    submit: str
    submit_module: str
    task: str
    task_module: str
    member: str
    item: str
    item_name: str
    keywords: list[ArgumentView]
    arguments: str
    imports: dict[str, str]
    doc: str


def with_sequences(
    views: Sequence[OperationView], described: Mapping[str, dict[str, Any]], catalog: Catalog
) -> list[OperationView]:
    """The operations with what `x-sdk.poll` and `x-sdk.workflow` add to them.

    Args:
        views: The operations.
        described: operationId -> `x-sdk`, in the same order.
        catalog: The parsed models.

    Raises:
        GenerationError: A name leads nowhere.
    """
    by_id = dict(zip(described, views, strict=True))
    polled = {
        name: evolve(view, poll=_poll(view, described[name]["poll"], by_id, catalog))
        for name, view in by_id.items()
        if "poll" in described[name]
    }
    by_id |= polled
    return [
        evolve(view, workflow=_flow(view, described[name]["workflow"], by_id, catalog))
        if "workflow" in described[name]
        else view
        for name, view in by_id.items()
    ]


def _poll(
    view: OperationView, poll: Mapping[str, Any], by_id: Mapping[str, OperationView], catalog: Catalog
) -> PollView:
    where = f"{view.name}: x-sdk.poll"
    model = view.returns
    members = {role: _member(where, model, poll[role], catalog) for role in ("id", "status", "reason")}
    batch = poll.get("batch")
    return PollView(
        key=poll["id"],
        **members,
        done=list(poll["done"]),
        failed=list(poll["failed"]),
        batch=_batch(where, model, batch, by_id, catalog) if batch else None,
    )


def _batch(
    where: str, model: str, batch: Mapping[str, Any], by_id: Mapping[str, OperationView], catalog: Catalog
) -> BatchView:
    many = _operation(where, batch["operation"], by_id)
    names = [argument.name for argument in many.arguments]
    if not {batch["ids"], batch["group"]} <= set(names) or many.returns != f"list[{model}]":
        raise GenerationError(f"{where}.batch: {many.name} takes {', '.join(names)} and returns {many.returns}.")
    return BatchView(
        method_name=many.method_name,
        ids=batch["ids"],
        group=batch["group"],
        member=_member(where, model, batch["group"], catalog),
        groups=list(batch["groups"]),
    )


def _flow(
    view: OperationView, flow: Mapping[str, Any], by_id: Mapping[str, OperationView], catalog: Catalog
) -> FlowView:
    where = f"{view.name}: x-sdk.workflow"
    submit = _operation(where, flow["submit"], by_id)
    wait = _operation(where, flow["wait"], by_id)
    if wait.poll is None or len(submit.request.positional) != 1 or submit.request.keywords:
        raise GenerationError(f"{where}: {submit.name} must take one request, and {wait.name} have x-sdk.poll.")
    item = flow["item"]
    if item not in catalog.models:
        raise GenerationError(f"{where}: no schema is called {item!r}.")
    filled = {name: _filled(where, value, item, catalog) for name, value in flow["fill"].items()}
    keywords = [argument for argument in view.request.keywords if argument.name not in filled]
    if len(keywords) + len(filled) != len(view.request.keywords):
        raise GenerationError(f"{where}: {view.name} does not take all of {', '.join(filled)}.")
    given = {argument.name: argument.name for argument in keywords}
    return FlowView(
        method_name=_name(where, flow["method"]),
        result=_name(where, flow["result"]),
        made_name=_name(where, flow["made"]),
        request=submit.overloads[0][0] if submit.overloads else submit.request.positional[0].annotation,
        submit=submit.method_name,
        submit_module=submit.resource,
        task=wait.returns,
        task_module=wait.resource,
        member=_member(where, wait.returns, flow["member"], catalog),
        item=item,
        item_name=item.lower(),
        keywords=keywords,
        arguments=", ".join(f"{name}={value}" for name, value in (filled | given).items()),
        imports=submit.argument_imports | wait.result_imports | {item: catalog.models[item].class_info.module_name},
        doc=_flow_doc(view, submit, wait, item.lower(), keywords),
    )


def _flow_doc(
    view: OperationView, submit: OperationView, wait: OperationView, item: str, keywords: list[ArgumentView]
) -> str:
    told = [
        "    request: The request to submit first.",
        *(f"    {argument.name}: {argument.doc}" for argument in keywords),
        f"    pick: Chooses the {item} among those of the task; by default the first one that is complete.",
        "    wait_timeout: Maximum seconds to wait for the task.",
        "    on_progress: Called with the task after each poll.",
    ]
    return "\n\n".join(
        (
            f"{view.summary} This calls `{submit.name}`, `{wait.resource}.wait` and `{view.name}` in turn.",
            f"Both `{submit.name}` and `{view.name}` are charged. When a step fails, the results of the earlier steps "
            f"are in the error's `.reached`: `task_id`, `task` and `{item}`. Continue from there.",
            "\n".join(("Args:", *told)),
            "Raises:\n    SunoError: A step failed; the error is that of the step, with `.reached`.",
        )
    )


def _filled(where: str, value: object, item: str, catalog: Catalog) -> str:
    if isinstance(value, list):
        members = (f"item.{_member(where, item, each, catalog)}" for each in cast("list[object]", value))
        return f"[{', '.join(members)}]"
    return f"item.{_member(where, item, value, catalog)}"


def _operation(where: str, name: str, by_id: Mapping[str, OperationView]) -> OperationView:
    if name not in by_id:
        raise GenerationError(f"{where}: no operation is called {name!r}.")
    return by_id[name]


def _member(where: str, model: str, wire: object, catalog: Catalog) -> str:
    members = catalog.properties(model) if model in catalog.models else []
    for member in members:
        if member.name == wire:
            return member.python_name
    raise GenerationError(f"{where}: {model} has no {wire!r}.")


def _name(where: str, value: str) -> str:
    if not value.isidentifier():
        raise GenerationError(f"{where}: {value!r} is no name.")
    return value
