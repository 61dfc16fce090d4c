"""The allowlist of a live run: which requests the proxy may send."""

from __future__ import annotations

import pytest

from contract_tests.suite.support.loaded_spec import CONTRACT
from contract_tests.suite.verifier.stand_in_gateway import filled, step
from contract_tests.verifier.live.limits import Allowlist, Refusal

PERSONA = step("createPersona")
LOOK = step("fetchTask")
GATE = Allowlist(CONTRACT, [PERSONA, LOOK])


def test_request_passes_with_own_ticket_only(operation: str) -> None:
    own, other = step(operation), step("createPersona" if operation != "createPersona" else "fetchTask")
    gate = Allowlist(CONTRACT, [own, other])
    method, path = own.operation.method, filled(own)
    assert gate.admit(method, path, "", [own.ticket]) is own
    for tickets in ([other.ticket], [], [""], [own.ticket + "x"], [own.ticket, own.ticket], [own.ticket, other.ticket]):
        refused = gate.admit(method, path, "", tickets)
        assert isinstance(refused, Refusal)
        assert refused.code == "no-ticket"


@pytest.mark.parametrize(
    "method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "QUERY", "post"]
)
def test_undescribed_method_is_refused(method: str) -> None:
    assert _code(method, "/suno/persona/create") == "not-described"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "*",
        "/suno/persona/create/",
        "//suno/persona/create",
        "/v1/suno/persona/create",
        "/suno/persona/../persona/create",
        "/suno/persona/%63reate",
        "/SUNO/persona/create",
        "http://other.example/suno/persona/create",
        "/suno/persona/create;x",
        "/suno/persona/create\\",
        "/v1/chat/completions",
    ],
)
def test_undescribed_path_is_refused(path: str) -> None:
    assert _code("POST", path) == "not-described"


@pytest.mark.parametrize(
    "segment",
    [".", "..", "...", "%2e%2e", "a%2Fb", "a%5cb", "a b", "a%20b", "a\x00", "a%00", "a;b", "a?b", "é", "x" * 201],
)
def test_ambiguous_path_segment_is_refused(segment: str) -> None:
    assert _code("GET", f"/suno/fetch/{segment}") == "not-described"


@pytest.mark.parametrize("query", ["key=1", "a", "&", "=", "task_id=x", "%00"])
def test_undescribed_query_is_refused(query: str) -> None:
    """No operation of the description has one."""
    refused = GATE.admit("GET", "/suno/fetch/abc", query, [LOOK.ticket])
    assert isinstance(refused, Refusal)
    assert refused.code == "not-described"


def test_tickets_cannot_be_guessed() -> None:
    tickets = {step("createPersona").ticket for _ in range(1000)}
    assert len(tickets) == 1000
    assert min(map(len, tickets)) >= 24
    assert PERSONA.ticket not in repr(PERSONA)


def _code(method: str, path: str) -> str:
    refused = GATE.admit(method, path, "", [PERSONA.ticket])
    assert isinstance(refused, Refusal)
    return refused.code
