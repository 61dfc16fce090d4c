"""The curl command that repeats the request on whose answer a finding was seen."""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import quote, urlencode

from cometapi_suno._config import KEY_VARIABLE, TOKEN_VARIABLE

from contract_tests.verifier.exchange.exchange import ExchangeRequest, HttpExchange
from contract_tests.verifier.live.upstream import name_in_recordings
from contract_tests.verifier.report.run_model import VerificationRun
from scripts.openapi_document import Operation, find_credential, find_parameters, walk_operations

_VARIABLES: Final = {"api_key": KEY_VARIABLE, "access_token": TOKEN_VARIABLE}
"""The shell fills in the secret: a report never has its value."""
_MAX_COMMAND: Final = 20_000


def format_curl(run: VerificationRun, exchange: HttpExchange) -> str:
    """Return the command, in one line for a POSIX shell; empty if the request is too long to be typed."""
    request = exchange.request
    url = f"{_find_base(run, exchange)}{request.path}"
    if request.query:
        url += f"?{urlencode(request.query, quote_via=quote, errors='replace')}"
    # curl would read brackets and braces of a URL as patterns.
    words = ["curl", "-gsSi", "-X", shlex.quote(request.method), shlex.quote(url)]
    words.append(f'-H "Authorization: Bearer ${_find_variable(run, exchange)}"')
    words += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in _list_headers(run, exchange).items()]
    command = " ".join((*words, *_format_body(request)))
    if request.body is not None and request.body.kind != "json":
        command = f"printf %s {base64.b64encode(request.body.content).decode()} | base64 -d | {command}"
    return command if len(command) <= _MAX_COMMAND else ""


def may_charge(run: VerificationRun, exchange: HttpExchange) -> bool:
    """Return whether the server that answered may charge for the request, as far as the description knows."""
    operation = _find_operation(run, exchange)
    charge = None if operation is None else operation.node.get("x-billing", {}).get("charge")
    return exchange.origin != "mock" and charge != "free"


def _find_operation(run: VerificationRun, exchange: HttpExchange) -> Operation | None:
    return next((each for each in walk_operations(run.description.data) if each.id == exchange.operation), None)


def _find_variable(run: VerificationRun, exchange: HttpExchange) -> str:
    """Return the environment variable with the secret of the operation."""
    operation = _find_operation(run, exchange)
    return KEY_VARIABLE if operation is None else _VARIABLES[find_credential(run.description.data, operation.node)]


def _format_body(request: ExchangeRequest) -> Iterator[str]:
    if request.body is not None and request.body.kind == "json":
        # Not -d, which reads a file when the text begins with "@". ASCII has no character that a report would escape.
        yield f"--data-raw {shlex.quote(json.dumps(request.body.value))}"
    elif request.body is not None:
        yield "--data-binary @-"


def _list_headers(run: VerificationRun, exchange: HttpExchange) -> Mapping[str, str]:
    """Return the headers that the operation describes, and the media type of the body."""
    operation = _find_operation(run, exchange)
    described = [] if operation is None else find_parameters(run.description.data, operation)
    kept = {parameter["name"].lower() for _, parameter in described if parameter.get("in") == "header"}
    headers = {name: value for name, value in exchange.request.headers.items() if name in kept}
    if exchange.request.body is not None:
        headers["Content-Type"] = exchange.request.headers.get("content-type", "application/json")
    return {name: value for name, value in headers.items() if value.isprintable()}


def _find_base(run: VerificationRun, exchange: HttpExchange) -> str:
    """Return the URL of the server that answered. The mock is not named by the live service, which may charge."""
    if exchange.origin == "mock":
        return next((each.base_url for each in run.targets if each.base_url), "http://127.0.0.1:4010").rstrip("/")
    known = [each.summary.base_url for each in run.targets if each.summary is not None and each.summary.base_url]
    known.append(run.description.data["servers"][0]["url"])
    if exchange.origin == "documented" or exchange.target in run.description.data.get("x-sources", {}):
        return known[-1].rstrip("/")
    same = (each for each in known if name_in_recordings(each) == exchange.target)
    return next(same, f"https://{exchange.target}").rstrip("/")
