"""Where a run goes, and by which way."""

from __future__ import annotations

import pytest

from contract_tests.verifier.live import LiveInputError
from contract_tests.verifier.live.base_url import host_of, proxy_for, resolve_base_url

SERVER = "https://api.cometapi.com"


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment that says nothing of addresses."""
    for name in ("COMETAPI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_the_address_given_comes_before_the_environment_and_that_before_the_description(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert resolve_base_url(None, SERVER) == SERVER
    monkeypatch.setenv("COMETAPI_BASE_URL", "https://other.example/v1/")
    assert resolve_base_url(None, SERVER) == "https://other.example"
    assert resolve_base_url("http://127.0.0.1:4010/", SERVER) == "http://127.0.0.1:4010"


@pytest.mark.parametrize("url", ["http://127.0.0.1", "http://127.9.9.9:1", "http://[::1]:80", "http://localhost:4010"])
def test_plain_http_stays_on_this_machine(url: str) -> None:
    assert resolve_base_url(url, SERVER) == url


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::2]", "0x7f.1"])
def test_plain_http_to_elsewhere_is_refused(host: str) -> None:
    with pytest.raises(LiveInputError, match="unencrypted"):
        resolve_base_url(f"http://{host}", SERVER)


@pytest.mark.parametrize("url", ["", " ", "x", "//x", "https://", "https://x:0", "https://x:99999", "https://[x"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(LiveInputError, match="no absolute"):
        resolve_base_url(url, SERVER)


@pytest.mark.parametrize(
    "url", ["https://u:secret@x", "https://u@x", "https://x?secret", "https://x#secret", "https://x/?"]
)
def test_an_address_with_more_than_a_place_is_refused_and_shows_no_credential(url: str) -> None:
    with pytest.raises(LiveInputError, match="only") as refused:
        resolve_base_url(url, SERVER)
    assert "u:secret" not in str(refused.value)


def test_a_host_is_named_as_recordings_can_have_it() -> None:
    assert host_of("https://api.cometapi.com/prefix") == "api.cometapi.com"
    assert host_of("http://127.0.0.1:4010") == "127.0.0.1:4010"
    assert host_of("http://[::1]:4010") == "1:4010"


def test_the_proxy_of_the_environment_is_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_for(SERVER) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    assert proxy_for(SERVER) == "http://proxy.example:3128"
    assert proxy_for("http://127.0.0.1:4010") is None
    monkeypatch.setenv("NO_PROXY", "cometapi.com")
    assert proxy_for(SERVER) is None


@pytest.mark.parametrize("proxy", ["socks5://x", "x", "http://", "http://x:y"])
def test_a_proxy_that_cannot_be_used_is_refused(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(LiveInputError, match="environment's proxy"):
        proxy_for(SERVER)
