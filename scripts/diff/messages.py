"""What is sent and read: parameters, bodies, responses, headers and links."""

from __future__ import annotations

from functools import partial
from typing import Any, Final

import attrs

from scripts.diff.change import Direction, Severity
from scripts.diff.document import Document, Operation, contents
from scripts.diff.ground import Context, Drafts, Places, plainly
from scripts.diff.schemas import Schemas
from scripts.diff.symbols import Symbols
from scripts.diff.values.plain import text
from scripts.diff.views import Spot
from scripts.diff.wording import changed, lower
from scripts.openapi_document import join

_BREAKING: Final = Severity.BREAKING
_COMPATIBLE: Final = Severity.COMPATIBLE
# What else may stand in each object; anything beyond is not understood.
_PARAMETER: Final = frozenset({"name", "in", "required", "schema", "content", "description", "example", "examples"})
_STYLES: Final = {
    "path": ("simple", False),
    "query": ("form", True),
    "header": ("simple", False),
    "cookie": ("form", True),
}
_BODY: Final = frozenset({"required", "content", "description"})
_MEDIA: Final = frozenset({"schema", "example", "examples"})
_RESPONSE: Final = frozenset({"description", "headers", "content", "links", "summary"})
_LINK: Final = frozenset({"description"})


class Messages:
    """Compares what two versions of an operation send and read."""

    def __init__(
        self, documents: tuple[Document, Document], symbols: tuple[Symbols, Symbols], schemas: Schemas
    ) -> None:
        self._documents = documents
        self._symbols = symbols
        self._schemas = schemas

    def parameters(self, old: Operation, new: Operation) -> Drafts:
        """What changed of the parameters."""
        gone = {key: spot for key, spot in old.parameters.items() if key not in new.parameters}
        come = {key: spot for key, spot in new.parameters.items() if key not in old.parameters}
        for (place, name), spot in list(gone.items()):
            # The path is the same but for the names in it, so a path parameter that is gone has another name now.
            other = next((key for key in come if key[0] == place == "path"), None)
            context = self._sent(f"The {place} parameter `{name}`", self._symbols[0].argument(old, name))
            if other is not None:
                said = f"{context.subject} is now called `{other[1]}`."
                now = come.pop(other)
                symbols = context.symbol, self._symbols[1].argument(new, other[1])
                yield plainly(_BREAKING, "parameter-renamed", (spot.pointer, now.pointer), context, said, *symbols)
            else:
                yield plainly(
                    _BREAKING, "parameter-removed", (spot.pointer, None), context, f"{context.subject} is gone."
                )
        for (place, name), spot in come.items():
            context = self._sent(f"The {place} parameter `{name}`", self._symbols[1].argument(new, name))
            if spot.node.get("required"):
                said = f"{context.subject} is new, and must be sent."
                yield plainly(_BREAKING, "parameter-added-required", (None, spot.pointer), context, said)
            else:
                said = f"{context.subject} is new."
                yield plainly(_COMPATIBLE, "parameter-added", (None, spot.pointer), context, said)
        for key, spot in old.parameters.items():
            if key in new.parameters:
                yield from self._parameter(key, spot, new.parameters[key], old)

    def _parameter(self, key: tuple[str, str], old: Spot, new: Spot, operation: Operation) -> Drafts:
        place, name = key
        context = self._sent(f"The {place} parameter `{name}`", self._symbols[0].argument(operation, name))
        yield from _needed(old, new, context, "parameter")
        ways = [_way(spot.node, place) for spot in (old, new)]
        if ways[0] != ways[1]:
            said = f"{context.subject} is written in another way."
            yield plainly(_BREAKING, "parameter-style", (old.pointer, new.pointer), context, said)
        yield from _rest(old, new, _PARAMETER | {"style", "explode", "allowReserved"}, context)
        yield from self._contents(old, new, context)

    def request(self, old: Operation, new: Operation) -> Drafts:
        """What changed of the request body."""
        bodies = [self._body(operation, index) for index, operation in enumerate((old, new))]
        before, after = bodies
        call = self._symbols[0].call(old)
        context = self._sent("The request body", f"{call}()")
        if before is None and after is not None:
            needed = after.node.get("required") is True
            said = f"There is a request body now{', and it must be sent' if needed else ''}."
            severity = _BREAKING if needed else _COMPATIBLE
            yield plainly(severity, "body-added", (old.spot.pointer, after.pointer), context, said)
        elif before is not None and after is None:
            yield plainly(
                _BREAKING, "body-removed", (before.pointer, None), context, "There is no request body any more."
            )
        elif before is not None and after is not None:
            yield from _needed(before, after, context, "body")
            yield from _rest(before, after, _BODY, context)
            styles = [names.takes_arguments(each) for names, each in zip(self._symbols, (old, new), strict=True)]
            if styles[0] != styles[1]:
                forms = ("a model", "arguments")
                said = f"`{call}` takes {forms[styles[1]]} now, and took {forms[styles[0]]}."
                yield plainly(_BREAKING, "call-shape", (before.pointer, after.pointer), context, said)
            yield from self._contents(before, after, self._with_arguments(context, old))

    def responses(self, old: Operation, new: Operation) -> Drafts:
        """What changed of the responses."""
        before, after = (
            {status: document.follow(spot) for status, spot in operation.spot.children("responses")}
            for document, operation in zip(self._documents, (old, new), strict=True)
        )
        for status in dict.fromkeys((*before, *after)):
            context = self._read(status, old)
            if status not in after:
                # Who asked for success must find it; an error that no longer comes is missed by nobody.
                severity = _BREAKING if status.startswith("2") else _COMPATIBLE
                at = join(old.spot.pointer, "responses")
                yield plainly(
                    severity, "status-removed", (join(at, status), None), context, f"Status {status} is gone."
                )
            elif status not in before:
                severity = _BREAKING if status.startswith("2") else _COMPATIBLE
                at = join(join(new.spot.pointer, "responses"), status)
                yield plainly(severity, "status-added", (None, at), context, f"Status {status} is described now.")
            else:
                yield from self._response(before[status], after[status], context)

    def _response(self, old: Spot, new: Spot, context: Context) -> Drafts:
        yield from self._contents(old, new, context)
        yield from self._headers(old, new, context)
        yield from self._links(old, new, context)
        yield from _rest(old, new, _RESPONSE, context)
        if ("x-empty-body" in old.node) != ("x-empty-body" in new.node):
            come = "x-empty-body" in new.node
            said = f"{context.subject} {'may come' if come else 'no longer comes'} without a body."
            severity = _BREAKING if come else _COMPATIBLE
            yield plainly(severity, "empty-body", (old.pointer, new.pointer), context, said)

    def _contents(self, old: Spot, new: Spot, context: Context) -> Drafts:
        """What changed of the schemas, by media type."""
        before, after = contents(old), contents(new)
        for media in dict.fromkeys((*before, *after)):
            at = join("/content", media) if media else "/schema"
            if media not in after:
                severity = _BREAKING if context.sent else _COMPATIBLE
                said = f"{context.subject} is no longer `{media}`."
                yield plainly(severity, "media-type-removed", (old.pointer + at, None), context, said)
            elif media not in before:
                severity = _COMPATIBLE if context.sent else _BREAKING
                said = f"{context.subject} can be `{media}` now."
                yield plainly(severity, "media-type-added", (None, new.pointer + at), context, said)
            else:
                if media:
                    yield from _rest(old.child("content", media), new.child("content", media), _MEDIA, context)
                yield from self._schemas.compare(before[media], after[media], context)

    def _headers(self, old: Spot, new: Spot, context: Context) -> Drafts:
        before, after = (
            {name.lower(): (name, document.follow(spot)) for name, spot in response.children("headers")}
            for document, response in zip(self._documents, (old, new), strict=True)
        )
        for key in dict.fromkeys((*before, *after)):
            name = (before.get(key) or after[key])[0]
            subject = f"The header `{name}`"
            header = context.part(subject, f"Response.headers[{name!r}]", optional=True)
            if key not in after:
                at = before[key][1].pointer
                yield plainly(_BREAKING, "header-removed", (at, None), header, f"{subject} is gone.")
            elif key not in before:
                at = after[key][1].pointer
                yield plainly(_COMPATIBLE, "header-added", (None, at), header, f"{subject} is described now.")
            else:
                was, now = before[key][1], after[key][1]
                yield from _needed(was, now, header, "header")
                yield from _rest(was, now, _PARAMETER | {"style", "explode"}, header)
                yield from self._contents(was, now, header)

    def _links(self, old: Spot, new: Spot, context: Context) -> Drafts:
        """A link promises no success (OpenAPI 3.1, Link Object), so none of its changes breaks anybody."""
        before, after = (
            {name: document.follow(spot) for name, spot in response.children("links")}
            for document, response in zip(self._documents, (old, new), strict=True)
        )
        for name in dict.fromkeys((*before, *after)):
            was, now = before.get(name), after.get(name)
            subject = f"The link `{name}` of {lower(context.subject)}"
            places = was.pointer if was else None, now.pointer if now else None
            if was is None or now is None:
                kind, said = ("link-added", "is new") if was is None else ("link-removed", "is gone")
                yield plainly(_COMPATIBLE, kind, places, context, f"{subject} {said}.")
            elif _without(was.node, _LINK) != _without(now.node, _LINK):
                yield plainly(_COMPATIBLE, "link-changed", places, context, f"{subject} leads elsewhere.")

    def _body(self, operation: Operation, index: int) -> Spot | None:
        if "requestBody" not in operation.node:
            return None
        return self._documents[index].follow(operation.spot.child("requestBody"))

    def _with_arguments(self, context: Context, operation: Operation) -> Context:
        """The context of a body whose fields may be arguments."""
        symbols = self._symbols[0]
        if not symbols.takes_arguments(operation):
            return context
        return attrs.evolve(context, arguments=partial(symbols.argument, operation))

    @staticmethod
    def _sent(subject: str, symbol: str) -> Context:
        return Context(direction=Direction.SENT, subject=subject, symbol=symbol)

    def _read(self, status: str, operation: Operation) -> Context:
        symbols = self._symbols[0]
        good = status.startswith("2")
        subject = "The answer" if good else f"The body of {status}"
        symbol = f"{symbols.call(operation)}()" if good else f"{symbols.error(status)}.body"
        return Context(direction=Direction.READ, subject=subject, symbol=symbol)


