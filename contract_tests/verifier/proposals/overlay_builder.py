"""Overlay actions on a description, written down while they are done to a copy of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from cometapi_suno_mock import Contract
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import look, pointer, resolve, split

from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Evidence
from scripts.overlay.overlay_actions import EXAMPLES, format_jsonpath, perform

Action = Mapping[str, Any]


class Draft:
    """A copy of a description, and the actions that were done to it.

    An action only adds: it merges an object into an object, or appends an entry to a list. What is to be another value
    is taken out and put in again, for an Overlay 1.0 cannot replace.

    Args:
        document: The bundled description.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = deepcopy(dict(document))
        self._actions: list[dict[str, Any]] = []

    def at(self, where: str) -> Any:
        """The node at a pointer."""
        return look(self.document, where)

    def resolve(self, where: str) -> str:
        """Follow `$ref` from a pointer."""
        return resolve(self.document, where)

    def has(self, where: str) -> bool:
        """Whether something is at a pointer."""
        try:
            look(self.document, where)
        except KeyError:
            return False
        return True

    def taken(self) -> tuple[Action, ...]:
        """The actions since this was last asked."""
        taken, self._actions = tuple(self._actions), []
        return taken

    def update(self, where: str, value: Any, examples: Mapping[str, Any] | None = None) -> None:
        """Merge an object into the object at a pointer, or append an entry to the list there."""
        action = {"target": format_jsonpath(self.document, where), "update": value}
        self._do(action | ({EXAMPLES: dict(examples)} if examples else {}))

    def replace(self, where: str, value: Any) -> None:
        """Put another value in the place of the object or list at a pointer."""
        steps = split(where)
        owner = pointer(steps[:-1])
        if is_array(self.at(owner)):
            changed = list(self.at(owner))
            changed[int(steps[-1])] = value
            self.replace(owner, changed)
            return
        self._do({"target": format_jsonpath(self.document, where), "remove": True})
        self.update(owner, {steps[-1]: value})

    def exchange(self, where: str, **members: Any) -> None:
        """Give an object other members; one of `None` is taken out. What is no object or list moves all of them."""
        there = self.at(where)
        if all(isinstance(there.get(name, {}), dict | list) for name in members):
            for name in members:
                if name in there:
                    self._do({"target": format_jsonpath(self.document, where + pointer([name])), "remove": True})
            added = {name: value for name, value in members.items() if value is not None}
            if added:
                self.update(where, added)
            return
        changed = {name: members.get(name, value) for name, value in there.items()}
        changed |= {name: value for name, value in members.items() if name not in there}
        self.replace(where, {name: value for name, value in changed.items() if value is not None})

    def witness(self, where: str, evidence: Evidence, says: str) -> None:
        """Add an observation to the evidence of the node at a pointer."""
        entry = entry_of(self.document, evidence, says)
        told = self.at(where).get("x-evidence", [])
        if any((each.get("source"), each.get("says")) == (entry["source"], says) for each in told if is_object(each)):
            return
        if told:
            self.update(f"{where}/x-evidence", entry)
        else:
            self.update(where, {"x-evidence": [entry]})

    def shows_its_examples(self) -> bool:
        """Whether every example of a JSON answer still fits its schema."""
        tree = Tree(self.document)
        return all(
            content.schema is None or tree.fits(content.schema.pointer, value)
            for operation in Contract(self.document).operations.values()
            for answer in operation.answers.values()
            for content in answer.content.values()
            if content.carries_json
            for value in content.examples.values()
        )

    def undo(self, document: dict[str, Any]) -> None:
        """Go back to what the document was, and forget the actions since they were last asked for."""
        self.document = document
        self._actions = []

    def _do(self, action: dict[str, Any]) -> None:
        written = deepcopy(action)  # what it says may be a part of the document, which it is about to change
        perform(self.document, written)
        self._actions.append(written)


def entry_of(document: Mapping[str, Any], evidence: Evidence, says: str) -> dict[str, Any]:
    """An entry of evidence."""
    status = "documented" if evidence.origin == "documented" else "observed"
    return {"source": source_of(document, evidence), "says": says, "status": status}


def source_of(document: Mapping[str, Any], evidence: Evidence) -> str:
    """The id of the source that an observation has: that of its target, or one of its own for each target and day."""
    sources: Any = document.get("x-sources", {})
    if evidence.target in sources:
        return evidence.target
    date = evidence.date[:10]
    slug = re.sub("[^a-z0-9]+", "-", evidence.target.lower()).strip("-")
    return f"{slug}-{date}" if date[:1].isdigit() else slug


def new_sources(document: Mapping[str, Any], evidence: Iterable[Evidence], actions: Iterable[Action]) -> dict[str, Any]:
    """Return the sources that the actions name and `x-sources` does not have yet."""
    by_name = {source_of(document, each): each for each in evidence}
    named = dict.fromkeys(name for action in actions for name in _named(action.get("update")))
    return {name: new_source(by_name[name]) for name in named if name not in document.get("x-sources", {})}


def _named(value: Any) -> Iterator[str]:
    """The sources of the entries of evidence in a value."""
    if is_object(value):
        if {"source", "says", "status"} <= value.keys():
            yield value["source"]
        for item in value.values():
            yield from _named(item)
    elif is_array(value):
        for item in value:
            yield from _named(item)


def new_source(evidence: Evidence) -> dict[str, Any]:
    """What `x-sources` says of an observation's source."""
    date = evidence.date[:10]
    weight = {"recorded": "primary", "documented": "indicative"}.get(evidence.origin, "weak")
    title = f"Answers of {evidence.target}, observed by this project"
    return {"title": title, "kind": "observation", "weight": weight, "date": date}
