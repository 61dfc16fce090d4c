"""The reader of results: finds the result of a call in its answer, by `x-sdk`, and a wrong envelope around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple

from cometapi_suno_mock import Contract, OperationContract

from contract_tests.verifier.drift.findings import Deviation, DriftKind
from contract_tests.verifier.spec_index import SpecIndex, index_contract
from scripts.openapi_document import is_array, is_object, join_pointer, walk_operations

_ENOUGH: Final = 2
"""Number of described fields that identify an object, whatever else is wrong with it."""


class ResultPart(NamedTuple):
    """A part of an answer.

    Attributes:
        schema: Pointer of its schema.
        value: The part.
        place: Its place in the body.
    """

    schema: str
    value: Any
    place: str


class _Task(NamedTuple):
    """How to see that a task is finished, and what it then holds."""

    status: str
    done: frozenset[str]
    member: str
    group: str
    groups: frozenset[str]

    def is_hollow(self, value: Any) -> bool:
        """Return whether a value is a finished task of a known group without what it should have made."""
        if not is_object(value) or value.get(self.status) not in self.done or value.get(self.group) not in self.groups:
            return False
        return value.get(self.member) in (None, [], {}, "")


class ResultReader:
    """Finds results in answers.

    Args:
        index: The description.
    """

    def __init__(self, index: SpecIndex) -> None:
        self._index = index
        self._sdk: Mapping[str, Mapping[str, Any]] = {
            each.id: each.node.get("x-sdk", {}) for each in walk_operations(index.document)
        }

    def find_empty(self, operation: str, schema: str, value: Any) -> Iterator[Deviation]:
        """Yield the parts of an answer that are valid, should be a result, and hold nothing.

        Args:
            operation: The operationId.
            schema: Pointer of the schema of the answer.
            value: The answer.
        """
        result = self.find_result(operation, ResultPart(schema, value, ""))
        if result is None:
            return
        if result.value == "" or (result.value == {} and "properties" in self._index.at(result.schema)):
            yield _report_empty(result, "a result")
        task = self._tasks.get(operation)
        if task is None:
            return
        items = enumerate(result.value) if is_array(result.value) else [("", result.value)]
        for step, each in items:
            if task.is_hollow(each):
                place = join_pointer(result.place, *([step] if step != "" else []), task.member)
                schema = self._find_member(result.schema, task.member)
                member = each.get(task.member) if is_object(each) else None
                yield _report_empty(ResultPart(schema, member, place), "what the finished task made")

    def find_result(self, operation: str, answer: ResultPart) -> ResultPart | None:
        """Return the part of an answer that the client returns; `None` if the answer is not as described."""
        leaf = next((each for each in self._index.leaves(answer.schema) if self._index.fits(each, answer.value)), None)
        if leaf is None:
            return None
        name = self._sdk.get(operation, {}).get("unwrap")
        if name is None or not is_object(answer.value) or name not in answer.value:
            return answer._replace(schema=leaf)
        member = join_pointer(leaf, "properties", name)
        inner = ResultPart(member, answer.value[name], join_pointer(answer.place, name))
        fitting = (each for each in self._index.leaves(member) if self._index.fits(each, inner.value))
        return inner._replace(schema=next(fitting, member))

    @cached_property
    def _tasks(self) -> Mapping[str, _Task]:
        """The operations that look up tasks whose finished result is needed by a later step of a workflow."""
        found: dict[str, _Task] = {}
        for source in self._sdk.values():
            workflow: Mapping[str, Any] = source.get("workflow", {})
            poll = self._sdk.get(str(workflow.get("wait")), {}).get("poll")
            if poll is not None and "batch" in poll and "member" in workflow:
                batch = poll["batch"]
                known = (frozenset(poll["done"]), workflow["member"], batch["group"], frozenset(batch["groups"]))
                found[workflow["wait"]] = found[batch["operation"]] = _Task(poll["status"], *known)
        return found

    @cached_property
    def poll_statuses(self) -> frozenset[str]:
        """Pointers of the schemas of the statuses on which a wait ends or goes on."""
        found: set[str] = set()
        for each in walk_operations(self._index.document):
            poll = each.node.get("x-sdk", {}).get("poll")
            described: Mapping[str, Any] = each.node.get("responses", {}).get("200", {}).get("content", {})
            content: Mapping[str, Any] = described if poll else {}
            for media in content:
                schema = join_pointer(each.pointer, "responses", "200", "content", media, "schema")
                for leaf in self._index.leaves(schema):
                    name = each.node["x-sdk"].get("unwrap")
                    owner = leaf if name is None else join_pointer(leaf, "properties", name)
                    for task in self._index.leaves(owner):
                        found.add(self._index.resolve(join_pointer(task, "properties", poll["status"])))
        return frozenset(found)

    def _find_member(self, schema: str, name: str) -> str:
        """Return the pointer of a member of a task, which is the result itself or an item of it."""
        source = self._index.at(self._index.resolve(schema))
        owner = f"{self._index.resolve(schema)}/items" if "items" in source else schema
        return join_pointer(self._index.resolve(owner), "properties", name)


@lru_cache(maxsize=4)
def read_results(contract: Contract) -> ResultReader:
    """Return the reader of a description, the same one for everything that asks."""
    return ResultReader(index_contract(contract))


class EnvelopeMatcher:
    """Matches bodies that do not fit their schema against other envelopes.

    Args:
        index: The description.
    """

    def __init__(self, index: SpecIndex) -> None:
        self._index = index

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
        for name in self._index.at(schema).get("properties", {}):
            node = self._index.at(self._index.resolve(join_pointer(schema, "properties", name)))
            if "const" in node:
                return name, node["const"]
        return None

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


def _report_empty(part: ResultPart, what: str) -> Deviation:
    expected = f"{what} that holds something"
    return Deviation(DriftKind.EMPTY_RESULT, part.schema, part.place, "empty", expected, part.value, part.schema)
