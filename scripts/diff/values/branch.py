"""One way to go: the claims taken so far about a value of one JSON type, and the choices that are still open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from scripts.diff.values.atoms import Atom, Atoms, Literal
from scripts.diff.values.holds import CannotTellError, holds, is_named
from scripts.diff.values.nodes import Mode, Node

Option: TypeAlias = tuple[Literal, ...]

# Names that no description uses, for fields that none speaks of.
_ODD_NAMES = ("other", "", "x" * 80, "0", "A b", "é")


class Branch:
    """Claims about a value of a type.

    Attributes:
        type: The JSON type.
        leaf: Claims about the value itself.
        clauses: Choices: one option of each must come true.
        values: The only values that are left, where a list of values was claimed; None without one.
        blurred: A claim that is not understood was taken, so no value can be shown.
    """

    def __init__(self, atoms: Atoms, type_: str, names: frozenset[str]) -> None:
        self.type = type_
        self.leaf: list[Literal] = []
        self.clauses: list[tuple[Option, ...]] = []
        self.values: dict[str, Any] | None = None
        self.blurred = False
        self._atoms = atoms
        self._names = names
        self._yes: dict[int, set[Mode]] = {}
        self._no: set[tuple[int, Mode, frozenset[str]]] = set()
        self._no_keys: set[int] = set()
        self._words: set[tuple[bool, str, str]] = set()

    def way(self, index: int, option: Option) -> Branch | None:
        """The branch with one option of a choice taken; None when it contradicts what was taken before."""
        other = Branch(self._atoms, self.type, self._names)
        other.leaf = self.leaf.copy()
        other.clauses = [*self.clauses[:index], *self.clauses[index + 1 :]]
        other.values = self.values
        other.blurred = self.blurred
        other._yes = {key: set(modes) for key, modes in self._yes.items()}
        other._no = self._no.copy()
        other._no_keys = self._no_keys.copy()
        other._words = self._words.copy()
        return other if other.add(option) else None

    @property
    def may_open(self) -> bool:
        """Whether an open choice may bring in fields that its writer knows of."""
        return any(_brings(literal) for clause in self.clauses for option in clause for literal in option)

    def add(self, literals: Iterable[Literal]) -> bool:
        """Take claims in; False when they contradict what was taken before."""
        waiting = list(literals)
        while waiting:
            sign, atom = waiting.pop()
            more = self._take(sign, atom)
            if more is None:
                return False
            waiting += more
        return True

    def _take(self, sign: bool, atom: Atom) -> Sequence[Literal] | None:
        """What follows from a claim; None when it cannot be."""
        match atom:
            case ("all", node):
                return self._accept(node) if sign else self._refuse(node)
            case ("never",):
                return None if sign else ()
            case ("any", nodes):
                if not sign:
                    return [(False, ("all", node)) for node in nodes]
                return self._choose([((True, ("all", node)),) for node in nodes])
            case ("one", nodes, plain):
                return self._one(sign, nodes, plain)
            case ("not", node):
                return [(not sign, ("all", node))]
            case ("if", condition, then, other):
                holding = ((True, ("all", condition)), (sign, ("all", then)))
                failing = ((False, ("all", condition)), (sign, ("all", other)))
                return self._choose([holding, failing])
            case ("enum", pairs) if sign:
                self.values = {text: value for text, value in pairs if self.values is None or text in self.values}
                return () if self.values else None
            case ("opaque", keyword, text):
                self.blurred = True
                self._words.add((sign, keyword, text))
                return None if (not sign, keyword, text) in self._words else ()
            case _:
                return self._of_object(sign, atom) if self.type == "object" else self._keep(sign, atom)

    def _accept(self, node: Node) -> Sequence[Literal] | None:
        # What is refused was refused by a validator or by a reader who copes with more: the same schema contradicts.
        if node.key in self._no_keys:
            return None
        modes = self._yes.setdefault(node.key, set())
        if node.mode in modes:
            return ()
        modes.add(node.mode)
        return [(True, atom) for atom in self._atoms.of(node, self.type)]

    def _refuse(self, node: Node) -> Sequence[Literal] | None:
        if node.key in self._yes:
            return None
        mark = node.key, node.mode, node.required
        if mark in self._no:
            return ()
        self._no.add(mark)
        self._no_keys.add(node.key)
        atoms = self._atoms.of(node, self.type)
        if any(atom[0] == "never" for atom in atoms):
            return ()
        return self._choose([((False, atom),) for atom in atoms])

    def _one(self, sign: bool, nodes: Sequence[Node], plain: Sequence[Node]) -> Sequence[Literal] | None:
        if sign:
            return self._choose(
                [
                    ((True, ("all", node)), *((False, ("all", each)) for at, each in enumerate(plain) if at != index))
                    for index, node in enumerate(nodes)
                ]
            )
        taken: list[Literal] = []
        for index, node in enumerate(nodes):
            others = [((True, ("all", each)),) for at, each in enumerate(plain) if at != index]
            more = self._choose([((False, ("all", node)),), *others])
            if more is None:
                return None
            taken += more
        return taken

    def _of_object(self, sign: bool, atom: Atom) -> Sequence[Literal] | None:
        match atom:
            case ("needs", name, names):
                if sign:
                    return self._choose([((False, ("has", name)),), tuple((True, ("has", each)) for each in names)])
                more = self._choose([((False, ("has", each)),) for each in names])
                return None if more is None else [(True, ("has", name)), *more]
            case ("needs-all", name, node):
                if sign:
                    return self._choose([((False, ("has", name)),), ((True, ("all", node)),)])
                return [(True, ("has", name)), (False, ("all", node))]
            case ("extra", names, regexes, node) if not sign:
                others = [name for name in self._candidates() if not is_named(name, names, regexes)]
                return self._choose([((False, ("field", name, node, False)),) for name in others])
            case ("fields", regex, node) if not sign:
                matching = [name for name in self._candidates() if re.search(regex, name)]
                if not matching:
                    self.blurred = True
                    return ()
                return self._choose([((False, ("field", name, node, False)),) for name in matching])
            case ("names", node) if not sign:
                refused = [name for name in self._candidates() if not self._takes(node, name)]
                if not refused:
                    self.blurred = True
                    return ()
                return self._choose([((True, ("has", name)),) for name in refused])
            case _:
                return self._keep(sign, atom)

    def _keep(self, sign: bool, atom: Atom) -> Sequence[Literal]:
        self.leaf.append((sign, atom))
        return ()

    def _choose(self, options: Sequence[Option]) -> Sequence[Literal] | None:
        if not options:
            return None
        if len(options) == 1:
            return options[0]
        self.clauses.append(tuple(options))
        return ()

    def _candidates(self) -> list[str]:
        """The fields that are spoken of, and some that are not."""
        return [*sorted(self._names), *(name for name in _ODD_NAMES if name not in self._names)]

    def _takes(self, node: Node, name: str) -> bool:
        try:
            return holds(self._atoms, node, name)
        except CannotTellError:
            return True


def _brings(literal: Literal) -> bool:
    sign, atom = literal
    groups: list[tuple[object, ...]] = [part if isinstance(part, tuple) else (part,) for part in atom[1:]]
    return sign and any(isinstance(node, Node) and node.mode is Mode.KNOWN for group in groups for node in group)
