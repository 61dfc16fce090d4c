"""Where the load may go: to a mock or a staging gateway, and to the live service only behind a cap on spending."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

_PROBE = "/suno/soak/is-anyone-there"
"""No operation: a proxy that caps spending answers it itself; a gateway answers it free of charge and without a key."""
_STATE = "/__mock__/state"


class TargetError(Exception):
    """The load must not go there."""


def check_target(url: str, description: Mapping[str, Any], capping_header: str | None) -> None:
    """Let a target pass, or not. Nothing that could be charged is sent, and no key.

    Args:
        url: Base URL of the target.
        description: Names the live service under `servers`.
        capping_header: Header by which a proxy that caps spending marks its own answers, if there is to be one.

    Raises:
        TargetError: It is the live service, or the proxy does not show itself.
    """
    split = urlsplit(url)
    if split.scheme not in ("http", "https") or not split.hostname:
        raise TargetError(f"{url}: an http or https URL is needed")
    if capping_header is None:
        if _is_live(split.hostname, description):
            raise TargetError(
                f"{split.hostname} is the live service, where every call costs money. Load goes to a mock or a staging"
                " gateway; to this one only through a proxy that caps spending: --capping-proxy HEADER."
            )
        return
    try:
        answer = httpx.get(url.rstrip("/") + _PROBE, timeout=10)
    except httpx.HTTPError as error:
        raise TargetError(f"{url}: no answer: {error}") from None
    if capping_header.lower() not in answer.headers:
        raise TargetError(f"{url} does not answer with {capping_header}: no proxy that caps spending is there.")


def _is_live(host: str, description: Mapping[str, Any]) -> bool:
    """Whether a host is one of the described servers, or shares their domain."""
    asked = host.lower().rstrip(".")
    servers: Sequence[Mapping[str, str]] = description.get("servers", ())
    hosts = [urlsplit(server["url"]).hostname or "" for server in servers]
    domains = {".".join(host.lower().split(".")[-2:]) for host in hosts if host}
    return any(asked == domain or asked.endswith(f".{domain}") for domain in domains)


def spent_at(url: str) -> int | None:
    """Credits that a mock has taken or set aside so far, over all keys; `None` when the target is no mock."""
    try:
        answer = httpx.get(url.rstrip("/") + _STATE, timeout=10)
        accounts: Sequence[Mapping[str, int]] = answer.json()["accounts"]
        off = [each for each in accounts if each["granted"] != each["balance"] + each["reserved"] + each["spent"]]
        if off:
            raise TargetError(f"{url}: an account does not add up: {off}")
        return sum(each["spent"] + each["reserved"] for each in accounts)
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None
