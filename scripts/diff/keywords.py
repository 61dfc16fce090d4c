"""Keywords of a schema: what restricts its values, and what is remarked on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from scripts.diff.change import Severity
from scripts.diff.ground import Context, Drafts, Ground, by_value, plainly
from scripts.diff.symbols import Symbols
from scripts.diff.values.plain import text
from scripts.diff.views import NULL, Spot, View
from scripts.diff.wording import changed, lower, names
from scripts.openapi_document import is_array, is_object, join

_OPEN: Final = "x-extensible-enum"
# What a keyword restricts. One that is in none of these tables is not understood, and counts as breaking.
_ASPECTS: Final = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), "bound"),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), "bound"),
    **dict.fromkeys(("not", "if", "then", "else", "contains", "minContains", "maxContains", "uniqueItems"), "rule"),
    **dict.fromkeys(("propertyNames", "dependentRequired", "dependentSchemas", "patternProperties"), "rule"),
    **dict.fromkeys(("unevaluatedProperties", "unevaluatedItems", "anyOf", "oneOf"), "rule"),
    **dict.fromkeys(("items", "prefixItems"), "items"),
    **dict.fromkeys(("enum", "const"), "value"),
    "additionalProperties": "further-fields",
    "format": "format",
    "nullable": "null",
    "pattern": "pattern",
    "type": "type",
}
_BYTES: Final = frozenset({"contentEncoding", "contentMediaType", "contentSchema"})


def null(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """Whether null came or went."""
    if (before.null is None) == (after.null is None):
        return
    plain = before.plain()
    either = {"anyOf": [plain, NULL]}
    come = before.null is None
    verdict = ground.verdict(plain, either, context) if come else ground.verdict(either, plain, context)
    said = "null is allowed now" if come else "null is no longer allowed"
    first, second = (
        view.null or (_at(view, "type") if view.place == view.spot.pointer else view.place) for view in (before, after)
    )
    yield by_value("null", verdict, (first, second), context, said)


def keywords(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """What changed of the keywords."""
    for keyword in dict.fromkeys((*before.keywords, *after.keywords)):
        old, new = before.keywords.get(keyword), after.keywords.get(keyword)
        if old is not None and new is not None:
            if not ground.same({keyword: old.node}, {keyword: new.node}):
                yield from _both(ground, keyword, before, after, context)
        else:
            yield from _one(ground, keyword, before, after, context)


def _both(ground: Ground, keyword: str, before: View, after: View, context: Context) -> Drafts:
    old, new = before.keywords[keyword], after.keywords[keyword]
    if keyword in ("items", "additionalProperties") and is_object(old.node) and is_object(new.node):
        subject = f"{'An item' if keyword == 'items' else 'A further field'} of {lower(context.subject)}"
        yield from ground.compare(old, new, context.part(subject))
    elif keyword == "prefixItems" and len(old.node) == len(new.node):
        for index in range(len(old.node)):
            subject = f"Item {index} of {lower(context.subject)}"
            yield from ground.compare(old.child(index), new.child(index), context.part(subject))
    elif keyword == "enum" and is_array(old.node) and is_array(new.node):
        yield from _listed(ground, before, after, context)
    elif keyword == _OPEN:
        yield from _known(ground, before, after, context)
    elif keyword == "discriminator":
        yield from _discriminator(old, new, context)
    else:
        yield from _one(ground, keyword, before, after, context)


def _one(ground: Ground, keyword: str, before: View, after: View, context: Context) -> Drafts:
    """A keyword that came, went, or is another one as a whole."""
    old, new = before.keywords.get(keyword), after.keywords.get(keyword)
    was, now = old.node if old else None, new.node if new else None
    places = _at(before, keyword), _at(after, keyword)
    said = changed(keyword, was, now)
    if keyword in _REMARKS:
        if (severity := _REMARKS[keyword](was, now, context)) is not None:
            yield plainly(severity, _REMARK_KINDS.get(keyword, keyword), places, context, f"{context.subject}: {said}.")
    elif keyword in _ASPECTS:
        schema = before.plain()
        variant = {name: node for name, node in schema.items() if name != keyword}
        if new is not None:
            variant[keyword] = new.node
        yield by_value(_ASPECTS[keyword], ground.verdict(schema, variant, context), places, context, said)
    else:
        kind = "encoding" if keyword in _BYTES else "unknown-keyword"
        yield plainly(Severity.BREAKING, kind, places, context, f"{context.subject}: {said}.")


def _listed(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """Values that a closed list gained or lost, each by itself."""
    old, new = before.keywords["enum"], after.keywords["enum"]
    schema = before.plain()
    was, now = ({text(value) for value in spot.node} for spot in (old, new))
    for index, value in enumerate(old.node):
        if text(value) not in now:
            left = [each for each in old.node if text(each) != text(value)]
            verdict = ground.verdict(schema, {**schema, "enum": left}, context)
            said = f"{names([value])} is no longer listed"
            yield by_value("value", verdict, (join(old.pointer, index), new.pointer), context, said)
    for index, value in enumerate(new.node):
        if text(value) not in was:
            verdict = ground.verdict(schema, {**schema, "enum": [*old.node, value]}, context)
            said = f"{names([value])} is listed now"
            yield by_value("value", verdict, (old.pointer, join(new.pointer, index)), context, said)


def _known(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """Known values of an open list: any other was valid before and is now, but the client has a name for these."""
    old, new = before.keywords[_OPEN], after.keywords[_OPEN]
    subject = f"`{before.component}`" if before.component else context.subject
    for index, value in enumerate(old.node):
        if value not in new.node:
            symbol = _member(ground.old, before, value, context)
            severity = Severity.BREAKING if before.component in ground.old.classes else Severity.COMPATIBLE
            sentence = f"{subject} no longer knows {names([value])}."
            yield plainly(
                severity, "known-value-removed", (join(old.pointer, index), new.pointer), context, sentence, symbol
            )
    for index, value in enumerate(new.node):
        if value not in old.node:
            symbol = _member(ground.new, after, value, context)
            places = old.pointer, join(new.pointer, index)
            sentence = f"{subject} knows {names([value])} now."
            yield plainly(Severity.COMPATIBLE, "known-value-added", places, context, sentence, symbol)


def _member(symbols: Symbols, view: View, value: Any, context: Context) -> str:
    owner = symbols.classes.get(view.component)
    return symbols.member(owner, view.keywords[_OPEN].node, value) if owner else context.symbol


def _discriminator(old: Spot, new: Spot, context: Context) -> Drafts:
    was, now = old.node.get("mapping", {}), new.node.get("mapping", {})
    lost = old.node.get("propertyName") != new.node.get("propertyName") or any(
        now.get(name) != target for name, target in was.items()
    )
    severity = Severity.BREAKING if lost else Severity.COMPATIBLE
    sentence = f"{context.subject}: {changed('discriminator', old.node, new.node)}."
    yield plainly(severity, "discriminator", (old.pointer, new.pointer), context, sentence)


def _default(was: Any, now: Any, context: Context) -> Severity | None:
    """What is left out comes to mean something else; in an answer a default says nothing."""
    if not context.sent:
        return None
    return Severity.COMPATIBLE if was is None or now is None else Severity.BREAKING


def _read_only(_: Any, now: Any, context: Context) -> Severity:
    return Severity.BREAKING if now is True and context.sent else Severity.COMPATIBLE


def _write_only(_: Any, now: Any, context: Context) -> Severity:
    return Severity.BREAKING if now is True and not context.sent else Severity.COMPATIBLE


def _harmless(*_: Any) -> Severity:
    return Severity.COMPATIBLE


_REMARKS: Final[dict[str, Callable[[Any, Any, Context], Severity | None]]] = {
    "default": _default,
    "deprecated": _harmless,
    "discriminator": _harmless,
    "readOnly": _read_only,
    "writeOnly": _write_only,
    _OPEN: _harmless,
}
_REMARK_KINDS: Final = {_OPEN: "open-list", "readOnly": "access", "writeOnly": "access"}


def _at(view: View, keyword: str) -> str:
    return view.keywords[keyword].pointer if keyword in view.keywords else view.spot.pointer
