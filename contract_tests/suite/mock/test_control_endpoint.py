"""The status page shows the state, the control endpoint changes it, and neither affects the operations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from cometapi_suno_mock import DEMO_KEY, FINISHED_TASK, Gateway, Settings

from contract_tests.suite.mock.conftest import PERSONA_BODY


@pytest.fixture
def browser(gateway: Gateway) -> Iterator[httpx.Client]:
    with gateway.serve() as base, httpx.Client(base_url=base) as client:
        yield client


def call(browser: httpx.Client, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {DEMO_KEY}"} | {name.replace("_", "-"): text for name, text in headers.items()}
    return browser.request(method, path, json=body, headers=headers)


def state(browser: httpx.Client) -> Any:
    return browser.get("/__mock__/state").json()


def test_page_loads_nothing_external(browser: httpx.Client) -> None:
    page = browser.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert re.findall(r"https?://", page.text) == []


def test_only_demo_key_is_shown() -> None:
    """The curl hint names the demo key; any other key is a secret."""
    secret = "sk-0123456789"
    for keys, shown in (((secret,), "YOUR_KEY"), ((secret, DEMO_KEY), DEMO_KEY)):
        with Gateway(settings=Settings(keys=keys)).serve() as base:
            shown_state = httpx.get(f"{base}/__mock__/state").json()
        assert secret not in json.dumps(shown_state)
        assert f"curl -s {base}/suno/persona/create -H 'Authorization: Bearer {shown}'" in shown_state["first_call"]


def test_state_lists_newest_first(browser: httpx.Client) -> None:
    call(browser, "POST", "/suno/submit/music", {"prompt": "x"})
    call(browser, "POST", "/suno/persona/create", PERSONA_BODY | {"name": 1})
    call(browser, "GET", "/suno/nowhere")
    shown = state(browser)
    assert [exchange["status"] for exchange in shown["exchanges"]] == [200, 400, 200]
    assert [exchange["operation"] for exchange in shown["exchanges"]] == ["", "createPersona", "submitMusic"]
    assert "/name" in shown["exchanges"][1]["findings"][0]
    assert [task["status"] for task in shown["tasks"]] == ["NOT_START", "SUCCESS"]
    assert shown["accounts"][0]["reserved"] == 144
    assert [exchange["complaint"] for exchange in shown["exchanges"]][::2] == ["", ""]
    assert "name" in shown["exchanges"][1]["complaint"]


def test_tasks_can_be_finished_or_failed(browser: httpx.Client) -> None:
    call(browser, "POST", "/__mock__/tasks/fail-next", {"reason": "too loud"})
    for text in "ab":
        call(browser, "POST", "/suno/submit/music", {"prompt": text})
    assert call(browser, "POST", "/__mock__/tasks/finish").status_code == 204
    tasks = state(browser)["tasks"]
    assert [(task["status"], task["reason"]) for task in tasks[:2]] == [("SUCCESS", ""), ("FAILURE", "too loud")]


def test_faults_are_added_and_removed(browser: httpx.Client) -> None:
    first = call(browser, "POST", "/__mock__/faults", {"status": 503, "operation": "fetchTask"}).json()["number"]
    call(browser, "POST", "/__mock__/faults/text", {"text": "operation=createPersona; status=500"})
    assert call(browser, "GET", f"/suno/fetch/{FINISHED_TASK}").status_code == 503
    assert [(fault["text"], fault["struck"]) for fault in state(browser)["faults"]] == [
        ("operation=fetchTask; status=503", 1),
        ("operation=createPersona; status=500", 0),
    ]
    assert call(browser, "DELETE", f"/__mock__/faults/{first}").status_code == 204
    assert call(browser, "DELETE", f"/__mock__/faults/{first}").status_code == 404
    assert call(browser, "GET", f"/suno/fetch/{FINISHED_TASK}").status_code == 200
    assert call(browser, "DELETE", "/__mock__/faults").status_code == 204
    assert state(browser)["faults"] == []


def test_credits_are_granted_and_reset(browser: httpx.Client) -> None:
    before = state(browser)["accounts"][0]["balance"]
    call(browser, "POST", "/__mock__/credits/grant", {"amount": 7})
    assert state(browser)["accounts"][0]["balance"] == before + 7
    call(browser, "POST", "/suno/persona/create", PERSONA_BODY)
    call(browser, "POST", "/__mock__/reset")
    shown = state(browser)
    assert (shown["accounts"][0]["balance"], len(shown["personas"]), shown["exchanges"]) == (before, 1, [])


@pytest.mark.parametrize(
    ("path", "body", "complaint"),
    [
        ("faults", b'{"staus": 503}', "staus: no such fault"),
        ("faults", b"[]", "a JSON object is needed"),
        ("faults", b"{", "Expecting"),
        ("faults/text", b'{"text": 5}', "text: text is needed"),
        ("credits/grant", b'{"amount": -1}', "amount"),
    ],
)
def test_bad_control_request_says_why(browser: httpx.Client, path: str, body: bytes, complaint: str) -> None:
    answer = browser.post(f"/__mock__/{path}", content=body)
    assert answer.status_code == 400
    assert complaint in answer.json()["error"]


def test_other_site_is_refused(browser: httpx.Client) -> None:
    """A page that is open in the same browser must not control the mock."""
    for method, path in (("POST", "/__mock__/reset"), ("GET", "/__mock__/state"), ("DELETE", "/__mock__/faults")):
        assert call(browser, method, path, Sec_Fetch_Site="cross-site").status_code == 403
    assert call(browser, "POST", "/__mock__/reset", Sec_Fetch_Site="same-origin").status_code == 204


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        *((each, True) for each in ("null", "http://127.0.0.1:8000", "http://localhost", "http://[::1]:8000")),
        *((each, False) for each in ("https://example.com", "http://127.0.0.1.example.com", "http://localhost.evil")),
    ],
)
def test_pages_of_this_machine_read_answers(browser: httpx.Client, origin: str, *, allowed: bool) -> None:
    """The docs site sends requests from a file (`null`) or another port; other sites read nothing."""
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    before = browser.options("/suno/persona/create", headers={"Origin": origin, **asked})
    answer = call(browser, "POST", "/suno/persona/create", PERSONA_BODY, Origin=origin)
    assert before.status_code == (200 if allowed else 400)
    assert answer.status_code == 200
    for each in (before, answer):
        assert each.headers.get("access-control-allow-origin") == (origin if allowed else None)
    assert "access-control-allow-origin" not in call(browser, "GET", "/__mock__/state").headers
    assert len(state(browser)["exchanges"]) == 1


def test_fault_breaks_connection_of_page(gateway: Gateway, browser: httpx.Client) -> None:
    gateway.faults.add("operation=createPersona; reset=after")
    with pytest.raises(httpx.TransportError):
        call(browser, "POST", "/suno/persona/create", PERSONA_BODY, Origin="null")


def test_docs_path_serves_or_explains(browser: httpx.Client) -> None:
    answer = browser.get("/docs", follow_redirects=True)
    assert answer.status_code == 200 or "make docs" in answer.text


def test_status_page_leaves_no_trace(gateway: Gateway, browser: httpx.Client) -> None:
    """Looking at the page must not change ids or times of the next replies."""
    with Gateway().serve() as other:
        alone = httpx.post(f"{other}/suno/submit/lyrics", json={"prompt": "x"}, headers={"Authorization": DEMO_KEY})
    state(browser)
    watched = call(browser, "POST", "/suno/submit/lyrics", {"prompt": "x"})
    assert (watched.content, watched.headers) == (alone.content, alone.headers)
    assert len(gateway.exchanges) == 1