def _needed(old: Spot, new: Spot, context: Context, kind: str) -> Drafts:
    was, now = (spot.node.get("required") is True for spot in (old, new))
    if was == now:
        return
    breaking = now if context.sent else was
    must, may = ("must be sent", "may be left out") if context.sent else ("is always there", "may be absent")
    said = f"{context.subject} {must if now else may} now."
    at = _at("required", old, new)
    severity = _BREAKING if breaking else _COMPATIBLE
    yield plainly(severity, f"{kind}-{'required' if now else 'optional'}", at, context, said)


def _rest(old: Spot, new: Spot, understood: frozenset[str], context: Context) -> Drafts:
    """What is not understood may mean anything."""
    for keyword in dict.fromkeys((*old.node, *new.node)):
        was, now = old.node.get(keyword), new.node.get(keyword)
        if keyword in understood or keyword.startswith("x-") or text(was) == text(now):
            continue
        kind, severity = ("deprecated", _COMPATIBLE) if keyword == "deprecated" else ("unknown-keyword", _BREAKING)
        yield plainly(
            severity, kind, _at(keyword, old, new), context, f"{context.subject}: {changed(keyword, was, now)}."
        )


def _at(keyword: str, old: Spot, new: Spot) -> Places:
    first, second = (join(spot.pointer, keyword) if keyword in spot.node else spot.pointer for spot in (old, new))
    return first, second


def _way(node: Any, place: str) -> tuple[Any, ...]:
    """How a parameter is written."""
    style, explode = _STYLES[place]
    given = node.get("style", style)
    return given, node.get("explode", explode if given == style else given == "form"), node.get("allowReserved", False)


def _without(node: Any, left_out: frozenset[str]) -> str:
    return text({name: value for name, value in node.items() if name not in left_out and not name.startswith("x-")})
