"""Which targets may be loaded: a mock, a staging gateway, or the live service through a proxy that caps spending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

_PROBE = "/suno/soak/is-anyone-there"
"""Not an operation: a proxy that caps spending answers it itself, and a gateway answers it free of charge."""
_STATE = "/__mock__/state"


class TargetError(Exception):
    """The target must not be loaded."""


def check_target(url: str, description: Mapping[str, Any], capping_header: str | None) -> None:
    """Check whether a target may be loaded. Sends nothing that could be charged, and no key.

    Args:
        url: Base URL of the target.
        description: Names the live service under `servers`.
        capping_header: Header that a spending-capping proxy puts on the responses it makes itself; None without one.

    Raises:
        TargetError: It is the live service, or the proxy does not answer with its header.
    """
    split = urlsplit(url)
    if split.scheme not in ("http", "https") or not split.hostname:
        raise TargetError(f"{url}: not an http or https URL. Name one, such as http://127.0.0.1:4010")
    if capping_header is None:
        if _is_live(split.hostname, description):
            raise TargetError(
                f"{split.hostname} is the live service, where every call costs money. Load a mock or a staging gateway,"
                " or use a proxy that caps spending: --capping-proxy HEADER."
            )
        return
    try:
        answer = httpx.get(url.rstrip("/") + _PROBE, timeout=10)
    except httpx.HTTPError as error:
        raise TargetError(f"{url}: no answer: {error}") from None
    if capping_header.lower() not in answer.headers:
        raise TargetError(f"{url}: no header {capping_header} in its response. Start the proxy that caps spending.")


def _is_live(host: str, description: Mapping[str, Any]) -> bool:
    """Return whether a host is one of the described servers, or shares their domain."""
    asked = host.lower().rstrip(".")
    servers: Sequence[Mapping[str, str]] = description.get("servers", ())
    hosts = [urlsplit(server["url"]).hostname or "" for server in servers]
    domains = {".".join(host.lower().split(".")[-2:]) for host in hosts if host}
    return any(asked == domain or asked.endswith(f".{domain}") for domain in domains)


def read_spent_credits(url: str) -> int | None:
    """Return the credits that a mock has spent or reserved for all keys; None when the target is not a mock."""
    try:
        answer = httpx.get(url.rstrip("/") + _STATE, timeout=10)
        accounts: Sequence[Mapping[str, int]] = answer.json()["accounts"]
        unbalanced = [
            each for each in accounts if each["granted"] != each["balance"] + each["reserved"] + each["spent"]
        ]
        if unbalanced:
            raise TargetError(f"{url}: an account does not balance: {unbalanced}")
        return sum(each["spent"] + each["reserved"] for each in accounts)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
