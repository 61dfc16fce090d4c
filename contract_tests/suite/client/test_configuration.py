"""Where calls go and with which key: what is taken, what is refused, and that a refusal says what to do."""

from __future__ import annotations

import ssl
from typing import Any

import httpx
import pytest
from cometapi_suno import AsyncSunoClient, ConfigurationError, InvalidRequestError, SunoClient
from cometapi_suno._config import find_environment_proxy, is_listed_host, resolve_base_url

from contract_tests.suite.client.virtual_time_client import Stage, in_turn
from contract_tests.suite.support.expected_results import json_reply
from contract_tests.suite.support.fake_transport import SERVER
from contract_tests.suite.support.secret_leaks import KEY, find_leaks

MAKERS: dict[str, type[SunoClient | AsyncSunoClient]] = {"sync": SunoClient, "async": AsyncSunoClient}
SOUND = json_reply(200, {"code": "success", "data": {"task_id": "a", "status": "SUCCESS"}})


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of the client."""
    names = ("COMETAPI_KEY", "COMETAPI_BASE_URL", "http_proxy", "https_proxy", "all_proxy", "no_proxy")
    for name in (*names, *map(str.upper, names)):
        monkeypatch.delenv(name, raising=False)


def _make(face: str, **options: Any) -> SunoClient | AsyncSunoClient:
    given: dict[str, Any] = {"api_key": KEY, **options}
    return MAKERS[face](**given)


def _refused(face: str, **options: Any) -> str:
    with pytest.raises(ConfigurationError) as refused:
        _make(face, **options)
    assert not find_leaks(str(refused.value))
    return str(refused.value)


def _asked(face: str, **options: Any) -> tuple[str, str]:
    """Return the URL and the Authorization header of a call."""
    stage = Stage(face, lambda _: SOUND, **options)
    stage.run(stage.client.tasks.get("a"))
    request = stage.line.requests[0]
    return str(request.url), request.headers["Authorization"]


def test_without_a_key_it_says_how_to_give_one(face: str) -> None:
    for key in (None, "", " \t\n", "\ufeff"):
        assert _refused(face, api_key=key) == "SunoClient: no API key. Pass api_key=... or set COMETAPI_KEY."


@pytest.mark.parametrize("around", [" {} ", "{}\n", "\r\n\t{}", "\ufeff{}"])
def test_blanks_and_a_byte_order_mark_around_a_key_are_dropped(
    face: str, around: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _asked(face, api_key=around.format(KEY))[1] == f"Bearer {KEY}"
    monkeypatch.setenv("COMETAPI_KEY", around.format(KEY))
    assert _asked(face, api_key=None)[1] == f"Bearer {KEY}"


@pytest.mark.parametrize("inside", [" ", "\n", "\r\nX-Other: 1", "\x00", "ä", "\u200b", "\x7f"], ids=repr)
def test_bad_key_is_refused_and_hidden(face: str, inside: str, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = f"{KEY[:9]}{inside}{KEY[9:]}"
    assert "api_key has a space, a line break or a non-ASCII character" in _refused(face, api_key=broken)
    if "\x00" not in inside:
        monkeypatch.setenv("COMETAPI_KEY", broken)
        assert "COMETAPI_KEY has a space" in _refused(face, api_key=None)


@pytest.mark.parametrize("key", [f"Bearer {KEY}", f"bearer {KEY}", f" Bearer  {KEY}"])
def test_a_key_with_bearer_before_it_is_refused_by_that(face: str, key: str) -> None:
    assert "starts with 'Bearer '. Pass the key alone." in _refused(face, api_key=key)


def test_the_argument_comes_before_the_environment(face: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMETAPI_KEY", "another")
    monkeypatch.setenv("COMETAPI_BASE_URL", "https://another.example")
    assert _asked(face) == (f"{SERVER}/suno/fetch/a", f"Bearer {KEY}")
    assert _asked(face, api_key=None, base_url=None) == ("https://another.example/suno/fetch/a", "Bearer another")


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        (None, f"{SERVER}/suno/fetch/a"),
        ("", f"{SERVER}/suno/fetch/a"),
        ("https://api.cometapi.com/v1", "https://api.cometapi.com/suno/fetch/a"),
        ("https://api.cometapi.com/v1/", "https://api.cometapi.com/suno/fetch/a"),
        ("https://api.cometapi.com//", "https://api.cometapi.com/suno/fetch/a"),
        (" https://api.cometapi.com\n", "https://api.cometapi.com/suno/fetch/a"),
        ("HTTPS://API.cometapi.com", "https://api.cometapi.com/suno/fetch/a"),
        ("https://gateway.example:8443/comet", "https://gateway.example:8443/comet/suno/fetch/a"),
        ("https://gateway.example/comet/v1", "https://gateway.example/comet/suno/fetch/a"),
        ("https://gateway.example/v10", "https://gateway.example/v10/suno/fetch/a"),
        ("https://gateway.example.", "https://gateway.example./suno/fetch/a"),
        ("https://bücher.example", "https://xn--bcher-kva.example/suno/fetch/a"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/suno/fetch/a"),
    ],
)
def test_paths_are_put_behind_the_base_url(face: str, base_url: str | None, url: str) -> None:
    """The official SDK's variable ends in `/v1`, under which no Suno path lives."""
    assert _asked(face, base_url=base_url)[0] == url


