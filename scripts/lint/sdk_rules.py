"""Rules of `poll`, `workflow`, `follow_up` and `derived` of `x-sdk`: what they name exists, statuses are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from keyword import iskeyword
from typing import Any, Final

from scripts.lint.contradiction_rules import suggest
from scripts.lint.description_index import DescriptionIndex, Problem
from scripts.lint.evidence_rules import STATUSES
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import OPEN_ENUM, Operation, is_array, is_object, join_pointer

POLL: Final[Mapping[str, type]] = {"id": str, "status": str, "reason": str, "done": list, "failed": list}
"""The members that `x-sdk.poll` must have, with their types; likewise below."""
BATCH: Final[Mapping[str, type]] = {"operation": str, "ids": str, "group": str, "groups": list}
WORKFLOW: Final[Mapping[str, type]] = {
    **dict.fromkeys(("method", "result", "made", "submit", "wait", "member", "item"), str),
    "fill": dict,
}
FOLLOW_UP: Final[Mapping[str, type]] = {
    **dict.fromkeys(("method", "command", "result", "after", "link", "request"), str),
    "defaults": list,
}


def check_polls(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.poll` names fields of the task, and known statuses and groups; `x-sdk.task` is such a group."""
    groups: list[Any] = []
    for operation, poll, at in _find_sdk_nodes(index, "poll"):
        yield from _check_poll(index, operation, poll, at)
        batch = poll.get("batch") if is_object(poll) else None
        groups += batch["groups"] if is_object(batch) and is_array(batch.get("groups")) else []
    for _, task, at in _find_sdk_nodes(index, "task"):
        yield from _check_values(at, [task], groups, "group of tasks")


