"""One exchange against the description: everything in it that is other than described."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cometapi_suno_mock import Contract, OperationContract
from cometapi_suno_mock.contract import MediaTypeContract, ResponseContract, parse_parameter
from cometapi_suno_mock.media import choose
from cometapi_suno_mock.pointers import pointer

from contract_tests.verifier.drift.closed_schemas import ClosedSchemas
from contract_tests.verifier.drift.document_index import Tree
from contract_tests.verifier.drift.envelopes import Envelopes
from contract_tests.verifier.drift.explain_errors import Attribution
from contract_tests.verifier.drift.findings import Difference, Kind
from contract_tests.verifier.exchange.exchange import Body, Exchange, Request, Response
from contract_tests.verifier.exchange.sanitize import GONE

TRANSPORT_HEADERS: Final = frozenset({
    "accept-ranges", "age", "allow", "alt-svc", "cache-control", "cf-cache-status", "cf-ray", "connection",
    "content-disposition", "content-encoding", "content-language", "content-length", "content-security-policy",
    "content-type", "cross-origin-opener-policy", "cross-origin-resource-policy", "date", "etag", "expires",
    "keep-alive", "last-modified", "link", "location", "nel", "permissions-policy", "pragma", "referrer-policy",
    "report-to", "reporting-endpoints", "server", "server-timing", "set-cookie", "strict-transport-security", "trailer",
    "transfer-encoding", "upgrade", "vary", "via", "x-cache", "x-content-type-options", "x-frame-options",
    "x-powered-by", "x-xss-protection",
})  # fmt: skip
"""Headers of the transport and of what stands in front of a server: no description names them."""


class Comparer:
    """Compares exchanges with a description.

    Args:
        contract: The description and its validator.
    """

    def __init__(self, contract: Contract) -> None:
        self.description = contract.description
        self.contract = contract
        self.tree = Tree(contract.description)
        self._envelopes = Envelopes(self.tree)
        self._attribution = Attribution(self.tree, ClosedSchemas(self.tree))
        self._headers: dict[str, dict[str, tuple[str, Mapping[str, Any]]]] = {}

    def operation_of(self, exchange: Exchange) -> OperationContract | None:
        """The operation that was called, by method and path."""
        matched = self.contract.match(exchange.request.method, exchange.request.path)
        return None if matched is None else matched[0]

    def compare(self, operation: OperationContract, exchange: Exchange) -> list[Difference]:
        """What an exchange of an operation has other than described.

        A request that was refused may be what it likes; one that was accepted should be as described, less what more
        it had: a server that takes an unknown field says nothing of it.
        """
        response = exchange.response
        answer = operation.answers.get(response.status)
        if answer is None:
            told = f"one of {', '.join(map(str, operation.statuses))}"
            where = f"{operation.pointer}/responses"
            status = response.status
            found = [Difference(Kind.UNDOCUMENTED_STATUS, where, "", str(status), told, status, response=response)]
        else:
            found = [*self._compare_headers(answer, response), *self._compare_body(operation, answer, response)]
        if response.status // 100 == 2:
            found += self._compare_request(operation, exchange.request)
        return found

    def _compare_request(self, operation: OperationContract, request: Request) -> Iterator[Difference]:
        if operation.body is None or request.body is None or request.body.kind != "json":
            return
        content = choose(operation.body.content, "application/json")
        if content is None or content.schema is None:
            return
        for each in self._attribution.differences(content.schema.pointer, request.body.value, side="request"):
            if each.kind is not Kind.UNDOCUMENTED_FIELD:
                yield each

    def _compare_headers(self, answer: ResponseContract, response: Response) -> Iterator[Difference]:
        if answer.pointer not in self._headers:
            self._headers[answer.pointer] = self._described_headers(answer)
        described = self._headers[answer.pointer]
        where = f"{answer.pointer}/headers"
        for name, value in response.headers.items():
            if name not in described and name not in TRANSPORT_HEADERS:
                told = f"one of the headers {', '.join(described) or 'none'}"
                yield Difference(Kind.UNDOCUMENTED_HEADER, where, "", name, told, value)
        for name, (place, source) in described.items():
            if name not in response.headers:
                if source.get("required"):
                    yield Difference(Kind.HEADER, f"{place}/required", "", name, f"the header {name}", None)
            elif response.headers[name] != GONE and "schema" in source:
                value = parse_parameter(source["schema"].get("type"), response.headers[name])
                for each in self._attribution.differences(f"{place}/schema", value):
                    yield Difference(Kind.HEADER, each.spec_pointer, "", name, each.expected, response.headers[name])

    def _described_headers(self, answer: ResponseContract) -> dict[str, tuple[str, Mapping[str, Any]]]:
        found: dict[str, tuple[str, Mapping[str, Any]]] = {}
        for name in self.tree.source(answer.pointer).get("headers", {}):
            place = self.tree.resolve(answer.pointer + pointer(("headers", name)))
            found[name.lower()] = (place, self.tree.source(place))
        return found

    def _compare_body(
        self, operation: OperationContract, answer: ResponseContract, response: Response
    ) -> Iterator[Difference]:
        body, where = response.body, f"{answer.pointer}/content"
        media = response.media or "none"
        if body is None:
            if not answer.may_be_empty:
                told = f"a body of {' or '.join(answer.content)}"
                yield Difference(Kind.EMPTY_BODY, answer.pointer, "", "empty", told, "no body")
            return
        if not answer.content:
            yield Difference(
                Kind.UNDESCRIBED_BODY, answer.pointer, "", media, "no body", _shown(body), response=response
            )
            return
        content = choose(answer.content, response.media)
        json_content = next((each for each in answer.content.values() if each.carries_json), None)
        if content is None or (content.carries_json and body.kind != "json"):
            expected = " or ".join(answer.content)
            if _is_page(body, response.media) and json_content is not None:
                yield Difference(Kind.OTHER_ENVELOPE, where, "", "text/html", expected, _shown(body), response=response)
            elif content is None:
                yield Difference(Kind.CONTENT_TYPE, where, "", media, expected, media, response=response)
            else:
                place = where + pointer([content.media])
                yield Difference(Kind.UNREADABLE_BODY, place, "", "not JSON", "JSON", _shown(body))
            content = json_content
        if body.kind == "json" and content is not None and content.carries_json:
            yield from self._compare_json(operation, response.status, content, body.value)

    def _compare_json(
        self, operation: OperationContract, status: int, content: MediaTypeContract, value: Any
    ) -> Iterator[Difference]:
        if content.schema is None:
            return
        where = content.schema.pointer
        found = self._attribution.differences(where, value)
        made = self._envelopes.recognise(operation, status, where, value) if found else None
        if made is None:
            yield from found
            return
        difference, inner = made
        yield difference
        if inner is not None:
            yield from self._attribution.differences(inner.where, inner.value, inner.prefix)


def _is_page(body: Body, media: str) -> bool:
    return body.kind == "text" and ("html" in media or body.value.lstrip()[:1] == "<")


def _shown(body: Body) -> Any:
    """A body as evidence: JSON whole, a text shortened, bytes by their number."""
    if body.kind == "json":
        return body.value
    return body.value[:200] if body.kind == "text" else f"{len(body.value)} bytes"
