"""One capability: what the description says, how users call what becomes of it, and what goes over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from attrs import field, frozen

from scripts.tests.generator.small_descriptions import describe

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
FILE: Schema = {"type": "string", "format": "binary"}


@frozen(kw_only=True)
class Row:
    """One capability.

    Attributes:
        name: Its name in the README.
        operation: What the description says, below an operation; by default without a body, answering `Reply`.
        call: The call that users write: `CALL` is the method, `k` the package.
        sent: Method and target, then the media type and the text of the body, if any.
        typed: What the type checkers take the result for.
        shown: An expression that turns the result `it` into JSON.
        gives: That JSON.
        reply: The body of the answer.
        media: Its media type.
        schemas: Components that the operation uses.
        path: What follows the row's own path.
        method: HTTP method.
    """

    name: str
    operation: Schema
    call: str = "CALL()"
    sent: tuple[str, ...] = ("GET ",)
    typed: str = "k.Reply"
    shown: str = "it.to_dict()"
    gives: object = field(factory=lambda: {"ok": True})
    reply: str = '{"ok": true}'
    media: str = "application/json"
    schemas: dict[str, Schema] = field(factory=dict)
    path: str = ""
    method: str = "post"


def ref(name: str) -> Schema:
    """Return a reference to a component."""
    return {"$ref": f"#/components/schemas/{name}"}


def obj(*required: str, **properties: Schema) -> Schema:
    """Return an object with these properties."""
    return {"type": "object", "required": list(required), "properties": properties}


def array(items: Schema) -> Schema:
    """Return a list."""
    return {"type": "array", "items": items}


def parameter(name: str, place: str, schema: Schema, **more: Any) -> Schema:
    """Return a parameter."""
    return {"name": name, "in": place, "schema": schema, **more}


def answers(schema: Schema | None, media: str = "application/json", status: str = "200") -> Schema:
    """Return the responses of an operation with one success."""
    content = {} if schema is None else {"content": {media: {"schema": schema}}}
    return {"responses": {status: {"description": "Done.", **content}}}


def described(rows: Sequence[Row]) -> dict[str, Any]:
    """Return one description with an operation for each row, named by the number of the row."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Schema] = {"Reply": obj(ok={"type": "boolean"})}
    for number, row in enumerate(rows):
        named = {"operationId": f"row{number}", "tags": ["rows"]}
        paths[f"/{number}{row.path}"] = {row.method: {**named, **answers(ref("Reply")), **row.operation}}
        schemas |= row.schemas
    return describe(paths, schemas)


def called(row: Row, number: int) -> str:
    """Return the call of a row in a description of several."""
    return row.call.replace("CALL", f"c.rows.row{number}").replace("NUMBER", str(number))
