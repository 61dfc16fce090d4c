"""Changes of the requests and responses of an operation: parameters, bodies, responses, headers and links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from scripts.diff.change import Direction, Severity
from scripts.diff.client_names import ClientNames, ClientPlace
from scripts.diff.joined_descriptions import (
    ComparedOperation,
    DocumentNode,
    References,
    canonical_text,
    find_changed_members,
    find_contents,
    find_schema,
    locate_keyword,
)
from scripts.diff.policy import ChangeContext, Drafts, begin_lower, draft_in, name_change
from scripts.diff.schema_changes import SchemaComparison, compare_names
from scripts.openapi_document import DEFAULT_STYLES, join_pointer

# What else may be in each object; anything beyond is not understood.
_PARAMETER: Final = frozenset({"name", "in", "required", "schema", "content", "description", "example", "examples"})
_WAYS: Final = frozenset({"style", "explode", "allowReserved"})
_BODY: Final = frozenset({"required", "content", "description"})
_MEDIA: Final = frozenset({"schema", "example", "examples"})
_RESPONSE: Final = frozenset({"description", "headers", "content", "links", "summary"})


class MessageComparison:
    """Compares what two versions of an operation send and read."""

    def __init__(
        self, references: References, names: tuple[ClientNames, ClientNames], schemas: SchemaComparison
    ) -> None:
        self._references = references
        self._old, self._new = names
        self._schemas = schemas

    def compare_parameters(self, old: ComparedOperation, new: ComparedOperation) -> Drafts:
        """Yield what changed of the parameters."""
        pairs = _pair_parameters(old, new)
        for key, other in pairs:
            yield from self._compare_parameter(key, other, (old, new))
        for key, node in old.parameters.items():
            if key not in [pair[0] for pair in pairs]:
                yield draft_in(self._parameter(self._old, old, *key), "parameter-removed", (node.pointer, None))
        for key, node in new.parameters.items():
            if key not in [pair[1] for pair in pairs]:
                kind = f"parameter-added{'-required' if node.value.get('required') else ''}"
                yield draft_in(self._parameter(self._new, new, *key), kind, (None, node.pointer))

    def _parameter(self, names: ClientNames, operation: ComparedOperation, place: str, name: str) -> ChangeContext:
        client = names.parameter(operation, place, name)
        return ChangeContext(
            direction=Direction.SENT, subject=f"The {place} parameter `{name}`", old=client, new=client
        )

    def _compare_parameter(
        self, key: tuple[str, str], other: tuple[str, str], operations: tuple[ComparedOperation, ComparedOperation]
    ) -> Drafts:
        place, name = key
        old, new = operations[0].parameters[key], operations[1].parameters[other]
        context = ChangeContext(
            direction=Direction.SENT,
            subject=f"The {place} parameter `{old.value.get('name', name)}`",
            old=self._old.parameter(operations[0], place, name),
            new=self._new.parameter(operations[1], *other),
        )
        places = old.pointer, new.pointer
        if name != other[1]:
            symbols = context.old.symbol, context.new.symbol
            yield draft_in(context, "parameter-renamed", places, *symbols, name=other[1])
        else:
            yield from compare_names(context, places)
        yield from _compare_needed(old, new, context, "parameter")
        for keyword, was, now in find_changed_members(_way(old.value, place), _way(new.value, place)):
            yield draft_in(context, "parameter-style", places, said=name_change(keyword, was, now))
        yield from compare_rest(old, new, _PARAMETER | _WAYS, context)
        yield from self._compare_contents(old, new, context)

    def compare_request(self, old: ComparedOperation, new: ComparedOperation) -> Drafts:
        """Yield what changed of the request body."""
        before, after = old.body, new.body
        places = self._old.body(old), self._new.body(new)
        context = ChangeContext(direction=Direction.SENT, subject="The request body", old=places[0], new=places[1])
        if before is None and after is not None:
            needed = after.value.get("required") is True
            yield draft_in(context, f"body-added{':required' if needed else ''}", (old.node.pointer, after.pointer))
        elif before is not None and after is None:
            yield draft_in(context, "body-removed", (before.pointer, None))
        elif before is not None and after is not None:
            yield from _compare_needed(before, after, context, "body")
            yield from compare_rest(before, after, _BODY, context)
            inside = list(self._compare_contents(before, after, context))
            yield from inside
            forms = [("a model", "arguments")[place.parts is not None] for place in places]
            # A single branch that is left gives its fields to the method: that the other is gone says enough.
            is_said = any(each.kind == "alternative-removed" and each.severity is Severity.BREAKING for each in inside)
            if forms[0] != forms[1] and context.old.is_known and context.new.is_known and not is_said:
                at, call = (before.pointer, after.pointer), self._old.call(old)
                yield draft_in(context, "call-shape", at, name=call, now=forms[1], before=forms[0])

    def compare_responses(self, old: ComparedOperation, new: ComparedOperation) -> Drafts:
        """Yield what changed of the responses.

        A status without a response has that of its class (`2XX`), else the default one.
        """
        for status in dict.fromkeys((*old.responses, *new.responses)):
            was, now = old.find_response_key(status), new.find_response_key(status)
            context = ChangeContext(
                direction=Direction.READ,
                subject="The answer" if status.startswith("2") else f"The body of {status}",
                old=self._old.result(old, status),
                new=self._new.result(new, status),
            )
            success = ":success" if status.startswith("2") else ""
            if status not in new.responses:
                # A class of statuses that is written out has no status that was not there before.
                written_out = status.endswith("XX") and any(each[0] == status[0] for each in new.responses)
                case = ":covered" if now or written_out else success
                yield draft_in(context, f"status-removed{case}", (old.responses[status].pointer, None), name=status)
            elif status not in old.responses:
                at = join_pointer(new.node.pointer, "responses", status)
                yield draft_in(context, f"status-added{'' if was else success}", (None, at), name=status)
            for first, second in _pair_responses(status, was, now, old, new):
                yield from self._compare_response(first, second, context)

    def _compare_response(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> Drafts:
        yield from self._compare_contents(old, new, context)
        yield from self._compare_headers(old, new, context)
        yield from self._compare_links(old, new, context)
        yield from compare_rest(old, new, _RESPONSE, context)
        was, now = ("x-empty-body" in node.value for node in (old, new))
        if was != now:
            yield draft_in(context, f"empty-body{':added' if now else ''}", (old.pointer, new.pointer))

    def _compare_contents(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> Drafts:
        """Yield what changed of the schemas, by media type."""
        before, after = find_contents(old), find_contents(new)
        for media in dict.fromkeys((*before, *after)):
            if media not in after:
                at = before[media].pointer if media else join_pointer(old.pointer, "schema")
                yield draft_in(context, "media-type-removed", (at, None), name=media)
            elif media not in before:
                at = after[media].pointer if media else join_pointer(new.pointer, "schema")
                yield draft_in(context, "media-type-added", (None, at), name=media)
            else:
                if media:
                    yield from compare_rest(before[media], after[media], _MEDIA, context)
                schemas = find_schema(before[media]), find_schema(after[media])
                yield from self._schemas.compare(*schemas, context)

    def _compare_headers(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> Drafts:
        before, after = (
            {name.lower(): (name, self._references.follow(node)) for name, node in response.children("headers")}
            for response in (old, new)
        )
        for key in dict.fromkeys((*before, *after)):
            name = (before.get(key) or after[key])[0]
            place = ClientPlace(names=self._old, symbol=f"Response.headers[{name!r}]")
            header = context.part(f"The header `{name}`", place, place, optional=True)
            if key not in after:
                yield draft_in(header, "header-removed", (before[key][1].pointer, None))
            elif key not in before:
                yield draft_in(header, "header-added", (None, after[key][1].pointer))
            else:
                was, now = before[key][1], after[key][1]
                yield from _compare_needed(was, now, header, "header")
                yield from compare_rest(was, now, _PARAMETER | {"style", "explode"}, header)
                yield from self._compare_contents(was, now, header)

    def _compare_links(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> Drafts:
        before, after = (
            {name: self._references.follow(node) for name, node in response.children("links")}
            for response in (old, new)
        )
        for name in dict.fromkeys((*before, *after)):
            was, now = before.get(name), after.get(name)
            places = was.pointer if was else None, now.pointer if now else None
            link = attrs.evolve(context, subject=f"The link `{name}` of {begin_lower(context.subject)}")
            if was is None or now is None:
                yield draft_in(link, "link-added" if was is None else "link-removed", places)
            elif _write_link(was.value) != _write_link(now.value):
                yield draft_in(link, "link-changed", places)


def _pair_parameters(old: ComparedOperation, new: ComparedOperation) -> list[tuple[tuple[str, str], tuple[str, str]]]:
    """Return the parameters that belong together: those of a path by their place in it, others by their names."""
    pairs = [(key, key) for key in old.parameters if key in new.parameters]
    if old.identity == new.identity:
        slots = zip(old.slots, new.slots, strict=True)
        by_slot = [(("path", was), ("path", now)) for was, now in slots]
        pairs = [each for each in pairs if each[0][0] != "path"]
        pairs += [each for each in by_slot if each[0] in old.parameters and each[1] in new.parameters]
    return pairs


def _pair_responses(
    status: str, was: str | None, now: str | None, old: ComparedOperation, new: ComparedOperation
) -> Iterator[tuple[DocumentNode, DocumentNode]]:
    """Yield the responses that a status has now and had before."""
    if was is not None and now is not None:
        yield old.responses[was], new.responses[now]
    elif was is not None and status.endswith("XX"):
        for each, node in new.responses.items():
            if each[0] == status[0] and each not in old.responses:
                yield old.responses[was], node


def _compare_needed(old: DocumentNode, new: DocumentNode, context: ChangeContext, kind: str) -> Drafts:
    was, now = (node.value.get("required") is True for node in (old, new))
    if was != now:
        yield draft_in(context, f"{kind}-{'required' if now else 'optional'}", locate_keyword("required", old, new))


def compare_rest(old: DocumentNode, new: DocumentNode, understood: frozenset[str], context: ChangeContext) -> Drafts:
    """Yield the changes of keywords that no other comparison understands."""
    for keyword, was, now in find_changed_members(old.value, new.value):
        if not (keyword in understood or keyword.startswith("x-")):
            kind = "deprecated" if keyword == "deprecated" else "unknown-keyword"
            yield draft_in(context, kind, locate_keyword(keyword, old, new), said=name_change(keyword, was, now))


def _way(value: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return how a parameter is written."""
    style, explode = DEFAULT_STYLES.get(place, ("", False))
    given = value.get("style", style)
    usual = explode if given == style else given == "form"
    return {
        "style": given,
        "explode": value.get("explode", usual),
        "allowReserved": value.get("allowReserved", False),
    }


def _write_link(value: Mapping[str, Any]) -> str:
    """Return what a link says without words and extensions."""
    return canonical_text({key: each for key, each in value.items() if key[:2] != "x-" and key != "description"})
