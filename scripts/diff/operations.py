"""What changed of an operation beside what it sends and reads: its name, its cost, who may call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from scripts.diff.change import Direction, Draft, Severity
from scripts.diff.document import Document, Operation
from scripts.diff.ground import Context, Drafts, plainly
from scripts.diff.symbols import Symbols
from scripts.diff.values.plain import text
from scripts.diff.wording import changed, names
from scripts.openapi_document import is_array, is_object, join

_BREAKING: Final = Severity.BREAKING
_COMPATIBLE: Final = Severity.COMPATIBLE
_TOLD: Final = frozenset({"summary", "description", "externalDocs", "tags"})
_ELSEWHERE: Final = frozenset({"operationId", "parameters", "requestBody", "responses", "security"})


def paired(old: Document, new: Document) -> tuple[list[tuple[Operation, Operation]], list[Operation], list[Operation]]:
    """The operations that belong together: by path and method, else by operationId."""
    before, after = list(old.operations), list(new.operations)
    pairs: list[tuple[Operation, Operation]] = []
    for mark in (_place, _identity):
        marks = {mark(operation): operation for operation in after}
        pairs += [(operation, marks[mark(operation)]) for operation in before if mark(operation) in marks]
        found = {id(operation) for pair in pairs for operation in pair}
        before, after = ([each for each in group if id(each) not in found] for group in (before, after))
    return pairs, before, after


def appeared(operation: Operation, symbols: Symbols) -> Draft:
    """An operation that is new."""
    call, where = symbols.call(operation), f"{operation.method.upper()} {operation.path}"
    said = f"`{operation.id}` is new: {where}."
    return plainly(_COMPATIBLE, "operation-added", (None, operation.spot.pointer), _context(call), said)


def vanished(operation: Operation, symbols: Symbols) -> Draft:
    """An operation that is gone."""
    call, where = symbols.call(operation), f"{operation.method.upper()} {operation.path}"
    said = f"`{operation.id}` is gone: {where}."
    return plainly(_BREAKING, "operation-removed", (operation.spot.pointer, None), _context(call), said)


def facts(old: Operation, new: Operation, symbols: tuple[Symbols, Symbols]) -> Drafts:
    """What changed of what is said of the operation itself."""
    was, now = (names_.call(operation) for names_, operation in zip(symbols, (old, new), strict=True))
    context = _context(was)
    places = old.spot.pointer, new.spot.pointer
    if _place(old) != _place(new):
        froms, to = (f"{each.method.upper()} {each.path}" for each in (old, new))
        yield plainly(_BREAKING, "operation-moved", places, context, f"`{old.id}` is {to} now, and was {froms}.")
    if old.id != new.id:
        said = f"The operationId is `{new.id}` now, and was `{old.id}`."
        yield plainly(_COMPATIBLE, "operation-id", _at("operationId", old, new), context, said)
    if was != now:
        at = _at("x-sdk", old, new)
        yield plainly(_BREAKING, "sdk-renamed", at, context, f"`{was}` is now called `{now}`.", was, now)
    yield from _sdk(old, new, context)
    yield from _billing(old, new, context)
    yield from _effect(old, new, context)
    for keyword in dict.fromkeys((*old.node, *new.node)):
        before, after = old.node.get(keyword), new.node.get(keyword)
        if keyword in _TOLD | _ELSEWHERE or keyword.startswith("x-") or text(before) == text(after):
            continue
        kind, severity = ("deprecated", _COMPATIBLE) if keyword == "deprecated" else ("unknown-keyword", _BREAKING)
        said = f"`{old.id}`: {changed(keyword, before, after)}."
        yield plainly(severity, kind, _at(keyword, old, new), context, said)


def _sdk(old: Operation, new: Operation, context: Context) -> Drafts:
    """What `x-sdk` asks of the client beside the name."""
    was, now = (_object(_drop_notes(operation.node.get("x-sdk"))) for operation in (old, new))
    for keyword in dict.fromkeys((*was, *now)):
        before, after = was.get(keyword), now.get(keyword)
        if keyword in ("resource", "method") or text(before) == text(after):
            continue
        first, second = (
            join(join(operation.spot.pointer, "x-sdk"), keyword) if keyword in sdk else operation.spot.pointer
            for operation, sdk in ((old, was), (new, now))
        )
        severity = _COMPATIBLE if _only_adds(keyword, before, after) else _BREAKING
        said = f"`{context.symbol}`: {changed(f'x-sdk.{keyword}', before, after)}."
        yield plainly(
            severity,
            "sdk-changed",
            (first, second),
            context,
            said,
            *_helpers(keyword, was=before, now=after, call=context.symbol),
        )


def _drop_notes(value: Any) -> Any:
    """Leave out evidence and doubts, which do not change the client."""
    if is_array(value):
        return [_drop_notes(each) for each in value]
    if is_object(value):
        return {name: _drop_notes(each) for name, each in value.items() if not name.startswith("x-")}
    return value


def _only_adds(keyword: str, old: Any, new: Any) -> bool:
    """Whether calls and results stay what they were."""
    if keyword == "bare":
        # Variants that may answer bare: fewer of them narrow what is returned, and so does saying it at all.
        return old is None or (new is not None and set(new) <= set(old))
    if keyword == "poll" and is_object(old) and is_object(new):
        ends = all(set(old.get(each, ())) <= set(new.get(each, ())) for each in ("done", "failed"))
        return ends and all(text(old.get(name)) == text(new.get(name)) for name in ("id", "status", "reason"))
    return keyword in ("poll", "workflow") and old is None


def _helpers(keyword: str, *, call: str, was: Any, now: Any) -> Iterable[str]:
    """The methods that `x-sdk.poll` and `x-sdk.workflow` make."""
    resource = call.partition(".")[0]
    if keyword == "poll":
        return (f"{resource}.wait",)
    if keyword == "workflow":
        made = (each["method"] for each in (was, now) if is_object(each) and "method" in each)
        return tuple(dict.fromkeys(f"{resource}.{name}" for name in made))
    return (f"{call}()",)


def _billing(old: Operation, new: Operation, context: Context) -> Drafts:
    was, now = (str(_object(operation.node.get("x-billing")).get("charge", "unknown")) for operation in (old, new))
    if was == now:
        return
    repeats = "is no longer sent again when its outcome is not known" if was == "free" else "keeps its retries"
    if now == "free":
        repeats = "is sent again when its outcome is not known, if it only reads"
    said = f"The charge of `{context.symbol}` is {now} now, and was {was}: the call {repeats}."
    # Whoever calls freely, and often, would pay without having changed a line.
    severity = _BREAKING if was == "free" else _COMPATIBLE
    yield plainly(severity, "billing", _at("x-billing", old, new), context, said)


def _effect(old: Operation, new: Operation, context: Context) -> Drafts:
    was, now = (_effect_of(operation) for operation in (old, new))
    if was == now:
        return
    worse = now == "creates"
    after = "is no longer sent again when its outcome is not known" if worse else "may be sent again if it is free"
    said = f"`{context.symbol}` {now} now, where it {was} before: the call {after}."
    yield plainly(_BREAKING if worse else _COMPATIBLE, "effect", _at("x-effect", old, new), context, said)


def _effect_of(operation: Operation) -> str:
    usual = "reads" if operation.method in ("get", "head", "options") else "creates"
    return str(operation.node.get("x-effect", usual))


def security(old: Operation, new: Operation, documents: tuple[Document, Document]) -> Drafts:
    """Who could call still can, when one of the new ways asks for nothing more than an old one."""
    before, after = (_ways(operation, document) for operation, document in zip((old, new), documents, strict=True))
    context = Context(direction=Direction.SENT, subject="Security", symbol="SunoClient(api_key=)")
    places = _security_at(old, new, documents)
    for way, shown in before.items():
        if not any(other <= way for other in after):
            said = f"{shown or 'A call without a key'} is no longer enough."
            yield plainly(_BREAKING, "security-removed", places, context, said)
    for way, shown in after.items():
        if not any(way >= other for other in before):
            said = f"{shown or 'A call without a key'} is enough now."
            yield plainly(_COMPATIBLE, "security-added", places, context, said)


def servers(documents: tuple[Document, Document]) -> Drafts:
    """Where calls go; the client goes to the first."""
    was, now = ([str(each.get("url", "")) for each in document.data.get("servers", [])] for document in documents)
    context = Context(direction=Direction.SENT, subject="The servers", symbol="SunoClient(base_url=)")
    for index, url in enumerate(was):
        if url not in now:
            said = f"The server {names([url])} is gone."
            yield plainly(_BREAKING, "server-removed", (f"/servers/{index}", "/servers"), context, said)
    for index, url in enumerate(now):
        if url not in was:
            said = f"The server {names([url])} is new."
            yield plainly(_COMPATIBLE, "server-added", ("/servers", f"/servers/{index}"), context, said)
    if was and now and was[0] != now[0] and was[0] in now:
        said = f"The client calls {names([now[0]])} now, and called {names([was[0]])}, which still is a server."
        yield plainly(_COMPATIBLE, "server-default", ("/servers/0", "/servers/0"), context, said)


def _ways(operation: Operation, document: Document) -> Mapping[frozenset[str], str]:
    """Each way to be allowed: what it asks for, and how it is named."""
    found: dict[frozenset[str], str] = {}
    for choice in _security(operation, document) or [{}]:
        asked: set[str] = set()
        for name, scopes in choice.items():
            scheme = document.components("securitySchemes").get(name, {})
            said = {key: scheme.get(key) for key in ("type", "scheme", "in", "name", "flows", "openIdConnectUrl")}
            asked.update(f"{text(said)} {scope}" for scope in ("", *scopes))
        found[frozenset(asked)] = " with ".join(f"`{name}`" for name in choice)
    return found


def _security_at(old: Operation, new: Operation, documents: tuple[Document, Document]) -> tuple[str, str]:
    """Where the demands stand; the scheme, when it is not they that changed."""
    lists = [_security(operation, document) for operation, document in zip((old, new), documents, strict=True)]
    if text(lists[0]) == text(lists[1]):
        schemes = [document.components("securitySchemes") for document in documents]
        for name in dict.fromkeys(name for choice in lists[0] for name in choice):
            if text(schemes[0].get(name)) != text(schemes[1].get(name)):
                at = join("/components/securitySchemes", name)
                return at, at
    first, second = (
        "/security" if "security" not in operation.node else join(operation.spot.pointer, "security")
        for operation in (old, new)
    )
    return first, second


def _security(operation: Operation, document: Document) -> list[dict[str, list[str]]]:
    choices: list[dict[str, list[str]]] = operation.node.get("security", document.data.get("security", []))
    return choices


def _context(call: str) -> Context:
    return Context(direction=Direction.BOTH, subject=f"`{call}`", symbol=call)


def _at(keyword: str, old: Operation, new: Operation) -> tuple[str, str]:
    first, second = (
        join(operation.spot.pointer, keyword) if keyword in operation.node else operation.spot.pointer
        for operation in (old, new)
    )
    return first, second


def _place(operation: Operation) -> str:
    return f"{operation.method} {re.sub(r'{[^{}]*}', '{}', operation.path)}"


def _identity(operation: Operation) -> str:
    return operation.id


def _object(value: Any) -> dict[str, Any]:
    return value if is_object(value) else {}
