"""Changes between two schemas, keyword by keyword: one walk over both."""

from __future__ import annotations

from typing import Any, Final

from scripts.diff.change import Severity
from scripts.diff.containment import Containment
from scripts.diff.joined_descriptions import DocumentNode, canonical_text
from scripts.diff.normalized_schema import NULL, NormalizedSchema, SchemaNormalizer, merge_nodes
from scripts.diff.one_of import compare_branches, compare_parts
from scripts.diff.policy import (
    ChangeContext,
    ChangeDraft,
    Drafts,
    Places,
    begin_lower,
    draft_in,
    name_change,
    name_values,
    settle,
)
from scripts.diff.schema_pair import SchemaPair
from scripts.openapi_document import OPEN_ENUM, is_array, is_object, join_pointer

# What a keyword restricts, as kinds name it. A keyword that is in none of these tables counts as breaking.
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
_REMARKS: Final = {
    "default": "default",
    "deprecated": "deprecated",
    "readOnly": "access",
    "writeOnly": "access",
    OPEN_ENUM: "open-list",
    "discriminator": "discriminator",
}
_BYTES: Final = frozenset({"contentEncoding", "contentMediaType", "contentSchema"})


class SchemaComparison:
    """Compares schemas of two descriptions."""

    def __init__(self, views: SchemaNormalizer, containment: Containment) -> None:
        self.views = views
        self.containment = containment
        self._known: dict[tuple[str, str, ChangeContext], list[ChangeDraft]] = {}

    def compare(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> list[ChangeDraft]:
        """Return what changed between two schemas."""
        # The client may have other names for schemas that say the same.
        if self.views.say_the_same(old.value, new.value) and context.old.type == context.new.type:
            return []
        key = old.pointer, new.pointer, context
        if key not in self._known:
            self._known[key] = []  # a schema that holds itself is compared once
            self._known[key] = self._compare(old, new, context)
        return self._known[key]

    def _compare(self, old: DocumentNode, new: DocumentNode, context: ChangeContext) -> list[ChangeDraft]:
        whole = self.containment.compare(old.value, new.value, context.direction, optional=context.optional)
        before, after = self.views.view(old), self.views.view(new)
        if before.only_null or after.only_null:
            before, after = self.views.view(old, with_null=True), self.views.view(new, with_null=True)
        drafts = list(_compare_classes(before, after, context))
        are_objects = is_object(before.node.value) and is_object(after.node.value)
        if are_objects:
            before, after = before.as_choice(old, after), after.as_choice(new, before)
        pair = SchemaPair(self.views, self.containment, self.compare, (old, new), before, after, context, whole)
        if are_objects:
            for compare in (compare_branches, _compare_null, _compare_fields, _compare_keywords, compare_parts):
                drafts += compare(pair)
        if not any(each.by_value or each.severity is Severity.BREAKING for each in drafts) and whole.breaking:
            drafts.append(pair.draft_values("schema", whole, (old.pointer, new.pointer), "the schema is another one"))
        return settle(drafts, whole)


def _compare_classes(before: NormalizedSchema, after: NormalizedSchema, context: ChangeContext) -> Drafts:
    """Yield a change of the class that the client returns or takes, even when the values are the same."""
    if before.choice or after.choice or context.old.type is None or context.new.type is None:
        return
    was, now = context.old.class_of(before), context.new.class_of(after)
    if was == now:
        return
    places = before.node.pointer, after.node.pointer
    if was and now and was not in context.new.names.classes and now not in context.old.names.classes:
        yield draft_in(context, "class-renamed", places, was, now, name=was, now=now)
        return
    # A member of an open enum is a string: who reads a string can read it, and who sends one may still send a string.
    if OPEN_ENUM in (before if was else after).keywords and (not was or context.sent):
        return
    forms = [f"of the class `{name}`" if name else "without a class" for name in (was, now)]
    yield draft_in(context, "class-changed", places, name=forms[0], now=forms[1])


def _compare_null(pair: SchemaPair) -> Drafts:
    before, after = pair.before, pair.after
    if before.null is None and after.null is None:
        return
    was, now = (pair.containment.allows_null(node.value) for node in pair.nodes)
    if was == now or (before if was else after).null is None:
        return
    plain = before.as_schema()
    either = {"anyOf": [plain, NULL]}
    verdict = pair.judge(either) if now else pair.judge(plain, either)
    places = [
        view.null or (view.pointer_of("type") if view.place == view.node.pointer else view.place)
        for view in (before, after)
    ]
    yield pair.draft_values(
        "null", verdict, (places[0], places[1]), "null is allowed now" if now else "null is not allowed any more"
    )


def _compare_fields(pair: SchemaPair) -> Drafts:
    before, after, context = pair.before, pair.after, pair.context
    gone = [name for name in before.fields if name not in after.fields]
    come = [name for name in after.fields if name not in before.fields]
    if len(gone) == len(come) == 1:
        was, now = merge_nodes(before.fields[gone[0]]), merge_nodes(after.fields[come[0]])
        if pair.views.say_the_same(was.value, now.value):
            symbols = context.old.field(before, gone[0]).symbol, context.new.field(after, come[0]).symbol
            named = {"subject": _name_field(gone[0], before, context), "name": come[0]}
            yield draft_in(context, "field-renamed", (was.pointer, now.pointer), *symbols, verdict=None, **named)
            gone = come = []
    for name in gone:
        node, symbol = merge_nodes(before.fields[name]), context.old.field(before, name).symbol
        yield draft_in(
            context, "field-removed", (node.pointer, None), symbol, subject=_name_field(name, before, context)
        )
    for name in come:
        yield _add_field(pair, name)
    for name, nodes in before.fields.items():
        if name in after.fields:
            subject = _name_field(name, before, context)
            places = context.old.field(before, name), context.new.field(after, name)
            inner = context.part(subject, *places, optional=name not in before.required)
            node, other = merge_nodes(nodes), merge_nodes(after.fields[name])
            yield from compare_names(inner, (node.pointer, other.pointer))
            yield from pair.compare(node, other, inner)
    yield from _compare_required(pair)


def compare_names(context: ChangeContext, places: Places) -> Drafts:
    """Yield a change of the name that the same field or parameter has in the client: the old name breaks."""
    old, new = context.old, context.new
    if old.name and new.name and old.name != new.name and ("(" in old.symbol) == ("(" in new.symbol):
        yield draft_in(context, "python-name", places, old.symbol, new.symbol, name=old.symbol, now=new.symbol)


def _add_field(pair: SchemaPair, name: str) -> ChangeDraft:
    schema, new = pair.before.as_schema(), merge_nodes(pair.after.fields[name])
    needed = name in pair.after.required and name not in pair.before.required
    variant = {**schema, "properties": {**schema.get("properties", {}), name: new.value}}
    if needed:
        variant["required"] = [*pair.before.required, name]
    return draft_in(
        pair.context,
        "field-added-required" if needed else "field-added",
        (None, new.pointer),
        pair.context.new.field(pair.after, name).symbol,
        verdict=pair.judge(variant),
        subject=_name_field(name, pair.after, pair.context),
    )


def _compare_required(pair: SchemaPair) -> Drafts:
    before, after = pair.before, pair.after
    for name in dict.fromkeys((*before.required, *after.required)):
        described = name in before.fields, name in after.fields
        if (name in before.required) == (name in after.required) or described in ((True, False), (False, True)):
            continue  # nothing changed, or it is said where the field comes or goes
        needed = name in after.required
        left = sorted({*before.required, name} if needed else before.required.keys() - {name})
        yield draft_in(
            pair.context,
            "field-required" if needed else "field-optional",
            (before.required.get(name) or _place(before, name), after.required.get(name) or _place(after, name)),
            pair.context.old.field(before, name).symbol,
            verdict=pair.judge({**before.as_schema(), "required": left}),
            subject=_name_field(name, before, pair.context),
        )


def _name_field(name: str, view: NormalizedSchema, context: ChangeContext) -> str:
    return f"Field `{name}` of " + (f"`{view.component}`" if view.component else begin_lower(context.subject))


def _place(view: NormalizedSchema, name: str) -> str:
    """Return where a field is required, or would be."""
    if view.required:
        return next(iter(view.required.values()))
    return merge_nodes(view.fields[name]).pointer if name in view.fields else view.node.pointer


def _compare_keywords(pair: SchemaPair) -> Drafts:
    before, after, context = pair.before.keywords, pair.after.keywords, pair.context
    for keyword in dict.fromkeys((*before, *after)):
        old, new = before.get(keyword), after.get(keyword)
        if old is None or new is None:
            yield from _compare_one(pair, keyword)
        elif pair.views.say_the_same({keyword: old.value}, {keyword: new.value}):
            continue
        elif keyword in ("items", "additionalProperties") and is_object(old.value) and is_object(new.value):
            item = keyword == "items"
            subject = f"{'An item' if item else 'A further field'} of {begin_lower(context.subject)}"
            places = [place.items() if item else place.values() for place in (context.old, context.new)]
            yield from pair.compare(old, new, context.part(subject, places[0], places[1]))
        elif keyword == "prefixItems" and len(old.value) == len(new.value):
            for index in range(len(old.value)):
                subject = f"Item {index} of {begin_lower(context.subject)}"
                inner = context.part(subject, context.old.items(), context.new.items())
                yield from pair.compare(old.child(index), new.child(index), inner)
        elif keyword == "enum" and is_array(old.value) and is_array(new.value):
            yield from _compare_listed(pair)
        elif keyword == OPEN_ENUM:
            yield from _compare_known(pair)
        elif keyword == "discriminator":
            yield from _compare_discriminator(pair)
        else:
            yield from _compare_one(pair, keyword)


def _compare_one(pair: SchemaPair, keyword: str) -> Drafts:
    """Yield the change of a keyword that was added, removed or replaced as a whole."""
    old, new = pair.before.keywords.get(keyword), pair.after.keywords.get(keyword)
    was, now = (
        [view.written.get(keyword, node.value)] if node else []
        for view, node in ((pair.before, old), (pair.after, new))
    )
    places = pair.before.pointer_of(keyword), pair.after.pointer_of(keyword)
    said = name_change(keyword, was, now)
    if keyword in _ASPECTS:
        variant = {name: value for name, value in pair.before.as_schema().items() if name != keyword}
        if new is not None:
            variant[keyword] = new.value
        yield pair.draft_values(_ASPECTS[keyword], pair.judge(variant), places, said)
        return
    if keyword in _REMARKS:
        kind = _REMARKS[keyword]
        refused = "readOnly" if pair.context.sent else "writeOnly"
        if kind == "access" and keyword == refused and now == [True]:
            kind = "access:refused"
        elif kind == "default" and was and now:
            kind = "default:changed"
    else:
        kind = "encoding" if keyword in _BYTES else "unknown-keyword"
    yield draft_in(pair.context, kind, places, said=said)


def _compare_listed(pair: SchemaPair) -> Drafts:
    """Yield each value that a closed list gained or lost."""
    old, new = pair.before.keywords["enum"], pair.after.keywords["enum"]
    schema = pair.before.as_schema()
    was, now = ({canonical_text(value) for value in node.value} for node in (old, new))
    for index, value in enumerate(old.value):
        if canonical_text(value) not in now:
            left = [each for each in old.value if canonical_text(each) != canonical_text(value)]
            places = _list_place(pair.before, old, index), new.pointer
            said = f"{name_values([value])} is not listed any more"
            yield pair.draft_values("value", pair.judge({**schema, "enum": left} if left else False), places, said)
    for index, value in enumerate(new.value):
        if canonical_text(value) not in was:
            verdict = pair.judge({**schema, "enum": [*old.value, value]})
            places = old.pointer, _list_place(pair.after, new, index)
            yield pair.draft_values("value", verdict, places, f"{name_values([value])} is listed now")


def _list_place(view: NormalizedSchema, node: DocumentNode, index: int) -> str:
    """Return where a listed value is; a `const` is where it is."""
    written = view.written.get("enum", node.value)
    if node.pointer.endswith("/const") or not is_array(written):
        return node.pointer
    texts = [canonical_text(each) for each in written]
    return join_pointer(node.pointer, texts.index(canonical_text(node.value[index])))


def _compare_known(pair: SchemaPair) -> Drafts:
    """Yield the known values that an open list gained or lost: the client has names for them; any value stays valid."""
    before, after, context = pair.before, pair.after, pair.context
    old, new = before.keywords[OPEN_ENUM], after.keywords[OPEN_ENUM]
    was, now = context.old.class_of(before), context.new.class_of(after)
    subject = f"`{before.component}`" if before.component else context.subject
    for index, value in enumerate(old.value):
        places = join_pointer(old.pointer, index), new.pointer
        symbol = context.old.names.member(was, value) if was else context.old.symbol
        if value not in new.value:
            kind = "known-value-removed:member" if was else "known-value-removed"
            yield draft_in(context, kind, places, symbol, subject=subject, name=name_values([value]))
        elif (
            was
            and now
            and (other := context.new.names.member(now, value)).rpartition(".")[2] != symbol.rpartition(".")[2]
        ):
            whose = f"{name_values([value])} of {begin_lower(subject)}"
            yield draft_in(context, "python-name", places, symbol, other, subject=whose, name=symbol, now=other)
    for index, value in enumerate(new.value):
        if value not in old.value:
            symbol = context.new.names.member(now, value) if now else context.new.symbol
            places = old.pointer, join_pointer(new.pointer, index)
            yield draft_in(context, "known-value-added", places, symbol, subject=subject, name=name_values([value]))


def _compare_discriminator(pair: SchemaPair) -> Drafts:
    old, new = pair.before.keywords["discriminator"], pair.after.keywords["discriminator"]
    was, now = (_mapping(pair, view, node.value) for view, node in ((pair.before, old), (pair.after, new)))
    field = old.value.get("propertyName"), new.value.get("propertyName")
    if field[0] == field[1] and was == now:
        return
    # A name whose component is gone is said where the branch goes.
    left = {name: target for name, target in was.items() if target in now.values()}
    elsewhere = field[0] != field[1] or any(now.get(name) != target for name, target in left.items())
    kind = "discriminator:elsewhere" if elsewhere else "discriminator"
    said = name_change("discriminator", [old.value], [new.value])
    yield draft_in(pair.context, kind, (old.pointer, new.pointer), said=said)


def _mapping(pair: SchemaPair, view: NormalizedSchema, discriminator: dict[str, Any]) -> dict[str, str]:
    """Return which name leads to which component; one that the mapping leaves out has its own name."""
    found = {name: target.rpartition("/")[2] for name, target in discriminator.get("mapping", {}).items()}
    components = [pair.views.view(branch).component for branch in view.branches]
    return {name: name for name in components if name and name not in found.values()} | found
