"""Python names for the names in a description, and the names that the client reserves."""

from __future__ import annotations

from keyword import iskeyword
from typing import Any, Final

from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import ClassName, PythonIdentifier, snake_case

from scripts.generator.extensions import EXTENSIONS
from scripts.generator.generation_error import GenerationError
from scripts.templates import errors as client_errors
from scripts.templates._options import CallOptions

FIELD_PREFIX = "field_"


def _is_error(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, client_errors.SunoError)


# Members of the clients, without the resources.
_CLIENT_MEMBERS = frozenset({"aclose", "close", "journal", "request", "with_options"})
# Members of a resource, without its operations, and what its class uses in annotations and decorators.
_RESOURCE_MEMBERS = {"bool", "bytes", "dict", "float", "int", "overload", "property", "str", "with_raw_response"}
# What the functions that make calls use: the options of every call, their local variables, and other functions.
_CALL_NAMES = CallOptions.__annotations__.keys() | {
    *("options", "call", "content", "path", "query", "lines", "request", "operations", "refuse_string"),
    *("check_object", "encode_form_body", "encode_header_parameters", "encode_json_body", "encode_multipart_body"),
    *("encode_path_segment", "encode_query", "encode_raw_body"),
}
MODEL_MEMBERS = frozenset(
    {"adopt", "adopter", "from_dict", "renamed", "retired_fields", "to_dict", "to_json", "unknown", "wire_names"}
)
_ENUM_MEMBERS = frozenset({"MRO", "NAME", "VALUE"})
PACKAGE_EXPORTS: Final[dict[str, tuple[str, ...]]] = {
    ".client": ("AsyncSunoClient", "SunoClient"),
    "._clock": ("AsyncClock", "SyncClock"),
    "._journal": ("Journal", "JournalEntry"),
    "._lost_call": ("LostCall",),
    "._file_link": ("FileLink",),
    "._options": ("CallOptions",),
    "._operation": ("Billing", "Call", "Content", "Effect", "Operation", "Reads"),
    "._request_encoding": ("File",),
    "._response": ("Headers", "Response"),
    "._response_parsing": ("Answer",),
    "._retired_values": ("RetiredValueWarning",),
    "._retry": ("RetryPolicy",),
    "._timeout": ("Timeout",),
    "._unset": ("UNSET", "Unset"),
    ".errors": tuple(sorted(name for name, value in vars(client_errors).items() if _is_error(value))),
}
"""What users import from the package, by module. The models, enums and results of workflows are added to it."""
# The public classes, and what the generated modules import.
_RESERVED_CLASSES = frozenset(name for names in PACKAGE_EXPORTS.values() for name in names) | {
    *(extension.mixin for extension in EXTENSIONS.values()),
    *(name for extension in EXTENSIONS.values() for names in extension.exports.values() for name in names),
    *("Any", "AsyncEngine", "AsyncIterator", "AsyncWaiter", "Awaitable", "Callable", "ClassVar", "Iterator"),
    *("Literal", "Mapping", "Model", "PollConfig", "RequestModel", "Result", "Self", "Sequence", "SyncEngine"),
    *("SyncWaiter", "TYPE_CHECKING", "Unpack"),
}


def name_class(component: str) -> str:
    """Return the class that a component becomes."""
    return ClassName(UntrustedString(component), FIELD_PREFIX)


def name_operation(node: dict[str, Any]) -> tuple[str, str]:
    """Return the resource and the method of an operation: by `x-sdk`, else by its first tag and its operationId."""
    sdk: dict[str, Any] = node.get("x-sdk", {})
    for key in sdk.keys() & {"resource", "method", "unwrap"}:
        if not isinstance(sdk[key], str):
            raise GenerationError(f"x-sdk.{key} is not a text.")
    resource = PythonIdentifier(sdk.get("resource", first_tag(node)), "r_")
    method = sdk.get("method")
    if method is None or not _is_method_name(method):
        method = PythonIdentifier(UntrustedString(method or node["operationId"]), "call_")
    if resource in _CLIENT_MEMBERS or method in _RESOURCE_MEMBERS:
        raise GenerationError(f"{resource}.{method} would hide a member of the client.")
    return resource, method


def first_tag(node: dict[str, Any]) -> str:
    """Return the tag that an operation is grouped by."""
    return str((node.get("tags") or ["default"])[0])


def name_argument(python_name: str) -> str:
    """Return the argument for a parameter or a field of a body."""
    return f"{python_name}_" if python_name in _CALL_NAMES else python_name


def name_field(python_name: str) -> str:
    """Return the attribute of a model for a property."""
    return f"{python_name}_" if python_name in MODEL_MEMBERS else python_name


def name_enum_members(values: list[str]) -> dict[str, str]:
    """Return the values of an open enum by the names of its members."""
    members: dict[str, str] = {}
    for index, value in enumerate(values):
        word = value.upper() if value[:1].isalpha() else f"VALUE_{index}"
        name = PythonIdentifier(snake_case(word).upper(), "VALUE_").upper()
        name = f"{name}_" if name in _ENUM_MEMBERS else name
        if name in members:
            raise GenerationError(f"{value!r} and {members[name]!r} would both be the enum member {name}.")
        members[name] = value
    return members


def is_reserved_class(name: str) -> bool:
    """Return whether a generated module has another class of this name."""
    return name in _RESERVED_CLASSES


def _is_method_name(name: str) -> bool:
    """Return whether `x-sdk` names a method as it is; a builtin such as `list` is allowed."""
    return name.isidentifier() and name.islower() and name[0] != "_" and not iskeyword(name)
