"""The effect of a drifted answer on users: the generated client reads the answer, and its result is examined."""

from __future__ import annotations

import builtins
import json
import typing
from collections import abc
from collections.abc import Mapping, Sequence
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

import cometapi_suno
import httpx
from cometapi_suno import EnvelopeError, FileLink, ResponseDecodeError, SunoClient, SunoError
from cometapi_suno_mock import DEMO_KEY, Contract, OperationContract
from cometapi_suno_mock.example_responses import build_value
from cometapi_suno_mock.media import JSON, parse_media_type

from contract_tests.verifier.drift.findings import ClientEffect, Deviation, DriftKind
from contract_tests.verifier.drift.result_reader import read_results
from contract_tests.verifier.exchange.example_calls import ExampleCalls
from contract_tests.verifier.exchange.exchange import ExchangeBody, ExchangeResponse
from contract_tests.verifier.spec_index import index_contract
from scripts.openapi_document import (
    format_reference,
    is_array,
    is_object,
    join_pointer,
    look_up,
    same_json,
    split_pointer,
)

EffectNote: TypeAlias = tuple[ClientEffect, str]
"""An effect, and how it shows in a few words."""

_AT_A_VALUE: Final = frozenset({
    DriftKind.UNDOCUMENTED_FIELD, DriftKind.WRONG_TYPE, DriftKind.UNEXPECTED_NULL, DriftKind.NEW_ENUM_VALUE,
    DriftKind.FORMAT,
})  # fmt: skip
_REPAIRABLE: Final = frozenset({
    DriftKind.MISSING_REQUIRED, DriftKind.WRONG_TYPE, DriftKind.UNEXPECTED_NULL, DriftKind.NEW_ENUM_VALUE,
    DriftKind.FORMAT, DriftKind.OTHER_ENVELOPE,
})  # fmt: skip
_OUTSIDE_BODIES: Final = frozenset({
    DriftKind.HEADER, DriftKind.UNDOCUMENTED_HEADER, DriftKind.UNDOCUMENTED_STATUS, DriftKind.REPEATED_NAME,
})  # fmt: skip
"""Kinds that never make a call fail by themselves."""
_TRANSFER_HEADERS: Final = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that describe the transfer of a body, not the body."""
_NOT_JSON: Final = object()


class ClientProbe:
    """Lets the generated client read answers.

    Args:
        contract: The description and its validator.
    """

    def __init__(self, contract: Contract) -> None:
        self._index = index_contract(contract)
        self._results = read_results(contract)
        self._calls = ExampleCalls(contract)
        self._response = ExchangeResponse(204)
        transport = httpx.MockTransport(lambda _: _to_httpx(self._response))
        server = "http://127.0.0.1"
        self._client = SunoClient(
            api_key=DEMO_KEY, access_token=DEMO_KEY, base_url=server, http_client=transport, retries=0
        )

    def find_effects(
        self, operation: OperationContract, response: ExchangeResponse, deviations: Sequence[Deviation]
    ) -> list[EffectNote]:
        """Return the effect of each deviation of an answer.

        When the call fails, each deviation is examined in an answer in which all others are repaired.
        """
        result = self._read(operation, response)
        if response.status // 100 != 2:
            if isinstance(result, Exception):
                return [_examine_error(result, response, each) for each in deviations]
            return [(ClientEffect.SILENTLY_WRONG, "returns as if it had succeeded") for _ in deviations]
        if not isinstance(result, Exception):
            return [self._examine_result(operation, response, result, each) for each in deviations]
        found = [self._examine_alone(operation, response, each, deviations, result) for each in deviations]
        if all(effect in (ClientEffect.NONE, ClientEffect.PRESERVED) for effect, _ in found) and not any(
            _is_refusal(result, each) for each in deviations
        ):  # only together do they make the call fail
            return [_describe_crash(result)] * len(deviations)
        return found

    def find_refusal(self, operation: OperationContract, response: ExchangeResponse) -> str:
        """Return how the client refuses the answer of a success; empty if it returns it."""
        result = self._read(operation, response) if response.status // 100 == 2 else None
        return _describe_crash(result)[1] if isinstance(result, Exception) else ""

    def _read(self, operation: OperationContract, response: ExchangeResponse) -> Any:
        """Return the result of a call that gets this answer, or the exception that it raises."""
        self._response = response
        call = self._calls.examples(operation.id)[0]
        if response.body is not None:
            call = call.asking_for(response.body.content)
        try:
            result = call.invoke(self._client)
        except (SunoError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            return error
        return attrgetter("raw")(result) if isinstance(result, FileLink) else result

    def _examine_alone(
        self,
        operation: OperationContract,
        response: ExchangeResponse,
        deviation: Deviation,
        deviations: Sequence[Deviation],
        error: Exception,
    ) -> EffectNote:
        """Return the effect of one deviation of an answer that makes the call fail."""
        if deviation.kind in _OUTSIDE_BODIES or deviation.side == "request":
            return ClientEffect.NONE, ""
        repaired = self._repair(response, [each for each in deviations if each != deviation])
        if repaired is None:
            if _is_cause(error, deviation):
                return self._examine_failure(error, deviation)
            return ClientEffect.NONE, "not reached: the call fails before"
        result = self._read(operation, repaired)
        if isinstance(result, Exception):
            return self._examine_failure(result, deviation)
        return self._examine_result(operation, repaired, result, deviation)

    def _examine_failure(self, error: Exception, deviation: Deviation) -> EffectNote:
        if _is_refusal(error, deviation):
            return ClientEffect.PRESERVED, f"on {type(error).__name__}"
        return _describe_crash(error)

    def _examine_result(
        self, operation: OperationContract, response: ExchangeResponse, result: Any, deviation: Deviation
    ) -> EffectNote:
        member, expected = self._find_expected(operation, response)
        if expected is not _NOT_JSON and not _holds(result, expected):
            return ClientEffect.SILENTLY_WRONG, "the result is not what the answer holds"
        if deviation.kind is DriftKind.OTHER_ENVELOPE and _is_model(result):
            empty = _find_empty(result)
            return (ClientEffect.PRESERVED, f"read as {type(result).__name__}") if empty is None else empty
        if deviation.kind is DriftKind.EMPTY_RESULT:
            return ClientEffect.SILENTLY_WRONG, "returned as a success"
        if deviation.kind is DriftKind.REPEATED_NAME:
            return ClientEffect.SILENTLY_WRONG, "the last value counts, the others are lost"
        if deviation.kind not in _AT_A_VALUE or deviation.side == "request":
            return ClientEffect.NONE, ""
        steps = split_pointer(deviation.instance_pointer)
        if member is not None:
            if steps[:1] != [member]:
                return ClientEffect.NONE, "not part of the result"
            steps = steps[1:]
        wrong = _find_mistyped(result, steps, _return_type(operation.sdk))
        if wrong is not None:
            return ClientEffect.SILENTLY_WRONG, wrong
        if deviation.kind is DriftKind.UNDOCUMENTED_FIELD:
            return self._examine_owner(_walk(result, steps[:-1]), deviation)
        if deviation.kind is DriftKind.NEW_ENUM_VALUE and deviation.schema in self._results.poll_statuses:
            return ClientEffect.SILENTLY_WRONG, "a wait does not end on it: it is neither done nor failed"
        return ClientEffect.PRESERVED, ""

    def _examine_owner(self, owner: Any, deviation: Deviation) -> EffectNote:
        """Return the effect of an extra field: harmless, unless the object is another one than the client reads."""
        empty = _find_empty(owner)
        if empty is not None:
            return empty
        if is_object(owner) or _is_model(owner):
            names = set(_to_plain(owner))
            own = names & self._index.at(deviation.schema).get("properties", {}).keys()
            for other in self._index.document["components"]["schemas"]:
                known = self._index.at(f"/components/schemas/{other}").get("properties", {})
                if len(names & known.keys()) > len(own):
                    read_as = type(owner).__name__ if _is_model(owner) else split_pointer(deviation.schema)[-1]
                    return ClientEffect.SILENTLY_WRONG, f"read as {read_as}, but its fields are those of {other}"
        return ClientEffect.PRESERVED, ""

    def _find_expected(self, operation: OperationContract, response: ExchangeResponse) -> tuple[str | None, Any]:
        """Return the result in a body, after the member that holds it.

        The member is `None` when the whole body is the result. The result of a body that is not JSON is `_NOT_JSON`.
        """
        if response.body is None or response.body.kind != "json":
            return None, _NOT_JSON
        value: Any = response.body.value
        member: str | None = self._index.at(operation.pointer).get("x-sdk", {}).get("unwrap")
        return (member, value[member]) if is_object(value) and member in value else (None, value)

    def _repair(self, response: ExchangeResponse, others: Sequence[Deviation]) -> ExchangeResponse | None:
        """Return the answer without some of its deviations; `None` when that is impossible."""
        headers, body, value = dict(response.headers), response.body, None
        if body is not None and body.kind == "json":
            value = json.loads(body.content)
        for each in others:
            if each.kind is DriftKind.CONTENT_TYPE and value is not None:
                headers["content-type"] = JSON
            elif each.kind not in _OUTSIDE_BODIES and each.side == "response":
                if value is None or not each.instance_pointer:
                    return None
                self._repair_place(value, each)
        return ExchangeResponse(response.status, headers, body if value is None else ExchangeBody("json", value))

    def _repair_place(self, value: Any, deviation: Deviation) -> None:
        """Change a body at the place of a deviation; leave it if the place went with another one."""
        *steps, last = split_pointer(deviation.instance_pointer)
        try:
            owner = look_up(value, join_pointer("", *steps))
        except LookupError:
            return
        if deviation.kind is DriftKind.UNDOCUMENTED_FIELD and is_object(owner):
            owner.pop(last, None)
        elif deviation.kind in _REPAIRABLE and is_object(owner):
            owner[last] = self._make_valid(deviation.schema)
        elif deviation.kind in _REPAIRABLE and is_array(owner):
            owner[int(last)] = self._make_valid(deviation.schema)

    def _make_valid(self, schema: str) -> Any:
        return build_value(self._index.document, {"$ref": format_reference(schema)})


def _to_httpx(response: ExchangeResponse) -> httpx.Response:
    headers = {name: value for name, value in response.headers.items() if name not in _TRANSFER_HEADERS}
    if response.body is not None and not parse_media_type(headers.get("content-type", "")):
        headers.pop("content-type", None)
    content = response.body.content if response.body is not None else b""
    return httpx.Response(response.status, headers=headers, stream=httpx.ByteStream(content))


def _examine_error(error: Exception, response: ExchangeResponse, deviation: Deviation) -> EffectNote:
    """Return the effect on a call that should fail: its error has to hold the answer."""
    if not isinstance(error, SunoError):
        return ClientEffect.CRASH, f"{type(error).__name__}, which is not an error class of the client"
    kept = getattr(error, "response", None)
    content = response.body.content if response.body is not None else b""
    if kept is None or kept.content != content or kept.status_code != response.status:
        return ClientEffect.SILENTLY_WRONG, f"{type(error).__name__} without the answer"
    if deviation.kind in (*_AT_A_VALUE, DriftKind.OTHER_ENVELOPE, DriftKind.UNDOCUMENTED_STATUS):
        return ClientEffect.PRESERVED, f"on {type(error).__name__}"
    return ClientEffect.NONE, ""


def _is_refusal(error: Exception, deviation: Deviation) -> bool:
    """Return whether an error body with the status of a success ended in an error, as it should."""
    is_error_body = deviation.kind is DriftKind.OTHER_ENVELOPE and deviation.subject == "error"
    return is_error_body and isinstance(error, EnvelopeError)


def _describe_crash(error: Exception) -> EffectNote:
    return ClientEffect.CRASH, f"{type(error).__name__}: {str(error).partition(': ')[2] or error}"[:200]


def _is_cause(error: Exception, deviation: Deviation) -> bool:
    if isinstance(error, EnvelopeError):
        return deviation.kind is DriftKind.OTHER_ENVELOPE
    if not isinstance(error, ResponseDecodeError) or deviation.side == "request":
        return False
    if deviation.kind in (DriftKind.OTHER_ENVELOPE, DriftKind.UNREADABLE_BODY, DriftKind.EMPTY_BODY):
        return True
    return deviation.kind in _REPAIRABLE and f"{error.pointer}/".startswith(f"{deviation.instance_pointer}/")


def _is_model(value: object) -> bool:
    return hasattr(value, "to_dict")


def _to_plain(result: Any) -> Any:
    """Return the result of a call as plain JSON."""
    if is_array(result):
        return [_to_plain(each) for each in result]
    return result.to_dict() if _is_model(result) else result


def _walk(result: Any, steps: Sequence[str]) -> Any:
    """Return the part of a result at a place; `None` if there is none."""
    for step in steps:
        if _is_model(result):
            result = getattr(result, step, None) if step in result.wire_names else None
        elif is_array(result):
            result = result[int(step)]
        else:
            result = result.get(step) if is_object(result) else None
    return result


def _find_empty(result: Any) -> EffectNote | None:
    """Return the effect of a model that holds nothing of what it describes; `None` for other results."""
    if _is_model(result) and result.wire_names and frozenset(result.wire_names).isdisjoint(result.__dict__):
        return ClientEffect.SILENTLY_WRONG, f"an empty {type(result).__name__}: what came is in `unknown`"
    return None


def _holds(result: Any, expected: Any) -> bool:
    """Return whether a result is a JSON value; a list that is null reads as an empty one."""
    return same_json(_to_plain(result), expected) or (expected is None and result == [])


def _find_mistyped(result: Any, steps: Sequence[str], return_type: Any) -> str | None:
    """Return the first value, on the way to a place in a result, that does not match its annotation."""
    owner, name, hint = "", "the result", return_type
    value: Any = result
    for step in steps:
        if _is_model(value):
            if step not in value.wire_names:
                break
            model: Any = value.__class__
            owner, name, hint = model.__name__, step, _read_hints(model).get(step, Any)
            value = getattr(value, step, None)
            if not _matches(value, hint):
                break
        else:
            inner = value[int(step)] if is_array(value) else value[step]
            if not _is_model(inner):
                break
            value, hint = inner, Any
    if _matches(value, hint):
        return None
    return f"{owner}.{name} is not {_format_hint(hint)}".lstrip(".")


def _matches(value: Any, hint: Any) -> bool:
    """Return whether a value matches an annotation."""
    if hint is Any:
        return True
    if get_origin(hint) in (Union, UnionType):
        return any(_matches(value, each) for each in get_args(hint))
    if get_origin(hint) is list:
        return is_array(value) and all(_matches(item, get_args(hint)[0]) for item in value)
    if hint in (None, NoneType):
        return value is None
    if hint in (int, float):
        return isinstance(value, int | float if hint is float else int) and not isinstance(value, bool)
    return isinstance(value, hint if isinstance(hint, type) else get_origin(hint) or object)


def _format_hint(hint: Any) -> str:
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(map(_format_hint, get_args(hint)))
    if get_origin(hint) is list:
        return f"list[{_format_hint(get_args(hint)[0])}]"
    return "None" if hint is NoneType else getattr(hint, "__name__", str(hint))


@cache
def _read_hints(model: Any) -> Mapping[str, Any]:
    return get_type_hints(model)


@cache
def _return_type(sdk: str) -> Any:
    """Return the annotated type of what a method of the client makes of the body."""
    with SunoClient(api_key=DEMO_KEY, http_client=httpx.MockTransport(lambda _: httpx.Response(204))) as client:
        method = attrgetter(sdk)(client)
    # The client imports the names in its annotations only for type checkers, and its own classes lazily.
    names = {name: getattr(cometapi_suno, name) for name in cometapi_suno.__all__}
    hint = get_type_hints(method, localns={"builtins": builtins, **vars(typing), **vars(abc), **names})["return"]
    return get_args(hint)[0] if get_origin(hint) is FileLink else hint
