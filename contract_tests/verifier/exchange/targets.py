"""Sources of exchanges: the mock, recordings and HTTP Archives. The live target is in `live/`."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import ClassVar

import httpx
from attrs import field, frozen
from cometapi_suno_mock import Contract, Gateway, OperationContract, Settings, load_contract
from cometapi_suno_mock.faults import HEADER
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.verifier.exchange import VerifierInputError
from contract_tests.verifier.exchange.archives import ArchiveReader, is_archive
from contract_tests.verifier.exchange.example_calls import example_calls
from contract_tests.verifier.exchange.exchange import (
    UNDATED,
    ExchangeRequest,
    ExchangeResponse,
    HttpExchange,
    parse_body,
)
from contract_tests.verifier.exchange.http_caller import HttpCaller, StatusCallers, poor_settings
from contract_tests.verifier.exchange.links import read_links, walk
from contract_tests.verifier.exchange.recordings import HOST, RECORDINGS, read_recordings
from contract_tests.verifier.exchange.sanitize import Sanitizer


class TargetDiedError(VerifierInputError):
    """A target stopped answering.

    Attributes:
        exchanges: What it answered before.
    """

    def __init__(self, message: str, exchanges: Sequence[HttpExchange]) -> None:
        super().__init__(message)
        self.exchanges = exchanges


@frozen
class RecordedTarget:
    """Recorded exchanges, sanitized. Those of this repository were sanitized when they were written.

    Attributes:
        path: A recording, a folder of recordings, a HAR, or a gateway's log with one JSON object a line.
        contract: The description; by default the generated one.
        host: The host whose exchanges are read from an archive.
        keep_contents: Do not sanitize.
    """

    name: ClassVar = "recorded"
    path: Path = RECORDINGS
    contract: Contract = field(factory=load_contract)
    host: str = HOST
    keep_contents: bool = field(default=False, kw_only=True)

    def exchanges(self) -> Iterable[HttpExchange]:
        """Return the recorded exchanges.

        Raises:
            VerifierInputError: A file is not a recording, or an archive has no exchange with the host.
        """
        if self.path == RECORDINGS:
            return read_recordings()
        sanitizer = Sanitizer(contract=self.contract, keep_contents=self.keep_contents)
        if self.path.is_file() and is_archive(self.path):
            found = ArchiveReader(self.contract, self.host).read(self.path)
        else:
            found = read_recordings(self.path)
        return list(map(sanitizer.sanitize, found))


@frozen
class MockTarget:
    """The mock gateway, called with every example, along every link, and for every described status.

    Statuses that the mock has no reason for are requested as faults. Only the key of the mock is sent. The answers of a
    served mock are sanitized: it may be another server.

    Attributes:
        contract: The description; by default the generated one.
        base_url: URL of a served mock on this machine; by default the mock runs in process.
    """

    name: ClassVar = "mock"
    contract: Contract = field(factory=load_contract)
    base_url: str | None = None

    def exchanges(self) -> Iterable[HttpExchange]:
        """Return the exchanges; in process they are the same every time.

        Raises:
            VerifierInputError: What answers at the base URL is not a mock.
            TargetDiedError: Nothing answers there, or not any more.
        """
        found: list[HttpExchange] = []
        operations = self.contract.operations
        with ExitStack() as stack:
            caller = stack.enter_context(self._open_caller(found))
            poor = None
            if self.base_url is None:
                poor = stack.enter_context(self._open_caller(found, poor_settings(self.contract)))
            callers = StatusCallers(caller, poor)
            try:
                walk(caller, read_links(self.contract))
                if all(each.response.status == 401 for each in found):
                    raise VerifierInputError(
                        f"{self.base_url}: not a mock: it refuses the mock's key. Name the target live"
                    )
                if all(each.response.status >= 400 for each in found):
                    message = f"{self.base_url or self.name}: it answers no example with a success"
                    raise TargetDiedError(message, self._sanitize(found))
                for operation in operations.values():
                    for status in operation.statuses:
                        if status == operation.success:
                            continue
                        callers.provoke(operation, status)
                        if status not in callers.find_causes(operation):
                            _provoke_other_bodies(caller, operation, status)
            except httpx.RequestError as error:  # also an answer that cannot be decoded
                reason = " ".join(str(error).split()) or type(error).__name__
                message = f"{self.base_url}: the mock does not answer: {reason}"
                raise TargetDiedError(message, self._sanitize(found)) from None
        return self._sanitize(found)

    def _sanitize(self, found: Sequence[HttpExchange]) -> Sequence[HttpExchange]:
        """Sanitize what a served mock answered."""
        return found if self.base_url is None else list(map(Sanitizer(contract=self.contract).sanitize, found))

    @contextmanager
    def _open_caller(self, found: list[HttpExchange], settings: Settings | None = None) -> Generator[HttpCaller]:
        """Open a caller whose exchanges are added to a list."""
        transport: httpx.BaseTransport = (
            GatewayTransport(Gateway(self.contract, settings=settings))
            if self.base_url is None
            else httpx.HTTPTransport(trust_env=False)
        )
        with httpx.Client(
            transport=transport,
            base_url=self.base_url or "http://127.0.0.1",
            trust_env=False,
            event_hooks={"response": [partial(self._record, found)]},
        ) as http:
            yield HttpCaller(self.contract, http)

    def _record(self, found: list[HttpExchange], response: httpx.Response) -> None:
        """Record an exchange with the mock, without the header that requests a fault."""
        request, content = response.request, response.read()
        path = request.url.raw_path.partition(b"?")[0].decode("ascii")
        matched = self.contract.match(request.method, path)
        operation = None if matched is None else matched[0].id
        headers, query = _plain_headers(request.headers), tuple(request.url.params.multi_items())
        found.append(
            HttpExchange(
                id=f"{self.name}.{len(found) + 1}.{operation or 'undescribed'}.{response.status_code}",
                origin="mock",
                target=self.name,
                date=UNDATED,
                operation=operation,
                request=ExchangeRequest(request.method, path, query, headers, parse_body(request.content)),
                response=ExchangeResponse(response.status_code, _plain_headers(response.headers), parse_body(content)),
            )
        )


def open_target(
    name: str,
    contract: Contract,
    *,
    base_url: str | None = None,
    host: str = HOST,
    keep_contents: bool = False,
) -> MockTarget | RecordedTarget:
    """Return the target of a name.

    Args:
        name: `mock`, `recorded`, or the path of a recording, of a folder of them, of a HAR or of a log.
        contract: The description.
        base_url: URL of a served mock.
        host: The host whose exchanges are read from an archive.
        keep_contents: Do not sanitize recordings.

    Raises:
        VerifierInputError: The target is unknown, or the mock would not be on this machine.
    """
    path = Path(name)
    if base_url is not None and name != MockTarget.name:
        raise VerifierInputError(f"{name} has no URL: leave {base_url} out, or name the target mock or live")
    if name == MockTarget.name:
        return MockTarget(contract, base_url=None if base_url is None else _check_local(base_url))
    if name == RecordedTarget.name:
        return RecordedTarget()
    if not name or not path.exists():
        raise VerifierInputError(
            f"{name!a} is not a target. Targets are mock, recorded, live, and the path of a recording, HAR or log"
        )
    return RecordedTarget(path, contract, host, keep_contents=keep_contents)


def _check_local(base_url: str) -> str:
    """Return the URL of a mock on this machine. Elsewhere, the calls to a mock would be charged."""
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme != "http" or url.host not in ("127.0.0.1", "::1", "localhost"):
        raise VerifierInputError(f"{base_url!a}: a mock is served on this machine, as at http://127.0.0.1:4010")
    return base_url


def _provoke_other_bodies(caller: HttpCaller, operation: OperationContract, status: int) -> None:
    """Request a status with each body that it may have but for the usual one: HTML, and none at all."""
    _, path, body = next(example_calls(operation))
    for content in operation.answers[status].content:
        if "html" in content:
            caller.call(operation, path, body, fault=f"status={status}; body=html")
    if operation.answers[status].may_be_empty:
        caller.call(operation, path, body, fault=f"status={status}; body=empty")


def _plain_headers(headers: httpx.Headers) -> dict[str, str]:
    """Return headers with names in lower case, without the one that requests a fault."""
    return {name.lower(): value for name, value in headers.items() if name.lower() != HEADER.lower()}
