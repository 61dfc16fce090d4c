"""Configuration of a client: its API key, base URL, proxy, log and state folder, from arguments or the environment.

The rules are functions without state, so that other tools can apply the same ones.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import sys
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from ._secret import Secret
from .errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

KEY_VARIABLE = "COMETAPI_KEY"
TOKEN_VARIABLE = "COMETAPI_ACCESS_TOKEN"  # noqa: S105 (the name of a variable)
URL_VARIABLE = "COMETAPI_BASE_URL"
LOG_VARIABLE = "COMETAPI_LOG"

_DEFAULT_PORTS = {"http": 80, "https": 443}

# Windows and macOS have proxies in their settings too. Asking `urllib` takes most of the time of making a client.
_PROXIES_FROM_ENVIRONMENT_ONLY = sys.platform not in ("win32", "darwin")


def resolve_key(api_key: str | None) -> Secret | str:
    """Return the key from the argument or from `COMETAPI_KEY`; if it cannot be used, return the error message.

    The caller raises the error, so that no traceback holds this function's variables, which contain the key.
    """
    return _resolve_secret("api_key", api_key, KEY_VARIABLE, "the API key") or (
        f"SunoClient: no API key. Pass api_key=... or set {KEY_VARIABLE}."
    )


def resolve_access_token(access_token: str | None) -> Secret | str | None:
    """Return the access token from the argument or from `COMETAPI_ACCESS_TOKEN`, or an error message; None without one.

    The caller raises the error, as for the key.
    """
    return _resolve_secret("access_token", access_token, TOKEN_VARIABLE, "the access token")


def _resolve_secret(argument: str, given: str | None, variable: str, label: str) -> Secret | str | None:
    name, value = (argument, given) if given is not None else (variable, os.environ.get(variable, ""))
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        return f"SunoClient: {argument} must be a string, not {type(value).__name__}."
    value = strip_key(value)
    problem = find_key_problem(value) if value else None
    return f"SunoClient: {name} {problem}" if problem else Secret(value, label) if value else None


def check_key_length(key: Secret, base_url: str) -> None:
    """Refuse a key that is too short to be redacted, except on this machine.

    Raises:
        ConfigurationError: The key is too short.
    """
    if not key.redactable and not is_loopback(urlsplit(base_url).hostname or ""):
        raise ConfigurationError(
            "SunoClient: the API key or access token is too short to be kept out of errors and logs. Pass the whole "
            "one; a short one can be used on this machine only."
        )


def strip_key(key: str) -> str:
    """Remove white space and a byte order mark around a key: copying a key often adds them."""
    return key.strip("\ufeff \t\r\n")


def find_key_problem(key: str) -> str | None:
    """Return why a stripped key cannot be sent in the `Authorization` header, without showing it; None if it can."""
    if key.lower().startswith("bearer "):
        return "starts with 'Bearer '. Pass the key alone."
    if not all("!" <= character <= "~" for character in key):
        return "has a space, a line break or a non-ASCII character inside. Copy the key again."
    return None


def resolve_base_url(base_url: str | None, default: str, *, allow_http: bool, first_segment: str = "") -> str:
    """Return the base URL from the argument, from `COMETAPI_BASE_URL`, or the description's server, in this order.

    Args:
        base_url: The argument.
        default: The description's server; it is used as it is.
        allow_http: Allow plain http to other hosts than this machine.
        first_segment: The segment with which every path begins; "" if there is none.

    Raises:
        ConfigurationError: The URL cannot be used.
    """
    name, url = ("base_url", base_url) if base_url else (URL_VARIABLE, os.environ.get(URL_VARIABLE, ""))
    if not url:
        return default.rstrip("/")
    parsed = parse_base_url(
        _require_string(name, url),
        name=f"SunoClient: {name}",
        allow_http=allow_http,
        advice="Use https, or pass allow_http=True if you accept that.",
    )
    if first_segment and parsed.endswith(f"/{first_segment}"):
        raise ConfigurationError(
            f"SunoClient: {name} {redact_url(url)} ends in /{first_segment}, with which every path begins. "
            f"Give the URL without it: {redact_url(parsed.removesuffix(f'/{first_segment}'))}."
        )
    return parsed


def parse_base_url(url: str, *, name: str, allow_http: bool = False, advice: str = "Use https.") -> str:
    """Return the origin and path prefix of all calls, without a slash at the end.

    A trailing `/v1` is removed: the official SDK's variable has it, but no Suno path is below it.

    Args:
        url: The URL as given.
        name: How error messages name it.
        allow_http: Allow plain http to other hosts than this machine.
        advice: What to do instead of plain http.

    Raises:
        ConfigurationError: The URL is not an absolute http(s) URL, has user information, a query or a fragment, or is
            plain http to another machine without `allow_http`.
    """
    url = url.strip()
    parts = split_url(url)
    if parts is None or parts.scheme not in ("http", "https"):
        raise ConfigurationError(f"{name} {redact_url(url)} is not an absolute http(s) URL.")
    if parts.username is not None or "?" in url or "#" in url:
        raise ConfigurationError(
            f"{name} {redact_url(url)} has user information, a query or a fragment. "
            "Give scheme, host, port and path only."
        )
    if parts.scheme == "http" and not allow_http and not is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            f"{name} {redact_url(url)} is plain http to another machine: the key would travel unencrypted. {advice}"
        )
    return parts.geturl().rstrip("/").removesuffix("/v1").rstrip("/")


def resolve_proxy(proxy: str | None, base_url: str) -> str | None:
    """Return the proxy from the argument or from the environment; None when there is none, or `proxy` is "".

    Raises:
        ConfigurationError: The proxy's URL cannot be used.
    """
    if proxy is None:
        proxy = find_environment_proxy(base_url)
        return parse_proxy(proxy, name="SunoClient: the environment's proxy") if proxy else None
    proxy = _require_string("proxy", proxy)
    return parse_proxy(proxy, name="SunoClient: proxy") if proxy else None


def find_environment_proxy(base_url: str) -> str | None:
    """Return the proxy that the environment names for `base_url`, as `urllib` reads it; None for this machine.

    `NO_PROXY` lists hosts that are called directly; see `is_listed_host`.
    """
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    if is_loopback(host) or (_PROXIES_FROM_ENVIRONMENT_ONLY and "_proxy" not in " ".join(os.environ).lower()):
        return None
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    if not proxy or is_listed_host(proxies.get("no", ""), host, parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)):
        return None
    # Windows and macOS have their own list.
    return None if not _PROXIES_FROM_ENVIRONMENT_ONLY and proxy_bypass(host) else proxy


def is_listed_host(no_proxy: str, host: str, port: int) -> bool:
    """Check whether a `NO_PROXY` list has a host.

    An entry is `*`, a name, which stands for all names below it too, an IP address, with or without brackets, or a
    network such as `10.0.0.0/8`. A port after any of them but a network limits the entry to it.
    """
    return any(_is_entry_of(entry.strip().lower(), host.lower().rstrip("."), port) for entry in no_proxy.split(","))


def _is_entry_of(entry: str, host: str, port: int) -> bool:
    name, colon, digits = entry.rpartition(":")
    # A second colon is part of an IPv6 address, unless brackets enclose it.
    if colon and digits.isdigit() and (":" not in name or name.endswith("]")):
        if int(digits) != port:
            return False
        entry = name
    if entry == "*":
        return True
    entry = entry.removeprefix("[").removesuffix("]")
    try:
        address, network = ipaddress.ip_address(host), ipaddress.ip_network(entry, strict=False)
    except ValueError:
        entry = entry.removeprefix("*").strip(".")
        return bool(entry) and (host == entry or host.endswith(f".{entry}"))
    return address in network


def parse_proxy(proxy: str, *, name: str) -> str:
    """Return the proxy's URL; `host:port` alone means an http proxy.

    Raises:
        ConfigurationError: It is not a proxy URL, or httpx needs another package for it.
    """
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    address = split_url(proxy)
    if address is None or address.scheme not in ("http", "https", "socks5", "socks5h"):
        raise ConfigurationError(f"{name} {redact_url(proxy)} is not an http(s) or socks5 URL.")
    if address.scheme.startswith("socks"):
        from importlib.util import find_spec

        if find_spec("socksio") is None:
            raise ConfigurationError(f"{name} is a SOCKS proxy. Install what it needs: pip install 'httpx[socks]'.")
    return proxy


def split_url(url: str) -> SplitResult | None:
    """Split a URL that every parser reads alike and whose host can be looked up; return None for any other."""
    try:
        parts = urlsplit(url)
        labels = (parts.hostname or "").removesuffix(".").split(".")
        port = parts.port
    except ValueError:
        return None
    unambiguous = all(character.isprintable() and character not in " \\" for character in url)
    return parts if unambiguous and port != 0 and all(0 < len(label) < 64 for label in labels) else None


def is_loopback(host: str) -> bool:
    """Check whether a host is this machine: a loopback address, `localhost`, or a name below it (RFC 6761)."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def redact_url(url: str) -> str:
    """Quote a URL for a message, without its user information and query, which may be credentials."""
    scheme, _, rest = url.rpartition("://")
    return repr(f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}" if scheme else rest.rpartition("@")[2])


def _require_string(name: str, value: str) -> str:
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ConfigurationError(f"SunoClient: {name} must be a string, not {type(value).__name__}.")
    return value


def configure_logging() -> None:
    """Write the log to standard error at the level in `COMETAPI_LOG`; ignore an unknown level.

    The log never contains headers, queries or bodies.
    """
    level = os.environ.get(LOG_VARIABLE, "").upper()
    logger = logging.getLogger("cometapi_suno")
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR") or any(
        handler.get_name() == LOG_VARIABLE for handler in logger.handlers
    ):
        return
    handler = logging.StreamHandler()
    handler.set_name(LOG_VARIABLE)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)


def find_state_folder() -> Path:
    """Return the user's folder for what lasts between runs: `XDG_STATE_HOME`, `LOCALAPPDATA` or `~/.local/state`."""
    from pathlib import Path

    base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(base) if base else Path.home() / ".local" / "state") / "cometapi-suno"
