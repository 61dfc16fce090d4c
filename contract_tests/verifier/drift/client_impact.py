"""What the generated client makes of a drifted answer: found by letting it read the answer."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping, Sequence
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeAlias, Union, get_args, get_origin, get_type_hints

import cometapi_suno
from cometapi_suno import EnvelopeError, ResponseDecodeError, SunoClient, SunoError
from cometapi_suno_mock import DEMO_KEY, Contract, OperationContract
from cometapi_suno_mock.media import is_array, is_object
from cometapi_suno_mock.pointers import look, resolve, split

from contract_tests.suite.support.expected_results import is_model, to_plain_json
from contract_tests.suite.support.schema_walk import same_json
from contract_tests.verifier.drift.findings import Difference, Effect, Kind
from contract_tests.verifier.exchange.example_calls import Calls
from contract_tests.verifier.exchange.exchange import Body, Response
from contract_tests.verifier.exchange.httpx_transports import SERVER, Answering

Outcome: TypeAlias = tuple[Effect, str]
"""What happened, and how that shows in a few words."""

_AT_A_VALUE = frozenset({
    Kind.UNDOCUMENTED_FIELD, Kind.WRONG_TYPE, Kind.UNEXPECTED_NULL, Kind.NEW_ENUM_VALUE, Kind.FORMAT,
})  # fmt: skip
_MENDABLE = frozenset({Kind.MISSING_REQUIRED, Kind.WRONG_TYPE, Kind.UNEXPECTED_NULL})
_MISSING = object()


class Probe:
    """Lets the generated client read answers.

    Args:
        contract: The description and its validator.
    """

    def __init__(self, contract: Contract) -> None:
        self._description = contract.description
        self._calls = Calls(contract.description, contract)
        self._wire = Answering()
        self._client = SunoClient(api_key=DEMO_KEY, base_url=SERVER, http_client=self._wire, retries=0)

    def effects(
        self, operation: OperationContract, response: Response, differences: Sequence[Difference]
    ) -> list[Outcome]:
        """What becomes of each difference of one answer.

        Where one of them makes the call fail, the others are looked at in an answer that has it mended.
        """
        result = self._read(operation, response)
        if isinstance(result, Exception):
            if response.status // 100 != 2:
                return [_of_error(result, response, each) for each in differences]
            return self._of_failure(operation, response, differences, result)
        if response.status // 100 != 2:
            return [(Effect.SILENTLY_WRONG, "returns as if it had succeeded") for _ in differences]
        given = self._given(operation, response)
        if given is not _MISSING and not _carries(result, given):
            return [(Effect.SILENTLY_WRONG, "what came is not what the result holds") for _ in differences]
        return [self._of_result(operation, result, each) for each in differences]

    def _read(self, operation: OperationContract, response: Response) -> Any:
        """What a call gives that gets this answer; what it raises is given too."""
        self._wire.response = response
        try:
            return self._calls.examples(operation.id)[0].invoke(self._client)
        except (SunoError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            return error

    def _of_failure(
        self, operation: OperationContract, response: Response, differences: Sequence[Difference], error: Exception
    ) -> list[Outcome]:
        told = (Effect.CRASH, f"{type(error).__name__}: {str(error).partition(': ')[2] or error}"[:200])
        blamed = [each for each in differences if _is_to_blame(error, each)] or list(differences)
        others = [each for each in differences if each not in blamed]
        found = {id(each): _of_refusal(error, each) or told for each in blamed}
        if others:
            mended = self._mended(response, blamed)
            rest = (
                self.effects(operation, mended, others)
                if mended is not None
                else [(Effect.CRASH, "not reached: the call fails before")] * len(others)
            )
            found |= {id(each): outcome for each, outcome in zip(others, rest, strict=True)}
        return [found[id(each)] for each in differences]

    def _of_result(self, operation: OperationContract, result: Any, difference: Difference) -> Outcome:
        if difference.kind is Kind.OTHER_ENVELOPE and is_model(result):
            if _wire_names(result).isdisjoint(result.__dict__):
                return Effect.SILENTLY_WRONG, f"an empty {type(result).__name__}: all that came is in `unknown`"
            return Effect.PRESERVED, f"read as {type(result).__name__}"
        steps = split(difference.instance_pointer)
        member = self._unwrap(operation)
        if difference.kind not in _AT_A_VALUE or difference.side == "request":
            return Effect.NONE, ""
        if member is not None and steps[:1] != [member] and not self._came_bare(operation, result):
            return Effect.NONE, "not part of the result"
        inside = steps[1:] if member is not None and steps[:1] == [member] else steps
        wrong = _mistyped(result, inside, _return_type(operation.sdk))
        if wrong is not None:
            return Effect.SILENTLY_WRONG, wrong
        return Effect.PRESERVED, ""

    def _given(self, operation: OperationContract, response: Response) -> Any:
        """The part of the body that the caller gets; `_MISSING` when that cannot be told."""
        if response.body is None or response.body.kind != "json":
            return _MISSING
        value, member = response.body.value, self._unwrap(operation)
        return value[member] if member is not None and is_object(value) and member in value else value

    def _unwrap(self, operation: OperationContract) -> str | None:
        sdk: Mapping[str, Any] = look(self._description, operation.pointer).get("x-sdk", {})
        return sdk.get("unwrap")

    def _came_bare(self, operation: OperationContract, result: Any) -> bool:
        body = self._wire.response.body
        return body is not None and body.kind == "json" and _carries(result, body.value)

    def _mended(self, response: Response, blamed: Sequence[Difference]) -> Response | None:
        """The answer with sound values where others make the call fail; `None` when there is nothing to be done."""
        body = response.body
        if body is None or body.kind != "json" or any(each.kind not in _MENDABLE for each in blamed):
            return None
        value = json.loads(body.content)
        for each in blamed:
            *way, last = split(each.instance_pointer) or [""]
            if not each.instance_pointer or not _put(_at(value, way), last, self._sound(each.schema)):
                return None
        return Response(response.status, response.headers, Body("json", value))

    def _sound(self, where: str, depth: int = 0) -> Any:
        """The smallest value of a schema."""
        where = resolve(self._description, where)
        source = look(self._description, where)
        if "const" in source:
            return source["const"]
        for keyword in ("oneOf", "anyOf"):
            if keyword in source:
                return self._sound(f"{where}/{keyword}/0", depth)
        types = source.get("type", "object" if "properties" in source else "null")
        kind = types if isinstance(types, str) else types[0]
        if kind == "object" and depth < 8:
            return {name: self._sound(f"{where}/properties/{name}", depth + 1) for name in source.get("required", ())}
        return {"string": "text", "integer": 0, "number": 0, "boolean": False, "array": list[Any]()}.get(kind)


def _of_error(error: Exception, response: Response, difference: Difference) -> Outcome:
    """An answer that is an error ends in an error; what came has to be on it."""
    if not isinstance(error, SunoError):
        return Effect.CRASH, f"{type(error).__name__}, which is no error of the client's own"
    kept = getattr(error, "response", None)
    content = response.body.content if response.body is not None else b""
    if kept is None or kept.content != content or kept.status_code != response.status:
        return Effect.SILENTLY_WRONG, f"{type(error).__name__} without what came"
    if difference.kind in _AT_A_VALUE or difference.kind in (Kind.OTHER_ENVELOPE, Kind.UNDOCUMENTED_STATUS):
        return Effect.PRESERVED, f"on {type(error).__name__}"
    return Effect.NONE, ""


def _of_refusal(error: Exception, difference: Difference) -> Outcome | None:
    """An error body that came as a success has to end in an error."""
    if difference.kind is Kind.OTHER_ENVELOPE and difference.subject == "error" and isinstance(error, EnvelopeError):
        return Effect.PRESERVED, f"on {type(error).__name__}"
    return None


def _is_to_blame(error: Exception, difference: Difference) -> bool:
    if isinstance(error, EnvelopeError):
        return difference.kind is Kind.OTHER_ENVELOPE
    if not isinstance(error, ResponseDecodeError) or difference.side == "request":
        return False
    if difference.kind in (Kind.OTHER_ENVELOPE, Kind.UNREADABLE_BODY, Kind.EMPTY_BODY):
        return True
    return difference.kind in _MENDABLE and f"{error.pointer}/".startswith(f"{difference.instance_pointer}/")


def _carries(result: Any, given: Any) -> bool:
    """Whether a result is what came; a list that is null reads as an empty one."""
    return same_json(to_plain_json(result), given) or (given is None and result == [])


def _mistyped(result: Any, steps: Sequence[str], promised: Any) -> str | None:
    """Where the types of the client promise something else than it gives, on the way to a place; else `None`."""
    owner, name, hint = "", "the result", promised
    value: Any = result
    for step in steps:
        if is_model(value):
            if step not in _wire_names(value):
                break
            model = _class_of(value)
            owner, name, hint = model.__name__, step, _hints(model).get(step, Any)
            value = getattr(value, step, None)
            if not _conforms(value, hint):
                break
        else:
            inner = _at(to_plain_json(value), [step]) if not is_array(value) else value[int(step)]
            if not is_model(inner):
                break
            value, hint = inner, Any
    if _conforms(value, hint):
        return None
    return f"{owner}.{name} is not {_named(hint)}".lstrip(".")


def _class_of(value: Any) -> Any:
    return value.__class__


def _wire_names(model: Any) -> frozenset[str]:
    """The names in JSON of what a model describes."""
    return frozenset(model.wire_names)


def _conforms(value: Any, hint: Any) -> bool:
    """Whether a value is what an annotation says."""
    if hint is Any:
        return True
    if get_origin(hint) in (Union, UnionType):
        return any(_conforms(value, each) for each in get_args(hint))
    if get_origin(hint) is list:
        return is_array(value) and all(_conforms(item, get_args(hint)[0]) for item in value)
    if hint in (None, NoneType):
        return value is None
    if hint in (int, float):
        return isinstance(value, int | float if hint is float else int) and not isinstance(value, bool)
    return isinstance(value, hint if isinstance(hint, type) else get_origin(hint) or object)


def _named(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(map(_named, get_args(hint)))
    if get_origin(hint) is list:
        return f"list[{_named(get_args(hint)[0])}]"
    return "None" if hint is NoneType else getattr(hint, "__name__", str(hint))


@cache
def _hints(model: Any) -> Mapping[str, Any]:
    return get_type_hints(model)


@cache
def _return_type(sdk: str) -> Any:
    """What the annotation of a method of the client says that it returns."""
    resource, _, name = sdk.rpartition(".")
    with SunoClient(api_key=DEMO_KEY, base_url=SERVER, http_client=Answering()) as client:
        written = getattr(getattr(client, resource), name).__annotations__["return"]
    names = {"builtins": builtins} | {each: getattr(cometapi_suno, each) for each in cometapi_suno.__all__}
    return eval(written, names) if isinstance(written, str) else written  # noqa: S307 (our own annotation)


def _put(owner: Any, step: str, value: Any) -> bool:
    """Put a value into an object or a list; tell whether it was one."""
    if is_array(owner):
        owner[int(step)] = value
    elif is_object(owner):
        owner[step] = value
    return isinstance(owner, dict | list)


def _at(value: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        value = value[int(step)] if is_array(value) else value[step]
    return value