@pytest.mark.parametrize(
    "base_url",
    [
        "api.cometapi.com",
        "//api.cometapi.com",
        "/suno",
        "ftp://api.cometapi.com",
        "file:///etc/passwd",
        "https://",
        "https:///suno",
        "https://a..b",
        "https://.a",
        f"https://{'a' * 64}.example",
        "https://api.cometapi.com\n.evil.example",
        "https://evil.example\\.cometapi.com",
        "https://api cometapi.com",
        "https://api.cometapi.com/a b",
        "https://api.cometapi\u2028.com",
        "https://api.cometapi.com:99999",
        "https://api.cometapi.com:port",
        "https://api.cometapi.com:0",
        "https://[::1",
    ],
)
def test_what_is_no_url_of_a_host_is_refused(face: str, base_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _refused(face, base_url=base_url) == f"SunoClient: base_url {base_url!r} is not an absolute http(s) URL."
    monkeypatch.setenv("COMETAPI_BASE_URL", base_url)
    assert _refused(face) == f"SunoClient: COMETAPI_BASE_URL {base_url!r} is not an absolute http(s) URL."


@pytest.mark.parametrize(
    "base_url",
    [
        "https://user:hidden@a.example",
        "https://@a.example",
        "https://a.example?",
        "https://a.example?key=hidden",
        "https://a.example/#",
    ],
)
def test_base_url_with_secrets_is_refused_and_hidden(face: str, base_url: str) -> None:
    message = _refused(face, base_url=base_url)
    assert "Give scheme, host, port and path only." in message
    assert "hidden" not in message


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "[::1]", "localhost", "suno.localhost", "LOCALHOST:4010"])
def test_plain_http_is_for_this_machine(face: str, host: str) -> None:
    assert _asked(face, base_url=f"http://{host}")[0].startswith("http://")


@pytest.mark.parametrize("host", ["a.example", "10.0.0.1", "localhost.example", "127.0.0.1.example", "[fe80::1]"])
def test_plain_http_to_another_machine_must_be_asked_for(face: str, host: str) -> None:
    assert "the key would travel unencrypted" in _refused(face, base_url=f"http://{host}")
    assert _asked(face, base_url=f"http://{host}", allow_http=True)[0] == f"http://{host}/suno/fetch/a"


@pytest.mark.parametrize("proxy", ["ftp://a.example", "http://", "http://a b", "http://[", "http://a:port", "://a"])
def test_what_is_no_proxy_is_refused(face: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not an http(s) or socks5 URL" in _refused(face, proxy=proxy)
    monkeypatch.setenv("https_proxy", proxy)
    assert "the environment's proxy" in _refused(face, base_url="https://a.example")
    _make(face, base_url="https://a.example", proxy="")


def test_a_proxys_password_is_not_shown(face: str) -> None:
    refused = _refused(face, proxy="ftp://user:hidden@a.example")
    assert refused == "SunoClient: proxy 'ftp://a.example' is not an http(s) or socks5 URL."
    assert "pip install 'httpx[socks]'" in _refused(face, proxy="socks5://user:hidden@a.example")


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), "5", None, True], ids=repr)
def test_a_timeout_that_makes_no_sense_is_refused(face: str, seconds: Any) -> None:
    assert "above 0" in _refused(face, timeout=seconds)
    stage = Stage(face, in_turn())
    with pytest.raises(ConfigurationError):
        stage.run(stage.client.tasks.get("a", timeout=seconds))
    with pytest.raises(ConfigurationError):
        stage.client.with_options(timeout=seconds)
    assert stage.line.requests == []


@pytest.mark.parametrize("size", [0, -1, 1.5, "32", None, True], ids=repr)
def test_a_size_that_makes_no_sense_is_refused(face: str, size: Any) -> None:
    assert "max_response_bytes" in _refused(face, max_response_bytes=size)


@pytest.mark.parametrize("headers", [{"X-A": 1}, {"X-A": None}, {"X-A": b"1"}, {1: "a"}], ids=repr)
def test_a_header_that_is_no_text_is_refused(face: str, headers: Any) -> None:
    with pytest.raises(InvalidRequestError):
        _make(face, headers=headers)
    stage = Stage(face, in_turn())
    with pytest.raises(InvalidRequestError):
        stage.run(stage.client.tasks.get("a", headers=headers))
    assert stage.line.requests == []


