"""Names of the client that depend on their neighbours: the old name now means something else, which is a break."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.diff import Change, Severity, compare
from scripts.tests.generator.small_descriptions import body, describe, operation

TEXT: dict[str, Any] = {"type": "string"}
CAMEL = {"type": "object", "properties": {"userName": TEXT}}
BOTH = {"type": "object", "properties": {"userName": TEXT, "user_name": {"type": "integer"}}}


def query(*names: str, place: str = "query") -> list[dict[str, Any]]:
    return [{"name": name, "in": place, "schema": TEXT} for name in names]


def get(schemas: dict[str, Any] | None = None, **parts: Any) -> dict[str, Any]:
    return describe({"/a": {"get": operation("getA", **parts)}}, schemas)


def states(*values: str) -> dict[str, Any]:
    result = {"type": "object", "properties": {"state": {"$ref": "#/components/schemas/State"}}}
    return get({"State": {"type": "string", "x-extensible-enum": list(values)}}, result=result)


def at(path: str, schema: dict[str, Any] = TEXT, **types: Any) -> dict[str, Any]:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [{"name": n, "in": "path", "required": True, "schema": types.get(n, schema)} for n in names]
    return describe({path: {"get": operation("getA", parameters=parameters)}})


def polled(*paths: str) -> dict[str, Any]:
    """Return a description with operations that are polled."""
    task = {
        "type": "object",
        "required": ["id", "status"],
        "properties": {"id": TEXT, "status": {"$ref": "#/components/schemas/Status"}, "reason": TEXT},
    }
    status = {"type": "string", "x-extensible-enum": ["QUEUED", "SUCCESS", "FAILURE"]}
    poll = {"id": "id", "status": "status", "reason": "reason", "done": ["SUCCESS"], "failed": ["FAILURE"]}
    found: dict[str, Any] = {}
    for name in paths:
        parameters = [{"name": "id", "in": "path", "required": True, "schema": TEXT}]
        sdk = {"resource": name, "method": "get", "poll": poll}
        result = {"$ref": "#/components/schemas/Task"}
        found[f"/{name}/{{id}}"] = {
            "get": operation(f"get_{name}", parameters=parameters, result=result, **{"x-sdk": sdk})
        }
    return describe(found, {"Task": task, "Status": status})


RESPONSE = {"$ref": "#/components/schemas/User"}
NAMES: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "a field of a class": (
        get({"User": CAMEL}, result=RESPONSE), get({"User": BOTH}, result=RESPONSE), "User.user_name", "User.userName",
    ),
    "a field of a class without a component": (
        get(result=CAMEL), get(result=BOTH), "GetAResponse200.user_name", "GetAResponse200.userName",
    ),
    "an argument from the body": (
        get(requestBody=body(CAMEL)), get(requestBody=body(BOTH)),
        "things.get_a(user_name=)", "things.get_a(userName=)",
    ),
    "an argument from the query": (
        get(parameters=query("userName")), get(parameters=query("userName", "user_name")),
        "things.get_a(user_name=)", "things.get_a(userName=)",
    ),
    "an argument with a namesake in a header": (
        get(parameters=query("id")), get(parameters=[*query("id"), *query("id", place="header")]),
        "things.get_a(id=)", "things.get_a(id_query=)",
    ),
    "a header in another case": (
        get(parameters=query("XTrace", place="header")), get(parameters=query("xtrace", place="header")),
        "things.get_a(x_trace=)", "things.get_a(xtrace=)",
    ),
    "a member that is named by its place": (
        states("1a", "2b"), states("0z", "1a", "2b"), "State.VALUE_0", "State.VALUE_1",
    ),
}  # fmt: skip


def breaking(changes: list[Change]) -> list[Change]:
    return [change for change in changes if change.severity is Severity.BREAKING]


@pytest.mark.parametrize("name", NAMES)
def test_shifted_name_is_breaking(name: str) -> None:
    old, new, was, now = NAMES[name]
    found = [change for change in breaking(compare(old, new)) if change.kind == "python-name"]
    assert (was, now) in [change.symbols for change in found]
    back = [change for change in breaking(compare(new, old)) if change.kind == "python-name"]
    assert (now, was) in [change.symbols for change in back]


def test_swapped_segments_are_breaking() -> None:
    found = breaking(compare(at("/a/{x}/{y}"), at("/a/{y}/{x}")))
    assert {(change.kind, change.symbols) for change in found} == {
        ("parameter-renamed", ("things.get_a(x=)", "things.get_a(y=)")),
        ("parameter-renamed", ("things.get_a(y=)", "things.get_a(x=)")),
    }


def test_renamed_path_parameter_shows_its_type() -> None:
    found = breaking(compare(at("/a/{id}"), at("/a/{name}", name={"type": "integer"})))
    assert {change.kind for change in found} == {"parameter-renamed", "type-other"}


def test_lost_hook_is_breaking() -> None:
    """`hooks.parse_notification` exists while just one operation is polled."""
    changes = compare(polled("songs"), polled("songs", "clips"))
    assert [change.symbols for change in changes if change.kind == "hook-removed"] == [("hooks.parse_notification",)]
    assert [change.kind for change in breaking(changes)] == ["hook-removed"]
    assert "hook-added" in {change.kind for change in compare(polled("songs", "clips"), polled("songs"))}


@pytest.mark.parametrize(
    ("change", "severity"),
    [
        ({"failed": ["FAILURE", "SUCCESS"]}, Severity.BREAKING),
        ({"done": ["SUCCESS", "QUEUED"]}, Severity.BREAKING),
        ({"failed": ["FAILURE", "QUEUED"]}, Severity.BREAKING),
        ({"done": []}, Severity.BREAKING),
        ({"done": ["FAILURE"], "failed": ["SUCCESS"]}, Severity.BREAKING),
        ({"reason": "id"}, Severity.BREAKING),
        ({"failed": ["FAILURE", "CANCELLED"]}, Severity.COMPATIBLE),
        ({"done": ["SUCCESS", "PARTIAL"]}, Severity.COMPATIBLE),
    ],
)
def test_poll_keeps_the_meaning_of_known_statuses(change: dict[str, Any], severity: Severity) -> None:
    """A status that was not known before may end the wait: no wait that ended otherwise is changed."""
    new = polled("songs")
    new["paths"]["/songs/{id}"]["get"]["x-sdk"]["poll"].update(change)
    changes = compare(polled("songs"), new)
    assert [each.severity for each in changes if each.kind == "sdk-changed"] == [severity]
    assert all(f"`x-sdk.poll.{name}`" in changes[0].sentence for name in change)
