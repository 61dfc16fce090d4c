"""A transport that validates every exchange against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import attrs
import httpx
from cometapi_suno_mock import Contract

if TYPE_CHECKING:
    from cometapi_suno_mock import OperationContract


@attrs.frozen(eq=False)
class CheckedExchange:
    """One exchange as it went over the wire."""

    operation: OperationContract | None
    status: int
    sent: bytes
    came: bytes


class CheckingTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends through `inner` and records every exchange with its violations.

    Args:
        inner: Transport of the kind, sync or async, that is used.
    """

    def __init__(self, contract: Contract, inner: httpx.BaseTransport | httpx.AsyncBaseTransport) -> None:
        self._contract = contract
        self._inner: Any = inner
        self.seen: list[CheckedExchange] = []
        self.violations: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        sent = request.read()
        response: httpx.Response = self._inner.handle_request(request)
        response.read()
        return self._judge(request, sent, response)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        sent = await request.aread()
        response: httpx.Response = await self._inner.handle_async_request(request)
        await response.aread()
        return self._judge(request, sent, response)

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()

    @property
    def operations(self) -> set[str]:
        """The operationIds that were called."""
        return {seen.operation.id for seen in self.seen if seen.operation is not None}

    def _judge(self, request: httpx.Request, sent: bytes, response: httpx.Response) -> httpx.Response:
        # A stream that was read cannot be read again, so the client gets its bytes.
        answer = httpx.Response(response.status_code, headers=response.headers, content=response.content)
        matched = self._contract.match(request.method, request.url.raw_path.partition(b"?")[0].decode())
        if matched is None:
            self.seen.append(CheckedExchange(None, response.status_code, sent, response.content))
            self.violations.append(f"{request.method} {request.url.path}: no operation")
            return answer
        operation, path = matched
        self.seen.append(CheckedExchange(operation, response.status_code, sent, response.content))
        wrong = operation.check_request(
            path_params=path,
            query=parse_qs(request.url.query.decode(), keep_blank_values=True),
            headers={name.lower(): value for name, value in request.headers.items()},
            content_type=request.headers.get("content-type"),
            body=sent,
        )
        wrong += operation.check_response(
            status=response.status_code, content_type=response.headers.get("content-type"), body=response.content
        )
        self.violations += [f"{operation.id} {response.status_code}: {violation}" for violation in wrong]
        return answer
