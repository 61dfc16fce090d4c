"""One operation as the templates need it: its name, request, result and docstring."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import TYPE_CHECKING, Any

from attrs import frozen
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier

from scripts.generator.generation_error import GenerationError
from scripts.generator.python_types import Catalog, plain, told
from scripts.generator.requests import ArgumentView, RequestView, request_view
from scripts.generator.results import ResultView, result_view

if TYPE_CHECKING:
    from scripts.generator.workflow_methods import FlowView, PollView

# What the clients have beside their resources.
_CLIENT_NAMES = frozenset({"aclose", "close", "request", "with_options"})
# What a resource has beside its operations, and what its class says in annotations and decorators.
_RESOURCE_NAMES = frozenset(
    {"bool", "bytes", "dict", "float", "int", "overload", "property", "str", "with_raw_response"}
)
_RAISES = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "413": "PayloadTooLargeError",
    "429": "RateLimitError",
    "503": "ServiceUnavailableError",
}


@frozen
class OperationView:
    """One method of a resource."""

    resource: str
    method_name: str
    tag: str
    http_method: str
    path: str
    billing: str
    effect: str
    unwrap: str | None
    summary: str
    description: str
    note: str
    request: RequestView
    result: ResultView
    overloads: list[tuple[str, str]]
    raises: list[tuple[str, str]]
    poll: PollView | None = None
    workflow: FlowView | None = None

    @property
    def name(self) -> str:
        return f"{self.resource}.{self.method_name}"

    @property
    def constant(self) -> str:
        return self.method_name.upper()

    @property
    def arguments(self) -> list[ArgumentView]:
        return [*self.request.positional, *self.request.keywords]

    @property
    def signature(self) -> str:
        """The arguments as they are declared."""
        declared = [_declared(argument) for argument in self.request.positional]
        declared += ["*"] if self.request.keywords else []
        return ", ".join((*declared, *(_declared(argument) for argument in self.request.keywords)))

    @property
    def forwarded(self) -> str:
        """The arguments as the client's method hands them to the operation."""
        keywords = (f"{argument.name}={argument.name}" for argument in self.request.keywords)
        return ", ".join((*(argument.name for argument in self.request.positional), *keywords))

    @property
    def result_imports(self) -> dict[str, str]:
        return {name: module for shape in self.result.shapes for name, module in shape.imports.items()}

    @property
    def argument_imports(self) -> dict[str, str]:
        return {name: module for shape in self.request.sent for name, module in shape.imports.items()}

    @property
    def returns(self) -> str:
        return self.result.annotation

    @property
    def doc(self) -> str:
        """The docstring, section by section; facts come from the description alone."""
        sections = [self.summary, self.description, self.note]
        told = [f"    {argument.name}: {argument.doc}" for argument in self.arguments if argument.doc]
        sections.append("\n".join(["Args:", *told]) if told else "")
        raised = [f"    {error}: {reason}" for error, reason in self.raises]
        sections.append("\n".join(["Raises:", *raised]) if raised else "")
        return "\n\n".join(section for section in sections if section)


def operation_view(path: str, method: str, raw: dict[str, Any], endpoint: Endpoint, catalog: Catalog) -> OperationView:
    """Everything that the templates say of one operation.

    Raises:
        GenerationError: It uses something that the templates do not support.
    """
    where = f"{method.upper()} {path}"
    sdk: dict[str, Any] = raw.get("x-sdk", {})
    billing: dict[str, Any] = raw.get("x-billing", {})
    tag = (raw.get("tags") or ["default"])[0]
    resource = PythonIdentifier(sdk.get("resource", tag), "r_")
    name = _method_name(sdk, raw["operationId"])
    if resource in _CLIENT_NAMES or name in _RESOURCE_NAMES:
        raise GenerationError(f"{where}: {resource}.{name} would hide something of the client's own.")
    request = request_view(where, path, raw, endpoint, catalog)
    result = result_view(where, sdk, endpoint, catalog)
    return OperationView(
        resource=resource,
        method_name=name,
        tag=tag,
        http_method=method.upper(),
        path=path,
        billing=_one_of(where, "x-billing.charge", billing.get("charge", "unknown"), ("paid", "free", "unknown")),
        effect=_one_of(where, "x-effect", raw.get("x-effect", _usual_effect(method)), ("creates", "reads")),
        unwrap=sdk.get("unwrap"),
        summary=_sentence(raw.get("summary") or raw["operationId"]),
        description=told(plain(raw.get("description", "")), deprecated=raw.get("deprecated", False)),
        note=_billing_note(billing),
        request=request,
        result=result,
        overloads=_overloads(where, sdk, request, result),
        raises=list(_raises(endpoint, billing)),
    )


def _declared(argument: ArgumentView) -> str:
    default = f" = {argument.default}" if argument.default else ""
    return f"{argument.name}: {argument.annotation}{default}"


def _method_name(sdk: dict[str, Any], operation_id: str) -> str:
    """The method's name as `x-sdk` says it; a builtin such as `list` is a fine method name."""
    wanted = sdk.get("method")
    if (
        isinstance(wanted, str)
        and wanted.isidentifier()
        and wanted.islower()
        and wanted[0] != "_"
        and not iskeyword(wanted)
    ):
        return wanted
    return PythonIdentifier(UntrustedString(wanted or operation_id), "call_")


def _one_of(where: str, name: str, value: object, allowed: tuple[str, ...]) -> str:
    """The member name of a value that becomes code: only what is allowed may."""
    if value not in allowed:
        raise GenerationError(f"{where}: {name} is {value!r}; it is one of {', '.join(allowed)}.")
    return str(value).upper()


def _usual_effect(method: str) -> str:
    return "reads" if method in ("get", "head", "options") else "creates"


def _overloads(where: str, sdk: dict[str, Any], request: RequestView, result: ResultView) -> list[tuple[str, str]]:
    """(annotation of the request, annotation of the result): `x-sdk.bare` says which variants may answer bare."""
    if result.bare is None or "bare" not in sdk:
        return []
    variants = [name for shape in request.sent for name, _ in shape.models]
    if not set(sdk["bare"]) < set(variants):
        raise GenerationError(
            f"{where}: x-sdk.bare names {', '.join(sdk['bare'])}; the variants are {', '.join(variants)}."
        )
    others = [name for name in variants if name not in sdk["bare"]]
    return [(" | ".join(others), result.decoded), (" | ".join(sdk["bare"]), result.annotation)]


def _billing_note(billing: dict[str, Any]) -> str:
    charge = {
        "paid": "Charged per call; never sent again when the outcome is unknown.",
        "free": "Not charged.",
    }.get(billing.get("charge", ""), "It is not known whether it is charged; the client treats it as charged.")
    return f"{charge} {plain(billing.get('note', ''))}".strip()


def _raises(endpoint: Endpoint, billing: dict[str, Any]) -> Iterable[tuple[str, str]]:
    for response in endpoint.responses.patterns:
        error = _RAISES.get(response.status_code.pattern)
        if error:
            yield error, plain(getattr(response.data, "description", ""))
    if billing.get("charge") == "free":
        yield "ServerError", "The gateway or its upstream failed."
    else:
        yield (
            "OutcomeUnknownError",
            "The request was sent, but it is unknown whether the call was done. It is not sent again.",
        )


def _sentence(value: str) -> str:
    return value if value.endswith((".", "!", "?")) else f"{value}."