def check_workflows(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.workflow` names existing operations and fields; requirements are possible and have evidence."""
    for operation, workflow, at in _find_sdk_nodes(index, "workflow"):
        yield from _check_workflow(index, operation, workflow, at)


def check_follow_ups(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.follow_up` names a workflow of its operation, and a link that fills one of its requests."""
    for operation, follow_up, at in _find_sdk_nodes(index, "follow_up"):
        yield from _check_follow_up(index, operation, follow_up, at)


def check_derived_fields(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.derived` of a schema reads properties that it has, under names that it has not."""
    for component, schema in index.components("schemas").items():
        sdk = schema.get("x-sdk", {})
        at = join_pointer("/components/schemas", component, "x-sdk")
        if not is_object(sdk) or not sdk.keys() <= {"derived"} or not is_object(sdk.get("derived", {})):
            yield Problem(at, "not the x-sdk of a schema", "Write `{derived: {name: {field, as}}}`")
            continue
        for name, node in sdk.get("derived", {}).items():
            if problem := _find_derived_problem(index, schema, name, node):
                yield Problem(join_pointer(at, "derived", name), *problem)


def _find_derived_problem(
    index: DescriptionIndex, schema: dict[str, Any], name: str, node: Any
) -> tuple[str, str] | None:
    if not _has_keys(node, ("field", "as")):
        return "not a derived field", "Write `{field, as}`"
    if not name.isidentifier() or index.find_properties(name, schema):
        return f"{name} is a property or not a Python name", "Choose another name"
    if not index.find_properties(node["field"], schema):
        return f"no property {node['field']}", "Name one of its properties"
    kinds = node["as"] if is_array(node["as"]) else [node["as"]]
    if len(kinds) != 1 or str(kinds[0]) not in {"percentage", *index.components("schemas")}:
        return f"unknown kind {node['as']}", "Write percentage, a schema, or a list of one schema"
    return None


def check_defaults(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.defaults` gives properties of the body the values of required ones."""
    for operation, defaults, at in _find_sdk_nodes(index, "defaults"):
        if not is_object(defaults) or not defaults:
            yield Problem(at, "not defaults", "Write `{property: other property}`")
            continue
        bodies = [each for each in map(index.resolve, _find_bodies(operation)) if is_object(each)]
        required = {name for body in bodies for name in body.get("required", ())} - defaults.keys()
        for name, value in defaults.items():
            others = value if is_array(value) else [value]
            if not index.find_properties(name, *bodies) or not others or not required.issuperset(map(str, others)):
                fix = "Give a property of the body the value of a required one, or of a list of such"
                yield Problem(join_pointer(at, name), f"no default can be made of {value}", fix)


def check_addresses(index: DescriptionIndex) -> Iterator[Problem]:
    """Check that `x-sdk.address` names properties of the result."""
    for operation, names, at in _find_sdk_nodes(index, "address"):
        results = [*index.success_bodies(operation), *_find_results(index, operation)]
        for name in names if is_array(names) and names else [None]:
            if not index.find_properties(name, *results):
                yield Problem(at, f"the result has no property {name}", "List the properties that may have the address")


def _find_sdk_nodes(index: DescriptionIndex, key: str) -> Iterator[tuple[Operation, Any, str]]:
    """Yield each operation with this key of `x-sdk`: the value, and where it is."""
    for operation in index.operations:
        sdk = operation.node.get("x-sdk", {})
        if key in sdk:
            yield operation, sdk[key], join_pointer(operation.pointer, "x-sdk", key)


def _check_poll(index: DescriptionIndex, operation: Operation, poll: Any, at: str) -> Iterator[Problem]:
    if not _has_keys(poll, POLL, "batch"):
        yield Problem(at, "not a complete poll", f"Write {', '.join(sorted(POLL))}; batch is optional")
        return
    task = _find_results(index, operation)
    for key in ("id", "status", "reason"):
        if not index.find_properties(poll[key], *task):
            yield Problem(join_pointer(at, key), f"the task has no property {poll[key]}", "Name one of its properties")
    known = _find_values(index, index.find_properties(poll["status"], *task))
    for key in ("done", "failed"):
        yield from _check_values(join_pointer(at, key), poll[key], known, "status of a task")
    if is_array(poll["done"]) and is_array(poll["failed"]):
        for value in poll["failed"]:
            if value in poll["done"]:
                yield Problem(join_pointer(at, "failed"), f"{value} is a success too", "Name it in one of the lists")
    if "batch" in poll:
        yield from _check_batch(index, task, poll["batch"], join_pointer(at, "batch"))


def _check_batch(index: DescriptionIndex, task: list[Any], batch: Any, at: str) -> Iterator[Problem]:
    if not _has_keys(batch, BATCH):
        yield Problem(at, "not a complete batch", f"Write {', '.join(sorted(BATCH))}")
        return
    many = index.operation(str(batch["operation"]))
    if many is None:
        fix = "Name the operation that gets several tasks"
        yield Problem(join_pointer(at, "operation"), f"no operation {batch['operation']}", fix)
        return
    body = _find_bodies(many)
    for key in ("ids", "group"):
        if not index.find_properties(batch[key], *body):
            yield Problem(join_pointer(at, key), f"the body of {many.id} has no {batch[key]}", "Name a property of it")
    known = _find_values(index, index.find_properties(batch["group"], *task, *body))
    yield from _check_values(join_pointer(at, "groups"), batch["groups"], known, "group of tasks")


def _check_workflow(index: DescriptionIndex, operation: Operation, flow: Any, at: str) -> Iterator[Problem]:
    if not _has_keys(flow, WORKFLOW, "requires") or not is_object(flow["fill"]):
        fix = f"Write {', '.join(sorted(WORKFLOW))}; requires is optional"
        yield Problem(at, "not a complete workflow", fix)
        return
    yield from _check_steps(index, flow, at)
    submit = index.operation(str(flow["submit"]))
    item = index.components("schemas").get(str(flow["item"]))
    if item is None:
        yield Problem(join_pointer(at, "item"), f"no schema {flow['item']}", "Name one of components/schemas")
        return
    for name, value in flow["fill"].items():
        if not index.find_properties(name, *_find_bodies(operation)):
            fix = "Name a property of it"
            yield Problem(join_pointer(at, "fill", name), f"the body of {operation.id} has no {name}", fix)
        for each in value if is_array(value) else [value]:
            if not index.find_properties(each, item):
                yield Problem(join_pointer(at, "fill", name), f"{flow['item']} has no {each}", "Name a property of it")
    owners = {"request": _find_bodies(submit) if submit else [], "item": [item]}
    requires = flow.get("requires", {})
    if not is_object(requires) or not requires.keys() <= owners.keys():
        yield Problem(join_pointer(at, "requires"), "not `{request, item}`", "Write fields and their values in each")
        return
    for owner, fields in requires.items():
        for name, rule in fields.items() if is_object(fields) else [("", None)]:
            yield from _check_required(index, owners[owner], name, rule, join_pointer(at, "requires", owner, name))


def _check_steps(index: DescriptionIndex, flow: Mapping[str, Any], at: str) -> Iterator[Problem]:
    for key in ("method", "result", "made"):
        if not isinstance(flow[key], str) or not flow[key].isidentifier() or iskeyword(flow[key]):
            yield Problem(join_pointer(at, key), f"{flow[key]!r} is not a Python name", "Write one word")
    submit, wait = (index.operation(str(flow[key])) for key in ("submit", "wait"))
    for key, found in (("submit", submit), ("wait", wait)):
        if found is None:
            yield Problem(join_pointer(at, key), f"no operation {flow[key]}", "Name one that is described")
    if wait is not None and "poll" not in wait.node.get("x-sdk", {}):
        yield Problem(join_pointer(at, "wait"), f"{wait.id} has no x-sdk.poll", "Name an operation that is polled")
    elif wait is not None and not index.find_properties(flow["member"], *_find_results(index, wait)):
        message = f"the task of {wait.id} has no {flow['member']}"
        yield Problem(join_pointer(at, "member"), message, "Name one of its properties")


def _check_follow_up(index: DescriptionIndex, operation: Operation, follow_up: Any, at: str) -> Iterator[Problem]:
    if not _has_keys(follow_up, FOLLOW_UP) or not is_array(follow_up["defaults"]):
        yield Problem(at, "not a complete follow-up", f"Write {', '.join(sorted(FOLLOW_UP))}")
        return
    after = index.operation(str(follow_up["after"]))
    flow = after.node.get("x-sdk", {}).get("workflow") if after else None
    if after is None or not is_object(flow) or flow.get("submit") != operation.id:
        fix = f"Name an operation whose x-sdk.workflow submits {operation.id}"
        yield Problem(join_pointer(at, "after"), f"no workflow of {follow_up['after']} begins here", fix)
        return
    links: dict[str, Any] = {}
    for response in index.responses(after):
        links |= response.node.get("links", {})
    link = links.get(str(follow_up["link"]), {})
    sent = link.get("requestBody")
    if link.get("operationId") != operation.id or not is_object(sent):
        fix = f"Name a link that sends a body to {operation.id}"
        yield Problem(join_pointer(at, "link"), f"{after.id} has no such link {follow_up['link']}", fix)
        return
    schema = index.components("schemas").get(str(follow_up["request"]))
    if schema is None or follow_up["request"] not in find_variants(index, operation):
        fix = "Name one of its alternatives"
        yield Problem(join_pointer(at, "request"), f"{operation.id} takes no {follow_up['request']}", fix)
        return
    unwrap = after.node["x-sdk"].get("unwrap")
    origin = f"$response.body#/{unwrap}/" if unwrap else "$response.body#/"
    if sum(str(value).startswith(origin) for value in sent.values()) != 1:
        yield Problem(join_pointer(at, "link"), "not one field is from the response", "Fill one field, the id, from it")
    for name in (*follow_up["defaults"], *(name for name, value in sent.items() if str(value).startswith("$"))):
        if not index.find_properties(name, schema) or name not in sent:
            where = f"{follow_up['request']} and the link do not both have {name}"
            yield Problem(join_pointer(at, "defaults"), where, "Name a property that the link sends")


def _check_required(index: DescriptionIndex, owner: list[Any], name: str, rule: Any, at: str) -> Iterator[Problem]:
    if not _has_keys(rule, ("value", "x-evidence"), "x-doubt"):
        yield Problem(at, "not a value with evidence", "Write `{value, x-evidence}`")
        return
    entries: list[Any] = rule["x-evidence"] if is_array(rule["x-evidence"]) else []
    sources = index.data.get("x-sources", {})
    if not entries or not all(
        is_object(each) and str(each.get("source")) in sources and each.get("says") and each.get("status") in STATUSES
        for each in entries
    ):
        fix = "Write `[{source, says, status}]` with sources of x-sources"
        yield Problem(join_pointer(at, "x-evidence"), "not a list of entries", fix)
    properties = index.find_properties(name, *owner)
    if not properties:
        yield Problem(at, f"no property {name}", "Name one that is described")
        return
    for schema in properties:
        known = _find_values(index, [schema])
        if known and rule["value"] not in known:
            fix = suggest(str(rule["value"]), {str(each) for each in known})
            yield Problem(join_pointer(at, "value"), f"{rule['value']} is not a known value of {name}", fix)
            return


def _check_values(at: str, values: Any, known: list[Any], kind: str) -> Iterator[Problem]:
    if not is_array(values) or not values:
        yield Problem(at, "not a list of values", f"Name at least one {kind}")
        return
    for value in values:
        if value not in known:
            names = {str(each) for each in known}
            fix = suggest(str(value), names) if known else "Give the property a list of known values"
            yield Problem(at, f"{value} is not a known {kind}", fix)


def _has_keys(value: Any, needed: Collection[str], *optional: str) -> bool:
    """Check that a value is an object with all needed keys, and no others but the optional ones."""
    return is_object(value) and {*needed} <= value.keys() <= {*needed, *optional}


def _find_bodies(operation: Operation) -> list[Any]:
    """Return the schemas of the bodies that an operation takes."""
    content: Mapping[str, Any] = operation.node.get("requestBody", {}).get("content", {})
    return [media["schema"] for media in content.values() if "schema" in media]


def _find_results(index: DescriptionIndex, operation: Operation) -> list[Any]:
    """Return the schemas of what the client's method returns: 2xx bodies, or the property that is unwrapped."""
    bodies = index.success_bodies(operation)
    unwrap = operation.node["x-sdk"].get("unwrap")
    return bodies if unwrap is None else index.find_properties(unwrap, *bodies)


def _find_values(index: DescriptionIndex, schemas: list[Any]) -> list[Any]:
    """Return the known values of properties, from open and closed lists."""
    lists = (each.get(key) for each in index.alternatives(*schemas) for key in (OPEN_ENUM, "enum"))
    return [value for each in lists if is_array(each) for value in each]
