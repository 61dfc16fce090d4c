"""The pages of the site: which there are, and which sections each has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from attrs import field, frozen

from scripts.docs_site import sources_and_drifts
from scripts.docs_site.code_samples import Client
from scripts.docs_site.evidence_views import MARKS, evidence_of
from scripts.docs_site.html_fragments import heading, line, slug
from scripts.docs_site.jinja_env import Fragments
from scripts.docs_site.operation_pages import Next, OperationPage, Operations, Variant
from scripts.docs_site.schema_rows import Schemas
from scripts.docs_site.site_urls import DRIFT, ERRORS, INDEX, MODELS, SOURCES, Place, Places
from scripts.lint.description_index import DescriptionIndex
from scripts.openapi_document import Description


@frozen
class Section:
    """A heading and the HTML below it. Level 1 is the page's own title."""

    level: int
    title: str
    anchor: str
    html: str


@frozen
class Page:
    """A page: its file, its name in the navigation, and the group that it stands in there."""

    name: str
    label: str
    group: str
    parent: str | None = None
    sections: list[Section] = field(factory=list)

    def add(self, title: str, html: str, *, anchor: str | None = None, level: int = 2) -> None:
        """Append a section."""
        self.sections.append(Section(level, title, anchor or slug(title.lower().replace(" ", "-")), html))

    @property
    def markdown(self) -> str:
        """The page as Markdown: headings, and between them HTML that holds no line break."""
        parts: list[str] = []
        for section in self.sections:
            parts.append(f"{'#' * section.level} {heading(section.title) or '&#45;'} {{: #{section.anchor} }}")
            if section.html:
                parts.append(f'<div class="suno">{section.html}</div>')
        return "\n\n".join(parts) + "\n"


