"""What changed between two schemas, place by place."""

from __future__ import annotations

from scripts.diff.change import Draft, Severity
from scripts.diff.choices import as_choice, choices, parts
from scripts.diff.fields import fields
from scripts.diff.ground import Context, Drafts, Ground, by_value, plainly
from scripts.diff.keywords import keywords, null
from scripts.diff.symbols import Symbols
from scripts.diff.values.nodes import Pool
from scripts.diff.verdicts import Verdicts, settled
from scripts.diff.views import Spot, View, Views
from scripts.openapi_document import is_object

_PARTS = (choices, null, fields, keywords, parts)


class Schemas:
    """Compares schemas of two descriptions."""

    def __init__(self, values: Pool, shapes: Pool, old: Symbols, new: Symbols) -> None:
        self._ground = Ground(shapes, Views(values), old, new, self.compare, Verdicts(values))
        self._known: dict[tuple[str, str, Context], list[Draft]] = {}

    def compare(self, old: Spot, new: Spot, context: Context) -> list[Draft]:
        """What changed between two schemas."""
        if self._ground.same(old.node, new.node):
            return []
        key = old.pointer, new.pointer, context
        if key not in self._known:
            self._known[key] = []  # a schema that holds itself is looked at once
            self._known[key] = self._compare(old, new, context)
        return self._known[key]

    def _compare(self, old: Spot, new: Spot, context: Context) -> list[Draft]:
        verdict = self._ground.verdict(old.node, new.node, context)
        drafts = list(self._inside(old, new, context))
        if verdict.severity is Severity.BREAKING and not any(_explains(draft) for draft in drafts):
            said = "the schema is another one"
            drafts.append(by_value("schema", verdict, (old.pointer, new.pointer), context, said))
        return settled(drafts, verdict)

    def _inside(self, old: Spot, new: Spot, context: Context) -> Drafts:
        views = self._ground.views
        before, after = views.of(old), views.of(new)
        yield from self._class_changed(before, after, context)
        if is_object(before.spot.node) and is_object(after.spot.node):
            before, after = as_choice(before, old, after), as_choice(after, new, before)
            for part in _PARTS:
                yield from part(self._ground, before, after, context)

    def _class_changed(self, before: View, after: View, context: Context) -> Drafts:
        """The client reads another class, or takes another one, whatever the values are."""
        old, new = self._ground.old.classes, self._ground.new.classes
        was, now = old.get(before.component), new.get(after.component)
        if was == now or before.choice or after.choice:
            return
        places = before.spot.pointer, after.spot.pointer
        if was and now and was not in new.values() and now not in old.values():
            sentence = f"The class `{was}` is now called `{now}`."
            yield plainly(Severity.BREAKING, "class-renamed", places, context, sentence, was, now)
            return
        # A member of an open enum is a text: who reads a text can read it, and who sends one may still send a text.
        if "x-extensible-enum" in (before if was else after).keywords and (not was or context.sent):
            return
        forms = [f"of the class `{name}`" if name else "without a class" for name in (was, now)]
        sentence = f"{context.subject} is {forms[1]} now, and was {forms[0]}."
        yield plainly(Severity.BREAKING, "class-changed", places, context, sentence)


def _explains(draft: Draft) -> bool:
    return draft.by_value or draft.severity is Severity.BREAKING
