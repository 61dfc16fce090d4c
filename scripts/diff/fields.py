"""Fields that come, go, are renamed, or must be there."""

from __future__ import annotations

import attrs

from scripts.diff.change import Draft, Severity
from scripts.diff.ground import Context, Drafts, Ground, plainly
from scripts.diff.views import View, whole
from scripts.diff.wording import lower


def fields(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    """What changed of the described fields."""
    gone = [name for name in before.fields if name not in after.fields]
    come = [name for name in after.fields if name not in before.fields]
    if len(gone) == len(come) == 1 and _alike(ground, before, after, gone[0], come[0]):
        yield _renamed(ground, before, after, (gone[0], come[0]), context)
        gone = come = []
    for name in gone:
        old, symbol = whole(before.fields[name]), ground.field(ground.old, before, name, context)
        sentence = f"{_told(name, before, context)} is gone."
        yield plainly(Severity.BREAKING, "field-removed", (old.pointer, None), context, sentence, symbol)
    for name in come:
        yield from _added(ground, before, after, name, context)
    for name, spots in before.fields.items():
        if name in after.fields:
            inner = context.part(
                _told(name, before, context),
                ground.field(ground.old, before, name, context),
                optional=name not in before.required,
            )
            yield from ground.compare(whole(spots), whole(after.fields[name]), inner)
    yield from _required(ground, before, after, context)


def _alike(ground: Ground, before: View, after: View, was: str, now: str) -> bool:
    return ground.same(whole(before.fields[was]).node, whole(after.fields[now]).node)


def _renamed(ground: Ground, before: View, after: View, names: tuple[str, str], context: Context) -> Draft:
    was, now = names
    symbols = ground.field(ground.old, before, was, context), ground.field(ground.new, after, now, context)
    places = whole(before.fields[was]).pointer, whole(after.fields[now]).pointer
    sentence = f"{_told(was, before, context)} is now called `{now}`."
    return plainly(Severity.BREAKING, "field-renamed", places, context, sentence, *dict.fromkeys(symbols))


def _added(ground: Ground, before: View, after: View, name: str, context: Context) -> Drafts:
    schema, new = before.plain(), whole(after.fields[name])
    needed = name in after.required and name not in before.required
    variant = {**schema, "properties": {**schema.get("properties", {}), name: new.node}}
    if needed:
        variant["required"] = [*before.required, name]
    verdict = ground.verdict(schema, variant, context)
    always = "and must be sent" if context.sent else "and always there"
    draft = plainly(
        verdict.severity,
        "field-added-required" if needed else "field-added",
        (None, new.pointer),
        context,
        f"{_told(name, after, context)} is new{f', {always}' if needed else ''}.",
        ground.field(ground.new, after, name, context),
    )
    yield attrs.evolve(draft, example=verdict.shown, by_value=True)


def _required(ground: Ground, before: View, after: View, context: Context) -> Drafts:
    for name in dict.fromkeys((*before.required, *after.required)):
        described = name in before.fields, name in after.fields
        if (name in before.required) == (name in after.required) or described in ((True, False), (False, True)):
            continue  # nothing changed, or it was told where the field comes or goes
        needed = name in after.required
        schema = before.plain()
        left = sorted({*before.required, name} if needed else before.required.keys() - {name})
        verdict = ground.verdict(schema, {**schema, "required": left}, context)
        must, may = ("must be sent", "may be left out") if context.sent else ("is always there", "may be absent")
        draft = plainly(
            verdict.severity,
            "field-required" if needed else "field-optional",
            (before.required.get(name) or _place(before, name), after.required.get(name) or _place(after, name)),
            context,
            f"{_told(name, before, context)} {must if needed else may} now.",
            ground.field(ground.old, before, name, context),
        )
        yield attrs.evolve(draft, example=verdict.shown, by_value=True)


def _told(name: str, view: View, context: Context) -> str:
    return f"Field `{name}` of " + (f"`{view.component}`" if view.component else lower(context.subject))


def _place(view: View, name: str) -> str:
    """Where a demand for a field stands, or would stand."""
    if view.required:
        return next(iter(view.required.values()))
    return whole(view.fields[name]).pointer if name in view.fields else view.spot.pointer
