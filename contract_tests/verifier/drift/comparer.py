"""One exchange against the description: every deviation of its status, headers, body and request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.media import choose
from cometapi_suno_mock.operation_contract import MediaTypeContract, ResponseContract, parse_parameter

from contract_tests.verifier.drift.findings import Deviation, DriftKind
from contract_tests.verifier.drift.result_reader import EnvelopeMatcher, read_results
from contract_tests.verifier.drift.schema_deviations import find_deviations
from contract_tests.verifier.exchange.exchange import (
    TRANSPORT_HEADERS,
    ExchangeBody,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
)
from contract_tests.verifier.spec_index import index_contract
from scripts.openapi_document import join_pointer, split_pointer


class Comparer:
    """Compares exchanges with a description.

    Args:
        contract: The description and its validator.
    """

    def __init__(self, contract: Contract) -> None:
        self._index = index_contract(contract)
        self._envelopes = EnvelopeMatcher(self._index)
        self._results = read_results(contract)
        self._headers: dict[str, dict[str, tuple[str, Mapping[str, Any]]]] = {}

    def compare(self, operation: OperationContract, exchange: HttpExchange) -> list[Deviation]:
        """Return the deviations of an exchange.

        A refused request may be anything. An accepted one is compared, except for extra fields, which servers ignore.
        """
        response = exchange.response
        status, answer = response.status, operation.answers.get(response.status)
        if answer is None:
            expected = f"one of {', '.join(map(str, operation.statuses))}"
            where = f"{operation.pointer}/responses"
            found = [Deviation(DriftKind.UNDOCUMENTED_STATUS, where, "", str(status), expected, status)]
        else:
            found = [*self._compare_headers(answer, response), *self._compare_body(operation, answer, response)]
        if status // 100 == 2:
            found += self._compare_request(operation, exchange.request)
        return found

    def _compare_request(self, operation: OperationContract, request: ExchangeRequest) -> Iterator[Deviation]:
        if operation.body is None or request.body is None or request.body.kind != "json":
            return
        content = choose(operation.body.content, "application/json")
        if content is None or content.schema is None:
            return
        for each in find_deviations(self._index, content.schema.pointer, request.body.value, side="request"):
            if each.kind is not DriftKind.UNDOCUMENTED_FIELD:
                yield each

    def _compare_headers(self, answer: ResponseContract, response: ExchangeResponse) -> Iterator[Deviation]:
        if answer.pointer not in self._headers:
            self._headers[answer.pointer] = self._read_headers(answer)
        described = self._headers[answer.pointer]
        where = f"{answer.pointer}/headers"
        for name, value in response.headers.items():
            if name not in described and name not in TRANSPORT_HEADERS:
                expected = f"one of the headers {', '.join(described) or 'none'}"
                yield Deviation(DriftKind.UNDOCUMENTED_HEADER, where, "", name, expected, value)
        for name, (place, source) in described.items():
            if name not in response.headers:
                if source.get("required") and response.headers_are_known:
                    yield Deviation(DriftKind.HEADER, f"{place}/required", "", name, f"the header {name}", None)
            elif "schema" in source:
                value = parse_parameter(source["schema"].get("type"), response.headers[name])
                for each in find_deviations(self._index, f"{place}/schema", value):
                    text = response.headers[name]
                    yield Deviation(DriftKind.HEADER, each.spec_pointer, "", name, each.expected, text)

    def _read_headers(self, answer: ResponseContract) -> dict[str, tuple[str, Mapping[str, Any]]]:
        """Return pointer and node of each described header, by its name in lower case."""
        found: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for name in self._index.at(answer.pointer).get("headers", {}):
            place = self._index.resolve(join_pointer(answer.pointer, "headers", name))
            found[name.lower()] = (place, self._index.at(place))
        return found

    def _compare_body(
        self, operation: OperationContract, answer: ResponseContract, response: ExchangeResponse
    ) -> Iterator[Deviation]:
        body, where, media = response.body, f"{answer.pointer}/content", response.media or "none"
        if body is None:
            if response.body_is_known and not answer.may_be_empty:
                expected = f"a body of {' or '.join(answer.content)}"
                yield Deviation(DriftKind.EMPTY_BODY, answer.pointer, "", "empty", expected, "no body")
            return
        if not answer.content:
            shown = _show(body)
            yield Deviation(DriftKind.UNDESCRIBED_BODY, answer.pointer, "", media, "no body", shown)
            return
        json_content = next((each for each in answer.content.values() if each.carries_json), None)
        content = choose(answer.content, response.media) if response.headers_are_known else json_content
        if content is None or (content.carries_json and body.kind != "json"):
            expected, shown = " or ".join(answer.content), _show(body)
            if _is_page(body, response.media) and json_content is not None:
                yield Deviation(DriftKind.OTHER_ENVELOPE, where, "", "text/html", expected, shown)
            elif content is None:
                yield Deviation(DriftKind.CONTENT_TYPE, where, "", media, expected, media)
            else:
                place = join_pointer(where, content.media)
                yield Deviation(DriftKind.UNREADABLE_BODY, place, "", "not JSON", "JSON", shown)
            content = json_content
        for place in body.repeated:
            name = split_pointer(place)[-1]
            yield Deviation(DriftKind.REPEATED_NAME, where, place, name, "each name once", f"{name}, more than once")
        if body.kind == "json" and content is not None and content.carries_json:
            yield from self._compare_json(operation, response.status, content, body.value)

    def _compare_json(
        self, operation: OperationContract, status: int, content: MediaTypeContract, value: Any
    ) -> Iterator[Deviation]:
        if content.schema is None:
            return
        found = find_deviations(self._index, content.schema.pointer, value)
        matched = self._envelopes.match(operation, status, content.schema.pointer, value) if found else None
        if matched is None:
            yield from found
            if status // 100 == 2:
                yield from self._results.find_empty(operation.id, content.schema.pointer, value)
            return
        deviation, inner = matched
        yield deviation
        if inner is not None:
            yield from find_deviations(self._index, inner.schema, inner.value, inner.place)


def _is_page(body: ExchangeBody, media: str) -> bool:
    return body.kind == "text" and ("html" in media or body.value.lstrip()[:1] == "<")


def _show(body: ExchangeBody) -> Any:
    """Return a body as evidence: JSON whole, the start of a text, the size of bytes."""
    if body.kind == "json":
        return body.value
    return body.value[:200] if body.kind == "text" else f"{len(body.value)} bytes"
