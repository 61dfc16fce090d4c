"""Where the service is, and by which way: checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
from typing import Final
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from contract_tests.verifier.live import LiveInputError

VARIABLE: Final = "COMETAPI_BASE_URL"


def resolve_base_url(given: str | None, described: str) -> str:
    """The address of the service: the one given, else `COMETAPI_BASE_URL`, else the description's.

    A `/v1` at its end is dropped, as the client does: no Suno path lives under it.

    Raises:
        LiveInputError: It is none, or the key would travel unencrypted.
    """
    source, url = ("--base-url", given) if given is not None else (VARIABLE, os.environ.get(VARIABLE) or described)
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        raise LiveInputError(f"{source} is no absolute http(s) URL: {_shown(url)}.")
    if parts.username is not None or "?" in url or "#" in url:
        raise LiveInputError(f"{source} may have scheme, host, port and path only: {_shown(url)}.")
    if not all("!" <= character <= "~" for character in url) or "\\" in url:
        raise LiveInputError(f"{source} has a character that no URL may have: {_shown(url)}.")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise LiveInputError(
            f"{source} is plain http to {parts.hostname}: the key would travel unencrypted. Use https."
        )
    return url.rstrip("/").removesuffix("/v1").rstrip("/")


def host_of(base: str) -> str:
    """Host and port as recordings name them."""
    parts = urlsplit(base)
    host = (parts.hostname or "").replace(":", ".").strip(".")
    return f"{host}:{parts.port}" if parts.port else host


def proxy_for(base: str) -> str | None:
    """The environment's proxy for the service, as `urllib` reads it; none for this machine.

    Raises:
        LiveInputError: It is no http(s) proxy.
    """
    parts = urlsplit(base)
    host = parts.hostname or ""
    if _is_this_machine(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy:
        return None
    address = _split(proxy)
    if address is None or address.scheme not in ("http", "https") or not address.hostname:
        raise LiveInputError(f"the environment's proxy is no http(s) URL: {_shown(proxy)}.")
    return proxy


def _split(url: str) -> SplitResult | None:
    """The parts of a URL; `None` when it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return None if port == 0 else parts


def _shown(url: str) -> str:
    """The URL without what may be a credential."""
    scheme, _, rest = url.rpartition("://")
    return ascii(f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if scheme else rest.rpartition("@")[2])


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
