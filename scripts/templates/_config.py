"""Where calls go and with which key: from the arguments, else from the environment, checked before anything is sent."""

from __future__ import annotations

import ipaddress
import os
import sys
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from ._secret import Secret
from .errors import ConfigurationError

KEY_VARIABLE = "COMETAPI_KEY"
URL_VARIABLE = "COMETAPI_BASE_URL"

# Elsewhere the system's settings name proxies too. Asking `urllib` is most of what making a client costs.
_PROXIES_FROM_ENVIRONMENT_ONLY = sys.platform not in ("win32", "darwin")


def resolve_key(api_key: str | None) -> Secret | str:
    """The key from the argument, else from `COMETAPI_KEY`; or what is wrong with it, without showing it.

    Blanks and a byte order mark around it are dropped. It is the caller that raises: this function's variables, which
    hold the key, then are in no traceback.
    """
    source, key = ("api_key", api_key) if api_key is not None else (KEY_VARIABLE, os.environ.get(KEY_VARIABLE, ""))
    if not isinstance(key, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        return f"SunoClient: api_key must be a string, not {type(key).__name__}."
    key = key.strip("\ufeff \t\r\n")
    if not key:
        return f"SunoClient: no API key. Pass api_key=... or set {KEY_VARIABLE}."
    if key.lower().startswith("bearer "):
        return f"SunoClient: {source} starts with 'Bearer '. Pass the key alone."
    if not all("!" <= character <= "~" for character in key):
        return f"SunoClient: {source} has a space, a line break or a non-ASCII character inside. Copy the key again."
    return Secret(key)


def resolve_base_url(base_url: str | None, default: str, *, allow_http: bool) -> str:
    """The origin and path prefix of all calls, without a slash at the end.

    From the argument, else from `COMETAPI_BASE_URL`, else the description's server. A trailing `/v1`, which the
    official SDK's variable carries, is dropped: no Suno path lives under it.

    Raises:
        ConfigurationError: It is no absolute http(s) URL, carries more than scheme, host, port and path, or is plain
            http to a host other than this machine without `allow_http`.
    """
    source, url = ("base_url", base_url) if base_url else (URL_VARIABLE, os.environ.get(URL_VARIABLE, "") or default)
    url = _require_string(source, url).strip()
    parts = split_url(url)
    if parts is None or parts.scheme not in ("http", "https"):
        raise ConfigurationError(f"SunoClient: {source} is no absolute http(s) URL: {redact_url(url)}.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ConfigurationError(f"SunoClient: {source} may have scheme, host, port and path only: {redact_url(url)}.")
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            f"SunoClient: {source} is plain http to {parts.hostname}: the key would travel unencrypted. "
            "Use https, or pass allow_http=True if you mean it."
        )
    return parts.geturl().rstrip("/").removesuffix("/v1").rstrip("/")


def resolve_proxy(proxy: str | None, base_url: str) -> str | None:
    """The proxy from the argument, else from the environment as `urllib` reads it; none for this machine.

    `host:port` alone is an http proxy, as everywhere.

    Raises:
        ConfigurationError: It is no proxy URL, or one that httpx needs a further package for.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if proxy is None:
        if is_loopback(host) or (_PROXIES_FROM_ENVIRONMENT_ONLY and "_proxy" not in " ".join(os.environ).lower()):
            return None
        proxies = getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
        if proxy and proxy_bypass(host):
            return None
    if not _require_string("proxy", proxy):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    address = split_url(proxy)
    if address is None or address.scheme not in ("http", "https", "socks5", "socks5h"):
        raise ConfigurationError(f"SunoClient: the proxy must be an http(s) or socks5 URL: {redact_url(proxy)}.")
    if address.scheme.startswith("socks"):
        from importlib.util import find_spec

        if find_spec("socksio") is None:
            raise ConfigurationError("SunoClient: a SOCKS proxy needs a further package: pip install 'httpx[socks]'.")
    return proxy


def _require_string(name: str, value: str) -> str:
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"SunoClient: {name} must be a string, not {type(value).__name__}.")
    return value


def redact_url(url: str) -> str:
    """The URL without what may be a credential."""
    scheme, _, rest = url.rpartition("://")
    return repr(f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if scheme else rest.rpartition("@")[2])


def split_url(url: str) -> SplitResult | None:
    """The parts of a URL that every reader takes for the same, and whose host can be looked up; else None."""
    try:
        parts = urlsplit(url)
        labels = (parts.hostname or "").removesuffix(".").split(".")
        _ = parts.port
    except ValueError:
        return None
    plain = all(character.isprintable() and character not in " \\" for character in url)
    return parts if plain and all(0 < len(label) < 64 for label in labels) else None


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
