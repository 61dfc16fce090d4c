"""The pages of the site: which there are, and which sections each has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import field, frozen

from scripts.description_file import Description
from scripts.docs_site.code_samples import CodeSamples
from scripts.docs_site.evidence_views import MARKS, list_drifts, list_sources, view_evidence
from scripts.docs_site.fact_tables import list_ages, list_lives, list_prices
from scripts.docs_site.guides import GUIDES, HOME, find_block, list_errors, list_options, read_error_tree, read_guide
from scripts.docs_site.html_fragments import Fragments, escape_heading, single_line, slug
from scripts.docs_site.operation_pages import OperationPage, OperationReader, VariantView
from scripts.docs_site.schema_rows import SchemaReader
from scripts.docs_site.site_urls import DATES, DRIFT, ERRORS, MODELS, REFERENCE, SOURCES, SiteUrls
from scripts.lint.description_index import DescriptionIndex


@frozen
class SitePage:
    """A page: its file, its label and group in the navigation, and its sections as Markdown."""

    name: str
    label: str
    group: str
    parent: str | None = None
    parts: list[str] = field(factory=list)

    def add(self, title: str, html: str, *, anchor: str | None = None, level: int = 2) -> None:
        """Append a section. Level 1 is the page's title."""
        anchor = anchor or slug(title.lower().replace(" ", "-"))
        self.parts.append(f"{'#' * level} {escape_heading(title) or '&#45;'} {{: #{anchor} }}")
        if html:
            self.parts.append(f'<div class="suno">{html}</div>')

    @property
    def markdown(self) -> str:
        """The page as Markdown: headings, and between them HTML that has no line break."""
        return "\n\n".join(self.parts) + "\n"


