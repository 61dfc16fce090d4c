"""Where a live run sends to, and through which proxy. The rules are the client's; its tests have all their cases."""

from __future__ import annotations

import httpx
import pytest
from cometapi_suno import ConfigurationError

from contract_tests.verifier.live.upstream import connect_to, name_in_recordings, resolve_base_url

SERVER = "https://api.cometapi.com"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without base URL and proxies."""
    for name in ("COMETAPI_BASE_URL", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def test_order_of_base_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The option comes before the environment, and the environment before the description."""
    assert resolve_base_url(None, SERVER) == SERVER
    monkeypatch.setenv("COMETAPI_BASE_URL", "https://other.example/v1/")
    assert resolve_base_url(None, SERVER) == "https://other.example"
    assert resolve_base_url("http://127.0.0.1:4010/", SERVER) == "http://127.0.0.1:4010"


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1",
        "http://127.9.9.9:1",
        "http://[::1]:80",
        "http://localhost:4010",
        "http://mock.localhost:4010",
    ],
)
def test_plain_http_to_this_machine(url: str) -> None:
    assert resolve_base_url(url, SERVER) == url


@pytest.mark.parametrize("host", ["127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", "[::2]", "0x7f.1"])
def test_plain_http_to_another_machine_is_refused(host: str) -> None:
    with pytest.raises(ConfigurationError, match="unencrypted"):
        resolve_base_url(f"http://{host}", SERVER)


@pytest.mark.parametrize("url", ["", " ", "x", "//x", "https://", "https://x:99999", "https://[x"])
def test_relative_or_broken_url_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--base-url .* is not an absolute"):
        resolve_base_url(url, SERVER)


@pytest.mark.parametrize(
    "url", ["https://u:secret@x", "https://u@x", "https://x?secret", "https://x#secret", "https://x/?"]
)
def test_credentials_in_url_are_not_shown(url: str) -> None:
    with pytest.raises(ConfigurationError, match="only") as refused:
        resolve_base_url(url, SERVER)
    assert "u:secret" not in str(refused.value)
    assert "?secret" not in str(refused.value)


def test_name_in_recordings() -> None:
    assert name_in_recordings("https://api.cometapi.com/prefix") == "api.cometapi.com"
    assert name_in_recordings("http://127.0.0.1:4010") == "127.0.0.1:4010"
    assert name_in_recordings("http://[::1]:4010") == "1:4010"


@pytest.mark.parametrize(
    ("base_url", "no_proxy", "proxied"),
    [
        (SERVER, "", True),
        ("http://127.0.0.1:4010", "", False),
        ("http://mock.localhost:4010", "", False),
        (SERVER, "cometapi.com", False),
    ],
)
def test_environment_proxy(base_url: str, no_proxy: str, proxied: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is used for other machines only, and not for those that NO_PROXY names."""
    made: list[object] = []

    def record(**options: object) -> None:
        made.append(options["proxy"])

    monkeypatch.setattr(httpx, "AsyncHTTPTransport", record)
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    connect_to(base_url)()
    assert made == ["http://proxy.example:3128" if proxied else None]


@pytest.mark.parametrize("proxy", ["ftp://x", "http://", "http://x:y"])
def test_unusable_environment_proxy_is_refused(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="the environment's proxy"):
        connect_to(SERVER)
