"""Bodies of another make: an error as a success, a bare answer without its envelope, an envelope around a bare one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from attrs import frozen
from cometapi_suno_mock import OperationContract
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import pointer

from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.findings import Difference, Kind

_CHOICES = ("oneOf", "anyOf")
_ENOUGH = 2
"""So many described fields tell what an object is, whatever else is wrong with it."""


@frozen
class Inner:
    """A part of a body of another make that is described after all.

    Attributes:
        where: Pointer of its schema.
        value: The part.
        prefix: Where in the body it stands.
    """

    where: str
    value: Any
    prefix: str


class Envelopes:
    """Recognises bodies of another make.

    Args:
        tree: The bundled description.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._found: dict[str, tuple[str, ...]] = {}
        self._marks: dict[str, tuple[str, Any] | None] = {}

    def recognise(
        self, operation: OperationContract, status: int, where: str, value: Any
    ) -> tuple[Difference, Inner | None] | None:
        """How a body that does not fit its schema was made, and the described part in it; `None` when as described."""
        described = self._alternatives(where)
        known = max((self._known(each, value) for each in described), default=0)
        where = self._tree.resolve(where)
        if status // 100 == 2 and self._is_error(operation, described, value):
            told = Difference(Kind.OTHER_ENVELOPE, where, "", "error", "the answer of a success", value, where)
            return told, None
        for each in described:
            inner = self._member_of(each, operation)
            if inner is not None and self._is(inner, value, known):
                expected = f"an object with {' and '.join(self._tree.source(each).get('required', []))}"
                told = Difference(Kind.OTHER_ENVELOPE, each, "", "bare", expected, value, each)
                return told, Inner(inner, value, "")
        if is_object(value):
            named = {name for each in described for name in self._tree.source(each).get("properties", {})}
            for name, member in value.items():
                for each in described if name not in named else ():
                    if (is_object(member) or is_array(member)) and self._is(each, member, known):
                        told = Difference(
                            Kind.OTHER_ENVELOPE, where, "", f"enveloped in {name}", "no envelope", value, where
                        )
                        return told, Inner(each, member, pointer([name]))
        return None

    def error_schemas(self, operation: OperationContract) -> list[str]:
        """The alternatives of every described JSON error of an operation."""
        found = [
            each
            for status, answer in operation.answers.items()
            for content in answer.content.values()
            if status >= 400 and content.carries_json and content.schema is not None
            for each in self._alternatives(content.schema.pointer)
        ]
        return list(dict.fromkeys(found))

    def _is_error(self, operation: OperationContract, described: Sequence[str], value: Any) -> bool:
        if not is_object(value) or any(self._bears_mark(each, value) for each in described):
            return False
        if any(self._known(each, value) and self._tree.fits(each, value) for each in described):
            return False
        return any(self._known(each, value) and self._tree.fits(each, value) for each in self.error_schemas(operation))

    def _is(self, where: str, value: Any, known: int) -> bool:
        """Whether a value is of a schema, and more so than of what is described, which knows so many of its fields."""
        if value is None:
            return False
        if not is_object(value):
            return self._tree.fits(where, value)
        own = max((self._known(each, value) for each in self._alternatives(where)), default=0)
        return own > known and (own >= _ENOUGH or self._tree.fits(where, value))

    def _alternatives(self, where: str) -> Sequence[str]:
        """The schemas that a value of this one has to fit one of: itself, when it offers no choice."""
        if where not in self._found:
            self._found[where] = tuple(self._choices(where))
        return self._found[where]

    def _choices(self, where: str) -> Iterator[str]:
        where = self._tree.resolve(where)
        source = self._tree.source(where)
        choices = [f"{where}/{keyword}/{i}" for keyword in _CHOICES for i in range(len(source.get(keyword, ())))]
        if not choices:
            yield where
        for choice in choices:
            yield from self._alternatives(choice)

    def _mark(self, where: str) -> tuple[str, Any] | None:
        """The field by which an envelope is known, and its constant; `None` when this is none."""
        if where not in self._marks:
            self._marks[where] = self._find_mark(where)
        return self._marks[where]

    def _find_mark(self, where: str) -> tuple[str, Any] | None:
        for name in self._tree.source(where).get("properties", {}):
            member = self._tree.source(self._tree.resolve(where + pointer(("properties", name))))
            if "const" in member:
                return name, member["const"]
        return None

    def _bears_mark(self, where: str, value: Mapping[str, Any]) -> bool:
        mark = self._mark(where)
        return mark is not None and value.get(mark[0]) == mark[1]

    def _member_of(self, where: str, operation: OperationContract) -> str | None:
        """The schema of what an envelope holds; `None` when this is no envelope."""
        sdk: Mapping[str, Any] = self._tree.at(operation.pointer).get("x-sdk", {})
        name = sdk.get("unwrap", "data")
        is_envelope = self._mark(where) is not None and name in self._tree.source(where).get("properties", {})
        return where + pointer(("properties", name)) if is_envelope else None

    def _known(self, where: str, value: Any) -> int:
        return len(value.keys() & self._tree.source(where).get("properties", {}).keys()) if is_object(value) else 0