class Site:
    """Every page of a description.

    Raises:
        DescriptionError: An example cannot be read.
        GenerationError: The description cannot become a client, so its calls cannot be shown.
    """

    def __init__(self, description: Description, errors: str) -> None:
        self._document = DescriptionIndex(description)
        self._places = Places(self._document)
        self._schemas = Schemas(self._document, self._places)
        self._client = Client(self._document, description.bundled(), self._places)
        self._reader = Operations(self._document, self._places, self._schemas, self._client)
        self._operation = Fragments("operation.html", self._places.codes)
        self._whole = Fragments("site.html", self._places.codes)
        self._errors = errors
        self.operations = [self._reader.read(operation) for operation in self._document.operations]
        self._by_id: Mapping[str, OperationPage] = {each.id: each for each in self.operations}

    @property
    def title(self) -> str:
        """The name of the site."""
        return line(self._info.get("title", "")) or "Reference"

    def pages(self) -> Iterator[Page]:
        """Every page, in the order of the navigation."""
        yield self._index()
        for tag in dict.fromkeys(each.tag for each in self.operations):
            for op in self.operations:
                if op.tag == tag:
                    yield self._operation_page(op)
                    for variant in op.variants:
                        yield self._variant_page(op, variant)
        yield self._errors_page()
        yield self._models_page()
        yield self._drift_page()
        yield self._sources_page()

    @property
    def _info(self) -> dict[str, Any]:
        info: dict[str, Any] = self._document.data.get("info", {})
        return info

    def _index(self) -> Page:
        page = Page(INDEX, "Overview", "")
        part = self._whole.render
        page.add(self.title, part("paragraphs", self._info.get("description", "")), level=1, anchor="top")
        servers = [
            part("server", server, evidence_of(server), slug("servers", str(index)))
            for index, server in enumerate(self._document.data.get("servers", []))
        ]
        page.add("Base URL", "".join(servers))
        schemes = self._described("securitySchemes")
        if schemes:
            page.add("Authentication", schemes)
        page.add("Operations", part("operations", self.operations))
        if coverage := self._reader.coverage():
            page.add(f"CometAPI's {_count(len(coverage))} pages", part("coverage", self._covered()), anchor="coverage")
        if steps := self._workflow():
            page.add("What follows what", part("workflow", steps), anchor="workflow")
        if shapes := self._error_shapes():
            page.add("Errors", shapes)
        if headers := self._described("headers"):
            page.add("Headers", headers)
        page.add("How sure something is", part("legend", list(MARKS.values())), anchor="marks")
        return page

    def _described(self, kind: str) -> str:
        return "".join(
            self._whole.render("described", node, evidence_of(node), slug(kind, name))
            for name, node in self._document.components(kind).items()
        )

    def _covered(self) -> list[tuple[Any, OperationPage | None, list[Place]]]:
        return [
            (row, self._by_id.get(row.operation), [self._places.schema(name) for name in row.variants])
            for row in self._reader.coverage()
        ]

    def _workflow(self) -> list[tuple[OperationPage, list[Next]]]:
        return [(op, op.next) for op in self.operations if op.next]

    def _error_shapes(self) -> str:
        """The choice between the error bodies, and what is said of it."""
        for name in self._places.names_of(ERRORS):
            schema = self._schemas.component(name)
            if schema.members:
                members = [self._schemas.component(word.text) for word in schema.members if word.address]
                return self._whole.render("lead", schema.description) + self._whole.render(
                    "bodies", members, schema.evidence
                )
        return ""

    def _operation_page(self, op: OperationPage) -> Page:
        part = self._operation.render
        page = Page(op.page, op.view.name, op.tag)
        page.add(op.summary, part("head", op), level=1, anchor="top")
        if op.variants:
            page.add("Variants", part("variants", op), anchor=slug(op.request.name) if op.request else None)
        else:
            page.add("Call", part("calls", op))
        for number, sequence in enumerate(op.sequences, 1):
            page.add(sequence.title, part("sequence", sequence, f"sequence-{number}"), anchor=f"sequence-{number}")
        if op.parameters:
            page.add("Path", part("parameters", op))
        if op.request and not op.variants:
            page.add("Request", part("request", op.request))
        for response in op.responses:
            if response.succeeds:
                page.add(f"Answer {response.status}", part("success", response), anchor=response.anchor)
        if op.errors:
            page.add("Errors", part("errors", op))
        if op.next:
            page.add("What next", part("following", op))
        if any(row.unknown for row in op.coverage):
            page.add("Not known yet", part("unknown", op.coverage))
        if op.evidence:
            page.add("Evidence", part("evidence", op.evidence))
        return page

    def _variant_page(self, op: OperationPage, variant: Variant) -> Page:
        part = self._operation.render
        page = Page(variant.page, variant.schema.name, op.tag, parent=op.page)
        page.add(variant.schema.name, part("variant_head", op, variant), level=1, anchor="top")
        page.add("Call", part("variant_calls", variant))
        page.add("Fields", part("variant_fields", variant))
        if variant.schema.evidence:
            page.add("Evidence", part("evidence", variant.schema.evidence))
        return page

    def _errors_page(self) -> Page:
        page = Page(ERRORS, "Errors", "Reference")
        part = self._whole.render
        page.add("Errors", "", level=1, anchor="top")
        page.add("In Python", part("tree", self._errors))
        page.add("Bodies", "")
        for name in self._places.names_of(ERRORS):
            page.add(name, part("model", self._schemas.component(name)), anchor=slug(name), level=3)
        page.add("By status", "")
        for response in self._reader.shared():
            users = [op for op in self.operations if any(each.name == response.name for each in op.responses)]
            title = f"{response.status} {response.name}"
            page.add(title, part("response", response, users), anchor=response.anchor, level=3)
        return page

    def _models_page(self) -> Page:
        page = Page(MODELS, "Models", "Reference")
        told = "What answers are made of. The client has a class for each object, under the same name."
        page.add("Models", self._whole.render("lead", told), level=1, anchor="top")
        for name in self._places.names_of(MODELS):
            page.add(name, self._whole.render("model", self._schemas.component(name)), anchor=slug(name))
        return page

    def _drift_page(self) -> Page:
        page = Page(DRIFT, "Drift", "Reference")
        rows = sources_and_drifts.drifts(self._document, self._places)
        told = f"Where a real answer, or another source, differs from the documentation: {len(rows)} places."
        html = self._whole.render("lead", told) + self._whole.render("drifts", rows)
        page.add("Drift", html, level=1, anchor="top")
        return page

    def _sources_page(self) -> Page:
        page = Page(SOURCES, "Sources", "Reference")
        told = (
            "Who says what. The weight says how much a source's word counts for CometAPI; primary sources are its own."
        )
        rows = sources_and_drifts.sources(self._document, self._places)
        html = self._whole.render("lead", told) + self._whole.render("sources", rows)
        page.add("Sources", html, level=1, anchor="top")
        return page


def _count(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[number] if number < len(words) else str(number)