class ReferenceSite:
    """Every page of a description.

    Args:
        description: The description.

    Raises:
        DescriptionFileError: An example cannot be read.
        GenerationError: The description cannot become a client, so its calls cannot be shown.
    """

    def __init__(self, description: Description) -> None:
        self._index = DescriptionIndex(description)
        self._urls = SiteUrls(self._index)
        samples = CodeSamples(self._index, description.bundled())
        self._schemas = SchemaReader(self._index, self._urls, samples.filled)
        self._reader = OperationReader(self._index, self._urls, self._schemas, samples)
        self._render_operation = Fragments("operation.html", self._urls.code_links).render
        self._render = Fragments("site.html", self._urls.code_links).render
        self._operations = [self._reader.view(operation) for operation in self._index.operations]
        self._info: dict[str, Any] = self._index.data.get("info", {})
        self.title = single_line(self._info.get("title", "")) or "Reference"

    def pages(self) -> Iterator[SitePage]:
        """Yield every page, in the order of the navigation."""
        yield self._guide_page(HOME, "")
        yield from (self._guide_page(path, "Guide") for path in GUIDES)
        yield self._reference_page()
        for tag in dict.fromkeys(each.tag for each in self._operations):
            for op in self._operations:
                if op.tag == tag:
                    yield self._operation_page(op)
                    for variant in op.variants:
                        yield self._variant_page(op, variant)
        yield self._errors_page()
        models = [(name, self._schemas.view_component(name)) for name in self._urls.schemas_of(MODELS)]
        yield self._list_page(
            MODELS,
            "Models",
            "What responses are made of. The client has a class for each object, under the same name.",
            [(name, self._render("model", schema)) for name, schema in models],
        )
        facts = (self._index, self._urls)
        yield self._list_page(
            DATES,
            "Models and prices",
            "Facts that age: until when a value can be sent, what a call costs, and when the sources were read.",
            [
                ("Values", self._render("lives", list_lives(*facts))),
                ("Prices", self._render("prices", list_prices(*facts))),
                ("Age of the evidence", self._render("ages", list_ages(*facts))),
            ],
        )
        drifts = list_drifts(self._index, self._urls)
        lead = f"Where a real answer, or another source, differs from the documentation: {len(drifts)} places."
        yield self._list_page(DRIFT, "Drift", lead, html=self._render("drifts", drifts))
        lead = (
            "Who says what. The weight says how much a source's word counts for CometAPI; primary sources are its own."
        )
        sources = list_sources(self._index, self._urls)
        yield self._list_page(SOURCES, "Sources", lead, html=self._render("sources", sources))

    def _guide_page(self, path: Path, group: str) -> SitePage:
        title, text = read_guide(path, self._insert, self._urls.code_links)
        return SitePage(f"{path.stem}.html", title if group else "Start", group, parts=[text])

    def _insert(self, name: str, arguments: list[str]) -> str:
        """Return what a guide inserts by a name."""
        match name:
            case "readme":
                return find_block(arguments[0])
            case "options":
                html = self._render("options", list_options(arguments[0]))
            case "errors":
                html = self._render("exceptions", list_errors(arguments))
            case "prices":
                html = self._render("prices", list_prices(self._index, self._urls))
            case "marks":
                html = self._render("legend", list(MARKS.values()))
            case "coverage":
                html = self._render("coverage", self._coverage(self._index.data.get("x-coverage", [])))
            case "explore":
                html = self._render("explore", self._operations)
            case _:
                raise LookupError(f"there is no {name}")
        return f'<div class="suno">{html}</div>'

    def _reference_page(self) -> SitePage:
        page, render = SitePage(REFERENCE, "All calls", "Calls"), self._render
        page.add(self.title, render("paragraphs", self._info.get("description", "")), level=1, anchor="top")
        servers = [
            render("server", server, view_evidence(server), slug("servers", str(position)))
            for position, server in enumerate(self._index.data.get("servers", []))
        ]
        page.add("Base URL", "".join(servers))
        if schemes := self._render_components("securitySchemes"):
            page.add("Authentication", schemes)
        page.add("Operations", render("operations", self._operations))
        if steps := [op for op in self._operations if op.next]:
            page.add("Next calls", render("workflow", steps), anchor="workflow")
        if bodies := self._render_error_bodies():
            page.add("Errors", bodies)
        if headers := self._render_components("headers"):
            page.add("Headers", headers)
        return page

    def _coverage(self, rows: list[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        operations = {each.id: each for each in self._operations}
        return [
            (row, operations.get(row.get("operationId", "")), [*map(self._urls.link_schema, row.get("variants", []))])
            for row in rows
        ]

    def _render_components(self, kind: str) -> str:
        return "".join(
            self._render("described", node, view_evidence(node), slug(kind, name))
            for name, node in self._index.components(kind).items()
        )

    def _render_error_bodies(self) -> str:
        """Return the choice between the error bodies, with its description."""
        for name in self._urls.schemas_of(ERRORS):
            schema = self._schemas.view_component(name)
            if schema.members:
                members = [self._schemas.view_component(word.text) for word in schema.members if word.address]
                return self._render("lead", schema.description) + self._render("bodies", members, schema.evidence)
        return ""

    def _operation_page(self, op: OperationPage) -> SitePage:
        page, render = SitePage(op.page, op.view.name, op.tag), self._render_operation
        page.add(op.summary, render("head", op), level=1, anchor="top")
        if op.variants:
            page.add("Variants", render("variants", op), anchor=slug(op.request.name) if op.request else None)
        else:
            page.add("Call", render("calls", op.calls))
        for number, sample in enumerate(op.workflows, 1):
            anchor = f"sequence-{number}"
            page.add(sample.title, render("workflow", sample, anchor), anchor=anchor)
        if op.parameters:
            page.add("Parameters", render("parameters", op))
        if op.request and not op.variants:
            page.add("Request", render("request", op.request))
        for response in op.responses:
            if response.succeeds:
                page.add(f"Response {response.status}", render("success", response), anchor=response.anchor)
        if op.errors:
            page.add("Errors", render("errors", op))
        if op.next:
            page.add("Next calls", render("following", op))
        if any(row["unknown"] for row in op.coverage):
            page.add("Not known yet", render("unknown", op.coverage))
        if op.evidence:
            page.add("Evidence", render("evidence", op.evidence))
        return page

    def _variant_page(self, op: OperationPage, variant: VariantView) -> SitePage:
        page, render = SitePage(variant.page, variant.schema.name, op.tag, parent=op.page), self._render_operation
        page.add(variant.schema.name, render("variant_head", op, variant), level=1, anchor="top")
        page.add("Call", render("calls", variant.calls))
        page.add("Fields", render("fields", variant.schema))
        if variant.schema.evidence:
            page.add("Evidence", render("evidence", variant.schema.evidence))
        return page

    def _errors_page(self) -> SitePage:
        page, render = SitePage(ERRORS, "Errors", "Reference"), self._render
        page.add("Errors", "", level=1, anchor="top")
        page.add("In Python", render("tree", read_error_tree()))
        page.add("Bodies", "")
        for name in self._urls.schemas_of(ERRORS):
            page.add(name, render("model", self._schemas.view_component(name)), anchor=slug(name), level=3)
        page.add("By status", "")
        for response in self._reader.view_shared_responses():
            users = [op for op in self._operations if any(each.name == response.name for each in op.responses)]
            title = f"{response.status} {response.name}"
            page.add(title, render("response", response, users), anchor=response.anchor, level=3)
        return page

    def _list_page(
        self, name: str, title: str, lead: str, sections: list[tuple[str, str]] | None = None, *, html: str = ""
    ) -> SitePage:
        page = SitePage(name, title, "Reference")
        page.add(title, self._render("lead", lead) + html, level=1, anchor="top")
        for heading, section in sections or []:
            page.add(heading, section, anchor=slug(heading))
        return page
