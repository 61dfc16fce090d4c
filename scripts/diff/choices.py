"""Alternatives of a choice, and parts of a composition."""

from __future__ import annotations

import attrs

from scripts.diff.change import Draft, Severity
from scripts.diff.ground import Context, Drafts, Ground, by_value, plainly
from scripts.diff.pairs import paired
from scripts.diff.symbols import Symbols
from scripts.diff.verdicts import Verdict
from scripts.diff.views import Spot, View
from scripts.diff.wording import shortened


def as_choice(view: View, spot: Spot, other: View) -> View:
    """A schema as a choice of one, to be compared with a choice; the schema itself when it is a choice."""
    if view.choice or not other.choice:
        return view
    return View(view.spot, view.place, choice=other.choice, branches=[spot])


def choices(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """What changed of the alternatives."""
    if not before.choice:
        return
    pairs, gone, come = paired(before.branches, after.branches, ground.views, ground.shapes)
    for old, new in pairs:
        component = ground.views.of(old).component
        subject = f"`{component}`" if component else context.subject
        name = ground.old.classes.get(component, "")
        yield from ground.compare(old, new, context.part(subject, name, optional=context.optional))
    schema = before.plain()
    for spot in gone:
        left = [each.node for each in before.branches if each is not spot]
        verdict = ground.verdict(schema, {**schema, before.choice: left} if left else False, context)
        yield _alternative(ground, ground.old, spot, verdict, context, removed=True)
    for spot in come:
        more = [*(each.node for each in before.branches), spot.node]
        verdict = ground.verdict(schema, {**schema, before.choice: more}, context)
        yield _alternative(ground, ground.new, spot, verdict, context, removed=False)
    if before.choice != after.choice:
        rest = {keyword: node for keyword, node in schema.items() if keyword != before.choice}
        verdict = ground.verdict(schema, {**rest, after.choice: schema[before.choice]}, context)
        said = f"`{before.choice}` has become `{after.choice}`"
        yield by_value("choice", verdict, (before.spot.pointer, after.spot.pointer), context, said)


def parts(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """What changed of the parts that could not be laid together."""
    pairs, gone, come = paired(before.parts, after.parts, ground.views, ground.shapes)
    for old, new in pairs:
        yield from ground.compare(old, new, context)
    if gone or come:
        schema = before.plain()
        variant = {**schema, "allOf": [spot.node for spot in after.parts]}
        verdict = ground.verdict(schema, variant, context)
        said = "it is composed of something else"
        yield by_value("alternative", verdict, (before.spot.pointer, after.spot.pointer), context, said)


def _alternative(
    ground: Ground, symbols: Symbols, spot: Spot, verdict: Verdict, context: Context, *, removed: bool
) -> Draft:
    component = ground.views.of(spot).component
    name = symbols.classes.get(component, "")
    call = context.symbol.removesuffix("()")
    draft = plainly(
        verdict.severity,
        "alternative-removed" if removed else "alternative-added",
        (spot.pointer if removed else None, None if removed else spot.pointer),
        context,
        f"{context.subject} can {'no longer' if removed else 'now also'} be `{component or shortened(spot.node)}`.",
        f"{call}({name})" if name and context.sent and call != context.symbol else name or context.symbol,
    )
    if removed and name and context.sent:
        # The class is no argument any more, whatever else may take its values.
        return attrs.evolve(draft, severity=Severity.BREAKING, example=verdict.example)
    return attrs.evolve(draft, example=verdict.shown, by_value=True)
