"""Settle contested facts: when answers of the service confirm one side, propose to take that side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from attrs import frozen
from cometapi_suno_mock import Contract
from jsonschema_rs import Draft202012Validator

from contract_tests.verifier.exchange.exchange import HttpExchange
from contract_tests.verifier.proposals.overlay_builder import OverlayBuilder
from scripts.openapi_document import join_pointer, walk_objects

SHOWN_BY: Final = "shown-by"


@frozen
class Settlement:
    """A contested node, and what was seen of it.

    Attributes:
        pointer: The node.
        confirmed: The positions of the entries that answers confirm.
        operation: The operation whose answer confirmed them first.
        evidence: The answer.
    """

    pointer: str
    confirmed: tuple[int, ...]
    operation: str
    evidence: HttpExchange

    def apply(self, builder: OverlayBuilder) -> None:
        """Add the observation to the evidence, and remove the doubt."""
        entries: list[dict[str, Any]] = []
        for position, entry in enumerate(builder.at(self.pointer)["x-evidence"]):
            kept = {key: value for key, value in entry.items() if key != SHOWN_BY}
            if entry["status"] == "contested":
                kept["status"] = "corroborated" if position in self.confirmed else "documented"
            entries.append(kept)
        sources = " and ".join(dict.fromkeys(f"`{entries[each]['source']}`" for each in self.confirmed))
        entries.append(builder.make_entry(self.evidence, f"An answer of {self.operation} is as {sources} says."))
        inferred = any(each["status"] == "inferred" for each in entries)
        builder.remove(join_pointer(self.pointer, "x-doubt"))
        if inferred:
            builder.update(self.pointer, {"x-doubt": "inferred"})
        builder.replace(join_pointer(self.pointer, "x-evidence"), entries)


@frozen(eq=False)
class _Fact:
    """A contested node, with a condition for each of its entries that one operation shows."""

    pointer: str
    operation: str
    conditions: Mapping[int, Draft202012Validator]


class ContestedFacts:
    """The contested nodes of a description whose entries say by which answer they are shown.

    Args:
        contract: The description. Its sources are already evidence, so answers of theirs settle nothing.
    """

    def __init__(self, contract: Contract) -> None:
        self._sources: Mapping[str, Any] = contract.description.get("x-sources", {})
        self._facts = _read_facts(contract)
        self._seen = defaultdict[_Fact, dict[frozenset[int], HttpExchange]](dict)

    def observe(self, operation: str, exchange: HttpExchange) -> None:
        """Note which entries an answer of the service confirms."""
        facts = [each for each in self._facts if each.operation == operation]
        if not facts or exchange.origin != "recorded" or exchange.target in self._sources:
            return
        response = exchange.response
        body = response.body.value if response.body is not None and response.body.kind == "json" else None
        answer = {"status": response.status, "media": response.media, "body": body}
        for fact in facts:
            confirmed = frozenset(each for each, condition in fact.conditions.items() if condition.is_valid(answer))
            if confirmed:
                self._seen[fact].setdefault(confirmed, exchange)

    def settle(self) -> Sequence[Settlement]:
        """Return the nodes of which all answers confirm the same entries, and not all entries."""
        found: list[Settlement] = []
        for fact in self._facts:
            seen = self._seen.get(fact, {})
            if len(seen) == 1:
                ((confirmed, evidence),) = seen.items()
                if len(confirmed) < len(fact.conditions):
                    found.append(Settlement(fact.pointer, tuple(sorted(confirmed)), fact.operation, evidence))
        return found


@lru_cache(maxsize=4)
def _read_facts(contract: Contract) -> Sequence[_Fact]:
    found: list[_Fact] = []
    for pointer, node in walk_objects(contract.description):
        if node.get("x-doubt") != "contested":
            continue
        shown = {
            index: entry[SHOWN_BY]
            for index, entry in enumerate(node.get("x-evidence", []))
            if entry.get("status") == "contested" and SHOWN_BY in entry
        }
        for operation in dict.fromkeys(each["operation"] for each in shown.values()):
            conditions = {
                index: Draft202012Validator(each["answer"])
                for index, each in shown.items()
                if each["operation"] == operation
            }
            found.append(_Fact(pointer, operation, conditions))
    return found
