"""Detect a wrong envelope: an error sent as success, a missing envelope, an extra one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cometapi_suno_mock import OperationContract

from contract_tests.verifier.drift.findings import Deviation, DriftKind
from contract_tests.verifier.drift.results import ResultPart
from contract_tests.verifier.spec_index import SpecIndex
from scripts.openapi_document import is_array, is_object, join_pointer

_ENOUGH: Final = 2
"""Number of described fields that identify an object, whatever else is wrong with it."""


class EnvelopeMatcher:
    """Matches bodies that do not fit their schema against other envelopes.

    Args:
        index: The description.
    """

    def __init__(self, index: SpecIndex) -> None:
        self._index = index
        self._marks: dict[str, tuple[str, Any] | None] = {}

    def match(
        self, operation: OperationContract, status: int, schema: str, value: Any
    ) -> tuple[Deviation, ResultPart | None] | None:
        """Return how the envelope of a body differs, and the described part of the body.

        Args:
            operation: The operation.
            status: The status of the answer.
            schema: Pointer of the described schema of the body, which the body does not fit.
            value: The body.

        Returns:
            `None` when the envelope is as described.
        """
        described = self._index.leaves(schema)
        known = max((self._count_known(each, value) for each in described), default=0)
        where = self._index.resolve(schema)
        if status // 100 == 2 and self._is_error(operation, described, value):
            expected = "the answer of a success"
            return Deviation(DriftKind.OTHER_ENVELOPE, where, "", "error", expected, value, where), None
        for each in described:
            inner = self._content_of(each, operation)
            if inner is not None and self._is_of(inner, value, known):
                expected = f"an object with {' and '.join(self._index.at(each).get('required', []))}"
                bare = Deviation(DriftKind.OTHER_ENVELOPE, each, "", "bare", expected, value, each)
                return bare, ResultPart(inner, value, "")
        if is_object(value):
            named = {name for each in described for name in self._index.at(each).get("properties", {})}
            if status // 100 == 2:  # a described envelope may be within another one, in a member of the same name
                named.discard(self._index.at(operation.pointer).get("x-sdk", {}).get("unwrap"))
            for name, member in value.items():
                for each in described if name not in named else ():
                    if (is_object(member) or is_array(member)) and self._is_of(each, member, known):
                        subject = f"enveloped in {name}"
                        more = Deviation(DriftKind.OTHER_ENVELOPE, where, "", subject, "no envelope", value, where)
                        return more, ResultPart(each, member, join_pointer("", name))
        return None

    def _is_error(self, operation: OperationContract, described: Sequence[str], value: Any) -> bool:
        """Return whether a body is a described error, and not a described success."""
        if not is_object(value) or any(self._has_mark(each, value) for each in described):
            return False
        if any(self._count_known(each, value) and self._index.fits(each, value) for each in described):
            return False
        errors = dict.fromkeys(
            each
            for status, answer in operation.answers.items()
            for content in answer.content.values()
            if status >= 400 and content.carries_json and content.schema is not None
            for each in self._index.leaves(content.schema.pointer)
        )
        return any(self._count_known(each, value) and self._index.fits(each, value) for each in errors)

    def _is_of(self, schema: str, value: Any, known: int) -> bool:
        """Return whether a value fits a schema, and better than one that knows `known` of its fields."""
        if value is None:
            return False
        if not is_object(value):
            return self._index.fits(schema, value)
        own = max((self._count_known(each, value) for each in self._index.leaves(schema)), default=0)
        return own > known and (own >= _ENOUGH or self._index.fits(schema, value))

    def _mark(self, schema: str) -> tuple[str, Any] | None:
        """Return the field that marks an envelope, and its constant; `None` for other schemas."""
        if schema not in self._marks:
            names = self._index.at(schema).get("properties", {})
            nodes = (
                (name, self._index.at(self._index.resolve(join_pointer(schema, "properties", name)))) for name in names
            )
            self._marks[schema] = next(((name, node["const"]) for name, node in nodes if "const" in node), None)
        return self._marks[schema]

    def _has_mark(self, schema: str, value: Mapping[str, Any]) -> bool:
        mark = self._mark(schema)
        return mark is not None and value.get(mark[0]) == mark[1]

    def _content_of(self, schema: str, operation: OperationContract) -> str | None:
        """Return the pointer of the schema of what an envelope contains; `None` when the schema is not an envelope."""
        name = self._index.at(operation.pointer).get("x-sdk", {}).get("unwrap", "data")
        is_envelope = self._mark(schema) is not None and name in self._index.at(schema).get("properties", {})
        return join_pointer(schema, "properties", name) if is_envelope else None

    def _count_known(self, schema: str, value: Any) -> int:
        return len(value.keys() & self._index.at(schema).get("properties", {}).keys()) if is_object(value) else 0
