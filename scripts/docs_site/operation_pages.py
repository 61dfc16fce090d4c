"""One operation as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from scripts.docs_site.code_samples import Call, Client, Sequence, origin
from scripts.docs_site.evidence_views import Evidence, evidence_of
from scripts.docs_site.html_fragments import json_text, slug
from scripts.docs_site.schema_rows import Row, Schema, Schemas, Word, limits
from scripts.docs_site.site_urls import (
    Places,
    body_schema,
    choices,
    operation_page,
    ref_name,
    response_anchor,
    variant_page,
)
from scripts.generator.operations import OperationView
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import Operation, is_array, is_object, join


@frozen
class Coverage:
    """A page of CometAPI, and what is known of it."""

    page: str
    operation: str
    variants: list[str]
    confidence: str
    unknown: list[str]


@frozen
class Example:
    """An example body, ready to be shown."""

    summary: str
    origin: str
    text: str
    language: str


@frozen
class Content:
    """One media type of a response."""

    media_type: str
    type: list[Word]
    schemas: list[Schema]
    examples: list[Example]


@frozen
class ResponseView:
    """A response of an operation, or one that several share."""

    status: str
    name: str | None
    anchor: str
    address: str
    description: str
    evidence: Evidence
    headers: list[tuple[str, str | None]]
    contents: list[Content]
    may_be_empty: bool

    @property
    def succeeds(self) -> bool:
        """Whether the call has done what was asked."""
        return self.status.startswith("2")


@frozen
class Next:
    """A call that can follow, and what it takes from the answer."""

    operation: str
    address: str
    call: str
    description: str
    taken: list[tuple[str, str]]


@frozen
class Variant:
    """One of the bodies that an operation takes."""

    schema: Schema
    page: str
    calls: list[Call]


@frozen
class OperationPage:
    """Everything that is shown of an operation."""

    id: str
    page: str
    tag: str
    method: str
    path: str
    summary: str
    description: str
    evidence: Evidence
    charge: str
    note: str
    effect: str
    view: OperationView
    coverage: list[Coverage]
    calls: list[Call]
    sequences: list[Sequence]
    parameters: list[Row]
    request: Schema | None
    variants: list[Variant]
    responses: list[ResponseView]
    next: list[Next]

    @property
    def errors(self) -> list[ResponseView]:
        return [response for response in self.responses if not response.succeeds]


@frozen
class Operations:
    """Reads the operations of a description."""

    document: DescriptionIndex
    places: Places
    schemas: Schemas
    client: Client

    def read(self, operation: Operation) -> OperationPage:
        """An operation with all that belongs to it."""
        node = operation.node
        names = self.places.variants(operation)
        calls = self.client.calls[operation.id]
        billing = node.get("x-billing", {})
        body = body_schema(operation)
        return OperationPage(
            id=operation.id,
            page=operation_page(operation.id),
            tag=str((node.get("tags") or ["operations"])[0]),
            method=operation.method.upper(),
            path=operation.path,
            summary=node.get("summary") or operation.id,
            description=node.get("description", ""),
            evidence=evidence_of(node),
            charge=billing.get("charge", "unknown"),
            note=billing.get("note", ""),
            effect=node.get("x-effect", ""),
            view=self.client.operation(operation),
            coverage=[each for each in self.coverage() if each.operation == operation.id],
            calls=calls,
            sequences=self.client.sequences[operation.id],
            parameters=self._parameters(operation),
            request=self.schemas.read(self.document.resolve(body), ref_name(body) or operation.id) if body else None,
            variants=[
                Variant(
                    schema=self.schemas.component(name),
                    page=variant_page(operation.id, name),
                    calls=[call for call in calls if call.body is not None and call.body.variant == name],
                )
                for name in names
            ],
            responses=[self._response(operation, status) for status in node.get("responses", {})],
            next=self._next(operation),
        )

    def coverage(self) -> list[Coverage]:
        """The pages of CometAPI, as the description lists them."""
        return [
            Coverage(
                page=str(row.get("page", "")),
                operation=str(row.get("operationId", "")),
                variants=[str(name) for name in row.get("variants", [])],
                confidence=str(row.get("confidence", "")),
                unknown=[str(each) for each in row.get("unknown", [])],
            )
            for row in self.document.data.get("x-coverage", [])
        ]

    def shared(self) -> list[ResponseView]:
        """The responses of the components, lowest status first."""
        statuses = self.document.shared_statuses
        found = [
            self._read_response(node, join("/components/responses", name), statuses.get(name, ""), name)
            for name, node in self.document.components("responses").items()
        ]
        return sorted(found, key=lambda response: response.status)

    def _parameters(self, operation: Operation) -> list[Row]:
        found: list[Row] = []
        for written in operation.node.get("parameters", []):
            node = self.document.resolve(written)
            schema = node.get("schema", {})
            found.append(
                Row(
                    name=node.get("name", ""),
                    anchor=slug("parameter", node.get("name", "")),
                    type=self.schemas.type_of(schema),
                    limits=limits(schema),
                    required=bool(node.get("required")),
                    because=None,
                    description=node.get("description", ""),
                    evidence=evidence_of(node),
                )
            )
        return found

    def _response(self, operation: Operation, status: str) -> ResponseView:
        node = operation.node["responses"][status]
        if (name := ref_name(node)) is not None:
            return self._read_response(self.document.resolve(node), node["$ref"].removeprefix("#"), status, name)
        return self._read_response(node, join(f"{operation.pointer}/responses", status), status, None)

    def _read_response(self, node: dict[str, Any], pointer: str, status: str, name: str | None) -> ResponseView:
        return ResponseView(
            status=status,
            name=name,
            anchor=response_anchor(status) if name is None else slug(name),
            address=self.places.of(pointer).address,
            description=node.get("description", ""),
            evidence=evidence_of(node),
            headers=[(key, self._address(header)) for key, header in node.get("headers", {}).items()],
            contents=[self._content(media, each, pointer) for media, each in node.get("content", {}).items()],
            may_be_empty="x-empty-body" in node,
        )

    def _address(self, header: Any) -> str | None:
        """The address of a shared header; one that stands in its response has none of its own."""
        reference = header.get("$ref") if is_object(header) else None
        return self.places.of(reference.removeprefix("#")).address if isinstance(reference, str) else None

    def _content(self, media_type: str, node: dict[str, Any], pointer: str) -> Content:
        schema = node.get("schema", {})
        at = f"{join(f'{pointer}/content', media_type)}/examples/"
        return Content(
            media_type=media_type,
            type=self.schemas.type_of(schema),
            schemas=self._shown(schema),
            examples=[
                Example(
                    summary=str(example.node.get("summary") or example.pointer.rpartition("/")[2]),
                    origin=origin(example.node),
                    text=json_text(example.value) if example.content.is_json else str(example.value),
                    language="json" if example.content.is_json else "html",
                )
                for example in self.document.examples
                if example.pointer.startswith(at)
            ],
        )

    def _shown(self, schema: Any) -> list[Schema]:
        """The object that a schema is, or the objects that it may be."""
        members = choices(self.document.resolve(schema))
        names = [name for each in [schema, *members] if (name := ref_name(each)) is not None]
        return [each for each in map(self.schemas.component, names) if each.rows]

    def _next(self, operation: Operation) -> list[Next]:
        found: list[Next] = []
        for response in operation.node.get("responses", {}).values():
            for written in self.document.resolve(response).get("links", {}).values():
                link = self.document.resolve(written)
                target = self.document.operation(str(link.get("operationId", "")))
                if target is None:
                    continue
                values = {**link.get("parameters", {}), **_fields(link.get("requestBody"))}
                found.append(
                    Next(
                        operation=target.id,
                        address=operation_page(target.id),
                        call=self.client.operation(target).name,
                        description=link.get("description", ""),
                        taken=[(name, told) for name, value in values.items() if (told := _expression(value))],
                    )
                )
        return found


def _fields(body: Any) -> Mapping[str, Any]:
    return body if is_object(body) else {}


def _expression(value: Any) -> str | None:
    """The runtime expression in a link's value, if there is one."""
    if is_array(value):
        return next((told for each in value if (told := _expression(each))), None)
    text = value.strip("{}") if isinstance(value, str) else ""
    return text if text.startswith("$") else None
