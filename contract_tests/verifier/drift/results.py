"""The result of a call inside its answer, by `x-sdk` of the description, and whether it holds what it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from cometapi_suno_mock import Contract

from contract_tests.verifier.drift.findings import Deviation, DriftKind
from contract_tests.verifier.spec_index import SpecIndex, index_contract
from scripts.openapi_document import is_array, is_object, join_pointer, walk_operations


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


def _report_empty(part: ResultPart, what: str) -> Deviation:
    return Deviation(
        DriftKind.EMPTY_RESULT,
        part.schema,
        part.place,
        "empty",
        f"{what} that holds something",
        part.value,
        part.schema,
    )


@lru_cache(maxsize=4)
def read_results(contract: Contract) -> ResultReader:
    """Return the reader of a description, the same one for everything that asks."""
    return ResultReader(index_contract(contract))
