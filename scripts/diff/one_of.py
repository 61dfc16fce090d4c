"""Branches of `oneOf`, `anyOf` and `allOf` in two versions: which belong together, which are new, which are gone."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from scripts.diff.containment import ContainmentVerdict
from scripts.diff.joined_descriptions import DocumentNode, canonical_text
from scripts.diff.normalized_schema import SchemaNormalizer, as_list, as_object
from scripts.diff.policy import ChangeDraft, Drafts, begin_lower, draft_in, shorten_schema
from scripts.diff.schema_pair import SchemaPair


def compare_branches(pair: SchemaPair) -> Drafts:
    """Yield what changed of the branches of a choice."""
    before, after, context = pair.before, pair.after, pair.context
    if not before.choice:
        return
    pairs, gone, come = match_branches(before.branches, after.branches, pair.views)
    several = len(before.branches) > 1 or len(after.branches) > 1
    for old, new in pairs:
        views = pair.views.view(old), pair.views.view(new)
        subject = f"An alternative of {begin_lower(context.subject)}" if several else context.subject
        if views[0].component and views[0].component == views[1].component:
            subject = f"`{views[0].component}`"
        places = context.old.branch(views[0]), context.new.branch(views[1])
        yield from pair.compare(old, new, context.part(subject, *places, optional=context.optional))
    schema = before.as_schema()
    for node in gone:
        left = [each.value for each in before.branches if each is not node]
        yield _draft_branch(pair, node, pair.judge({**schema, before.choice: left} if left else False), removed=True)
    for node in come:
        more = [*(each.value for each in before.branches), node.value]
        yield _draft_branch(pair, node, pair.judge({**schema, before.choice: more}), removed=False)
    if before.choice != after.choice:
        rest = {keyword: value for keyword, value in schema.items() if keyword != before.choice}
        verdict = pair.judge({**rest, after.choice: schema[before.choice]})
        said = f"`{before.choice}` has become `{after.choice}`"
        yield pair.draft_values("choice", verdict, (before.node.pointer, after.node.pointer), said)


def compare_parts(pair: SchemaPair) -> Drafts:
    """Yield what changed of the parts of a composition that could not be merged."""
    before, after = pair.before, pair.after
    pairs, gone, come = match_branches(before.parts, after.parts, pair.views)
    for old, new in pairs:
        yield from pair.compare(old, new, pair.context)
    if gone or come:
        verdict = pair.judge({**before.as_schema(), "allOf": [node.value for node in after.parts]})
        places = before.node.pointer, after.node.pointer
        yield pair.draft_values("alternative", verdict, places, "it is composed of something else")


def match_branches(
    old: list[DocumentNode], new: list[DocumentNode], views: SchemaNormalizer
) -> tuple[list[tuple[DocumentNode, DocumentNode]], list[DocumentNode], list[DocumentNode]]:
    """Return the branches that belong together, those that are gone, and those that are new."""

    def name(node: DocumentNode) -> Hashable:
        return views.view(node).component or None

    def text(node: DocumentNode) -> Hashable:
        return views.text(node.value)

    def constants(node: DocumentNode) -> Hashable:
        fields = views.view(node).fields.items()
        values = [(name, as_object(each.value)) for name, nodes in fields for each in nodes]
        fixed = [[name, value["const"]] for name, value in values if "const" in value]
        return canonical_text(sorted(fixed, key=canonical_text)) if fixed else None

    def json_type(node: DocumentNode) -> Hashable:
        view = views.view(node)
        types = view.keywords.get("type")
        return canonical_text(as_list(types.value)) if types else "fields" if view.fields else None

    pairs: list[tuple[DocumentNode, DocumentNode]] = []
    for mark in (name, text, constants, json_type):
        old, new = _match(old, new, mark, pairs)
    return pairs, old, new


def _match(
    old: list[DocumentNode],
    new: list[DocumentNode],
    mark: Callable[[DocumentNode], Hashable],
    pairs: list[tuple[DocumentNode, DocumentNode]],
) -> tuple[list[DocumentNode], list[DocumentNode]]:
    """Pair the branches that have the same mark; return the rest."""
    marks = [(node, mark(node)) for node in new]
    left: list[DocumentNode] = []
    for node in old:
        wanted = mark(node)
        found = next((each for each, other in marks if wanted is not None and other == wanted), None)
        if found is None:
            left.append(node)
        else:
            pairs.append((node, found))
            marks = [(each, other) for each, other in marks if each is not found]
    return left, [each for each, _ in marks]


def _draft_branch(pair: SchemaPair, node: DocumentNode, verdict: ContainmentVerdict, *, removed: bool) -> ChangeDraft:
    context = pair.context
    place, schema = context.old if removed else context.new, pair.views.view(node)
    name = place.class_of(schema)
    call = place.symbol.removesuffix("()")
    symbol = f"{call}({name})" if name and context.sent and call != place.symbol else name or place.symbol
    # Removed, the class is not an argument any more, whatever else may take its values.
    kind = f"alternative-removed{':class' if name and schema.component else ''}" if removed else "alternative-added"
    places = (node.pointer, None) if removed else (None, node.pointer)
    return draft_in(context, kind, places, symbol, verdict=verdict, name=schema.component or shorten_schema(node.value))
