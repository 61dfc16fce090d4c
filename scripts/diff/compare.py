"""Compare two descriptions: every operation, then what is only told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.diff import operations
from scripts.diff.change import Change, Direction, Draft, Severity, merged
from scripts.diff.document import Document, Operation
from scripts.diff.messages import Messages
from scripts.diff.reach import Reach
from scripts.diff.schemas import Schemas
from scripts.diff.symbols import Symbols
from scripts.diff.telling import told
from scripts.diff.values.nodes import WORDS, Pool, tagged
from scripts.diff.views import Views
from scripts.openapi_document import join


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """What changed from one description to the other, the worst first.

    Raises:
        LookupError: A reference leads to nothing; `python -m scripts.lint` says which.
    """
    return _Comparison(old, new).changes()


class _Comparison:
    def __init__(self, old: dict[str, Any], new: dict[str, Any]) -> None:
        self.raw = old, new
        data = {"old": tagged(old, "old"), "new": tagged(new, "new")}
        values = Pool(data)
        shapes = Pool(data, ignored=WORDS, kept=frozenset({"x-extensible-enum"}), named=True)
        views = Views(values)
        self.documents = Document(data["old"]), Document(data["new"])
        self.symbols = Symbols(self.documents[0], views), Symbols(self.documents[1], views)
        schemas = Schemas(values, shapes, *self.symbols)
        self.messages = Messages(self.documents, self.symbols, schemas)
        self.reaches = (
            Reach(self.documents[0], self.symbols[0], values),
            Reach(self.documents[1], self.symbols[1], values),
        )

    def changes(self) -> list[Change]:
        found = [draft.at((name,)) for name, draft in self._by_operation()]
        found += [draft.at(()) for draft in operations.servers(self.documents)]
        found += self._classes(found)
        found += list(told(*self.raw, self.reaches, found))
        return merged(found)

    def _by_operation(self) -> Iterator[tuple[str, Draft]]:
        pairs, gone, come = operations.paired(*self.documents)
        for operation in gone:
            yield operation.id, operations.vanished(operation, self.symbols[0])
        for operation in come:
            yield operation.id, operations.appeared(operation, self.symbols[1])
        for old, new in pairs:
            for draft in self._between(old, new):
                yield new.id, draft

    def _between(self, old: Operation, new: Operation) -> Iterator[Draft]:
        yield from operations.facts(old, new, self.symbols)
        yield from operations.security(old, new, self.documents)
        for part in (self.messages.parameters, self.messages.request, self.messages.responses):
            yield from part(old, new)

    def _classes(self, found: list[Change]) -> Iterator[Change]:
        """Classes that users could import and can no more, and those that are new to them."""
        renamed = {symbol for change in found if change.kind == "class-renamed" for symbol in change.symbols}
        before, after = ({*symbols.classes.values(), *renamed} for symbols in self.symbols)
        for component, name in self.symbols[0].classes.items():
            if name not in after:
                at = join("/components/schemas", component)
                yield Change(
                    severity=Severity.BREAKING,
                    kind="class-removed",
                    direction=Direction.BOTH,
                    operations=self.reaches[0].operations(at),
                    old=at,
                    new=None,
                    sentence=f"The class `{name}` is gone.",
                    symbols=(name,),
                )
        for component, name in self.symbols[1].classes.items():
            if name not in before:
                at = join("/components/schemas", component)
                members = ", ".join(f"`{member}`" for member in self.symbols[1].members(component))
                yield Change(
                    severity=Severity.COMPATIBLE,
                    kind="class-added",
                    direction=Direction.BOTH,
                    operations=self.reaches[1].operations(at),
                    old=None,
                    new=at,
                    sentence=f"The class `{name}` is new{f', with {members}' if members else ''}.",
                    symbols=(name,),
                )