@pytest.mark.parametrize("headers", ["X-A: 1", [("X-A", "1")], 1], ids=repr)
def test_headers_that_are_no_mapping_are_refused(face: str, headers: Any) -> None:
    with pytest.raises(InvalidRequestError, match="headers must be a mapping"):
        _make(face, headers=headers)


@pytest.mark.parametrize("name", ["api_key", "base_url", "proxy"])
@pytest.mark.parametrize("value", [1, KEY.encode(), httpx.URL("https://suno.example")], ids=["int", "bytes", "URL"])
def test_non_string_is_refused_and_hidden(face: str, name: str, value: Any) -> None:
    assert _refused(face, **{name: value}) == f"SunoClient: {name} must be a string, not {type(value).__name__}."


@pytest.mark.parametrize("timeout", [None, 0, "5", httpx.Timeout(5)], ids=repr)
def test_a_timeout_that_is_none_of_ours_is_named_as_it_came(face: str, timeout: Any) -> None:
    """httpx has a class of the same name."""
    assert _refused(face, timeout=timeout).startswith(f"timeout is {timeout!r}. ")


@pytest.mark.parametrize("sent_through", [3, "http://127.0.0.1", ssl.SSLContext, {}], ids=repr)
def test_what_cannot_send_is_a_type_error(face: str, sent_through: Any) -> None:
    with pytest.raises(TypeError, match="http_client must be"):
        _make(face, http_client=sent_through)


@pytest.mark.parametrize("verify", [False, True, "/etc/ssl/cert.pem"], ids=repr)
def test_certificates_are_verified_by_a_context_or_by_default(face: str, verify: Any) -> None:
    """`verify=False` is not quietly taken for the default, nor for what it means elsewhere."""
    assert "verify" in _refused(face, verify=verify)


NO_PROXY: list[tuple[str, str, int, bool]] = [
    ("gw", "gw", 443, True),
    ("gw:8443", "gw", 8443, True),
    ("gw:8443", "gw", 443, False),
    ("gw:443", "gw", 443, True),
    ("gw.example", "a.gw.example", 443, True),
    (".gw.example", "gw.example", 443, True),
    ("*.gw.example", "a.gw.example", 443, True),
    ("gw.example", "othergw.example", 443, False),
    ("GW.Example.", "gw.example", 443, True),
    ("other, gw ,third", "gw", 443, True),
    ("*", "gw", 443, True),
    ("*:8443", "gw", 8443, True),
    ("*:8443", "gw", 443, False),
    ("", "gw", 443, False),
    (",", "gw", 443, False),
    (".localhost", "a.localhost", 80, True),
    ("2001:db8::1", "2001:db8::1", 443, True),
    ("[2001:db8::1]", "2001:db8::1", 443, True),
    ("[2001:db8::1]:8443", "2001:db8::1", 8443, True),
    ("[2001:db8::1]:8443", "2001:db8::1", 443, False),
    ("2001:DB8:0::1", "2001:db8::1", 443, True),
    ("2001:db8::/32", "2001:db8::1", 443, True),
    ("10.0.0.0/8", "10.1.2.3", 443, True),
    ("10.0.0.0/8", "11.1.2.3", 443, False),
    ("10.1.2.3:8443", "10.1.2.3", 8443, True),
]


@pytest.mark.parametrize(("no_proxy", "host", "port", "listed"), NO_PROXY)
def test_no_proxy_lists_host(
    no_proxy: str, host: str, port: int, listed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One rule, for the client and for the live runner; curl and Go read the list like this."""
    assert is_listed_host(no_proxy, host, port) is listed
    for name in ("https_proxy", "no_proxy", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    if not host.endswith("localhost"):
        written = f"[{host}]" if ":" in host else host
        found = find_environment_proxy(f"https://{written}:{port}")
        assert found == (None if listed else "http://proxy.example:3128")


def test_description_server_keeps_v1() -> None:
    """Only a URL that a user gives may have the `/v1` of another SDK."""
    assert resolve_base_url(None, "https://gateway.example/v1", allow_http=False) == "https://gateway.example/v1"
    assert resolve_base_url("https://a.example/v1", "https://b.example/v1", allow_http=False) == "https://a.example"


@pytest.mark.parametrize("url", ["https://api.cometapi.com/suno", "https://api.cometapi.com/suno/"])
def test_url_with_the_start_of_all_paths_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"ends in /suno, .* without it: 'https://api.cometapi.com'"):
        SunoClient(api_key=KEY, base_url=url)
