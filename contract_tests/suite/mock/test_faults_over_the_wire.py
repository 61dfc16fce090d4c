"""Each fault as our client and curl see it, over a socket and in process."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator

import attrs
import httpx
import pytest
from cometapi_suno import (
    DeliveryError,
    EnvelopeError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseDecodeError,
    ResponseError,
    ServiceUnavailableError,
    SunoClient,
)
from cometapi_suno_mock import DEMO_KEY, FINISHED_CLIP, Fault, Gateway
from cometapi_suno_mock.httpx_transport import GatewayTransport

from contract_tests.suite.mock.conftest import PERSONA_BODY

COULD_NOT_READ = "18"
RECEIVE_FAILED = "56"
TIMED_OUT = "28"


@attrs.frozen
class Meeting:
    """A fault, curl's status and exit code, and the client's error; None when it gets a persona."""

    fault: str
    curl: tuple[str, str]
    error: type[Exception] | None

    def __str__(self) -> str:
        return self.fault


MEETINGS = [
    Meeting("status=503", ("503", "0"), ServiceUnavailableError),
    Meeting("status=500; effect", ("500", "0"), OutcomeUnknownError),
    Meeting("status=524; body=html", ("524", "0"), OutcomeUnknownError),
    Meeting("status=429; body=empty; retry-after=1", ("429", "0"), RateLimitError),
    Meeting("status=429; retry-date=1", ("429", "0"), RateLimitError),
    Meeting("status=418", ("418", "0"), ResponseError),
    Meeting("status=204", ("204", "0"), ResponseDecodeError),
    Meeting("status=201; effect", ("201", "0"), None),
    Meeting("delay=0.05", ("200", "0"), None),
    Meeting("delay=3", ("000", TIMED_OUT), OutcomeUnknownError),
    Meeting("slow-body=0.01", ("200", "0"), None),
    Meeting("slow-body=3", ("200", TIMED_OUT), OutcomeUnknownError),
    Meeting("truncate=100", ("200", COULD_NOT_READ), OutcomeUnknownError),
    Meeting("reset=before", ("000", RECEIVE_FAILED), DeliveryError),
    Meeting("reset=after", ("000", RECEIVE_FAILED), OutcomeUnknownError),
    Meeting("content-type=text/plain", ("200", "0"), None),
    Meeting("invalid-json", ("200", "0"), ResponseDecodeError),
    Meeting("drop=/id", ("200", "0"), ResponseDecodeError),
    Meeting("null=/id", ("200", "0"), ResponseDecodeError),
    Meeting("retype=/id", ("200", "0"), ResponseDecodeError),
    Meeting("add=/clip/surprise", ("200", "0"), None),
    Meeting("enum=/clip/status", ("200", "0"), None),
]

MEETING = pytest.mark.parametrize("meeting", MEETINGS, ids=str)


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Gateway, str]]:
    gateway = Gateway()
    with gateway.serve() as base:
        yield gateway, base


def _meet(meeting: Meeting, client: SunoClient) -> None:
    def call() -> str:
        persona = client.personas.create(
            root_clip_id=FINISHED_CLIP, name="n", description="d", clips=[FINISHED_CLIP], is_public=False
        )
        return persona.id

    if meeting.error is None:
        assert call()
        return
    with pytest.raises(meeting.error) as raised:
        call()
    assert DEMO_KEY not in str(raised.value)


@MEETING
def test_client_meets_fault_over_socket(meeting: Meeting, served: tuple[Gateway, str]) -> None:
    gateway, base = served
    gateway.reset()
    gateway.faults.add(meeting.fault)
    with SunoClient(api_key=DEMO_KEY, base_url=base, timeout=0.4, retries=0) as client:
        _meet(meeting, client)


@MEETING
def test_client_meets_fault_in_process(meeting: Meeting, gateway: Gateway) -> None:
    """The transport raises what a socket would."""
    gateway.faults.add(meeting.fault)
    transport = GatewayTransport(gateway)
    with SunoClient(
        api_key=DEMO_KEY, base_url="http://127.0.0.1", timeout=0.4, retries=0, http_client=transport
    ) as client:
        _meet(meeting, client)


@MEETING
def test_curl_meets_fault(meeting: Meeting, served: tuple[Gateway, str]) -> None:
    """The faults are real on the wire, not only for our own client."""
    gateway, base = served
    gateway.reset()
    command = [
        "curl",
        "--silent",
        "--max-time",
        "0.4",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code} %{exitcode}",
    ]
    command += ["--header", f"X-Mock-Fault: {meeting.fault}", "--header", f"Authorization: Bearer {DEMO_KEY}"]
    command += ["--json", json.dumps(PERSONA_BODY), f"{base}/suno/persona/create"]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
    assert tuple(said) == meeting.curl


def test_gateway_survives_every_fault(served: tuple[Gateway, str]) -> None:
    gateway, base = served
    gateway.reset()
    assert httpx.get(base).status_code == 200


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["delay=3", "slow-body=3", "reset=after", "truncate=5"])
async def test_async_client_meets_broken_delivery(gateway: Gateway, fault: str) -> None:
    gateway.faults.add(Fault.parse(fault))
    async with httpx.AsyncClient(transport=GatewayTransport(gateway), timeout=0.2) as client:
        with pytest.raises((httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError)):
            await client.post("http://t/suno/persona/create", json=PERSONA_BODY, headers={"Authorization": DEMO_KEY})


def test_stop_does_not_wait_for_delay(gateway: Gateway) -> None:
    """A test with a long delay must still end at once."""
    gateway.faults.add("delay=600")
    with gateway.serve() as base:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{base}/suno/fetch/x", timeout=0.1)
        stopping = time.monotonic()
    assert time.monotonic() - stopping < 3


def test_changed_envelope_code_is_an_error(gateway: Gateway) -> None:
    """A fault reaches the envelope, which the client checks."""
    gateway.faults.add("enum=/code")
    transport = GatewayTransport(gateway)
    with (
        SunoClient(api_key=DEMO_KEY, base_url="http://127.0.0.1", http_client=transport) as client,
        pytest.raises(EnvelopeError),
    ):
        client.lyrics.submit(prompt="x")
