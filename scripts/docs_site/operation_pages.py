"""An operation and its responses as the pages show them. What needs no work is read from `node` by the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from scripts.docs_site.code_samples import CallSample, CodeSamples, WorkflowSample
from scripts.docs_site.evidence_views import EvidenceView, view_evidence
from scripts.docs_site.html_fragments import slug
from scripts.docs_site.schema_rows import FieldRow, SchemaReader, SchemaView, TypeWord
from scripts.docs_site.site_urls import SiteUrls, alternatives, body_schema, component_name, response_anchor
from scripts.generator.client_view import OperationView
from scripts.generator.operation_views import describe_prices
from scripts.lint.description_index import BodyExample, DescribedResponse, DescriptionIndex
from scripts.lint.link_rules import find_links
from scripts.lint.operation_rules import find_variants
from scripts.openapi_document import (
    Operation,
    find_parameters,
    find_reading_days,
    is_array,
    is_object,
    join_pointer,
    locate,
)


@frozen
class ContentView:
    """One media type of a response."""

    media_type: str
    type: list[TypeWord]
    schemas: list[SchemaView]
    examples: list[BodyExample]


@frozen
class ResponseView:
    """A response of an operation, or one that several share; `name` is then its component."""

    node: Mapping[str, Any]
    status: str
    name: str
    anchor: str
    address: str
    evidence: EvidenceView
    headers: list[tuple[str, str | None]]
    contents: list[ContentView]

    @property
    def succeeds(self) -> bool:
        """Whether the call has done what was asked."""
        return self.status.startswith("2")


@frozen
class NextCall:
    """A call that can follow, and what it takes from the response."""

    address: str
    call: str
    description: str
    taken: list[tuple[str, str]]


@frozen
class VariantView:
    """One of the bodies that an operation accepts."""

    schema: SchemaView
    page: str
    calls: list[CallSample]


@frozen
class OperationPage:
    """Everything that is shown of an operation."""

    id: str
    page: str
    tag: str
    method: str
    path: str
    node: Mapping[str, Any]
    summary: str
    charge: str
    prices: str
    read: str  # the day on which the newest source of its evidence was read
    evidence: EvidenceView
    view: OperationView
    coverage: list[Mapping[str, Any]]
    calls: list[CallSample]
    workflows: list[WorkflowSample]
    parameters: list[FieldRow]
    request: SchemaView | None
    variants: list[VariantView]
    responses: list[ResponseView]
    next: list[NextCall]

    @property
    def errors(self) -> list[ResponseView]:
        """The responses that are not a success."""
        return [response for response in self.responses if not response.succeeds]


@frozen
class OperationReader:
    """Makes views of the operations and responses of a description."""

    index: DescriptionIndex
    urls: SiteUrls
    schemas: SchemaReader
    samples: CodeSamples

    def view(self, operation: Operation) -> OperationPage:
        """Return an operation with all that belongs to it."""
        node, body = operation.node, body_schema(operation)
        calls = self.samples.calls[operation.id]
        name = component_name(body) or operation.id
        return OperationPage(
            id=operation.id,
            page=self.urls.operation_page(operation),
            tag=str((node.get("tags") or ["operations"])[0]),
            method=operation.method.upper(),
            path=operation.path,
            node=node,
            summary=node.get("summary") or operation.id,
            charge=node.get("x-billing", {}).get("charge", "unknown"),
            prices=describe_prices(node.get("x-billing", {})),
            read=max(find_reading_days(self.index.data, node), default=""),
            evidence=view_evidence(node),
            view=self.samples.operation(operation),
            coverage=[row for row in self.index.data.get("x-coverage", []) if row.get("operationId") == operation.id],
            calls=calls,
            workflows=self.samples.workflows[operation.id],
            parameters=[self._view_parameter(each.node) for each in find_parameters(self.index.data, operation)],
            request=self.schemas.view(self.index.resolve(body), name) if body else None,
            variants=[
                VariantView(
                    schema=self.schemas.view_component(variant),
                    page=self.urls.operation_page(operation, variant),
                    calls=[call for call in calls if call.variant == variant],
                )
                for variant in find_variants(self.index, operation)
            ],
            responses=[self._view_response(each) for each in self.index.responses(operation)],
            next=self._find_next(operation),
        )

    def view_shared_responses(self) -> list[ResponseView]:
        """Return the responses of the components, lowest status first."""
        found: list[ResponseView] = []
        for name, node in self.index.components("responses").items():
            status = self.index.shared_statuses.get(name, "")
            pointer = join_pointer("/components/responses", name)
            found.append(self._view_response(DescribedResponse("", pointer, status, node)))
        return sorted(found, key=lambda response: response.status)

    def _view_parameter(self, node: Mapping[str, Any]) -> FieldRow:
        name = str(node.get("name", ""))
        required, schema = bool(node.get("required")), node.get("schema", {})
        return self.schemas.view_field(
            name, anchor=slug("parameter", name), schema=schema, holder=node, required=required
        )

    def _view_response(self, response: DescribedResponse) -> ResponseView:
        node, pointer, name = response.node, response.pointer, response.component
        return ResponseView(
            node=node,
            status=response.status,
            name=name,
            anchor=slug("responses", name) if name else response_anchor(response.status),
            address=self.urls.link(pointer).address,
            evidence=view_evidence(node),
            headers=[(key, self._find_header(header)) for key, header in node.get("headers", {}).items()],
            contents=[self._view_content(media, each, pointer) for media, each in node.get("content", {}).items()],
        )

    def _find_header(self, header: Any) -> str | None:
        """Return the address of a shared header; None for one that is written in its response."""
        pointer = locate(self.index.data, header).pointer
        return self.urls.link(pointer).address if pointer else None

    def _view_content(self, media_type: str, node: dict[str, Any], pointer: str) -> ContentView:
        schema, at = node.get("schema", {}), join_pointer(pointer, "content", media_type)
        names = map(component_name, [schema, *alternatives(self.index.resolve(schema))])
        schemas = [self.schemas.view_component(name) for name in names if name is not None]
        return ContentView(
            media_type=media_type,
            type=self.schemas.describe_type(schema),
            schemas=[each for each in schemas if each.rows],
            examples=[example for example in self.index.examples if example.content.pointer == at],
        )

    def _find_next(self, operation: Operation) -> list[NextCall]:
        found: list[NextCall] = []
        for link in (link for link in find_links(self.index) if link.source.id == operation.id):
            target = self.index.operation(str(link.node.get("operationId", "")))
            if target is None:
                continue
            body = link.node.get("requestBody")
            values = {**link.node.get("parameters", {}), **(body if is_object(body) else {})}
            taken = [(name, text) for name, value in values.items() if (text := _find_expression(value))]
            page, call = self.urls.operation_page(target), self.urls.call_name(target)
            found.append(NextCall(page, call, link.node.get("description", ""), taken))
        return found


def _find_expression(value: Any) -> str | None:
    """Return the runtime expression in a link's value, if there is one."""
    if is_array(value):
        return next((text for each in value if (text := _find_expression(each))), None)
    text = value.strip("{}") if isinstance(value, str) else ""
    return text if text.startswith("$") else None
